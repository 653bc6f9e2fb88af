#pragma once

#include <filesystem>
#include <string_view>
#include <utility>

#include <harness/base/result.h>

namespace assay {

/// A folder of its own among the temporary files, removed with all that is in it.
class TemporaryFolder {
 public:
  /// `purpose` is part of the folder's name. Errors: kIo.
  static Result<TemporaryFolder> make(std::string_view purpose);

  TemporaryFolder(TemporaryFolder&& other) noexcept : path_(std::exchange(other.path_, {})) {}
  TemporaryFolder& operator=(TemporaryFolder&&) = delete;
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  ~TemporaryFolder();

  const std::filesystem::path& path() const { return path_; }

 private:
  explicit TemporaryFolder(std::filesystem::path path) : path_(std::move(path)) {}
  std::filesystem::path path_;
};

}  // namespace assay
