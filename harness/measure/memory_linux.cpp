#include <charconv>
#include <string_view>

#include <harness/base/file.h>
#include <harness/measure/memory.h>

namespace assay::measure {
namespace {

/// The number behind "Name:" in a /proc text, in bytes (the kernel writes kB); 0 if it is not
/// there.
std::uint64_t read_kilobytes(std::string_view text, std::string_view name) {
  const std::size_t at = text.find(name);
  if (at == std::string_view::npos) {
    return 0;
  }
  std::string_view rest = text.substr(at + name.size());
  rest.remove_prefix(std::min(rest.find_first_not_of(" \t"), rest.size()));
  std::uint64_t kilobytes = 0;
  std::from_chars(rest.data(), rest.data() + rest.size(), kilobytes);
  return kilobytes * 1024;
}

}  // namespace

Result<MemorySnapshot> read_memory(std::string phase, const std::filesystem::path& proc) {
  ASSAY_ASSIGN(const std::string status, read_text_file(proc / "status"));
  const Result<std::string> rollup = read_text_file(proc / "smaps_rollup");
  return MemorySnapshot{
      .phase = std::move(phase),
      .vm_hwm_bytes = read_kilobytes(status, "VmHWM:"),
      .rss_anon_bytes = read_kilobytes(status, "RssAnon:"),
      .rss_file_bytes = read_kilobytes(status, "RssFile:"),
      .pss_bytes = rollup.ok() ? read_kilobytes(*rollup, "\nPss:") : 0,
  };
}

}  // namespace assay::measure
