#include <algorithm>
#include <optional>
#include <set>
#include <string_view>
#include <utility>

#include <pte_schema/program_generated.h>

#include <runtime/inspect/byte_source.h>
#include <runtime/inspect/flatbuffer_limits.h>
#include <runtime/inspect/little_endian.h>
#include <runtime/inspect/pte_header.h>
#include <runtime/inspect/pte_reader.h>
#include <runtime/inspect/scalar_type.h>
#include <runtime/inspect/xnnpack_payload.h>

namespace assay::inspect {
namespace {

namespace schema = executorch_flatbuffer;

constexpr std::string_view kXnnpackBackend = "XnnpackBackend";

std::string text_of(const flatbuffers::String* text) {
  return text == nullptr ? std::string() : text->str();
}

/// Elements of an optional vector of tables.
template <class T>
std::vector<const T*> elements(const flatbuffers::Vector<flatbuffers::Offset<T>>* vector) {
  std::vector<const T*> found;
  for (flatbuffers::uoffset_t i = 0; vector != nullptr && i < vector->size(); ++i) {
    found.push_back(vector->Get(i));
  }
  return found;
}

/// Elements of an optional vector of 64-bit integers. Not read in place: the verifier does not
/// check that elements are aligned to more than four bytes.
std::vector<std::int64_t> integers(const flatbuffers::Vector<std::int64_t>* vector) {
  std::vector<std::int64_t> found;
  for (std::size_t i = 0; vector != nullptr && i < vector->size(); ++i) {
    const std::span<const std::uint8_t> bytes(vector->Data(),
                                              vector->size() * sizeof(std::int64_t));
    found.push_back(static_cast<std::int64_t>(
        read_little_endian<std::uint64_t>(bytes, i * sizeof(std::int64_t))));
  }
  return found;
}

ShapeDynamism dynamism_of(schema::TensorShapeDynamism dynamism) {
  switch (dynamism) {
    case schema::TensorShapeDynamism::STATIC:
      return ShapeDynamism::kStatic;
    case schema::TensorShapeDynamism::DYNAMIC_BOUND:
      return ShapeDynamism::kBounded;
    case schema::TensorShapeDynamism::DYNAMIC_UNBOUND:
      break;
  }
  return ShapeDynamism::kUnbounded;
}

/// "tensor", "int", ... for the value's place in the union.
std::string kind_of(const schema::EValue& value) {
  switch (value.val_type()) {
    case schema::KernelTypes::Tensor:
      return "tensor";
    case schema::KernelTypes::Int:
      return "int";
    case schema::KernelTypes::Bool:
      return "bool";
    case schema::KernelTypes::Double:
      return "double";
    case schema::KernelTypes::String:
      return "string";
    case schema::KernelTypes::IntList:
      return "int list";
    case schema::KernelTypes::DoubleList:
      return "double list";
    case schema::KernelTypes::BoolList:
      return "bool list";
    case schema::KernelTypes::TensorList:
    case schema::KernelTypes::OptionalTensorList:
      return "tensor list";
    default:
      return "none";
  }
}

/// Bytes of the tensor's elements; nothing when the sizes are negative or overflow.
std::optional<std::uint64_t> byte_count(const schema::Tensor& tensor) {
  std::uint64_t count = scalar_type_size(static_cast<int>(tensor.scalar_type()));
  for (flatbuffers::uoffset_t i = 0; tensor.sizes() != nullptr && i < tensor.sizes()->size(); ++i) {
    const std::int32_t size = tensor.sizes()->Get(i);
    if (size < 0 || __builtin_mul_overflow(count, static_cast<std::uint64_t>(size), &count)) {
      return std::nullopt;
    }
  }
  return count;
}

/// Walks one verified program.
class ProgramReader {
 public:
  ProgramReader(const ByteSource& source, const PteLayout& layout,
                std::span<const std::uint8_t> bytes)
      : source_(source),
        layout_(layout),
        bytes_(bytes),
        program_(*schema::GetProgram(bytes.data())) {}

  Result<PteFile> read() {
    file_.file_bytes = source_.size();
    file_.schema_version = program_.version();
    file_.program_bytes = layout_.program_bytes;
    file_.segment_bytes = layout_.segment_bytes;
    ASSAY_TRY(read_segments());
    ASSAY_TRY(read_named_data());
    for (const schema::ExecutionPlan* plan : elements(program_.execution_plan())) {
      ASSAY_ASSIGN(Method method, read_method(*plan));
      file_.methods.push_back(std::move(method));
    }
    if (file_.methods.empty()) {
      return damaged("it has no method");
    }
    sum_constants();
    return std::move(file_);
  }

 private:
  Error damaged(std::string_view what) const {
    return make_error(ErrorCode::kCorrupt, "'{}' is damaged: {}", source_.name(), what);
  }

