#include <algorithm>
#include <cmath>
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

void rank(SustainedCase& sustained) {
  std::vector<const SustainedVariant*> ranked;
  for (const SustainedVariant& variant : sustained.variants) {
    if (variant.p50_ms.front() && variant.p50_ms.back()) {
      ranked.push_back(&variant);
    }
  }
  for (const SustainedVariant* a : ranked) {
    for (const SustainedVariant* b : ranked) {
      const bool faster_at_first = *a->p50_ms.front() * kTie < *b->p50_ms.front();
      const bool slower_at_last = *a->p50_ms.back() > *b->p50_ms.back() * kTie;
      sustained.ranking_changed |= faster_at_first && slower_at_last;
    }
  }
  const auto names = [&](auto figure) {
    std::ranges::stable_sort(ranked, {}, figure);
    std::vector<std::string> sorted;
    for (const SustainedVariant* variant : ranked) {
      sorted.push_back(variant->variant);
    }
    return sorted;
  };
  sustained.first_ranking = names([](const SustainedVariant* v) { return *v->p50_ms.front(); });
  sustained.last_ranking = names([](const SustainedVariant* v) { return *v->p50_ms.back(); });
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
