#include <algorithm>
#include <array>
#include <set>

#include <fmt/ranges.h>

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

std::string backend_of_delegates(const std::vector<std::string>& ids) {
  if (ids.empty()) {
    return "portable";
  }
  std::set<std::string> names;
  for (const std::string& id : ids) {
    const auto* const found = std::ranges::find(kDelegates, id, &Delegate::id);
    names.emplace(found == kDelegates.end() ? std::string_view(id) : found->backend);
  }
  return fmt::format("{}", fmt::join(names, "+"));
}

BackendRequest parse_backend_request(std::string_view text) {
  const std::size_t equals = text.rfind('=');
  return equals == std::string_view::npos
             ? BackendRequest{.variant = {}, .backend = std::string(text)}
             : BackendRequest{.variant = std::string(text.substr(0, equals)),
                              .backend = std::string(text.substr(equals + 1))};
}

bool BackendRequest::is_for(std::string_view model, std::string_view variant_name) const {
  if (variant.empty() || variant == variant_name) {
    return true;
  }
  const std::string_view whole = variant;
  return whole.size() == model.size() + 1 + variant_name.size() && whole.starts_with(model) &&
         whole[model.size()] == '/' && whole.ends_with(variant_name);
}

std::vector<std::string> requested_backends(const std::vector<std::string>& requests,
                                            std::string_view model, std::string_view variant) {
  std::vector<std::string> backends;
  for (const std::string& text : requests) {
    const BackendRequest request = parse_backend_request(text);
    if (request.is_for(model, variant) &&
        std::ranges::find(backends, request.backend) == backends.end()) {
      backends.push_back(request.backend);
    }
  }
  return backends;
}

}  // namespace assay
