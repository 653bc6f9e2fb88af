#pragma once

// Walks the fields of a protobuf message without a schema (protobuf.dev, "Encoding").

#include <cstdint>
#include <optional>
#include <string_view>

namespace assay::tokenizer {

struct ProtobufField {
  enum class Kind { kVarint, kFixed64, kBytes, kFixed32 };
  std::uint32_t number = 0;
  Kind kind = Kind::kVarint;
  std::uint64_t value = 0;  ///< of a varint; the raw bits of a fixed one
  std::string_view bytes;   ///< of a length-delimited one
};

class ProtobufFields {
 public:
  explicit ProtobufFields(std::string_view message) : message_(message) {}

  /// The next field; nothing at the end or where the message is broken (see `broken`).
  std::optional<ProtobufField> next();
  bool broken() const { return broken_; }
  /// Bytes read so far, for messages.
  std::size_t position() const { return position_; }

 private:
  std::optional<std::uint64_t> take_varint();
  std::optional<std::uint64_t> take_fixed(std::size_t size);
  bool take_value(ProtobufField& field, unsigned wire_type);

  std::string_view message_;
  std::size_t position_ = 0;
  bool broken_ = false;
};

}  // namespace assay::tokenizer
