#pragma once

// A suite as its author wrote it, after parsing and validation: every path absolute, every name
// checked. suites/manifest/manifest_parser.h makes one from JSON.

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <harness/model/tensor.h>
#include <harness/model/timing_bounds.h>

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

/// Voice activity detection: audio cut into chunks, one speech score a chunk.
struct VadTask {
  int sample_rate_hz = 16000;
  std::size_t chunk_samples = 512;   ///< new samples a step
  std::size_t context_samples = 64;  ///< samples of the previous chunk put in front
  double threshold = 0.5;            ///< a score at or above it is speech
};

/// A language model with its cache inside: token ids and a start position in, logits out.
struct LlmTask {
  std::size_t vocab_size = 0;       ///< of the goldens; the model's logits must be as wide
  std::size_t max_seq_len = 0;      ///< positions that the model's cache has
  std::filesystem::path tokenizer;  ///< for texts in reports; empty: token ids are shown
};

/// Speech recognition: the log-mel of a window of audio in, encodings of its frames out, and if
/// there is a vocabulary, logits over its words.
struct AsrTask {
  int sample_rate_hz = 16000;
  std::size_t window_samples = 64'000;
  std::size_t overlap_samples = 16'000;  ///< of a window with the one before, in longer audio
  std::size_t samples_per_frame = 640;   ///< of the model's outputs
  std::size_t mel_bins = 80;
  std::filesystem::path vocabulary;  ///< the words of the logits; empty: only encodings are judged

  std::size_t frames_per_window() const { return window_samples / samples_per_frame; }
};

using TaskSpec = std::variant<VadTask, LlmTask, AsrTask>;

/// Noise that is mixed into each utterance of a case.
struct NoiseSpec {
  std::filesystem::path wav;
  double snr_db = 0;  ///< power of the utterance over that of the noise
};

/// A case of a language model that is about speed alone; either `prefill` or `decode` is not 0.
struct LlmSpeed {
  std::size_t prefill = 0;  ///< tokens of a prompt, from an empty cache, in one execution
  std::size_t depth = 0;    ///< tokens that are in the cache before the first decoded one
  std::size_t decode = 0;   ///< tokens decoded one by one from there, over and over
};

struct CaseSpec {
  std::string name;
  /// The audio. Empty: the case has none, or `utterances` says where it is.
  std::filesystem::path wav;
  /// Reference outputs. Of a language model also the tokens that are fed. Empty: there are none.
  std::filesystem::path golden;
  std::optional<std::filesystem::path> labels;
  std::optional<LlmSpeed> speed = {};     ///< set: of the golden only the tokens are used
  std::filesystem::path utterances = {};  ///< which samples of the audio are which utterance
  std::optional<NoiseSpec> noise = {};
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
  TaskSpec task;
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
