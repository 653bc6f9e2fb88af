#include <fmt/format.h>

#include <harness/device/device_lane.h>
#include <harness/device/device_prune.h>

namespace assay::device {
namespace {

constexpr double kPruneS = 120;
constexpr int kStillRunning = 9;  ///< exit code of the script below

}  // namespace

Result<PrunedDevice> prune_device(DeviceLink& link, const DeviceSpec& device, PruneScope scope) {
  const std::string root = shell_quoted(device_root(device));
  const std::string script = fmt::format(
      "[ -d {0} ] || {{ echo 0; exit 0; }}\n"
      "cd {0} || exit 1\n"
      "for run in runs/*; do\n"
      "  [ -e \"$run/pid\" ] && [ ! -e \"$run/exit_code\" ] &&\n"
      "    kill -0 \"$(cat \"$run/pid\")\" 2>/dev/null && {{ echo \"$run\" >&2; exit {2}; }}\n"
      "done\n"
      "du -sk {1} 2>/dev/null | awk '{{ sum += $1 }} END {{ print sum + 0 }}'\n"
      "rm -rf {1}",
      root, scope == PruneScope::kRuns ? "runs incoming" : "runs incoming objects kits",
      kStillRunning);
  ASSAY_ASSIGN(const ShellOutput output, link.shell(script, kPruneS));
  if (output.exit_code == kStillRunning) {
    return make_error(ErrorCode::kUnsupported,
                      "{} is still running on {}; wait for it, or stop it first", output.err,
                      device.name);
  }
  if (output.exit_code != 0) {
    return make_error(ErrorCode::kIo, "{}: cannot remove {}: {}", device.name, root, output.err);
  }
  return PrunedDevice{.root = root, .kibibytes = output.out.substr(0, output.out.find('\n'))};
}

}  // namespace assay::device
