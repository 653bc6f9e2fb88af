#pragma once

// What this program was built from. Known when it was compiled, so it never fails.

#include <string_view>

namespace assay::host {

struct BuildInfo {
  std::string_view tool_version;  ///< "0.1.0"
  std::string_view tool_commit;   ///< 12 hex digits; "unknown" when not built from a git checkout
  std::string_view tool_dirty;  ///< "yes": tracked files differed from the commit; "no"; "unknown"
  std::string_view build_type;  ///< CMake's: "Release", "RelWithDebInfo", ...; "unset"
  std::string_view sanitizers;  ///< as given to -fsanitize=: "address,undefined"; "none"
  std::string_view compiler;    ///< "GNU 12.2.0"
  std::string_view executorch_version;  ///< of the SDK that was linked
};

BuildInfo build_info();

}  // namespace assay::host
