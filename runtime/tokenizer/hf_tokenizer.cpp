#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <vector>

#include <harness/base/utf8.h>
#include <runtime/tokenizer/byte_alphabet.h>
#include <runtime/tokenizer/hf_added_tokens.h>
#include <runtime/tokenizer/hf_json.h>
#include <runtime/tokenizer/hf_model.h>
#include <runtime/tokenizer/hf_post_processor.h>
#include <runtime/tokenizer/hf_pre_tokenizer.h>
#include <runtime/tokenizer/hf_tokenizer.h>
#include <runtime/tokenizer/normalize_nfc.h>
#include <runtime/tokenizer/text_matcher.h>
#include <runtime/tokenizer/token_table.h>

namespace assay::tokenizer {
namespace {

/// What an id stands for.
struct Piece {
  std::string bytes;
  bool is_special = false;
};

struct Parts {
  HfModel model;
  PreTokenizer pre_tokenizer;
  bool normalizes = false;  ///< to NFC
  TextMatcher before_normalizing;
  TextMatcher after_normalizing;
  std::vector<Piece> pieces;  ///< by id
  std::vector<SpecialToken> special_tokens;
  std::vector<std::int32_t> eos_ids;
  std::optional<std::int32_t> bos_id;
};

class HfTokenizer final : public Tokenizer {
 public:
  explicit HfTokenizer(Parts parts) : parts_(std::move(parts)) {}

  std::string_view format() const override { return "tokenizer.json"; }
  std::int32_t vocab_size() const override {
    return static_cast<std::int32_t>(parts_.pieces.size());
  }
  std::optional<std::int32_t> bos_id() const override { return parts_.bos_id; }
  std::span<const std::int32_t> eos_ids() const override { return parts_.eos_ids; }
  std::span<const SpecialToken> special_tokens() const override { return parts_.special_tokens; }
  BrokenUtf8 broken_utf8() const override { return BrokenUtf8::kReplaceEachSequence; }

  Result<std::vector<std::int32_t>> encode(std::string_view text,
                                           const EncodeOptions& options) const override {
    std::vector<std::int32_t> ids;
    if (options.add_bos && parts_.bos_id) {
      ids.push_back(*parts_.bos_id);
    }
    const std::string valid = replace_broken_utf8(text);
    ASSAY_TRY(split(valid, parts_.before_normalizing, options, ids, [&](std::string_view section) {
      return encode_section(section, options, ids);
    }));
    return ids;
  }

  Result<std::string> decode_piece(std::int32_t id, SpecialIds special,
                                   DecodeState& state) const override {
    ASSAY_TRY(check_id(id, vocab_size()));
    const Piece& piece = parts_.pieces[static_cast<std::size_t>(id)];
    if (piece.is_special && special == SpecialIds::kSkip) {
      return std::string();
    }
    state.at_start = false;
    return piece.bytes;
  }

 private:
  /// Cuts out added tokens; special ones only where the options say so.
  template <class OnText>
  Status split(std::string_view text, const TextMatcher& matcher, const EncodeOptions& options,
               std::vector<std::int32_t>& ids, const OnText& on_text) const {
    return split_at_matches(
        text, matcher,
        [&](std::int32_t id) {
          return options.parse_special || !parts_.pieces[static_cast<std::size_t>(id)].is_special;
        },
        on_text,
        [&](std::int32_t id) {
          ids.push_back(id);
          return Status();
        });
  }

  Status encode_section(std::string_view section, const EncodeOptions& options,
                        std::vector<std::int32_t>& ids) const {
    std::string normalized;
    if (parts_.normalizes) {
      ASSAY_ASSIGN(normalized, normalize_nfc(section));
      section = normalized;
    }
    return split(section, parts_.after_normalizing, options, ids,
                 [&](std::string_view text) { return encode_words(text, ids); });
  }

  Status encode_words(std::string_view text, std::vector<std::int32_t>& ids) const {
    ASSAY_ASSIGN(const Words words, parts_.pre_tokenizer.split(text));
    for (const std::string_view word : words.words) {
      parts_.model.encode(word, ids);
    }
    return {};
  }

