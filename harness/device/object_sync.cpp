#include <algorithm>
#include <charconv>
#include <map>
#include <set>

#include <harness/device/object_sync.h>

namespace assay::device {
namespace {

constexpr double kSlowestBytesPerS = 2e6;
constexpr double kLongestS = 6 * 3600;
constexpr std::uint64_t kSpare = 16U << 20U;  // for databases and logs
constexpr std::size_t kHashDigits = 64;

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

std::string joined(const ObjectMap& objects) {
  std::string words;
  for (const auto& [sha256, object] : objects) {
    words += ' ';
    words += sha256;
  }
  return words;
}

/// The names of a sha256sum listing whose hash is not their name, and those where it is.
struct Hashes {
  std::set<std::string> right;
  std::set<std::string> wrong;
};

Hashes parse_hashes(std::string_view text) {
  Hashes hashes;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    if (line.size() < kHashDigits + 2) {
      continue;
    }
    const std::string name(line.substr(line.find_last_of(" */") + 1));
    (name == line.substr(0, kHashDigits) ? hashes.right : hashes.wrong).insert(name);
  }
  return hashes;
}

/// What is on the device before anything is sent.
struct Stock {
  std::uint64_t free_bytes = 0;
  Hashes objects;
};

/// Makes the folders, and hashes the objects that are there: one step, because each costs a round
/// trip and the start of a shell.
Result<Stock> take_stock(DeviceLink& link, const std::string& root, const ObjectMap& objects,
                         std::uint64_t bytes) {
  const std::string folder = shell_quoted(root);
  // A missing file makes sha256sum fail, which is no failure here; a missing sha256sum is one.
  Result<ShellOutput> output =
      link.shell(fmt::format("command -v sha256sum >/dev/null || exit 9\n"
                             "mkdir -p {0}/objects {0}/kits {0}/runs || exit 1\n"
                             "rm -rf {0}/incoming && mkdir {0}/incoming || exit 1\n"
                             "{1}\n"
                             "cd {0}/objects || exit 1\n"
                             "sha256sum{2} 2>/dev/null\n"
                             "exit 0",
                             folder, free_kib_script(folder), joined(objects)),
                 transfer_s(bytes));
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

/// Moves every file whose hash is its name from ROOT/incoming to ROOT/objects, runs `then` if none
/// is missing there, and prints the names of those that are there. Asked for twice it does no harm.
std::string accept_script(const std::string& root, const ObjectMap& files,
                          const std::string& executables, const std::string& then) {
  return fmt::format(
      "cd {0}/incoming || exit 1\n"
      "right=$(sha256sum{1} 2>/dev/null | while read -r hash name; do\n"
      "  [ \"$hash\" = \"$name\" ] && echo \"$name\"\n"
      "done)\n"
      "[ -z \"$right\" ] || mv -f $right ../objects/ || exit 1\n"
      "cd ../objects || exit 1\n"
      "{2}"
      "there=$(ls -d{1} 2>/dev/null)\n"
      "printf '%s\\n' \"$there\"\n"
      "[ \"$(printf '%s\\n' \"$there\" | wc -l)\" -lt {3} ] && exit 0\n"
      "{4}",
      shell_quoted(root), joined(files),
      executables.empty() ? "" : fmt::format("chmod 755{} 2>/dev/null\n", executables),
      files.size(), then);
}

Status push_missing(DeviceLink& link, const std::string& root, const ObjectMap& missing,
                    const std::string& then, SyncReport& report) {
  std::vector<OutgoingFile> files;
  std::uint64_t bytes = 0;
  std::string executables;
  for (const auto& [sha256, object] : missing) {
    files.push_back({object->path, sha256});
    bytes += object->bytes;
    executables += object->executable ? " " + sha256 : "";
  }
  ASSAY_TRY(link.push(files, root + "/incoming", transfer_s(bytes)));
  Result<ShellOutput> accepted =
      link.shell(accept_script(root, missing, executables, then), transfer_s(bytes));
  const ShellOutput* text = require_ok(accepted);
  if (text == nullptr) {
    return refused(accepted, "moving files into place");
  }
  for (const auto& [sha256, object] : missing) {
    if (text->out.find(sha256) == std::string::npos) {
      return make_error(ErrorCode::kIo,
                        "'{}' arrived damaged on the device: its SHA-256 there is not {}; it may "
                        "be full or its storage bad",
                        object->path.string(), sha256);
    }
  }
  report.pushed_files += missing.size();
  report.pushed_bytes += bytes;
  return {};
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
                                std::span<const ObjectFile> objects, const std::string& then) {
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
  ASSAY_ASSIGN(const Stock stock, take_stock(link, root, wanted, bytes));
  const Hashes& there = stock.objects;
  report.kept_files = there.right.size();
  report.corrupt_files = there.wrong.size();
  ObjectMap missing;
  std::uint64_t missing_bytes = 0;
  for (const auto& [sha256, object] : wanted) {
    if (!there.right.contains(sha256)) {
      missing.emplace(sha256, object);
      missing_bytes += object->bytes;
    }
  }
  if (missing.empty()) {
    Result<ShellOutput> done = link.shell(then);
    return require_ok(done) != nullptr ? Result<SyncReport>(report)
                                       : refused(done, "laying out files");
  }
  if (missing_bytes + kSpare > stock.free_bytes) {
    return make_error(ErrorCode::kIo,
                      "no room on the device: {} files of {:.1f} MB are missing in {}, and {:.1f} "
                      "MB are free (16 MB are kept for results); `assay device prune` removes old "
                      "files",
                      missing.size(), static_cast<double>(missing_bytes) / 1e6, root,
                      static_cast<double>(stock.free_bytes) / 1e6);
  }
  ASSAY_TRY(push_missing(link, root, missing, then, report));
  return report;
}

}  // namespace assay::device
