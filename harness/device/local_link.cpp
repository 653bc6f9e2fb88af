#include <harness/base/program.h>
#include <harness/device/local_link.h>

namespace assay::device {
namespace {

namespace fs = std::filesystem;

Status copy_bytes(const fs::path& from, const fs::path& to) {
  std::error_code code;
  fs::copy_file(from, to, fs::copy_options::overwrite_existing, code);
  if (code) {
    return make_error(ErrorCode::kIo, "cannot copy '{}' to '{}': {}", from.string(), to.string(),
                      code.message());
  }
  return {};
}

}  // namespace

Result<ShellOutput> LocalLink::shell(const std::string& script, double work_s,
                                     const std::string& input) {
  ++counts_.steps;
  const double timeout_s = answer_s_ + work_s;
  ASSAY_ASSIGN(ProgramOutput output,
               run_with_timeout({"/bin/sh", "-c", script}, timeout_s, {.input = input}));
  if (output.timed_out) {
    return make_error(ErrorCode::kDeviceLost, "a step on this machine took more than {:g} s",
                      timeout_s);
  }
  return ShellOutput{output.exit_code, std::move(output.out), std::move(output.err)};
}

Status LocalLink::push(std::span<const OutgoingFile> files, const std::string& folder,
                       double /*work_s*/) {
  ++counts_.steps;
  for (const OutgoingFile& file : files) {
    ASSAY_TRY(copy_bytes(file.path, fs::path(folder) / file.name));
  }
  return {};
}

Status LocalLink::pull(const std::string& file, const fs::path& target, double /*work_s*/) {
  ++counts_.steps;
  return copy_bytes(file, target);
}

}  // namespace assay::device
