#include <algorithm>
#include <numeric>

#include <golden/comparators.h>
#include <harness/base/clock.h>
#include <suites/model_tensors.h>
#include <suites/tasks/asr/asr_adapter.h>
#include <suites/tasks/asr/asr_scoring.h>
#include <suites/tasks/asr/asr_source.h>
#include <suites/tasks/asr/asr_windows.h>
#include <suites/tasks/asr/ctc.h>
#include <suites/tasks/asr/log_mel.h>
#include <suites/tasks/asr/speech_golden.h>
#include <suites/tasks/asr/word_vocabulary.h>

namespace assay::suites {
namespace {

constexpr std::string_view kAsrTask = "asr";
constexpr std::string_view kMelInput = "mel";
constexpr std::string_view kEncodingsOutput = "encodings";
constexpr std::string_view kAsrLogitsOutput = "logits";

using Windows = std::vector<SpeechWindow>;
/// No transcript where a logit is not finite.
using Heard = std::vector<std::optional<std::vector<std::int32_t>>>;

class AsrReference : public Reference {
 public:
  const std::string& golden_sha256() const override { return sha256; }

  std::string sha256;            ///< empty: there is no golden
  std::vector<Windows> windows;  ///< of each utterance; together they are the steps
  std::vector<std::optional<std::string>> texts;  ///< what is said in each
  std::optional<WordVocabulary> vocabulary;
  std::optional<SpeechGolden> golden;

