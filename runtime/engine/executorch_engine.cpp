#include <algorithm>
#include <array>
#include <new>
#include <optional>
#include <utility>

#include <executorch/extension/module/module.h>
#include <executorch/extension/tensor/tensor_ptr.h>
#include <fmt/format.h>

#include <runtime/engine/executorch_engine.h>
#include <runtime/engine/operator_tracer.h>
#include <runtime/engine/runtime_log.h>
#include <runtime/engine/thread_pool.h>
#include <runtime/kernels/llama_kernels.h>

namespace assay::runtime {
namespace {

using executorch::aten::ScalarType;
using executorch::extension::Module;
using executorch::extension::TensorPtr;
using executorch::runtime::EValue;
using executorch::runtime::MethodMeta;
using executorch::runtime::TensorInfo;

std::optional<DType> from_scalar_type(ScalarType type) {
  switch (type) {
    case ScalarType::Float:
      return DType::kFloat32;
    case ScalarType::Double:
      return DType::kFloat64;
    case ScalarType::Half:
      return DType::kFloat16;
    case ScalarType::BFloat16:
      return DType::kBFloat16;
    case ScalarType::Long:
      return DType::kInt64;
    case ScalarType::Int:
      return DType::kInt32;
    case ScalarType::Short:
      return DType::kInt16;
    case ScalarType::Char:
      return DType::kInt8;
    case ScalarType::Byte:
      return DType::kUInt8;
    case ScalarType::Bool:
      return DType::kBool;
    default:
      return std::nullopt;
  }
}

ScalarType to_scalar_type(DType dtype) {
  constexpr std::array kTypes{ScalarType::Float,    ScalarType::Double, ScalarType::Half,
                              ScalarType::BFloat16, ScalarType::Long,   ScalarType::Int,
                              ScalarType::Short,    ScalarType::Char,   ScalarType::Byte,
                              ScalarType::Bool};
  return kTypes[static_cast<std::size_t>(dtype)];
}

/// ExecuTorch's code as an Error that carries the lines the runtime logged.
assay::Error engine_error(executorch::runtime::Error code, std::string_view doing) {
  using executorch::runtime::Error;
  const std::string logged = take_runtime_errors();
  // XNNPACK's own allocations fail with a code that says nothing; its log line does.
  const bool no_memory = code == Error::MemoryAllocationFailed || code == Error::OutOfResources ||
                         code == Error::DelegateMemoryAllocationFailed ||
                         logged.find("out_of_memory") != std::string::npos;
  return make_error(no_memory ? ErrorCode::kOutOfMemory : ErrorCode::kEngine,
                    "{} failed{}: ExecuTorch error 0x{:02x}{}{}{}", doing,
                    no_memory ? " for lack of memory" : "", static_cast<unsigned>(code),
                    logged.empty() ? "" : ": ", logged,
                    code == Error::OperatorMissing ? explain_missing_operators(logged) : "");
}

/// Module::load_method, which allocates the method's planned buffers by throwing containers.
executorch::runtime::Error load_planned(Module& module, const std::string& method) {
  try {
    return module.load_method(method);
  } catch (const std::bad_alloc&) {
    return executorch::runtime::Error::MemoryAllocationFailed;
  }
}

Result<TensorSpec> to_spec(executorch::runtime::Result<TensorInfo> info, std::string_view kind,
                           std::size_t index) {
  if (!info.ok()) {
    return make_error(ErrorCode::kUnsupported, "{} {} of the method is not a tensor", kind, index);
  }
  const std::optional<DType> dtype = from_scalar_type(info->scalar_type());
  if (!dtype) {
    return make_error(ErrorCode::kUnsupported,
                      "{} {} has ExecuTorch scalar type {}, which assay "
                      "cannot feed or read",
                      kind, index, static_cast<int>(info->scalar_type()));
  }
  TensorSpec spec{.name = {}, .dtype = *dtype, .shape = {}};
  for (const auto size : info->sizes()) {
    spec.shape.push_back(size);
  }
  return spec;
}

std::uint64_t planned_bytes(const MethodMeta& meta) {
  std::uint64_t bytes = 0;
  for (std::size_t i = 0; i < meta.num_memory_planned_buffers(); ++i) {
    const auto size = meta.memory_planned_buffer_size(i);
    bytes += size.ok() ? static_cast<std::uint64_t>(*size) : 0;
  }
  return bytes;
}

Result<MethodFacts> read_facts(const MethodMeta& meta) {
  MethodFacts facts;
  for (std::size_t i = 0; i < meta.num_inputs(); ++i) {
    ASSAY_ASSIGN(TensorSpec spec, to_spec(meta.input_tensor_meta(i), "input", i));
    facts.inputs.push_back(std::move(spec));
  }
  for (std::size_t i = 0; i < meta.num_outputs(); ++i) {
    ASSAY_ASSIGN(TensorSpec spec, to_spec(meta.output_tensor_meta(i), "output", i));
    facts.outputs.push_back(std::move(spec));
  }
  facts.planned_arena_bytes = planned_bytes(meta);
  for (std::size_t i = 0; i < meta.num_backends(); ++i) {
    facts.backends.emplace_back(*meta.get_backend_name(i));
  }
  std::ranges::sort(facts.backends);
  facts.backends.erase(std::unique(facts.backends.begin(), facts.backends.end()),
                       facts.backends.end());
  return facts;
}

class ExecutorchSession : public Session {
 public:
  /// `tracer` belongs to the module; null: not traced.
  ExecutorchSession(std::shared_ptr<Module> module, OperatorTracer* tracer, std::string method,
                    MethodFacts facts)
      : module_(std::move(module)),
        tracer_(tracer),
        method_(std::move(method)),
        facts_(std::move(facts)) {
    for (const TensorSpec& spec : facts_.inputs) {
      buffers_.emplace_back(spec.byte_count());
      std::vector<executorch::aten::SizesType> sizes(spec.shape.begin(), spec.shape.end());
      tensors_.push_back(executorch::extension::make_tensor_ptr(
          std::move(sizes), buffers_.back().data(), to_scalar_type(spec.dtype)));
      values_.emplace_back(*tensors_.back());
    }
  }

