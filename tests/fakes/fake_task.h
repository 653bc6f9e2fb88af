#pragma once

// A task whose cases have no data: its inputs, reference and scores are what the test says.

#include <memory>
#include <string>

#include <suites/task_adapter.h>

namespace assay::fakes {

class FakeTask : public suites::TaskAdapter {
 public:
  suites::PreparedInputs inputs = {.inputs = {.step_count = 4}, .input_sha256 = "input"};
  suites::CaseScores scores;
  std::optional<Error> inputs_error;
  std::optional<Error> reference_error;
  std::optional<Error> constants_error;

  Result<suites::PreparedInputs> make_inputs(const CaseSpec& /*spec*/) const override {
    return inputs_error ? Result<suites::PreparedInputs>(*inputs_error) : inputs;
  }
  Result<std::unique_ptr<suites::Reference>> load_reference(
      const CaseSpec& /*spec*/, const suites::PreparedInputs& /*inputs*/) const override {
    if (reference_error) {
      return *reference_error;
    }
    return std::unique_ptr<suites::Reference>(std::make_unique<Golden>());
  }
  std::unique_ptr<suites::Reference> reference_from(const suites::Reference& /*like*/,
                                                    const CaseOutputs& /*outputs*/) const override {
    return std::make_unique<Golden>();
  }
  suites::CaseScores score(const suites::Reference& /*reference*/,
                           const CaseOutputs& /*outputs*/) const override {
    return scores;
  }
  Status check_constants(const ProgramConstants& /*constants*/) const override {
    return constants_error ? Status(*constants_error) : Status();
  }

 private:
  struct Golden : suites::Reference {
    std::string sha256 = "golden";
    const std::string& golden_sha256() const override { return sha256; }
  };
};

}  // namespace assay::fakes
