#pragma once

// One thing that is known of a machine or of a build, or that is not: what could not be read is a
// state, never a word that looks like a value. A fact keeps the words that it is stored as, so that
// what another version of this program wrote is written back byte by byte.

#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace assay {

enum class FactState {
  kNotRecorded,  ///< whoever stored it did not say: an older program, or another one
  kUnreadable,   ///< it was looked for in vain, or its words mean nothing to this program
  kKnown,
};

/// How a fact that cannot be read is stored.
inline constexpr std::string_view kUnreadable = "unreadable";

/// CMake's build types. kNone: built without one, so neither optimised nor meant for debugging.
enum class BuildType { kNone, kDebug, kRelease, kRelWithDebInfo, kMinSizeRel, kOther };

/// Names without commas; stored with commas between them, an empty list as "none".
using FactList = std::vector<std::string>;

/// The words that a value is stored as: "yes" and "no", temperatures with one decimal.
std::string fact_words(bool value);
std::string fact_words(std::int64_t value);
std::string fact_words(double value);
std::string fact_words(const std::string& value);
std::string fact_words(const FactList& value);
std::string fact_words(BuildType value);

/// The value that stored words mean. Nothing for those that mean none: "unreadable", "unknown", an
/// empty text, a number with a letter in it.
template <class T>
std::optional<T> fact_value(std::string_view words);
template <>
std::optional<bool> fact_value(std::string_view words);
template <>
std::optional<std::int64_t> fact_value(std::string_view words);
template <>
std::optional<double> fact_value(std::string_view words);
template <>
std::optional<std::string> fact_value(std::string_view words);
template <>
std::optional<FactList> fact_value(std::string_view words);
/// As CMake, it does not care about upper and lower case.
template <>
std::optional<BuildType> fact_value(std::string_view words);

template <class T>
class Fact {
 public:
  /// Not recorded.
  Fact() = default;
  /// Known. Of a flag nothing but a bool: a text would silently become true.
  // NOLINTBEGIN(bugprone-forwarding-reference-overload): a Fact converts to no T, so none is copied
  template <class Value>
  requires std::convertible_to<Value, T> &&
      (!std::same_as<T, bool> || std::same_as<std::remove_cvref_t<Value>, bool>)Fact(Value&& value)
      : Fact(read(fact_words(T(std::forward<Value>(value))))) {}
  // NOLINTEND(bugprone-forwarding-reference-overload)

  /// What stored words say.
  static Fact read(std::string words) {
    Fact fact;
    fact.value_ = fact_value<T>(words);
    fact.words_ = std::move(words);
    return fact;
  }
  static Fact unreadable() { return read(std::string(kUnreadable)); }
  /// What was found where it was looked for.
  static Fact found(const std::optional<T>& value) { return value ? Fact(*value) : unreadable(); }

  FactState state() const {
    if (!words_) {
      return FactState::kNotRecorded;
    }
    return value_ ? FactState::kKnown : FactState::kUnreadable;
  }
  /// Nothing unless it is known.
  const std::optional<T>& value() const { return value_; }
  /// As it is stored; nothing when it is not recorded.
  const std::optional<std::string>& words() const { return words_; }

  /// Two facts are the same when they are stored as the same words.
  friend bool operator==(const Fact& a, const Fact& b) { return a.words_ == b.words_; }

 private:
  std::optional<T> value_;
  std::optional<std::string> words_;
};

}  // namespace assay
