#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <suites/manifest/manifest_parser.h>
#include <suites/tasks/vad/vad_manifest.h>
#include <tests/fakes/temporary_folder.h>
#include <tests/unit/suites/example_suite.h>

namespace assay::suites {
namespace {

using nlohmann::json;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

Result<SuiteManifest> parse(const json& suite) {
  return parse_manifest(suite.dump(), "/suites/a.json", built_in_tasks());
}

std::string error_of(const json& suite) {
  auto manifest = parse(suite);
  if (manifest.ok()) {
    return "no error";
  }
  EXPECT_EQ(manifest.error().code, ErrorCode::kUsage);
  return manifest.error().message;
}

/// The example with `value` at `pointer`.
json with(const std::string& pointer, json value) {
  json suite = example_suite();
  suite[json::json_pointer(pointer)] = std::move(value);
  return suite;
}

/// The example without what is at `pointer`.
json without(const std::string& parent, const std::string& key) {
  json suite = example_suite();
  suite[json::json_pointer(parent)].erase(key);
  return suite;
}

json threshold(json fields) { return with("/thresholds", json::array({std::move(fields)})); }

TEST(ManifestParser, AVariantIsLoweredForXnnpackUnlessItSaysOtherwise) {
  EXPECT_EQ(parse(example_suite())->model.variants[0].backend, "xnnpack");
  EXPECT_EQ(parse(with("/model/variants/0/backend", "portable"))->model.variants[0].backend,
            "portable");
}

TEST(ManifestParser, AnUnknownBackendIsRefusedWithTheKnownOnes) {
  EXPECT_THAT(
      error_of(with("/model/variants/0/backend", "cuda")),
      AllOf(HasSubstr("/model/variants/0/backend"), HasSubstr("xnnpack"), HasSubstr("vulkan")));
}

TEST(ManifestParser, AVariantMayHaveFilesForOtherBackends) {
  const auto manifest = parse(with("/model/variants/0/other_backends",
                                   {{"portable", {{"pte", "models/p.pte"}}},
                                    {"openvino", {{"pte", "o.pte"}, {"sha256", kModelSha256}}}}));
  const VariantSpec& variant = manifest->model.variants[0];
  EXPECT_EQ(variant.lowered_for("xnnpack")->pte, "/suites/models/fp32.pte");
  EXPECT_EQ(variant.lowered_for("portable")->pte, "/suites/models/p.pte");
  EXPECT_EQ(variant.lowered_for("portable")->backend, "portable");
  EXPECT_EQ(variant.lowered_for("openvino")->sha256, kModelSha256);
  EXPECT_FALSE(variant.lowered_for("qnn").has_value());
}

TEST(ManifestParser, AFileForAnUnknownBackendOrTheVariantsOwnIsRefused) {
  const std::string place = "/model/variants/0/other_backends";
  EXPECT_THAT(error_of(with(place, {{"cuda", {{"pte", "a.pte"}}}})),
              AllOf(HasSubstr(place + "/cuda"), HasSubstr("known are qnn")));
  EXPECT_THAT(error_of(with(place, {{"xnnpack", {{"pte", "a.pte"}}}})),
              HasSubstr(place + "/xnnpack: is the backend of the variant's own 'pte'"));
  EXPECT_THAT(error_of(with(place, {{"portable", {{"ptee", "a.pte"}}}})),
              HasSubstr(place + "/portable/ptee: unknown key"));
}

TEST(ManifestParser, TheWishListIsReadInItsOrder) {
  const auto manifest = parse(with("/backends", {"qnn", "xnnpack"}));
  EXPECT_THAT(manifest->backends, testing::ElementsAre("qnn", "xnnpack"));
  EXPECT_FALSE(manifest->fallback);
}

TEST(ManifestParser, AWishListMayNotBeEmptyOrNameABackendTwice) {
  EXPECT_THAT(error_of(with("/backends", json::array())),
              HasSubstr("/backends: must not be empty"));
  EXPECT_THAT(error_of(with("/backends", {"qnn", "qnn"})),
              HasSubstr("/backends/1: the backend 'qnn' is there twice"));
}

TEST(ManifestParser, FallbackIsYesOrNoAndNeedsAWishList) {
  json suite = with("/backends", {"xnnpack", "portable"});
  suite["fallback"] = true;
  EXPECT_TRUE(parse(suite)->fallback);
  suite["fallback"] = "yes";
  EXPECT_THAT(error_of(suite), HasSubstr("/fallback: must be true or false"));
  EXPECT_THAT(error_of(with("/fallback", true)), HasSubstr("/fallback: needs 'backends'"));
}

TEST(ManifestParser, TheExampleIsReadWhole) {
  const auto manifest = parse(example_suite());
  ASSERT_TRUE(manifest.ok()) << manifest.error().message;
  EXPECT_EQ(manifest->name, "example");
  EXPECT_EQ(manifest->description, "A test's");
  EXPECT_EQ(manifest->model.name, "tiny");
  EXPECT_EQ(manifest->model.method, "forward");
  EXPECT_EQ(manifest->model.weights, WeightsKind::kSeeded);
  EXPECT_EQ(manifest->model.inputs[0].describe(), "float32[1,10]");
  EXPECT_EQ(manifest->model.outputs[2].name, "c");
  ASSERT_EQ(manifest->model.state.size(), 2U);
  EXPECT_EQ(manifest->model.state[1].input, 2U);
  EXPECT_EQ(manifest->model.state[1].output, 2U);
  EXPECT_EQ(manifest->model.variants[1].recipe, "static");
  EXPECT_EQ(manifest->reference.model_sha256, kModelSha256);
  EXPECT_EQ(manifest->task_part.as<VadSuite>().chunk_samples, 8U);
  EXPECT_EQ(manifest->deadline_ms, std::nullopt);
  EXPECT_EQ(manifest->measure.warmup_runs, MeasureSpec{}.warmup_runs);
  EXPECT_EQ(manifest->cases[0].task_part.as<VadCase>().labels, std::nullopt);
  EXPECT_TRUE(manifest->thresholds.empty());
}

TEST(ManifestParser, RelativePathsStartAtTheManifestsFolder) {
  const auto manifest = parse_manifest(with("/cases/0/labels", "../l.json").dump(),
                                       "/data/suites/a.json", built_in_tasks());
  ASSERT_TRUE(manifest.ok());
  EXPECT_EQ(manifest->model.variants[0].pte, "/data/suites/models/fp32.pte");
  EXPECT_EQ(manifest->model.variants[1].pte, "/elsewhere/int8.pte");
  EXPECT_EQ(manifest->cases[0].task_part.as<VadCase>().wav, "/data/suites/clip.wav");
  EXPECT_EQ(manifest->cases[0].golden, "/data/suites/clip.safetensors");
  EXPECT_EQ(manifest->cases[0].task_part.as<VadCase>().labels, "/data/l.json");
}

TEST(ManifestParser, ARelativeManifestStillGivesAbsolutePaths) {
  const auto manifest = parse_manifest(example_suite().dump(), "some/a.json", built_in_tasks());
  EXPECT_EQ(manifest->cases[0].task_part.as<VadCase>().wav,
            std::filesystem::current_path() / "some/clip.wav");
}

TEST(ManifestParser, TheHashIsThatOfTheText) {
  const std::string text = example_suite().dump();
  EXPECT_EQ(parse_manifest(text, "a.json", built_in_tasks())->sha256,
            sha256_hex(std::as_bytes(std::span(text))));
}

TEST(ManifestParser, BudgetMeasureAndThresholdsAreRead) {
  json suite = threshold({{"metric", "frame_f1"}, {"min", 0.9}, {"why", "users"}});
  suite["thresholds"].push_back(
      {{"metric", "score_max_abs_error"}, {"variants", {"int8"}}, {"cases", {"clip"}}, {"max", 1}});
  suite["budget"] = {{"deadline_ms", 10}};
  suite["measure"] = {{"min_time_s", 0.5}, {"warmup_runs", 0}, {"timeout_s", 5}};
  const auto manifest = parse(suite);
  ASSERT_TRUE(manifest.ok()) << manifest.error().message;
  EXPECT_EQ(manifest->deadline_ms, 10);
  EXPECT_EQ(manifest->measure.bounds.min_time_s, 0.5);
  EXPECT_EQ(manifest->measure.warmup_runs, 0U);
  EXPECT_EQ(manifest->measure.timeout_s, 5);
  ASSERT_EQ(manifest->thresholds.size(), 2U);
  EXPECT_EQ(manifest->thresholds[0].min, 0.9);
  EXPECT_EQ(manifest->thresholds[0].max, std::nullopt);
  EXPECT_EQ(manifest->thresholds[0].why, "users");
  EXPECT_TRUE(manifest->thresholds[0].variants.empty());
  EXPECT_THAT(manifest->thresholds[1].variants, ElementsAre("int8"));
  EXPECT_THAT(manifest->thresholds[1].cases, ElementsAre("clip"));
}

TEST(ManifestParser, AnUnknownKeyAnywhereIsRefusedWithItsPointer) {
  EXPECT_THAT(error_of(with("/casess", 1)),
              AllOf(HasSubstr("/casess: unknown key"), HasSubstr("did you mean 'cases'")));
  EXPECT_THAT(error_of(with("/cases/0/wavv", "x")),
              HasSubstr("a.json: /cases/0/wavv: unknown key; did you mean 'wav'? known are name, "
                        "wav, labels, golden"));
  EXPECT_THAT(error_of(with("/model/variants/1/shaa256", "")), HasSubstr("/model/variants/1/shaa"));
  EXPECT_THAT(error_of(with("/model/inputs/0/type", "")), HasSubstr("/model/inputs/0/type"));
  EXPECT_THAT(error_of(with("/model/state/0/from", "")), HasSubstr("/model/state/0/from"));
  EXPECT_THAT(error_of(with("/reference/url", "")), HasSubstr("/reference/url"));
  EXPECT_THAT(error_of(with("/vad/hop", 1)), HasSubstr("/vad/hop"));
  EXPECT_THAT(error_of(with("/budget", {{"p99_ms", 1}})), HasSubstr("/budget/p99_ms"));
  EXPECT_THAT(error_of(with("/measure", {{"runs", 1}})), HasSubstr("/measure/runs"));
  EXPECT_THAT(error_of(threshold({{"metric", "rtf"}, {"maximum", 1}})),
              HasSubstr("/thresholds/0/maximum"));
}

TEST(ManifestParser, EveryRequiredKeyIsMissedByName) {
  for (const char* key : {"version", "name", "task", "model", "reference", "vad", "cases"}) {
    EXPECT_THAT(error_of(without("", key)), HasSubstr("'" + std::string(key) + "' is missing"));
  }
  for (const char* key : {"name", "weights", "inputs", "outputs", "variants"}) {
    EXPECT_THAT(error_of(without("/model", key)),
                HasSubstr("/model: '" + std::string(key) + "' is missing"));
  }
  for (const char* key : {"name", "wav", "golden"}) {
    EXPECT_THAT(error_of(without("/cases/0", key)), HasSubstr("/cases/0: '" + std::string(key)));
  }
  for (const char* key : {"name", "pte"}) {
    EXPECT_THAT(error_of(without("/model/variants/0", key)), HasSubstr("/model/variants/0: '"));
  }
  for (const char* key : {"sample_rate_hz", "chunk_samples", "context_samples", "threshold"}) {
    EXPECT_THAT(error_of(without("/vad", key)), HasSubstr("/vad: '" + std::string(key)));
  }
}

TEST(ManifestParser, AWrongTypeShowsPointerAndValue) {
  EXPECT_THAT(error_of(with("/name", 7)), HasSubstr("/name: must be a string, not 7"));
  EXPECT_THAT(error_of(with("/cases", "all")), HasSubstr("/cases: must be a list, not \"all\""));
  EXPECT_THAT(error_of(with("/model", json::array())), HasSubstr("/model: must be an object"));
  EXPECT_THAT(error_of(with("/vad/threshold", "0.5")), HasSubstr("/vad/threshold: must be a num"));
  EXPECT_THAT(error_of(with("/vad/chunk_samples", 512.5)), HasSubstr("not 512.5"));
  EXPECT_THAT(error_of(json::array()), HasSubstr("a.json: must be an object"));
}

TEST(ManifestParser, ValuesOutsideTheirRangeAreRefused) {
  EXPECT_THAT(error_of(with("/vad/chunk_samples", 0)), HasSubstr("/vad/chunk_samples"));
  EXPECT_THAT(error_of(with("/vad/context_samples", -1)), HasSubstr("/vad/context_samples"));
  EXPECT_THAT(error_of(with("/vad/threshold", 1.5)), HasSubstr("from 0 to 1, not 1.5"));
  EXPECT_THAT(error_of(with("/budget", {{"deadline_ms", 0}})), HasSubstr("/budget/deadline_ms"));
  EXPECT_THAT(error_of(with("/measure", {{"min_time_s", -1}})), HasSubstr("/measure/min_time_s"));
  EXPECT_THAT(error_of(with("/measure", {{"timeout_s", 1e9}})), HasSubstr("/measure/timeout_s"));
  EXPECT_THAT(error_of(with("/measure", {{"warmup_runs", 1e30}})), HasSubstr("/measure/warmup"));
  EXPECT_THAT(error_of(with("/cases/0/wav", "")), HasSubstr("/cases/0/wav: must not be empty"));
  EXPECT_THAT(error_of(with("/cases/0/name", "a\nb")), HasSubstr("control characters"));
}

TEST(ManifestParser, ANewerVersionIsNamedBeforeItsUnknownKeys) {
  json suite = with("/version", 2);
  suite["something_new"] = 1;
  EXPECT_THAT(error_of(suite), HasSubstr("/version: version 2 is newer than this assay reads (1)"));
}

TEST(ManifestParser, AVersionBelowOneIsRefused) {
  EXPECT_THAT(error_of(with("/version", 0)), HasSubstr("/version"));
}

TEST(ManifestParser, AnUnknownTaskIsRefused) {
  EXPECT_THAT(error_of(with("/task", "tts")),
              HasSubstr("/task: unknown task 'tts'; known are asr, llm, vad"));
}

TEST(ManifestParser, WeightsAreTrainedOrSeeded) {
  EXPECT_THAT(error_of(with("/model/weights", "random")), HasSubstr("/model/weights"));
}

TEST(ManifestParser, AnUnknownDtypeListsTheKnownOnes) {
  EXPECT_THAT(
      error_of(with("/model/inputs/0/dtype", "float8")),
      AllOf(HasSubstr("/model/inputs/0/dtype: unknown dtype 'float8'"), HasSubstr("bfloat16")));
}

TEST(ManifestParser, HugeOrEmptyShapesAreRefused) {
  EXPECT_THAT(error_of(with("/model/inputs/0/shape", {1, 0})),
              HasSubstr("/model/inputs/0/shape/1"));
  EXPECT_THAT(error_of(with("/model/inputs/0/shape", {65536, 65536, 65536})),
              HasSubstr("more than 4294967296 elements"));
  EXPECT_THAT(error_of(with("/model/inputs/0/shape", {1e30})), HasSubstr("/shape/0"));
}

TEST(ManifestParser, NamesMustBeUnique) {
  const auto twice = [](const std::string& list) {
    json suite = example_suite();
    auto& items = suite[json::json_pointer(list)];
    items.push_back(items[0]);
    return error_of(suite);
  };
  EXPECT_THAT(twice("/cases"), HasSubstr("/cases/1: the name 'clip' is there twice"));
  EXPECT_THAT(twice("/model/variants"), HasSubstr("/model/variants/2: the name 'fp32'"));
  EXPECT_THAT(twice("/model/inputs"), HasSubstr("/model/inputs/3: the name 'chunk'"));
  EXPECT_THAT(twice("/model/outputs"), HasSubstr("/model/outputs/3: the name 'score'"));
}

TEST(ManifestParser, AKeyThatIsThereTwiceIsRefused) {
  EXPECT_THAT(
      parse_manifest(R"({"version": 1, "version": 1})", "a.json", built_in_tasks()).error().message,
      HasSubstr("'version' is there twice"));
}

TEST(ManifestParser, ASuiteWithoutCasesOrVariantsIsRefused) {
  EXPECT_THAT(error_of(with("/cases", json::array())), HasSubstr("/cases: must not be empty"));
  EXPECT_THAT(error_of(with("/model/variants", json::array())),
              HasSubstr("/model/variants: must not be empty"));
}

TEST(ManifestParser, AStateLinkMustNameATensor) {
  EXPECT_THAT(error_of(with("/model/state/0/input", "hh")),
              HasSubstr("/model/state/0/input: unknown model input 'hh'; "));
  EXPECT_THAT(error_of(with("/model/state/0/output", "x")),
              HasSubstr("unknown model output 'x'; known are score, h, c"));
}

TEST(ManifestParser, AStateLinkBetweenUnlikeTensorsIsRefused) {
  EXPECT_THAT(error_of(with("/model/state/0/output", "score")),
              HasSubstr("/model/state/0: input 'h' is float32[1,3], but output 'score' is "
                        "float32[1,1]"));
  EXPECT_THAT(error_of(with("/model/outputs/1/dtype", "int32")), HasSubstr("is int32[1,3]"));
}

TEST(ManifestParser, AnInputFedByTwoLinksIsRefused) {
  EXPECT_THAT(error_of(with("/model/state/1/input", "h")), HasSubstr("'h' is fed by two links"));
}

TEST(ManifestParser, AThresholdMustBeOnKnownThings) {
  EXPECT_THAT(error_of(threshold({{"metric", "score_max_error"}, {"max", 1}})),
              AllOf(HasSubstr("/thresholds/0/metric: unknown metric 'score_max_error'"),
                    HasSubstr("did you mean 'score_max_abs_error'")));
  EXPECT_THAT(error_of(threshold({{"metric", "rtf"}, {"variants", {"int9"}}, {"max", 1}})),
              HasSubstr("/thresholds/0/variants/0: unknown variant 'int9'; did you mean 'int8'?"));
  EXPECT_THAT(error_of(threshold({{"metric", "rtf"}, {"cases", {"klip"}}, {"max", 1}})),
              HasSubstr("/thresholds/0/cases/0: unknown case 'klip'"));
}

TEST(ManifestParser, AnEmptySelectionIsRefusedBecauseItWouldMeanAll) {
  EXPECT_THAT(error_of(threshold({{"metric", "rtf"}, {"cases", json::array()}, {"max", 1}})),
              HasSubstr("/thresholds/0/cases: must not be empty"));
}

TEST(ManifestParser, AThresholdNeedsABoundThatCanBeMet) {
  EXPECT_THAT(error_of(threshold({{"metric", "rtf"}})), HasSubstr("needs 'min' or 'max'"));
  EXPECT_THAT(error_of(threshold({{"metric", "rtf"}, {"min", 2}, {"max", 1}})),
              HasSubstr("min 2 is above max 1"));
}

TEST(ManifestParser, HashesMustBeHashes) {
  EXPECT_THAT(error_of(with("/model/variants/0/sha256", "abc")), HasSubstr("64 lower-case hex"));
  EXPECT_THAT(error_of(with("/reference/model_sha256", std::string(64, 'A'))),
              HasSubstr("/reference/model_sha256"));
}

TEST(LoadManifest, AMissingFileIsNotFound) {
  EXPECT_EQ(load_manifest("/nowhere/a.json", built_in_tasks()).error().code, ErrorCode::kNotFound);
}

TEST(LoadManifest, AFileIsReadAndNamedInItsErrors) {
  const fakes::TemporaryFolder folder;
  ASSERT_TRUE(write_file_atomically(folder / "a.json", example_suite().dump()).ok());
  EXPECT_EQ(load_manifest(folder / "a.json", built_in_tasks())->name, "example");
  ASSERT_TRUE(write_file_atomically(folder / "a.json", "").ok());
  EXPECT_THAT(load_manifest(folder / "a.json", built_in_tasks()).error().message,
              HasSubstr((folder / "a.json").string()));
}

}  // namespace
}  // namespace assay::suites
