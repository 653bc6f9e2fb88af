#pragma once

// A progress that nobody sees.

#include <string>

#include <harness/base/progress.h>

namespace assay::fakes {

class SilentProgress : public Progress {
 public:
  void begin(std::size_t) override {}
  void doing(const std::string&) override {}
  void step_done() override {}
  void end() override {}
  void note(const std::string&) override {}
};

}  // namespace assay::fakes
