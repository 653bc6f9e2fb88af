#include <algorithm>
#include <array>

#include <harness/model/backend.h>

namespace assay {
namespace {

struct Delegate {
  std::string_view backend;
  std::string_view id;
};

constexpr std::array<Delegate, 5> kDelegates{{{"qnn", "QnnBackend"},
                                              {"vulkan", "VulkanBackend"},
                                              {"openvino", "OpenvinoBackend"},
                                              {"xnnpack", "XnnpackBackend"},
                                              {"portable", ""}}};

}  // namespace

const std::vector<std::string>& backend_names() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> all;
    for (const Delegate& delegate : kDelegates) {
      all.emplace_back(delegate.backend);
    }
    return all;
  }();
  return names;
}

std::string_view delegate_id(std::string_view backend) {
  const auto* const found = std::ranges::find(kDelegates, backend, &Delegate::backend);
  return found == kDelegates.end() ? std::string_view() : found->id;
}

}  // namespace assay
