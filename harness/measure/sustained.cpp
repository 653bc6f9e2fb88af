#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <harness/measure/sustained.h>
#include <harness/stats/summary.h>

namespace assay::measure {
namespace {

constexpr double kNsPerMinute = 60e9;
constexpr double kSpans = 10;
constexpr double kTie = 1.01;

bool same_case(CellKey a, CellKey b) {
  a.variant = b.variant = "";
  return a == b;
}

std::int64_t end_ns(const SampleBlock& block) {
  std::int64_t end = block.start_ns;
  for (const std::int64_t latency_ns : block.latency_ns) {
    end += latency_ns;
  }
  return end;
}

/// The time that the counted blocks of the cells cover, cut into spans.
struct Spans {
  std::int64_t begin_ns = std::numeric_limits<std::int64_t>::max();
  std::int64_t end_ns = std::numeric_limits<std::int64_t>::min();
  double span_ns = 0;
  std::size_t count = 0;

  std::size_t of(const SampleBlock& block) const {
    const double since_ns = static_cast<double>(block.start_ns - begin_ns);
    return std::min(static_cast<std::size_t>(since_ns / span_ns), count - 1);
  }
};

Spans make_spans(const std::vector<const Cell*>& cells) {
  Spans spans;
  for (const Cell* cell : cells) {
    for (const SampleBlock& block : cell->blocks) {
      if (counts(block)) {
        spans.begin_ns = std::min(spans.begin_ns, block.start_ns);
        spans.end_ns = std::max(spans.end_ns, end_ns(block));
      }
    }
  }
  const double total_ns = static_cast<double>(spans.end_ns - spans.begin_ns);
  spans.span_ns = std::max(std::min(kNsPerMinute, total_ns / kSpans), 1.0);
  spans.count = std::max<std::size_t>(
      1, static_cast<std::size_t>(std::floor(total_ns / spans.span_ns + 1e-9)));
  return spans;
}

SustainedVariant summarize(const Cell& cell, const Spans& spans) {
  std::vector<std::vector<double>> samples(spans.count);
  for (const SampleBlock& block : cell.blocks) {
    if (counts(block)) {
      std::vector<double>& span = samples[spans.of(block)];
      span.insert(span.end(), block.latency_ns.begin(), block.latency_ns.end());
    }
  }
  SustainedVariant variant{.variant = cell.key.variant};
  for (std::vector<double>& span : samples) {
    variant.p50_ms.push_back(span.empty() ? std::nullopt
                                          : std::optional(stats::median_in_place(span) / 1e6));
  }
  return variant;
}

struct Ranked {
  std::string variant;
  double first_ms = 0;
  double last_ms = 0;
};

/// Its first median of the first half and its last one of the second half. In a short run a span
/// may be shorter than a turn of all variants, so that the very first and last need not have one.
std::optional<Ranked> ends_of(const SustainedVariant& variant) {
  const std::vector<std::optional<double>>& p50_ms = variant.p50_ms;
  const auto middle = p50_ms.begin() + static_cast<std::ptrdiff_t>(p50_ms.size() / 2);
  const auto has_value = [](const std::optional<double>& value) { return value.has_value(); };
  const auto first = std::find_if(p50_ms.begin(), middle, has_value);
  const auto last = std::find_if(p50_ms.rbegin(), std::make_reverse_iterator(middle), has_value);
  if (first == middle || last == std::make_reverse_iterator(middle)) {
    return std::nullopt;
  }
  return Ranked{.variant = variant.variant, .first_ms = **first, .last_ms = **last};
}

void rank(SustainedCase& sustained) {
  std::vector<Ranked> ranked;
  for (const SustainedVariant& variant : sustained.variants) {
    if (std::optional<Ranked> ends = ends_of(variant)) {
      ranked.push_back(*std::move(ends));
    }
  }
  for (const Ranked& a : ranked) {
    for (const Ranked& b : ranked) {
      sustained.ranking_changed |= a.first_ms * kTie < b.first_ms && a.last_ms > b.last_ms * kTie;
    }
  }
  const auto names = [&](double Ranked::*figure) {
    std::ranges::stable_sort(ranked, {}, figure);
    std::vector<std::string> sorted;
    for (const Ranked& item : ranked) {
      sorted.push_back(item.variant);
    }
    return sorted;
  };
  sustained.first_ranking = names(&Ranked::first_ms);
  sustained.last_ranking = names(&Ranked::last_ms);
}

SustainedCase summarize(const std::vector<const Cell*>& cells) {
  const Spans spans = make_spans(cells);
  SustainedCase sustained{
      .key = cells.front()->key,
      .span_minutes = spans.span_ns / kNsPerMinute,
      .minutes = static_cast<double>(spans.end_ns - spans.begin_ns) / kNsPerMinute};
  for (const Cell* cell : cells) {
    sustained.variants.push_back(summarize(*cell, spans));
  }
  rank(sustained);
  return sustained;
}

}  // namespace

std::vector<SustainedCase> summarize_sustained(const std::vector<Cell>& cells) {
  std::vector<std::vector<const Cell*>> cases;
  for (const Cell& cell : cells) {
    if (std::ranges::none_of(cell.blocks, [](const SampleBlock& b) { return counts(b); })) {
      continue;
    }
    const auto found = std::ranges::find_if(
        cases, [&](const auto& group) { return same_case(group.front()->key, cell.key); });
    if (found == cases.end()) {
      cases.push_back({&cell});
    } else {
      found->push_back(&cell);
    }
  }
  std::vector<SustainedCase> summaries;
  for (const std::vector<const Cell*>& group : cases) {
    summaries.push_back(summarize(group));
  }
  return summaries;
}

std::string describe_ranking(const SustainedCase& sustained) {
  const std::string_view span = sustained.span_minutes < 1 ? "tenth of the time" : "minute";
  if (sustained.first_ranking.size() < 2) {
    return "there is nothing to rank: fewer than two variants were timed to the end";
  }
  const std::string first = fmt::format("{}", fmt::join(sustained.first_ranking, ", "));
  if (!sustained.ranking_changed) {
    return fmt::format("the ranking did not change between the first and the last {}: {}", span,
                       first);
  }
  return fmt::format("the ranking changed between the first and the last {}: {}; then {}", span,
                     first, fmt::join(sustained.last_ranking, ", "));
}

}  // namespace assay::measure
