#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <harness/base/file.h>
#include <harness/base/hash.h>
#include <harness/run/protocol.h>
#include <harness/run/worker_client.h>
#include <harness/run/worker_process.h>
#include <harness/session/run_artifacts.h>
#include <harness/store/store.h>
#include <suites/task_adapter.h>
#include <suites/tasks/vad/vad_manifest.h>
#include <tests/fakes/temporary_folder.h>

namespace assay::session {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::SizeIs;

/// A run of the real program with the real runtime, from an installation of its own that can be
/// taken away afterwards.
class RestoreRunTest : public testing::Test {
 protected:
  void SetUp() override {
    const fs::path sources(ASSAY_SOURCE_DIR);
    fs::create_directories(install_ / "lib");
    fs::copy_file(ASSAY_PROGRAM, install_ / "assay");
    for (const auto& library : fs::directory_iterator(ASSAY_SDK_LIBRARIES)) {
      if (library.path().extension() == ".so") {
        fs::copy(library.path(), install_ / "lib");
      }
    }
    manifest_ = nlohmann::json::parse(read_text_file(sources / "suites/vad.json").value());
    manifest_["cases"] = nlohmann::json::array({manifest_["cases"][0]});
    manifest_.erase("thresholds");  // they name cases that are not there now
    copy_file_of(manifest_["cases"][0]["wav"]);
    copy_file_of(manifest_["cases"][0]["golden"]);
    copy_file_of(manifest_["cases"][0]["labels"]);
    for (const auto& variant : manifest_["model"]["variants"]) {
      copy_file_of(variant["pte"]);
    }
  }

  /// From the sources' suite folder to this one's.
  void copy_file_of(const std::string& relative) {
    const fs::path target = (install_ / "suites" / relative).lexically_normal();
    fs::create_directories(target.parent_path());
    fs::copy_file(fs::path(ASSAY_SOURCE_DIR) / "suites" / relative, target);
  }

  void make_run(const std::string& options = "") {
    fs::create_directories(install_ / "suites");
    ASSERT_TRUE(write_file_atomically(install_ / "suites/small.json", manifest_.dump()).ok());
    const std::string command = fmt::format(
        "cd '{0}' && LD_LIBRARY_PATH='{0}/lib' ./assay run suites/small.json --variant int8,int4 "
        "--repeat 5 --db '{1}' {2} >'{1}.log' 2>&1",
        install_.string(), database_.string(), options);
    ASSERT_EQ(std::system(command.c_str()), 0)
        << command << "\n"
        << read_text_file(database_.string() + ".log").value();
    fs::remove_all(install_);
    auto store = store::Store::open(database_, store::OpenMode::kReadOnly);
    run_ = store->load_run(1, store::Detail::kScores)->info;
  }

  Result<RestoredRun> restore() {
    return restore_run(kept_, run_, folder_ / "again", suites::built_in_tasks());
  }

