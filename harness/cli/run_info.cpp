#include <harness/base/clock.h>
#include <harness/base/file.h>
#include <harness/cli/run_info.h>
#include <harness/device/local_probe.h>

namespace assay::cli {

RunInfo new_run_info() {
  RunInfo info;
  const Result<std::string> uuid = read_text_file("/proc/sys/kernel/random/uuid");
  info.uuid = uuid.ok() ? uuid->substr(0, uuid->find('\n')) : "";
  info.started_utc = SystemClock().utc_now();
  info.fingerprint = device::probe_local();
  return info;
}

}  // namespace assay::cli
