#include <algorithm>
#include <array>
#include <optional>

#include <runtime/tokenizer/hf_json.h>
#include <runtime/tokenizer/hf_pre_tokenizer.h>

namespace assay::tokenizer {
namespace {

// GPT-2's pattern, which ByteLevel uses unless told not to.
constexpr std::string_view kByteLevelPattern =
    R"('s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+)";

struct BehaviorName {
  std::string_view name;
  SplitBehavior behavior;
};

constexpr std::array kBehaviors{
    BehaviorName{"Removed", SplitBehavior::kRemoved},
    BehaviorName{"Isolated", SplitBehavior::kIsolated},
    BehaviorName{"MergedWithPrevious", SplitBehavior::kMergedWithPrevious},
    BehaviorName{"MergedWithNext", SplitBehavior::kMergedWithNext},
    BehaviorName{"Contiguous", SplitBehavior::kContiguous},
};

Result<SplitBehavior> read_behavior(const JsonValue& value) {
  ASSAY_ASSIGN(const std::string name, value.as_text());
  for (const BehaviorName& row : kBehaviors) {
    if (row.name == name) {
      return row.behavior;
    }
  }
  return value.error("unknown behavior " + value.shown());
}

/// A stretch of a word: a match, or what lies between two.
struct Stretch {
  std::size_t begin = 0;
  std::size_t end = 0;
  bool is_match = false;
};

/// Joins stretches as `behavior` says; the results are not empty, in order.
std::vector<Stretch> join(const std::vector<Stretch>& stretches, SplitBehavior behavior) {
  std::vector<Stretch> joined;
  bool previous_match = false;
  const bool backwards = behavior == SplitBehavior::kMergedWithNext;
  for (std::size_t i = 0; i < stretches.size(); ++i) {
    const Stretch& stretch = stretches[backwards ? stretches.size() - 1 - i : i];
    bool joins = false;
    switch (behavior) {
      case SplitBehavior::kRemoved:
        if (stretch.is_match) {
          continue;
        }
        break;
      case SplitBehavior::kIsolated:
        break;
      case SplitBehavior::kMergedWithPrevious:
      case SplitBehavior::kMergedWithNext:
        joins = stretch.is_match && !previous_match;
        break;
      case SplitBehavior::kContiguous:
        joins = stretch.is_match == previous_match;
        break;
    }
    previous_match = stretch.is_match;
    if (!joins || joined.empty()) {
      joined.push_back(stretch);
    } else if (backwards) {
      joined.back().begin = stretch.begin;
    } else {
      joined.back().end = stretch.end;
    }
  }
  if (backwards) {
    std::reverse(joined.begin(), joined.end());
  }
  return joined;
}

}  // namespace

Result<PreTokenizer> PreTokenizer::parse(const JsonValue& value) {
  PreTokenizer pre_tokenizer;
  ASSAY_TRY(pre_tokenizer.add(value));
  return pre_tokenizer;
}

Status PreTokenizer::add(const JsonValue& value) {
  ASSAY_ASSIGN(const std::string type, type_of(value));
  if (type == "Split") {
    return add_split(value);
  }
  if (type == "Digits") {
    return add_digits(value);
  }
  if (type == "ByteLevel") {
    return add_byte_level(value);
  }
  if (type != "Sequence") {
    return unsupported(value, fmt::format("the pre-tokenizer '{}'", type));
  }
  ASSAY_TRY(value.expect_object({"type", "pretokenizers"}));
  ASSAY_ASSIGN(const JsonValue list, value.require("pretokenizers"));
  ASSAY_ASSIGN(const auto items, list.as_list());
  for (const JsonValue& item : items) {
    ASSAY_TRY(add(item));
  }
  return {};
}

Status PreTokenizer::add_split(const JsonValue& value) {
  ASSAY_TRY(value.expect_object({"type", "pattern", "behavior", "invert"}));
  Step step;
  ASSAY_ASSIGN(const JsonValue pattern, value.require("pattern"));
  ASSAY_TRY(pattern.expect_object({"Regex", "String"}));
  const auto regex = pattern.find("Regex");
  if (regex) {
    ASSAY_ASSIGN(const std::string text, regex->as_nonempty_text());
    ASSAY_ASSIGN(step.regex, Regex::compile(text));
  } else {
    ASSAY_ASSIGN(const JsonValue literal, pattern.require("String"));
    ASSAY_ASSIGN(step.literal, literal.as_nonempty_text());
  }
  ASSAY_ASSIGN(const JsonValue behavior, value.require("behavior"));
  ASSAY_ASSIGN(step.behavior, read_behavior(behavior));
  ASSAY_ASSIGN(step.invert, flag_of(value, "invert", false));
  steps_.push_back(std::move(step));
  return {};
}

Status PreTokenizer::add_digits(const JsonValue& value) {
  ASSAY_TRY(value.expect_object({"type", "individual_digits"}));
  Step step;
  ASSAY_ASSIGN(const bool individual, flag_of(value, "individual_digits", false));
  step.behavior = individual ? SplitBehavior::kIsolated : SplitBehavior::kContiguous;
  ASSAY_ASSIGN(step.regex, Regex::compile(R"(\p{N})"));
  steps_.push_back(std::move(step));
  return {};
}

Status PreTokenizer::add_byte_level(const JsonValue& value) {
  // trim_offsets is about positions in the text, which ids do not have.
  ASSAY_TRY(value.expect_object({"type", "add_prefix_space", "trim_offsets", "use_regex"}));
  Step step;
  ASSAY_ASSIGN(step.add_prefix_space, flag_of(value, "add_prefix_space", true));
  ASSAY_ASSIGN(const bool use_regex, flag_of(value, "use_regex", true));
  if (use_regex) {
    ASSAY_ASSIGN(step.regex, Regex::compile(kByteLevelPattern));
  }
  steps_.push_back(std::move(step));
  return {};
}

Result<Words> PreTokenizer::split(std::string_view text) const {
  Words result;
  if (!text.empty()) {
    result.words.push_back(text);
  }
  std::vector<std::string_view> next;
  for (const Step& step : steps_) {
    next.clear();
    for (std::string_view word : result.words) {
      if (step.add_prefix_space && !word.starts_with(' ')) {
        word = result.owned.emplace_back(" " + std::string(word));
      }
      ASSAY_TRY(cut(step, word, next));
    }
    result.words.swap(next);
  }
  return result;
}

Status PreTokenizer::cut(const Step& step, std::string_view word,
                         std::vector<std::string_view>& out) {
  if (!step.regex && step.literal.empty()) {
    out.push_back(word);
    return {};
  }
  std::vector<Stretch> stretches;
  std::size_t done = 0;
  const auto put = [&](std::size_t end, bool is_match) {
    if (end > done) {
      stretches.push_back({done, end, is_match != step.invert});
    }
    done = end;
  };
  while (done < word.size()) {
    std::optional<Regex::Match> match;
    if (step.regex) {
      ASSAY_ASSIGN(match, step.regex->find(word, done));
    } else if (const std::size_t at = word.find(step.literal, done); at != word.npos) {
      match = Regex::Match{at, at + step.literal.size()};
    }
    if (!match) {
      break;
    }
    put(match->begin, false);
    put(match->end, true);
  }
  put(word.size(), false);
  for (const Stretch& stretch : join(stretches, step.behavior)) {
    out.push_back(word.substr(stretch.begin, stretch.end - stretch.begin));
  }
  return {};
}

}  // namespace assay::tokenizer
