#pragma once

// A folder of its own for a test, removed at the end.

#include <filesystem>
#include <string>

#include <harness/base/temporary_folder.h>

namespace assay::fakes {

class TemporaryFolder {
 public:
  const std::filesystem::path& path() const { return folder_.path(); }
  std::filesystem::path operator/(const std::string& name) const { return path() / name; }

 private:
  assay::TemporaryFolder folder_ = assay::TemporaryFolder::make("test").value();
};

}  // namespace assay::fakes