  const MethodFacts& facts() const override { return facts_; }

  std::span<std::byte> input(std::size_t index) override { return buffers_[index]; }

  Status resize_input(std::size_t index, const std::vector<std::int64_t>& shape) override {
    const std::vector<executorch::aten::SizesType> sizes(shape.begin(), shape.end());
    const auto code = executorch::extension::resize_tensor_ptr(tensors_[index], sizes);
    if (code != executorch::runtime::Error::Ok) {
      Error error = engine_error(
          code, fmt::format("resizing input {} to [{}]", index, fmt::join(shape, ",")));
      error.code = ErrorCode::kUnsupported;
      return error;
    }
    return {};
  }

  Status execute() override {
    auto result = module_->execute(method_, values_);
    if (!result.ok()) {
      return engine_error(result.error(), "executing method '" + method_ + "'");
    }
    results_ = std::move(*result);
    return {};
  }

  Result<std::span<const std::byte>> output(std::size_t index) override {
    if (index >= results_.size() || !results_[index].isTensor()) {
      return make_error(ErrorCode::kEngine, "the method returned no tensor as output {}", index);
    }
    const auto& tensor = results_[index].toTensor();
    return std::span(static_cast<const std::byte*>(tensor.const_data_ptr()), tensor.nbytes());
  }

  Result<std::vector<OperatorTime>> take_operator_times() override {
    if (tracer_ == nullptr) {
      return make_error(ErrorCode::kUnsupported, "the method was loaded without an event tracer");
    }
    return tracer_->recorder().take();
  }

 private:
  std::shared_ptr<Module> module_;
  OperatorTracer* tracer_;
  std::string method_;
  MethodFacts facts_;
  std::vector<std::vector<std::byte>> buffers_;
  std::vector<TensorPtr> tensors_;
  std::vector<EValue> values_;  ///< point into buffers_, so filling a buffer is all a step needs
  std::vector<EValue> results_;
};

class ExecutorchEngine : public Engine {
 public:
  Status load_program(const LoadRequest& request) override {
    std::error_code ignored;
    if (!std::filesystem::exists(request.pte, ignored)) {
      return make_error(ErrorCode::kNotFound, "model file '{}' does not exist",
                        request.pte.string());
    }
    if (std::filesystem::is_empty(request.pte, ignored)) {
      return make_error(ErrorCode::kCorrupt, "model file '{}' is empty", request.pte.string());
    }
    ASSAY_TRY(set_thread_count(request.threads));
    module_ = std::make_shared<Module>(request.pte.string());
    // The full check costs a little at load and turns a damaged file into an error, not a crash.
    const auto code =
        module_->load(executorch::runtime::Program::Verification::InternalConsistency);
    if (code != executorch::runtime::Error::Ok) {
      Error error = engine_error(code, "loading '" + request.pte.string() + "'");
      error.code = ErrorCode::kCorrupt;
      return error;
    }
    return {};
  }

