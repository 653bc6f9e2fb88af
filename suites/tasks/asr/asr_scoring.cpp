#include <algorithm>
#include <cmath>
#include <numeric>

#include <golden/comparators.h>
#include <suites/tasks/asr/asr_scoring.h>

namespace assay::suites {
namespace {

/// As of the language models' figures.
constexpr std::size_t kEnoughForStandardError = 11;

void add(CaseScores& result, std::string metric, double value) {
  result.scores.push_back({.metric = std::move(metric), .value = value});
}

void add(CaseScores& result, const std::string& metric, const ErrorRate& rate) {
  add(result, metric, rate.rate);
  if (rate.standard_error) {
    add(result, metric + "_unc", *rate.standard_error);
  }
}

/// Edits of utterances, as what a rate is made from.
struct Tally {
  std::vector<double> errors;
  std::vector<double> lengths;
  EditCounts total;

  void count(const EditCounts& edits) {
    errors.push_back(static_cast<double>(edits.errors()));
    lengths.push_back(static_cast<double>(edits.reference_length));
    total += edits;
  }
};

std::vector<float> as_series(const std::vector<double>& values) {
  return {values.begin(), values.end()};
}

}  // namespace

std::optional<ErrorRate> error_rate(std::span<const double> errors,
                                    std::span<const double> lengths) {
  const double length = std::accumulate(lengths.begin(), lengths.end(), 0.0);
  if (length == 0) {
    return std::nullopt;
  }
  ErrorRate result{.rate = std::accumulate(errors.begin(), errors.end(), 0.0) / length};
  if (errors.size() >= kEnoughForStandardError) {
    double squares = 0;
    for (std::size_t i = 0; i < errors.size(); ++i) {
      const double residual = errors[i] - result.rate * lengths[i];
      squares += residual * residual;
    }
    const auto n = static_cast<double>(errors.size());
    result.standard_error = std::sqrt(squares * n / (n - 1)) / length;
  }
  return result;
}

void score_encodings(CaseScores& result, std::span<const float> reference,
                     std::span<const float> actual, std::span<const std::size_t> frames,
                     std::size_t width) {
  auto errors = golden::summarize_row_errors(reference, actual, width);
  add(result, "encoding_sqnr_db", errors.total.sqnr_db);
  add(result, "encoding_cosine", errors.total.cosine);
  add(result, "encoding_max_abs_error", errors.total.max_abs);
  add(result, "encoding_mean_abs_error", errors.total.mean_abs);
  result.series["encoding_error"] = std::move(errors.row_max_abs);
  std::vector<float> sqnr_db;
  std::size_t start = 0;
  for (const std::size_t count : frames) {
    const std::size_t size = count * width;
    sqnr_db.push_back(static_cast<float>(
        golden::summarize_errors(reference.subspan(start, size), actual.subspan(start, size))
            .sqnr_db));
    start += size;
  }
  result.series["utterance_sqnr_db"] = std::move(sqnr_db);
  result.series["utterance_frames"] = std::vector<float>(frames.begin(), frames.end());
}

void score_words(CaseScores& result, std::span<const std::optional<std::string>> references,
                 std::span<const std::optional<std::string>> transcripts) {
  Tally words;
  Tally characters;
  for (std::size_t i = 0; i < references.size(); ++i) {
    if (!references[i]) {
      continue;
    }
    const std::string reference = normalize_transcript(*references[i]);
    const std::string transcript = normalize_transcript(transcripts[i].value_or(""));
    words.count(word_edits(reference, transcript));
    characters.count(character_edits(reference, transcript));
  }
  const auto wer = error_rate(words.errors, words.lengths);
  const auto cer = error_rate(characters.errors, characters.lengths);
  if (!wer || !cer) {
    return;
  }
  const auto share = [&](std::size_t count) {
    return static_cast<double>(count) / static_cast<double>(words.total.reference_length);
  };
  add(result, "wer", *wer);
  add(result, "wer_substitutions", share(words.total.substitutions));
  add(result, "wer_deletions", share(words.total.deletions));
  add(result, "wer_insertions", share(words.total.insertions));
  add(result, "cer", *cer);
  result.series["word_errors"] = as_series(words.errors);
  result.series["reference_words"] = as_series(words.lengths);
  result.series["character_errors"] = as_series(characters.errors);
  result.series["reference_characters"] = as_series(characters.lengths);
}

void score_changes(CaseScores& result, std::span<const std::string> golden,
                   std::span<const std::optional<std::string>> transcripts) {
  Tally words;
  std::vector<double> unchanged;
  for (std::size_t i = 0; i < golden.size(); ++i) {
    words.count(word_edits(golden[i], transcripts[i].value_or("")));
    unchanged.push_back(transcripts[i] == golden[i] ? 1 : 0);
  }
  if (const auto wer = error_rate(words.errors, words.lengths)) {
    add(result, "wer_vs_golden", *wer);
  }
  const std::vector<double> ones(unchanged.size(), 1);
  if (const auto share = error_rate(unchanged, ones)) {
    add(result, "transcripts_unchanged", *share);
  }
  result.series["word_errors_vs_golden"] = as_series(words.errors);
  result.series["golden_words"] = as_series(words.lengths);
  result.series["transcript_unchanged"] = as_series(unchanged);
}

}  // namespace assay::suites
