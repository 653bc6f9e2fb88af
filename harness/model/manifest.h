#pragma once

// A suite as its author wrote it, after parsing and validation: every path absolute, every name
// checked. suites/manifest/manifest_parser.h makes one from JSON.

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <harness/model/task_part.h>
#include <harness/model/tensor.h>
#include <harness/model/timing_bounds.h>

namespace assay::suites {
class Task;
}  // namespace assay::suites

namespace assay {

/// Whether accuracy figures say something about the task (trained weights), or only about how close
/// a variant is to fp32 (seeded random weights). Reports always print which.
enum class WeightsKind { kTrained, kSeeded };

/// A variant's weights in a file that was lowered for another backend.
struct LoweredFile {
  std::filesystem::path pte;
  std::string sha256;  ///< expected SHA-256 of the file; empty: any
};

/// One quantization of the model.
struct VariantSpec {
  std::string name;  ///< "fp32", "int8", ...
  std::filesystem::path pte;
  std::string sha256;               ///< expected SHA-256 of the file; empty: any
  std::string recipe;               ///< what was quantized how, in a person's words
  std::string backend = "xnnpack";  ///< what it was lowered for: one of backend_names()
  /// The same variant for backends other than `backend`, by their names.
  std::map<std::string, LoweredFile> other_backends = {};

  /// This variant with the file for that backend, and no others; nothing: there is no such file.
  std::optional<VariantSpec> lowered_for(std::string_view wanted) const;
};

/// An output that is fed back into an input at the next step; zeros at the first.
struct StateLink {
  std::size_t input = 0;   ///< index into ModelSpec::inputs
  std::size_t output = 0;  ///< index into ModelSpec::outputs
};

struct ModelSpec {
  std::string name;
  std::string method = "forward";
  WeightsKind weights = WeightsKind::kTrained;
  std::vector<TensorSpec> inputs;
  std::vector<TensorSpec> outputs;
  std::vector<StateLink> state;
  std::vector<VariantSpec> variants;
};

/// Where the goldens come from. A golden that names another model is refused.
struct ReferenceSpec {
  std::string runtime;       ///< "onnxruntime"
  std::string model_sha256;  ///< of the file that the reference runtime executed
};

struct CaseSpec {
  std::string name;
  /// Reference outputs; what else a task reads from it is the task's to say. Empty: there are none.
  std::filesystem::path golden;
  TaskPart task_part;  ///< what only the task understands
};

/// A bound on one metric. Empty `variants` or `cases` mean all.
struct ThresholdSpec {
  std::string metric;
  std::vector<std::string> variants;
  std::vector<std::string> cases;
  std::optional<double> min;
  std::optional<double> max;
  std::string why;
};

struct MeasureSpec {
  TimingBounds bounds;             ///< of a case and variant
  std::uint64_t warmup_runs = 20;  ///< executions of a process before its first measured one, and
  double warmup_time_s = 0;        ///< seconds
  double timeout_s = 60;           ///< a worker that does not answer for so long is killed
};

struct SuiteManifest {
  std::filesystem::path file;
  std::string sha256;  ///< of the manifest's text
  std::string name;
  std::string description;
  const suites::Task* task = nullptr;  ///< never null once parsed; static lifetime
  TaskPart task_part;                  ///< what only the task understands
  ModelSpec model;
  std::vector<std::string> backends;  ///< in order of preference; empty: each variant's own
  bool fallback = false;  ///< take the next backend where one that suits the device is missing
  ReferenceSpec reference;
  std::optional<double> deadline_ms;  ///< latency budget of one execution
  MeasureSpec measure;
  std::vector<CaseSpec> cases;
  std::vector<ThresholdSpec> thresholds;
};

}  // namespace assay
