#include <algorithm>
#include <cstdlib>
#include <string_view>

#include <harness/base/launch.h>

namespace assay {
namespace {

namespace fs = std::filesystem;

Result<std::vector<std::string>> parse_launch(std::string_view text) {
  if (text.ends_with('\n')) {
    text.remove_suffix(1);
  }
  std::vector<std::string> words;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    words.emplace_back(text.substr(begin, end - begin));
    begin = end + 1;
    if (words.back().empty()) {
      return make_error(ErrorCode::kUsage, "{}: line {} is empty; it takes one word a line",
                        kLaunchVariable, words.size());
    }
  }
  // A relative path would mean another file once somebody changes the folder.
  if (!fs::path(words.back()).is_absolute()) {
    return make_error(ErrorCode::kUsage,
                      "{}: the last line, '{}', must be the absolute path of the assay program",
                      kLaunchVariable, words.back());
  }
  return words;
}

}  // namespace

Result<std::vector<std::string>> launch_words() {
  if (const char* text = std::getenv(kLaunchVariable); text != nullptr && *text != '\0') {
    return parse_launch(text);
  }
  std::error_code error;
  const fs::path path = fs::read_symlink("/proc/self/exe", error);
  if (error) {
    return make_error(ErrorCode::kIo, "cannot tell which program this is: {}", error.message());
  }
  return std::vector{path.string()};
}

Result<std::vector<std::string>> words_to_start(const fs::path& program) {
  ASSAY_ASSIGN(std::vector<std::string> words, launch_words());
  if (words.back() != program.string()) {
    // Absolute: a name alone would be looked for in PATH.
    return std::vector{fs::absolute(program).string()};
  }
  return words;
}

}  // namespace assay
