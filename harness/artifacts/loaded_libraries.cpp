#include <algorithm>
#include <array>
#include <map>
#include <string>

#include <link.h>

#include <harness/artifacts/loaded_libraries.h>

namespace assay::artifacts {
namespace {

namespace fs = std::filesystem;

/// All that the Debian package libc6 puts into a process, up to the dot of ".so".
constexpr std::array<std::string_view, 9> kCLibraries{
    "libc", "libm", "libmvec", "libpthread", "libdl", "librt", "libutil", "libresolv", "libanl"};

using LibrariesByName = std::map<std::string, fs::path>;

int add_library(dl_phdr_info* info, std::size_t, void* data) {
  const fs::path path(info->dlpi_name);
  const std::string name = path.filename().string();
  // The program has no name here, and the kernel's page (linux-vdso) has no folder.
  if (path.has_parent_path() && !is_c_library(name)) {
    static_cast<LibrariesByName*>(data)->try_emplace(name, path);
  }
  return 0;
}

}  // namespace

bool is_c_library(std::string_view file_name) {
  if (file_name.starts_with("ld-") || file_name.starts_with("ld.so") ||
      file_name.starts_with("ld64.so") || file_name.starts_with("libnss_") ||
      file_name.starts_with("linux-")) {
    return true;
  }
  const std::string_view stem = file_name.substr(0, file_name.find(".so"));
  return std::ranges::find(kCLibraries, stem) != kCLibraries.end();
}

std::vector<fs::path> loaded_libraries() {
  LibrariesByName libraries;
  ::dl_iterate_phdr(&add_library, &libraries);
  std::vector<fs::path> paths;
  for (const auto& [name, path] : libraries) {
    paths.push_back(path);
  }
  return paths;
}

}  // namespace assay::artifacts