  fakes::TemporaryFolder folder_;
  fs::path install_ = folder_ / "install";
  fs::path database_ = folder_ / "results.db";
  artifacts::ArtifactStore kept_{artifacts::ArtifactStore::folder_beside(database_)};
  nlohmann::json manifest_;
  RunInfo run_;
};

/// Files that the children of this process have mapped.
std::string children_maps() {
  std::string maps;
  const pid_t own = ::getpid();
  std::ifstream children(fmt::format("/proc/{}/task/{}/children", own, own));
  for (int child = 0; children >> child;) {
    maps += read_text_file(fmt::format("/proc/{}/maps", child)).value();
  }
  return maps;
}

TEST_F(RestoreRunTest, AStoredRunIsTimedAgainAfterItsInstallationIsGone) {
  make_run();
  const Result<RestoredRun> restored = restore();
  ASSERT_TRUE(restored.ok()) << restored.error().message;
  ASSERT_THAT(restored->suites, SizeIs(1));
  const SuiteManifest& suite = restored->suites[0];
  EXPECT_THAT(suite.model.variants, SizeIs(2)) << "of five, two were planned";
  ASSERT_THAT(suite.cases, SizeIs(1));

  auto worker = run::WorkerClient::start(run::start_processes(system_clock()),
                                         {.program = restored->program.program,
                                          .timeout_s = 20,
                                          .library_folder = restored->program.library_folder},
                                         system_clock());
  ASSERT_TRUE(worker.ok()) << worker.error().message;
  EXPECT_EQ((*worker)->protocol_version(), run::kProtocolVersion);
  const auto adapter = suites::make_task_adapter(suite);
  const auto inputs = adapter->make_inputs(suite.cases[0]);
  ASSERT_TRUE(inputs.ok()) << inputs.error().message;
  EXPECT_TRUE(adapter->load_reference(suite.cases[0], *inputs).ok());
  for (const run::Frame& request : {run::load_frame({.pte = suite.model.variants[0].pte}),
                                    run::inputs_frame(inputs->inputs), run::accuracy_frame(0)}) {
    const Result<run::Frame> reply = (*worker)->call(request);
    ASSERT_TRUE(reply.ok()) << reply.error().message;
  }
  const Result<run::Frame> reply = (*worker)->call(run::block_frame({.count = 7}));
  ASSERT_TRUE(reply.ok()) << reply.error().message;
  const SampleBlock block = run::parse_block_reply(*reply).value();
  EXPECT_THAT(block.latency_ns, SizeIs(7));
  EXPECT_EQ(block.wrong_outputs, 0U);

  // None of its code may come from the build that is being tested here.
  const std::string maps = children_maps();
  for (const Artifact& artifact : run_.artifacts) {
    if (artifact.role == "worker" || artifact.role == "library") {
      EXPECT_THAT(maps, HasSubstr(kept_.path_of(artifact.sha256).string())) << artifact.name;
    }
  }
  EXPECT_EQ(maps.find("/lib/libexecutorch"), std::string::npos);
}

TEST_F(RestoreRunTest, AbsolutePathsInAManifestLeadToTheStoreToo) {
  for (const char* key : {"wav", "golden", "labels"}) {
    std::string path = manifest_["cases"][0][key];
    manifest_["cases"][0][key] = (install_ / "suites" / path).string();
  }
  make_run();
  const RestoredRun restored = restore().value();
  ASSERT_THAT(restored.suites[0].cases, SizeIs(1));
  const auto& wav = restored.suites[0].cases[0].task_part.as<suites::VadCase>().wav;
  EXPECT_EQ(wav.parent_path().parent_path(), kept_.folder());
}

TEST_F(RestoreRunTest, AListOfUtterancesLeadsToItsAudioInTheStore) {
  const fs::path sources(ASSAY_SOURCE_DIR);
  manifest_ = nlohmann::json::parse(read_text_file(sources / "suites/asr.json").value());
  const nlohmann::json noisy = manifest_["cases"][1];
  manifest_["cases"] = nlohmann::json::array({noisy});
  manifest_.erase("thresholds");  // they name cases that are not there now
  copy_file_of(noisy["utterances"]);
  copy_file_of(fs::path(noisy["utterances"].get<std::string>()).parent_path() / "test.flac");
  copy_file_of(noisy["golden"]);
  fs::remove(install_ / "suites" / noisy["noise"]["wav"].get<std::string>());
  copy_file_of(noisy["noise"]["wav"]);
  copy_file_of(manifest_["asr"]["vocabulary"]);
  for (const auto& variant : manifest_["model"]["variants"]) {
    copy_file_of(variant["pte"]);
  }
  make_run();
  const RestoredRun restored = restore().value();
  ASSERT_THAT(restored.suites[0].cases, SizeIs(1));
  const CaseSpec& spec = restored.suites[0].cases[0];
  const auto adapter = suites::make_task_adapter(restored.suites[0]);
  const auto inputs = adapter->make_inputs(spec);
  ASSERT_TRUE(inputs.ok()) << inputs.error().message;
  EXPECT_TRUE(adapter->load_reference(spec, *inputs).ok());
}

TEST_F(RestoreRunTest, ACorruptModelIsAnErrorThatNamesIt) {
  make_run();
  for (const Artifact& artifact : run_.artifacts) {
    if (artifact.name == "silero-vad/int8") {
      ASSERT_TRUE(write_file_atomically(kept_.path_of(artifact.sha256), "damaged").ok());
    }
  }
  const Error error = restore().error();
  EXPECT_EQ(error.code, ErrorCode::kCorrupt);
  EXPECT_THAT(error.message,
              HasSubstr("run 1 cannot be measured again: its model 'silero-vad/int8'"));
}

TEST_F(RestoreRunTest, ARunThatKeptNothingIsAnError) {
  make_run("--no-artifacts");
  EXPECT_FALSE(fs::exists(kept_.folder()));
  EXPECT_THAT(restore().error().message, HasSubstr("kept no artefacts"));
}

}  // namespace
}  // namespace assay::session
