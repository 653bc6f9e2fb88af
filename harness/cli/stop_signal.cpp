#include <csignal>

#include <harness/cli/stop_signal.h>

namespace assay::cli {
namespace {

std::atomic<bool> stop_requested = false;

/// A second Ctrl-C kills the program at once, as if nothing was caught.
void request_stop(int) {
  stop_requested = true;
  std::signal(SIGINT, SIG_DFL);
}

}  // namespace

const std::atomic<bool>& catch_stop_signals() {
  std::signal(SIGINT, &request_stop);
  std::signal(SIGTERM, &request_stop);
  std::signal(SIGPIPE, SIG_IGN);
  return stop_requested;
}

}  // namespace assay::cli
