#pragma once

// Writes HTML, SVG and XML so that nothing can be left unescaped or unclosed: text and attribute
// values pass through here, element by element.

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace assay::reports {

struct Attribute {
  std::string_view name;
  std::string value;
};

using Attributes = std::initializer_list<Attribute>;

class MarkupWriter {
 public:
  /// Opens `<tag name="value" ...>`.
  void open(std::string_view tag, Attributes attributes = {});
  /// Closes the element that was opened last. Precondition: there is one.
  void close();
  /// `<tag .../>`, for SVG and XML; `<tag ...>` for the void elements of HTML.
  void empty(std::string_view tag, Attributes attributes = {});
  /// Escaped text. Characters that XML 1.0 does not allow become U+FFFD.
  void text(std::string_view text);
  /// An element with nothing but text in it.
  void element(std::string_view tag, std::string_view content, Attributes attributes = {});
  /// A line break between elements, for readers of the source.
  void newline() { out_ += '\n'; }
  /// Constant markup of our own: a doctype, a style sheet. Never anything that was read.
  void trusted(std::string_view markup) { out_ += markup; }
  /// What was written. Precondition: every element is closed.
  std::string take();

 private:
  void start(std::string_view tag, Attributes attributes);

  std::string out_;
  std::vector<std::string> open_;
};

}  // namespace assay::reports