  Result<std::unique_ptr<Session>> load_method(const LoadRequest& request) override {
    const auto names = module_->method_names();
    if (names.ok() && !names->contains(request.method)) {
      return make_error(ErrorCode::kNotFound, "'{}' has no method '{}'; it has: {}",
                        request.pte.string(), request.method, sorted_list(*names));
    }
    // A module of its own: a method takes its tracer when it is loaded, and keeps it.
    std::shared_ptr<Module> module = module_;
    OperatorTracer* tracer = nullptr;
    if (request.traced) {
      auto owned = std::make_unique<OperatorTracer>();
      tracer = owned.get();
      module = std::make_shared<Module>(module_->program(), nullptr, nullptr, std::move(owned));
    }
    const auto code = load_planned(*module, request.method);
    if (code != executorch::runtime::Error::Ok) {
      const auto plan = module->method_meta(request.method);
      return engine_error(
          code,
          fmt::format("loading method '{}' of '{}', which plans {} bytes of buffers,",
                      request.method, request.pte.string(), plan.ok() ? planned_bytes(*plan) : 0));
    }
    const auto meta = module->method_meta(request.method);
    if (!meta.ok()) {
      return engine_error(meta.error(), "reading the method's description");
    }
    ASSAY_ASSIGN(MethodFacts facts, read_facts(*meta));
    if (tracer != nullptr) {
      tracer->recorder().take();  // the events of loading
    }
    return std::unique_ptr<Session>(std::make_unique<ExecutorchSession>(
        std::move(module), tracer, request.method, std::move(facts)));
  }

  Result<ProgramConstants> read_constants() override {
    ProgramConstants constants;
    const auto names = module_->method_names();
    if (!names.ok()) {
      return constants;
    }
    for (const std::string& name : *names) {
      const auto meta = module_->method_meta(name);
      if (!meta.ok() || !is_constant(*meta)) {
        continue;
      }
      auto values = module_->execute(name);
      if (!values.ok()) {
        return engine_error(values.error(), "executing method '" + name + "'");
      }
      constants[name] = whole_numbers(*values);
      module_->unload_method(name);
    }
    return constants;
  }

 private:
  /// A method that takes nothing and gives no tensor: one that computes is never run for this.
  static bool is_constant(const MethodMeta& meta) {
    bool constant = meta.num_inputs() == 0 && meta.num_backends() == 0;
    for (std::size_t i = 0; i < meta.num_outputs(); ++i) {
      const auto tag = meta.output_tag(i);
      constant = constant && tag.ok() && *tag != executorch::runtime::Tag::Tensor;
    }
    return constant;
  }

  /// Those among `values` that are whole numbers or truth values.
  static std::vector<std::int64_t> whole_numbers(const std::vector<EValue>& values) {
    std::vector<std::int64_t> numbers;
    for (const EValue& value : values) {
      if (value.isInt()) {
        numbers.push_back(value.toInt());
      } else if (value.isBool()) {
        numbers.push_back(value.toBool() ? 1 : 0);
      } else if (value.isIntList()) {
        const auto list = value.toIntList();
        numbers.insert(numbers.end(), list.begin(), list.end());
      }
    }
    return numbers;
  }

  static std::string sorted_list(const std::unordered_set<std::string>& names) {
    std::vector<std::string> sorted(names.begin(), names.end());
    std::ranges::sort(sorted);
    return fmt::format("{}", fmt::join(sorted, ", "));
  }

  std::shared_ptr<Module> module_;
};

}  // namespace

std::unique_ptr<Engine> make_executorch_engine() {
  capture_runtime_log();
  register_llama_kernels();
  return std::make_unique<ExecutorchEngine>();
}

}  // namespace assay::runtime