  Status read_segments() {
    for (const schema::DataSegment* segment : elements(program_.segments())) {
      // Programs without segments may still list an empty one, and then have no place for it.
      const std::uint64_t available =
          layout_.segment_base == 0 ? 0 : source_.size() - layout_.segment_base;
      if (segment->size() > available || segment->offset() > available - segment->size()) {
        return make_error(ErrorCode::kCorrupt,
                          "'{}' is truncated: its segment {} of {} bytes reaches past the end",
                          source_.name(), segments_.size(), segment->size());
      }
      segments_.push_back(
          {.offset = layout_.segment_base + segment->offset(), .bytes = segment->size()});
      file_.segments.push_back(segment->size());
    }
    return {};
  }

  Status read_named_data() {
    for (const schema::NamedData* entry : elements(program_.named_data())) {
      if (entry->segment_index() >= segments_.size()) {
        return damaged(fmt::format("named data '{}' is in segment {}, which it lacks",
                                   text_of(entry->key()), entry->segment_index()));
      }
      const std::uint64_t bytes = segments_[entry->segment_index()].bytes;
      file_.named_data.push_back({.key = text_of(entry->key()), .bytes = bytes});
      named_.emplace(text_of(entry->key()), bytes);
    }
    return {};
  }

  Result<Method> read_method(const schema::ExecutionPlan& plan) {
    Method method{.name = text_of(plan.name())};
    const auto values = elements(plan.values());
    ASSAY_ASSIGN(method.inputs, describe_values(method.name, values, plan.inputs()));
    ASSAY_ASSIGN(method.outputs, describe_values(method.name, values, plan.outputs()));
    const std::vector<std::int64_t> planned = integers(plan.non_const_buffer_sizes());
    // Buffer 0 is reserved for constants.
    for (std::size_t i = 1; i < planned.size(); ++i) {
      const std::int64_t bytes = planned[i];
      if (bytes < 0) {
        return damaged(fmt::format("method '{}' plans a buffer of {} bytes", method.name, bytes));
      }
      method.planned_buffer_bytes.push_back(static_cast<std::uint64_t>(bytes));
    }
    for (const schema::BackendDelegate* delegate : elements(plan.delegates())) {
      ASSAY_ASSIGN(Delegate read, read_delegate(method.name, *delegate));
      method.delegates.push_back(std::move(read));
    }
    ASSAY_TRY(count_instructions(plan, method));
    for (const schema::EValue* value : values) {
      if (const schema::Tensor* tensor = value->val_as_Tensor()) {
        ASSAY_TRY(count_constant(*tensor));
      }
    }
    return method;
  }

  Result<std::vector<ValueDescription>> describe_values(
      const std::string& method, const std::vector<const schema::EValue*>& values,
      const flatbuffers::Vector<std::int32_t>* indices) const {
    std::vector<ValueDescription> described;
    for (flatbuffers::uoffset_t i = 0; indices != nullptr && i < indices->size(); ++i) {
      const auto index = static_cast<std::size_t>(indices->Get(i));
      if (indices->Get(i) < 0 || index >= values.size()) {
        return damaged(fmt::format("method '{}' has {} values and names value {}", method,
                                   values.size(), indices->Get(i)));
      }
      ValueDescription value{.kind = kind_of(*values[index])};
      if (const schema::Tensor* tensor = values[index]->val_as_Tensor()) {
        value.dtype = scalar_type_name(static_cast<int>(tensor->scalar_type()));
        value.dynamism = dynamism_of(tensor->shape_dynamism());
        if (tensor->sizes() != nullptr) {
          value.shape.assign(tensor->sizes()->begin(), tensor->sizes()->end());
        }
        if (tensor->extra_tensor_info() != nullptr) {
          value.name = text_of(tensor->extra_tensor_info()->fully_qualified_name());
        }
      }
      described.push_back(std::move(value));
    }
    return described;
  }

  Result<Delegate> read_delegate(const std::string& method,
                                 const schema::BackendDelegate& delegate) {
    Delegate read{.backend = text_of(delegate.id())};
    const schema::BackendDelegateDataReference* reference = delegate.processed();
    if (reference == nullptr) {
      return read;
    }
    ASSAY_ASSIGN(const BlobRange blob, locate_blob(method, *reference));
    read.blob_bytes = blob.bytes;
    if (read.backend == kXnnpackBackend && blob.bytes > 0) {
      Result<XnnpackPayload> payload = read_xnnpack_payload(source_, blob, named_);
      if (!payload.ok()) {
        return std::move(payload).error().with_context("'{}', method '{}'", source_.name(), method);
      }
      read.xnnpack = std::move(payload->graph);
      for (const XnnpackConstant& constant : payload->constants) {
        count_delegate_constant(constant);
      }
    }
    return read;
  }

  Result<BlobRange> locate_blob(const std::string& method,
                                const schema::BackendDelegateDataReference& reference) const {
    const std::uint32_t index = reference.index();
    if (reference.location() == schema::DataLocation::SEGMENT && index < segments_.size()) {
      return segments_[index];
    }
    const auto* inline_blobs = program_.backend_delegate_data();
    if (reference.location() == schema::DataLocation::INLINE && inline_blobs != nullptr &&
        index < inline_blobs->size()) {
      const auto* data = inline_blobs->Get(index)->data();
      if (data == nullptr) {
        return BlobRange{};
      }
      // The program starts the file, so an offset in one is an offset in the other.
      return BlobRange{.offset = static_cast<std::uint64_t>(data->Data() - bytes_.data()),
                       .bytes = data->size()};
    }
    return damaged(
        fmt::format("a delegate of method '{}' points at blob {}, which it lacks", method, index));
  }

