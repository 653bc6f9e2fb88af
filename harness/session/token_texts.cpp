#include <algorithm>
#include <map>
#include <memory>

#include <golden/logit_golden.h>
#include <harness/session/run_artifacts.h>
#include <harness/session/token_texts.h>
#include <runtime/tokenizer/open_tokenizer.h>

namespace assay::session {
namespace {

/// What a run kept of one suite that tells of tokens.
class SuiteTexts {
 public:
  SuiteTexts(const artifacts::ArtifactStore& store, const RunInfo& run, const std::string& suite) {
    Result<SuiteManifest> manifest = restore_suite(store, run, suite);
    if (!manifest.ok()) {
      return;
    }
    if (const auto* llm = std::get_if<LlmTask>(&manifest->task);
        llm != nullptr && !llm->tokenizer.empty()) {
      if (auto tokenizer = tokenizer::open_tokenizer(llm->tokenizer); tokenizer.ok()) {
        tokenizer_ = std::move(tokenizer).value();
      }
    }
    for (const CaseSpec& spec : manifest->cases) {
      if (spec.speed) {
        continue;
      }
      const auto file = golden::read_golden(spec.golden);
      if (!file.ok() || file->task != "llm") {
        continue;
      }
      if (auto golden = golden::parse_logit_golden(*file); golden.ok()) {
        goldens_.emplace(spec.name, std::move(golden).value());
      }
    }
  }

  /// The text before the token that scored position `row` is about.
  std::string before(const std::string& case_name, std::size_t row) const {
    const auto found = goldens_.find(case_name);
    if (found == goldens_.end() || row >= found->second.positions.size()) {
      return "";
    }
    const golden::LogitGolden& golden = found->second;
    const auto last = static_cast<std::size_t>(golden.positions[row]);
    if (last >= golden.token_ends.size()) {
      return "";
    }
    const auto end = static_cast<std::size_t>(std::max(golden.token_ends[last], 0));
    return golden.text.substr(0, std::min(end, golden.text.size()));
  }

  std::string token(std::int32_t id) const {
    if (tokenizer_ == nullptr) {
      return "";
    }
    const auto bytes = tokenizer_->piece_bytes(id);
    return bytes.ok() ? *bytes : "";
  }

 private:
  std::unique_ptr<Tokenizer> tokenizer_;
  std::map<std::string, golden::LogitGolden> goldens_;
};

}  // namespace

void fill_token_texts(compare::Comparison& comparison, const RunInfo& run,
                      const artifacts::ArtifactStore& store) {
  for (compare::Group& group : comparison.groups) {
    if (group.tokens.list.empty()) {
      continue;
    }
    const SuiteTexts texts(store, run, group.key.suite);
    for (compare::TokenDisagreement& one : group.tokens.list) {
      one.before = texts.before(one.case_name, one.position);
      one.golden_text = texts.token(one.golden);
      one.a_text = texts.token(one.a);
      one.b_text = texts.token(one.b);
    }
  }
}

}  // namespace assay::session
