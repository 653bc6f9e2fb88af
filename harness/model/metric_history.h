#pragma once

// One metric over many runs, as the database has it: what was stored, nothing derived from it.

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <harness/model/cell.h>

namespace assay {

/// What a point of a history needs to know of its run.
struct HistoryRun {
  std::int64_t id = 0;
  std::string uuid;
  std::string started_utc;
  std::string revision;  ///< of the sources under test; may be empty
  std::string machine;   ///< machine_identity() of the run's fingerprint
  friend bool operator==(const HistoryRun&, const HistoryRun&) = default;
};

struct HistoryPoint {
  std::size_t run = 0;  ///< index into MetricHistory::runs
  double value = 0;     ///< may be infinite or NaN, as stored
};

/// The same cell in all runs that have a figure for it.
struct CellHistory {
  CellKey key;
  std::vector<HistoryPoint> points;  ///< by ascending run
};

struct MetricHistory {
  std::vector<HistoryRun> runs;    ///< oldest first
  std::vector<CellHistory> cells;  ///< by ascending key
  std::uint64_t invalid = 0;       ///< figures left out because their cell is INVALID
};

}  // namespace assay
