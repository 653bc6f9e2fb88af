#pragma once

// Which file of a variant is run: the suite wishes, the device and the files decide, and every
// backend that was not taken has its reason in words. Pure but for the reader of files.

#include <functional>
#include <set>
#include <string>
#include <vector>

#include <harness/base/result.h>
#include <harness/model/backend.h>
#include <harness/model/manifest.h>

namespace assay::run {

/// What the device offers.
struct DeviceBackends {
  std::vector<BackendState> states;  ///< one a backend's name
  std::set<std::string> delegates;   ///< ids that the runtime registered and that are available
};

/// The ids of the delegates that a method of a .pte needs. An error: the file cannot be read, and
/// loading it will say why.
using ReadDelegates = std::function<Result<std::vector<std::string>>(
    const std::filesystem::path& pte, const std::string& method)>;

/// A variant as it will be run.
struct BackendPick {
  VariantSpec variant;  ///< lowered for the backend
  std::string refusal;  ///< why it cannot run here, and what to do; empty: it can
};

struct BackendChoice {
  /// One for each backend that was asked for and that the variant has a file for; without any
  /// asked for exactly one.
  std::vector<BackendPick> picks;
  /// "xnnpack; not qnn: <reason>; not portable: <reason>", for RunInfo::device_facts.
  std::string words;
};

/// The choice for one variant.
///
/// With `asked` (the user's --backend): each of these, whatever the wish list says; one that cannot
/// run is refused, never replaced.
///
/// Without: the first backend of the wish list (none: the variant's own alone) that the variant has
/// a file for and that suits the device. If that one is missing on the device, or its file needs a
/// delegate that is, it is refused; with SuiteManifest::fallback the next one of the list is taken.
BackendChoice choose_backends(const SuiteManifest& suite, const VariantSpec& variant,
                              const std::vector<std::string>& asked, const DeviceBackends& device,
                              const ReadDelegates& read_delegates);

}  // namespace assay::run
