#include <algorithm>
#include <array>

#include <harness/base/assert.h>
#include <reports/canvas/markup.h>

namespace assay::reports {
namespace {

/// Control characters that no XML 1.0 document may contain, escaped or not.
bool forbidden(char c) {
  return static_cast<unsigned char>(c) < 0x20 && c != '\t' && c != '\n' && c != '\r';
}

void append_escaped(std::string_view text, std::string& out) {
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      default:
        out += forbidden(c) ? std::string("\uFFFD") : std::string(1, c);
    }
  }
}

}  // namespace

void MarkupWriter::start(std::string_view tag, Attributes attributes) {
  out_ += '<';
  out_ += tag;
  for (const Attribute& attribute : attributes) {
    out_ += ' ';
    out_ += attribute.name;
    out_ += "=\"";
    append_escaped(attribute.value, out_);
    out_ += '"';
  }
}

void MarkupWriter::open(std::string_view tag, Attributes attributes) {
  start(tag, attributes);
  out_ += '>';
  open_.emplace_back(tag);
}

void MarkupWriter::close() {
  ASSAY_ASSERT(!open_.empty());
  out_ += "</" + open_.back() + ">";
  open_.pop_back();
}

void MarkupWriter::empty(std::string_view tag, Attributes attributes) {
  static constexpr std::array<std::string_view, 4> kVoid{"br", "hr", "link", "meta"};
  start(tag, attributes);
  out_ += std::find(kVoid.begin(), kVoid.end(), tag) != kVoid.end() ? ">" : "/>";
}

void MarkupWriter::text(std::string_view text) { append_escaped(text, out_); }

void MarkupWriter::element(std::string_view tag, std::string_view content, Attributes attributes) {
  open(tag, attributes);
  text(content);
  close();
}

std::string MarkupWriter::take() {
  ASSAY_ASSERT(open_.empty());
  return std::move(out_);
}

}  // namespace assay::reports
