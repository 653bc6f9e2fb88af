#include <fmt/format.h>

#include <reports/canvas/html_page.h>
#include <reports/canvas/html_style.h>

namespace assay::reports {

void open_page(MarkupWriter& out, std::string_view title) {
  out.trusted("<!DOCTYPE html>\n");
  out.open("html", {{"lang", "en"}});
  out.newline();
  out.open("head");
  out.newline();
  out.empty("meta", {{"charset", "utf-8"}});
  out.empty("meta", {{"name", "viewport"}, {"content", "width=device-width, initial-scale=1"}});
  out.empty("meta", {{"http-equiv", "Content-Security-Policy"},
                     {"content", "default-src 'none'; style-src 'unsafe-inline'; img-src data:"}});
  out.newline();
  out.element("title", fmt::format("{} - assay report", title));
  out.newline();
  out.open("style");
  out.trusted(html_style());
  out.close();
  out.newline();
  out.close();
  out.newline();
  out.open("body");
  out.newline();
}

std::string close_page(MarkupWriter& out) {
  out.close();
  out.close();
  out.newline();
  return out.take();
}

}  // namespace assay::reports
