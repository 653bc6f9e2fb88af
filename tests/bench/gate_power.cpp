// How often would a gate notice, and how often would it cry wolf? Two real worker processes a pair,
// the second slowed by a known share; judged by the gate's own code and, on the same samples, by
// what other benches use. scripts/bench/gate_power runs it and makes the table.

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <future>
#include <nlohmann/json.hpp>
#include <random>
#include <string>
#include <vector>

#include <fmt/format.h>

#include <harness/gate/judge.h>
#include <harness/gate/pair_estimate.h>
#include <harness/run/runner.h>
#include <harness/run/side_by_side_runner.h>
#include <harness/stats/mann_whitney.h>
#include <harness/stats/summary.h>
#include <suites/manifest/manifest_parser.h>

namespace {

using namespace assay;

constexpr std::string_view kMetric = "latency_p50_ms";
/// Windows that are judged: as many as the measured time holds ten times over, within bounds; more
/// would look at the same pairs again.
constexpr double kTrialsPerWindow = 10;
constexpr double kFewestTrials = 40;
constexpr double kMostTrials = 200;
/// Of Google Benchmark's U test, and of a threshold on the ratio of means.
constexpr double kUTestAlpha = 0.05;
constexpr double kMeanThreshold = 1.05;

struct Arguments {
  std::string base;    ///< worker program A
  std::string slowed;  ///< worker program B; reads ASSAY_CANARY_PERCENT
  std::string suite;
  std::string variant = "int8";
  std::string case_name = "speech-clean-1";
  double seconds = 30;
  std::vector<double> percents{0, 2};
  std::vector<double> windows{5, 10, 30, 60};
  int cpu = -1;
};

std::vector<double> numbers(const std::string& text) {
  std::vector<double> values;
  for (std::size_t at = 0; at < text.size();) {
    values.push_back(std::strtod(text.c_str() + at, nullptr));
    const std::size_t comma = text.find(',', at);
    at = comma == std::string::npos ? text.size() : comma + 1;
  }
  return values;
}

Arguments parse(int argc, char** argv) {
  Arguments arguments;
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string key = argv[i];
    const std::string value = argv[i + 1];
    if (key == "--base") {
      arguments.base = value;
    } else if (key == "--slowed") {
      arguments.slowed = value;
    } else if (key == "--suite") {
      arguments.suite = value;
    } else if (key == "--variant") {
      arguments.variant = value;
    } else if (key == "--case") {
      arguments.case_name = value;
    } else if (key == "--seconds") {
      arguments.seconds = std::strtod(value.c_str(), nullptr);
    } else if (key == "--percents") {
      arguments.percents = numbers(value);
    } else if (key == "--windows") {
      arguments.windows = numbers(value);
    } else if (key == "--cpu") {
      arguments.cpu = std::atoi(value.c_str());
    } else {
      fmt::print(stderr, "gate_power: unknown option {}\n", key);
      std::exit(2);
    }
  }
  return arguments;
}

/// One pair of processes: what each judge looks at.
struct Pair {
  std::vector<double> effects;  ///< log ratios of neighbouring blocks
  std::vector<double> means_a;  ///< of each block, ns
  std::vector<double> means_b;
};

void add_means(const std::vector<SampleBlock>& blocks, std::vector<Pair>& pairs, bool is_b) {
  for (const SampleBlock& block : blocks) {
    if (counts(block) && static_cast<std::size_t>(block.pair) < pairs.size()) {
      const std::vector<double> ns(block.latency_ns.begin(), block.latency_ns.end());
      Pair& pair = pairs[static_cast<std::size_t>(block.pair)];
      (is_b ? pair.means_b : pair.means_a).push_back(stats::mean(ns));
    }
  }
}

std::vector<Pair> collect(const SideBySide& measured) {
  const auto effects = gate::pair_effects(measured, kMetric);
  std::vector<Pair> pairs(effects.size());
  for (std::size_t i = 0; i < effects.size(); ++i) {
    pairs[i].effects = effects[i];
  }
  add_means(measured.a, pairs, false);
  add_means(measured.b, pairs, true);
  std::erase_if(pairs, [](const Pair& pair) {
    return pair.effects.empty() || pair.means_a.empty() || pair.means_b.empty();
  });
  return pairs;
}

/// Whether each judge calls B slower.
struct Calls {
  bool ours = false;
  bool u_test = false;
  bool means = false;
};

Calls judge(const std::vector<const Pair*>& window, const gate::Policy& policy, double limit) {
  std::vector<std::vector<double>> effects;
  std::vector<double> a;
  std::vector<double> b;
  for (const Pair* pair : window) {
    effects.push_back(pair->effects);
    a.insert(a.end(), pair->means_a.begin(), pair->means_a.end());
    b.insert(b.end(), pair->means_b.begin(), pair->means_b.end());
  }
  const auto bootstrap = gate::estimate_pairs(effects);
  const stats::MannWhitney test = stats::mann_whitney_u(b, a);
  const double half = static_cast<double>(a.size()) * static_cast<double>(b.size()) / 2;
  return {.ours = std::expm1(bootstrap.effects.estimate) > limit &&
                  bootstrap.p_value() < policy.false_discovery_rate,
          .u_test = test.p_value < kUTestAlpha && test.u > half,
          .means = stats::mean(b) / stats::mean(a) > kMeanThreshold};
}

