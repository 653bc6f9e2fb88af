#include <runtime/tokenizer/text_matcher.h>

namespace assay::tokenizer {

void TextMatcher::add(std::string_view text, std::int32_t id) {
  std::size_t node = 0;
  for (const char c : text) {
    const auto [child, is_new] = nodes_[node].children.emplace(c, nodes_.size());
    node = child->second;
    if (is_new) {
      nodes_.emplace_back();
    }
  }
  nodes_[node].id = id;
}

std::optional<TextMatcher::Match> TextMatcher::find(std::string_view text, std::size_t from) const {
  for (std::size_t begin = from; begin < text.size(); ++begin) {
    if (const auto match = match_at(text, begin)) {
      return match;
    }
  }
  return std::nullopt;
}

std::optional<TextMatcher::Match> TextMatcher::match_at(std::string_view text,
                                                        std::size_t begin) const {
  std::optional<Match> longest;
  std::size_t node = 0;
  for (std::size_t i = begin; i < text.size(); ++i) {
    const auto child = nodes_[node].children.find(text[i]);
    if (child == nodes_[node].children.end()) {
      break;
    }
    node = child->second;
    if (nodes_[node].id) {
      longest = Match{begin, i + 1 - begin, *nodes_[node].id};
    }
  }
  return longest;
}

}  // namespace assay::tokenizer
