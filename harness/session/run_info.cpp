#include <harness/base/clock.h>
#include <harness/base/file.h>
#include <harness/host/local_probe.h>
#include <harness/session/run_info.h>

namespace assay::session {

RunInfo new_run_info() {
  RunInfo info;
  const Result<std::string> uuid = read_text_file("/proc/sys/kernel/random/uuid");
  info.uuid = uuid.ok() ? uuid->substr(0, uuid->find('\n')) : "";
  info.started_utc = SystemClock().utc_now();
  info.fingerprint = host::probe_local();
  return info;
}

}  // namespace assay::session
