#include <numeric>
#include <optional>

#include <harness/compare/transcripts.h>

namespace assay::compare {
namespace {

using Ids = std::vector<std::int32_t>;

/// The ids of each utterance; nothing where the cell has none, or they do not add up.
std::optional<std::vector<Ids>> transcripts_of(const Cell& cell) {
  const auto tokens = cell.series.find("transcript_tokens");
  const auto counts = cell.series.find("transcript_token_counts");
  if (tokens == cell.series.end() || counts == cell.series.end() ||
      std::accumulate(counts->second.begin(), counts->second.end(), 0.0) !=
          static_cast<double>(tokens->second.size())) {
    return std::nullopt;
  }
  std::vector<Ids> transcripts;
  auto next = tokens->second.begin();
  for (const float count : counts->second) {
    const auto end = next + static_cast<std::ptrdiff_t>(count);
    transcripts.emplace_back(next, end);
    next = end;
  }
  return transcripts;
}

/// Errors of an utterance in words, where the case knows what was said.
std::optional<double> errors_at(const Cell& cell, std::size_t utterance, std::size_t count) {
  const auto errors = cell.series.find("word_errors");
  if (errors == cell.series.end() || errors->second.size() != count) {
    return std::nullopt;
  }
  return static_cast<double>(errors->second[utterance]);
}

}  // namespace

TranscriptComparison compare_transcripts(std::span<const CellPair> pairs) {
  TranscriptComparison comparison;
  for (const CellPair& cells : pairs) {
    const auto a = transcripts_of(*cells.a);
    const auto b = transcripts_of(*cells.b);
    if (!a || !b || a->size() != b->size()) {
      continue;
    }
    comparison.utterances += a->size();
    for (std::size_t i = 0; i < a->size(); ++i) {
      if ((*a)[i] != (*b)[i]) {
        comparison.list.push_back({.case_name = cells.a->key.case_name,
                                   .utterance = i,
                                   .a = (*a)[i],
                                   .b = (*b)[i],
                                   .errors_a = errors_at(*cells.a, i, a->size()),
                                   .errors_b = errors_at(*cells.b, i, a->size())});
      }
    }
  }
  return comparison;
}

}  // namespace assay::compare
