#include <gtest/gtest.h>

#include <harness/model/backend.h>

namespace assay {
namespace {

TEST(BackendRequest, WithoutAVariantItIsForEach) {
  const BackendRequest request = parse_backend_request("portable");
  EXPECT_EQ(request.backend, "portable");
  EXPECT_TRUE(request.is_for("silero-vad", "int8"));
}

TEST(BackendRequest, NamesAVariantOfAnyModel) {
  const BackendRequest request = parse_backend_request("int8=portable");
  EXPECT_EQ(request.backend, "portable");
  EXPECT_TRUE(request.is_for("silero-vad", "int8"));
  EXPECT_FALSE(request.is_for("silero-vad", "int8-static"));
}

TEST(BackendRequest, NamesAVariantOfOneModel) {
  const BackendRequest request = parse_backend_request("silero-vad/int8=portable");
  EXPECT_TRUE(request.is_for("silero-vad", "int8"));
  EXPECT_FALSE(request.is_for("tiny-asr", "int8"));
  EXPECT_FALSE(request.is_for("silero-vad", "int4"));
  EXPECT_FALSE(request.is_for("silero", "vad/int8"));
}

TEST(BackendOfDelegates, IsTheNameThatSuitesHaveForIt) {
  EXPECT_EQ(backend_of_delegates({"XnnpackBackend"}), "xnnpack");
  EXPECT_EQ(backend_of_delegates({}), "portable");
}

TEST(BackendOfDelegates, SeveralAreNamedOnceEach) {
  EXPECT_EQ(backend_of_delegates({"XnnpackBackend", "VulkanBackend", "XnnpackBackend"}),
            "vulkan+xnnpack");
  EXPECT_EQ(backend_of_delegates({"", "XnnpackBackend"}), "portable+xnnpack");
}

TEST(BackendOfDelegates, AnUnknownDelegateKeepsItsId) {
  EXPECT_EQ(backend_of_delegates({"MyBackend"}), "MyBackend");
}

}  // namespace
}  // namespace assay
