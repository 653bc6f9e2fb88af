#include <harness/base/file.h>
#include <harness/base/json.h>
#include <suites/tasks/asr/word_vocabulary.h>

namespace assay::suites {

std::string WordVocabulary::text(std::span<const std::int32_t> ids) const {
  std::string joined;
  for (const std::int32_t id : ids) {
    joined += (joined.empty() ? "" : " ") + words[static_cast<std::size_t>(id)];
  }
  return joined;
}

Result<WordVocabulary> parse_vocabulary(std::string_view text, std::string_view name) {
  ASSAY_ASSIGN(const JsonValue root,
               JsonValue::parse(text, std::string(name), ErrorCode::kCorrupt));
  ASSAY_TRY(root.expect_object({"blank", "words"}));
  WordVocabulary vocabulary;
  ASSAY_ASSIGN(const JsonValue list, root.require("words"));
  ASSAY_ASSIGN(const auto words, list.as_nonempty_list());
  for (const JsonValue& word : words) {
    ASSAY_ASSIGN(auto one, word.as_nonempty_text());
    vocabulary.words.push_back(std::move(one));
  }
  ASSAY_ASSIGN(const JsonValue blank, root.require("blank"));
  ASSAY_ASSIGN(const auto id, blank.as_integer(0, static_cast<std::int64_t>(words.size()) - 1));
  vocabulary.blank = static_cast<std::int32_t>(id);
  return vocabulary;
}

Result<WordVocabulary> read_vocabulary(const std::filesystem::path& path) {
  ASSAY_ASSIGN(const std::string text, read_text_file(path));
  return parse_vocabulary(text, path.string());
}

}  // namespace assay::suites
