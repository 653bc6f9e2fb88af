#include <array>

#include <harness/model/metric.h>

namespace assay {
namespace {

using enum Better;
using enum MetricGroup;
using enum Comparison;

constexpr std::array kCatalogue{
    MetricInfo{"latency_p50_ms", "latency p50", "ms", kLower, kLatency, kRatio},
    MetricInfo{"latency_p90_ms", "latency p90", "ms", kLower, kLatency, kRatio},
    MetricInfo{"latency_p95_ms", "latency p95", "ms", kLower, kLatency, kRatio},
    MetricInfo{"latency_p99_ms", "latency p99", "ms", kLower, kLatency, kRatio},
    MetricInfo{"latency_mean_ms", "latency mean", "ms", kLower, kLatency, kRatio},
    MetricInfo{"latency_min_ms", "latency min", "ms", kLower, kLatency, kRatio},
    MetricInfo{"latency_stdev_ms", "latency stdev", "ms", kLower, kLatency, kRatio},
    MetricInfo{"ttft_ms", "time to first token", "ms", kLower, kLatency, kRatio},
    MetricInfo{"prefill_tokens_per_s", "prefill (tokens/s)", "", kHigher, kLatency, kRatio},
    MetricInfo{"decode_tokens_per_s", "decode (tokens/s)", "", kHigher, kLatency, kRatio},
    MetricInfo{"rtf", "real-time factor", "", kLower, kLatency, kRatio},
    MetricInfo{"deadline_miss_rate", "deadline miss rate", "", kLower, kLatency, kDifference},
    MetricInfo{"instructions_per_inference", "instructions per inference", "", kLower, kCounters,
               kRatio},
    MetricInfo{"cycles_per_inference", "cycles per inference", "", kLower, kCounters, kRatio},
    MetricInfo{"cache_misses_per_inference", "cache misses per inference", "", kLower, kCounters,
               kRatio},
    MetricInfo{"process_start_ms", "process start", "ms", kLower, kLoad, kRatio},
    MetricInfo{"program_load_ms", "program load", "ms", kLower, kLoad, kRatio},
    MetricInfo{"method_load_ms", "method load", "ms", kLower, kLoad, kRatio},
    MetricInfo{"first_inference_ms", "first inference", "ms", kLower, kLoad, kRatio},
    MetricInfo{"front_end_ms", "front end, a window", "ms", kLower, kLoad, kRatio},
    MetricInfo{"front_end_x_real_time", "front end (x real time)", "", kHigher, kLoad, kRatio},
    MetricInfo{"memory_peak_bytes", "peak memory (VmHWM)", "bytes", kLower, kMemory, kRatio},
    MetricInfo{"memory_load_bytes", "memory for the model (PSS after load - start)", "bytes",
               kLower, kMemory, kRatio},
    MetricInfo{"memory_steady_pss_bytes", "steady memory (PSS)", "bytes", kLower, kMemory, kRatio},
    MetricInfo{"planned_arena_bytes", "planned arena", "bytes", kLower, kMemory, kRatio},
    MetricInfo{"kv_cache_bytes", "KV cache", "bytes", kLower, kMemory, kRatio},
    MetricInfo{"chain_parts_bytes", "memory of the models alone, summed", "bytes", kNeither,
               kMemory, kRatio},
    MetricInfo{"chain_memory_bytes", "memory of the models together", "bytes", kLower, kMemory,
               kRatio},
    MetricInfo{"pte_bytes", ".pte size", "bytes", kLower, kSize, kRatio},
    MetricInfo{"score_max_abs_error", "score max abs error", "", kLower, kAccuracy, kDifference},
    MetricInfo{"score_mean_abs_error", "score mean abs error", "", kLower, kAccuracy, kDifference},
    MetricInfo{"score_sqnr_db", "score SQNR", "dB", kHigher, kAccuracy, kDifference},
    MetricInfo{"score_cosine", "score cosine", "", kHigher, kAccuracy, kDifference},
    MetricInfo{"state_h_max_abs_error", "state h max abs error", "", kLower, kAccuracy,
               kDifference},
    MetricInfo{"state_h_sqnr_db", "state h SQNR", "dB", kHigher, kAccuracy, kDifference},
    MetricInfo{"state_c_max_abs_error", "state c max abs error", "", kLower, kAccuracy,
               kDifference},
    MetricInfo{"state_c_sqnr_db", "state c SQNR", "dB", kHigher, kAccuracy, kDifference},
    MetricInfo{"kld_mean", "mean KLD (nats)", "", kLower, kAccuracy, kDifference},
    MetricInfo{"kld_mean_unc", "mean KLD +- (nats)", "", kNeither, kAccuracy, kDifference},
    MetricInfo{"kld_median", "median KLD (nats)", "", kLower, kAccuracy, kDifference},
    MetricInfo{"kld_p90", "KLD p90 (nats)", "", kLower, kAccuracy, kDifference},
    MetricInfo{"kld_p95", "KLD p95 (nats)", "", kLower, kAccuracy, kDifference},
    MetricInfo{"kld_p99", "KLD p99 (nats)", "", kLower, kAccuracy, kDifference},
    MetricInfo{"kld_p99_9", "KLD p99.9 (nats)", "", kLower, kAccuracy, kDifference},
    MetricInfo{"kld_max", "largest KLD (nats)", "", kLower, kAccuracy, kDifference},
    MetricInfo{"kld_sparse_excess", "mean KLD at most above (nats)", "", kNeither, kAccuracy,
               kDifference},
    MetricInfo{"top1_agreement", "same top token", "", kHigher, kAccuracy, kDifference},
    MetricInfo{"top1_agreement_unc", "same top token +-", "", kNeither, kAccuracy, kDifference},
    MetricInfo{"top5_agreement", "same top 5 tokens", "", kHigher, kAccuracy, kDifference},
    MetricInfo{"top5_agreement_unc", "same top 5 tokens +-", "", kNeither, kAccuracy, kDifference},
    MetricInfo{"delta_p_mean", "mean delta p", "", kHigher, kAccuracy, kDifference},
    MetricInfo{"delta_p_mean_unc", "mean delta p +-", "", kNeither, kAccuracy, kDifference},
    MetricInfo{"delta_p_rms", "RMS delta p", "", kLower, kAccuracy, kDifference},
    MetricInfo{"delta_p_rms_unc", "RMS delta p +-", "", kNeither, kAccuracy, kDifference},
    MetricInfo{"logit_sqnr_db", "logit SQNR", "dB", kHigher, kAccuracy, kDifference},
    MetricInfo{"greedy_common_prefix", "greedy tokens in common", "", kHigher, kAccuracy,
               kDifference},
    MetricInfo{"greedy_first_divergence", "first other greedy token", "", kNeither, kAccuracy,
               kDifference},
    MetricInfo{"encoding_sqnr_db", "encoding SQNR", "dB", kHigher, kAccuracy, kDifference},
    MetricInfo{"encoding_cosine", "encoding cosine", "", kHigher, kAccuracy, kDifference},
    MetricInfo{"encoding_max_abs_error", "encoding max abs error", "", kLower, kAccuracy,
               kDifference},
    MetricInfo{"encoding_mean_abs_error", "encoding mean abs error", "", kLower, kAccuracy,
               kDifference},
    MetricInfo{"transcripts_unchanged", "transcripts as the reference's", "", kHigher, kAccuracy,
               kDifference},
    MetricInfo{"transcripts_unchanged_unc", "transcripts as the reference's +-", "", kNeither,
               kAccuracy, kDifference},
    MetricInfo{"wer_vs_golden", "WER against the reference's transcripts", "", kLower, kAccuracy,
               kDifference},
    MetricInfo{"wer_vs_golden_unc", "WER against the reference's transcripts +-", "", kNeither,
               kAccuracy, kDifference},
    MetricInfo{"nonfinite_count", "NaN/Inf outputs", "", kLower, kAccuracy, kDifference},
    MetricInfo{"first_divergence_chunk", "first chunk of divergence", "", kNeither, kAccuracy,
               kDifference},
    MetricInfo{"decision_flips", "decision flips", "", kLower, kTask, kDifference},
    MetricInfo{"decision_flip_rate", "decision flip rate", "", kLower, kTask, kDifference},
    MetricInfo{"frame_precision", "frame precision", "", kHigher, kTask, kDifference},
    MetricInfo{"frame_recall", "frame recall", "", kHigher, kTask, kDifference},
    MetricInfo{"frame_f1", "frame F1", "", kHigher, kTask, kDifference},
    MetricInfo{"roc_auc", "ROC-AUC", "", kHigher, kTask, kDifference},
    MetricInfo{"segments_gained", "speech segments gained", "", kLower, kTask, kDifference},
    MetricInfo{"segments_lost", "speech segments lost", "", kLower, kTask, kDifference},
    MetricInfo{"perplexity", "perplexity", "", kLower, kTask, kDifference},
    MetricInfo{"perplexity_unc", "perplexity +-", "", kNeither, kTask, kDifference},
    MetricInfo{"golden_perplexity", "perplexity of the reference", "", kNeither, kTask,
               kDifference},
    MetricInfo{"perplexity_ratio", "perplexity / reference's", "", kLower, kTask, kDifference},
    MetricInfo{"perplexity_ratio_unc", "perplexity / reference's +-", "", kNeither, kTask,
               kDifference},
    MetricInfo{"wer", "word error rate", "", kLower, kTask, kDifference},
    MetricInfo{"wer_unc", "word error rate +-", "", kNeither, kTask, kDifference},
    MetricInfo{"wer_substitutions", "words substituted", "", kLower, kTask, kDifference},
    MetricInfo{"wer_deletions", "words deleted", "", kLower, kTask, kDifference},
    MetricInfo{"wer_insertions", "words inserted", "", kLower, kTask, kDifference},
    MetricInfo{"cer", "character error rate", "", kLower, kTask, kDifference},
    MetricInfo{"cer_unc", "character error rate +-", "", kNeither, kTask, kDifference},
    MetricInfo{"budget_p95_ms", "P95 against its budget (ms)", "", kNeither, kTask, kDifference},
    MetricInfo{"budget_p95_low_ms", "P95, 95 % interval from (ms)", "", kNeither, kTask,
               kDifference},
    MetricInfo{"budget_p95_high_ms", "P95, 95 % interval to (ms)", "", kNeither, kTask,
               kDifference},
    MetricInfo{"chain_harness_share", "harness's share of the chain", "", kNeither, kTask,
               kDifference},
    MetricInfo{"chain_segments", "speech segments answered", "", kNeither, kTask, kDifference},
    MetricInfo{"score_max", "largest score", "", kNeither, kTask, kDifference},
};

constexpr std::array kSummaryColumns{
    MetricColumn{"SQNR dB", "score_sqnr_db", 1},
    MetricColumn{"flips", "decision_flips", 0},
    MetricColumn{"F1", "frame_f1", 3},
    MetricColumn{"prefill/s", "prefill_tokens_per_s", 0},
    MetricColumn{"decode/s", "decode_tokens_per_s", 1},
    MetricColumn{"KLD", "kld_mean", 5},
    MetricColumn{"top-1", "top1_agreement", 3},
    MetricColumn{"PPL ratio", "perplexity_ratio", 4},
    MetricColumn{"greedy", "greedy_common_prefix", 0},
    MetricColumn{"encoding dB", "encoding_sqnr_db", 1},
    MetricColumn{"WER", "wer", 3},
};

}  // namespace

std::span<const MetricColumn> summary_columns() { return kSummaryColumns; }

std::span<const MetricInfo> metric_catalogue() { return kCatalogue; }

const MetricInfo* find_metric(std::string_view id) {
  for (const MetricInfo& metric : kCatalogue) {
    if (metric.id == id) {
      return &metric;
    }
  }
  return nullptr;
}

}  // namespace assay
