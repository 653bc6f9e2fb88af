#pragma once

// For tests that go over all options of a run: a value that no option has by itself.

#include <harness/model/run_options.h>

namespace assay::fakes {

/// The default options, but for the one described.
inline RunOptions with_another_value(const OptionInfo& info) {
  struct Change {
    void operator()(std::vector<std::string>* value) const { *value = {"portable", "xnnpack"}; }
    void operator()(std::string* value) const { *value = "phone"; }
    void operator()(int* value) const { *value = 2; }
    void operator()(double* value) const { *value = 0.3; }
    void operator()(std::uint64_t* value) const { *value = 12'345; }
    void operator()(bool* value) const { *value = !*value; }
  };
  RunOptions options;
  std::visit(Change(), field_of(options, info));
  return options;
}

}  // namespace assay::fakes
