#pragma once

// What a run was measured with, fact by fact, so that two runs can be asked whether they are alike.
// Stored as keys and words (a table of the database, an object of every export): to_words() and
// fingerprint_from() are the only places that know the keys.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <harness/model/fact.h>

namespace assay {

struct Fingerprint {
  Fact<std::string> tool_version = {};  ///< "0.2.0"
  Fact<std::string> tool_commit = {};   ///< 12 hex digits
  Fact<bool> tool_dirty = {};           ///< tracked files differed from the commit
  Fact<BuildType> build_type = {};
  Fact<FactList> sanitizers = {};             ///< as given to -fsanitize=
  Fact<std::string> compiler = {};            ///< "GNU 12.2.0"
  Fact<std::string> executorch_version = {};  ///< of the SDK that was linked
  Fact<std::string> os = {};
  Fact<std::string> kernel = {};  ///< its release
  Fact<std::string> arch = {};    ///< what the program was built for: "x86_64"
  Fact<std::string> cpu_model = {};
  Fact<FactList> cpu_features = {};
  Fact<std::int64_t> cpu_count = {};    ///< processors online
  Fact<std::string> cpu_affinity = {};  ///< those that the program may use: "0-3,6"
  Fact<std::string> soc = {};           ///< device-tree strings, blanks between them
  Fact<std::int64_t> ram_bytes = {};
  Fact<FactList> governor = {};               ///< the distinct ones, sorted
  Fact<std::int64_t> cpu_frequency_khz = {};  ///< the highest of any core
  Fact<double> temperature_c = {};            ///< of the hottest thermal zone
  Fact<std::string> hostname_hash = {};       ///< 12 hex digits
  /// Keys that this program does not know, as they were stored.
  std::map<std::string, std::string> others = {};
  friend bool operator==(const Fingerprint&, const Fingerprint&) = default;
};

/// Key -> words, as stored. A fact that is not recorded has no key.
using FingerprintWords = std::map<std::string, std::string>;

FingerprintWords to_words(const Fingerprint& fingerprint);
/// The reverse. What it does not understand is kept: to_words() gives it back.
Fingerprint fingerprint_from(const FingerprintWords& words);

/// The keys of all facts, sorted.
const std::vector<std::string>& fingerprint_keys();
/// Every fact looked for in vain.
Fingerprint unreadable_fingerprint();

/// The key of the identity that says which runtime was measured, not where.
inline constexpr std::string_view kRuntimeKey = "executorch_version";

/// The keys that must be equal for two runs' times to be compared at all, in the order in which
/// machine_identity() hashes them.
const std::vector<std::string>& fingerprint_identity_keys();

/// A key of the identity whose words differ. Nothing: that side did not record it.
struct IdentityDifference {
  std::string key;
  std::optional<std::string> a;
  std::optional<std::string> b;
};

/// In the order of fingerprint_identity_keys().
std::vector<IdentityDifference> identity_differences(const Fingerprint& a, const Fingerprint& b);

/// Twelve hex digits that stand for the machine and the kind of build: all identity keys but the
/// runtime's version, because a gate may be asked what another runtime did. Calibrations and floors
/// are stored under it: the digits of a stored fingerprint must never change.
std::string machine_identity(const Fingerprint& fingerprint);

/// Whether times of that build can be trusted to be those of a release: known to be neither a debug
/// build nor one without a build type.
bool is_optimized(BuildType type);

}  // namespace assay
