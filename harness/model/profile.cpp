#include <algorithm>
#include <array>
#include <utility>

#include <harness/model/profile.h>

namespace assay {
namespace {

constexpr std::array kKindNames{std::pair{OperatorKind::kDelegateNode, "delegate_node"},
                                std::pair{OperatorKind::kDelegateCall, "delegate_call"},
                                std::pair{OperatorKind::kOperator, "operator"},
                                std::pair{OperatorKind::kOther, "other"}};

}  // namespace

std::string_view operator_kind_name(OperatorKind kind) {
  return std::ranges::find(kKindNames, kind, &decltype(kKindNames)::value_type::first)->second;
}

std::optional<OperatorKind> operator_kind_from_name(std::string_view name) {
  for (const auto& [kind, known] : kKindNames) {
    if (name == known) {
      return kind;
    }
  }
  return std::nullopt;
}

double overhead(const Profile& profile) {
  return profile.untraced_median_ns > 0 ? static_cast<double>(profile.traced_median_ns) /
                                              static_cast<double>(profile.untraced_median_ns)
                                        : 0;
}

bool is_leaf(const Profile& profile, std::size_t index) {
  if (profile.operators[index].kind != OperatorKind::kDelegateCall) {
    return true;
  }
  const std::size_t next = index + 1;
  return next == profile.operators.size() ||
         profile.operators[next].kind != OperatorKind::kDelegateNode;
}

std::int64_t leaf_ns(const Profile& profile) {
  std::int64_t sum = 0;
  for (std::size_t i = 0; i < profile.operators.size(); ++i) {
    sum += is_leaf(profile, i) ? profile.operators[i].total_ns : 0;
  }
  return sum;
}

std::int64_t delegate_rest_ns(const Profile& profile) {
  std::int64_t rest = 0;
  for (std::size_t i = 0; i < profile.operators.size(); ++i) {
    const OperatorTime& row = profile.operators[i];
    if (row.kind == OperatorKind::kDelegateNode) {
      rest -= row.total_ns;
    } else if (!is_leaf(profile, i)) {
      rest += row.total_ns;
    }
  }
  return std::max<std::int64_t>(rest, 0);
}

double coverage(const Profile& profile) {
  return profile.traced_wall_ns > 0
             ? static_cast<double>(leaf_ns(profile)) / static_cast<double>(profile.traced_wall_ns)
             : 0;
}

std::optional<std::size_t> nodes_below_microsecond(const Profile& profile) {
  std::size_t nodes = 0;
  std::size_t zeros = 0;
  for (const OperatorTime& row : profile.operators) {
    if (row.kind != OperatorKind::kDelegateNode) {
      continue;
    }
    if (row.total_ns % 1000 != 0) {
      return std::nullopt;
    }
    ++nodes;
    // A mean below half of the smallest reading but 0.
    zeros += row.total_ns < static_cast<std::int64_t>(row.calls * 500) ? 1 : 0;
  }
  return nodes == 0 ? std::nullopt : std::optional(zeros);
}

}  // namespace assay
