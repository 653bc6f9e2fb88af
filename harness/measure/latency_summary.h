#pragma once

// From raw samples to the latency figures of a cell. Pure: any statistic can be recomputed from a
// stored run.

#include <span>
#include <vector>

#include <harness/model/cell.h>

namespace assay::measure {

/// The latency and load metrics of a cell as scores of the catalogue: percentiles (linear
/// interpolation, stats/quantile.h), mean, min, stdev (n-1) in ms over all blocks that are not
/// warm-up; real-time factor = mean latency * steps / audio seconds; share of executions over the
/// deadline. `steps` is the number of executions that make up the case's audio. A figure that the
/// cell cannot support is absent: no samples, no audio, no deadline, or fewer runs than a
/// percentile needs (percentile_support.h).
std::vector<Score> summarize_latency(const Cell& cell, std::size_t steps);

/// What the same samples mean for a language model of which each execution takes `tokens_per_step`
/// tokens: tokens a second (tokens over the sum of latencies, as ExecuTorch's stats.h has it), of a
/// prompt also the time to its first token, the median latency: without tokenizing and sampling,
/// which take microseconds. Empty without samples.
std::vector<Score> summarize_token_rate(const Cell& cell, std::size_t tokens_per_step,
                                        bool prefill);

/// Instructions, cycles and cache misses an inference, over the counted blocks that counted them;
/// absent where none did. In user mode and over the whole block: filling inputs and hashing
/// outputs, which the latencies leave out, are in it.
std::vector<Score> summarize_counters(const Cell& cell);

/// Process start, program load, method load, first inference, file size, planned arena and memory
/// of the worker record as scores. memory_load_bytes is PSS after the method was loaded less PSS at
/// the start; memory_peak_bytes is VmHWM of the last snapshot.
std::vector<Score> summarize_worker(const WorkerRecord& worker);

/// The median latency of a block, in ns.
double median_ns(const SampleBlock& block);

}  // namespace assay::measure
