#pragma once

// The noise floor of one variant on one case: how far its runs are from each other, output by
// output and metric by metric. Pure: harness/run/floor_runner.h does the running.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <golden/spread.h>
#include <suites/task_adapter.h>

namespace assay::suites {

/// A metric that some threshold may bound.
struct MetricFloor {
  std::string metric;
  /// The worst value (the lowest where higher is better, else the highest) when a run is judged
  /// against another run as its golden. For a level: highest - lowest.
  double floor = 0;
  double lowest = 0;   ///< of the runs, against the golden
  double highest = 0;  ///< of the runs, against the golden
  friend bool operator==(const MetricFloor&, const MetricFloor&) = default;
};

struct CaseFloor {
  std::string case_name;
  std::string variant;
  std::string golden_sha256;
  std::uint64_t runs = 0;  ///< executions of the whole case, each in a process of its own
  std::vector<golden::OutputSpread> outputs;
  std::vector<MetricFloor> metrics;  ///< in the order in which the task scores them

  /// Every run gave the same bytes in every output.
  bool identical() const;
  friend bool operator==(const CaseFloor&, const CaseFloor&) = default;
};

/// True for a metric that no golden takes part in (F1, ROC-AUC, largest score, NaN/Inf count,
/// perplexity), and for an uncertainty: it is no distance, so its floor is only the range that it
/// has over the runs.
bool is_level(std::string_view metric);

/// Outputs and metrics of a floor from the distinct outputs that the runs gave; the other fields
/// are left to the caller. Preconditions: at least one; each as of TaskAdapter::score().
CaseFloor summarize_floor(const SuiteManifest& manifest, const TaskAdapter& adapter,
                          const Reference& reference, std::span<const CaseOutputs> distinct);

}  // namespace assay::suites
