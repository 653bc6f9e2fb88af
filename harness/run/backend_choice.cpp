#include <algorithm>
#include <optional>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <harness/run/backend_choice.h>

namespace assay::run {
namespace {

/// One backend for one variant: what would be run, and why it cannot.
struct Candidate {
  std::string backend;
  std::optional<VariantSpec> variant;  ///< nothing: no file
  bool suited = true;
  std::string reason;  ///< empty: it can run
};

/// Why a file for a ready backend cannot run all the same: it needs something else as well.
std::string unmet_needs(const VariantSpec& variant, const std::string& method,
                        const DeviceBackends& device, const ReadDelegates& read_delegates) {
  const Result<std::vector<std::string>> needed = read_delegates(variant.pte, method);
  if (!needed.ok()) {
    return {};
  }
  std::vector<std::string> unmet;
  std::ranges::copy_if(*needed, std::back_inserter(unmet),
                       [&](const std::string& id) { return !device.delegates.contains(id); });
  if (unmet.empty()) {
    return {};
  }
  return fmt::format(
      "'{}' needs {}, which the runtime of this program does not have (it has: {}); "
      "export it for one of these, or add the backend's library",
      variant.pte.string(), fmt::join(unmet, ", "),
      device.delegates.empty() ? "none" : fmt::format("{}", fmt::join(device.delegates, ", ")));
}

Candidate examine(const SuiteManifest& suite, const VariantSpec& variant,
                  const std::string& backend, const DeviceBackends& device,
                  const ReadDelegates& read_delegates) {
  Candidate candidate{.backend = backend, .variant = variant.lowered_for(backend)};
  if (!candidate.variant) {
    candidate.reason = "the suite has no .pte for it";
    return candidate;
  }
  const auto state = std::ranges::find(device.states, backend, &BackendState::name);
  if (state != device.states.end() && state->fitness != BackendFitness::kReady) {
    candidate.suited = state->fitness != BackendFitness::kUnsuited;
    candidate.reason = state->reason;
    return candidate;
  }
  candidate.reason = unmet_needs(*candidate.variant, suite.model.method, device, read_delegates);
  return candidate;
}

std::string describe(std::string_view taken, const std::vector<Candidate>& candidates,
                     std::string_view otherwise) {
  std::string words(taken);
  for (const Candidate& other : candidates) {
    if (other.backend != taken) {
      words += fmt::format("; not {}: {}", other.backend,
                           other.reason.empty() ? otherwise : std::string_view(other.reason));
    }
  }
  return words;
}

BackendChoice take_asked(const std::vector<Candidate>& candidates) {
  BackendChoice choice;
  std::vector<std::string> parts;
  for (const Candidate& candidate : candidates) {
    if (candidate.variant) {
      choice.picks.push_back({*candidate.variant, candidate.reason});
    }
    parts.push_back(candidate.reason.empty()
                        ? candidate.backend
                        : fmt::format("not {}: {}", candidate.backend, candidate.reason));
  }
  choice.words = fmt::format("asked for: {}", fmt::join(parts, "; "));
  return choice;
}

/// The first that can run; else a refusal of the first whose file the device should have run.
BackendChoice take_first(const std::vector<Candidate>& candidates, bool fallback) {
  const Candidate* refused = nullptr;
  for (const Candidate& candidate : candidates) {
    if (!candidate.variant) {
      continue;
    }
    if (candidate.reason.empty()) {
      return {.picks = {{*candidate.variant, ""}},
              .words = describe(candidate.backend, candidates,
                                fmt::format("{} comes first", candidate.backend))};
    }
    if (candidate.suited && !fallback) {
      refused = &candidate;
      break;
    }
    refused = refused == nullptr ? &candidate : refused;
  }
  std::string refusal = fmt::format("{}: {}", refused->backend, refused->reason);
  if (refused->suited && !fallback && refused != &candidates.back()) {
    refusal += "; with \"fallback\": true the suite would take the next backend of its list";
  }
  return {.picks = {{*refused->variant, std::move(refusal)}},
          .words = describe("none", candidates, "the suite does not fall back")};
}

}  // namespace

BackendChoice choose_backends(const SuiteManifest& suite, const VariantSpec& variant,
                              const std::vector<std::string>& asked, const DeviceBackends& device,
                              const ReadDelegates& read_delegates) {
  std::vector<std::string> wanted = asked.empty() ? suite.backends : asked;
  const auto has_file = [&](const std::string& name) {
    return variant.lowered_for(name).has_value();
  };
  if (asked.empty() && std::ranges::none_of(wanted, has_file)) {
    wanted.push_back(variant.backend);  // a wish list that has nothing for this variant
  }
  std::vector<Candidate> candidates;
  for (const std::string& backend : wanted) {
    candidates.push_back(examine(suite, variant, backend, device, read_delegates));
  }
  return asked.empty() ? take_first(candidates, suite.fallback) : take_asked(candidates);
}

}  // namespace assay::run
