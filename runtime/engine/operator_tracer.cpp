#include <string>
#include <string_view>

#include <executorch/runtime/platform/clock.h>

#include <runtime/engine/operator_tracer.h>

namespace assay::runtime {
namespace {

using executorch::runtime::ticks_to_ns;

/// A delegate names its events by a text or by a number. Copies only the latter, into `buffer`.
std::string_view event_name(const char* name, OperatorTracer::DelegateId id, std::string& buffer) {
  if (name != nullptr) {
    return name;
  }
  buffer = "delegate event " + std::to_string(id);
  return buffer;
}

}  // namespace

OperatorTracer::Entry OperatorTracer::start(std::string_view name, TraceRecorder::Place place) {
  Entry entry{};
  entry.event_id = static_cast<std::int64_t>(recorder_.begin(name, place));
  entry.start_time = et_pal_current_ticks();  // last: what the recorder does is not the event's
  return entry;
}

OperatorTracer::Entry OperatorTracer::start_profiling(
    const char* name, executorch::runtime::ChainID chain_id,
    executorch::runtime::DebugHandle debug_handle) {
  const bool given = chain_id != executorch::runtime::kUnsetChainId;
  return start(name, given ? TraceRecorder::Place{chain_id, debug_handle} : place());
}

void OperatorTracer::end_profiling(Entry entry) {
  const Timestamp now = et_pal_current_ticks();  // first, for the same reason
  recorder_.end(static_cast<std::size_t>(entry.event_id),
                static_cast<std::int64_t>(ticks_to_ns(now - entry.start_time)));
}

OperatorTracer::Entry OperatorTracer::start_profiling_delegate(const char* name, DelegateId id) {
  std::string buffer;
  return start(event_name(name, id, buffer), place());
}

void OperatorTracer::end_profiling_delegate(Entry entry, const void* /*metadata*/,
                                            std::size_t /*size*/) {
  end_profiling(entry);
}

void OperatorTracer::log_profiling_delegate(const char* name, DelegateId id, Timestamp start_time,
                                            Timestamp end_time, const void* /*metadata*/,
                                            std::size_t /*size*/) {
  std::string buffer;
  recorder_.add(event_name(name, id, buffer), place(),
                static_cast<std::int64_t>(ticks_to_ns(end_time - start_time)));
}

OperatorTracer::Logged OperatorTracer::log_evalue(const executorch::runtime::EValue& /*value*/,
                                                  executorch::runtime::LoggedEValueType /*type*/) {
  return false;
}

OperatorTracer::Logged OperatorTracer::log_intermediate_output_delegate(
    const char* /*name*/, DelegateId /*id*/, const executorch::aten::Tensor& /*output*/) {
  return false;
}

OperatorTracer::Logged OperatorTracer::log_intermediate_output_delegate(
    const char* /*name*/, DelegateId /*id*/,
    executorch::runtime::ArrayRef<executorch::aten::Tensor> /*output*/) {
  return false;
}

OperatorTracer::Logged OperatorTracer::log_intermediate_output_delegate(const char* /*name*/,
                                                                        DelegateId /*id*/,
                                                                        const int& /*output*/) {
  return false;
}

OperatorTracer::Logged OperatorTracer::log_intermediate_output_delegate(const char* /*name*/,
                                                                        DelegateId /*id*/,
                                                                        const bool& /*output*/) {
  return false;
}

OperatorTracer::Logged OperatorTracer::log_intermediate_output_delegate(const char* /*name*/,
                                                                        DelegateId /*id*/,
                                                                        const double& /*output*/) {
  return false;
}

}  // namespace assay::runtime
