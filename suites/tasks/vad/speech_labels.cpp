#include <algorithm>
#include <cstdint>

#include <datasets/label_fields.h>
#include <harness/base/file.h>
#include <harness/base/json.h>
#include <suites/tasks/vad/speech_labels.h>

namespace assay::suites {
namespace {

constexpr std::int64_t kLabelsVersion = 1;

Result<SampleRange> read_segment(const JsonValue& value, std::size_t earliest,
                                 std::size_t samples) {
  ASSAY_ASSIGN(const auto ends, value.as_list());
  if (ends.size() != 2) {
    return value.error("must be [start_sample, end_sample]");
  }
  const auto last = static_cast<std::int64_t>(samples);
  ASSAY_ASSIGN(const auto start, ends[0].as_integer(static_cast<std::int64_t>(earliest), last));
  ASSAY_ASSIGN(const auto end, ends[1].as_integer(std::min(start + 1, last), last));
  if (end <= start) {
    return value.error("is empty");
  }
  return SampleRange{.start = static_cast<std::size_t>(start),
                     .end = static_cast<std::size_t>(end)};
}

}  // namespace

Result<SpeechLabels> parse_speech_labels(std::string_view text, std::string_view name) {
  ASSAY_ASSIGN(const JsonValue root,
               JsonValue::parse(text, std::string(name), ErrorCode::kCorrupt));
  ASSAY_TRY(root.expect_object({"version", "sample_rate_hz", "samples", "segments", "how"}));
  ASSAY_TRY(datasets::require_integer(root, "version", kLabelsVersion, kLabelsVersion));
  SpeechLabels labels;
  ASSAY_ASSIGN(const auto rate,
               datasets::require_integer(root, "sample_rate_hz", 1, datasets::kMaxSampleRateHz));
  labels.sample_rate_hz = static_cast<int>(rate);
  ASSAY_ASSIGN(const auto samples,
               datasets::require_integer(root, "samples", 1, datasets::kMaxSamples));
  labels.samples = static_cast<std::size_t>(samples);
  ASSAY_ASSIGN(const JsonValue list, root.require("segments"));
  ASSAY_ASSIGN(const auto segments, list.as_list());
  std::size_t earliest = 0;
  for (const JsonValue& segment : segments) {
    ASSAY_ASSIGN(const SampleRange range, read_segment(segment, earliest, labels.samples));
    labels.segments.push_back(range);
    earliest = range.end;
  }
  return labels;
}

Result<SpeechLabels> read_speech_labels(const std::filesystem::path& path) {
  ASSAY_ASSIGN(const std::string text, read_text_file(path));
  return parse_speech_labels(text, path.string());
}

std::vector<bool> label_chunks(const SpeechLabels& labels, std::size_t chunk_samples) {
  std::vector<bool> speech;
  auto segment = labels.segments.begin();
  for (std::size_t start = 0; start < labels.samples; start += chunk_samples) {
    const std::size_t end = std::min(start + chunk_samples, labels.samples);
    while (segment != labels.segments.end() && segment->end <= start) {
      ++segment;
    }
    std::size_t inside = 0;
    for (auto next = segment; next != labels.segments.end() && next->start < end; ++next) {
      inside += std::min(end, next->end) - std::max(start, next->start);
    }
    speech.push_back(inside * 2 >= end - start);
  }
  return speech;
}

}  // namespace assay::suites
