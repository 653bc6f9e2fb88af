#pragma once

// How this program was started, for starting it again. A program that runs through a loader of its
// own (a device without its C library) or through an emulator is not what the kernel says it is:
// /proc/self/exe is the loader then, and started alone it would not find its libraries.

#include <filesystem>
#include <string>
#include <vector>

#include <harness/base/result.h>

namespace assay {

/// The environment variable that whoever starts assay through something else sets: the words it was
/// started with, up to the program's path and without the program's own arguments, one a line.
inline constexpr auto kLaunchVariable = "ASSAY_LAUNCH";

/// The words that start this program: those of ASSAY_LAUNCH, else the file that the kernel names,
/// with symbolic links followed. The last one is the program. Errors: kUsage, when the variable is
/// no such list; kIo.
Result<std::vector<std::string>> launch_words();

/// The words that start `program`: launch_words() if it is this program, else its absolute path.
/// Errors: as launch_words().
Result<std::vector<std::string>> words_to_start(const std::filesystem::path& program);

}  // namespace assay
