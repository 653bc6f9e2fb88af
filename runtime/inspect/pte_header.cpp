#include <algorithm>
#include <array>
#include <string_view>

#include <runtime/inspect/little_endian.h>
#include <runtime/inspect/pte_header.h>

namespace assay::inspect {
namespace {

// schema/program.fbs (identifier) and schema/extended_header.h of ExecuTorch (the rest). The
// identifier follows the FlatBuffer's root offset; the extended header follows the identifier:
// magic, u32 header length, u64 program size, u64 segment base, u64 segment size (since 1.0).
constexpr std::size_t kIdentifierAt = 4;
constexpr std::string_view kIdentifier = "ET12";
constexpr std::size_t kHeaderAt = 8;
constexpr std::string_view kHeaderMagic = "eh00";
constexpr std::uint32_t kExtendedHeaderBytes = 24;
constexpr std::uint32_t kHeaderBytesWithSegmentSize = 32;
constexpr std::uint64_t kHeadBytes = 64;
// The smallest FlatBuffer that could carry the identifier: root offset, identifier, empty table.
constexpr std::uint64_t kSmallestFile = 16;

bool looks_like_text(std::span<const std::uint8_t> bytes) {
  return std::ranges::all_of(bytes, [](std::uint8_t byte) {
    return byte >= 0x20 ? byte != 0x7f : byte == '\n' || byte == '\r' || byte == '\t';
  });
}

/// "a text file", "a ZIP archive ...": what users hand over by mistake.
std::string_view what_it_is(std::span<const std::uint8_t> head) {
  struct Signature {
    std::size_t offset;
    std::string_view bytes;
    std::string_view meaning;
  };
  static constexpr std::array kSignatures{
      Signature{4, "BP08", "a bundled program (.bpte)"},
      Signature{4, "FT01", "a data file of a program (.ptd)"},
      Signature{0, "PK\x03\x04", "a ZIP archive, as PyTorch's .pt and .pt2 are"},
      Signature{0, "GGUF", "a GGUF file of llama.cpp"},
      Signature{4, "TFL3", "a TensorFlow Lite model"},
      Signature{0,
                "\x7f"
                "ELF",
                "a program or library"},
      Signature{0, "version https://git-lfs",
                "a Git LFS pointer: the model itself was not fetched"}};
  for (const Signature& signature : kSignatures) {
    if (has_text_at(head, signature.offset, signature.bytes)) {
      return signature.meaning;
    }
  }
  if (looks_like_text(head)) {
    return "a text file";
  }
  if (std::ranges::all_of(head, [](std::uint8_t byte) { return byte == 0; })) {
    return "filled with zeros";
  }
  return "something else";
}

Error truncated(const ByteSource& source, std::string_view part, std::uint64_t bytes) {
  return make_error(ErrorCode::kCorrupt, "'{}' is truncated: {} {} bytes, the file has {}",
                    source.name(), part, bytes, source.size());
}

}  // namespace

Result<PteLayout> read_layout(const ByteSource& source) {
  if (source.size() == 0) {
    return make_error(ErrorCode::kCorrupt, "'{}' is empty", source.name());
  }
  ASSAY_ASSIGN(const std::vector<std::uint8_t> head,
               source.read(0, std::min(source.size(), kHeadBytes)));
  if (!has_text_at(head, kIdentifierAt, kIdentifier)) {
    return make_error(ErrorCode::kCorrupt,
                      "'{}' is {}, not a .pte: it does not carry the identifier {}", source.name(),
                      what_it_is(head), kIdentifier);
  }
  if (source.size() < kSmallestFile) {
    return truncated(source, "its head alone takes", kSmallestFile);
  }
  if (!has_text_at(head, kHeaderAt, kHeaderMagic)) {
    // Without an extended header the whole file is the FlatBuffer.
    return PteLayout{.program_bytes = source.size()};
  }
  if (head.size() < kHeaderAt + kExtendedHeaderBytes) {
    return truncated(source, "its head alone takes", kHeaderAt + kExtendedHeaderBytes);
  }
  const auto header_bytes = read_little_endian<std::uint32_t>(head, kHeaderAt + 4);
  if (header_bytes < kExtendedHeaderBytes) {
    return make_error(ErrorCode::kCorrupt, "'{}' is damaged: its header says it is {} bytes long",
                      source.name(), header_bytes);
  }
  PteLayout layout;
  layout.program_bytes = read_little_endian<std::uint64_t>(head, kHeaderAt + 8);
  layout.segment_base = read_little_endian<std::uint64_t>(head, kHeaderAt + 16);
  if (layout.program_bytes > source.size()) {
    return truncated(source, "its header says that the program has", layout.program_bytes);
  }
  if (layout.segment_base > source.size()) {
    return truncated(source, "its header says that the program and its padding have",
                     layout.segment_base);
  }
  if (layout.segment_base == 0) {
    return layout;
  }
  if (layout.segment_base < layout.program_bytes) {
    return make_error(
        ErrorCode::kCorrupt,
        "'{}' is damaged: its segments start at byte {}, inside its program of {} bytes",
        source.name(), layout.segment_base, layout.program_bytes);
  }
  layout.segment_bytes = source.size() - layout.segment_base;
  if (header_bytes >= kHeaderBytesWithSegmentSize &&
      head.size() >= kHeaderAt + kHeaderBytesWithSegmentSize) {
    const auto said = read_little_endian<std::uint64_t>(head, kHeaderAt + 24);
    if (said > layout.segment_bytes) {
      return make_error(ErrorCode::kCorrupt,
                        "'{}' is truncated: its header says {} bytes of segments, the file has {}",
                        source.name(), said, layout.segment_bytes);
    }
    // 0 is what files say that were written before the field existed.
    layout.segment_bytes = said == 0 ? layout.segment_bytes : said;
  }
  return layout;
}

}  // namespace assay::inspect
