#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

#include <fmt/format.h>

#include <harness/compare/compare.h>
#include <harness/compare/figures.h>
#include <harness/measure/percentile_support.h>
#include <reports/canvas/format.h>
#include <reports/comparison/headline.h>
#include <reports/run/bench_tables.h>

namespace assay::reports {
namespace {

using enum ColumnKind;

struct MeasuredCase {
  const Cell* cell = nullptr;
  compare::Figures figures;
};

/// Mean over the cases where the value is finite; "-" when no case has it, "inf dB" when none of
/// those that have it is finite, "unsupported: 120 of 662 runs" when a case has too few for it: a
/// mean over other cases than the next variant's could not be compared.
std::string mean_text(const std::vector<MeasuredCase>& cases, const MetricInfo& metric) {
  double sum = 0;
  double finite = 0;
  std::optional<double> other;
  std::optional<measure::Unsupported> fewest;
  for (const auto& [cell, figures] : cases) {
    const auto unsupported = measure::find_unsupported(*cell, metric.id);
    if (unsupported && (!fewest || unsupported->runs < fewest->runs)) {
      fewest = unsupported;
    }
    const auto found = figures.find(metric.id);
    if (found == figures.end()) {
      continue;
    }
    if (std::isfinite(found->second)) {
      sum += found->second;
      ++finite;
    } else {
      other = found->second;
    }
  }
  if (fewest) {
    return describe(*fewest);
  }
  if (finite == 0) {
    return other.has_value() ? format_value(metric, *other) : "-";
  }
  return format_value(metric, sum / finite);
}

std::string effect_text(const compare::Group& group, std::string_view metric) {
  const compare::Delta* row = find_effect(group, metric);
  return row == nullptr ? "-" : format_effect(*row->metric, *row->effect);
}

/// A variant against the reference one.
struct Against {
  compare::Comparison comparison;
  const compare::Group* group = nullptr;  ///< of `comparison`
};

bool has_effect(const std::vector<Against>& all, const NamedMetric& column) {
  return std::ranges::any_of(
      all, [&](const Against& one) { return find_effect(*one.group, column.metric) != nullptr; });
}

bool has_flips(const std::vector<Against>& all) {
  return std::ranges::any_of(all, [](const Against& one) { return one.group->units.decided > 0; });
}

Row reference_row(const compare::Comparison& comparison, const compare::Group& group,
                  const std::vector<NamedMetric>& columns, bool flips) {
  Row row{comparison.name_b, "-", "-", "-"};
  if (const compare::Delta* time = find_effect(group, "latency_p50_ms")) {
    row[1] = format_effect(*time->metric, *time->effect);
    row[2] = time->interval.has_value() ? format_interval(*time->metric, *time->interval) : "-";
    row[3] = compare::verdict_name(time->verdict);
  }
  row.push_back(effect_text(group, "pte_bytes"));
  row.push_back(effect_text(group, "memory_load_bytes"));
  for (const NamedMetric& column : columns) {
    row.push_back(effect_text(group, column.metric));
  }
  if (flips) {
    row.push_back(fmt::format("{} of {}", format_count(group.units.flips.size()),
                              format_count(group.units.decided)));
  }
  return row;
}

bool same_bench(CellKey key, const BenchCells& bench) {
  key.case_name.clear();
  key.variant.clear();
  return key == bench.key;
}

}  // namespace

Table variant_table(const BenchCells& bench) {
  Table table{.columns = {{"metric"}}};
  std::vector<std::vector<MeasuredCase>> by_variant;
  for (std::size_t v = 0; v < bench.variants.size(); ++v) {
    table.columns.push_back({bench.variants[v], kNumber});
    std::vector<MeasuredCase>& cases = by_variant.emplace_back();
    for (const Cell* cell : bench.measured(v)) {
      cases.push_back({cell, compare::cell_figures(*cell)});
    }
  }
  for (const MetricInfo& metric : metric_catalogue()) {
    Row row{std::string(metric.label)};
    for (const auto& cases : by_variant) {
      row.push_back(mean_text(cases, metric));
    }
    if (std::any_of(row.begin() + 1, row.end(),
                    [](const std::string& text) { return text != "-"; })) {
      table.rows.push_back(std::move(row));
    }
  }
  return table;
}

Table memory_table(const BenchCells& bench) {
  Table table{.columns = {{"variant"},
                          {"phase"},
                          {"private", kNumber},
                          {"file-backed", kNumber},
                          {"PSS", kNumber},
                          {"peak so far", kNumber}}};
  for (std::size_t v = 0; v < bench.variants.size(); ++v) {
    const std::vector<const Cell*> cells = bench.measured(v);
    if (cells.empty()) {
      continue;
    }
    for (const MemorySnapshot& snapshot : cells.front()->worker.memory) {
      table.rows.push_back({bench.variants[v], snapshot.phase,
                            format_bytes(static_cast<double>(snapshot.rss_anon_bytes)),
                            format_bytes(static_cast<double>(snapshot.rss_file_bytes)),
                            format_bytes(static_cast<double>(snapshot.pss_bytes)),
                            format_bytes(static_cast<double>(snapshot.vm_hwm_bytes))});
    }
  }
  return table;
}

std::string reference_variant(const BenchCells& bench) {
  const auto found = std::find(bench.variants.begin(), bench.variants.end(), "fp32");
  return found == bench.variants.end() ? bench.variants.front() : *found;
}

Table against_reference_table(const RunRecord& run, const BenchCells& bench,
                              const UnitSource& units) {
  Table table{.columns = {{"variant"},
                          {"time", kNumber},
                          {"95 % CI"},
                          {"verdict", kVerdict},
                          {"file", kNumber},
                          {"model memory", kNumber}}};
  std::vector<Against> all;
  const std::string reference = reference_variant(bench);
  for (const std::string& variant : bench.variants) {
    if (variant == reference) {
      continue;
    }
    Result<compare::Comparison> comparison =
        compare::compare_in_run(run, compare::Axis::kVariant, reference, variant, units, {});
    if (!comparison.ok()) {
      continue;
    }
    all.push_back({.comparison = std::move(comparison).value()});
    for (const compare::Group& group : all.back().comparison.groups) {
      if (same_bench(group.key, bench)) {
        all.back().group = &group;
      }
    }
    if (all.back().group == nullptr) {
      all.pop_back();
    }
  }
  std::vector<NamedMetric> columns;
  for (const UnitKind* kind : units.kinds()) {
    for (const NamedMetric& column : kind->columns) {
      if (has_effect(all, column)) {
        columns.push_back(column);
        table.columns.push_back({std::string(column.name), kNumber});
      }
    }
  }
  const bool flips = has_flips(all);
  if (flips) {
    table.columns.push_back({"decisions that differ", kNumber});
  }
  for (const Against& one : all) {
    table.rows.push_back(reference_row(one.comparison, *one.group, columns, flips));
  }
  return table;
}

}  // namespace assay::reports
