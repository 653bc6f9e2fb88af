#pragma once

// What is asked of a run, described once: the flags of `assay run`, the words that ask a device for
// the same run, and the stored JSON are all made from the descriptions here.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <harness/base/result.h>
#include <harness/model/timing_bounds.h>

namespace assay {

/// Threads of the runtime: its pool takes no more.
inline constexpr int kMostThreads = 63;

struct RunOptions {
  std::vector<std::string> suites;    ///< manifest files, absolute
  std::vector<std::string> variants;  ///< empty: all of the suite
  std::vector<std::string> cases;     ///< empty: all of the suite
  int threads = 1;
  double min_time_s = 0;         ///< 0: the suite's
  std::uint64_t repeat = 0;      ///< 0: by time; else executions a cell
  std::uint64_t seed = 1;        ///< order of the interleaved blocks
  std::uint64_t min_runs = 0;    ///< executions a cell, at least; 0: the suite's
  double max_time_s = 0;         ///< measured time a cell, at most; 0: the suite's
  std::uint64_t pairs = 0;       ///< sets of fresh processes a case; 0: chosen from a pilot
  double sustain_min = 0;        ///< minutes of sustained load; 0: none
  std::string device = "local";  ///< CellKey::device of every cell
  /// As parse_backend_request(); a variant that none is for goes by its suite's wish list.
  std::vector<std::string> backends = {};
  std::uint64_t memory_limit_mb = 0;  ///< MiB that a worker may allocate; 0: no limit
  bool profile = false;               ///< also measure what each operator takes
  friend bool operator==(const RunOptions&, const RunOptions&) = default;
};

/// The options' bounds, and the suite's where they ask for none.
TimingBounds timing_bounds(const RunOptions& options, const TimingBounds& suite);

/// What a stored run goes on with: what it began with. A profile and a limit of memory that it
/// began without may be asked for on the way.
RunOptions resumed_options(RunOptions stored, const RunOptions& asked);

/// Errors: kUsage for threads out of their range and for bounds that contradict each other.
Status check_options(const RunOptions& options);

/// Where the value of an option is.
using OptionField =
    std::variant<std::vector<std::string>*, std::string*, int*, double*, std::uint64_t*, bool*>;

/// What may be given for a list of names.
enum class OptionValues { kAny, kBackendRequests };

struct OptionInfo {
  std::string_view flag;    ///< "--min-time"; without dashes: given by its place
  std::string_view stored;  ///< key of the stored JSON, with its unit
  std::string_view help;    ///< lines of at most 80 characters
  /// Of a number; 0: no bound. One that is bounded cannot be 0 either.
  double most = 0;
  bool positive = false;
  std::vector<std::string_view> excludes = {};  ///< flags that cannot be given with it
  OptionValues values = OptionValues::kAny;
  bool hidden = false;  ///< from the help
};

/// Every option, in the order of the help.
std::span<const OptionInfo> run_option_infos();

/// The option's value in `options`. `info` is one of run_option_infos().
OptionField field_of(RunOptions& options, const OptionInfo& info);

/// The words of the command line that ask for `options` where nothing else is asked for: those that
/// are not the default, what is given by its place first.
std::vector<std::string> option_words(RunOptions options);

}  // namespace assay
