#pragma once

// Our event tracer: takes the events of one loaded method straight into a TraceRecorder. It logs no
// tensors. A method loaded without a tracer does not pay for it.

#include <cstddef>
#include <string_view>

#include <executorch/runtime/core/event_tracer.h>

#include <runtime/engine/trace_recorder.h>

namespace assay::runtime {

class OperatorTracer final : public executorch::runtime::EventTracer {
 public:
  using Entry = executorch::runtime::EventTracerEntry;
  using DelegateId = executorch::runtime::DelegateDebugIntId;
  using Timestamp = et_timestamp_t;

  TraceRecorder& recorder() { return recorder_; }

  void create_event_block(const char* /*name*/) override {}
  Entry start_profiling(const char* name, executorch::runtime::ChainID chain_id,
                        executorch::runtime::DebugHandle debug_handle) override;
  void end_profiling(Entry entry) override;
  Entry start_profiling_delegate(const char* name, DelegateId id) override;
  void end_profiling_delegate(Entry entry, const void* metadata, std::size_t size) override;
  void log_profiling_delegate(const char* name, DelegateId id, Timestamp start, Timestamp end,
                              const void* metadata, std::size_t size) override;

  void track_allocation(executorch::runtime::AllocatorID /*id*/, std::size_t /*size*/) override {}
  executorch::runtime::AllocatorID track_allocator(const char* /*name*/) override { return 0; }

  using Logged = executorch::runtime::Result<bool>;
  Logged log_evalue(const executorch::runtime::EValue& value,
                    executorch::runtime::LoggedEValueType type) override;
  Logged log_intermediate_output_delegate(const char* name, DelegateId id,
                                          const executorch::aten::Tensor& output) override;
  Logged log_intermediate_output_delegate(
      const char* name, DelegateId id,
      executorch::runtime::ArrayRef<executorch::aten::Tensor> output) override;
  Logged log_intermediate_output_delegate(const char* name, DelegateId id,
                                          const int& output) override;
  Logged log_intermediate_output_delegate(const char* name, DelegateId id,
                                          const bool& output) override;
  Logged log_intermediate_output_delegate(const char* name, DelegateId id,
                                          const double& output) override;
  void set_delegation_intermediate_output_filter(
      executorch::runtime::EventTracerFilterBase* /*filter*/) override {}

 private:
  TraceRecorder::Place place() const { return {.chain = chain_id_, .instruction = debug_handle_}; }
  Entry start(std::string_view name, TraceRecorder::Place place);

  TraceRecorder recorder_;
};

}  // namespace assay::runtime
