#include <cmath>
#include <vector>

#include <fmt/format.h>

#include <reports/canvas/format.h>
#include <reports/comparison/headline.h>

namespace assay::reports {
namespace {

using compare::Delta;

std::string time_part(const compare::Comparison& comparison, const Delta& row) {
  const std::string& a = comparison.name_a;
  const std::string& b = comparison.name_b;
  if (!row.interval.has_value()) {
    return fmt::format("whether {} is faster than {} is not known ({})", b, a, row.reason);
  }
  if (row.verdict == compare::Verdict::kSame) {
    return fmt::format("{} is as fast as {} (time ratio {}, {} CI {})", b, a,
                       format_effect(*row.metric, *row.effect),
                       format_percent(comparison.confidence),
                       format_interval(*row.metric, *row.interval));
  }
  if (row.verdict == compare::Verdict::kInconclusive) {
    return fmt::format("whether {} is faster than {} is not decided (time ratio {}, {} CI {}; {})",
                       b, a, format_effect(*row.metric, *row.effect),
                       format_percent(comparison.confidence),
                       format_interval(*row.metric, *row.interval), row.reason);
  }
  return fmt::format("{} is {} than {} ({})", b, speed_words(*row.effect), a,
                     speed_interval(row, comparison.confidence));
}

std::string flip_part(const compare::UnitComparison& units) {
  const std::size_t count = units.flips.size();
  const UnitKind& kind = *units.kind;
  if (count == 0) {
    return fmt::format("none of {} {} {}", format_count(units.decided), kind.plural, kind.flips);
  }
  return fmt::format("{} of {} {} {} (worst: {})", format_count(count), format_count(units.decided),
                     kind.plural, count == 1 ? kind.flips : kind.flips_many, units.worst_case);
}

std::string join_sentence(const std::vector<std::string>& parts) {
  std::string sentence;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (i > 0) {
      sentence += parts.size() > 2 ? ", " : " ";
      sentence += i + 1 == parts.size() ? "and " : "";
    }
    sentence += parts[i];
  }
  return sentence + ".";
}

}  // namespace

const Delta* find_effect(const compare::Group& group, std::string_view metric) {
  for (const Delta& row : group.overall) {
    if (row.metric->id == metric && row.effect.has_value()) {
      return &row;
    }
  }
  return nullptr;
}

std::string speed_words(double time_ratio) {
  return time_ratio < 1 ? fmt::format("{:.2f}x faster", 1 / time_ratio)
                        : fmt::format("{:.2f}x slower", time_ratio);
}

std::string size_words(double size_ratio) {
  if (size_ratio == 1) {
    return "the same size";
  }
  return fmt::format("{} {}", format_percent(std::fabs(size_ratio - 1)),
                     size_ratio < 1 ? "smaller" : "larger");
}

std::string speed_interval(const Delta& row, double confidence) {
  stats::Interval speed = *row.interval;
  if (*row.effect < 1) {
    speed = {1 / row.interval->high, 1 / row.interval->low};
  }
  return fmt::format("{} CI {:.2f} to {:.2f}", format_percent(confidence), speed.low, speed.high);
}

std::string make_headline(const compare::Comparison& comparison, const compare::Group& group) {
  std::vector<std::string> parts;
  if (const Delta* time = find_effect(group, "latency_p50_ms")) {
    parts.push_back(time_part(comparison, *time));
  }
  if (const Delta* size = find_effect(group, "pte_bytes")) {
    parts.push_back((*size->effect == 1 ? "its file has " : "its file is ") +
                    size_words(*size->effect));
  }
  if (group.units.decided > 0) {
    parts.push_back(flip_part(group.units));
  }
  if (parts.empty()) {
    return fmt::format("Nothing that {} and {} have in common can be compared.", comparison.name_a,
                       comparison.name_b);
  }
  return join_sentence(parts);
}

}  // namespace assay::reports
