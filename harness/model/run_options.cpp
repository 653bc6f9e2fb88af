#include <array>
#include <type_traits>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <harness/model/run_options.h>

namespace assay {
namespace {

/// In the order of run_option_infos(). Bound by position, so that a new option that is not
/// described does not compile.
auto fields_of(RunOptions& options) {
  auto& [suites, variants, cases, threads, min_time_s, repeat, seed, min_runs, max_time_s, pairs,
         sustain_min, device, backends, memory_limit_mb, profile] = options;
  return std::to_array<OptionField>({&suites, &variants, &cases, &backends, &threads, &repeat,
                                     &min_time_s, &min_runs, &max_time_s, &pairs, &sustain_min,
                                     &seed, &memory_limit_mb, &profile, &device});
}

OptionInfo bounded(std::string_view flag, std::string_view stored, double most,
                   std::string_view help, std::vector<std::string_view> excludes = {}) {
  return {.flag = flag,
          .stored = stored,
          .help = help,
          .most = most,
          .positive = true,
          .excludes = std::move(excludes)};
}

OptionInfo names(std::string_view flag, std::string_view stored, std::string_view help) {
  return {.flag = flag, .stored = stored, .help = help};
}

const auto& infos() {
  static const auto all = std::to_array<OptionInfo>({
      names("suite", "suites",
            "Names of suites, or paths of suite files (default: every built-in suite)"),
      names("--variant", "variants", "Only these variants"),
      names("--case", "cases", "Only these cases"),
      OptionInfo{.flag = "--backend",
                 .stored = "backends",
                 .help =
                     "Each variant on each of these, timed side by side; int8=portable asks for "
                     "one\nvariant (default: the first of the suite's wish list that can run;\n"
                     "docs/guide/backends.md)",
                 .values = OptionValues::kBackendRequests},
      bounded("--threads", "threads", kMostThreads, "Threads of the runtime"),
      bounded("--repeat", "repeat", 0, "Measured executions a case and variant"),
      bounded("--min-time", "min_time_s", kMostMeasuredSeconds,
              "Seconds measured a case and variant, at least (default: the suite's)", {"--repeat"}),
      bounded("--min-runs", "min_runs", static_cast<double>(kMostMinRuns),
              "Measured executions a case and variant, at least (default: the suite's;\n"
              "662 support a p99 at 99 % confidence)",
              {"--repeat"}),
      bounded("--max-time", "max_time_s", kMostMeasuredSeconds,
              "Seconds measured a case and variant, at most (default: the suite's)", {"--repeat"}),
      bounded("--pairs", "pairs", static_cast<double>(kMostPairs),
              "Sets of fresh processes a case, timed against each other (default: chosen\n"
              "from a pilot, so that the time buys the narrowest interval)"),
      bounded("--sustain", "sustain_min", 0,
              "Minutes of sustained load on the first case of each suite, in place of the\n"
              "other bounds: latency over time, and whether the ranking of variants changes",
              {"--repeat", "--pairs"}),
      names("--seed", "seed", "Seed of the order in which variants take turns"),
      bounded("--memory-limit", "memory_limit_mb", 0,
              "MiB of memory that a worker process may allocate"),
      names("--profile", "profile",
            "Also measure what each operator takes, in processes of their own"),
      OptionInfo{.flag = "--as-device",
                 .stored = "device",
                 .help = "Name of this device in every cell",
                 .hidden = true},
  });
  static_assert(all.size() == std::tuple_size_v<decltype(fields_of(std::declval<RunOptions&>()))>,
                "every option has a field and a description");
  return all;
}

std::string text_of(const std::vector<std::string>& value) {
  return fmt::format("{}", fmt::join(value, ","));
}

template <class Value>
std::string text_of(const Value& value) {
  return fmt::format("{}", value);
}

}  // namespace

TimingBounds timing_bounds(const RunOptions& options, const TimingBounds& suite) {
  TimingBounds bounds = suite;
  bounds.min_time_s = options.min_time_s > 0 ? options.min_time_s : suite.min_time_s;
  bounds.min_runs = options.min_runs > 0 ? options.min_runs : suite.min_runs;
  bounds.max_time_s = options.max_time_s > 0 ? options.max_time_s : suite.max_time_s;
  bounds.repeat = options.repeat;
  bounds.pairs = options.pairs;
  bounds.sustain_s = options.sustain_min * 60;
  bounds.seed = options.seed;
  return bounds;
}

RunOptions resumed_options(RunOptions stored, const RunOptions& asked) {
  stored.profile = stored.profile || asked.profile;
  if (stored.memory_limit_mb == 0) {
    stored.memory_limit_mb = asked.memory_limit_mb;
  }
  return stored;
}

Status check_options(const RunOptions& options) {
  if (options.threads < 1 || options.threads > kMostThreads) {
    return make_error(ErrorCode::kUsage, "{} threads asked for; there can be from 1 to {}",
                      options.threads, kMostThreads);
  }
  if (options.min_time_s > 0 && options.max_time_s > 0) {
    const std::string problem = find_contradiction(timing_bounds(options, {}));
    if (!problem.empty()) {
      return make_error(ErrorCode::kUsage, "max_time_s {}", problem);
    }
  }
  return {};
}

std::span<const OptionInfo> run_option_infos() { return infos(); }

OptionField field_of(RunOptions& options, const OptionInfo& info) {
  return fields_of(options)[static_cast<std::size_t>(&info - infos().data())];
}

std::vector<std::string> option_words(RunOptions options) {
  RunOptions defaults;
  std::vector<std::string> words;
  for (const OptionInfo& info : run_option_infos()) {
    const auto add = [&](auto* value) {
      using Value = std::remove_pointer_t<decltype(value)>;
      if (*value == *std::get<Value*>(field_of(defaults, info))) {
        return;
      }
      if constexpr (std::is_same_v<Value, std::vector<std::string>>) {
        if (!info.flag.starts_with('-')) {
          words.insert(words.end(), value->begin(), value->end());
          return;
        }
      }
      words.emplace_back(info.flag);
      if constexpr (!std::is_same_v<Value, bool>) {
        words.push_back(text_of(*value));
      }
    };
    std::visit(add, field_of(options, info));
  }
  return words;
}

}  // namespace assay
