#include <algorithm>
#include <array>
#include <map>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <harness/compare/figures.h>
#include <harness/compare/match.h>

namespace assay::compare {
namespace {

using CellList = std::vector<const Cell*>;

struct KeyField {
  std::string_view name;
  std::string (*of)(const CellKey& key);
};

constexpr std::array<KeyField, 7> kKeyFields{{
    {"suite", [](const CellKey& key) { return key.suite; }},
    {"case", [](const CellKey& key) { return key.case_name; }},
    {"model", [](const CellKey& key) { return key.model; }},
    {"variant", [](const CellKey& key) { return key.variant; }},
    {"backend", [](const CellKey& key) { return key.backend; }},
    {"threads", [](const CellKey& key) { return std::to_string(key.threads); }},
    {"device", [](const CellKey& key) { return key.device; }},
}};

/// `key` with the axis's field emptied: equal for two cells that may be compared.
CellKey without_axis(CellKey key, Axis axis) {
  switch (axis) {
    case Axis::kVariant:
      key.variant.clear();
      break;
    case Axis::kDevice:
      key.device.clear();
      break;
    case Axis::kThreads:
      key.threads = 0;
      break;
    case Axis::kBackend:
      key.backend.clear();
      break;
    case Axis::kRun:
      break;
  }
  return key;
}

std::string state_of(const Cell& cell) {
  std::string state(cell_status_name(cell.status));
  if (!cell.stage.empty()) {
    state += fmt::format(" in {}", cell.stage);
  }
  return cell.reason.empty() ? state : state + ": " + cell.reason;
}

Error refusal(std::string_view key, std::string_view a, std::string_view b) {
  return make_error(ErrorCode::kUsage,
                    "the two sides are not comparable: {} differs ('{}' on side A, '{}' on side "
                    "B); compare sides that differ in the axis alone",
                    key, a, b);
}

/// Refuses pairs of two devices that ran other model files.
Status check_same_model(const CellPair& cells) {
  const WorkerRecord& a = cells.a->worker;
  const WorkerRecord& b = cells.b->worker;
  return a.pte_sha256 == b.pte_sha256
             ? Status()
             : refusal(fmt::format("the SHA-256 of the model file {}/{}", cells.a->key.model,
                                   cells.a->key.variant),
                       a.pte_sha256, b.pte_sha256);
}

/// Refuses pairs that were given other data.
Status check_same_data(const CellPair& cells) {
  const Cell& a = *cells.a;
  const Cell& b = *cells.b;
  const std::string of_case = " of case " + a.key.case_name;
  if (a.input_sha256 != b.input_sha256) {
    return refusal("the input's SHA-256" + of_case, a.input_sha256, b.input_sha256);
  }
  if (a.golden_sha256 != b.golden_sha256) {
    return refusal("the golden's SHA-256" + of_case, a.golden_sha256, b.golden_sha256);
  }
  if (a.decision_threshold != b.decision_threshold) {
    return refusal("the decision threshold" + of_case, fmt::to_string(a.decision_threshold),
                   fmt::to_string(b.decision_threshold));
  }
  if (a.deadline_ms != b.deadline_ms) {
    return refusal("the deadline (ms)" + of_case, fmt::to_string(a.deadline_ms),
                   fmt::to_string(b.deadline_ms));
  }
  return {};
}

/// The first key, other than the axis, in which no cell of one side meets the other side.
Error no_pair(const CellList& a, const CellList& b, Axis axis) {
  for (const KeyField& field : kKeyFields) {
    std::set<std::string> of_a;
    std::set<std::string> of_b;
    for (const Cell* cell : a) {
      of_a.insert(field.of(without_axis(cell->key, axis)));
    }
    for (const Cell* cell : b) {
      of_b.insert(field.of(without_axis(cell->key, axis)));
    }
    const bool meet = std::any_of(of_a.begin(), of_a.end(),
                                  [&](const std::string& value) { return of_b.contains(value); });
    if (!meet) {
      return refusal(field.name, fmt::format("{}", fmt::join(of_a, ", ")),
                     fmt::format("{}", fmt::join(of_b, ", ")));
    }
  }
  return make_error(ErrorCode::kUsage,
                    "the two sides are not comparable: no two of their cells agree in every key "
                    "but the axis");
}

void add_pair(const CellPair& pair, Axis axis, Matched& matched) {
  if (!is_measured(*pair.a) || !is_measured(*pair.b)) {
    matched.excluded.push_back({pair.a->key, state_of(*pair.a), state_of(*pair.b)});
    return;
  }
  CellKey key = without_axis(pair.a->key, axis);
  key.case_name.clear();
  auto group =
      std::find_if(matched.groups.begin(), matched.groups.end(), [&](const MatchedGroup& existing) {
        CellKey other = without_axis(existing.key, axis);
        return other == key;
      });
  if (group == matched.groups.end()) {
    CellKey shown = pair.a->key;
    shown.case_name.clear();
    group = matched.groups.insert(matched.groups.end(), MatchedGroup{.key = shown});
  }
  group->pairs.push_back(pair);
}

Result<Matched> match_cells(const CellList& a, const CellList& b, Axis axis) {
  std::map<CellKey, const Cell*> left_of_b;
  for (const Cell* cell : b) {
    left_of_b.emplace(without_axis(cell->key, axis), cell);
  }
  Matched matched;
  std::size_t pairs = 0;
  for (const Cell* cell : a) {
    const auto partner = left_of_b.find(without_axis(cell->key, axis));
    if (partner == left_of_b.end()) {
      matched.excluded.push_back({cell->key, state_of(*cell), "not planned"});
      continue;
    }
    const CellPair pair{cell, partner->second};
    left_of_b.erase(partner);
    ++pairs;
    if (is_measured(*pair.a) && is_measured(*pair.b)) {
      ASSAY_TRY(check_same_data(pair));
      if (axis == Axis::kDevice) {
        ASSAY_TRY(check_same_model(pair));
      }
    }
    add_pair(pair, axis, matched);
  }
  if (pairs == 0) {
    return no_pair(a, b, axis);
  }
  for (const auto& [key, cell] : left_of_b) {
    matched.excluded.push_back({cell->key, "not planned", state_of(*cell)});
  }
  return matched;
}

/// Refuses when a name that both maps have means something else in each.
Status check_same_values(std::string_view what, const std::map<std::string, std::string>& a,
                         const std::map<std::string, std::string>& b) {
  for (const auto& [name, value] : a) {
    const auto other = b.find(name);
    if (other != b.end() && other->second != value) {
      return refusal(fmt::format("{} {}", what, name), value, other->second);
    }
  }
  return {};
}

/// Refuses runs of other suites, or of weights of another kind.
Status check_same_suites(const RunInfo& a, const RunInfo& b) {
  ASSAY_TRY(check_same_values("the manifest's SHA-256 of suite", a.suite_sha256, b.suite_sha256));
  return check_same_values("the kind of weights of model", a.weights, b.weights);
}

/// The cells of a run where `axis` is `value`. Errors: kUsage when there are none.
Result<CellList> cells_with(const RunRecord& run, Axis axis, std::string_view value) {
  CellList cells;
  std::set<std::string> known;
  for (const Cell& cell : run.cells) {
    const std::string own = axis_value(cell.key, axis);
    known.insert(own);
    if (own == value) {
      cells.push_back(&cell);
    }
  }
  if (cells.empty()) {
    return make_error(ErrorCode::kUsage, "run {} has no {} '{}'; it has: {}", run.info.id,
                      axis_name(axis), value, fmt::join(known, ", "));
  }
  return cells;
}

}  // namespace

std::string axis_value(const CellKey& key, Axis axis) {
  switch (axis) {
    case Axis::kVariant:
      return key.variant;
    case Axis::kDevice:
      return key.device;
    case Axis::kThreads:
      return std::to_string(key.threads);
    case Axis::kBackend:
      return key.backend;
    case Axis::kRun:
      break;
  }
  return "";
}

Result<Matched> match_in_run(const RunRecord& run, Axis axis, std::string_view a,
                             std::string_view b) {
  ASSAY_ASSIGN(const CellList cells_a, cells_with(run, axis, a));
  ASSAY_ASSIGN(const CellList cells_b, cells_with(run, axis, b));
  return match_cells(cells_a, cells_b, axis);
}

Result<Matched> match_runs(const RunRecord& a, const RunRecord& b) {
  for (const auto& [key, in_a, in_b] :
       identity_differences(a.info.fingerprint, b.info.fingerprint)) {
    const std::string words_a = in_a.value_or(std::string(kUnreadable));
    const std::string words_b = in_b.value_or(std::string(kUnreadable));
    if (words_a != words_b) {
      return refusal("fingerprint key " + key, words_a, words_b);
    }
  }
  ASSAY_TRY(check_same_suites(a.info, b.info));
  CellList cells_a;
  CellList cells_b;
  for (const Cell& cell : a.cells) {
    cells_a.push_back(&cell);
  }
  for (const Cell& cell : b.cells) {
    cells_b.push_back(&cell);
  }
  return match_cells(cells_a, cells_b, Axis::kRun);
}

Result<Matched> match_devices(const RunRecord& a, std::string_view device_a, const RunRecord& b,
                              std::string_view device_b) {
  ASSAY_ASSIGN(const CellList cells_a, cells_with(a, Axis::kDevice, device_a));
  ASSAY_ASSIGN(const CellList cells_b, cells_with(b, Axis::kDevice, device_b));
  ASSAY_TRY(check_same_suites(a.info, b.info));
  return match_cells(cells_a, cells_b, Axis::kDevice);
}

}  // namespace assay::compare
