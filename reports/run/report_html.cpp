#include <fmt/format.h>

#include <reports/canvas/html_page.h>
#include <reports/canvas/html_table.h>
#include <reports/canvas/markup.h>
#include <reports/canvas/svg.h>
#include <reports/comparison/comparison_tables.h>
#include <reports/run/report_renderers.h>

namespace assay::reports {
namespace {

/// More flips than this are only counted; the JSON lists all.
constexpr std::size_t kShownRows = 200;

void write_cards(MarkupWriter& out, const std::vector<Card>& cards) {
  out.open("ul", {{"class", "cards"}});
  out.newline();
  for (const Card& card : cards) {
    out.open("li");
    out.element("span", card.label, {{"class", "name"}});
    out.element("span", card.value, {{"class", "value"}});
    if (!card.verdict.empty()) {
      write_verdict(out, card.verdict);
    }
    out.element("span", card.detail, {{"class", "detail"}});
    out.close();
    out.newline();
  }
  out.close();
  out.newline();
}

void write_header(MarkupWriter& out, const ReportModel& model) {
  out.open("header");
  out.newline();
  out.element("p", model.subtitle, {{"class", "eyebrow"}});
  out.element("h1", model.title);
  out.newline();
  if (!model.headline.empty()) {
    out.element("p", model.headline, {{"class", "headline"}});
    out.newline();
  }
  out.open("p");
  out.element("span", model.all_passed ? "PASS" : "FAIL",
              {{"class", model.all_passed ? "badge pass" : "badge fail"}});
  out.text(model.verdict + ".");
  out.close();
  out.newline();
  if (!model.cards.empty()) {
    write_cards(out, model.cards);
  }
  out.close();
  out.newline();
}

void write_failures(MarkupWriter& out, const ReportModel& model) {
  if (model.failures.empty()) {
    return;
  }
  Table table{.columns = {{"cell"}, {"status", ColumnKind::kVerdict}, {"reason"}}};
  for (const Failure& failure : model.failures) {
    table.rows.push_back({failure.cell, failure.status, failure.reason});
  }
  out.element("h2", "What did not pass");
  write_table(out, table, "Cells that did not pass", NarrowTable::kScroll);
}

/// How far the figures can be trusted.
void write_quality(MarkupWriter& out, const QualityView& quality) {
  out.element("h2", "How far to trust it");
  for (const std::string& line : {quality.validity, quality.blocks}) {
    if (!line.empty()) {
      out.element("p", line + ".");
      out.newline();
    }
  }
  for (const std::string& warning : quality.warnings) {
    out.element("p", "Warning: " + warning);
    out.newline();
  }
  for (const SustainedView& sustained : quality.sustained) {
    out.element("h3", sustained.title);
    out.element("p", sustained.ranking + ".");
    write_table(out, sustained.table, sustained.title, NarrowTable::kScroll);
  }
}

void open_details(MarkupWriter& out, std::string_view summary) {
  out.open("details");
  out.element("summary", summary);
  out.newline();
}

/// A list of which only the first rows are shown, folded under what it comes to.
void write_long_list(MarkupWriter& out, const std::string& summary, const Table& table,
                     std::string_view caption, std::size_t rows_in_all) {
  open_details(out, summary);
  write_table(out, table, caption, NarrowTable::kScroll);
  if (rows_in_all > kShownRows) {
    out.element("p", fmt::format("The first {}; the JSON report lists all.", kShownRows),
                {{"class", "note"}});
  }
  out.close();
}

void write_units(MarkupWriter& out, const ComparisonView& view, const GroupView& group) {
  const UnitView& units = group.units;
  if (!units.errors.empty()) {
    out.element("p", units.errors);
    out.newline();
  }
  if (!units.flips.empty()) {
    write_long_list(out, "Decisions that differ: " + units.summary,
                    flip_table(view, group, kShownRows), units.kind->title, units.flips.size());
  }
}

void write_group(MarkupWriter& out, const ComparisonView& view, const GroupView& group) {
  out.element("p",
              fmt::format("{}; {} cases. Change is {} against {}.", group.title, group.cases,
                          view.name_b, view.name_a),
              {{"class", "note"}});
  for (const std::string& note : group.notes) {
    out.element("p", note, {{"class", "note"}});
  }
  out.newline();
  write_table(out, metric_table(view, group), "Comparison by metric", NarrowTable::kStack);
  open_details(out, "By case: latency p50 and decision flips");
  write_table(out, case_table(view, group), "Comparison by case", NarrowTable::kStack);
  out.close();
  write_units(out, view, group);
  open_details(out, "How to read it");
  for (const ReasonView& reason : group.reasons) {
    out.element("p", reason.labels + ": " + reason.reason + ".", {{"class", "note"}});
  }
  for (const std::string& note : view.notes) {
    out.element("p", note, {{"class", "note"}});
  }
  out.close();
  out.newline();
}

void write_comparison(MarkupWriter& out, const ReportModel& model) {
  if (model.comparison.has_value()) {
    const ComparisonView& view = *model.comparison;
    out.element("h2", view.name_b + " against " + view.name_a);
    for (const GroupView& group : view.groups) {
      write_group(out, view, group);
    }
    if (!view.excluded.empty()) {
      out.element("h3", "Not compared");
      write_table(out, excluded_table(view), "Cells that were not compared", NarrowTable::kScroll);
    }
  }
  if (!model.no_comparison.empty()) {
    out.element("p", model.no_comparison, {{"class", "note"}});
  }
}

void write_picture(MarkupWriter& out, const Picture& picture) {
  out.open("figure", {{"class", picture.size == PictureSize::kWide ? "wide" : "column"}});
  out.element("h3", picture.title);
  write_svg(out, picture);
  if (!picture.caption.empty()) {
    out.element("figcaption", picture.caption);
  }
  out.close();
  out.newline();
}

void write_legend(MarkupWriter& out, const BenchView& bench) {
  out.open("ul", {{"class", "legend"}});
  for (std::size_t v = 0; v < bench.variants.size(); ++v) {
    out.open("li");
    out.open("svg", {{"viewBox", "0 0 34 16"}, {"aria-hidden", "true"}});
    out.empty("rect", {{"class", "bar light " + series_style(v)},
                       {"x", "0"},
                       {"y", "3"},
                       {"width", "34"},
                       {"height", "10"}});
    out.empty("polyline", {{"class", "curve " + series_style(v)}, {"points", "0,8 34,8"}});
    out.close();
    out.text(bench.variants[v]);
    out.close();
  }
  out.close();
  out.newline();
}

void write_pictures(MarkupWriter& out, const BenchView& bench, PictureSize size,
                    std::string_view container) {
  bool any = false;
  for (const Picture& picture : bench.pictures) {
    if (picture.size == size) {
      if (!any) {
        out.open("div", {{"class", std::string(container)}});
        out.newline();
        any = true;
      }
      write_picture(out, picture);
    }
  }
  if (any) {
    out.close();
    out.newline();
  }
}

void write_matrix(MarkupWriter& out, const BenchView& bench) {
  Table table{.columns = {{"case"}}};
  for (const std::string& variant : bench.variants) {
    table.columns.push_back({variant, ColumnKind::kVerdict});
  }
  for (const CaseRow& row : bench.matrix) {
    Row& cells = table.rows.emplace_back(Row{row.case_name});
    for (const Failure& cell : row.cells) {
      cells.push_back(cell.status.empty() ? "not planned" : cell.status);
    }
  }
  write_table(out, table, "Status of every cell", NarrowTable::kScroll);
}

void write_facts(MarkupWriter& out, const std::vector<ReportFact>& facts) {
  out.open("dl");
  out.newline();
  for (const ReportFact& fact : facts) {
    out.element("dt", fact.name);
    out.element("dd", fact.value);
    out.newline();
  }
  out.close();
  out.newline();
}

void write_profiles(MarkupWriter& out, const BenchView& bench) {
  out.element("h3", "Where the time goes");
  for (const ProfileView& profile : bench.profiles) {
    open_details(out, profile.variant + ": " + profile.summary);
    if (!profile.granularity.empty()) {
      out.element("p", profile.granularity, {{"class", "note"}});
    }
    if (!profile.table.rows.empty()) {
      write_table(out, profile.table, "Where the time of " + profile.variant + " goes",
                  NarrowTable::kScroll);
    }
    out.close();
    out.newline();
  }
}

void write_bench(MarkupWriter& out, const BenchView& bench) {
  out.element("h2", bench.title);
  write_legend(out, bench);
  write_pictures(out, bench, PictureSize::kColumn, "figures");
  write_pictures(out, bench, PictureSize::kWide, "long");
  write_pictures(out, bench, PictureSize::kSmall, "small");
  out.element("h3", "What each variant is");
  write_facts(out, bench.recipes);
  if (!bench.against_reference.rows.empty()) {
    out.element("h3", "Every variant against " + bench.reference);
    write_table(out, bench.against_reference, "Every variant against " + bench.reference,
                NarrowTable::kScroll);
  }
  out.element("h3", "Status of every cell");
  write_matrix(out, bench);
  open_details(out, "All figures, as means over the cases");
  write_table(out, bench.figures, "All figures", NarrowTable::kScroll);
  out.close();
  open_details(out, "Memory by phase");
  write_table(out, bench.memory, "Memory by phase", NarrowTable::kScroll);
  out.close();
  out.newline();
  if (!bench.profiles.empty()) {
    write_profiles(out, bench);
  }
}

}  // namespace

std::string render_html(const ReportModel& model) {
  MarkupWriter out;
  open_page(out, model.title);
  write_header(out, model);
  out.open("main");
  out.newline();
  write_failures(out, model);
  write_quality(out, model.quality);
  write_comparison(out, model);
  for (const BenchView& bench : model.benches) {
    write_bench(out, bench);
  }
  out.element("h2", "Provenance");
  for (const FactGroup& group : model.provenance) {
    open_details(out, group.title);
    write_facts(out, group.facts);
    out.close();
    out.newline();
  }
  out.close();
  out.newline();
  out.element("footer", model.subtitle);
  out.newline();
  return close_page(out);
}

}  // namespace assay::reports
