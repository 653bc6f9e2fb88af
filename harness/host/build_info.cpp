#include <build_info_values.h>

#include <harness/host/build_info.h>

namespace assay::host {

BuildInfo build_info() {
  return {.tool_version = generated::kToolVersion,
          .tool_commit = generated::kToolCommit,
          .tool_dirty = generated::kToolDirty,
          .build_type = generated::kBuildType,
          .sanitizers = generated::kSanitizers,
          .compiler = generated::kCompiler,
          .executorch_version = generated::kExecutorchVersion};
}

}  // namespace assay::host
