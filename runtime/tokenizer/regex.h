#pragma once

// The regular expressions of pre-tokenizers, on PCRE2. A pattern means here what it means to the
// libraries that the files were made for (Oniguruma, Rust's fancy-regex): see regex_pattern.h.

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <harness/base/result.h>

namespace assay::tokenizer {

/// A compiled pattern; safe to use from several threads at once.
class Regex {
 public:
  /// Bytes [begin, end) of a text.
  struct Match {
    std::size_t begin = 0;
    std::size_t end = 0;
  };

  /// Errors: kUnsupported, a construct that the libraries may read differently (names it);
  /// kCorrupt, not a pattern (PCRE2's reason and position).
  static Result<Regex> compile(std::string_view pattern);

  /// The first match at `from` or later that is not empty. Precondition: `text` is valid UTF-8 and
  /// `from` is where a character begins. Errors: kUnsupported, the work limit was reached.
  Result<std::optional<Match>> find(std::string_view text, std::size_t from) const;

 private:
  struct Compiled;
  explicit Regex(std::shared_ptr<const Compiled> compiled) : compiled_(std::move(compiled)) {}

  std::shared_ptr<const Compiled> compiled_;
};

}  // namespace assay::tokenizer
