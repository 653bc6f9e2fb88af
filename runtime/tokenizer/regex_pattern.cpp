#include <array>
#include <cctype>
#include <optional>

#include <runtime/tokenizer/regex_pattern.h>

namespace assay::tokenizer {
namespace {

// Unicode's White_Space property.
constexpr std::string_view kSpaces =
    R"(\x{9}-\x{d}\x{20}\x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000})";

struct Category {
  char letter;
  std::string_view in_pcre2;  ///< members of a character class: Unicode 14, then what 16 added
};

constexpr std::array kCategories{
    Category{'L', R"(\p{L})"
                  R"(\x{1c89}-\x{1c8a}\x{a7cb}-\x{a7cd}\x{a7da}-\x{a7dc}\x{105c0}-\x{105f3})"
                  R"(\x{10d4a}-\x{10d65}\x{10d6f}-\x{10d85}\x{10ec2}-\x{10ec4})"
                  R"(\x{1123f}-\x{11240}\x{11380}-\x{11389}\x{1138b}\x{1138e})"
                  R"(\x{11390}-\x{113b5}\x{113b7}\x{113d1}\x{113d3}\x{11bc0}-\x{11be0})"
                  R"(\x{11f02}\x{11f04}-\x{11f10}\x{11f12}-\x{11f33}\x{1342f})"
                  R"(\x{13441}-\x{13446}\x{13460}-\x{143fa}\x{16100}-\x{1611d})"
                  R"(\x{16d40}-\x{16d6c}\x{18cff}\x{1b132}\x{1b155}\x{1df25}-\x{1df2a})"
                  R"(\x{1e030}-\x{1e06d}\x{1e4d0}-\x{1e4eb}\x{1e5d0}-\x{1e5ed}\x{1e5f0})"
                  R"(\x{2b739}\x{2ebf0}-\x{2ee5d}\x{31350}-\x{323af})"},
    Category{'N', R"(\p{N})"
                  R"(\x{10d40}-\x{10d49}\x{116d0}-\x{116e3}\x{11bf0}-\x{11bf9})"
                  R"(\x{11f50}-\x{11f59}\x{16130}-\x{16139}\x{16d70}-\x{16d79})"
                  R"(\x{1ccf0}-\x{1ccf9}\x{1d2c0}-\x{1d2d3}\x{1e4f0}-\x{1e4f9})"
                  R"(\x{1e5f1}-\x{1e5fa})"},
    Category{'M', R"(\p{M})"
                  R"(\x{897}\x{cf3}\x{ece}\x{10d69}-\x{10d6d}\x{10efc}-\x{10eff}\x{11241})"
                  R"(\x{113b8}-\x{113c0}\x{113c2}\x{113c5}\x{113c7}-\x{113ca})"
                  R"(\x{113cc}-\x{113d0}\x{113d2}\x{113e1}-\x{113e2}\x{11f00}-\x{11f01})"
                  R"(\x{11f03}\x{11f34}-\x{11f3a}\x{11f3e}-\x{11f42}\x{11f5a}\x{13440})"
                  R"(\x{13447}-\x{13455}\x{1611e}-\x{1612f}\x{1e08f}\x{1e4ec}-\x{1e4ef})"
                  R"(\x{1e5ee}-\x{1e5ef})"},
};

constexpr std::array<std::string_view, 7> kGroups{
    "(?:", "(?=", "(?!", "(?<=", "(?<!", "(?>", "(?i:"};

/// Walks a pattern once, copying what all libraries agree on.
class Translator {
 public:
  explicit Translator(std::string_view pattern) : pattern_(pattern) {}

  Result<std::string> run() {
    while (position_ < pattern_.size()) {
      ASSAY_TRY(in_class_ ? step_in_class() : step_outside());
    }
    return std::move(out_);
  }

 private:
  std::string_view rest() const { return pattern_.substr(position_); }
  void copy(std::size_t count) {
    out_ += rest().substr(0, count);
    position_ += count;
  }
  Error refused(std::string_view what) const {
    return make_error(ErrorCode::kUnsupported, "{} in the pattern '{}' is not supported", what,
                      pattern_);
  }

