#include <cstddef>
#include <cstdint>

#include <executorch/runtime/core/function_ref.h>

#include <runtime/engine/pool_order.h>
#include <runtime/engine/thread_pool.h>

// The SDK exports the pool's class but does not ship its header; only these members are used, and
// only through a pointer that the library hands out.
namespace executorch::extension::threadpool {
class ThreadPool {
 public:
  size_t get_thread_count() const;
  bool _unsafe_reset_threadpool(uint32_t new_thread_count);
  void run(runtime::FunctionRef<void(size_t)> task, size_t count);
};
ThreadPool* get_threadpool();
}  // namespace executorch::extension::threadpool

namespace assay::runtime {

Status set_thread_count(int threads) {
  auto* pool = executorch::extension::threadpool::get_threadpool();
  if (pool == nullptr) {
    return make_error(ErrorCode::kUnsupported, "the runtime has no thread pool");
  }
  const auto wanted = static_cast<std::size_t>(threads);
  if (pool->get_thread_count() != wanted) {
    pool->_unsafe_reset_threadpool(static_cast<std::uint32_t>(threads));
  }
  if (pool->get_thread_count() != wanted) {
    return make_error(ErrorCode::kUnsupported,
                      "the runtime's thread pool has {} threads although {} were asked for; it "
                      "takes at most 63",
                      pool->get_thread_count(), threads);
  }
  return {};
}

std::size_t thread_count() {
  const auto* pool = executorch::extension::threadpool::get_threadpool();
  return pool == nullptr ? 0 : pool->get_thread_count();
}

void run_on_pool(std::size_t count, void (*task)(void*, std::size_t), void* context) {
  auto* pool = executorch::extension::threadpool::get_threadpool();
  if (pool == nullptr) {
    for (std::size_t i = 0; i < count; ++i) {
      task(context, i);
    }
    return;
  }
  static char order;
  const auto ordered = [task, context](std::size_t index) {
    pool_order_acquire(&order);
    task(context, index);
    pool_order_release(&order);
  };
  pool_order_release(&order);
  pool->run(ordered, count);
  pool_order_acquire(&order);
}

}  // namespace assay::runtime
