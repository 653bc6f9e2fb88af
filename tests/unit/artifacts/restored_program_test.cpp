#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <harness/artifacts/restored_program.h>
#include <harness/base/file.h>
#include <tests/fakes/temporary_folder.h>

namespace assay::artifacts {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;

class RestoredProgramTest : public testing::Test {
 protected:
  RestoredProgramTest() { run_.id = 7; }

  void keep(const std::string& role, const std::string& name, const std::string& contents) {
    const fs::path file = folder_ / "source";
    EXPECT_TRUE(write_file_atomically(file, contents).ok());
    run_.artifacts.push_back(store_.keep(role, name, file).value());
  }
  void damage(const Artifact& artifact) {
    EXPECT_TRUE(write_file_atomically(store_.path_of(artifact.sha256), "damaged").ok());
  }

  fakes::TemporaryFolder folder_;
  ArtifactStore store_{folder_ / "artifacts"};
  RunInfo run_;
};

TEST_F(RestoredProgramTest, ProgramAndLibrariesStandWhereTheLoaderFindsThem) {
  keep("worker", "assay", "program");
  keep("library", "libx.so.1", "library");
  keep("model", "m/int8", "model");
  ASSERT_TRUE(verify_artifacts(store_, run_).ok());
  const RestoredProgram restored = restore_program(store_, run_, folder_ / "again").value();
  EXPECT_EQ(restored.program, folder_ / "again/bin/assay");
  EXPECT_EQ(read_text_file(restored.program).value(), "program");
  EXPECT_EQ(read_text_file(restored.library_folder / "libx.so.1").value(), "library");
  const auto mode = fs::status(restored.program).permissions();
  EXPECT_NE(mode & fs::perms::owner_exec, fs::perms::none);
}

TEST_F(RestoredProgramTest, ARelativeStoreIsFoundFromEverywhere) {
  keep("worker", "assay", "program");
  const ArtifactStore relative(fs::relative(store_.folder()));
  const RestoredProgram restored = restore_program(relative, run_, folder_ / "again").value();
  EXPECT_EQ(read_text_file(restored.program).value(), "program");
}

TEST_F(RestoredProgramTest, ARunThatKeptNothingCannotBeMeasuredAgain) {
  const Error error = verify_artifacts(store_, run_).error();
  EXPECT_EQ(error.code, ErrorCode::kNotFound);
  EXPECT_THAT(error.message,
              AllOf(HasSubstr("run 7 cannot be measured again"), HasSubstr("--no-artifacts")));
}

TEST_F(RestoredProgramTest, ACorruptObjectIsNamedByRunRoleAndName) {
  keep("model", "m/int8", "model");
  damage(run_.artifacts[0]);
  const Error error = verify_artifacts(store_, run_).error();
  EXPECT_EQ(error.code, ErrorCode::kCorrupt);
  EXPECT_THAT(error.message, HasSubstr("run 7 cannot be measured again: its model 'm/int8'"));
}

TEST_F(RestoredProgramTest, AMissingObjectIsNamedByRunRoleAndName) {
  keep("library", "libx.so", "library");
  fs::remove(store_.path_of(run_.artifacts[0].sha256));
  const Error error = verify_artifacts(store_, run_).error();
  EXPECT_EQ(error.code, ErrorCode::kNotFound);
  EXPECT_THAT(error.message, HasSubstr("run 7 cannot be measured again: its library 'libx.so'"));
}

TEST_F(RestoredProgramTest, ARunWithoutAWorkerCannotBeRestored) {
  keep("model", "m/int8", "model");
  EXPECT_EQ(restore_program(store_, run_, folder_ / "again").error().code, ErrorCode::kNotFound);
}

TEST_F(RestoredProgramTest, ANameThatLeadsOutOfTheFolderIsRefused) {
  for (const char* name : {"../../evil", "/etc/evil", "..", ".", ""}) {
    run_.artifacts.clear();
    keep("worker", name, "program");
    EXPECT_EQ(restore_program(store_, run_, folder_ / "again").error().code, ErrorCode::kCorrupt)
        << name;
  }
}

TEST_F(RestoredProgramTest, TheHashOfAProgramCoversItsLibrariesAndNotTheModels) {
  keep("worker", "assay", "program");
  const std::string alone = program_sha256(run_.artifacts);
  EXPECT_EQ(alone.size(), 64U);
  keep("model", "m/int8", "model");
  EXPECT_EQ(program_sha256(run_.artifacts), alone);
  keep("library", "libx.so", "library");
  const std::string with_library = program_sha256(run_.artifacts);
  EXPECT_NE(with_library, alone);
  std::swap(run_.artifacts.front(), run_.artifacts.back());
  EXPECT_EQ(program_sha256(run_.artifacts), with_library) << "whatever their order";
}

TEST_F(RestoredProgramTest, WithoutAWorkerThereIsNoHash) {
  EXPECT_EQ(program_sha256(run_.artifacts), "");
}

}  // namespace
}  // namespace assay::artifacts
