#pragma once

// Replacing the golden of a case: the new file is checked as a run would check it, set against the
// old one tensor by tensor, and put in place after a line in a log beside it says why.

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <golden/comparators.h>
#include <golden/golden_file.h>
#include <harness/base/clock.h>
#include <harness/base/result.h>
#include <harness/model/manifest.h>

namespace assay::suites {

/// Name of the log, in the folder of the goldens: one JSON object a line, only ever appended to.
inline constexpr std::string_view kBlessLog = "blessed.jsonl";

/// What a new golden changes in one tensor.
struct TensorChange {
  std::string tensor;
  std::string old_type;  ///< "float32[20,128]"; empty: the old golden has no such tensor
  std::string new_type;  ///< empty: the new one has none
  /// Of the new values against the old; absent unless both are float32 of one shape.
  std::optional<golden::ErrorSummary> error;
  std::optional<std::uint64_t> changed_decisions;  ///< of the tensor that decisions are made from
};

/// A checked replacement that nothing has been done about yet.
struct Blessing {
  std::string suite;
  std::string case_name;
  std::filesystem::path golden;  ///< what is replaced, symbolic links followed
  std::string old_sha256;
  std::string new_sha256;
  std::string reason;
  std::vector<TensorChange> changes;  ///< sorted by tensor
  std::string contents;               ///< the new file's bytes
};

/// Every tensor of either golden. `manifest` says which tensor decisions are made from, and at what
/// threshold. Pure.
std::vector<TensorChange> golden_changes(const SuiteManifest& manifest,
                                         const golden::GoldenFile& before,
                                         const golden::GoldenFile& after);

/// Checks that `from` would serve as the golden of the case. Errors: kUsage: a reason without a
/// word, an unknown case, a file that is the golden already; kCorrupt: not a golden for this model,
/// this recording and these shapes; kNotFound, kIo.
Result<Blessing> prepare_blessing(const SuiteManifest& manifest, std::string_view case_name,
                                  const std::filesystem::path& from, std::string_view reason);

/// The log's line about a blessing. Figures that JSON lacks are "inf", "-inf".
std::string blessing_as_json(const Blessing& blessing, const std::string& blessed_utc);

/// Writes the new file beside the golden, then the log line, then renames: each is synced before
/// the next. Killed anywhere, the golden is the old or the new one, whole, and never one that the
/// log has not heard of; a line whose golden did not come is told by its new_sha256. Errors: kIo.
Status commit_blessing(const Blessing& blessing, const Clock& clock);

}  // namespace assay::suites
