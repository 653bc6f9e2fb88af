#include <algorithm>
#include <string>

#include <harness/base/nearest.h>
#include <suites/manifest/suite_finder.h>

namespace assay::suites {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kExtension = ".json";
// build/<preset>/tests/unit/<folder> is five folders below the source tree.
constexpr int kMaxLevels = 6;

bool exists_as_file(const fs::path& path) {
  std::error_code error;
  return fs::is_regular_file(path, error);
}

}  // namespace

std::vector<fs::path> list_suite_files(const fs::path& folder) {
  std::vector<fs::path> files;
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error)) {
    if (entry->path().extension() == kExtension && exists_as_file(entry->path())) {
      files.push_back(entry->path());
    }
  }
  std::sort(files.begin(), files.end());
  return files;
}

std::optional<fs::path> find_suites_folder(const fs::path& program) {
  fs::path folder = program.parent_path();
  for (int level = 0; level < kMaxLevels; ++level) {
    for (const char* candidate : {"share/assay/suites", "suites"}) {
      if (!list_suite_files(folder / candidate).empty()) {
        return folder / candidate;
      }
    }
    if (folder == folder.parent_path()) {
      break;
    }
    folder = folder.parent_path();
  }
  return std::nullopt;
}

Result<fs::path> find_full_tier(std::string_view name, const fs::path& cache) {
  if (name.find('/') != std::string_view::npos || fs::path(name).extension() == kExtension) {
    return make_error(ErrorCode::kUsage, "--tier full takes the name of a suite, not the path '{}'",
                      name);
  }
  const fs::path file = cache / "full_tier" / fmt::format("{}{}", name, kExtension);
  if (!exists_as_file(file)) {
    return make_error(
        ErrorCode::kNotFound,
        "there is no full tier of suite '{}': '{}' does not exist. Make it with "
        "scripts/full_tier (several GB and an hour; it goes on where it was stopped), "
        "and set ASSAY_CACHE if it was made elsewhere",
        name, file.string());
  }
  return file;
}

Result<fs::path> find_suite(std::string_view name_or_path, const std::optional<fs::path>& folder) {
  const fs::path path(name_or_path);
  if (name_or_path.find('/') != std::string_view::npos || path.extension() == kExtension) {
    if (exists_as_file(path)) {
      return path;
    }
    return make_error(ErrorCode::kNotFound, "there is no suite file '{}'", name_or_path);
  }
  std::vector<std::string> names;
  if (folder) {
    for (const fs::path& file : list_suite_files(*folder)) {
      if (file.stem() == path) {
        return file;
      }
      names.push_back(file.stem().string());
    }
  }
  if (names.empty()) {
    return make_error(ErrorCode::kNotFound,
                      "no suite '{}': there are no built-in suites beside this program; give the "
                      "path of a suite file (./my-suite.json)",
                      name_or_path);
  }
  return make_error(ErrorCode::kNotFound,
                    "no suite '{}': {}. A suite file is named by its path (./my-suite.json)",
                    name_or_path, known_names_hint(name_or_path, names));
}

}  // namespace assay::suites
