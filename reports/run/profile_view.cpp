#include <algorithm>
#include <cmath>
#include <vector>

#include <fmt/format.h>

#include <reports/canvas/format.h>
#include <reports/run/profile_view.h>

namespace assay::reports {
namespace {

using enum ColumnKind;

/// A share of an inference, however it came about.
struct Part {
  std::string name;
  std::int64_t total_ns = 0;
  std::uint64_t calls = 0;
};

/// Exact counts as such; a mean over executions that differ with its decimals.
std::string calls_text(std::uint64_t calls, std::uint64_t executions) {
  return calls % executions == 0
             ? format_count(calls / executions)
             : format_significant(static_cast<double>(calls) / static_cast<double>(executions), 3);
}

Row row_of(const Part& part, const Profile& profile) {
  const auto wall = static_cast<double>(profile.traced_wall_ns);
  const auto total = static_cast<double>(part.total_ns);
  return {fmt::format("{:.1f} %", 100 * total / wall),
          fmt::format("{:.2f}", total / 1e3 / static_cast<double>(profile.executions)),
          part.calls == 0 ? "" : calls_text(part.calls, profile.executions), part.name};
}

/// The leaves, the slowest first; those beyond `rows` as one part.
std::vector<Part> slowest(const Profile& profile, std::size_t rows) {
  std::vector<Part> parts;
  for (std::size_t i = 0; i < profile.operators.size(); ++i) {
    if (is_leaf(profile, i)) {
      const OperatorTime& row = profile.operators[i];
      parts.push_back({row.name, row.total_ns, row.calls});
    }
  }
  std::ranges::stable_sort(parts, std::ranges::greater{}, &Part::total_ns);
  if (parts.size() > rows) {
    Part rest{.name = fmt::format("({} more)", parts.size() - rows)};
    for (std::size_t i = rows; i < parts.size(); ++i) {
      rest.total_ns += parts[i].total_ns;
      rest.calls += parts[i].calls;
    }
    parts.resize(rows);
    parts.push_back(std::move(rest));
  }
  return parts;
}

Table table_of(const Profile& profile, std::size_t rows) {
  Table table{
      .columns = {
          {"share", kNumber}, {"µs an inference", kNumber}, {"calls", kNumber}, {"kernel"}}};
  std::vector<Part> parts = slowest(profile, rows);
  const std::int64_t rest = delegate_rest_ns(profile);
  if (rest > 0) {
    parts.push_back({.name = "(in a delegate, in none of its nodes)", .total_ns = rest});
  }
  const std::int64_t outside = profile.traced_wall_ns - leaf_ns(profile) - rest;
  parts.push_back({.name = "(outside every operator)", .total_ns = outside});
  for (const Part& part : parts) {
    table.rows.push_back(row_of(part, profile));
  }
  return table;
}

std::string summary_of(const Profile& profile) {
  const double mean_ms =
      static_cast<double>(profile.traced_wall_ns) / 1e6 / static_cast<double>(profile.executions);
  const std::string left_out =
      profile.left_out == 0
          ? ""
          : fmt::format(" ({} more were interrupted and left out)", format_count(profile.left_out));
  return fmt::format(
      "{} an inference while traced, mean of {}{}; the operators account for {:.1f} % of it "
      "(coverage); an execution with tracing takes {:.3f}x one without (overhead)",
      format_milliseconds(mean_ms), format_count(profile.executions), left_out,
      100 * coverage(profile), overhead(profile));
}

/// Nodes whose clock is too coarse: how many read 0, and how much may be missing at most (less than
/// a microsecond a call, and no more than what is in no node).
std::string granularity_of(const Profile& profile) {
  const std::optional<std::size_t> zeros = nodes_below_microsecond(profile);
  if (!zeros.has_value()) {
    return "";
  }
  std::uint64_t nodes = 0;
  std::uint64_t calls = 0;
  for (const OperatorTime& row : profile.operators) {
    const bool node = row.kind == OperatorKind::kDelegateNode;
    nodes += node ? 1 : 0;
    calls += node ? row.calls : 0;
  }
  const double missing_ns =
      std::min(static_cast<double>(calls) * 1e3, static_cast<double>(delegate_rest_ns(profile)));
  return fmt::format(
      "granularity 1 µs: the delegate counts whole microseconds, rounded down; {} of {} nodes read "
      "0, and up to {:.1f} µs an inference are missing from the nodes",
      format_count(*zeros), format_count(nodes),
      missing_ns / 1e3 / static_cast<double>(profile.executions));
}

}  // namespace

ProfileView make_profile_view(const ProfileRecord& record, std::size_t rows) {
  ProfileView view{.variant = record.key.variant, .record = record};
  if (!record.problem.empty() || record.profile.executions == 0) {
    view.summary = "no profile: " + record.problem;
    return view;
  }
  view.summary = summary_of(record.profile);
  view.granularity = granularity_of(record.profile);
  view.table = table_of(record.profile, rows);
  return view;
}

std::string render_profile_text(const ProfileView& view) {
  std::string text = fmt::format("{}: {}\n", view.variant, view.summary);
  if (!view.granularity.empty()) {
    text += fmt::format("  {}\n", view.granularity);
  }
  return view.table.rows.empty() ? text : text + render_text_table(view.table);
}

}  // namespace assay::reports
