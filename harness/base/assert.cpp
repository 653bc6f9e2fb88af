#include <cstdio>
#include <cstdlib>

#include <harness/base/assert.h>

namespace assay {

void fail_assertion(const char* expression, const char* file, int line) noexcept {
  // No fmt: memory may be what is broken.
  std::fprintf(stderr, "assay: %s:%d: assertion failed: %s; this is a bug in assay\n", file, line,
               expression);
  std::abort();
}

}  // namespace assay
