#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <span>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <harness/host/cpu_description.h>

namespace assay::host {
namespace {

using Fields = std::map<std::string, std::string, std::less<>>;

// Which vector and matrix instructions there are decides which XNNPACK kernels run.
constexpr std::array<std::string_view, 17> kX86Features{
    "amx_bf16",    "amx_int8",      "amx_tile", "avx",     "avx2",       "avx512_bf16",
    "avx512_fp16", "avx512_vnni",   "avx512bw", "avx512f", "avx512vbmi", "avx512vl",
    "avx_vnni",    "avx_vnni_int8", "f16c",     "fma",     "sse4_1"};
constexpr std::array<std::string_view, 12> kArmFeatures{"asimd", "asimddp", "asimdfhm", "asimdhp",
                                                        "bf16",  "fphp",    "i8mm",     "sme",
                                                        "sme2",  "sve",     "sve2",     "svei8mm"};

std::string_view trim(std::string_view text) {
  constexpr std::string_view kBlank = " \t\r\n";
  const auto first = text.find_first_not_of(kBlank);
  if (first == std::string_view::npos) {
    return {};
  }
  return text.substr(first, text.find_last_not_of(kBlank) - first + 1);
}

/// One map of key to value a blank-line-separated block.
std::vector<Fields> parse_blocks(std::string_view text) {
  std::vector<Fields> blocks(1);
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    const auto colon = line.find(':');
    if (colon != std::string_view::npos) {
      blocks.back().emplace(trim(line.substr(0, colon)), trim(line.substr(colon + 1)));
    } else if (!blocks.back().empty()) {
      blocks.emplace_back();
    }
  }
  return blocks;
}

std::string_view field(const Fields& block, std::string_view key) {
  const auto found = block.find(key);
  return found == block.end() ? std::string_view() : std::string_view(found->second);
}

std::set<std::string_view> words(std::string_view text) {
  std::set<std::string_view> found;
  while (!(text = trim(text)).empty()) {
    const std::string_view word = text.substr(0, text.find_first_of(" \t"));
    found.insert(word);
    text.remove_prefix(word.size());
  }
  return found;
}

}  // namespace

std::string_view architecture_name(Architecture architecture) {
  switch (architecture) {
    case Architecture::kX86_64:
      return "x86_64";
    case Architecture::kAarch64:
      return "aarch64";
    case Architecture::kOther:
      break;
  }
  return "other";
}

std::optional<std::string> cpu_model(std::string_view cpuinfo, Architecture architecture) {
  std::map<std::string, int> counts;
  for (const Fields& block : parse_blocks(cpuinfo)) {
    if (architecture == Architecture::kX86_64 && !field(block, "model name").empty()) {
      return std::string(field(block, "model name"));
    }
    if (architecture == Architecture::kAarch64 && !field(block, "CPU part").empty()) {
      std::string_view variant = field(block, "CPU variant");
      if (variant.starts_with("0x")) {
        variant.remove_prefix(2);
      }
      ++counts[fmt::format("{}/{} r{}p{}", field(block, "CPU implementer"),
                           field(block, "CPU part"), variant, field(block, "CPU revision"))];
    }
  }
  if (counts.empty()) {
    return std::nullopt;
  }
  std::vector<std::string> kinds;
  for (const auto& [kind, count] : counts) {
    kinds.push_back(fmt::format("{} x{}", kind, count));
  }
  return fmt::format("{}", fmt::join(kinds, ", "));
}

std::optional<std::vector<std::string>> cpu_features(std::string_view cpuinfo,
                                                     Architecture architecture) {
  const bool arm = architecture == Architecture::kAarch64;
  const std::string_view key = arm ? "Features" : "flags";
  const std::span<const std::string_view> wanted =
      arm ? std::span<const std::string_view>(kArmFeatures) : kX86Features;
  std::optional<std::vector<std::string>> common;
  for (const Fields& block : parse_blocks(cpuinfo)) {
    if (architecture == Architecture::kOther || !block.contains(key)) {
      continue;
    }
    const auto present = words(field(block, key));
    if (!common) {
      common.emplace(wanted.begin(), wanted.end());
    }
    std::erase_if(*common, [&](const std::string& name) { return !present.contains(name); });
  }
  return common;
}

}  // namespace assay::host
