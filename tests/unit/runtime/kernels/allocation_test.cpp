// A call of the attention allocates nothing: counted by the program's own operator new.

#include <atomic>
#include <cstdlib>
#include <memory>
#include <new>

#include <runtime/engine/thread_pool.h>
#include <tests/unit/runtime/kernels/attention_call.h>

namespace {

std::atomic<std::size_t> allocations{0};

}  // namespace

// Not inlined: g++ would see free() meet what it takes for the library's operator new.
__attribute__((noinline)) void* operator new(std::size_t size) {
  ++allocations;
  if (void* memory = std::malloc(size == 0 ? 1 : size)) {
    return memory;
  }
  throw std::bad_alloc();
}
__attribute__((noinline)) void operator delete(void* memory) noexcept { std::free(memory); }
__attribute__((noinline)) void operator delete(void* memory, std::size_t) noexcept {
  std::free(memory);
}

namespace assay::runtime {
namespace {

/// Allocations of one llama::custom_sdpa of that shape, on two threads.
std::size_t count_allocations(int queries, int depth, int heads, int head_dim) {
  const auto size = [](int a, int b, int c) { return static_cast<std::size_t>(a * b * c); };
  std::vector<float> query(size(queries, heads, head_dim));
  std::vector<float> out(query.size());
  std::vector<float> cache(size(depth, heads, head_dim));
  const auto query_tensor = float_tensor(query, {1, queries, heads, head_dim});
  const auto cache_tensor = float_tensor(cache, {1, depth, heads, head_dim});
  const auto out_tensor = float_tensor(out, {1, queries, heads, head_dim});
  std::vector<EValue> arguments{
      *query_tensor, *cache_tensor, *cache_tensor, std::int64_t{depth - queries}, EValue(), 0.0,
      true,          EValue(),      *out_tensor};
  std::vector<EValue*> pointers;
  for (EValue& argument : arguments) {
    pointers.push_back(&argument);
  }
  const auto function = find_operator("llama::custom_sdpa.out");
  executorch::runtime::KernelRuntimeContext context;
  const std::size_t before = allocations;
  function(context, {pointers.data(), pointers.size()});
  const std::size_t after = allocations;
  EXPECT_EQ(context.failure_state(), executorch::runtime::Error::Ok);
  return after - before;
}

TEST(LlamaKernels, AllocateNothing) {
  ASSERT_TRUE(set_thread_count(2).ok());
  EXPECT_EQ(count_allocations(1, 40, 4, 64), 0U);     // one thread is enough
  EXPECT_EQ(count_allocations(1, 3000, 4, 64), 0U);   // keys divided between two
  EXPECT_EQ(count_allocations(130, 400, 4, 72), 0U);  // rows divided, padded tiles
}

TEST(LlamaKernels, TheCounterCounts) {
  const std::size_t before = allocations;
  const auto some = std::make_unique<std::vector<int>>(100);
  EXPECT_EQ(allocations - before, some->size() == 100 ? 2U : 0U);
}

}  // namespace
}  // namespace assay::runtime
