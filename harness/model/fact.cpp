#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <harness/model/fact.h>

namespace assay {
namespace {

constexpr std::array<std::pair<BuildType, std::string_view>, 5> kBuildTypes{{
    {BuildType::kNone, "unset"},
    {BuildType::kDebug, "Debug"},
    {BuildType::kRelease, "Release"},
    {BuildType::kRelWithDebInfo, "RelWithDebInfo"},
    {BuildType::kMinSizeRel, "MinSizeRel"},
}};

bool means_nothing(std::string_view words) {
  return words.empty() || words == kUnreadable || words == "unknown";
}

char to_lower(char letter) {
  return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
}

/// All of `words` as one number.
template <class Number>
std::optional<Number> read_number(std::string_view words) {
  Number number{};
  const char* end = words.data() + words.size();
  const auto [stop, error] = std::from_chars(words.data(), end, number);
  return error == std::errc() && stop == end ? std::optional(number) : std::nullopt;
}

}  // namespace

std::string fact_words(bool value) { return value ? "yes" : "no"; }

std::string fact_words(std::int64_t value) { return std::to_string(value); }

std::string fact_words(double value) { return fmt::format("{:.1f}", value); }

std::string fact_words(const std::string& value) {
  return value.empty() ? std::string(kUnreadable) : value;
}

std::string fact_words(const FactList& value) {
  return value.empty() ? "none" : fmt::format("{}", fmt::join(value, ","));
}

std::string fact_words(BuildType value) {
  const auto* found =
      std::ranges::find(kBuildTypes, value, &decltype(kBuildTypes)::value_type::first);
  return found == kBuildTypes.end() ? "other" : std::string(found->second);
}

template <>
std::optional<bool> fact_value(std::string_view words) {
  if (words != "yes" && words != "no") {
    return std::nullopt;
  }
  return words == "yes";
}

template <>
std::optional<std::int64_t> fact_value(std::string_view words) {
  return read_number<std::int64_t>(words);
}

template <>
std::optional<double> fact_value(std::string_view words) {
  const std::optional<double> number = read_number<double>(words);
  return number && std::isfinite(*number) ? number : std::nullopt;
}

template <>
std::optional<std::string> fact_value(std::string_view words) {
  return means_nothing(words) ? std::nullopt : std::optional(std::string(words));
}

template <>
std::optional<FactList> fact_value(std::string_view words) {
  if (means_nothing(words)) {
    return std::nullopt;
  }
  FactList names;
  while (words != "none" && !words.empty()) {
    const std::string_view name = words.substr(0, words.find(','));
    words.remove_prefix(std::min(name.size() + 1, words.size()));
    names.emplace_back(name);
  }
  return names;
}

template <>
std::optional<BuildType> fact_value(std::string_view words) {
  if (means_nothing(words)) {
    return std::nullopt;
  }
  for (const auto& [type, name] : kBuildTypes) {
    if (std::ranges::equal(words, name, {}, to_lower, to_lower)) {
      return type;
    }
  }
  return BuildType::kOther;
}

}  // namespace assay
