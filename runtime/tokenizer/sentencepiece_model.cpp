#include <bit>
#include <cmath>
#include <cstring>
#include <vector>

#include <runtime/tokenizer/protobuf_fields.h>
#include <runtime/tokenizer/sentencepiece_model.h>
#include <runtime/tokenizer/token_table.h>

namespace assay::tokenizer {
namespace {

using Kind = ProtobufField::Kind;

// Field numbers of sentencepiece_model.proto (google/sentencepiece).
namespace model_field {
constexpr std::uint32_t kPieces = 1;
constexpr std::uint32_t kTrainerSpec = 2;
constexpr std::uint32_t kNormalizerSpec = 3;
constexpr std::uint32_t kDenormalizerSpec = 5;
}  // namespace model_field
namespace piece_field {
constexpr std::uint32_t kText = 1;
constexpr std::uint32_t kScore = 2;
}  // namespace piece_field
namespace trainer_field {
constexpr std::uint32_t kWhitespaceAsSuffix = 24;
constexpr std::uint32_t kUnknownSurface = 44;
}  // namespace trainer_field
namespace normalizer_field {
constexpr std::uint32_t kCharacterMap = 2;
constexpr std::uint32_t kAddDummyPrefix = 3;
constexpr std::uint32_t kRemoveExtraWhitespaces = 4;
constexpr std::uint32_t kEscapeWhitespaces = 5;
}  // namespace normalizer_field

// The longest piece of known vocabularies has 48 bytes of text.
constexpr std::size_t kMaxFirstPiece = 512;

/// Calls `visit(field)` for each field of a message; it returns a Status.
template <class Visit>
Status visit_fields(std::string_view message, std::string_view what, const Visit& visit) {
  ProtobufFields fields(message);
  while (const auto field = fields.next()) {
    ASSAY_TRY(visit(*field));
  }
  if (fields.broken()) {
    return make_error(ErrorCode::kCorrupt,
                      "{} is broken at its byte {}; the file is cut short or no "
                      "SentencePiece model",
                      what, fields.position());
  }
  return {};
}

Status check_piece(std::string_view message, std::size_t id) {
  bool has_text = false;
  const std::string what = fmt::format("piece {}", id);
  ASSAY_TRY(visit_fields(message, what, [&](const ProtobufField& field) -> Status {
    if (field.number == piece_field::kText) {
      has_text = field.kind == Kind::kBytes && !field.bytes.empty();
    }
    if (field.number == piece_field::kScore &&
        (field.kind != Kind::kFixed32 ||
         !std::isfinite(std::bit_cast<float>(static_cast<std::uint32_t>(field.value))))) {
      return make_error(ErrorCode::kCorrupt, "{} has a score that is no number", what);
    }
    return {};
  }));
  if (!has_text) {
    return make_error(ErrorCode::kCorrupt, "{} has no text", what);
  }
  return {};
}

/// A precompiled character map is a double-array trie (github.com/s-yata/darts-clone) and the
/// replacements that its values point into. The library walks both unchecked: every step that a
/// text could make must stay inside, and the replacements must end with a NUL.
Status check_character_map(std::string_view map) {
  if (map.empty()) {
    return {};
  }
  const auto broken = [](std::string_view why) {
    return make_error(ErrorCode::kCorrupt, "the normalizer's character map is broken: {}", why);
  };
  std::uint32_t trie_bytes = 0;
  if (map.size() < sizeof(trie_bytes)) {
    return broken("it has no size");
  }
  std::memcpy(&trie_bytes, map.data(), sizeof(trie_bytes));
  map.remove_prefix(sizeof(trie_bytes));
  if (trie_bytes == 0 || trie_bytes % 4 != 0 || trie_bytes >= map.size()) {
    return broken("its sizes do not fit");
  }
  std::vector<std::uint32_t> units(trie_bytes / 4);
  std::memcpy(units.data(), map.data(), trie_bytes);
  const std::string_view replacements = map.substr(trie_bytes);
  if (replacements.back() != '\0') {
    return broken("its last replacement has no end");
  }
  constexpr std::uint32_t kValueBit = 1U << 31U;
  for (std::size_t i = 0; i < units.size(); ++i) {
    const std::uint32_t unit = units[i];
    if ((unit & kValueBit) != 0) {
      continue;
    }
    // The offset of a unit's children: 21 bits, times 256 where bit 9 is set.
    const std::size_t offset = static_cast<std::size_t>(unit >> 10U) << ((unit & (1U << 9U)) >> 6U);
    const std::size_t children = i ^ offset;
    if ((children | 0xFFU) >= units.size()) {
      return broken("a step leaves the trie");
    }
    const bool has_value = ((unit >> 8U) & 1U) != 0;
    if (has_value && (units[children] & ~kValueBit) >= replacements.size()) {
      return broken("a value leaves the replacements");
    }
  }
  return {};
}

Status read_normalizer(std::string_view message, SentencePieceModel& model) {
  return visit_fields(message, "the normalizer", [&](const ProtobufField& field) -> Status {
    switch (field.number) {
      case normalizer_field::kCharacterMap:
        return check_character_map(field.bytes);
      case normalizer_field::kAddDummyPrefix:
        model.add_dummy_prefix = field.value != 0;
        return {};
      case normalizer_field::kRemoveExtraWhitespaces:
        model.remove_extra_whitespaces = field.value != 0;
        return {};
      case normalizer_field::kEscapeWhitespaces:
        if (field.value == 0) {
          return make_error(ErrorCode::kUnsupported, "escape_whitespaces = false is not supported");
        }
        return {};
      default:
        return {};
    }
  });
}

Status read_trainer(std::string_view message, SentencePieceModel& model) {
  return visit_fields(message, "the trainer's part", [&](const ProtobufField& field) -> Status {
    if (field.number == trainer_field::kUnknownSurface) {
      model.unknown_surface = field.bytes;
    }
    if (field.number == trainer_field::kWhitespaceAsSuffix && field.value != 0) {
      return make_error(ErrorCode::kUnsupported,
                        "treat_whitespace_as_suffix = true is not supported");
    }
    return {};
  });
}

Status read_denormalizer(std::string_view message) {
  return visit_fields(message, "the denormalizer", [](const ProtobufField& field) -> Status {
    if (field.number == normalizer_field::kCharacterMap && !field.bytes.empty()) {
      return make_error(ErrorCode::kUnsupported, "a denormalizer is not supported");
    }
    return {};
  });
}

}  // namespace

bool looks_like_sentencepiece(std::string_view file) {
  const auto field = ProtobufFields(file).next();
  return field && field->number == model_field::kPieces && field->kind == Kind::kBytes &&
         field->bytes.size() <= kMaxFirstPiece && check_piece(field->bytes, 0).ok();
}

Result<SentencePieceModel> read_sentencepiece_model(std::string_view file,
                                                    const std::string& name) {
  SentencePieceModel model;
  auto walked = visit_fields(file, "the model", [&](const ProtobufField& field) -> Status {
    switch (field.number) {
      case model_field::kPieces:
        return check_piece(field.bytes, model.piece_count++);
      case model_field::kTrainerSpec:
        return read_trainer(field.bytes, model);
      case model_field::kNormalizerSpec:
        return read_normalizer(field.bytes, model);
      case model_field::kDenormalizerSpec:
        return read_denormalizer(field.bytes);
      default:
        return {};
    }
  });
  if (!walked.ok()) {
    return std::move(walked).error().with_context("{}", name);
  }
  return model;
}

}  // namespace assay::tokenizer
