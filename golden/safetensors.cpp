#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>

#include <golden/safetensors.h>
#include <harness/base/file.h>
#include <harness/base/json.h>

namespace assay::golden {
namespace {

constexpr std::size_t kLengthBytes = 8;
// The limit of the format's own reader.
constexpr std::uint64_t kMaxHeaderBytes = 100'000'000;
constexpr std::string_view kMetadataKey = "__metadata__";

struct DTypeCode {
  std::string_view code;
  DType dtype;
};

constexpr std::array kDTypeCodes{
    DTypeCode{"F32", DType::kFloat32}, DTypeCode{"F64", DType::kFloat64},
    DTypeCode{"F16", DType::kFloat16}, DTypeCode{"BF16", DType::kBFloat16},
    DTypeCode{"I64", DType::kInt64},   DTypeCode{"I32", DType::kInt32},
    DTypeCode{"I16", DType::kInt16},   DTypeCode{"I8", DType::kInt8},
    DTypeCode{"U8", DType::kUInt8},    DTypeCode{"BOOL", DType::kBool},
};

/// A tensor's header entry; bytes [begin, end) of the data after the header.
struct Entry {
  TensorSpec spec;
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
};

Result<DType> read_dtype(const JsonValue& tensor) {
  ASSAY_ASSIGN(const JsonValue value, tensor.require("dtype"));
  ASSAY_ASSIGN(const std::string code, value.as_text());
  for (const DTypeCode& row : kDTypeCodes) {
    if (row.code == code) {
      return row.dtype;
    }
  }
  return value.error("unknown dtype " + value.shown());
}

/// Reads `shape` into the spec and returns the bytes that it needs.
Result<std::uint64_t> read_shape(const JsonValue& tensor, TensorSpec& spec) {
  ASSAY_ASSIGN(const JsonValue value, tensor.require("shape"));
  ASSAY_ASSIGN(const auto sizes, value.as_list());
  std::uint64_t bytes = dtype_size(spec.dtype);
  for (const JsonValue& size_value : sizes) {
    ASSAY_ASSIGN(const std::int64_t size, size_value.as_integer(0, INT64_MAX));
    spec.shape.push_back(size);
    if (__builtin_mul_overflow(bytes, static_cast<std::uint64_t>(size), &bytes)) {
      return value.error("is too big");
    }
  }
  return bytes;
}

Result<Entry> read_entry(const std::string& name, const JsonValue& tensor,
                         std::uint64_t available) {
  ASSAY_TRY(tensor.expect_object({"dtype", "shape", "data_offsets"}));
  Entry entry;
  entry.spec.name = name;
  ASSAY_ASSIGN(entry.spec.dtype, read_dtype(tensor));
  ASSAY_ASSIGN(const std::uint64_t bytes, read_shape(tensor, entry.spec));
  ASSAY_ASSIGN(const JsonValue offsets_value, tensor.require("data_offsets"));
  ASSAY_ASSIGN(const auto offsets, offsets_value.as_list());
  if (offsets.size() != 2) {
    return offsets_value.error("must be [begin, end]");
  }
  ASSAY_ASSIGN(const auto begin, offsets[0].as_integer(0, INT64_MAX));
  ASSAY_ASSIGN(const auto end, offsets[1].as_integer(begin, INT64_MAX));
  entry.begin = static_cast<std::uint64_t>(begin);
  entry.end = static_cast<std::uint64_t>(end);
  if (entry.end > available) {
    return offsets_value.error(fmt::format(
        "ends at byte {}, but the file has {} bytes of tensors; it is truncated", end, available));
  }
  if (entry.end - entry.begin != bytes) {
    return offsets_value.error(fmt::format("hold {} bytes, but {} needs {}",
                                           entry.end - entry.begin, entry.spec.describe(), bytes));
  }
  return entry;
}

Status read_metadata(const JsonValue& value, std::map<std::string, std::string>& metadata) {
  ASSAY_TRY(value.expect_object());
  for (const auto& [key, member] : value.members()) {
    ASSAY_ASSIGN(metadata[key], member.as_text());
  }
  return {};
}

/// Every byte of the data belongs to exactly one tensor.
Status check_coverage(std::vector<Entry>& entries, std::uint64_t available, std::string_view name) {
  std::sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) {
    return std::pair(a.begin, a.end) < std::pair(b.begin, b.end);
  });
  std::uint64_t covered = 0;
  for (const Entry& entry : entries) {
    if (entry.begin != covered) {
      return make_error(ErrorCode::kCorrupt,
                        "{}: tensor '{}' starts at byte {}, but the one before it ends at {}", name,
                        entry.spec.name, entry.begin, covered);
    }
    covered = entry.end;
  }
  if (covered != available) {
    return make_error(ErrorCode::kCorrupt, "{}: the tensors end at byte {}, but the file has {}",
                      name, covered, available);
  }
  return {};
}

