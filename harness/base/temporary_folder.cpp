#include <cstdlib>
#include <string>
#include <system_error>

#include <fmt/format.h>

#include <harness/base/temporary_folder.h>

namespace assay {

namespace fs = std::filesystem;

Result<TemporaryFolder> TemporaryFolder::make(std::string_view purpose) {
  std::error_code code;
  const fs::path parent = fs::temp_directory_path(code);
  std::string pattern = (parent / fmt::format("assay-{}-XXXXXX", purpose)).string();
  if (code || ::mkdtemp(pattern.data()) == nullptr) {
    return make_error(
        ErrorCode::kIo,
        "cannot make the temporary folder '{}'; set TMPDIR to one that can be written to", pattern);
  }
  return TemporaryFolder(pattern);
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

}  // namespace assay
