#include <algorithm>
#include <limits>
#include <optional>
#include <string_view>

#include <xnnpack_schema/runtime_schema_generated.h>

#include <runtime/inspect/flatbuffer_limits.h>
#include <runtime/inspect/little_endian.h>
#include <runtime/inspect/xnnpack_payload.h>

namespace assay::inspect {
namespace {

// XNNPACKHeader.h of ExecuTorch: magic at byte 4, u16 header length, u32 graph offset, u32 graph
// size, u32 constants' offset, u64 constants' size. Files older than that header start with the
// graph.
constexpr std::size_t kMagicAt = 4;
constexpr std::string_view kMagic = "XH00";
constexpr std::uint64_t kPayloadHeaderBytes = 30;
constexpr std::uint64_t kNotInBlob = std::numeric_limits<std::uint64_t>::max();

std::string without_prefix(std::string_view name, std::string_view prefix) {
  return std::string(name.starts_with(prefix) ? name.substr(prefix.size()) : name);
}

std::string type_name(fb_xnnpack::XNNDatatype type) {
  const std::string name = without_prefix(fb_xnnpack::EnumNameXNNDatatype(type), "xnn_datatype_");
  if (name.empty()) {
    return fmt::format("type{}", static_cast<int>(type));
  }
  // The two that every other part of assay spells out.
  return name == "fp32" ? "float32" : name == "fp16" ? "float16" : name;
}

struct GraphLocation {
  BlobRange graph;
  std::uint64_t constant_bytes = 0;
};

Error damaged(std::string_view what) {
  return make_error(ErrorCode::kCorrupt, "the XNNPACK graph is damaged: {}", what);
}

Result<GraphLocation> locate_graph(const ByteSource& source, BlobRange blob) {
  if (blob.bytes < kPayloadHeaderBytes) {
    return damaged(fmt::format("{} bytes are too few", blob.bytes));
  }
  ASSAY_ASSIGN(const std::vector<std::uint8_t> head, source.read(blob.offset, kPayloadHeaderBytes));
  if (!has_text_at(head, kMagicAt, kMagic)) {
    return GraphLocation{.graph = blob, .constant_bytes = 0};
  }
  const auto graph_offset = read_little_endian<std::uint32_t>(head, 10);
  const auto graph_bytes = read_little_endian<std::uint32_t>(head, 14);
  const auto constants_offset = read_little_endian<std::uint32_t>(head, 18);
  const auto constants_bytes = read_little_endian<std::uint64_t>(head, 22);
  if (graph_offset > blob.bytes || graph_bytes > blob.bytes - graph_offset) {
    return damaged("the graph reaches past the end of the delegate's blob");
  }
  if (constants_bytes != 0 &&
      (constants_offset > blob.bytes || constants_bytes > blob.bytes - constants_offset)) {
    return damaged("the constants reach past the end of the delegate's blob");
  }
  return GraphLocation{.graph = {.offset = blob.offset + graph_offset, .bytes = graph_bytes},
                       .constant_bytes = constants_bytes};
}

/// Walks one verified graph.
class GraphReader {
 public:
  GraphReader(const fb_xnnpack::XNNGraph& graph, std::uint64_t constant_bytes,
              const std::map<std::string, std::uint64_t>& named)
      : graph_(graph), constant_bytes_(constant_bytes), named_(named) {}

  Result<XnnpackPayload> read() {
    ASSAY_TRY(read_values());
    read_nodes();
    for (const auto& [index, type] : constant_types_) {
      ASSAY_TRY(add_constant(index, type));
    }
    return std::move(payload_);
  }

 private:
  struct Value {
    fb_xnnpack::XNNDatatype type = fb_xnnpack::XNNDatatype::xnn_datatype_invalid;
    std::int64_t group_size = 0;
  };

  Status read_values() {
    if (graph_.xvalues() == nullptr) {
      return {};
    }
    for (const fb_xnnpack::XValue* value : *graph_.xvalues()) {
      const fb_xnnpack::XNNTensorValue* tensor = value->xvalue_union_as_XNNTensorValue();
      const auto* quantized = value->xvalue_union_as_XNNQuantizedTensorValue();
      if (quantized != nullptr) {
        tensor = quantized->tensor_value();
      }
      if (tensor == nullptr) {
        return damaged("a value is not a tensor");
      }
      Value& known = values_[tensor->id_out()];
      known.type = tensor->datatype();
      if (tensor->constant_buffer_idx() != 0) {
        constant_types_.emplace(tensor->constant_buffer_idx(), type_name(tensor->datatype()));
      }
      if (quantized != nullptr) {
        known.group_size = read_quantization(*quantized);
      }
    }
    return {};
  }

  /// Notes where the scales lie; returns the group size, 0 when there is none.
  std::int64_t read_quantization(const fb_xnnpack::XNNQuantizedTensorValue& value) {
    if (const auto* channel = value.quant_params_as_PerChannelQuant()) {
      note_scales(channel->scale(), channel->scale_buffer_idx());
    }
    if (const auto* group = value.quant_params_as_PerChannelGroupQuant()) {
      note_scales(group->scale(), group->scale_buffer_idx());
      return group->group_size();
    }
    return 0;
  }

