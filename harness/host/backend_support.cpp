#include <algorithm>
#include <array>
#include <cctype>
#include <optional>

#include <fmt/format.h>

#include <harness/host/backend_support.h>

namespace assay::host {
namespace {

struct Platform {
  std::string_view prefix;
  SocVendor vendor;
  bool digits_follow;  ///< "mt6989", but not "mtk-..."
};

/// Beginnings of platform names. Qualcomm's newer ones are code names without a system.
constexpr std::array kPlatforms{
    Platform{"qcom", SocVendor::kQualcomm, false},
    Platform{"sm", SocVendor::kQualcomm, true},
    Platform{"sdm", SocVendor::kQualcomm, true},
    Platform{"msm", SocVendor::kQualcomm, true},
    Platform{"apq", SocVendor::kQualcomm, true},
    Platform{"qcs", SocVendor::kQualcomm, true},
    Platform{"kona", SocVendor::kQualcomm, false},
    Platform{"lahaina", SocVendor::kQualcomm, false},
    Platform{"taro", SocVendor::kQualcomm, false},
    Platform{"kalama", SocVendor::kQualcomm, false},
    Platform{"pineapple", SocVendor::kQualcomm, false},
    Platform{"sun", SocVendor::kQualcomm, false},
    Platform{"canoe", SocVendor::kQualcomm, false},
    Platform{"lito", SocVendor::kQualcomm, false},
    Platform{"holi", SocVendor::kQualcomm, false},
    Platform{"bengal", SocVendor::kQualcomm, false},
    Platform{"parrot", SocVendor::kQualcomm, false},
    Platform{"mediatek", SocVendor::kMediatek, false},
    Platform{"mt", SocVendor::kMediatek, true},
    Platform{"samsung", SocVendor::kSamsung, false},
    Platform{"exynos", SocVendor::kSamsung, false},
    Platform{"s5e", SocVendor::kSamsung, true},
    Platform{"google", SocVendor::kGoogle, false},
    Platform{"gs", SocVendor::kGoogle, true},
    Platform{"zuma", SocVendor::kGoogle, false},
    Platform{"laguna", SocVendor::kGoogle, false},
    Platform{"hisilicon", SocVendor::kHisilicon, false},
    Platform{"kirin", SocVendor::kHisilicon, true},
    Platform{"unisoc", SocVendor::kUnisoc, false},
    Platform{"sprd", SocVendor::kUnisoc, false},
    Platform{"ums", SocVendor::kUnisoc, true},
};

bool starts_with_platform(std::string_view word, const Platform& platform) {
  if (!word.starts_with(platform.prefix)) {
    return false;
  }
  const std::string_view rest = word.substr(platform.prefix.size());
  if (platform.digits_follow) {
    return !rest.empty() && std::isdigit(static_cast<unsigned char>(rest.front())) != 0;
  }
  // "sun", but not "sunxi", which is Allwinner's.
  return rest.empty() || std::isalpha(static_cast<unsigned char>(rest.front())) == 0;
}

/// Why a device is not of the kind that the backend is for; nothing: it may be.
std::optional<std::string> unsuited(std::string_view backend, const BackendTraits& traits) {
  if (backend == "qnn") {
    const SocVendor vendor = soc_vendor(traits.soc);
    if (vendor != SocVendor::kQualcomm) {
      return fmt::format("QNN is for Qualcomm's SoCs; this one is '{}' (vendor {})", traits.soc,
                         soc_vendor_name(vendor));
    }
  }
  if (backend == "vulkan" && !traits.vulkan) {
    return "no Vulkan here: neither libvulkan.so nor /dev/kgsl-3d0";
  }
  if (backend == "openvino" && traits.arch != "x86_64") {
    return fmt::format("OpenVINO's backend is in ExecuTorch's x86_64 wheel only; this is {}",
                       traits.arch);
  }
  return std::nullopt;
}

std::string missing_text(std::string_view backend, bool registered) {
  if (registered && backend == "openvino") {
    return "OpenVINO's library was not found: set OPENVINO_LIB_PATH to the full path of "
           "libopenvino_c.so (the Python package openvino 2025 brings it)";
  }
  if (registered) {
    return fmt::format("the runtime has {}, but says that it is not available here",
                       delegate_id(backend));
  }
  return fmt::format(
      "the runtime of this program has no {}; docs/guide/backends.md says what would",
      delegate_id(backend));
}

}  // namespace

SocVendor soc_vendor(std::string_view soc) {
  while (!soc.empty()) {
    const std::size_t end = std::min(soc.find_first_of(" ,"), soc.size());
    const std::string_view word = soc.substr(0, end);
    const auto matches = [&](const Platform& platform) {
      return starts_with_platform(word, platform);
    };
    if (const auto* found = std::ranges::find_if(kPlatforms, matches); found != kPlatforms.end()) {
      return found->vendor;
    }
    soc.remove_prefix(std::min(end + 1, soc.size()));
  }
  return SocVendor::kUnknown;
}

std::string_view soc_vendor_name(SocVendor vendor) {
  constexpr std::array<std::string_view, 7> kNames{"unknown", "Qualcomm",  "MediaTek", "Samsung",
                                                   "Google",  "HiSilicon", "Unisoc"};
  return kNames[static_cast<std::size_t>(vendor)];
}

bool has_vulkan(const std::filesystem::path& root) {
  constexpr std::array kPlaces{"dev/kgsl-3d0",
                               "system/lib64/libvulkan.so",
                               "usr/lib/libvulkan.so.1",
                               "usr/lib64/libvulkan.so.1",
                               "usr/lib/x86_64-linux-gnu/libvulkan.so.1",
                               "usr/lib/aarch64-linux-gnu/libvulkan.so.1"};
  return std::ranges::any_of(kPlaces, [&](const char* place) {
    std::error_code unreadable;
    return std::filesystem::exists(root / place, unreadable);
  });
}

std::vector<BackendState> backend_states(const BackendTraits& traits) {
  std::vector<BackendState> states;
  for (const std::string& name : backend_names()) {
    BackendState& state = states.emplace_back();
    state.name = name;
    if (name == "portable") {
      continue;  // kernels are part of every runtime
    }
    if (std::optional<std::string> reason = unsuited(name, traits)) {
      state.fitness = BackendFitness::kUnsuited;
      state.reason = *std::move(reason);
      continue;
    }
    const auto found = traits.delegates.find(std::string(delegate_id(name)));
    const bool registered = found != traits.delegates.end();
    if (!registered || !found->second) {
      state.fitness = BackendFitness::kMissing;
      state.reason = missing_text(name, registered);
    }
  }
  return states;
}

}  // namespace assay::host