nlohmann::json judge_windows(const std::vector<Pair>& pairs, double window_s, double measured_s) {
  const gate::Policy policy = gate::default_policy();
  const double limit = policy.rules.front().fail;
  const auto size = std::max<std::size_t>(
      stats::kMinPairs,
      static_cast<std::size_t>(static_cast<double>(pairs.size()) * window_s / measured_s));
  const auto trials = static_cast<std::size_t>(
      std::clamp(kTrialsPerWindow * measured_s / window_s, kFewestTrials, kMostTrials));
  std::mt19937_64 random(1);
  std::size_t ours = 0;
  std::size_t u_test = 0;
  std::size_t means = 0;
  for (std::size_t trial = 0; trial < trials; ++trial) {
    // A window is a stretch of time, so its pairs are neighbours; it starts anywhere, and goes
    // round.
    const std::size_t start = random() % pairs.size();
    std::vector<const Pair*> window;
    for (std::size_t i = 0; i < size; ++i) {
      window.push_back(
          &pairs[size < pairs.size() ? (start + i) % pairs.size() : random() % pairs.size()]);
    }
    const Calls calls = judge(window, policy, limit);
    ours += calls.ours ? 1U : 0U;
    u_test += calls.u_test ? 1U : 0U;
    means += calls.means ? 1U : 0U;
  }
  const auto share = [trials](std::size_t count) {
    return static_cast<double>(count) / static_cast<double>(trials);
  };
  return {{"window_s", window_s},
          {"pairs", size},
          {"ours", share(ours)},
          {"u_test", share(u_test)},
          {"ratio_of_means", share(means)}};
}

int measure_and_judge(const Arguments& arguments) {
  const auto suite = suites::load_manifest(arguments.suite, suites::built_in_tasks());
  if (!suite.ok()) {
    fmt::print(stderr, "gate_power: {}\n", suite.error().message);
    return 2;
  }
  const VariantSpec* variant = nullptr;
  const CaseSpec* spec = nullptr;
  for (const VariantSpec& item : suite->model.variants) {
    variant = item.name == arguments.variant ? &item : variant;
  }
  for (const CaseSpec& item : suite->cases) {
    spec = item.name == arguments.case_name ? &item : spec;
  }
  if (variant == nullptr || spec == nullptr) {
    fmt::print(stderr, "gate_power: the suite has no such variant or case\n");
    return 2;
  }
  const auto adapter = suites::make_task_adapter(*suite);
  const std::atomic<bool> stop = false;
  nlohmann::json results = nlohmann::json::array();
  for (const double percent : arguments.percents) {
    ::setenv("ASSAY_CANARY_PERCENT", fmt::format("{}", percent).c_str(), 1);
    const auto side = [&](const std::string& program) {
      return run::SideProgram{
          .model = &suite->model, .variant = variant, .worker_program = program};
    };
    const SideBySide measured = run::measure_side_by_side(
        {.key = {.suite = suite->name,
                 .case_name = spec->name,
                 .model = suite->model.name,
                 .variant = variant->name,
                 .backend = variant->backend,
                 .threads = 1,
                 .device = "local"},
         .spec = spec,
         .a = side(arguments.base),
         .b = side(arguments.slowed),
         .budget_s = arguments.seconds,
         .measure = suite->measure,
         .cpus = arguments.cpu >= 0 ? std::vector<int>{arguments.cpu} : run::choose_cpus(1)},
        *adapter, stop);
    if (!measured.failure.empty()) {
      fmt::print(stderr, "gate_power: {}\n", measured.failure);
      return 3;
    }
    const std::vector<Pair> pairs = collect(measured);
    std::vector<std::vector<double>> effects;
    for (const Pair& pair : pairs) {
      effects.push_back(pair.effects);
    }
    std::vector<std::future<nlohmann::json>> judging;
    for (const double window_s : arguments.windows) {
      judging.push_back(
          std::async(std::launch::async, judge_windows, pairs, window_s, arguments.seconds));
    }
    nlohmann::json windows = nlohmann::json::array();
    for (std::future<nlohmann::json>& window : judging) {
      windows.push_back(window.get());
    }
    results.push_back({{"percent", percent},
                       {"pairs", pairs.size()},
                       {"estimate", std::exp(gate::estimate_pairs(effects).effects.estimate)},
                       {"windows", std::move(windows)}});
  }
  fmt::print("{}\n", results.dump(1));
  return 0;
}

}  // namespace

int main(int argc, char** argv) { return measure_and_judge(parse(argc, argv)); }
