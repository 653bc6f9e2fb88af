#include <CLI/CLI.hpp>
#include <algorithm>
#include <string>
#include <utility>

#include <harness/cli/output_format.h>

namespace assay::cli {

std::string_view format_name(Format format, TextWord text) {
  switch (format) {
    case Format::kText:
      return text == TextWord::kTable ? "table" : "text";
    case Format::kMarkdown:
      return "md";
    case Format::kHtml:
      return "html";
    case Format::kJunit:
      return "junit";
    case Format::kJson:
      return "json";
    case Format::kCsv:
      return "csv";
  }
  return "text";
}

void add_format_option(CLI::App& command, Format& chosen, std::vector<Format> taken, TextWord text,
                       std::string_view help) {
  std::vector<std::string> names;
  for (const Format format : taken) {
    names.emplace_back(format_name(format, text));
  }
  const auto take = [&chosen, taken = std::move(taken), text](const std::string& name) {
    chosen =
        *std::ranges::find(taken, name, [&](Format format) { return format_name(format, text); });
  };
  command.add_option_function<std::string>("--format", take, std::string(help))
      ->check(CLI::IsMember(std::move(names)))
      ->default_str(std::string(format_name(chosen, text)));
}

}  // namespace assay::cli
