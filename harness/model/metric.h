#pragma once

// The catalogue of metrics: one row says what an id means, in which unit, and which way is better.
// Everything that prints, compares or checks a threshold looks here; nothing else knows units.

#include <optional>
#include <span>
#include <string_view>

namespace assay {

enum class Better { kLower, kHigher, kNeither };
enum class MetricGroup { kLatency, kCounters, kLoad, kMemory, kSize, kAccuracy, kTask };
/// How two values are set against each other.
enum class Comparison { kRatio, kDifference };

struct MetricInfo {
  std::string_view id;
  std::string_view label;
  std::string_view unit;  ///< "ms", "bytes", "dB", "" for a bare number
  Better better;
  MetricGroup group;
  Comparison comparison;
};

/// All metrics, in the order in which they are printed.
std::span<const MetricInfo> metric_catalogue();

/// A figure that stands in the few columns of a terminal: what tells of quality or rate at once.
struct MetricColumn {
  std::string_view header;
  std::string_view metric;
  int decimals;
};

/// The columns of a run's summary, in order; those that no cell has a figure for are left out.
std::span<const MetricColumn> summary_columns();

/// One row of the catalogue; null for an unknown id.
const MetricInfo* find_metric(std::string_view id);

}  // namespace assay
