#pragma once

// Results of several runs as one matrix: model x variant x device x backend, with what they say
// about two variants on each device. Numbers chosen and formatted; the raw ones stay beside them.

#include <span>
#include <string>
#include <vector>

#include <harness/model/run.h>
#include <reports/comparison/comparison_view.h>

namespace assay::reports {

/// Which variants are set against each other everywhere.
struct MatrixRequest {
  std::string baseline = "int8";
  std::string candidate = "int4";
};

/// One place of the matrix: everything of a variant on a device with a backend, from the newest run
/// that has a result for it.
struct MatrixRow {
  CellKey key;            ///< case_name is empty
  std::string run;        ///< number and start of the uuid of the run that it is from
  std::string cases;      ///< "26", or "24 of 26" when some were not measured
  Figure latency_p50_ms;  ///< this and the others: mean over the measured cases
  Figure latency_p95_ms;
  Figure decode_tokens_per_s;
  Figure memory_peak_bytes;
  Figure pte_bytes;
  std::string accuracy_metric;  ///< id of the suite's headline metric; empty: it has none
  std::string accuracy_label;
  Figure accuracy;
};

/// The candidate against the baseline on one device, timed side by side within one run.
struct MatrixPair {
  CellKey key;  ///< case_name and variant are empty
  std::string run;
  DeltaView time;       ///< latency p50
  DeltaView accuracy;   ///< the suite's headline metric; its metric is empty without one
  bool faster = false;  ///< the interval of the time lies below 1
  bool slower = false;  ///< or above it
};

/// A variant's outputs on one device set against those on another, case by case.
struct MatrixOutputs {
  CellKey key;            ///< of this device; case_name is empty
  std::string reference;  ///< the other device
  std::string identical;  ///< "5 of 6": cases in which every bit is equal
  Figure lowest_sqnr_db;  ///< over the cases that differ; no value when none does
  std::string note;       ///< "score of human-reading": where that was; or why nothing was compared
};

struct MatrixFailure {
  CellKey key;
  std::string run;
  std::string status;
  std::string stage;
  std::string reason;
};

/// What the users wrote that a backend does, and what was measured with it.
struct BackendReference {
  std::string backend;
  std::string users;     ///< tokens/s, from their notes
  std::string measured;  ///< "model/variant on device: 90.1; ...", or that nothing was
};

struct MatrixView {
  MatrixRequest request;
  std::vector<std::string> runs;  ///< that were looked into, newest first
  std::vector<MatrixRow> rows;
  std::vector<MatrixPair> pairs;
  std::vector<std::string> rankings;  ///< one sentence for each suite, model and thread count
  std::vector<MatrixOutputs> outputs;
  std::vector<MatrixFailure> failures;
  std::vector<BackendReference> reference;  ///< empty unless a language model is in the matrix
  std::vector<std::string> notes;
};

/// `runs`, newest first, whole (with samples, which the intervals need). A row comes from the
/// newest run in which any of its cells was measured; a failure is shown when nothing newer answers
/// its cell.
MatrixView make_matrix_view(std::span<const RunRecord> runs, const MatrixRequest& request,
                            const UnitSource& units);

}  // namespace assay::reports
