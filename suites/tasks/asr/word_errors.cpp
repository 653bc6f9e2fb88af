#include <algorithm>
#include <cstdlib>
#include <map>
#include <memory>
#include <vector>

#include <utf8proc.h>

#include <harness/base/utf8.h>
#include <suites/tasks/asr/word_errors.h>

namespace assay::suites {
namespace {

constexpr std::uint32_t kApostrophe = 0x27;
constexpr std::uint32_t kRightQuote = 0x2019;

std::u32string code_points_of(std::string_view utf8) {
  std::u32string points;
  while (!utf8.empty()) {
    const Utf8Step step = read_utf8(utf8);
    points.push_back(code_point(utf8.substr(0, step.length)));
    utf8.remove_prefix(step.length);
  }
  return points;
}

/// NFKC as code points.
std::u32string compatibility_composed(std::string_view text) {
  const std::string valid = replace_broken_utf8(text);
  utf8proc_uint8_t* mapped = nullptr;
  const auto options =
      static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_COMPAT);
  const utf8proc_ssize_t size =
      utf8proc_map(reinterpret_cast<const utf8proc_uint8_t*>(valid.data()),
                   static_cast<utf8proc_ssize_t>(valid.size()), &mapped, options);
  const std::unique_ptr<utf8proc_uint8_t, void (*)(void*)> owner(mapped, &std::free);
  if (size < 0) {
    return code_points_of(valid);  // out of memory only: the text is valid UTF-8
  }
  return code_points_of({reinterpret_cast<const char*>(mapped), static_cast<std::size_t>(size)});
}

utf8proc_category_t category(char32_t point) {
  return utf8proc_category(static_cast<utf8proc_int32_t>(point));
}

bool is_word_part(char32_t point) {
  const auto kind = category(point);
  return (kind >= UTF8PROC_CATEGORY_LU && kind <= UTF8PROC_CATEGORY_LO) ||
         (kind >= UTF8PROC_CATEGORY_MN && kind <= UTF8PROC_CATEGORY_ME) ||
         (kind >= UTF8PROC_CATEGORY_ND && kind <= UTF8PROC_CATEGORY_NO);
}

bool is_punctuation(char32_t point) {
  const auto kind = category(point);
  return kind >= UTF8PROC_CATEGORY_PC && kind <= UTF8PROC_CATEGORY_PO;
}

/// White space as Python's str.split() has it.
bool is_space(char32_t point) {
  const auto kind = category(point);
  const bool control = (point >= 0x09 && point <= 0x0d) || (point >= 0x1c && point <= 0x1f);
  return control || point == 0x85 || (kind >= UTF8PROC_CATEGORY_ZS && kind <= UTF8PROC_CATEGORY_ZP);
}

void append_utf8(std::string& text, char32_t point) {
  utf8proc_uint8_t bytes[4];
  const auto size = utf8proc_encode_char(static_cast<utf8proc_int32_t>(point), bytes);
  text.append(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(size));
}

/// Words as numbers: the same word, the same number.
std::vector<std::uint32_t> word_numbers(std::string_view text,
                                        std::map<std::string, std::uint32_t, std::less<>>& known) {
  std::vector<std::uint32_t> numbers;
  while (!text.empty()) {
    const std::string_view word = text.substr(0, text.find(' '));
    text.remove_prefix(std::min(word.size() + 1, text.size()));
    const auto next = static_cast<std::uint32_t>(known.size());
    numbers.push_back(known.try_emplace(std::string(word), next).first->second);
  }
  return numbers;
}

std::vector<std::uint32_t> character_numbers(std::string_view text) {
  const auto points = code_points_of(text);
  return {points.begin(), points.end()};
}

/// The cost of an alignment: fewer errors first, then fewer gaps, that is more substitutions.
struct Cost {
  std::size_t errors = 0;
  std::size_t gaps = 0;  ///< insertions and deletions
  friend auto operator<=>(const Cost&, const Cost&) = default;

  Cost with_gap() const { return {errors + 1, gaps + 1}; }
};

}  // namespace

EditCounts& EditCounts::operator+=(const EditCounts& other) {
  reference_length += other.reference_length;
  substitutions += other.substitutions;
  deletions += other.deletions;
  insertions += other.insertions;
  return *this;
}

std::string normalize_transcript(std::string_view text) {
  std::u32string points = compatibility_composed(text);
  for (char32_t& point : points) {
    point = static_cast<char32_t>(utf8proc_tolower(static_cast<utf8proc_int32_t>(point)));
  }
  std::string normalized;
  bool space = false;
  for (std::size_t i = 0; i < points.size(); ++i) {
    const char32_t point = points[i];
    const bool apostrophe = point == kApostrophe || point == kRightQuote;
    const bool inside = apostrophe && i > 0 && i + 1 < points.size() &&
                        is_word_part(points[i - 1]) && is_word_part(points[i + 1]);
    if (is_space(point)) {
      space = true;
    } else if (inside || !is_punctuation(point)) {
      if (space && !normalized.empty()) {
        normalized += ' ';
      }
      space = false;
      append_utf8(normalized, inside ? kApostrophe : point);
    }
  }
  return normalized;
}

EditCounts count_edits(std::span<const std::uint32_t> reference,
                       std::span<const std::uint32_t> hypothesis) {
  std::vector<Cost> row(hypothesis.size() + 1);
  for (std::size_t column = 1; column < row.size(); ++column) {
    row[column] = row[column - 1].with_gap();
  }
  for (const std::uint32_t wanted : reference) {
    Cost diagonal = row[0];
    row[0] = row[0].with_gap();
    for (std::size_t column = 1; column < row.size(); ++column) {
      const bool same = wanted == hypothesis[column - 1];
      const Cost kept{diagonal.errors + (same ? 0 : 1), diagonal.gaps};
      diagonal = row[column];
      row[column] = std::min({kept, row[column].with_gap(), row[column - 1].with_gap()});
    }
  }
  const Cost best = row.back();
  // Insertions less deletions is what the hypothesis is longer.
  return {.reference_length = reference.size(),
          .substitutions = best.errors - best.gaps,
          .deletions = (best.gaps + reference.size() - hypothesis.size()) / 2,
          .insertions = (best.gaps + hypothesis.size() - reference.size()) / 2};
}

EditCounts word_edits(std::string_view reference, std::string_view hypothesis) {
  std::map<std::string, std::uint32_t, std::less<>> known;
  const auto wanted = word_numbers(reference, known);
  return count_edits(wanted, word_numbers(hypothesis, known));
}

EditCounts character_edits(std::string_view reference, std::string_view hypothesis) {
  return count_edits(character_numbers(reference), character_numbers(hypothesis));
}

}  // namespace assay::suites
