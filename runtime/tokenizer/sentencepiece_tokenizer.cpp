#include <charconv>
#include <new>
#include <optional>
#include <vector>

#include <sentencepiece_processor.h>

#include <runtime/tokenizer/sentencepiece_model.h>
#include <runtime/tokenizer/sentencepiece_tokenizer.h>
#include <runtime/tokenizer/text_matcher.h>
#include <runtime/tokenizer/token_table.h>

namespace assay::tokenizer {
namespace {

// U+2581, which stands for a space in a piece.
constexpr std::string_view kSpaceMark = "\xE2\x96\x81";

/// The byte of a piece that is written "<0xAB>". Precondition: the library says that it is one.
char byte_of_piece(std::string_view piece) {
  unsigned value = 0;
  if (piece.size() == 6) {
    std::from_chars(piece.data() + 3, piece.data() + 5, value, 16);
  }
  return static_cast<char>(value);
}

std::string with_spaces(std::string_view piece) {
  std::string text;
  while (!piece.empty()) {
    const bool is_space = piece.starts_with(kSpaceMark);
    text += is_space ? ' ' : piece.front();
    piece.remove_prefix(is_space ? kSpaceMark.size() : 1);
  }
  return text;
}

class SentencePieceTokenizer final : public Tokenizer {
 public:
  SentencePieceTokenizer(std::unique_ptr<sentencepiece::SentencePieceProcessor> processor,
                         SentencePieceModel model)
      : processor_(std::move(processor)), model_(std::move(model)) {
    for (int id = 0; id < processor_->GetPieceSize(); ++id) {
      if (processor_->IsControl(id)) {
        special_tokens_.push_back({id, processor_->IdToPiece(id)});
        matcher_.add(special_tokens_.back().text, id);
      }
    }
    eos_ids_ = well_known_eos_ids(special_tokens_);
    // The file names one itself, whatever its text is.
    if (eos_ids_.empty() && processor_->eos_id() >= 0) {
      eos_ids_.push_back(processor_->eos_id());
    }
  }

  std::string_view format() const override { return "sentencepiece"; }
  std::int32_t vocab_size() const override { return processor_->GetPieceSize(); }
  std::optional<std::int32_t> bos_id() const override {
    return processor_->bos_id() >= 0 ? std::optional(processor_->bos_id()) : std::nullopt;
  }
  std::span<const std::int32_t> eos_ids() const override { return eos_ids_; }
  std::span<const SpecialToken> special_tokens() const override { return special_tokens_; }
  BrokenUtf8 broken_utf8() const override { return BrokenUtf8::kReplaceEachByte; }

  Result<std::vector<std::int32_t>> encode(std::string_view text,
                                           const EncodeOptions& options) const override {
    std::vector<std::int32_t> ids;
    if (options.add_bos && bos_id()) {
      ids.push_back(*bos_id());
    }
    ASSAY_TRY(split_at_matches(
        text, matcher_, [&](std::int32_t) { return options.parse_special; },
        [&](std::string_view section) { return encode_section(section, ids); },
        [&](std::int32_t id) {
          ids.push_back(id);
          return Status();
        }));
    return ids;
  }

  Result<std::string> decode_piece(std::int32_t id, SpecialIds special,
                                   DecodeState& state) const override {
    ASSAY_TRY(check_id(id, vocab_size()));
    if (processor_->IsControl(id)) {
      return special == SpecialIds::kShow ? processor_->IdToPiece(id) : std::string();
    }
    const bool at_start = state.at_start;
    std::string_view piece = processor_->IdToPiece(id);
    if (processor_->IsUnknown(id)) {
      state.at_start = at_start && model_.unknown_surface.empty();
      return model_.unknown_surface;
    }
    if (processor_->IsByte(id)) {
      state.at_start = false;
      return std::string(1, byte_of_piece(piece));
    }
    bool dropped_space = false;
    if (at_start && (model_.add_dummy_prefix || model_.remove_extra_whitespaces) &&
        piece.starts_with(kSpaceMark)) {
      piece.remove_prefix(kSpaceMark.size());
      dropped_space = true;
    }
    // One space belongs to the first word; where extra ones are removed, all before it do.
    const bool goes_on = piece.empty() && (!dropped_space || model_.remove_extra_whitespaces);
    state.at_start = at_start && goes_on;
    return with_spaces(piece);
  }

 private:
  Status encode_section(std::string_view section, std::vector<std::int32_t>& ids) const {
    std::vector<int> section_ids;
    const auto status = processor_->Encode(section, &section_ids);
    if (!status.ok()) {
      return make_error(ErrorCode::kCorrupt, "SentencePiece cannot encode a text of {} bytes: {}",
                        section.size(), status.ToString());
    }
    ids.insert(ids.end(), section_ids.begin(), section_ids.end());
    return {};
  }

  std::unique_ptr<sentencepiece::SentencePieceProcessor> processor_;
  SentencePieceModel model_;
  TextMatcher matcher_;
  std::vector<SpecialToken> special_tokens_;
  std::vector<std::int32_t> eos_ids_;
};

}  // namespace

Result<std::unique_ptr<Tokenizer>> parse_sentencepiece(std::string_view file,
                                                       const std::string& name) {
  ASSAY_ASSIGN(SentencePieceModel model, read_sentencepiece_model(file, name));
  auto processor = std::make_unique<sentencepiece::SentencePieceProcessor>();
  const auto status = processor->LoadFromSerializedProto(file);
  if (!status.ok()) {
    return make_error(ErrorCode::kCorrupt, "{}: SentencePiece refuses it: {}", name,
                      status.ToString());
  }
  return std::unique_ptr<Tokenizer>(
      std::make_unique<SentencePieceTokenizer>(std::move(processor), std::move(model)));
}

}  // namespace assay::tokenizer
