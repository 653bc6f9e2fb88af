#include <cstdio>

#include <fmt/format.h>

#include <harness/base/file.h>
#include <harness/cli/command.h>
#include <harness/cli/views/report_output.h>

namespace assay::cli {

Result<int> write_report(const std::string& text, const std::filesystem::path& output) {
  if (output.empty()) {
    std::fwrite(text.data(), 1, text.size(), stdout);
    return kOk;
  }
  ASSAY_TRY(write_file_atomically(output, text));
  fmt::print(stderr, "wrote {}\n", output.string());
  return kOk;
}

}  // namespace assay::cli
