#pragma once

// A baseline and a candidate measured against each other by one coordinator: what a gate judges
// times by. Kept in the database, so that another policy can judge it later.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <harness/model/cell.h>
#include <harness/model/sample_block.h>

namespace assay {

/// What differs between the two sides.
enum class Question {
  kBoth,     ///< the baseline as it was against the candidate as it is
  kModel,    ///< the two models, both in the candidate's runtime
  kRuntime,  ///< the two runtimes, both with the candidate's model
};

std::string_view question_name(Question question);
std::optional<Question> question_from_name(std::string_view name);

/// Which program and which model file one side ran.
struct SideIdentity {
  std::string program_sha256;  ///< of the worker binary and its libraries together
  std::string pte_sha256;
  friend bool operator==(const SideIdentity&, const SideIdentity&) = default;
};

/// One case and variant, A (baseline) and B (candidate), in many pairs of fresh processes.
struct SideBySide {
  CellKey key;
  Question question = Question::kBoth;
  int attempt = 1;  ///< 1: the first measurement; 2: the confirmation of a suspect
  SideIdentity a_identity;
  SideIdentity b_identity;
  std::string failure;         ///< why it is incomplete; empty: it is not
  std::vector<SampleBlock> a;  ///< SampleBlock::pair numbers the pairs of processes
  std::vector<SampleBlock> b;
  friend bool operator==(const SideBySide&, const SideBySide&) = default;
};

/// What A/A runs of one build say about one metric of one case on one machine.
struct Calibration {
  CellKey key;
  std::string metric;
  std::string machine;           ///< hash of the fingerprint's identity, see machine_identity()
  double budget_s = 0;           ///< measuring time a case that the figures below hold for
  std::int64_t comparisons = 0;  ///< A/A comparisons that were judged
  double false_positive_rate = 0;
  /// Smallest effect found with 95 % probability, in the metric's comparison unit: 0.02 is 2 % of a
  /// ratio.
  double minimum_detectable_effect = 0;
  double noise_sd = 0;  ///< of the estimate, same unit
  std::string measured_utc;
  friend bool operator==(const Calibration&, const Calibration&) = default;
};

/// How a gate ended, for `last-good` and for the record.
struct GateRecord {
  std::int64_t run_id = 0;
  std::optional<std::int64_t> baseline_run_id;  ///< nothing: the first run of its kind
  std::string verdict;                          ///< "pass", "warn", "fail", "inconclusive"
  std::string policy_json;
  std::string report_json;
  std::string judged_utc;
  friend bool operator==(const GateRecord&, const GateRecord&) = default;
};

}  // namespace assay
