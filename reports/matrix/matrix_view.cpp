#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <optional>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <harness/compare/compare.h>
#include <harness/compare/figures.h>
#include <harness/stats/summary.h>
#include <reports/canvas/format.h>
#include <reports/comparison/headline.h>
#include <reports/matrix/matrix_outputs.h>
#include <reports/matrix/matrix_view.h>

namespace assay::reports {
namespace {

/// Of each task, the metric that says most about a variant; the first that a suite has.
constexpr std::array<std::string_view, 5> kHeadlineMetrics{"wer", "frame_f1", "kld_mean",
                                                           "encoding_sqnr_db", "score_sqnr_db"};

/// From users' notes for Llama 3.2 1B on phones.
struct UsersNote {
  std::string_view backend;
  std::string_view name;
  std::string_view tokens_per_s;
};
constexpr std::array kUsersNotes{
    UsersNote{"xnnpack", "XNNPACK", "5-10"},   UsersNote{"vulkan", "Vulkan", "8-15"},
    UsersNote{"qnn", "Qualcomm QNN", "15-25"}, UsersNote{"mediatek", "MediaTek", "12-20"},
    UsersNote{"coreml", "CoreML", "20-30"},
};

constexpr std::size_t kShortUuid = 8;

std::string name_of(const RunInfo& run) {
  return fmt::format("{} ({})", run.id, run.uuid.substr(0, kShortUuid));
}

CellKey without_case(CellKey key) {
  key.case_name.clear();
  return key;
}

CellKey without_variant(CellKey key) {
  key.case_name.clear();
  key.variant.clear();
  return key;
}

/// A run, and its cells of one place of the matrix.
struct Place {
  const RunRecord* run = nullptr;
  std::vector<const Cell*> cells;
};

/// Each place with the newest run that measured any of its cells or, failing that, that planned it.
std::vector<std::pair<CellKey, Place>> find_places(std::span<const RunRecord> runs) {
  std::map<CellKey, Place> newest;
  std::map<CellKey, Place> newest_measured;
  for (const RunRecord& run : runs) {
    std::map<CellKey, Place> own;
    for (const Cell& cell : run.cells) {
      Place& place = own[without_case(cell.key)];
      place.run = &run;
      place.cells.push_back(&cell);
    }
    for (auto& [key, place] : own) {
      const bool measured = std::ranges::any_of(
          place.cells, [](const Cell* cell) { return compare::is_measured(*cell); });
      (measured ? newest_measured : newest).try_emplace(key, std::move(place));
    }
  }
  for (auto& [key, place] : newest_measured) {
    newest[key] = std::move(place);
  }
  return {newest.begin(), newest.end()};
}

/// Mean over the cells that have a finite one.
std::optional<double> mean_figure(const std::vector<const Cell*>& cells, std::string_view metric) {
  std::vector<double> values;
  for (const Cell* cell : cells) {
    const compare::Figures figures = compare::cell_figures(*cell);
    const auto found = figures.find(metric);
    if (compare::is_measured(*cell) && found != figures.end() && std::isfinite(found->second)) {
      values.push_back(found->second);
    }
  }
  return values.empty() ? std::nullopt : std::optional(stats::mean(values));
}

Figure figure_of(const std::vector<const Cell*>& cells, std::string_view metric) {
  const std::optional<double> value = mean_figure(cells, metric);
  return {value, value ? format_value(*find_metric(metric), *value) : "-"};
}

MatrixRow make_row(const CellKey& key, const Place& place, std::string_view accuracy) {
  const auto measured = std::ranges::count_if(
      place.cells, [](const Cell* cell) { return compare::is_measured(*cell); });
  const auto planned = std::ssize(place.cells);
  MatrixRow row{.key = key,
                .run = name_of(place.run->info),
                .cases = measured == planned ? fmt::format("{}", planned)
                                             : fmt::format("{} of {}", measured, planned),
                .latency_p50_ms = figure_of(place.cells, "latency_p50_ms"),
                .latency_p95_ms = figure_of(place.cells, "latency_p95_ms"),
                .decode_tokens_per_s = figure_of(place.cells, "decode_tokens_per_s"),
                .memory_peak_bytes = figure_of(place.cells, "memory_peak_bytes"),
                .pte_bytes = figure_of(place.cells, "pte_bytes"),
                .accuracy_metric = std::string(accuracy),
                .accuracy_label = {},
                .accuracy = {std::nullopt, "-"}};
  if (!accuracy.empty()) {
    row.accuracy_label = find_metric(accuracy)->label;
    row.accuracy = figure_of(place.cells, accuracy);
  }
  return row;
}

/// The headline metric of each suite; of its newest runs, so that all rows show the same one.
std::map<std::string, std::string_view> headline_metrics(
    const std::vector<std::pair<CellKey, Place>>& places) {
  std::map<std::string, std::string_view> found;
  for (const std::string_view metric : kHeadlineMetrics) {
    for (const auto& [key, place] : places) {
      if (mean_figure(place.cells, metric)) {
        found.try_emplace(key.suite, metric);
      }
    }
  }
  return found;
}

/// Why a cell is no result; nothing for one that was measured.
std::optional<MatrixFailure> failure_of(const Cell& cell, const RunInfo& run) {
  if (compare::is_measured(cell)) {
    return std::nullopt;
  }
  return MatrixFailure{.key = cell.key,
                       .run = name_of(run),
                       .status = std::string(cell_status_name(cell.status)),
                       .stage = cell.stage,
                       .reason = cell.reason};
}

/// The cells whose newest state is no result, in the order of their keys.
std::vector<MatrixFailure> find_failures(std::span<const RunRecord> runs) {
  std::map<CellKey, std::optional<MatrixFailure>> newest;
  for (const RunRecord& run : runs) {
    for (const Cell& cell : run.cells) {
      newest.try_emplace(cell.key, failure_of(cell, run.info));
    }
  }
  std::vector<MatrixFailure> failures;
  for (auto& [key, failure] : newest) {
    if (failure) {
      failures.push_back(std::move(*failure));
    }
  }
  return failures;
}

DeltaView find_row(const GroupView& group, std::string_view metric) {
  const auto found =
      std::ranges::find_if(group.rows, [&](const DeltaView& row) { return row.metric == metric; });
  return found == group.rows.end() ? DeltaView{} : *found;
}

/// The two variants, where the newest run that measured both compared them.
std::vector<MatrixPair> make_pairs(std::span<const RunRecord> runs, const MatrixRequest& request,
                                   const std::map<std::string, std::string_view>& headlines,
                                   const UnitSource& units) {
  std::map<CellKey, MatrixPair> pairs;
  for (const RunRecord& run : runs) {
    const auto compared = compare::compare_in_run(run, compare::Axis::kVariant, request.baseline,
                                                  request.candidate, units, {});
    if (!compared.ok()) {
      continue;  // lacks one of them: another run may have both
    }
    for (const GroupView& group : make_comparison_view(*compared).groups) {
      const auto headline = headlines.find(group.key.suite);
      MatrixPair pair{.key = without_variant(group.key),
                      .run = name_of(run.info),
                      .time = find_row(group, "latency_p50_ms"),
                      .accuracy = headline == headlines.end() ? DeltaView{}
                                                              : find_row(group, headline->second)};
      pair.faster = pair.time.high && *pair.time.high < 1;
      pair.slower = pair.time.low && *pair.time.low > 1;
      const CellKey key = pair.key;
      pairs.try_emplace(key, std::move(pair));
    }
  }
  std::vector<MatrixPair> list;
  for (auto& [key, pair] : pairs) {
    list.push_back(std::move(pair));
  }
  return list;
}

/// "A (0.91x)", with the backend where the places of a model differ in it.
std::string place_words(const MatrixPair& pair, bool with_backend) {
  const std::optional<double> ratio = pair.time.effect.value;
  return fmt::format("{}{} ({})", pair.key.device, with_backend ? ", " + pair.key.backend : "",
                     ratio ? fmt::format("{:.2f}x", *ratio) : pair.time.effect.text);
}

/// One sentence about the places of one suite, model and number of threads.
std::string ranking_words(const std::vector<const MatrixPair*>& places,
                          const MatrixRequest& request) {
  std::set<std::string> backends;
  for (const MatrixPair* pair : places) {
    backends.insert(pair->key.backend);
  }
  std::vector<std::string> faster;
  std::vector<std::string> slower;
  std::vector<std::string> undecided;
  for (const MatrixPair* pair : places) {
    (pair->faster   ? faster
     : pair->slower ? slower
                    : undecided)
        .push_back(place_words(*pair, backends.size() > 1));
  }
  const CellKey& key = places.front()->key;
  std::string words = fmt::format("{} / {}, {} {}: ", key.suite, key.model, key.threads,
                                  key.threads == 1 ? "thread" : "threads");
  if (faster.empty() || slower.empty()) {
    words += "no ranking change that the measurements can tell";
    for (const auto& [list, what] : {std::pair(&faster, "faster"), std::pair(&slower, "slower")}) {
      if (!list->empty()) {
        words += fmt::format("; {} is {} than {} on {}", request.candidate, what, request.baseline,
                             fmt::join(*list, ", "));
      }
    }
  } else {
    words +=
        fmt::format("ranking change: {} is faster than {} on {}, slower on {}", request.candidate,
                    request.baseline, fmt::join(faster, ", "), fmt::join(slower, ", "));
  }
  if (!undecided.empty()) {
    words += fmt::format("; not decided on {}", fmt::join(undecided, ", "));
  }
  return words + ".";
}

std::vector<std::string> find_rankings(const std::vector<MatrixPair>& pairs,
                                       const MatrixRequest& request) {
  std::map<CellKey, std::vector<const MatrixPair*>> by_model;
  for (const MatrixPair& pair : pairs) {
    CellKey key = pair.key;
    key.backend.clear();
    key.device.clear();
    by_model[key].push_back(&pair);
  }
  std::vector<std::string> rankings;
  for (const auto& [key, places] : by_model) {
    rankings.push_back(ranking_words(places, request));
  }
  return rankings;
}

std::vector<MatrixOutputs> find_outputs(const std::vector<std::pair<CellKey, Place>>& places,
                                        const UnitSource& units) {
  std::map<CellKey, std::vector<const Cell*>> measured;
  for (const auto& [key, place] : places) {
    for (const Cell* cell : place.cells) {
      if (compare::is_measured(*cell)) {
        measured[key].push_back(cell);
      }
    }
  }
  return compare_outputs(measured, units);
}

std::vector<BackendReference> make_reference(const std::vector<MatrixRow>& rows) {
  std::map<std::string, std::vector<std::string>> measured;
  for (const MatrixRow& row : rows) {
    if (row.decode_tokens_per_s.value) {
      measured[row.key.backend].push_back(fmt::format("{}/{} on {}: {}", row.key.model,
                                                      row.key.variant, row.key.device,
                                                      row.decode_tokens_per_s.text));
    }
  }
  std::vector<BackendReference> reference;
  if (measured.empty()) {
    return reference;
  }
  for (const auto& [backend, name, tokens_per_s] : kUsersNotes) {
    const auto found = measured.find(std::string(backend));
    reference.push_back({std::string(name), std::string(tokens_per_s),
                         found == measured.end()
                             ? "not measured"
                             : fmt::format("{}", fmt::join(found->second, "; "))});
    if (found != measured.end()) {
      measured.erase(found);
    }
  }
  for (const auto& [backend, lines] : measured) {
    reference.push_back({backend, "-", fmt::format("{}", fmt::join(lines, "; "))});
  }
  return reference;
}

std::vector<std::string> matrix_notes(const MatrixRequest& request, bool has_reference) {
  std::vector<std::string> notes{
      "Each row is from the newest run that measured it; values are means over its cases. Rows of "
      "different runs or devices were not measured side by side: what `assay compare --axis "
      "device` "
      "says of them is more than two numbers in one column.",
      fmt::format(
          "{} against {} was timed side by side within one run on each device; 95 % "
          "intervals. A ranking change needs an interval below 1 in one place and one above "
          "1 in another.",
          request.candidate, request.baseline)};
  if (has_reference) {
    notes.emplace_back(
        "The tokens/s of the reference are from users' notes for Llama 3.2 1B on phones: another "
        "model on other hardware, shown for orientation and never judged.");
  }
  return notes;
}

}  // namespace

MatrixView make_matrix_view(std::span<const RunRecord> runs, const MatrixRequest& request,
                            const UnitSource& units) {
  MatrixView view{.request = request};
  for (const RunRecord& run : runs) {
    view.runs.push_back(name_of(run.info));
  }
  const std::vector<std::pair<CellKey, Place>> places = find_places(runs);
  const auto headlines = headline_metrics(places);
  for (const auto& [key, place] : places) {
    const auto headline = headlines.find(key.suite);
    view.rows.push_back(
        make_row(key, place, headline == headlines.end() ? std::string_view() : headline->second));
  }
  view.pairs = make_pairs(runs, request, headlines, units);
  view.rankings = find_rankings(view.pairs, request);
  view.outputs = find_outputs(places, units);
  view.failures = find_failures(runs);
  view.reference = make_reference(view.rows);
  view.notes = matrix_notes(request, !view.reference.empty());
  return view;
}

}  // namespace assay::reports
