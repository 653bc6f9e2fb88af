#include <algorithm>
#include <charconv>
#include <map>

#include <harness/device/object_check.h>
#include <harness/device/object_sync.h>

namespace assay::device {
namespace {

constexpr double kSlowestBytesPerS = 2e6;
constexpr double kLongestS = 6 * 3600;
constexpr std::uint64_t kSpare = 16U << 20U;  // for databases and logs
constexpr std::size_t kHashDigits = 64;
/// A line that the device's own tools print when they did what the checker should.
constexpr std::string_view kByTools = "assay-by-tools\n";

using ObjectMap = std::map<std::string, const ObjectFile*>;  // by hash

ShellOutput* require_ok(Result<ShellOutput>& output) {
  return output.ok() && output->exit_code == 0 ? &*output : nullptr;
}

Error refused(const Result<ShellOutput>& output, std::string_view what) {
  if (!output.ok()) {
    return output.error();
  }
  return make_error(ErrorCode::kIo, "{} failed on the device (exit code {}): {}", what,
                    output->exit_code, output->err.substr(0, 300));
}

/// Defines a shell function that reads lines "SHA256 LINK" and does what check_objects() does, in
/// the current folder.
std::string check_function(const std::vector<std::string>& checker) {
  std::string words;
  for (const std::string& word : checker) {
    words += shell_quoted(word) + " ";
  }
  return fmt::format(
      "by_tools() {{\n"
      "  printf {}\n"
      "  failed=0\n"
      "  while IFS= read -r line; do\n"
      "    name=${{line%% *}} link=${{line#* }}\n"
      "    if [ -z \"$link\" ]; then\n"
      "      [ ! -f \"$name\" ] || sha256sum \"$name\" || failed=1\n"
      // A kit's link may be in use by a run that is alive: one that is right is left alone.
      "    elif ! [ \"$link\" -ef \"$name\" ]; then\n"
      "      mkdir -p \"${{link%/*}}\" && ln -sf \"$PWD/$name\" \"$link\" || failed=1\n"
      "    fi\n"
      "  done\n"
      "  return $failed\n"
      "}}\n"
      "check() {{\n"
      "  lines=$(cat)\n"
      "  {} printf '%s\\n' \"$lines\" | {}{} 2>/dev/null && return\n"
      "  printf '%s\\n' \"$lines\" | by_tools\n"
      "}}\n",
      shell_quoted(kByTools), checker.empty() ? "false &&" : "", words, kCheckObjectsCommand);
}

/// The lines that check() reads from its script's input.
std::string check_lines(const ObjectMap& objects, std::span<const ObjectLink> links) {
  std::string lines;
  for (const auto& [sha256, object] : objects) {
    lines += sha256 + " \n";
  }
  for (const ObjectLink& link : links) {
    lines += fmt::format("{} {}\n", link.sha256, link.path);
  }
  return lines;
}

/// Hash of the contents by name, from a listing as sha256sum prints it. The last line counts: a
/// checker may have ended half-way.
std::map<std::string, std::string> parse_hashes(std::string_view text) {
  std::map<std::string, std::string> hashes;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    if (line.size() >= kHashDigits + 2) {
      hashes[std::string(line.substr(line.find_last_of(" */") + 1))] = line.substr(0, kHashDigits);
    }
  }
  return hashes;
}

/// What is on the device before anything is sent.
struct Stock {
  std::uint64_t free_bytes = 0;
  std::map<std::string, std::string> hashes;
};

/// Makes the folders, and hashes the objects that are there: one step, because each costs a round
/// trip and the start of a shell.
Result<Stock> take_stock(DeviceLink& link, const std::string& root, const ObjectMap& objects,
                         const ObjectLayout& layout, std::uint64_t bytes) {
  const std::string folder = shell_quoted(root);
  Result<ShellOutput> output =
      link.shell(fmt::format("command -v sha256sum >/dev/null || exit 9\n"
                             "mkdir -p {0}/objects {0}/kits {0}/runs || exit 1\n"
                             "rm -rf {0}/incoming && mkdir {0}/incoming || exit 1\n"
                             "{1}\n"
                             "cd {0}/objects || exit 1\n"
                             "{2}check\n"
                             "exit 0",  // a file that cannot be read is one that is not there
                             folder, free_kib_script(folder), check_function(layout.checker)),
                 transfer_s(bytes), check_lines(objects, {}));
  const ShellOutput* text = require_ok(output);
  if (text == nullptr) {
    return output.ok() && output->exit_code == 9
               ? make_error(ErrorCode::kUnsupported,
                            "the device has no sha256sum; files cannot be kept there by their "
                            "contents")
               : refused(output, "making the folder " + root);
  }
  std::uint64_t kib = 0;
  const char* end = text->out.data() + text->out.size();
  const auto [rest, error] = std::from_chars(text->out.data(), end, kib);
  if (error != std::errc()) {
    return make_error(ErrorCode::kIo, "cannot read the free space of {} on the device: '{}'", root,
                      text->out.substr(0, text->out.find('\n')));
  }
  return Stock{kib * 1024, parse_hashes(std::string_view(rest, end))};
}

/// Puts what has arrived among the objects, where each run checks all it needs, and makes the
/// links. Asked for twice it does no harm.
std::string accept_script(const std::string& root, const ObjectMap& arrived,
                          const ObjectLayout& layout) {
  std::string executables;
  for (const auto& [sha256, object] : arrived) {
    executables += object->executable ? " " + sha256 : "";
  }
  return fmt::format(
      "cd {}/incoming || exit 1\n"
      "[ -z \"$(ls)\" ] || mv -f -- * ../objects/ || exit 1\n"
      "cd ../objects || exit 1\n"
      "{}{}check",
      shell_quoted(root),
      executables.empty() ? "" : fmt::format("chmod 755{} || exit 1\n", executables),
      check_function(layout.checker));
}

Status push_missing(DeviceLink& link, const std::string& root, const ObjectMap& missing,
                    SyncReport& report) {
  std::vector<OutgoingFile> files;
  for (const auto& [sha256, object] : missing) {
    files.push_back({object->path, sha256});
    report.pushed_bytes += object->bytes;
  }
  report.pushed_files = missing.size();
  return files.empty() ? Status()
                       : link.push(files, root + "/incoming", transfer_s(report.pushed_bytes));
}

/// Makes all links, and checks the objects that have just arrived. Returns whether the checker did.
Result<bool> accept(DeviceLink& link, const std::string& root, const ObjectMap& arrived,
                    const ObjectLayout& layout, std::uint64_t bytes) {
  Result<ShellOutput> accepted = link.shell(accept_script(root, arrived, layout), transfer_s(bytes),
                                            check_lines(arrived, layout.links));
  const ShellOutput* text = require_ok(accepted);
  if (text == nullptr) {
    return refused(accepted, "moving files into place");
  }
  const auto hashes = parse_hashes(text->out);
  for (const auto& [sha256, object] : arrived) {
    const auto hash = hashes.find(sha256);
    if (hash == hashes.end() || hash->second != sha256) {
      return make_error(ErrorCode::kIo,
                        "'{}' arrived damaged on the device: its SHA-256 there is {}, not {}; it "
                        "may be full or its storage bad",
                        object->path.string(), hash == hashes.end() ? "unreadable" : hash->second,
                        sha256);
    }
  }
  return text->out.find(kByTools) == std::string::npos;
}

}  // namespace

