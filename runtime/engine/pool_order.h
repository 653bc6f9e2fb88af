#pragma once

// The order of things around the runtime's thread pool, told to the thread sanitizer: the pool's
// library is not instrumented, so that it does not see that tasks begin after they were handed over
// and have ended when the pool returns. Nothing in other builds.

#ifdef __SANITIZE_THREAD__
#include <sanitizer/tsan_interface.h>
#endif

namespace assay::runtime {

/// What was done before this is done before whatever follows pool_order_acquire().
inline void pool_order_release(void* place) {
#ifdef __SANITIZE_THREAD__
  __tsan_release(place);
#else
  (void)place;
#endif
}

inline void pool_order_acquire(void* place) {
#ifdef __SANITIZE_THREAD__
  __tsan_acquire(place);
#else
  (void)place;
#endif
}

}  // namespace assay::runtime
