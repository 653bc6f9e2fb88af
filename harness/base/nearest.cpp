#include <algorithm>
#include <numeric>
#include <vector>

#include <fmt/ranges.h>

#include <harness/base/nearest.h>

namespace assay {
namespace {

// A longer name is no slip of any known name, and the distance is quadratic in the length.
constexpr std::size_t kLongestName = 100;

/// Levenshtein distance: insertions, deletions and substitutions, one row at a time.
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i + 1;
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t substituted = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({row[j] + 1, row[j + 1] + 1, substituted});
    }
  }
  return row.back();
}

}  // namespace

std::optional<std::string> nearest_name(std::string_view name,
                                        std::span<const std::string> candidates) {
  if (name.size() > kLongestName) {
    return std::nullopt;
  }
  std::optional<std::string> best;
  std::size_t best_distance = 0;
  for (const std::string& candidate : candidates) {
    const std::size_t distance = edit_distance(name, candidate);
    const bool likely = distance * 3 <= std::max(name.size(), candidate.size());
    if (likely && (!best || distance < best_distance)) {
      best = candidate;
      best_distance = distance;
    }
  }
  return best;
}

std::string known_names_hint(std::string_view name, std::span<const std::string> candidates) {
  const auto nearest = nearest_name(name, candidates);
  return fmt::format("{}known are {}", nearest ? fmt::format("did you mean '{}'? ", *nearest) : "",
                     fmt::join(candidates, ", "));
}

}  // namespace assay
