#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <harness/cli/views/artifact_listing.h>

namespace assay::cli {
namespace {

using testing::HasSubstr;

TEST(ArtifactListing, AnObjectThatNoRunNeedsIsCounted) {
  EXPECT_THAT(format_artifacts({.folder = "x", .objects = {{.sha256 = "aa", .bytes = 5}}}),
              HasSubstr("1 that no run needs"));
}

TEST(ArtifactListing, AnObjectThatIsGoneIsMarked) {
  const std::string text = format_artifacts(
      {.folder = "x",
       .objects = {{.sha256 = "aa", .bytes = 5, .roles = {"model"}, .runs = 1, .missing = true}}});
  EXPECT_THAT(text, HasSubstr("0 objects, 0 B, 1 missing"));
  EXPECT_THAT(text, HasSubstr("MISSING"));
}

TEST(ArtifactListing, JsonHasTheSame) {
  const std::string text = artifacts_json(
      {.folder = "x.artifacts",
       .objects = {{.sha256 = "aa", .bytes = 5, .roles = {"model"}, .name = "m/int8", .runs = 1}}});
  for (const char* part : {"\"folder\": \"x.artifacts\"", "\"bytes\": 5", "\"name\": \"m/int8\"",
                           "\"runs\": 1", "\"missing\": false"}) {
    EXPECT_THAT(text, HasSubstr(part));
  }
}

TEST(FormatPrune, ADryRunSaysWhatItWouldDo) {
  const session::PruneOutcome outcome{.forgotten_runs = 1, .objects = 2, .bytes = 3'000'000};
  EXPECT_EQ(format_prune(outcome, /*dry_run=*/true),
            "would forget the artefacts of 1 run\n"
            "would remove 2 objects (3.00 MB) and 0 unfinished copies\n");
  EXPECT_EQ(format_prune({.objects = 2, .bytes = 3'000'000, .leftovers = 1}, /*dry_run=*/false),
            "removed 2 objects (3.00 MB) and 1 unfinished copies\n");
}

}  // namespace
}  // namespace assay::cli
