#pragma once

// A device kit: the program with all that it needs to start on a device that has nothing, as
// scripts/device_kit makes it.

#include <filesystem>
#include <string>
#include <vector>

#include <harness/base/result.h>
#include <harness/device/object_sync.h>

namespace assay::device {

struct KitFile {
  std::string path;  ///< in the kit, "bin/assay"
  ObjectFile object;
};

struct DeviceKit {
  std::filesystem::path folder;
  std::string sha256;  ///< of the manifest: names the kit
  std::string arch;
  std::string tool_commit;
  std::vector<std::string> launch;  ///< words that start it; those with '/' are paths in the kit
  std::vector<KitFile> files;
  /// Ids of the delegates that its runtime brings and can use.
  std::vector<std::string> delegates = {"XnnpackBackend"};
};

/// Reads the manifest of a kit and checks the size of each file. Errors: kNotFound, saying how to
/// make one; kCorrupt for a manifest that says something else than the folder.
Result<DeviceKit> load_kit(const std::filesystem::path& folder);

/// The kit's files as links below ROOT/kits to the objects in ROOT/objects.
std::vector<ObjectLink> kit_links(const DeviceKit& kit, const std::string& root);

/// The words that start the kit's program from its objects alone, before the links are there: the
/// loader is told each library, and knows by their names inside which is which. Empty for a kit
/// that is started in another way than make_device_kit.py's.
std::vector<std::string> kit_checker_words(const DeviceKit& kit, const std::string& root);

/// The words that start the kit's program on the device, `launcher` first: absolute paths.
std::vector<std::string> kit_launch_words(const DeviceKit& kit, const std::string& root,
                                          const std::vector<std::string>& launcher);

}  // namespace assay::device
