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

}  // namespace assay::runtime
