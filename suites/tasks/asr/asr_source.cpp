#include <algorithm>
#include <cmath>

#include <datasets/audio_reader.h>
#include <harness/base/file.h>
#include <harness/base/hash.h>
#include <suites/tasks/asr/asr_source.h>

namespace assay::suites {
namespace {

/// A prime, so that utterances hear different parts of the noise.
constexpr std::size_t kNoiseStride = 7919;

double mean_square(std::span<const float> samples) {
  double sum = 0;
  for (const float sample : samples) {
    sum += static_cast<double>(sample) * static_cast<double>(sample);
  }
  return sum / static_cast<double>(samples.size());
}

std::string sha256_of(std::string_view text) { return sha256_hex(std::as_bytes(std::span(text))); }

Result<UtteranceList> read_list(const std::filesystem::path& file) {
  ASSAY_ASSIGN(const std::string text, read_text_file(file));
  return parse_utterances(text, file.string());
}

std::filesystem::path audio_path(const AsrCase& spec, const UtteranceList& list) {
  return spec.wav.empty() ? spec.utterances.parent_path() / list.audio : spec.wav;
}

Status check_list(const UtteranceList& list, const SpeechSource& source,
                  const std::filesystem::path& audio, const AsrCase& spec, const AsrSuite& task) {
  const std::string name = spec.utterances.string();
  if (list.sample_rate_hz != task.sample_rate_hz) {
    return make_error(ErrorCode::kCorrupt, "'{}' is about audio of {} Hz, not of {}", name,
                      list.sample_rate_hz, task.sample_rate_hz);
  }
  if (list.audio_sha256 != source.audio_sha256) {
    return make_error(ErrorCode::kCorrupt,
                      "'{}' is about audio with SHA-256 {}, but '{}' has {}; get both again", name,
                      list.audio_sha256, audio.string(), source.audio_sha256);
  }
  for (const Utterance& utterance : list.utterances) {
    if (utterance.samples > source.audio.size() ||
        utterance.start > source.audio.size() - utterance.samples) {
      return make_error(ErrorCode::kCorrupt,
                        "'{}': utterance '{}' is samples {} to {}, but '{}' has {}", name,
                        utterance.name, utterance.start, utterance.start + utterance.samples,
                        audio.string(), source.audio.size());
    }
  }
  return {};
}

std::size_t noise_start(const SpeechSource& source, std::size_t index) {
  return index * kNoiseStride % (source.noise.size() - source.utterances[index].samples + 1);
}

Status read_noise(const NoiseSpec& noise, const AsrSuite& task, SpeechSource& source) {
  ASSAY_ASSIGN(const auto bytes, read_binary_file(noise.wav));
  ASSAY_ASSIGN(source.noise,
               datasets::decode_audio(bytes, noise.wav.string(), task.sample_rate_hz));
  source.noise_sha256 = sha256_hex(bytes);
  source.snr_db = noise.snr_db;
  for (std::size_t i = 0; i < source.utterances.size(); ++i) {
    const Utterance& utterance = source.utterances[i];
    if (utterance.samples > source.noise.size()) {
      return make_error(ErrorCode::kUsage,
                        "noise '{}' has {} samples, but utterance '{}' has {}; use longer noise",
                        noise.wav.string(), source.noise.size(), utterance.name, utterance.samples);
    }
    const auto part = std::span(source.noise).subspan(noise_start(source, i), utterance.samples);
    if (mean_square(part) == 0) {
      return make_error(ErrorCode::kUsage,
                        "noise '{}' is silent where utterance '{}' hears it, so that no "
                        "signal-to-noise ratio can be had",
                        noise.wav.string(), utterance.name);
    }
  }
  return {};
}

}  // namespace

std::vector<float> SpeechSource::heard(std::size_t index) const {
  const Utterance& utterance = utterances[index];
  const auto clean = std::span(audio).subspan(utterance.start, utterance.samples);
  std::vector<float> mixed(clean.begin(), clean.end());
  if (noise.empty()) {
    return mixed;
  }
  const auto part = std::span(noise).subspan(noise_start(*this, index), utterance.samples);
  const double gain =
      std::sqrt(mean_square(clean) / (mean_square(part) * std::pow(10.0, snr_db / 10)));
  for (std::size_t i = 0; i < mixed.size(); ++i) {
    mixed[i] =
        static_cast<float>(static_cast<double>(clean[i]) + static_cast<double>(part[i]) * gain);
  }
  return mixed;
}

Result<SpeechSource> read_speech(const AsrCase& spec, const std::string& name,
                                 const AsrSuite& task) {
  SpeechSource source;
  UtteranceList list;
  if (!spec.utterances.empty()) {
    ASSAY_ASSIGN(list, read_list(spec.utterances));
  }
  const auto path = audio_path(spec, list);
  ASSAY_ASSIGN(const auto bytes, read_binary_file(path));
  ASSAY_ASSIGN(source.audio, datasets::decode_audio(bytes, path.string(), task.sample_rate_hz));
  source.audio_sha256 = sha256_hex(bytes);
  if (spec.utterances.empty()) {
    source.utterances = {{.name = name, .start = 0, .samples = source.audio.size()}};
  } else {
    ASSAY_TRY(check_list(list, source, path, spec, task));
    source.utterances = std::move(list.utterances);
  }
  if (spec.noise) {
    ASSAY_TRY(read_noise(*spec.noise, task, source));
  }
  source.input_sha256 = source.audio_sha256;
  if (spec.noise || !spec.utterances.empty()) {
    std::string parts = fmt::format("audio {}\n", source.audio_sha256);
    for (const Utterance& one : source.utterances) {
      parts += fmt::format("utterance {} {} {}\n", one.start, one.samples, one.text.value_or(""));
    }
    parts += fmt::format("noise {} {}\n", source.noise_sha256, source.snr_db);
    source.input_sha256 = sha256_of(parts);
  }
  return source;
}

Result<std::filesystem::path> audio_path(const AsrCase& spec,
                                         const std::filesystem::path& list_file) {
  ASSAY_ASSIGN(const auto list, read_list(list_file));
  return audio_path(spec, list);
}

}  // namespace assay::suites