std::string free_kib_script(const std::string& folder) {
  // The available blocks stand before the share in use: "... 1000 400 600  40% /data".
  return fmt::format("df -k {} 2>/dev/null | tail -n 1 | sed 's/ *[0-9]*%.*//; s/.* //'", folder);
}

double transfer_s(std::uint64_t bytes) {
  return std::min(static_cast<double>(bytes) / kSlowestBytesPerS, kLongestS);
}

Result<SyncReport> sync_objects(DeviceLink& link, const std::string& root,
                                std::span<const ObjectFile> objects, const ObjectLayout& layout) {
  ObjectMap wanted;
  std::uint64_t bytes = 0;
  for (const ObjectFile& object : objects) {
    const auto [entry, added] = wanted.emplace(object.sha256, &object);
    bytes += added ? object.bytes : 0;
    if (object.executable) {
      entry->second = &object;
    }
  }
  SyncReport report;
  ASSAY_ASSIGN(const Stock stock, take_stock(link, root, wanted, layout, bytes));
  ObjectMap missing;
  std::uint64_t missing_bytes = 0;
  for (const auto& [sha256, object] : wanted) {
    const auto hash = stock.hashes.find(sha256);
    if (hash != stock.hashes.end() && hash->second == sha256) {
      ++report.kept_files;
      continue;
    }
    report.corrupt_files += hash != stock.hashes.end() ? 1U : 0U;
    missing.emplace(sha256, object);
    missing_bytes += object->bytes;
  }
  if (!missing.empty() && missing_bytes + kSpare > stock.free_bytes) {
    return make_error(ErrorCode::kIo,
                      "no room on the device: {} files of {:.1f} MB are missing in {}, and {:.1f} "
                      "MB are free (16 MB are kept for results); `assay device prune` removes old "
                      "files",
                      missing.size(), static_cast<double>(missing_bytes) / 1e6, root,
                      static_cast<double>(stock.free_bytes) / 1e6);
  }
  ASSAY_TRY(push_missing(link, root, missing, report));
  ASSAY_ASSIGN(report.by_checker, accept(link, root, missing, layout, bytes));
  return report;
}

}  // namespace assay::device
