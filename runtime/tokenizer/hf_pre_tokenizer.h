#pragma once

// The "pre_tokenizer" of a Hugging Face tokenizer.json: cuts a text into the words that are merged
// apart. Split, Digits, ByteLevel and Sequence, as the `tokenizers` library reads them.

#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include <harness/base/json.h>
#include <harness/base/result.h>
#include <runtime/tokenizer/regex.h>

namespace assay::tokenizer {

/// What becomes of a match when a text is cut at it; names as in the file.
enum class SplitBehavior {
  kRemoved,
  kIsolated,
  kMergedWithPrevious,
  kMergedWithNext,
  kContiguous,  ///< neighbours of the same kind, match or not, stay together
};

/// The words of a text. Views into the text, or into `owned` where a step changed it.
struct Words {
  std::vector<std::string_view> words;
  std::deque<std::string> owned;
};

class PreTokenizer {
 public:
  /// Errors: of the document, and kUnsupported, names the type or the pattern's construct.
  static Result<PreTokenizer> parse(const JsonValue& value);

  /// The words of `text`, none of them empty. Precondition: valid UTF-8, outlives the result.
  /// Errors: as Regex::find.
  Result<Words> split(std::string_view text) const;

 private:
  struct Step {
    bool add_prefix_space = false;  ///< a word that begins with no space gets one, before the cut
    std::optional<Regex> regex;     ///< where to cut; or:
    std::string literal;            ///< not empty: the text where to cut
    SplitBehavior behavior = SplitBehavior::kIsolated;
    bool invert = false;  ///< what lies between the matches is the match
  };

  Status add(const JsonValue& value);
  Status add_split(const JsonValue& value);
  Status add_digits(const JsonValue& value);
  Status add_byte_level(const JsonValue& value);
  static Status cut(const Step& step, std::string_view word, std::vector<std::string_view>& out);

  std::vector<Step> steps_;
};

}  // namespace assay::tokenizer