  Status step_outside() {
    switch (rest().front()) {
      case '\\':
        return step_escape();
      case '[':
        in_class_ = true;
        copy(rest().starts_with("[^") ? 2 : 1);
        class_start_ = position_;
        return {};
      case '(':
        return step_group();
      case '^':
      case '$':
        return refused("an anchor (^ or $)");
      case '}':
        if (rest().starts_with("}+")) {
          return refused("'}+'");
        }
        break;
      default:
        break;
    }
    copy(1);
    return {};
  }

  Status step_group() {
    if (rest().starts_with("(*")) {
      return refused("'(*'");
    }
    if (!rest().starts_with("(?")) {
      copy(1);
      return {};
    }
    for (const std::string_view group : kGroups) {
      if (rest().starts_with(group)) {
        copy(group.size());
        return {};
      }
    }
    return refused(fmt::format("the group '{}'", rest().substr(0, 4)));
  }

  Status step_in_class() {
    const char c = rest().front();
    if (c == '\\') {
      return step_escape();
    }
    if (c == '[' || rest().starts_with("&&")) {
      return refused("a set operation inside [...]");
    }
    if (c == ']') {
      if (position_ == class_start_) {
        return refused("']' as the first character inside [...]");
      }
      in_class_ = false;
    }
    copy(1);
    return {};
  }

  Status step_escape() {
    if (rest().size() < 2) {
      return refused("a '\\' at the end");
    }
    const char c = rest()[1];
    switch (c) {
      case 's':
      case 'S':
        return put_set(kSpaces, c == 'S', 2);
      case 'p':
      case 'P':
        return step_property(c == 'P');
      case 'r':
      case 'n':
      case 't':
      case 'f':
        copy(2);
        return {};
      case 'x':
        return step_hex();
      default:
        break;
    }
    if (std::isalnum(static_cast<unsigned char>(c)) != 0 || static_cast<unsigned char>(c) >= 0x80) {
      return refused(fmt::format("'\\{}'", c));
    }
    copy(2);
    return {};
  }

  Status step_hex() {
    const std::size_t end = rest().find('}');
    if (!rest().starts_with("\\x{") || end == std::string_view::npos) {
      return refused("'\\x' without {...}");
    }
    copy(end + 1);
    return {};
  }

  Status step_property(bool negated) {
    for (const Category& category : kCategories) {
      const std::array name{'{', category.letter, '}'};
      if (rest().substr(2).starts_with(std::string_view(name.data(), name.size()))) {
        return put_set(category.in_pcre2, negated, 2 + name.size());
      }
    }
    return refused(fmt::format("the property '{}'", rest().substr(0, rest().find('}') + 1)));
  }

  /// Writes a set for the escape of `length` characters that is next.
  Status put_set(std::string_view members, bool negated, std::size_t length) {
    if (in_class_ && negated) {
      return refused(fmt::format("'{}' inside [...]", rest().substr(0, length)));
    }
    if (in_class_ && (follows_range_dash() || starts_range(length))) {
      return refused(fmt::format("'{}' as the end of a range", rest().substr(0, length)));
    }
    position_ += length;
    out_ += in_class_ ? std::string(members) : fmt::format("[{}{}]", negated ? "^" : "", members);
    return {};
  }

  bool follows_range_dash() const {
    return position_ > class_start_ + 1 && pattern_[position_ - 1] == '-' &&
           pattern_[position_ - 2] != '\\';
  }
  bool starts_range(std::size_t length) const {
    const std::string_view after = rest().substr(length);
    return after.starts_with('-') && !after.starts_with("-]");
  }

  std::string_view pattern_;
  std::size_t position_ = 0;
  bool in_class_ = false;
  std::size_t class_start_ = 0;
  std::string out_;
};

}  // namespace

Result<std::string> translate_pattern(std::string_view pattern) {
  return Translator(pattern).run();
}

}  // namespace assay::tokenizer
