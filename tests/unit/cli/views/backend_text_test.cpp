#include <gtest/gtest.h>

#include <harness/cli/views/backend_text.h>

namespace assay::cli {
namespace {

TEST(BackendText, VariantsWithTheSameChoiceShareALine) {
  EXPECT_EQ(format_backends({{"backend:vad/int4", "xnnpack; not qnn: no file"},
                             {"backend:vad/int8", "portable; not qnn: no file"},
                             {"backend:vad/fp32", "xnnpack; not qnn: no file"}}),
            "backend of vad/int8: portable; not qnn: no file\n"
            "backend of vad/fp32, vad/int4: xnnpack; not qnn: no file\n");
}

TEST(BackendText, WithoutAChoiceAndForOtherFactsThereIsNoLine) {
  EXPECT_EQ(format_backends({{"backend:vad/fp32", "xnnpack"}, {"soc", "a b"}}), "");
}

}  // namespace
}  // namespace assay::cli
