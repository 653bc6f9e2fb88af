#pragma once

// A folder with the example suite's one case on disk: a clip of three chunks and its golden.

#include <memory>
#include <string>

#include <gtest/gtest.h>

#include <suites/manifest/manifest_parser.h>
#include <suites/task_adapter.h>
#include <tests/fakes/temporary_folder.h>
#include <tests/unit/suites/example_suite.h>

namespace assay::suites {

class VadClip : public testing::Test {
 protected:
  void SetUp() override {
    wav_ = wav_bytes(std::vector<std::int16_t>(3 * kChunk, 1024));
    write("clip.wav", wav_);
    golden_ = example_golden({0.1F, 0.9F, 0.8F}, wav_);
    write("clip.safetensors", golden_bytes(golden_));
    manifest_ =
        parse_manifest(example_suite().dump(), folder_ / "a.json", built_in_tasks()).value();
    adapter_ = make_task_adapter(manifest_);
  }

  void write(const std::string& name, const std::string& bytes) const {
    ASSERT_TRUE(write_file_atomically(folder_ / name, bytes).ok());
  }
  std::string read(const std::string& name) const { return read_text_file(folder_ / name).value(); }

  std::unique_ptr<Reference> reference() const {
    const CaseSpec& spec = manifest_.cases[0];
    return adapter_->load_reference(spec, adapter_->make_inputs(spec).value()).value();
  }

  /// What a model gives that has these scores and the golden's states.
  CaseOutputs outputs_with(const std::vector<float>& scores) const {
    const auto steps = static_cast<std::int64_t>(scores.size());
    CaseOutputs outputs;
    outputs.outputs = {Tensor::from_floats("score", {steps, 1, 1}, scores),
                       Tensor::from_floats("h", {steps, 1, kState}, golden_.state_h),
                       Tensor::from_floats("c", {steps, 1, kState}, golden_.state_c)};
    return outputs;
  }

  fakes::TemporaryFolder folder_;
  std::string wav_;
  ExampleGolden golden_;
  SuiteManifest manifest_;
  std::unique_ptr<TaskAdapter> adapter_;
};

}  // namespace assay::suites
