#include <cmath>
#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <suites/tasks/llm/logit_golden.h>

// What scripts/make_llm_golden.py wrote into golden/llm is what the reader understands.

namespace assay::suites {
namespace {

std::vector<LogitGolden> committed() {
  std::vector<LogitGolden> goldens;
  const std::filesystem::path folder(ASSAY_SOURCE_DIR "/golden/llm");
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() == ".safetensors") {
      const auto file = golden::read_golden(entry.path());
      const auto golden = file.ok() ? parse_logit_golden(*file) : Result<LogitGolden>(file.error());
      if (golden.ok()) {
        goldens.push_back(*golden);
      } else {
        ADD_FAILURE() << golden.error().message;
      }
    }
  }
  return goldens;
}

TEST(CommittedLlmGoldens, AreReadAsTextsAndGreedyContinuations) {
  std::size_t texts = 0;
  std::size_t greedy = 0;
  for (const LogitGolden& golden : committed()) {
    (golden.kind == LogitGoldenKind::kText ? texts : greedy) += 1;
    EXPECT_FALSE(golden.dense());
    EXPECT_EQ(golden.vocab_size, 1024U);
  }
  EXPECT_EQ(texts, 3U);
  EXPECT_EQ(greedy, 2U);
}

TEST(CommittedLlmGoldens, HaveProbabilitiesThatSumToOne) {
  for (const LogitGolden& golden : committed()) {
    for (std::size_t row = 0; row < golden.positions.size(); ++row) {
      const golden::SparseReference reference = golden.sparse_row(row);
      double total = reference.tail_mass;
      for (const float log_prob : reference.log_probs) {
        total += std::exp(static_cast<double>(log_prob));
      }
      EXPECT_NEAR(total, 1.0, 1e-5);
    }
  }
}

TEST(CommittedLlmGoldens, ContinueGreedilyWithTheMostLikelyToken) {
  for (const LogitGolden& golden : committed()) {
    if (golden.kind != LogitGoldenKind::kGreedy) {
      continue;
    }
    for (std::size_t row = 0; row < golden.positions.size(); ++row) {
      const auto next = static_cast<std::size_t>(golden.positions[row]) + 1;
      EXPECT_EQ(golden.tokens[next], golden.sparse_row(row).ids.front());
    }
  }
}

TEST(CommittedLlmGoldens, EndTheirLastTokenAtTheEndOfTheText) {
  for (const LogitGolden& golden : committed()) {
    ASSERT_EQ(golden.token_ends.size(), golden.tokens.size());
    EXPECT_EQ(golden.token_ends.front(), 0);
    EXPECT_EQ(static_cast<std::size_t>(golden.token_ends.back()), golden.text.size());
  }
}

}  // namespace
}  // namespace assay::suites
