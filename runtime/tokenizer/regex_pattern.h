#pragma once

// Patterns of other regular-expression libraries, rewritten for PCRE2.
//
// Tokenizer files are made for Oniguruma (Hugging Face) or Rust's fancy-regex (tiktoken). What the
// tokenizers of language models use of them means the same in PCRE2, but for two things, which are
// rewritten: \s (PCRE2 takes U+180E for a space) and the version of Unicode behind \p{L}, \p{N} and
// \p{M} (PCRE2 10.42 has 14; both libraries have 16, which only added characters). All else is
// refused by name rather than matched differently.

#include <string>
#include <string_view>

#include <harness/base/result.h>

namespace assay::tokenizer {

/// Errors: kUnsupported, names the construct.
Result<std::string> translate_pattern(std::string_view pattern);

}  // namespace assay::tokenizer
