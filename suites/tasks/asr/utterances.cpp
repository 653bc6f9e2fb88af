#include <cstdint>
#include <set>

#include <datasets/label_fields.h>
#include <harness/base/json.h>
#include <suites/tasks/asr/utterances.h>

namespace assay::suites {
namespace {

Result<std::string> require_text(const JsonValue& object, std::string_view key) {
  ASSAY_ASSIGN(const JsonValue value, object.require(key));
  return value.as_nonempty_text();
}

Result<Utterance> read_utterance(const JsonValue& value) {
  ASSAY_TRY(value.expect_object({"name", "start", "samples", "text", "voice"}));
  Utterance utterance;
  ASSAY_ASSIGN(utterance.name, require_text(value, "name"));
  ASSAY_ASSIGN(const auto start,
               datasets::require_integer(value, "start", 0, datasets::kMaxSamples));
  ASSAY_ASSIGN(const auto samples,
               datasets::require_integer(value, "samples", 1, datasets::kMaxSamples));
  utterance.start = static_cast<std::size_t>(start);
  utterance.samples = static_cast<std::size_t>(samples);
  if (const auto text = value.find("text")) {
    ASSAY_ASSIGN(utterance.text, text->as_text());
  }
  return utterance;
}

}  // namespace

Result<UtteranceList> parse_utterances(std::string_view text, std::string_view name) {
  ASSAY_ASSIGN(const JsonValue root,
               JsonValue::parse(text, std::string(name), ErrorCode::kCorrupt));
  ASSAY_TRY(root.expect_object({"audio", "audio_sha256", "sample_rate_hz", "utterances"}));
  UtteranceList list;
  ASSAY_ASSIGN(list.audio, require_text(root, "audio"));
  ASSAY_ASSIGN(list.audio_sha256, require_text(root, "audio_sha256"));
  ASSAY_ASSIGN(const auto rate,
               datasets::require_integer(root, "sample_rate_hz", 1, datasets::kMaxSampleRateHz));
  list.sample_rate_hz = static_cast<int>(rate);
  ASSAY_ASSIGN(const JsonValue utterances, root.require("utterances"));
  ASSAY_ASSIGN(const auto elements, utterances.as_nonempty_list());
  std::set<std::string> names;
  for (const JsonValue& element : elements) {
    ASSAY_ASSIGN(Utterance utterance, read_utterance(element));
    if (!names.insert(utterance.name).second) {
      return element.error(fmt::format("the name '{}' is there twice", utterance.name));
    }
    list.utterances.push_back(std::move(utterance));
  }
  return list;
}

}  // namespace assay::suites
