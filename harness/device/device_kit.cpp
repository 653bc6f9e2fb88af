#include <algorithm>
#include <limits>
#include <map>

#include <fmt/ranges.h>

#include <harness/base/file.h>
#include <harness/base/hash.h>
#include <harness/base/json.h>
#include <harness/device/device_kit.h>

namespace assay::device {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kKitFormat = "assay-device-kit";

bool stays_inside(const std::string& path) {
  const fs::path parsed(path);
  return !path.empty() && parsed.is_relative() &&
         std::ranges::none_of(parsed, [](const fs::path& part) { return part == ".."; });
}

Result<std::string> text_of(const JsonValue& object, std::string_view key) {
  ASSAY_ASSIGN(const JsonValue value, object.require(key));
  return value.as_nonempty_text();
}

Result<KitFile> read_file(const JsonValue& object, const fs::path& folder) {
  ASSAY_TRY(object.expect_object({"path", "sha256", "bytes", "executable"}));
  KitFile file;
  ASSAY_ASSIGN(file.path, text_of(object, "path"));
  if (!stays_inside(file.path)) {
    return object.error("its path leaves the kit");
  }
  ASSAY_ASSIGN(file.object.sha256, text_of(object, "sha256"));
  ASSAY_ASSIGN(const JsonValue bytes, object.require("bytes"));
  ASSAY_ASSIGN(const std::int64_t size,
               bytes.as_integer(0, std::numeric_limits<std::int64_t>::max()));
  ASSAY_ASSIGN(const JsonValue executable, object.require("executable"));
  ASSAY_ASSIGN(file.object.executable, executable.as_flag());
  file.object.path = folder / file.path;
  file.object.bytes = static_cast<std::uint64_t>(size);
  std::error_code code;
  if (fs::file_size(file.object.path, code) != file.object.bytes || code) {
    return object.error(
        fmt::format("the kit's file is not there with {} bytes; make the kit again "
                    "with scripts/device_kit",
                    size));
  }
  return file;
}

std::string kit_folder(const DeviceKit& kit, const std::string& root) {
  constexpr std::size_t kShort = 16;
  return root + "/kits/" + kit.sha256.substr(0, kShort);
}

}  // namespace

Result<DeviceKit> load_kit(const fs::path& folder) {
  const fs::path manifest = folder / "manifest.json";
  Result<std::string> text = read_text_file(manifest);
  if (!text.ok()) {
    return make_error(ErrorCode::kNotFound,
                      "no device kit in '{}'; make one with scripts/device_kit --arch ARCH",
                      folder.string());
  }
  ASSAY_ASSIGN(const JsonValue document,
               JsonValue::parse(*text, manifest.string(), ErrorCode::kCorrupt));
  ASSAY_TRY(document.expect_object({"format", "version", "arch", "tool_commit",
                                    "executorch_version", "launch", "files", "delegates"}));
  ASSAY_ASSIGN(const std::string format, text_of(document, "format"));
  ASSAY_ASSIGN(const JsonValue version, document.require("version"));
  if (format != kKitFormat || !version.as_integer(1, 1).ok()) {
    return document.error(fmt::format("is no {} of version 1", kKitFormat));
  }
  DeviceKit kit{.folder = folder, .sha256 = sha256_hex(std::as_bytes(std::span(*text)))};
  ASSAY_ASSIGN(kit.arch, text_of(document, "arch"));
  ASSAY_ASSIGN(kit.tool_commit, text_of(document, "tool_commit"));
  ASSAY_ASSIGN(const JsonValue launch, document.require("launch"));
  ASSAY_ASSIGN(const std::vector<JsonValue> words, launch.as_nonempty_list());
  for (const JsonValue& word : words) {
    ASSAY_ASSIGN(std::string text_word, word.as_nonempty_text());
    kit.launch.push_back(std::move(text_word));
  }
  if (const auto delegates = document.find("delegates")) {
    ASSAY_ASSIGN(const std::vector<JsonValue> ids, delegates->as_list());
    kit.delegates.clear();
    for (const JsonValue& id : ids) {
      ASSAY_ASSIGN(std::string text_id, id.as_nonempty_text());
      kit.delegates.push_back(std::move(text_id));
    }
  }
  ASSAY_ASSIGN(const JsonValue list, document.require("files"));
  ASSAY_ASSIGN(const std::vector<JsonValue> files, list.as_nonempty_list());
  for (const JsonValue& item : files) {
    ASSAY_ASSIGN(KitFile file, read_file(item, folder));
    kit.files.push_back(std::move(file));
  }
  return kit;
}

std::vector<ObjectLink> kit_links(const DeviceKit& kit, const std::string& root) {
  std::vector<ObjectLink> links;
  for (const KitFile& file : kit.files) {
    links.push_back({file.object.sha256, kit_folder(kit, root) + "/" + file.path});
  }
  return links;
}

std::vector<std::string> kit_checker_words(const DeviceKit& kit, const std::string& root) {
  if (kit.launch.size() != 4 || kit.launch[1] != "--library-path") {
    return {};
  }
  const std::string& loader = kit.launch.front();
  const std::string& program = kit.launch.back();
  std::map<std::string, std::string> objects;  // by path in the kit
  std::vector<std::string> libraries;
  for (const KitFile& file : kit.files) {
    objects[file.path] = root + "/objects/" + file.object.sha256;
    if (file.path != loader && fs::path(file.path).parent_path() == kit.launch[2]) {
      libraries.push_back(objects[file.path]);
    }
  }
  if (!objects.contains(loader) || !objects.contains(program)) {
    return {};
  }
  return {objects[loader], "--preload", fmt::format("{}", fmt::join(libraries, ":")),
          objects[program]};
}

std::vector<std::string> kit_launch_words(const DeviceKit& kit, const std::string& root,
                                          const std::vector<std::string>& launcher) {
  std::vector<std::string> words = launcher;
  const std::string folder = kit_folder(kit, root);
  const auto is_in_kit = [&kit](const std::string& word) {
    const fs::path path(word);
    return std::ranges::any_of(kit.files, [&](const KitFile& file) {
      return file.path == word || fs::path(file.path).parent_path() == path;
    });
  };
  for (const std::string& word : kit.launch) {
    words.push_back(is_in_kit(word) ? fmt::format("{}/{}", folder, word) : word);
  }
  return words;
}

}  // namespace assay::device
