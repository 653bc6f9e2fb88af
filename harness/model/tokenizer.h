#pragma once

// From text to token ids and back: the interface that a language model's text passes through. The
// file formats are runtime/tokenizer's; nothing here knows one.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <harness/base/result.h>

namespace assay {

/// A token that stands for no text: the start of a text, the end of a turn.
struct SpecialToken {
  std::int32_t id = 0;
  std::string text;  ///< as it is written, such as "<|im_start|>"; unique in a vocabulary
};

/// How to read the text that is encoded.
struct EncodeOptions {
  /// Put the vocabulary's BOS first, where it has one (`Tokenizer::bos_id`).
  bool add_bos = true;
  /// Read what looks like a special token as that token. Leave it off for text that a user or a
  /// file brings: "<|im_end|>" in it would end the turn.
  bool parse_special = false;
};

/// What decoding does with special tokens.
enum class SpecialIds { kSkip, kShow };

/// How the reference library of a format reads bytes that are not UTF-8.
enum class BrokenUtf8 {
  kReplaceEachByte,      ///< one U+FFFD a byte (SentencePiece)
  kReplaceEachSequence,  ///< one U+FFFD a longest broken sequence (Python, Rust; Unicode 15, 3.9)
};

/// What decoding carries from one id to the next.
struct DecodeState {
  bool at_start = true;  ///< nothing came yet that the space before a first word would belong to
};

/// A vocabulary and its rules. Const, and safe to use from several threads at once.
class Tokenizer {
 public:
  virtual ~Tokenizer() = default;

  /// The format of its file, for messages: "sentencepiece", "llama2.c", "tiktoken",
  /// "tokenizer.json".
  virtual std::string_view format() const = 0;
  /// The largest id + 1. A model may have more logits than that (padding), never fewer.
  virtual std::int32_t vocab_size() const = 0;
  /// What `EncodeOptions::add_bos` puts first; nothing where the family starts without (Qwen2).
  virtual std::optional<std::int32_t> bos_id() const = 0;
  /// Tokens that end a text or a turn, ascending; those that the file names or, where a format
  /// names none, those of well-known text. May be empty.
  virtual std::span<const std::int32_t> eos_ids() const = 0;
  /// Ascending by id.
  virtual std::span<const SpecialToken> special_tokens() const = 0;
  /// How `decode` and StreamingDecoder write bytes that are not UTF-8.
  virtual BrokenUtf8 broken_utf8() const = 0;

  /// The ids of `text`. Bytes that are not UTF-8 count as U+FFFD (see `broken_utf8`), except for a
  /// format that takes bytes as they are (tiktoken's, llama2.c's). Errors: kOutOfMemory, and
  /// kCorrupt where the vocabulary has no token for a part of the text.
  virtual Result<std::vector<std::int32_t>> encode(std::string_view text,
                                                   const EncodeOptions& options) const = 0;
  /// The bytes of one id within a text; they may be a part of a character. Errors: kUsage, an id
  /// outside the vocabulary (names both).
  virtual Result<std::string> decode_piece(std::int32_t id, SpecialIds special,
                                           DecodeState& state) const = 0;

  /// The bytes that one id stands for in the middle of a text, a special token's text included.
  /// Errors: as decode_piece.
  Result<std::string> piece_bytes(std::int32_t id) const;
  /// The text of `ids`, always valid UTF-8. Errors: as decode_piece.
  Result<std::string> decode(std::span<const std::int32_t> ids,
                             SpecialIds special = SpecialIds::kSkip) const;
  /// The id of the special token that is written `text`; nothing if there is none.
  std::optional<std::int32_t> find_special(std::string_view text) const;
};

/// Decodes ids as they come and never gives half a character: the results of `put` and of `finish`,
/// put together, are exactly `decode` of all ids. The tokenizer must outlive it.
class StreamingDecoder {
 public:
  /// `state`: what came before; by default nothing. Of a continued text, at_start is false.
  explicit StreamingDecoder(const Tokenizer& tokenizer, SpecialIds special = SpecialIds::kSkip,
                            DecodeState state = {})
      : tokenizer_(&tokenizer), special_(special), state_(state) {}

  /// Text that became complete with `id`; empty while a character lacks bytes. Errors: as
  /// Tokenizer::decode_piece; the decoder stays as it was.
  Result<std::string> put(std::int32_t id);
  /// The end of the text: what an incomplete character left, as U+FFFD. Starts again.
  std::string finish();

 private:
  const Tokenizer* tokenizer_;
  SpecialIds special_;
  DecodeState state_;
  std::string pending_;  ///< the first bytes of a character, fewer than it has
};

}  // namespace assay
