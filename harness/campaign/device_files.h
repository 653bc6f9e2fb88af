#pragma once

// The files that a plan needs on a device, and where they lie there.

#include <filesystem>
#include <string>
#include <vector>

#include <harness/base/result.h>
#include <harness/device/remote_run.h>
#include <harness/run/plan.h>

namespace assay::campaign {

struct DeviceFiles {
  std::vector<device::RunFile> files;
  std::vector<std::string> suites;  ///< the manifests, as paths in the run's tree
};

/// Every file of the plan's picked variants and cases, hashed; hashes of unchanged files are taken
/// from `hash_cache` and kept there. Paths in the tree are those below the files' common folder, so
/// that what a manifest says relative to itself holds there too. Files that are not here are left
/// out: their cells fail on the device with a name. Errors: kIo for a file that cannot be read.
Result<DeviceFiles> collect_device_files(const run::RunPlan& plan,
                                         const std::filesystem::path& hash_cache);

/// The longest folder that all paths lie in; they are absolute and normal. Empty for no paths.
std::filesystem::path common_folder(const std::vector<std::filesystem::path>& paths);

/// The words of `assay run` on the device that ask for the plan: suites by their paths there, and
/// every option that is not a default.
std::vector<std::string> device_arguments(RunOptions options, std::vector<std::string> suites);

}  // namespace assay::campaign
