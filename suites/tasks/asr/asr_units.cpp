#include <algorithm>
#include <array>
#include <map>
#include <numeric>

#include <harness/base/file.h>
#include <suites/tasks/asr/asr_manifest.h>
#include <suites/tasks/asr/asr_units.h>
#include <suites/tasks/asr/utterances.h>
#include <suites/tasks/asr/word_vocabulary.h>

namespace assay::suites {
namespace {

constexpr std::array kAsrMeans{UnitMetric{"wer", "word_errors", "reference_words"},
                               UnitMetric{"cer", "character_errors", "reference_characters"},
                               UnitMetric{"wer_vs_golden", "word_errors_vs_golden", "golden_words"},
                               UnitMetric{"transcripts_unchanged", "transcript_unchanged", ""}};
constexpr std::array kAsrColumns{NamedMetric{"encoding_sqnr_db", "encoding SQNR"},
                                 NamedMetric{"wer", "WER"},
                                 NamedMetric{"wer_vs_golden", "WER to reference"},
                                 NamedMetric{"transcripts_unchanged", "transcripts unchanged"}};
constexpr std::array kAsrCards{
    NamedMetric{"wer", "Word error rate"}, NamedMetric{"encoding_sqnr_db", "Fidelity (SQNR)"},
    NamedMetric{"transcripts_unchanged", "Transcripts as the reference's"}};

constexpr UnitKind kAsrUnit{.singular = "utterance",
                            .plural = "utterances",
                            .flips = "is understood otherwise",
                            .flips_many = "are understood otherwise",
                            .title = "Understood otherwise",
                            .list_key = "transcripts",
                            .summary_key = "transcript_summary",
                            .index_key = "utterance",
                            .context = {.title = "said", .key = "said", .width = 36},
                            .decision_width = 36,
                            .means = kAsrMeans,
                            .columns = kAsrColumns,
                            .cards = kAsrCards,
                            .output_series = "encoding_error"};

/// The words of each utterance; nothing where there are none, or they do not add up.
std::optional<std::vector<UnitDecision>> transcripts_of(const Cell& cell,
                                                        const std::string& prefix) {
  const auto words = cell.series.find(prefix + "transcript_tokens");
  const auto counts = cell.series.find(prefix + "transcript_token_counts");
  if (words == cell.series.end() || counts == cell.series.end() ||
      std::accumulate(counts->second.begin(), counts->second.end(), 0.0) !=
          static_cast<double>(words->second.size())) {
    return std::nullopt;
  }
  std::vector<UnitDecision> transcripts;
  auto next = words->second.begin();
  for (const float count : counts->second) {
    const auto end = next + static_cast<std::ptrdiff_t>(count);
    transcripts.push_back({.labels = {next, end}});
    next = end;
  }
  return transcripts;
}

class AsrTexts : public UnitTexts {
 public:
  AsrTexts(WordVocabulary vocabulary, const std::vector<CaseSpec>& cases)
      : vocabulary_(std::move(vocabulary)) {
    for (const CaseSpec& spec : cases) {
      const auto& file = spec.task_part.as<AsrCase>().utterances;
      const auto text = read_text_file(file);
      auto list =
          text.ok() ? parse_utterances(*text, file.string()) : Result<UtteranceList>(text.error());
      if (list.ok()) {
        utterances_.emplace(spec.name, std::move(list->utterances));
      }
    }
  }

  std::string context(const std::string& case_name, std::size_t unit) const override {
    const auto found = utterances_.find(case_name);
    if (found == utterances_.end() || unit >= found->second.size() || !found->second[unit].text) {
      return "";
    }
    return fmt::format("\"{}\"", *found->second[unit].text);
  }

  /// Unknown when an id is no word: another vocabulary was kept than the run had.
  std::optional<std::string> decision(const UnitDecision& decision) const override {
    const bool known = std::ranges::all_of(decision.labels, [&](std::int32_t id) {
      return id >= 0 && static_cast<std::size_t>(id) < vocabulary_.words.size();
    });
    return known ? std::optional(vocabulary_.text(decision.labels)) : std::nullopt;
  }

 private:
  WordVocabulary vocabulary_;
  std::map<std::string, std::vector<Utterance>> utterances_;
};

}  // namespace

const UnitKind& asr_unit() { return kAsrUnit; }

std::optional<UnitTable> asr_units_of(const Cell& cell) {
  auto transcripts = transcripts_of(cell, "");
  if (!transcripts || transcripts->empty()) {
    return std::nullopt;
  }
  UnitTable units{.kind = &kAsrUnit, .count = transcripts->size()};
  units.decisions = *std::move(transcripts);
  if (auto golden = transcripts_of(cell, "golden_"); golden && golden->size() == units.count) {
    units.reference = *std::move(golden);
  }
  return units;
}

std::unique_ptr<UnitTexts> read_asr_texts(const SuiteManifest& manifest) {
  const auto& file = manifest.task_part.as<AsrSuite>().vocabulary;
  if (file.empty()) {
    return nullptr;
  }
  auto vocabulary = read_vocabulary(file);
  return vocabulary.ok() ? std::make_unique<AsrTexts>(std::move(vocabulary).value(), manifest.cases)
                         : nullptr;
}

}  // namespace assay::suites
