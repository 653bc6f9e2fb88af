#include <mutex>
#include <string_view>
#include <vector>

#include <executorch/runtime/platform/platform.h>
#include <executorch/runtime/platform/runtime.h>

#include <runtime/engine/runtime_log.h>

namespace assay::runtime {
namespace {

// A model that logs in every step must not fill memory; the first lines name the cause.
constexpr std::size_t kMaxLines = 8;

struct Capture {
  std::mutex mutex;
  std::vector<std::string> lines;
};

Capture& capture() {
  static Capture instance;
  return instance;
}

void keep_errors(et_timestamp_t, et_pal_log_level_t level, const char*, const char*, size_t,
                 const char* message, size_t length) {
  if (level != kError && level != kFatal) {
    return;
  }
  Capture& target = capture();
  const std::scoped_lock lock(target.mutex);
  if (target.lines.size() < kMaxLines) {
    target.lines.emplace_back(message, length);
  }
}

}  // namespace

void capture_runtime_log() {
  capture();  // constructed before the first message
  executorch::runtime::register_pal(executorch::runtime::PalImpl::create(&keep_errors, __FILE__));
  executorch::runtime::runtime_init();
}

std::string take_runtime_errors() {
  Capture& source = capture();
  const std::scoped_lock lock(source.mutex);
  std::string joined;
  for (const std::string& line : source.lines) {
    joined += joined.empty() ? line : "; " + line;
  }
  source.lines.clear();
  return joined;
}

}  // namespace assay::runtime
