#pragma once

// Whole-file reads and writes with errors that name the file.

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <harness/base/result.h>

namespace assay {

/// Reads a file as text. Errors: kNotFound, kIo (a folder, no permission).
Result<std::string> read_text_file(const std::filesystem::path& path);

/// Reads a file as bytes. Errors: kNotFound, kIo.
Result<std::vector<std::byte>> read_binary_file(const std::filesystem::path& path);

/// Writes through a temporary file beside `path` and a rename, so that a reader (or a crash) never
/// sees half a file. Errors: kIo with the reason, as for a full disk.
Status write_file_atomically(const std::filesystem::path& path, std::string_view contents);

/// The next content of a file: written and synced beside it, but not in its place yet, so that what
/// can fail (no permission, a full disk) has failed before anything is changed.
class StagedFile {
 public:
  /// Writes `contents` to a temporary file in the folder of `path`. Errors: kIo, kNotFound (no such
  /// folder).
  static Result<StagedFile> write(const std::filesystem::path& path, std::string_view contents);
  StagedFile(StagedFile&& other) noexcept;
  StagedFile& operator=(StagedFile&&) = delete;
  StagedFile(const StagedFile&) = delete;
  StagedFile& operator=(const StagedFile&) = delete;
  /// Removes the temporary file unless it was put in place.
  ~StagedFile();

  /// Puts it in place with a rename, and syncs the folder: a crash or a power cut leaves the old
  /// file or the new one. Errors: kIo.
  Status replace();

 private:
  StagedFile(std::filesystem::path path, std::filesystem::path temporary)
      : path_(std::move(path)), temporary_(std::move(temporary)) {}

  std::filesystem::path path_;
  std::filesystem::path temporary_;  ///< empty once it is in place
};

/// Adds `line` and a line break to the end of a file, which is made if missing, and syncs it. What
/// is there is kept; a last line that a crash cut short is ended first. Errors: kIo, kNotFound (no
/// such folder).
Status append_line(const std::filesystem::path& path, std::string_view line);

/// The file of this program: what is installed beside it is found from here. The last of
/// launch_words() (harness/base/launch.h). Errors: as there.
Result<std::filesystem::path> program_path();

}  // namespace assay