  void note_scales(const flatbuffers::Vector<float>* in_graph, std::uint32_t buffer_index) {
    if (buffer_index != 0) {
      constant_types_.emplace(buffer_index, "scales");
    } else if (in_graph != nullptr && in_graph->size() != 0) {
      add(payload_.graph.scales, in_graph->size() * sizeof(float));
    }
  }

  void read_nodes() {
    if (graph_.xnodes() == nullptr) {
      return;
    }
    for (const fb_xnnpack::XNode* node : *graph_.xnodes()) {
      const auto type = node->xnode_union_type();
      const std::string name = without_prefix(fb_xnnpack::EnumNameXNodeUnion(type), "XNN");
      ++payload_.graph.nodes[name.empty() ? fmt::format("node{}", static_cast<int>(type)) : name];
      if (const auto* linear = node->xnode_union_as_XNNFullyConnected()) {
        add_layer("linear", linear->input1_id(), linear->filter_id());
      } else if (const auto* conv = node->xnode_union_as_XNNConv2d()) {
        add_layer("conv2d", conv->input1_id(), conv->filter_id());
      } else if (const auto* depthwise = node->xnode_union_as_XNNDepthwiseConv2d()) {
        add_layer("depthwise_conv2d", depthwise->input1_id(), depthwise->filter_id());
      } else if (const auto* transposed = node->xnode_union_as_XNNConvTranspose2d()) {
        add_layer("conv_transpose2d", transposed->input1_id(), transposed->filter_id());
      }
    }
  }

  void add_layer(std::string_view kind, std::uint32_t input, std::uint32_t filter) {
    const Value weight = values_[filter];
    ++payload_.graph.layers[{.kind = std::string(kind),
                             .activation_type = type_name(values_[input].type),
                             .weight_type = type_name(weight.type),
                             .group_size = weight.group_size}];
  }

  Status add_constant(std::uint32_t index, const std::string& type) {
    if (const auto* inline_buffers = graph_.constant_buffer();
        inline_buffers != nullptr && index < inline_buffers->size()) {
      const auto* storage = inline_buffers->Get(index)->storage();
      record({.type = type, .bytes = storage == nullptr ? 0 : storage->size(), .named_key = {}});
      return {};
    }
    if (graph_.constant_data() == nullptr || index >= graph_.constant_data()->size()) {
      return damaged(fmt::format("it names constant {}, which it lacks", index));
    }
    const fb_xnnpack::ConstantDataOffset* entry = graph_.constant_data()->Get(index);
    if (entry->named_key() != nullptr && entry->named_key()->size() != 0) {
      const std::string key = entry->named_key()->str();
      const auto found = named_.find(key);
      if (found == named_.end()) {
        ++payload_.graph.constants_elsewhere;
        return {};
      }
      record({.type = type, .bytes = std::min(entry->size(), found->second), .named_key = key});
      return {};
    }
    if (entry->offset() == kNotInBlob || entry->offset() > constant_bytes_ ||
        entry->size() > constant_bytes_ - entry->offset()) {
      return damaged(fmt::format("constant {} lies outside the delegate's blob", index));
    }
    record({.type = type, .bytes = entry->size(), .named_key = {}});
    return {};
  }

  void record(XnnpackConstant constant) {
    add(constant.type == "scales" ? payload_.graph.scales : payload_.graph.constants[constant.type],
        constant.bytes);
    payload_.constants.push_back(std::move(constant));
  }

  static void add(ConstantGroup& group, std::uint64_t bytes) {
    ++group.tensors;
    group.bytes += bytes;
  }

  const fb_xnnpack::XNNGraph& graph_;
  std::uint64_t constant_bytes_;
  const std::map<std::string, std::uint64_t>& named_;
  std::map<std::uint32_t, Value> values_;                ///< by id_out
  std::map<std::uint32_t, std::string> constant_types_;  ///< by index of the constant
  XnnpackPayload payload_;
};

}  // namespace

Result<XnnpackPayload> read_xnnpack_payload(const ByteSource& source, BlobRange blob,
                                            const std::map<std::string, std::uint64_t>& named) {
  ASSAY_ASSIGN(const GraphLocation location, locate_graph(source, blob));
  if (location.graph.bytes > kMaxFlatbufferBytes) {
    return damaged("it is larger than any FlatBuffer");
  }
  // A copy: FlatBuffers reads scalars in place, and the blob may lie at any address.
  ASSAY_ASSIGN(const std::vector<std::uint8_t> bytes,
               source.read(location.graph.offset, location.graph.bytes));
  // The runtime takes both identifiers; the schema changed its number without changing its layout.
  const bool known = has_text_at(bytes, 4, "XN00") || has_text_at(bytes, 4, "XN01");
  flatbuffers::Verifier verifier(bytes.data(), bytes.size(), kMaxDepth, kMaxTables);
  if (!known || !verifier.VerifyBuffer<fb_xnnpack::XNNGraph>(nullptr)) {
    return damaged(known ? "its offsets do not hold together"
                         : "it carries neither the identifier XN00 nor XN01");
  }
  const auto* graph = flatbuffers::GetRoot<fb_xnnpack::XNNGraph>(bytes.data());
  return GraphReader(*graph, location.constant_bytes, named).read();
}

}  // namespace assay::inspect
