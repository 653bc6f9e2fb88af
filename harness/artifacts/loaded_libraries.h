#pragma once

// The shared libraries that this process runs with. Linux.

#include <filesystem>
#include <string_view>
#include <vector>

namespace assay::artifacts {

/// Whether a library of this file name belongs to the C library and its loader. These are the
/// machine's, not the program's: a copy under another kernel or loader does not work.
bool is_c_library(std::string_view file_name);

/// Files of all shared libraries mapped now, in the order of their names; without the C library's,
/// the kernel's own page, and the program itself.
std::vector<std::filesystem::path> loaded_libraries();

}  // namespace assay::artifacts
