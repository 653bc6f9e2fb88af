#include <algorithm>
#include <cstring>
#include <numeric>

#include <golden/comparators.h>
#include <golden/half_float.h>
#include <suites/tasks/asr/speech_golden.h>

namespace assay::suites {
namespace {

using golden::GoldenFile;

Error wrong_tensor(const GoldenFile& file, std::string_view name, const Tensor* tensor,
                   std::string_view wanted) {
  return make_error(ErrorCode::kCorrupt, "golden '{}': tensor '{}' is {}, but {} is needed",
                    file.name, name, tensor == nullptr ? "missing" : tensor->spec.describe(),
                    wanted);
}

/// A list of int32 of which none is negative.
Result<std::vector<std::int32_t>> counting_numbers(const GoldenFile& file, std::string_view name,
                                                   std::size_t size) {
  const Tensor* tensor = file.contents.find(name);
  const std::vector<std::int64_t> shape{static_cast<std::int64_t>(size)};
  if (tensor == nullptr || tensor->spec.dtype != DType::kInt32 || tensor->spec.shape != shape) {
    return wrong_tensor(file, name, tensor, fmt::format("int32[{}]", size));
  }
  std::vector<std::int32_t> values(size);
  if (size > 0) {
    std::memcpy(values.data(), tensor->data.data(), tensor->data.size());
  }
  if (std::any_of(values.begin(), values.end(), [](std::int32_t value) { return value < 0; })) {
    return make_error(ErrorCode::kCorrupt, "golden '{}': tensor '{}' holds a negative number",
                      file.name, name);
  }
  return values;
}

Result<std::vector<float>> encodings_of(const GoldenFile& file, std::size_t rows,
                                        std::size_t width) {
  const Tensor* tensor = file.contents.find("encodings");
  const std::vector<std::int64_t> shape{static_cast<std::int64_t>(rows),
                                        static_cast<std::int64_t>(width)};
  if (tensor == nullptr || tensor->spec.dtype != DType::kFloat16) {
    return file.floats("encodings", shape);
  }
  if (tensor->spec.shape != shape) {
    return wrong_tensor(file, "encodings", tensor, fmt::format("float16[{},{}]", rows, width));
  }
  std::vector<std::uint16_t> halves(rows * width);
  std::memcpy(halves.data(), tensor->data.data(), tensor->data.size());
  std::vector<float> values(halves.size());
  std::transform(halves.begin(), halves.end(), values.begin(), golden::float_from_half);
  if (const std::uint64_t count = golden::count_nonfinite(values); count > 0) {
    return make_error(ErrorCode::kCorrupt, "golden '{}': 'encodings' holds {} NaN or Inf values",
                      file.name, count);
  }
  return values;
}

Result<std::optional<Transcripts>> transcripts_of(const GoldenFile& file, std::size_t utterances) {
  if (file.contents.find("tokens") == nullptr && file.contents.find("token_counts") == nullptr) {
    return std::optional<Transcripts>();
  }
  ASSAY_ASSIGN(const auto counts, counting_numbers(file, "token_counts", utterances));
  const std::size_t total = std::accumulate(
      counts.begin(), counts.end(), std::size_t{0},
      [](std::size_t sum, std::int32_t count) { return sum + static_cast<std::size_t>(count); });
  ASSAY_ASSIGN(const auto tokens, counting_numbers(file, "tokens", total));
  Transcripts transcripts;
  auto next = tokens.begin();
  for (const std::int32_t count : counts) {
    transcripts.emplace_back(next, next + count);
    next += count;
  }
  return std::optional(std::move(transcripts));
}

}  // namespace

Result<SpeechGolden> parse_speech_golden(const golden::GoldenFile& file,
                                         std::span<const std::size_t> frames, std::size_t width) {
  ASSAY_ASSIGN(const auto stored, counting_numbers(file, "frames", frames.size()));
  std::size_t rows = 0;
  for (std::size_t i = 0; i < frames.size(); ++i) {
    if (static_cast<std::size_t>(stored[i]) != frames[i]) {
      return make_error(ErrorCode::kCorrupt,
                        "golden '{}' has {} frames of utterance {}, but this suite cuts it into "
                        "{}; make the golden again (scripts/make_asr_golden.py), or correct "
                        "/asr/samples_per_frame",
                        file.name, stored[i], i, frames[i]);
    }
    rows += frames[i];
  }
  SpeechGolden golden;
  ASSAY_ASSIGN(golden.encodings, encodings_of(file, rows, width));
  ASSAY_ASSIGN(golden.transcripts, transcripts_of(file, frames.size()));
  return golden;
}

}  // namespace assay::suites
