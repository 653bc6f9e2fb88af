#include <algorithm>
#include <charconv>
#include <map>
#include <set>

#include <unistd.h>

#include <harness/base/clock.h>
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

/// Hashes of those of `objects` that are in `folder`.
Result<Hashes> hash_on_device(DeviceLink& link, const std::string& folder, const ObjectMap& objects,
                              std::uint64_t bytes) {
  // A missing file makes sha256sum fail, which is no failure here; a missing sha256sum is one.
  const std::string script = fmt::format(
      "command -v sha256sum >/dev/null || exit 9\ncd {} || exit 8\n"
      "sha256sum{} 2>/dev/null\nexit 0",
      shell_quoted(folder), joined(objects));
  Result<ShellOutput> output = link.shell(script, transfer_s(bytes));
  if (const ShellOutput* text = require_ok(output)) {
    return parse_hashes(text->out);
  }
  if (output.ok() && output->exit_code == 9) {
    return make_error(ErrorCode::kUnsupported,
                      "the device has no sha256sum; files cannot be kept "
                      "there by their contents");
  }
  return refused(output, "reading " + folder);
}

/// Room left where `root` is, in bytes.
Result<std::uint64_t> prepare_folders(DeviceLink& link, const std::string& root) {
  const std::string folder = shell_quoted(root);
  Result<ShellOutput> output =
      link.shell(fmt::format("mkdir -p {0}/objects {0}/kits {0}/runs || exit 1\n"
                             "rm -rf {0}/incoming && mkdir {0}/incoming || exit 1\n"
                             "{1}",
                             folder, free_kib_script(folder)));
  const ShellOutput* text = require_ok(output);
  if (text == nullptr) {
    return refused(output, "making the folder " + root);
  }
  std::uint64_t kib = 0;
  if (std::from_chars(text->out.data(), text->out.data() + text->out.size(), kib).ec !=
      std::errc()) {
    return make_error(ErrorCode::kIo, "cannot read the free space of {} on the device: '{}'", root,
                      text->out);
  }
  return kib * 1024;
}

Status push_missing(DeviceLink& link, const std::string& root, const ObjectMap& missing,
                    SyncReport& report) {
  std::vector<OutgoingFile> files;
  std::uint64_t bytes = 0;
  std::string executables;
  for (const auto& [sha256, object] : missing) {
    files.push_back({object->path, sha256});
    bytes += object->bytes;
    executables += object->executable ? " " + sha256 : "";
  }
  const std::string incoming = root + "/incoming";
  const std::int64_t start = now_ns();
  ASSAY_TRY(link.push(files, incoming, transfer_s(bytes)));
  report.push_s += static_cast<double>(now_ns() - start) * 1e-9;
  ASSAY_ASSIGN(const Hashes hashes, hash_on_device(link, incoming, missing, bytes));
  for (const auto& [sha256, object] : missing) {
    if (!hashes.right.contains(sha256)) {
      return make_error(ErrorCode::kIo,
                        "'{}' arrived damaged on the device: its SHA-256 there is not {}; it may "
                        "be full or its storage bad",
                        object->path.string(), sha256);
    }
  }
  std::string script = fmt::format("cd {} || exit 1\n", shell_quoted(incoming));
  script += executables.empty() ? "" : fmt::format("chmod 755{} || exit 1\n", executables);
  script += fmt::format("mv -f{} ../objects/", joined(missing));
  Result<ShellOutput> moved = link.shell(script);
  if (require_ok(moved) == nullptr) {
    return refused(moved, "moving files into place");
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
                                std::span<const ObjectFile> objects) {
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
  ASSAY_ASSIGN(const std::uint64_t free_bytes, prepare_folders(link, root));
  ASSAY_ASSIGN(const Hashes there, hash_on_device(link, root + "/objects", wanted, bytes));
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
    return report;
  }
  if (missing_bytes + kSpare > free_bytes) {
    return make_error(ErrorCode::kIo,
                      "no room on the device: {} files of {:.1f} MB are missing in {}, and {:.1f} "
                      "MB are free (16 MB are kept for results); `assay device prune` removes old "
                      "files",
                      missing.size(), static_cast<double>(missing_bytes) / 1e6, root,
                      static_cast<double>(free_bytes) / 1e6);
  }
  ASSAY_TRY(push_missing(link, root, missing, report));
  return report;
}

}  // namespace assay::device
