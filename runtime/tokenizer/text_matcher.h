#pragma once

// Finds the special tokens that are written out in a text.

#include <cstdint>
#include <map>
#include <optional>
#include <string_view>
#include <vector>

namespace assay::tokenizer {

/// Strings with ids; finds the leftmost, and there the longest.
class TextMatcher {
 public:
  struct Match {
    std::size_t begin = 0;
    std::size_t length = 0;
    std::int32_t id = 0;
  };

  /// Precondition: `text` is not empty. The same text again replaces the id.
  void add(std::string_view text, std::int32_t id);
  bool empty() const { return nodes_.size() == 1; }
  /// The first match that begins at `from` or later.
  std::optional<Match> find(std::string_view text, std::size_t from) const;

 private:
  struct Node {
    std::map<char, std::size_t> children;
    std::optional<std::int32_t> id;
  };
  std::optional<Match> match_at(std::string_view text, std::size_t begin) const;

  std::vector<Node> nodes_{Node{}};
};

/// Calls `on_text(part)` and `on_match(id)` in the order of the text; parts are never empty. A
/// match that `accepts(id)` turns down stays text. Stops at the first error; both calls return a
/// Status.
template <class Accepts, class OnText, class OnMatch>
auto split_at_matches(std::string_view text, const TextMatcher& matcher, const Accepts& accepts,
                      const OnText& on_text, const OnMatch& on_match) -> decltype(on_text(text)) {
  std::size_t done = 0;
  std::size_t from = 0;
  while (const auto match = matcher.find(text, from)) {
    from = match->begin + match->length;
    if (!accepts(match->id)) {
      continue;
    }
    if (match->begin > done) {
      if (auto status = on_text(text.substr(done, match->begin - done)); !status.ok()) {
        return status;
      }
    }
    if (auto status = on_match(match->id); !status.ok()) {
      return status;
    }
    done = from;
  }
  if (done < text.size()) {
    return on_text(text.substr(done));
  }
  return {};
}

}  // namespace assay::tokenizer
