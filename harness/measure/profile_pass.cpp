#include <algorithm>

#include <harness/measure/block_monitor.h>
#include <harness/measure/profile_pass.h>
#include <harness/stats/quantile.h>

namespace assay::measure {
namespace {

/// Eight groups put 16 blocks of each side next to one another in time: the machine's drift meets
/// both alike, and a block's first execution, which finds the caches full of the other session, is
/// one of many.
constexpr std::uint64_t kMaxGroups = 8;

/// Adds the operators of one more execution to `sum`, row to row; what `sum` does not have yet goes
/// in where it ran.
void add_operators(const std::vector<OperatorTime>& more, std::vector<OperatorTime>& sum) {
  auto at = sum.begin();
  for (const OperatorTime& row : more) {
    auto found = std::find_if(at, sum.end(), [&](const OperatorTime& known) {
      return known.name == row.name && known.kind == row.kind;
    });
    if (found == sum.end()) {
      found = sum.insert(at, OperatorTime{.name = row.name, .kind = row.kind});
    }
    found->calls += row.calls;
    found->total_ns += row.total_ns;
    at = found + 1;
  }
}

/// The sums over one kind of traced execution.
struct Sums {
  std::vector<OperatorTime> operators;
  std::uint64_t executions = 0;
  std::int64_t wall_ns = 0;

  void add(const std::vector<OperatorTime>& more, std::uint64_t count, std::int64_t ns) {
    add_operators(more, operators);
    executions += count;
    wall_ns += ns;
  }
};

/// Both sides, while they take turns.
class ProfilePass {
 public:
  ProfilePass(ProfiledSession untraced, ProfiledSession traced,
              const std::vector<std::uint64_t>& expected_hashes)
      : untraced_(untraced), traced_(traced), expected_hashes_(expected_hashes) {}

  Status play_untraced(std::uint64_t count) {
    ASSAY_ASSIGN(const SampleBlock block, play_block(*untraced_.player, count, expected_hashes_));
    untraced_ns_.insert(untraced_ns_.end(), block.latency_ns.begin(), block.latency_ns.end());
    wrong_outputs_ += block.wrong_outputs;
    return {};
  }

  /// One by one, because an interruption concerns one execution.
  Status play_traced(std::uint64_t count) {
    for (std::uint64_t i = 0; i < count; ++i) {
      const std::size_t step = traced_.player->position();
      monitor_.begin();
      ASSAY_ASSIGN(const auto outcome, traced_.player->play());
      const bool interrupted = monitor_.end().involuntary_switches > 0;
      ASSAY_ASSIGN(const auto operators, traced_.session->take_operator_times());
      (interrupted ? interrupted_ : undisturbed_).add(operators, 1, outcome.latency_ns);
      traced_ns_.push_back(static_cast<double>(outcome.latency_ns));
      wrong_outputs_ += outcome.output_hash == expected_hashes_[step] ? 0U : 1U;
    }
    return {};
  }

  Result<Profile> finish() {
    if (wrong_outputs_ > 0) {
      return make_error(ErrorCode::kEngine,
                        "{} of {} executions gave other outputs than the accuracy pass",
                        wrong_outputs_, traced_ns_.size() + untraced_ns_.size());
    }
    const bool leave_out = interrupted_.executions < undisturbed_.executions;
    if (!leave_out) {
      undisturbed_.add(interrupted_.operators, interrupted_.executions, interrupted_.wall_ns);
    }
    return Profile{.operators = std::move(undisturbed_.operators),
                   .executions = undisturbed_.executions,
                   .left_out = leave_out ? interrupted_.executions : 0,
                   .traced_wall_ns = undisturbed_.wall_ns,
                   .traced_median_ns = median(traced_ns_),
                   .untraced_median_ns = median(untraced_ns_)};
  }

 private:
  static std::int64_t median(std::vector<double>& values) {
    std::ranges::sort(values);
    return static_cast<std::int64_t>(stats::quantile_sorted(values, 0.5));
  }

  ProfiledSession untraced_;
  ProfiledSession traced_;
  const std::vector<std::uint64_t>& expected_hashes_;
  BlockMonitor monitor_;
  Sums undisturbed_;
  Sums interrupted_;
  std::vector<double> traced_ns_;
  std::vector<double> untraced_ns_;
  std::uint64_t wrong_outputs_ = 0;
};

}  // namespace

Result<Profile> profile_sessions(ProfiledSession untraced, ProfiledSession traced,
                                 std::uint64_t count,
                                 const std::vector<std::uint64_t>& expected_hashes) {
  ASSAY_TRY(play_block(*traced.player, expected_hashes.size(), expected_hashes));
  ASSAY_TRY(traced.session->take_operator_times());
  ProfilePass pass(untraced, traced, expected_hashes);
  const std::uint64_t groups = std::clamp<std::uint64_t>(count / 2, 1, kMaxGroups);
  const std::uint64_t block = std::max<std::uint64_t>(1, (count + 2 * groups - 1) / (2 * groups));
  for (std::uint64_t group = 0; group < groups; ++group) {
    ASSAY_TRY(pass.play_untraced(block));
    ASSAY_TRY(pass.play_traced(block));
    ASSAY_TRY(pass.play_traced(block));
    ASSAY_TRY(pass.play_untraced(block));
  }
  return pass.finish();
}

}  // namespace assay::measure
