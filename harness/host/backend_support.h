#pragma once

// Which backends a device can run: by its SoC, its libraries, and what the runtime of this program
// registered. The table is in docs/guide/backends.md.

#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <harness/model/backend.h>

namespace assay::host {

/// Who made a system on chip.
enum class SocVendor { kUnknown, kQualcomm, kMediatek, kSamsung, kGoogle, kHisilicon, kUnisoc };

/// By Android's ro.board.platform ("kalama", "mt6989") or by device-tree compatible strings
/// ("qcom,sm8550"), separated by blanks.
SocVendor soc_vendor(std::string_view soc);

/// "Qualcomm", "MediaTek", ...; "unknown".
std::string_view soc_vendor_name(SocVendor vendor);

/// What the choice of a backend depends on.
struct BackendTraits {
  std::string arch;                       ///< "x86_64", "aarch64"
  std::string soc;                        ///< of the fingerprint; empty: not known
  bool vulkan = false;                    ///< see has_vulkan()
  std::map<std::string, bool> delegates;  ///< that the runtime registered -> available
};

/// Whether a Vulkan loader library, or Adreno's device node, is there. Files only: nothing is
/// loaded.
bool has_vulkan(const std::filesystem::path& root = "/");

/// One state for each of backend_names(), in that order. Pure.
std::vector<BackendState> backend_states(const BackendTraits& traits);

}  // namespace assay::host