  Parts parts_;
};

/// Whether the file normalizes, to NFC; any other normalizer is refused.
Result<bool> parse_normalizer(const JsonValue& document) {
  const auto value = find_set(document, "normalizer");
  if (!value) {
    return false;
  }
  ASSAY_ASSIGN(const std::string type, type_of(*value));
  if (type != "NFC") {
    return unsupported(*value, fmt::format("the normalizer '{}'", type));
  }
  ASSAY_TRY(value->expect_object({"type"}));
  return true;
}

Result<PreTokenizer> parse_pre_tokenizer(const JsonValue& document) {
  if (const auto value = find_set(document, "pre_tokenizer")) {
    return PreTokenizer::parse(*value);
  }
  return unsupported(document,
                     "a vocabulary without a byte-level pre-tokenizer (Llama 2's and "
                     "other SentencePiece vocabularies: use their tokenizer.model)");
}

/// Byte-level vocabularies are decoded in one way; the file must say that it is that one.
Status check_decoder(const JsonValue& document) {
  const auto value = find_set(document, "decoder");
  if (!value) {
    return unsupported(document, "no decoder");
  }
  ASSAY_ASSIGN(const std::string type, type_of(*value));
  if (type != "ByteLevel") {
    return unsupported(*value, fmt::format("the decoder '{}'", type));
  }
  // None of them matters to decoding.
  return value->expect_object({"type", "add_prefix_space", "trim_offsets", "use_regex"});
}

/// Added tokens fill holes of the vocabulary or name tokens that it has; every id is then taken.
Status join_vocabularies(const JsonValue& place, const std::vector<AddedToken>& added,
                         Parts& parts) {
  std::map<std::int32_t, std::string> texts = parts.model.keys();
  std::set<std::int32_t> seen;
  for (const AddedToken& token : added) {
    const auto id_in_model = parts.model.find_key(token.text);
    const auto [taken, is_new] = texts.emplace(token.id, token.text);
    if (taken->second != token.text || (id_in_model && *id_in_model != token.id) ||
        !seen.insert(token.id).second) {
      return place.error(fmt::format("the id {} of '{}' belongs to '{}' already", token.id,
                                     token.text, id_in_model ? token.text : taken->second));
    }
  }
  for (const auto& [id, text] : texts) {
    if (id != static_cast<std::int32_t>(parts.pieces.size())) {
      return place.error(
          fmt::format("no token has the id {}, but one has {}", parts.pieces.size(), id));
    }
    parts.pieces.push_back({bytes_from_alphabet(text).value_or(text), false});
  }
  if (parts.pieces.empty()) {
    return place.error("the vocabulary is empty");
  }
  return {};
}

Status add_tokens(const JsonValue& place, const std::vector<AddedToken>& added, Parts& parts) {
  ASSAY_TRY(join_vocabularies(place, added, parts));
  for (const AddedToken& token : added) {
    if (parts.normalizes && token.normalized) {
      ASSAY_ASSIGN(const std::string text, normalize_nfc(token.text));
      parts.after_normalizing.add(text, token.id);
    } else {
      parts.before_normalizing.add(token.text, token.id);
    }
    if (token.is_special) {
      parts.pieces[static_cast<std::size_t>(token.id)].is_special = true;
      parts.special_tokens.push_back({token.id, token.text});
      parts.model.reserve(token.id);
    }
  }
  std::sort(parts.special_tokens.begin(), parts.special_tokens.end(),
            [](const SpecialToken& a, const SpecialToken& b) { return a.id < b.id; });
  parts.eos_ids = well_known_eos_ids(parts.special_tokens);
  return {};
}

Status check_bos(const JsonValue& document, const Parts& parts) {
  if (!parts.bos_id) {
    return {};
  }
  if (*parts.bos_id >= static_cast<std::int32_t>(parts.pieces.size())) {
    return document.error(
        fmt::format("the post-processor adds the id {}, which no token has", *parts.bos_id));
  }
  return {};
}

}  // namespace

Result<std::unique_ptr<Tokenizer>> parse_hf_tokenizer(std::string_view text,
                                                      const std::string& name) {
  ASSAY_ASSIGN(const JsonValue document, JsonValue::parse(text, name, ErrorCode::kCorrupt));
  ASSAY_TRY(
      document.expect_object({"version", "truncation", "padding", "added_tokens", "normalizer",
                              "pre_tokenizer", "post_processor", "decoder", "model"}));
  for (const std::string_view key : {"truncation", "padding"}) {
    if (const auto value = find_set(document, key)) {
      return unsupported(*value, fmt::format("'{}'", key));
    }
  }
  ASSAY_ASSIGN(const JsonValue model, document.require("model"));
  ASSAY_TRY(model.expect_object());
  ASSAY_ASSIGN(HfModel parsed_model, HfModel::parse(model));
  ASSAY_ASSIGN(PreTokenizer pre_tokenizer, parse_pre_tokenizer(document));
  Parts parts{std::move(parsed_model), std::move(pre_tokenizer)};
  ASSAY_ASSIGN(parts.normalizes, parse_normalizer(document));
  ASSAY_TRY(check_decoder(document));
  std::vector<AddedToken> added;
  if (const auto value = find_set(document, "added_tokens")) {
    ASSAY_ASSIGN(added, parse_added_tokens(*value));
  }
  ASSAY_TRY(add_tokens(document, added, parts));
  ASSAY_ASSIGN(parts.bos_id, parse_bos_of_post_processor(document));
  ASSAY_TRY(check_bos(document, parts));
  return std::unique_ptr<Tokenizer>(std::make_unique<HfTokenizer>(std::move(parts)));
}

}  // namespace assay::tokenizer
