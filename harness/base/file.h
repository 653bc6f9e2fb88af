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

/// The file that this process runs, with symbolic links followed: what is installed beside it is
/// found from here. Errors: kIo.
Result<std::filesystem::path> program_path();

}  // namespace assay
