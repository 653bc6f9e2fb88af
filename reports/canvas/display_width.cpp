#include <utf8proc.h>

#include <harness/base/assert.h>
#include <harness/base/utf8.h>
#include <reports/canvas/display_width.h>

namespace assay::reports {
namespace {

/// Columns of the first `length` bytes of `text`, which are what `step` says.
std::size_t width_of(std::string_view text, const Utf8Step& step) {
  if (step.kind != Utf8Step::Kind::kCharacter) {
    return 1;  // a terminal shows U+FFFD
  }
  const auto code = static_cast<utf8proc_int32_t>(code_point(text.substr(0, step.length)));
  return static_cast<std::size_t>(utf8proc_charwidth(code));
}

}  // namespace

std::size_t display_width(std::string_view text) {
  std::size_t width = 0;
  while (!text.empty()) {
    const Utf8Step step = read_utf8(text);
    width += width_of(text, step);
    text.remove_prefix(step.length);
  }
  return width;
}

std::string shorten(const std::string& text, std::size_t width) {
  ASSAY_ASSERT(width >= 1);
  if (display_width(text) <= width) {
    return text;
  }
  std::string_view rest = text;
  std::size_t used = 0;
  while (true) {
    const Utf8Step step = read_utf8(rest);
    used += width_of(rest, step);
    if (used > width - 1) {  // the mark takes the last column
      return text.substr(0, text.size() - rest.size()) + "…";
    }
    rest.remove_prefix(step.length);
  }
}

}  // namespace assay::reports
