#include <algorithm>

#include <harness/artifacts/restored_program.h>
#include <harness/base/hash.h>

namespace assay::artifacts {
namespace {

namespace fs = std::filesystem;

bool is_of_program(const Artifact& artifact) {
  return artifact.role == kWorkerRole || artifact.role == kLibraryRole;
}

Status link(const ArtifactStore& store, const Artifact& artifact, const fs::path& folder) {
  const fs::path name(artifact.name);
  if (name.filename() != name || name == "." || name == ".." || name.empty()) {
    return make_error(ErrorCode::kCorrupt, "the {} '{}' of the run has a name that is no file name",
                      artifact.role, artifact.name);
  }
  std::error_code code;
  fs::create_directories(folder, code);
  fs::create_symlink(fs::absolute(store.path_of(artifact.sha256)), folder / name, code);
  if (code) {
    return make_error(ErrorCode::kIo, "cannot make '{}': {}", (folder / name).string(),
                      code.message());
  }
  return {};
}

/// Objects are shared by contents, so the first run that kept this one may not have started it.
Status make_executable(const fs::path& object) {
  std::error_code code;
  const fs::perms now = fs::status(object, code).permissions();
  if (!code && (now & fs::perms::owner_exec) == fs::perms::none) {
    fs::permissions(object, now | fs::perms::owner_exec | fs::perms::group_exec, code);
  }
  if (code) {
    return make_error(ErrorCode::kIo, "cannot make '{}' executable: {}", object.string(),
                      code.message());
  }
  return {};
}

}  // namespace

std::string program_sha256(std::span<const Artifact> artifacts) {
  std::vector<std::string> lines;
  bool has_worker = false;
  for (const Artifact& artifact : artifacts) {
    if (is_of_program(artifact)) {
      has_worker = has_worker || artifact.role == kWorkerRole;
      lines.push_back(fmt::format("{} {} {}\n", artifact.role, artifact.name, artifact.sha256));
    }
  }
  if (!has_worker) {
    return {};
  }
  std::ranges::sort(lines);
  std::string text;
  for (const std::string& line : lines) {
    text += line;
  }
  return sha256_hex(std::as_bytes(std::span(text)));
}

Status verify_artifacts(const ArtifactStore& store, const RunInfo& run) {
  if (run.artifacts.empty()) {
    return make_error(ErrorCode::kNotFound,
                      "run {} cannot be measured again: it kept no artefacts (it was made with "
                      "--no-artifacts, by an older assay, or they were pruned)",
                      run.id);
  }
  for (const Artifact& artifact : run.artifacts) {
    Status verified = store.verify(artifact.sha256);
    if (!verified.ok()) {
      return std::move(verified).error().with_context(
          "run {} cannot be measured again: its {} '{}'", run.id, artifact.role, artifact.name);
    }
  }
  return {};
}

Result<RestoredProgram> restore_program(const ArtifactStore& store, const RunInfo& run,
                                        const fs::path& folder) {
  RestoredProgram restored{.program = {}, .library_folder = folder / "lib"};
  for (const Artifact& artifact : run.artifacts) {
    if (artifact.role == kWorkerRole) {
      ASSAY_TRY(link(store, artifact, folder / "bin"));
      ASSAY_TRY(make_executable(store.path_of(artifact.sha256)));
      restored.program = folder / "bin" / artifact.name;
    } else if (artifact.role == kLibraryRole) {
      ASSAY_TRY(link(store, artifact, restored.library_folder));
    }
  }
  if (restored.program.empty()) {
    return make_error(ErrorCode::kNotFound,
                      "run {} cannot be measured again: it kept no worker program", run.id);
  }
  return restored;
}

}  // namespace assay::artifacts
