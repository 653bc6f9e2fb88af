#include <nlohmann/json.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <reports/canvas/format.h>
#include <reports/run/quality_view.h>

namespace assay::reports {
namespace {

using nlohmann::ordered_json;

constexpr std::size_t kShownInvalid = 10;

std::string count_cells(std::size_t cells) {
  return fmt::format("{} cell{}", format_count(cells), cells == 1 ? "" : "s");
}

std::string validity_words(const measure::RunQuality& run) {
  if (run.measured == 0) {
    return "";
  }
  if (run.invalid == 0) {
    return run.measured == 1 ? "VALID: the one measured cell"
                             : fmt::format("VALID: all {} measured cells", run.measured);
  }
  return fmt::format("INVALID: {} of {}, whose figures must not be used", run.invalid,
                     count_cells(run.measured));
}

SustainedView view_of(const measure::SustainedCase& sustained) {
  SustainedView view{
      .title = fmt::format("{} / {} under load for {} minutes", sustained.key.suite,
                           sustained.key.case_name, format_significant(sustained.minutes, 3)),
      .ranking = measure::describe_ranking(sustained),
      .table = {.columns = {{"minutes"}}}};
  for (const measure::SustainedVariant& variant : sustained.variants) {
    view.table.columns.push_back({variant.variant + " p50", ColumnKind::kNumber});
  }
  const std::size_t spans = sustained.variants.front().p50_ms.size();
  for (std::size_t i = 0; i < spans; ++i) {
    const double begin = static_cast<double>(i) * sustained.span_minutes;
    const double end = i + 1 == spans ? sustained.minutes : begin + sustained.span_minutes;
    Row& row = view.table.rows.emplace_back(
        Row{fmt::format("{} to {}", format_significant(begin, 3), format_significant(end, 3))});
    for (const measure::SustainedVariant& variant : sustained.variants) {
      row.push_back(variant.p50_ms[i] ? format_milliseconds(*variant.p50_ms[i]) : "-");
    }
  }
  return view;
}

ordered_json warning_to_json(const measure::QualityWarning& warning) {
  return {{"kind", measure::warning_name(warning.kind)},
          {"what", warning.what},
          {"advice", warning.advice}};
}

ordered_json blocks_to_json(const measure::DisturbanceSummary& blocks) {
  ordered_json kinds = ordered_json::object();
  for (const auto& [kind, count] : blocks.by_kind) {
    kinds[std::string(disturbance_name(kind))] = count;
  }
  return {{"measured", blocks.measured},
          {"disturbed", blocks.disturbed},
          {"by_kind", kinds},
          {"repeated", blocks.repeated},
          {"kept_disturbed", blocks.kept},
          {"fewest_pairs", blocks.fewest_pairs},
          {"most_pairs", blocks.most_pairs}};
}

ordered_json sustained_to_json(const measure::SustainedCase& sustained) {
  ordered_json variants = ordered_json::object();
  for (const measure::SustainedVariant& variant : sustained.variants) {
    ordered_json& list = variants[variant.variant] = ordered_json::array();
    for (const std::optional<double>& p50_ms : variant.p50_ms) {
      list.push_back(p50_ms ? ordered_json(*p50_ms) : ordered_json());
    }
  }
  return {{"suite", sustained.key.suite},
          {"case", sustained.key.case_name},
          {"minutes", sustained.minutes},
          {"span_minutes", sustained.span_minutes},
          {"p50_ms", variants},
          {"first_ranking", sustained.first_ranking},
          {"last_ranking", sustained.last_ranking},
          {"ranking_changed", sustained.ranking_changed}};
}

}  // namespace

QualityView make_quality_view(std::span<const measure::CellQuality> cells,
                              std::vector<measure::SustainedCase> sustained) {
  QualityView view{.figures = measure::sum_up(cells), .sustained_figures = std::move(sustained)};
  view.all_valid = view.figures.invalid == 0;
  view.validity = validity_words(view.figures);
  for (const measure::CellQuality& cell : cells) {
    if (cell.measured && !cell.invalid.empty()) {
      view.invalid.push_back(
          {fmt::format("{} / {} / {}", cell.key.suite, cell.key.case_name, cell.key.variant),
           fmt::format("{}", fmt::join(cell.invalid, "; "))});
    }
  }
  if (view.figures.blocks.measured > 0) {
    view.blocks = measure::describe(view.figures.blocks);
  }
  for (const measure::WarningGroup& group : view.figures.warnings) {
    view.warnings.push_back(fmt::format("{} ({}): {}. {}", measure::warning_name(group.first.kind),
                                        count_cells(group.cells), group.first.what,
                                        group.first.advice));
  }
  for (const measure::SustainedCase& item : view.sustained_figures) {
    view.sustained.push_back(view_of(item));
  }
  return view;
}

std::string render_quality_text(const QualityView& view) {
  std::string text = view.validity.empty() ? "" : view.validity + "\n";
  for (std::size_t i = 0; i < view.invalid.size() && i < kShownInvalid; ++i) {
    text += fmt::format("  {}: {}\n", view.invalid[i].cell, view.invalid[i].reasons);
  }
  if (view.invalid.size() > kShownInvalid) {
    text += fmt::format("  and {} more\n", view.invalid.size() - kShownInvalid);
  }
  if (!view.blocks.empty()) {
    text += "timed: " + view.blocks + "\n";
  }
  for (const std::string& warning : view.warnings) {
    text += "warning: " + warning + "\n";
  }
  for (const SustainedView& sustained : view.sustained) {
    text += fmt::format("{}\n{}{}\n", sustained.title, render_text_table(sustained.table),
                        sustained.ranking);
  }
  return text;
}

std::string render_quality_markdown(const QualityView& view) {
  std::string text;
  for (const std::string& line : {view.validity, view.blocks}) {
    text += line.empty() ? "" : fmt::format("- {}\n", escape_markdown(line));
  }
  for (const std::string& warning : view.warnings) {
    text += fmt::format("- warning: {}\n", escape_markdown(warning));
  }
  for (const SustainedView& sustained : view.sustained) {
    text += fmt::format("\n{}: {}.\n\n{}", escape_markdown(sustained.title),
                        escape_markdown(sustained.ranking), render_markdown_table(sustained.table));
  }
  return text;
}

ordered_json quality_to_json(const QualityView& view) {
  ordered_json warnings = ordered_json::array();
  for (const measure::WarningGroup& group : view.figures.warnings) {
    warnings.push_back(warning_to_json(group.first));
    warnings.back()["cells"] = group.cells;
  }
  ordered_json sustained = ordered_json::array();
  for (const measure::SustainedCase& item : view.sustained_figures) {
    sustained.push_back(sustained_to_json(item));
  }
  return {{"measured", view.figures.measured},
          {"invalid", view.figures.invalid},
          {"blocks", blocks_to_json(view.figures.blocks)},
          {"warnings", warnings},
          {"sustained", sustained}};
}

ordered_json cell_quality_to_json(const measure::CellQuality& cell) {
  ordered_json unsupported = ordered_json::array();
  for (const measure::Unsupported& item : cell.unsupported) {
    unsupported.push_back({{"metric", item.metric}, {"runs", item.runs}, {"needs", item.needed}});
  }
  ordered_json warnings = ordered_json::array();
  for (const measure::QualityWarning& warning : cell.warnings) {
    warnings.push_back(warning_to_json(warning));
  }
  return {{"valid", cell.measured ? ordered_json(cell.invalid.empty()) : ordered_json()},
          {"invalid", cell.invalid},
          {"unsupported", unsupported},
          {"blocks", blocks_to_json(cell.blocks)},
          {"warnings", warnings}};
}

}  // namespace assay::reports
