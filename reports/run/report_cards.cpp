#include <fmt/format.h>

#include <reports/canvas/format.h>
#include <reports/comparison/headline.h>
#include <reports/run/report_cards.h>

namespace assay::reports {
namespace {

using compare::Delta;
using compare::Group;

std::string both_values(const compare::Comparison& comparison, const Delta& row) {
  return fmt::format("{} {}, {} {}", comparison.name_b, format_value(*row.metric, *row.b),
                     comparison.name_a, format_value(*row.metric, *row.a));
}

void add_time(const compare::Comparison& comparison, const Group& group, std::vector<Card>& cards) {
  const Delta* row = find_effect(group, "latency_p50_ms");
  if (row == nullptr) {
    return;
  }
  const std::string interval = row->interval.has_value()
                                   ? speed_interval(*row, comparison.confidence) + "; "
                                   : "not measured side by side; ";
  cards.push_back({"Time", speed_words(*row->effect), interval + both_values(comparison, *row),
                   std::string(compare::verdict_name(row->verdict))});
}

void add_bytes(const compare::Comparison& comparison, const Group& group, std::string_view metric,
               const std::string& label, std::vector<Card>& cards) {
  if (const Delta* row = find_effect(group, metric)) {
    cards.push_back({label, size_words(*row->effect), both_values(comparison, *row),
                     std::string(compare::verdict_name(row->verdict))});
  }
}

void add_difference(const compare::Comparison& comparison, const Group& group,
                    std::string_view metric, const std::string& label, std::vector<Card>& cards) {
  if (const Delta* row = find_effect(group, metric)) {
    cards.push_back({label, format_effect(*row->metric, *row->effect),
                     both_values(comparison, *row),
                     std::string(compare::verdict_name(row->verdict))});
  }
}

void add_flips(const Group& group, std::vector<Card>& cards) {
  const compare::UnitComparison& units = group.units;
  if (units.decided == 0) {
    return;
  }
  cards.push_back({"Decisions that differ", format_count(units.flips.size()),
                   fmt::format("of {} {}{}", format_count(units.decided), units.kind->plural,
                               units.flips.empty() ? "" : "; worst: " + units.worst_case),
                   ""});
}

}  // namespace

std::vector<Card> make_cards(const compare::Comparison& comparison) {
  std::vector<Card> cards;
  if (comparison.groups.empty()) {
    return cards;
  }
  const Group& group = comparison.groups.front();
  add_time(comparison, group, cards);
  add_bytes(comparison, group, "pte_bytes", "File", cards);
  add_bytes(comparison, group, "memory_load_bytes", "Memory for the model", cards);
  add_flips(group, cards);
  for (const UnitKind* kind : comparison.kinds) {
    for (const auto& [metric, name] : kind->cards) {
      add_difference(comparison, group, metric, std::string(name), cards);
    }
  }
  return cards;
}

}  // namespace assay::reports
