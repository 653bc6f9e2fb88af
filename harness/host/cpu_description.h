#pragma once

// Reads /proc/cpuinfo, whose keys differ by architecture. Pure: text in, facts out.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace assay::host {

/// The instruction sets whose names and keys a machine's /proc/cpuinfo uses.
enum class Architecture { kX86_64, kAarch64, kOther };

/// What this program was compiled for. Under an emulator that is not what /proc/cpuinfo describes,
/// and then nothing below finds its keys there.
constexpr Architecture built_for() {
#if defined(__x86_64__)
  return Architecture::kX86_64;
#elif defined(__aarch64__)
  return Architecture::kAarch64;
#else
  return Architecture::kOther;
#endif
}

/// "x86_64", "aarch64" or "other".
std::string_view architecture_name(Architecture architecture);

/// x86_64: the "model name". aarch64: implementer, part, variant and revision of each kind of core
/// with their number, as the kernel gives them: "0x41/0xd05 r1p0 x4, 0x41/0xd0a r1p0 x2". Nothing
/// when the text does not describe that architecture.
std::optional<std::string> cpu_model(std::string_view cpuinfo, Architecture architecture);

/// The features that decide which kernels a model runner may pick, sorted; those that every core
/// has. Nothing when the text does not describe that architecture.
std::optional<std::vector<std::string>> cpu_features(std::string_view cpuinfo,
                                                     Architecture architecture);

}  // namespace assay::host
