#pragma once

// The profile pass: a traced and an untraced session of one method take turns on the same steps, so
// that what tracing costs is measured beside what it found. Refers to, and does not own, its
// arguments.

#include <cstdint>
#include <vector>

#include <harness/base/result.h>
#include <harness/measure/step_player.h>
#include <harness/model/engine.h>
#include <harness/model/profile.h>

namespace assay::measure {

/// A session with a player that stands at its first step.
struct ProfiledSession {
  Session* session = nullptr;
  StepPlayer* player = nullptr;
};

/// Plays `count` executions on each (rounded up to whole A B B A groups of equal blocks), after one
/// pass over all steps on the traced session that warms it up and is not counted. Errors:
/// kUnsupported (the session cannot trace), kEngine (it fails, or gives other outputs than
/// `expected_hashes`, one a step).
Result<Profile> profile_sessions(ProfiledSession untraced, ProfiledSession traced,
                                 std::uint64_t count,
                                 const std::vector<std::uint64_t>& expected_hashes);

}  // namespace assay::measure
