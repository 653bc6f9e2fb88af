#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include <harness/compare/outputs.h>
#include <reports/canvas/format.h>
#include <reports/matrix/matrix_outputs.h>

namespace assay::reports {
namespace {

using Cells = std::vector<const Cell*>;

/// Cells of one case and one recording on both devices.
std::vector<compare::CellPair> pair_cells(const Cells& reference, const Cells& other) {
  std::vector<compare::CellPair> pairs;
  for (const Cell* b : other) {
    const auto a = std::ranges::find_if(reference, [&](const Cell* cell) {
      return cell->key.case_name == b->key.case_name && cell->input_sha256 == b->input_sha256;
    });
    if (a != reference.end()) {
      pairs.push_back({*a, b});
    }
  }
  return pairs;
}

bool is_one_file(const std::vector<compare::CellPair>& pairs) {
  return std::ranges::all_of(pairs, [](const compare::CellPair& pair) {
    return pair.a->worker.pte_sha256 == pair.b->worker.pte_sha256;
  });
}

MatrixOutputs make_output_row(const CellKey& key, const std::string& reference,
                              const std::vector<compare::CellPair>& pairs,
                              const UnitSource& units) {
  MatrixOutputs row{.key = key, .reference = reference, .lowest_sqnr_db = {std::nullopt, "-"}};
  if (pairs.empty() || !is_one_file(pairs)) {
    row.identical = "-";
    row.note = pairs.empty() ? "no case was measured on both" : "not the same .pte";
    return row;
  }
  const std::vector<compare::OutputMatch> matches = compare::match_outputs(pairs, units);
  row.identical = fmt::format(
      "{} of {}", std::ranges::count_if(matches, &compare::OutputMatch::identical), matches.size());
  for (const compare::OutputMatch& match : matches) {
    const bool lower = match.sqnr_db.has_value() && !match.identical &&
                       (!row.lowest_sqnr_db.value || *match.sqnr_db < *row.lowest_sqnr_db.value);
    if (lower) {
      row.lowest_sqnr_db = {match.sqnr_db,
                            format_value(*find_metric("score_sqnr_db"), *match.sqnr_db)};
      row.note = fmt::format("{} of {}", match.series, match.case_name);
    } else if (!match.identical && row.note.empty()) {
      row.note = match.reason;
    }
  }
  return row;
}

}  // namespace

std::vector<MatrixOutputs> compare_outputs(const std::map<CellKey, Cells>& places,
                                           const UnitSource& units) {
  std::vector<MatrixOutputs> rows;
  auto reference = places.begin();
  for (auto place = places.begin(); place != places.end(); ++place) {
    CellKey key = place->first;
    key.device = reference->first.device;
    if (key != reference->first) {
      reference = place;  // the first device of the next variant
    } else if (place != reference) {
      rows.push_back(make_output_row(place->first, key.device,
                                     pair_cells(reference->second, place->second), units));
    }
  }
  return rows;
}

}  // namespace assay::reports
