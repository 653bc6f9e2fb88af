#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <harness/compare/compare.h>
#include <reports/canvas/format.h>
#include <reports/run/bench_cells.h>
#include <reports/run/bench_tables.h>
#include <reports/run/pictures.h>
#include <reports/run/provenance.h>
#include <reports/run/report_cards.h>
#include <reports/run/report_model.h>

namespace assay::reports {
namespace {

/// Of a large model's thousands of operators, these are worth a line; JSON has them all.
constexpr std::size_t kProfileRows = 30;

std::string describe(const CellKey& key) {
  return fmt::format("{} / {} / {}", key.suite, key.case_name, key.variant);
}

/// A cell that was planned and never ran counts as failed: its reason says so.
std::string reason_of(const Cell& cell) {
  if (cell.status == CellStatus::kPending) {
    return "planned, and never run to its end";
  }
  return cell.stage.empty() || cell.reason.empty() ? cell.reason : cell.stage + ": " + cell.reason;
}

ScoreView view_of(const measure::Unsupported& unsupported) {
  const MetricInfo& metric = *find_metric(unsupported.metric);
  return {.metric = unsupported.metric,
          .label = std::string(metric.label),
          .unit = std::string(metric.unit),
          .value = {std::nullopt, describe(unsupported)},
          .needs = unsupported.needed};
}

CellView view_of(const Cell& cell, const Fingerprint& fingerprint) {
  CellView view{.key = cell.key,
                .status = std::string(cell_status_name(cell.status)),
                .reason = reason_of(cell),
                .quality = measure::assess_cell(cell, fingerprint)};
  for (const SampleBlock& block : cell.blocks) {
    for (const std::int64_t ns : block.latency_ns) {
      view.timed_seconds += static_cast<double>(ns) / 1e9;
    }
  }
  for (const measure::Unsupported& unsupported : view.quality.unsupported) {
    view.scores.push_back(view_of(unsupported));
  }
  for (const Score& score : cell.scores) {
    const MetricInfo* metric = find_metric(score.metric);
    if (metric != nullptr && !measure::find_unsupported(cell, score.metric)) {
      view.scores.push_back({.metric = score.metric,
                             .label = std::string(metric->label),
                             .unit = std::string(metric->unit),
                             .value = {score.value, format_value(*metric, score.value)},
                             .min = score.min,
                             .max = score.max,
                             .pass = score.pass});
    }
  }
  return view;
}

void add_cells(const RunRecord& run, ReportModel& model) {
  std::size_t passed = 0;
  std::size_t skipped = 0;
  for (const Cell& cell : run.cells) {
    model.cells.push_back(view_of(cell, run.info.fingerprint));
    if (cell.status == CellStatus::kPass) {
      ++passed;
    } else {
      skipped += cell.status == CellStatus::kSkipped ? 1 : 0;
      model.failures.push_back(
          {describe(cell.key), model.cells.back().status, model.cells.back().reason});
    }
  }
  std::vector<measure::CellQuality> quality;
  for (const CellView& cell : model.cells) {
    quality.push_back(cell.quality);
  }
  model.quality = make_quality_view(quality, run.info.options.sustain_min > 0
                                                 ? measure::summarize_sustained(run.cells)
                                                 : std::vector<measure::SustainedCase>{});
  for (const InvalidView& invalid : model.quality.invalid) {
    model.failures.push_back({invalid.cell, "INVALID", invalid.reasons});
  }
  model.all_passed = passed > 0 && passed + skipped == run.cells.size() && model.quality.all_valid;
  model.verdict = fmt::format(
      "{} of {} cells pass{}{}", format_count(passed), format_count(run.cells.size()),
      skipped > 0 ? fmt::format(", {} skipped", skipped) : "",
      model.quality.all_valid ? "" : fmt::format(", {} INVALID", model.quality.invalid.size()));
}

BenchView view_of(const RunRecord& run, const BenchCells& bench, std::size_t index,
                  const UnitSource& units) {
  const std::string prefix = fmt::format("bench-{}-", index);
  BenchView view{
      .title = fmt::format("{} / {}, {}, {} {}, {}", bench.key.suite, bench.key.model,
                           bench.key.backend, bench.key.threads,
                           bench.key.threads == 1 ? "thread" : "threads", bench.key.device),
      .variants = bench.variants,
      .reference = reference_variant(bench),
      .against_reference = against_reference_table(run, bench, units),
      .figures = variant_table(bench),
      .memory = memory_table(bench)};
  for (const std::string& variant : bench.variants) {
    const auto recipe = run.info.recipes.find(bench.key.model + "/" + variant);
    view.recipes.push_back(
        {variant, recipe == run.info.recipes.end() ? "recipe not recorded" : recipe->second});
  }
  for (std::size_t i = 0; i < bench.cases.size(); ++i) {
    CaseRow& row = view.matrix.emplace_back(CaseRow{.case_name = bench.cases[i]});
    for (const Cell* cell : bench.cells[i]) {
      row.cells.push_back(cell == nullptr ? Failure{}
                                          : Failure{describe(cell->key),
                                                    std::string(cell_status_name(cell->status)),
                                                    reason_of(*cell)});
    }
  }
  for (const ProfileRecord& profile : run.profiles) {
    CellKey key = profile.key;
    key.case_name.clear();
    key.variant.clear();
    if (key == bench.key) {
      view.profiles.push_back(make_profile_view(profile, kProfileRows));
    }
  }
  for (auto* draw : {&draw_waterfall, &draw_latency, &draw_size_error, &draw_memory}) {
    if (std::optional<Picture> picture = draw(bench, prefix)) {
      view.pictures.push_back(std::move(*picture));
    }
  }
  for (Picture& picture : draw_drift(bench, units, prefix)) {
    view.pictures.push_back(std::move(picture));
  }
  return view;
}

/// What to compare when nobody said: int8 and int4, or the first two variants.
ReportRequest default_request(const std::vector<BenchCells>& benches) {
  for (const BenchCells& bench : benches) {
    const auto has = [&](std::string_view name) {
      return std::find(bench.variants.begin(), bench.variants.end(), name) != bench.variants.end();
    };
    if (has("int8") && has("int4")) {
      return {compare::Axis::kVariant, "int8", "int4"};
    }
  }
  for (const BenchCells& bench : benches) {
    if (bench.variants.size() > 1) {
      return {compare::Axis::kVariant, bench.variants[0], bench.variants[1]};
    }
  }
  return {};
}

/// Puts the picture of a variant comparison first in the bench that it belongs to.
void add_time_changes(const compare::Comparison& comparison, const std::vector<BenchCells>& benches,
                      ReportModel& model) {
  for (const compare::Group& group : comparison.groups) {
    CellKey key = group.key;
    key.variant.clear();
    for (std::size_t i = 0; i < benches.size(); ++i) {
      if (benches[i].key == key && comparison.axis == compare::Axis::kVariant) {
        std::vector<Picture>& pictures = model.benches[i].pictures;
        if (auto picture = draw_time_change(comparison, group, fmt::format("bench-{}-", i))) {
          pictures.insert(pictures.begin(), std::move(*picture));
        }
      }
    }
  }
}

void add_comparison(const compare::Comparison& comparison, ReportModel& model) {
  model.comparison = make_comparison_view(comparison);
  model.cards = make_cards(comparison);
  if (model.comparison->groups.empty()) {
    model.no_comparison = fmt::format("No case was measured on both sides ({} and {}).",
                                      comparison.name_a, comparison.name_b);
    return;
  }
  model.headline = model.comparison->groups.front().headline;
  model.title = fmt::format("{}: {} against {}", comparison.groups.front().key.model,
                            comparison.name_b, comparison.name_a);
}

}  // namespace

Result<ReportModel> build_report(const RunRecord& run, const ReportRequest& request,
                                 const UnitSource& units) {
  const std::vector<BenchCells> benches = sort_cells(run);
  ReportModel model{.title = fmt::format("Run {}", run.info.id),
                    .subtitle = fmt::format("Run {} of {}, assay {}", run.info.id,
                                            run.info.started_utc, tool_version(run.info))};
  add_cells(run, model);
  for (std::size_t i = 0; i < benches.size(); ++i) {
    model.benches.push_back(view_of(run, benches[i], i, units));
  }
  const ReportRequest chosen = request.axis.has_value() ? request : default_request(benches);
  if (chosen.axis.has_value()) {
    Result<compare::Comparison> comparison =
        compare::compare_in_run(run, *chosen.axis, chosen.baseline, chosen.candidate, units, {});
    if (comparison.ok()) {
      add_comparison(*comparison, model);
      add_time_changes(*comparison, benches, model);
    } else if (request.axis.has_value()) {
      return std::move(comparison).error();
    } else {
      model.no_comparison = comparison.error().message;
    }
  } else {
    model.no_comparison = "The run has a single variant: there is nothing to compare.";
  }
  model.provenance = make_provenance(run, benches);
  return model;
}

}  // namespace assay::reports