  Status count_instructions(const schema::ExecutionPlan& plan, Method& method) const {
    const auto operators = elements(plan.operators());
    for (const schema::Chain* chain : elements(plan.chains())) {
      for (const schema::Instruction* instruction : elements(chain->instructions())) {
        ++method.instructions;
        if (const schema::KernelCall* call = instruction->instr_args_as_KernelCall()) {
          const auto index = static_cast<std::size_t>(call->op_index());
          if (call->op_index() < 0 || index >= operators.size()) {
            return damaged(fmt::format("method '{}' calls operator {} of {}", method.name,
                                       call->op_index(), operators.size()));
          }
          const std::string overload = text_of(operators[index]->overload());
          ++method.operators[text_of(operators[index]->name()) +
                             (overload.empty() ? "" : "." + overload)];
        }
        if (const schema::DelegateCall* call = instruction->instr_args_as_DelegateCall()) {
          const auto index = static_cast<std::size_t>(call->delegate_index());
          if (call->delegate_index() < 0 || index >= method.delegates.size()) {
            return damaged(fmt::format("method '{}' calls delegate {} of {}", method.name,
                                       call->delegate_index(), method.delegates.size()));
          }
          ++method.delegates[index].calls;
        }
      }
    }
    return {};
  }

  /// program.fbs, table Tensor: a buffer index without planned memory is a constant, with planned
  /// memory it is a first value; index 0 is neither.
  Status count_constant(const schema::Tensor& tensor) {
    const schema::ExtraTensorInfo* extra = tensor.extra_tensor_info();
    if (extra != nullptr && extra->location() == schema::TensorDataLocation::EXTERNAL) {
      ++file_.external_tensors;
      return {};
    }
    if (tensor.data_buffer_idx() == 0) {
      return {};
    }
    const bool mutable_state = tensor.allocation_info() != nullptr;
    const std::uint64_t table =
        mutable_state && extra != nullptr ? extra->mutable_data_segments_idx() : 0;
    auto& seen = mutable_state ? seen_state_ : seen_constants_;
    if (!seen.emplace(table, tensor.data_buffer_idx()).second) {
      return {};
    }
    const std::optional<std::uint64_t> bytes = byte_count(tensor);
    if (!bytes || *bytes > source_.size()) {
      return damaged("a constant is larger than the file");
    }
    ConstantsByType& target = mutable_state ? file_.initial_state : file_.program_constants;
    add(target[scalar_type_name(static_cast<int>(tensor.scalar_type()))], *bytes);
    return {};
  }

  void count_delegate_constant(const XnnpackConstant& constant) {
    if (constant.named_key.empty() || seen_keys_.insert(constant.named_key).second) {
      add(file_.constants[constant.type], constant.bytes);
    }
  }

  void sum_constants() {
    for (const auto& [type, group] : file_.program_constants) {
      file_.constants[type].tensors += group.tensors;
      file_.constants[type].bytes += group.bytes;
    }
  }

  static void add(ConstantGroup& group, std::uint64_t bytes) {
    ++group.tensors;
    group.bytes += bytes;
  }

  const ByteSource& source_;
  const PteLayout& layout_;
  std::span<const std::uint8_t> bytes_;
  const schema::Program& program_;
  std::vector<BlobRange> segments_;
  std::map<std::string, std::uint64_t> named_;
  std::set<std::pair<std::uint64_t, std::uint32_t>> seen_constants_;
  std::set<std::pair<std::uint64_t, std::uint32_t>> seen_state_;
  std::set<std::string> seen_keys_;
  PteFile file_;
};

Result<PteFile> read_from(const ByteSource& source) {
  ASSAY_ASSIGN(const PteLayout layout, read_layout(source));
  if (layout.program_bytes > kMaxFlatbufferBytes) {
    return make_error(ErrorCode::kCorrupt, "'{}' is damaged: its program of {} bytes is too large",
                      source.name(), layout.program_bytes);
  }
  ASSAY_ASSIGN(const std::vector<std::uint8_t> bytes, source.read(0, layout.program_bytes));
  flatbuffers::Verifier verifier(bytes.data(), bytes.size(), kMaxDepth, kMaxTables);
  if (!schema::VerifyProgramBuffer(verifier)) {
    return make_error(ErrorCode::kCorrupt,
                      "'{}' is damaged: the offsets of its program do not hold together",
                      source.name());
  }
  return ProgramReader(source, layout, bytes).read();
}

}  // namespace

Result<PteFile> read_pte(const std::filesystem::path& path) {
  ASSAY_ASSIGN(const std::unique_ptr<ByteSource> source, open_file_source(path));
  return read_from(*source);
}

Result<PteFile> read_pte_bytes(const std::string& name, std::span<const std::uint8_t> bytes) {
  return read_from(*make_memory_source(name, bytes));
}

}  // namespace assay::inspect
