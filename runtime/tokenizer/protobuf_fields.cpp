#include <runtime/tokenizer/protobuf_fields.h>

namespace assay::tokenizer {

std::optional<ProtobufField> ProtobufFields::next() {
  if (broken_ || position_ == message_.size()) {
    return std::nullopt;
  }
  const auto tag = take_varint();
  ProtobufField field;
  // Three bits are the type of the value, 29 the number.
  if (!tag || *tag >> 3U == 0 || *tag > UINT32_MAX ||
      !take_value(field, static_cast<unsigned>(*tag & 7U))) {
    broken_ = true;
    return std::nullopt;
  }
  field.number = static_cast<std::uint32_t>(*tag >> 3U);
  return field;
}

bool ProtobufFields::take_value(ProtobufField& field, unsigned wire_type) {
  using Kind = ProtobufField::Kind;
  std::optional<std::uint64_t> value;
  switch (wire_type) {
    case 0:
      field.kind = Kind::kVarint;
      value = take_varint();
      break;
    case 1:
      field.kind = Kind::kFixed64;
      value = take_fixed(8);
      break;
    case 2: {
      field.kind = Kind::kBytes;
      value = take_varint();
      if (!value || *value > message_.size() - position_) {
        return false;
      }
      field.bytes = message_.substr(position_, static_cast<std::size_t>(*value));
      position_ += field.bytes.size();
      return true;
    }
    case 5:
      field.kind = Kind::kFixed32;
      value = take_fixed(4);
      break;
    default:
      return false;  // groups are of another age
  }
  field.value = value.value_or(0);
  return value.has_value();
}

std::optional<std::uint64_t> ProtobufFields::take_varint() {
  std::uint64_t value = 0;
  for (unsigned shift = 0; shift < 64 && position_ < message_.size(); shift += 7) {
    const auto byte = static_cast<unsigned char>(message_[position_++]);
    value |= static_cast<std::uint64_t>(byte & 0x7FU) << shift;
    if ((byte & 0x80U) == 0) {
      return value;
    }
  }
  return std::nullopt;
}

std::optional<std::uint64_t> ProtobufFields::take_fixed(std::size_t size) {
  if (message_.size() - position_ < size) {
    return std::nullopt;
  }
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < size; ++i) {
    const auto byte = static_cast<unsigned char>(message_[position_++]);
    value |= static_cast<std::uint64_t>(byte) << (8 * i);
  }
  return value;
}

}  // namespace assay::tokenizer
