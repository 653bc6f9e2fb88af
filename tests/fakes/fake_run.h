#pragma once

// A run of a voice-activity suite as the store would give it back, made up from a few numbers:
// every figure is deterministic and none was measured. The machine that it pretends to be drifts by
// 20 % while it measures, as real ones do.

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <harness/model/cell.h>
#include <harness/model/run.h>

namespace assay::fakes {

struct FakeVariant {
  std::string name;
  double latency_us = 80;
  double score_noise = 0;  ///< largest error of a chunk's score
  std::uint64_t pte_bytes = 1'000'000;
  std::string recipe;
};

struct FakeCase {
  std::string name;
  std::size_t chunks = 100;
};

struct FakeRunOptions {
  std::vector<FakeVariant> variants = {
      {"fp32", 100, 0.00001, 1'254'148, "fp32, nothing quantized"},
      {"int8", 80, 0.05, 347'396, "linears + convolutions static per-channel INT8"},
      {"int4", 74, 0.12, 280'836, "linears 8da4w group 32 + convolutions static INT8"}};
  std::vector<FakeCase> cases = {{"silence", 120},    {"noise", 120},      {"speech-clean", 150},
                                 {"speech-5db", 150}, {"speech-0db", 150}, {"long-mixed", 600}};
  std::size_t rounds = 10;  ///< measured blocks a cell
  std::size_t block_executions = 40;
};

/// Cells in the order of cases, then variants; all pass.
RunRecord make_vad_run(const FakeRunOptions& options = {});

/// The cell of that case and variant. Precondition: it exists.
Cell& cell_of(RunRecord& run, const std::string& case_name, const std::string& variant);

}  // namespace assay::fakes