  std::size_t steps() const {
    return std::accumulate(
        windows.begin(), windows.end(), std::size_t{0},
        [](std::size_t sum, const Windows& of_utterance) { return sum + of_utterance.size(); });
  }
  /// Own frames of each utterance.
  std::vector<std::size_t> frames() const {
    std::vector<std::size_t> counts;
    for (const Windows& of_utterance : windows) {
      std::size_t count = 0;
      for (const SpeechWindow& window : of_utterance) {
        count += window.frames();
      }
      counts.push_back(count);
    }
    return counts;
  }
};

std::vector<Windows> windows_of(const SpeechSource& source, const AsrSuite& task) {
  std::vector<Windows> windows;
  for (const Utterance& utterance : source.utterances) {
    windows.push_back(cut_windows(utterance.samples, task));
  }
  return windows;
}

/// The rows of own frames, utterance after utterance, of an output [steps, frames, width].
std::vector<float> own_rows(const AsrReference& reference, std::span<const float> values,
                            std::size_t frames_per_window, std::size_t width) {
  std::vector<float> rows;
  std::size_t step = 0;
  for (const Windows& of_utterance : reference.windows) {
    for (const SpeechWindow& window : of_utterance) {
      const std::size_t first = step * frames_per_window + window.first_frame;
      const auto own = values.subspan(first * width, window.frames() * width);
      rows.insert(rows.end(), own.begin(), own.end());
      ++step;
    }
  }
  return rows;
}

/// Greedy transcripts from logits [sum of frames, words].
Heard decode(std::span<const float> logits, std::span<const std::size_t> frames,
             const WordVocabulary& vocabulary) {
  Heard transcripts;
  std::size_t start = 0;
  for (const std::size_t count : frames) {
    const auto own = logits.subspan(start, count * vocabulary.words.size());
    start += own.size();
    if (golden::count_nonfinite(own) > 0) {
      transcripts.emplace_back();
    } else {
      transcripts.emplace_back(
          collapse_labels(best_labels(own, vocabulary.words.size()), vocabulary.blank));
    }
  }
  return transcripts;
}

/// Ids one after the other and how many of them each utterance has, for reports.
void add_transcripts(SeriesMap& series, const std::string& prefix, const Heard& transcripts) {
  auto& tokens = series[prefix + "tokens"];
  auto& counts = series[prefix + "token_counts"];
  for (const auto& transcript : transcripts) {
    counts.push_back(transcript ? static_cast<float>(transcript->size()) : 0);
    if (transcript) {
      tokens.insert(tokens.end(), transcript->begin(), transcript->end());
    }
  }
}

Status check_ids(const golden::GoldenFile& file, const Transcripts& transcripts,
                 const WordVocabulary& vocabulary) {
  for (const auto& transcript : transcripts) {
    for (const std::int32_t id : transcript) {
      if (static_cast<std::size_t>(id) >= vocabulary.words.size()) {
        return make_error(ErrorCode::kCorrupt,
                          "golden '{}': a transcript holds word {}, the vocabulary has {}",
                          file.name, id, vocabulary.words.size());
      }
    }
  }
  return {};
}

Status check_provenance(const golden::GoldenFile& file, const SuiteManifest& manifest,
                        const SpeechSource& source) {
  const auto differs = [&](std::string_view what, const auto& found, const auto& wanted) {
    return make_error(ErrorCode::kCorrupt,
                      "golden '{}' is for {} {}, but this case has {}; make it again "
                      "(scripts/make_asr_golden.py), or correct the suite",
                      file.name, what, found, wanted);
  };
  if (file.task != kAsrTask) {
    return differs("task", file.task, kAsrTask);
  }
  if (file.model_sha256 != manifest.reference.model_sha256) {
    return differs("reference model", file.model_sha256, manifest.reference.model_sha256);
  }
  if (file.input_sha256 != source.audio_sha256) {
    return differs("audio with SHA-256", file.input_sha256, source.audio_sha256);
  }
  const auto& metadata = file.contents.metadata;
  const auto noise = metadata.find("noise_sha256");
  const std::string noise_sha256 = noise == metadata.end() ? "" : noise->second;
  if (noise_sha256 != source.noise_sha256) {
    return differs("noise with SHA-256", noise_sha256, source.noise_sha256);
  }
  const auto snr_db = metadata.find("snr_db");
  const std::string own_snr_db = fmt::format("{}", source.snr_db);
  if (!source.noise.empty() && snr_db != metadata.end() && snr_db->second != own_snr_db) {
    return differs("a signal-to-noise ratio (dB) of", snr_db->second, own_snr_db);
  }
  return {};
}

/// Fills `padded` with a window, and with zeros behind what there is.
void fill_window(const std::vector<float>& utterance, const SpeechWindow& window,
                 std::vector<float>& padded) {
  const auto begin = utterance.begin() + static_cast<std::ptrdiff_t>(window.start);
  const auto end = begin + static_cast<std::ptrdiff_t>(window.samples);
  std::fill(std::copy(begin, end, padded.begin()), padded.end(), 0.0F);
}

/// The own rows of an output of a model.
std::vector<float> own_values(const SuiteManifest& manifest, const AsrSuite& task,
                              const AsrReference& reference, const CaseOutputs& outputs,
                              std::string_view name, std::size_t width) {
  const std::size_t frames = task.frames_per_window();
  const auto values = output_values(manifest, outputs, name, reference.steps() * frames * width);
  return own_rows(reference, values, frames, width);
}

}  // namespace

std::size_t AsrAdapter::output_width(std::string_view name) const {
  const auto& outputs = manifest_->model.outputs;
  return static_cast<std::size_t>(outputs[index_of(outputs, name)].shape.back());
}

Status AsrAdapter::check_model() const {
  const auto& model = manifest_->model;
  const auto frames = static_cast<std::int64_t>(task_->frames_per_window());
  const TensorSpec mel{.name = std::string(kMelInput),
                       .dtype = DType::kFloat32,
                       .shape = {1, static_cast<std::int64_t>(task_->mel_bins),
                                 static_cast<std::int64_t>(LogMel::frames(task_->window_samples))}};
  if (model.inputs.size() != 1 || !(model.inputs.front() == mel) || !model.state.empty()) {
    return model_error(
        *manifest_, kAsrTask,
        fmt::format("feeds an input '{}' that is {}, and nothing else; the manifest says {}",
                    mel.name, mel.describe(), model.inputs.front().describe()));
  }
  const auto check_output = [&](std::string_view name) -> Status {
    const std::size_t index = index_of(model.outputs, name);
    if (index == model.outputs.size()) {
      return model_error(*manifest_, kAsrTask, fmt::format("needs an output '{}'", name));
    }
    const TensorSpec& spec = model.outputs[index];
    if (spec.dtype != DType::kFloat32 || spec.shape.size() != 3 || spec.shape[0] != 1 ||
        spec.shape[1] != frames) {
      return model_error(
          *manifest_, kAsrTask,
          fmt::format("needs output '{}' to be float32[1,{},n], a row for every {} samples; the "
                      "manifest says {}",
                      name, frames, task_->samples_per_frame, spec.describe()));
    }
    return {};
  };
  ASSAY_TRY(check_output(kEncodingsOutput));
  return task_->vocabulary.empty() ? Status() : check_output(kAsrLogitsOutput);
}

Result<PreparedInputs> AsrAdapter::make_inputs(const CaseSpec& spec) const {
  ASSAY_TRY(check_model());
  ASSAY_ASSIGN(const SpeechSource source,
               read_speech(spec.task_part.as<AsrCase>(), spec.name, *task_));
  LogMel front_end(task_->mel_bins);
  const std::size_t size = task_->mel_bins * LogMel::frames(task_->window_samples);
  std::vector<float> padded(task_->window_samples);
  std::vector<float> mels;
  PreparedInputs prepared;
  std::int64_t front_end_ns = 0;
  for (std::size_t i = 0; i < source.utterances.size(); ++i) {
    const std::vector<float> heard = source.heard(i);
    for (const SpeechWindow& window : cut_windows(heard.size(), *task_)) {
      mels.resize(mels.size() + size);
      fill_window(heard, window, padded);
      const std::int64_t start_ns = now_ns();
      front_end.compute(padded, std::span(mels).last(size));
      front_end_ns += now_ns() - start_ns;
      ++prepared.inputs.step_count;
    }
    prepared.audio_seconds += static_cast<double>(heard.size()) / task_->sample_rate_hz;
  }
  prepared.inputs.inputs.push_back(
      {.input = 0,
       .stride_elements = size,
       .data = Tensor::from_floats(std::string(kMelInput), {static_cast<std::int64_t>(mels.size())},
                                   mels)});
  prepared.input_sha256 = source.input_sha256;
  prepared.front_end_ms =
      static_cast<double>(front_end_ns) / 1e6 / static_cast<double>(prepared.inputs.step_count);
  return prepared;
}

Result<std::unique_ptr<Reference>> AsrAdapter::load_reference(
    const CaseSpec& spec, const PreparedInputs& /*inputs*/) const {
  ASSAY_ASSIGN(const SpeechSource source,
               read_speech(spec.task_part.as<AsrCase>(), spec.name, *task_));
  auto reference = std::make_unique<AsrReference>();
  reference->windows = windows_of(source, *task_);
  for (const Utterance& utterance : source.utterances) {
    reference->texts.push_back(utterance.text);
  }
  if (!task_->vocabulary.empty()) {
    ASSAY_ASSIGN(reference->vocabulary, read_vocabulary(task_->vocabulary));
    const std::size_t words = reference->vocabulary->words.size();
    if (words != output_width(kAsrLogitsOutput)) {
      return make_error(
          ErrorCode::kUsage, "vocabulary '{}' has {} words, but the model's '{}' are {} wide",
          task_->vocabulary.string(), words, kAsrLogitsOutput, output_width(kAsrLogitsOutput));
    }
  }
  if (spec.golden.empty()) {
    return std::unique_ptr<Reference>(std::move(reference));
  }
  ASSAY_ASSIGN(const auto file, golden::read_golden(spec.golden));
  ASSAY_TRY(check_provenance(file, *manifest_, source));
  ASSAY_ASSIGN(reference->golden,
               parse_speech_golden(file, reference->frames(), output_width(kEncodingsOutput)));
  if (reference->vocabulary && reference->golden->transcripts) {
    ASSAY_TRY(check_ids(file, *reference->golden->transcripts, *reference->vocabulary));
  }
  reference->sha256 = file.sha256;
  return std::unique_ptr<Reference>(std::move(reference));
}

std::unique_ptr<Reference> AsrAdapter::reference_from(const Reference& like,
                                                      const CaseOutputs& outputs) const {
  auto reference = std::make_unique<AsrReference>(dynamic_cast<const AsrReference&>(like));
  SpeechGolden golden;
  golden.encodings = own_values(*manifest_, *task_, *reference, outputs, kEncodingsOutput,
                                output_width(kEncodingsOutput));
  if (reference->vocabulary) {
    const auto logits = own_values(*manifest_, *task_, *reference, outputs, kAsrLogitsOutput,
                                   reference->vocabulary->words.size());
    golden.transcripts.emplace();
    for (auto& transcript : decode(logits, reference->frames(), *reference->vocabulary)) {
      golden.transcripts->push_back(std::move(transcript).value_or(std::vector<std::int32_t>()));
    }
  }
  reference->golden = std::move(golden);
  return reference;
}

CaseScores AsrAdapter::score(const Reference& reference, const CaseOutputs& outputs) const {
  const auto& own = dynamic_cast<const AsrReference&>(reference);
  const auto frames = own.frames();
  CaseScores result;
  if (own.golden) {
    const std::size_t width = output_width(kEncodingsOutput);
    score_encodings(result, own.golden->encodings,
                    own_values(*manifest_, *task_, own, outputs, kEncodingsOutput, width), frames,
                    width);
  }
  result.scores.push_back(
      {.metric = "nonfinite_count",
       .value = static_cast<double>(count_nonfinite_outputs(*manifest_, outputs, own.steps()))});
  if (!own.vocabulary) {
    return result;
  }
  const WordVocabulary& vocabulary = *own.vocabulary;
  const Heard heard = decode(
      own_values(*manifest_, *task_, own, outputs, kAsrLogitsOutput, vocabulary.words.size()),
      frames, vocabulary);
  std::vector<std::optional<std::string>> texts;
  for (const auto& transcript : heard) {
    texts.push_back(transcript ? std::optional(vocabulary.text(*transcript)) : std::nullopt);
  }
  score_words(result, own.texts, texts);
  add_transcripts(result.series, "transcript_", heard);
  if (own.golden && own.golden->transcripts) {
    std::vector<std::string> golden_texts;
    for (const auto& transcript : *own.golden->transcripts) {
      golden_texts.push_back(vocabulary.text(transcript));
    }
    score_changes(result, golden_texts, texts);
    add_transcripts(result.series, "golden_transcript_",
                    Heard(own.golden->transcripts->begin(), own.golden->transcripts->end()));
  }
  return result;
}

}  // namespace assay::suites
