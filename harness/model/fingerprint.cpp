#include <span>

#include <harness/base/hash.h>
#include <harness/model/fingerprint.h>

namespace assay {
namespace {

/// Calls `visit` with the key and the fact of each. Bound by position, so that a new fact that is
/// not stored does not compile.
template <class AnyFingerprint, class Visit>
void visit_facts(AnyFingerprint& fingerprint, Visit visit) {
  auto& [tool_version, tool_commit, tool_dirty, build_type, sanitizers, compiler,
         executorch_version, os, kernel, arch, cpu_model, cpu_features, cpu_count, cpu_affinity,
         soc, ram_bytes, governor, cpu_frequency_khz, temperature_c, hostname_hash, others] =
      fingerprint;
  visit("tool_version", tool_version);
  visit("tool_commit", tool_commit);
  visit("tool_dirty", tool_dirty);
  visit("build_type", build_type);
  visit("sanitizers", sanitizers);
  visit("compiler", compiler);
  visit("executorch_version", executorch_version);
  visit("os", os);
  visit("kernel", kernel);
  visit("arch", arch);
  visit("cpu_model", cpu_model);
  visit("cpu_features", cpu_features);
  visit("cpu_count", cpu_count);
  visit("cpu_affinity", cpu_affinity);
  visit("soc", soc);
  visit("ram_bytes", ram_bytes);
  visit("governor", governor);
  visit("cpu_frequency_khz", cpu_frequency_khz);
  visit("temperature_c", temperature_c);
  visit("hostname_hash", hostname_hash);
  (void)others;
}

std::optional<std::string> find_words(const FingerprintWords& words, const std::string& key) {
  const auto found = words.find(key);
  return found == words.end() ? std::nullopt : std::optional(found->second);
}

}  // namespace

FingerprintWords to_words(const Fingerprint& fingerprint) {
  FingerprintWords words = fingerprint.others;
  visit_facts(fingerprint, [&words](const char* key, const auto& fact) {
    if (fact.words()) {
      words.emplace(key, *fact.words());
    }
  });
  return words;
}

Fingerprint fingerprint_from(const FingerprintWords& words) {
  Fingerprint fingerprint;
  fingerprint.others = words;
  visit_facts(fingerprint, [&others = fingerprint.others](const char* key, auto& fact) {
    if (auto stored = others.extract(key)) {
      fact = std::remove_cvref_t<decltype(fact)>::read(std::move(stored.mapped()));
    }
  });
  return fingerprint;
}

const std::vector<std::string>& fingerprint_keys() {
  static const std::vector<std::string> keys = [] {
    std::vector<std::string> all;
    for (const auto& [key, words] : to_words(unreadable_fingerprint())) {
      all.push_back(key);
    }
    return all;
  }();
  return keys;
}

Fingerprint unreadable_fingerprint() {
  Fingerprint fingerprint;
  visit_facts(fingerprint, [](const char*, auto& fact) {
    fact = std::remove_cvref_t<decltype(fact)>::unreadable();
  });
  return fingerprint;
}

const std::vector<std::string>& fingerprint_identity_keys() {
  static const std::vector<std::string> keys{"build_type", "sanitizers",   "executorch_version",
                                             "arch",       "cpu_model",    "cpu_features",
                                             "cpu_count",  "hostname_hash"};
  return keys;
}

std::vector<IdentityDifference> identity_differences(const Fingerprint& a, const Fingerprint& b) {
  const FingerprintWords words_a = to_words(a);
  const FingerprintWords words_b = to_words(b);
  std::vector<IdentityDifference> differences;
  for (const std::string& key : fingerprint_identity_keys()) {
    IdentityDifference difference{
        .key = key, .a = find_words(words_a, key), .b = find_words(words_b, key)};
    if (difference.a != difference.b) {
      differences.push_back(std::move(difference));
    }
  }
  return differences;
}

std::string machine_identity(const Fingerprint& fingerprint) {
  const FingerprintWords words = to_words(fingerprint);
  std::string text;
  for (const std::string& key : fingerprint_identity_keys()) {
    if (key != kRuntimeKey) {
      text += key + '=' + find_words(words, key).value_or("") + '\n';
    }
  }
  return sha256_hex(std::as_bytes(std::span(text))).substr(0, 12);
}

bool is_optimized(BuildType type) { return type != BuildType::kDebug && type != BuildType::kNone; }

}  // namespace assay
