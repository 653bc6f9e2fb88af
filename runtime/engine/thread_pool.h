#pragma once

// The runtime's process-wide thread pool.

#include <cstddef>

#include <harness/base/result.h>

namespace assay::runtime {

/// Sets the pool's size. Only before the first method is loaded: XNNPACK keeps a pointer to the
/// pool from load time, and resizing replaces the pool. Errors: kUnsupported when the size did not
/// take.
Status set_thread_count(int threads);

/// The pool's size; 0 when the runtime has no pool.
std::size_t thread_count();

/// Calls task(context, i) once for each i < count on the pool's threads, the caller's among them,
/// and returns when all are done; without a pool, on the caller's alone. Allocates nothing.
void run_on_pool(std::size_t count, void (*task)(void* context, std::size_t index), void* context);

}  // namespace assay::runtime
