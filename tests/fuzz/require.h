#pragma once

// What a fuzz target does when a reader accepted something and then broke its own promise.

#include <cstdlib>

namespace assay::fuzz {

inline void require(bool promise_kept) {
  if (!promise_kept) {
    std::abort();
  }
}

}  // namespace assay::fuzz
