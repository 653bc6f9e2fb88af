#include <array>
#include <atomic>
#include <nlohmann/json.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <harness/base/file.h>
#include <harness/compare/compare.h>
#include <harness/session/kept_units.h>
#include <harness/session/run_session.h>
#include <harness/store/store.h>
#include <reports/comparison/comparison_renderers.h>
#include <reports/run/report_renderers.h>
#include <suites/manifest/manifest_parser.h>
#include <suites/tasks/vad/vad_task.h>
#include <tests/fakes/temporary_folder.h>
#include <tests/fakes/toy_task/toy_task.h>

// A new task is one folder and one line: nothing else of the program knows tests/fakes/toy_task.

namespace assay::session {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

suites::TaskList tasks_with_toy() {
  static const std::array<const suites::Task*, 2> tasks{&suites::vad_task(), &fakes::toy_task()};
  return tasks;
}

class SilentProgress : public Progress {
 public:
  void begin(std::size_t /*steps*/) override {}
  void doing(const std::string& /*what*/) override {}
  void step_done() override {}
  void end() override {}
  void note(const std::string& /*text*/) override {}
};

class ToyTaskTest : public ::testing::Test {
 protected:
  void SetUp() override {
    write("words.json", R"(["dark", "bright"])");
    write_variant("plain", 0);
    write_variant("bold", 0.3);
    const nlohmann::json level = {{"name", "level"}, {"dtype", "float32"}, {"shape", {1}}};
    nlohmann::json light = level;
    light["name"] = "light";
    write("toy.json",
          nlohmann::json{
              {"version", 1},
              {"name", "lamps"},
              {"task", "toy"},
              {"toy", {{"threshold", 0.5}, {"words", "words.json"}}},
              {"model",
               {{"name", "lamp-model"},
                {"weights", "seeded"},
                {"inputs", {level}},
                {"outputs", {light}},
                {"variants",
                 {{{"name", "plain"}, {"pte", "plain.pte"}},
                  {{"name", "bold"}, {"pte", "bold.pte"}}}}}},
              {"reference", {{"runtime", "none"}, {"model_sha256", std::string(64, '0')}}},
              {"cases",
               {{{"name", "dusk"}, {"levels", {0.5, 0.2, -0.4, -0.9}}, {"lamps", {1, 1, 0, 0}}}}}}
              .dump());
  }

  void write(const std::string& name, const std::string& text) {
    ASSERT_TRUE(write_file_atomically(folder_ / name, text).ok());
  }

  /// A model that adds `drift` to its output when it has a second thread.
  void write_variant(const std::string& name, double drift) {
    const nlohmann::json tensor = {{"dtype", "float32"}, {"shape", {1}}};
    write(name + ".pte", nlohmann::json{{"inputs", {tensor}},
                                        {"outputs", {tensor}},
                                        {"latency_us", 20},
                                        {"thread_drift", drift}}
                             .dump());
  }

  void make_run() {
    RunRequest request{.options = {.suites = {(folder_ / "toy.json").string()},
                                   .threads = 2,
                                   .repeat = 12,
                                   .pairs = 1},
                       .db = db_};
    request.worker = ASSAY_FAKE_PROGRAM;
    request.tasks = tasks_with_toy();
    SilentProgress progress;
    const Result<RunOutcome> outcome = execute_run(request, progress, stop_);
    ASSERT_TRUE(outcome.ok()) << outcome.error().message;
    auto store = store::Store::open(db_, store::OpenMode::kReadOnly);
    ASSERT_TRUE(store.ok()) << store.error().message;
    run_ = store->load_run(1, store::Detail::kFull).value();
    ASSERT_EQ(run_.cells.size(), 2U);
    for (const Cell& cell : run_.cells) {
      ASSERT_EQ(cell_status_name(cell.status), "pass") << cell.stage << ": " << cell.reason;
    }
  }

  fakes::TemporaryFolder folder_;
  std::filesystem::path db_ = folder_ / "results.db";
  std::atomic<bool> stop_ = false;
  RunRecord run_;
};

TEST_F(ToyTaskTest, IsComparedUnitByUnitWithItsOwnWords) {
  make_run();
  const KeptUnits units(tasks_with_toy(), db_);
  const auto comparison =
      compare::compare_in_run(run_, compare::Axis::kVariant, "plain", "bold", units, {});
  ASSERT_TRUE(comparison.ok()) << comparison.error().message;
  const std::string text =
      reports::render_comparison_text(reports::make_comparison_view(*comparison));
  EXPECT_THAT(text, HasSubstr("1 of 4 moments has another lamp (worst: dusk)"));
  EXPECT_THAT(text, HasSubstr("Lamps that differ: 1 of 4 moments"));
  EXPECT_THAT(text, ::testing::ContainsRegex(R"(dusk +2 +-0\.4 +"dark" +"dark" +"bright")"));
}

TEST_F(ToyTaskTest, IsReportedWithTheSameWords) {
  make_run();
  const KeptUnits units(tasks_with_toy(), db_);
  const auto report = reports::build_report(run_, {}, units);
  ASSERT_TRUE(report.ok()) << report.error().message;
  for (const std::string& text :
       {reports::render_markdown(*report), reports::render_html(*report)}) {
    EXPECT_THAT(text, AllOf(HasSubstr("bright"), HasSubstr("-0.4"), HasSubstr("at level"),
                            HasSubstr("1 of 4 moments")));
  }
}

TEST_F(ToyTaskTest, WithoutTheFilesThatTheRunKeptItsUnitsHaveLabels) {
  make_run();
  std::filesystem::remove_all(artifacts::ArtifactStore::folder_beside(db_));
  const KeptUnits units(tasks_with_toy(), db_);
  const auto report = reports::build_report(run_, {}, units);
  ASSERT_TRUE(report.ok()) << report.error().message;
  EXPECT_THAT(reports::render_markdown(*report),
              AllOf(HasSubstr("id 1"), Not(HasSubstr("bright"))));
}

TEST_F(ToyTaskTest, IsUnknownWhereItIsNotRegistered) {
  const auto manifest = suites::load_manifest(folder_ / "toy.json", suites::built_in_tasks());
  EXPECT_THAT(manifest.error().message,
              HasSubstr("/task: unknown task 'toy'; known are asr, llm, vad"));
}

}  // namespace
}  // namespace assay::session
