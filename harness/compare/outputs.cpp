#include <cmath>
#include <limits>
#include <string_view>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <harness/compare/outputs.h>
#include <harness/compare/series.h>

namespace assay::compare {
namespace {

/// Fills the SQNR from two series of one length, or why there is none.
void set_sqnr(const std::vector<float>& a, const std::vector<float>& b, OutputMatch& match) {
  double signal = 0;
  double noise = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const auto value = static_cast<double>(a[i]);
    const double error = static_cast<double>(b[i]) - value;
    signal += value * value;
    noise += error * error;
  }
  if (!std::isfinite(signal) || !std::isfinite(noise)) {
    match.reason = fmt::format("a value of '{}' is not finite", match.series);
  } else if (noise == 0) {
    match.sqnr_db = std::numeric_limits<double>::infinity();
  } else if (signal == 0) {
    match.reason = fmt::format("every value of '{}' is 0 on side A", match.series);
  } else {
    match.sqnr_db = 10 * std::log10(signal / noise);
  }
}

OutputMatch match_pair(const CellPair& pair, const std::vector<std::string_view>& series) {
  const Cell& a = *pair.a;
  const Cell& b = *pair.b;
  OutputMatch match{.case_name = a.key.case_name, .identical = a.output_hash == b.output_hash};
  for (const std::string_view name : series) {
    const std::vector<float>* of_a = find_series(a, name);
    const std::vector<float>* of_b = find_series(b, name);
    if (of_a == nullptr || of_b == nullptr) {
      continue;
    }
    match.series = name;
    if (of_a->size() == of_b->size()) {
      set_sqnr(*of_a, *of_b, match);
    } else {
      match.reason = fmt::format("'{}' has {} values on side A and {} on side B", name,
                                 of_a->size(), of_b->size());
    }
    return match;
  }
  match.reason = fmt::format("no series of {} is stored on both sides", fmt::join(series, ", "));
  return match;
}

}  // namespace

std::vector<OutputMatch> match_outputs(std::span<const CellPair> pairs, const UnitSource& units) {
  std::vector<std::string_view> series;
  for (const UnitKind* kind : units.kinds()) {
    series.push_back(kind->output_series);
  }
  std::vector<OutputMatch> matches;
  for (const CellPair& pair : pairs) {
    matches.push_back(match_pair(pair, series));
  }
  return matches;
}

}  // namespace assay::compare
