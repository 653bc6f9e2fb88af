#include <algorithm>

#include <gtest/gtest.h>

#include <harness/artifacts/loaded_libraries.h>

namespace assay::artifacts {
namespace {

TEST(LoadedLibraries, TheCLibraryAndItsLoaderAreTheMachines) {
  for (const char* name :
       {"ld-linux-x86-64.so.2", "ld-linux-aarch64.so.1", "libc.so.6", "libm.so.6", "libmvec.so.1",
        "libpthread.so.0", "libdl.so.2", "librt.so.1", "libnss_files.so.2", "linux-vdso.so.1"}) {
    EXPECT_TRUE(is_c_library(name)) << name;
  }
}

TEST(LoadedLibraries, OthersBelongToTheProgram) {
  for (const char* name : {"libstdc++.so.6", "libgcc_s.so.1", "libexecutorch.so", "libmp3lame.so.0",
                           "libcrypto.so.3", "libdl-tools.so", "libcurl.so.4"}) {
    EXPECT_FALSE(is_c_library(name)) << name;
  }
}

TEST(LoadedLibraries, ThisProgramsAreFoundWithTheirFiles) {
  const auto libraries = loaded_libraries();
  const auto is_cxx = [](const std::filesystem::path& path) {
    return path.filename().string().starts_with("libstdc++.so");
  };
  EXPECT_TRUE(std::ranges::any_of(libraries, is_cxx));
  for (const std::filesystem::path& library : libraries) {
    EXPECT_TRUE(std::filesystem::is_regular_file(library)) << library;
    EXPECT_FALSE(is_c_library(library.filename().string())) << library;
  }
}

}  // namespace
}  // namespace assay::artifacts
