#include <algorithm>
#include <map>
#include <optional>
#include <vector>

#include <datasets/utterances.h>
#include <harness/base/file.h>
#include <harness/session/run_artifacts.h>
#include <harness/session/utterance_texts.h>
#include <suites/tasks/asr/word_vocabulary.h>

namespace assay::session {
namespace {

/// What a run kept of one suite that tells of words.
class SuiteWords {
 public:
  SuiteWords(const artifacts::ArtifactStore& store, const RunInfo& run, const std::string& suite) {
    const Result<SuiteManifest> manifest = restore_suite(store, run, suite);
    const auto* asr = manifest.ok() ? std::get_if<AsrTask>(&manifest->task) : nullptr;
    if (asr == nullptr || asr->vocabulary.empty()) {
      return;
    }
    if (auto vocabulary = suites::read_vocabulary(asr->vocabulary); vocabulary.ok()) {
      vocabulary_ = std::move(vocabulary).value();
    }
    for (const CaseSpec& spec : manifest->cases) {
      const auto text = read_text_file(spec.utterances);
      const auto list = text.ok() ? datasets::parse_utterances(*text, spec.utterances.string())
                                  : Result<datasets::UtteranceList>(text.error());
      if (list.ok()) {
        utterances_.emplace(spec.name, list->utterances);
      }
    }
  }

  bool known() const { return vocabulary_.has_value(); }
  /// Empty when an id is no word: another vocabulary was kept than the run had.
  std::string text(const std::vector<std::int32_t>& ids) const {
    const bool known = std::all_of(ids.begin(), ids.end(), [&](std::int32_t id) {
      return id >= 0 && static_cast<std::size_t>(id) < vocabulary_->words.size();
    });
    return known ? vocabulary_->text(ids) : "";
  }

  std::string said(const std::string& case_name, std::size_t utterance) const {
    const auto found = utterances_.find(case_name);
    return found == utterances_.end() || utterance >= found->second.size()
               ? ""
               : found->second[utterance].text.value_or("");
  }

 private:
  std::optional<suites::WordVocabulary> vocabulary_;
  std::map<std::string, std::vector<datasets::Utterance>> utterances_;
};

}  // namespace

void fill_utterance_texts(compare::Comparison& comparison, const RunInfo& run,
                          const artifacts::ArtifactStore& store) {
  for (compare::Group& group : comparison.groups) {
    if (group.transcripts.list.empty()) {
      continue;
    }
    const SuiteWords words(store, run, group.key.suite);
    if (!words.known()) {
      continue;
    }
    for (compare::TranscriptDifference& one : group.transcripts.list) {
      one.said = words.said(one.case_name, one.utterance);
      one.a_text = words.text(one.a);
      one.b_text = words.text(one.b);
    }
  }
}

}  // namespace assay::session
