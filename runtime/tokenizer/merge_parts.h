#pragma once

// Byte-pair merging: the loop that all BPE formats share. Again and again the best pair of
// neighbours becomes one token, until no pair is a token. O(n log n) for n parts, so that a word of
// a million equal characters is no trap.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <queue>
#include <string_view>
#include <vector>

namespace assay::tokenizer {

/// A token, or a piece of a word that may become one: bytes [begin, begin + length) of the word.
struct Part {
  std::int32_t id = -1;
  std::size_t begin = 0;
  std::size_t length = 0;
};

/// What two neighbours become. A lower rank is merged first; equal ranks from left to right.
struct Merge {
  double rank = 0;
  std::int32_t id = -1;
};

namespace merge_detail {

inline constexpr std::size_t kNone = SIZE_MAX;

/// A pair that could be merged, by its left part.
struct Candidate {
  Merge merge;
  std::size_t left = 0;
  /// priority_queue gives the largest first: the lowest rank, and of equal ones the leftmost.
  bool operator<(const Candidate& other) const {
    return merge.rank != other.merge.rank ? merge.rank > other.merge.rank : left > other.left;
  }
};

/// The neighbours of a part that are still there.
struct Links {
  std::size_t previous = kNone;
  std::size_t next = kNone;
  bool merged_away = false;
};

}  // namespace merge_detail

/// Merges `parts` in place. `find_merge(left, right)` gives an optional Merge of two neighbours.
template <class FindMerge>
void merge_parts(std::vector<Part>& parts, const FindMerge& find_merge) {
  using namespace merge_detail;
  if (parts.size() < 2) {
    return;
  }
  std::vector<Links> links(parts.size());
  std::priority_queue<Candidate> candidates;
  const auto consider = [&](std::size_t left, std::size_t right) {
    if (const std::optional<Merge> merge = find_merge(parts[left], parts[right])) {
      candidates.push(Candidate{*merge, left});
    }
  };
  for (std::size_t i = 0; i < parts.size(); ++i) {
    links[i].previous = i == 0 ? kNone : i - 1;
    links[i].next = i + 1 == parts.size() ? kNone : i + 1;
    if (i > 0) {
      consider(i - 1, i);
    }
  }
  while (!candidates.empty()) {
    const Candidate best = candidates.top();
    candidates.pop();
    const std::size_t right = links[best.left].next;
    if (links[best.left].merged_away || right == kNone) {
      continue;
    }
    // A neighbour may have grown since; what the pair becomes today decides.
    const std::optional<Merge> merge = find_merge(parts[best.left], parts[right]);
    if (!merge || merge->id != best.merge.id) {
      continue;
    }
    parts[best.left].id = best.merge.id;
    parts[best.left].length += parts[right].length;
    links[right].merged_away = true;
    links[best.left].next = links[right].next;
    if (links[right].next != kNone) {
      links[links[right].next].previous = best.left;
      consider(best.left, links[right].next);
    }
    if (links[best.left].previous != kNone) {
      consider(links[best.left].previous, best.left);
    }
  }
  std::size_t kept = 0;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (!links[i].merged_away) {
      parts[kept++] = parts[i];
    }
  }
  parts.resize(kept);
}

}  // namespace assay::tokenizer