/// The header's text. Errors when the file cannot hold the length that it says.
Result<std::string_view> header_text(std::span<const std::byte> bytes, std::string_view name) {
  if (bytes.size() < kLengthBytes) {
    return make_error(ErrorCode::kCorrupt,
                      "{}: {} bytes are too few for a safetensors file; it is empty or truncated",
                      name, bytes.size());
  }
  std::uint64_t length = 0;
  for (std::size_t i = 0; i < kLengthBytes; ++i) {
    length |= std::to_integer<std::uint64_t>(bytes[i]) << (8 * i);
  }
  const std::uint64_t available = bytes.size() - kLengthBytes;
  if (length > available || length > kMaxHeaderBytes) {
    return make_error(
        ErrorCode::kCorrupt,
        "{}: says that its header has {} bytes, but the file has {} after the length; "
        "it is truncated or no safetensors file",
        name, length, available);
  }
  return std::string_view(reinterpret_cast<const char*>(bytes.data()) + kLengthBytes,
                          static_cast<std::size_t>(length));
}

}  // namespace

const Tensor* Safetensors::find(std::string_view name) const {
  for (const Tensor& tensor : tensors) {
    if (tensor.spec.name == name) {
      return &tensor;
    }
  }
  return nullptr;
}

Result<Safetensors> parse_safetensors(std::span<const std::byte> bytes, std::string_view name) {
  ASSAY_ASSIGN(const std::string_view header, header_text(bytes, name));
  const auto data = bytes.subspan(kLengthBytes + header.size());
  ASSAY_ASSIGN(const JsonValue root,
               JsonValue::parse(header, fmt::format("{}: header", name), ErrorCode::kCorrupt));
  ASSAY_TRY(root.expect_object());
  Safetensors file;
  std::vector<Entry> entries;
  for (const auto& [key, value] : root.members()) {
    if (key == kMetadataKey) {
      ASSAY_TRY(read_metadata(value, file.metadata));
      continue;
    }
    ASSAY_ASSIGN(Entry entry, read_entry(key, value, data.size()));
    entries.push_back(std::move(entry));
  }
  ASSAY_TRY(check_coverage(entries, data.size(), name));
  for (Entry& entry : entries) {
    const auto tensor_bytes = data.subspan(entry.begin, entry.end - entry.begin);
    file.tensors.push_back(
        {.spec = std::move(entry.spec), .data = {tensor_bytes.begin(), tensor_bytes.end()}});
  }
  std::sort(file.tensors.begin(), file.tensors.end(),
            [](const Tensor& a, const Tensor& b) { return a.spec.name < b.spec.name; });
  return file;
}

Result<Safetensors> read_safetensors(const std::filesystem::path& path) {
  ASSAY_ASSIGN(const auto bytes, read_binary_file(path));
  return parse_safetensors(bytes, path.string());
}

}  // namespace assay::golden
