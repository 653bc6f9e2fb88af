#include <type_traits>

#include <fmt/format.h>

#include <harness/cli/run_option_flags.h>
#include <harness/model/backend.h>

namespace assay::cli {
namespace {

using Names = std::vector<std::string>;

CLI::Option* add_flag_of(CLI::App& command, const OptionInfo& info, Names& value) {
  CLI::Option* option = command.add_option(std::string(info.flag), value, std::string(info.help));
  if (info.flag.starts_with('-')) {
    option->delimiter(',');
  }
  if (info.values == OptionValues::kBackendRequests) {
    option->check([](const std::string& text) {
      return CLI::IsMember(backend_names())(parse_backend_request(text).backend);
    });
  }
  return option;
}

CLI::Option* add_flag_of(CLI::App& command, const OptionInfo& info, std::string& value) {
  return command.add_option(std::string(info.flag), value, std::string(info.help));
}

CLI::Option* add_flag_of(CLI::App& command, const OptionInfo& info, bool& value) {
  return command.add_flag(std::string(info.flag), value, std::string(info.help));
}

/// Above 0 and at most `most`.
CLI::Validator seconds_up_to(double most) {
  const auto check = [most](const std::string& text) -> std::string {
    double value = 0;
    if (!CLI::detail::lexical_cast(text, value) || !(value > 0)) {
      return fmt::format("must be a number above 0, not {}", text);
    }
    return value > most ? fmt::format("must be at most {}, not {}", most, text) : std::string();
  };
  return {check, "POSITIVE", "positive"};
}

template <class Number>
CLI::Option* add_flag_of(CLI::App& command, const OptionInfo& info, Number& value) {
  CLI::Option* option = command.add_option(std::string(info.flag), value, std::string(info.help));
  if (value != Number()) {
    option->capture_default_str();
  }
  if (!info.positive) {
    return option;
  }
  if (info.most == 0) {
    return option->check(CLI::PositiveNumber);
  }
  if constexpr (std::is_floating_point_v<Number>) {
    return option->check(seconds_up_to(info.most));
  } else {
    return option->check(CLI::Range(Number{1}, static_cast<Number>(info.most)));
  }
}

}  // namespace

void add_run_option_flags(CLI::App& command, RunOptions& options) {
  for (const OptionInfo& info : run_option_infos()) {
    CLI::Option* option = std::visit(
        [&](auto* value) { return add_flag_of(command, info, *value); }, field_of(options, info));
    if (info.hidden) {
      option->group("");
    }
    for (const std::string_view other : info.excludes) {
      option->excludes(command.get_option(std::string(other)));
    }
  }
}

}  // namespace assay::cli
