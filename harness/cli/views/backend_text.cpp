#include <string_view>
#include <vector>

#include <fmt/ranges.h>

#include <harness/cli/views/backend_text.h>

namespace assay::cli {

std::string format_backends(const std::map<std::string, std::string>& facts) {
  constexpr std::string_view kPrefix = "backend:";
  std::map<std::string_view, std::vector<std::string_view>> variants_of;  // by the words
  for (const auto& [key, words] : facts) {
    if (key.starts_with(kPrefix) && words.find(' ') != std::string::npos) {
      variants_of[words].push_back(std::string_view(key).substr(kPrefix.size()));
    }
  }
  std::string text;
  for (const auto& [words, variants] : variants_of) {
    text += fmt::format("backend of {}: {}\n", fmt::join(variants, ", "), words);
  }
  return text;
}

}  // namespace assay::cli
