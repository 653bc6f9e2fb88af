#pragma once

// Where the time of a variant goes: operator by operator, as an event tracer of the runtime saw it
// in a process of its own that is never timed for anything else. Plain data and the arithmetic on
// it; how it is measured is docs/internals/profile.md.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <harness/model/cell.h>

namespace assay {

enum class OperatorKind {
  kDelegateNode,  ///< inside a delegate, by the name of the delegate's kernel
  kDelegateCall,  ///< a whole delegate; the nodes that follow it in the list are its own
  kOperator,      ///< one of the runtime's own kernels
  kOther,         ///< an instruction that is no operator: a move, a jump, a free
};

/// "delegate_node", "delegate_call", "operator", "other": the names in the database and in reports.
std::string_view operator_kind_name(OperatorKind kind);
/// The reverse of operator_kind_name; nothing for an unknown name.
std::optional<OperatorKind> operator_kind_from_name(std::string_view name);

/// One operator of a method, summed over the traced executions.
struct OperatorTime {
  std::string name;  ///< "Fully Connected (NC, QD8, F32, QB4W) #3", "native_call_add.out"
  OperatorKind kind = OperatorKind::kOther;
  std::uint64_t calls = 0;
  std::int64_t total_ns = 0;
  friend bool operator==(const OperatorTime&, const OperatorTime&) = default;
};

/// As many traced as untraced executions of the same steps, in blocks that took turns (A B B A).
/// Executions during which the scheduler took the core away are left out of the sums while they are
/// the minority: one of them puts milliseconds on whichever operator it hit.
struct Profile {
  std::vector<OperatorTime> operators;  ///< in the order in which they first ran
  std::uint64_t executions = 0;         ///< traced, and in the sums
  std::uint64_t left_out = 0;           ///< traced, interrupted, and not in the sums
  std::int64_t traced_wall_ns = 0;      ///< around the calls alone, of the executions in the sums
  std::int64_t traced_median_ns = 0;    ///< of one call, over all traced executions
  std::int64_t untraced_median_ns = 0;  ///< of one call, over all untraced executions
  friend bool operator==(const Profile&, const Profile&) = default;
};

/// Median traced over median untraced execution: 1.05 means that tracing slows down by 5 %.
/// Medians, because one preempted execution would shift a mean. 0 for a profile without executions.
double overhead(const Profile& profile);

/// Whether operators[index] counts as a leaf: a node, an operator, an instruction, or a delegate
/// call that reported no nodes. The leaves share no time. Precondition: the index exists.
bool is_leaf(const Profile& profile, std::size_t index);

/// Time of all leaves, in ns.
std::int64_t leaf_ns(const Profile& profile);

/// Time inside delegate calls that none of their nodes accounts for, in ns: the delegate's own work
/// between nodes, and what a delegate with a coarse clock rounds away. Never below 0.
std::int64_t delegate_rest_ns(const Profile& profile);

/// Time of the leaves over the traced wall time. 0 for a profile without executions.
double coverage(const Profile& profile);

/// Nodes that read 0 more often than not, when all nodes have times in whole microseconds (XNNPACK
/// rounds down to them); nothing when the delegate's clock is finer, or there are no nodes.
std::optional<std::size_t> nodes_below_microsecond(const Profile& profile);

/// A profile of a run: of one variant, on one case.
struct ProfileRecord {
  CellKey key;
  Profile profile;
  std::string problem;  ///< why there is no profile; empty when there is one
  friend bool operator==(const ProfileRecord&, const ProfileRecord&) = default;
};

}  // namespace assay
