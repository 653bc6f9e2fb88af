#pragma once

// Adds up the nested events of a runtime's tracer over many executions, and makes of them a list of
// operators that share no time. Knows the names that ExecuTorch gives its events, nothing else of
// it. Written for a low cost of an event: an execution like the one before finds each row at once.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <harness/model/profile.h>

namespace assay::runtime {

class TraceRecorder {
 public:
  /// The instruction that an event belongs to.
  struct Place {
    std::int32_t chain = -1;
    std::uint32_t instruction = 0;
    friend bool operator==(const Place&, const Place&) = default;
  };

  /// An event begins inside whichever is open; returns its row for end().
  std::size_t begin(std::string_view name, Place place);
  /// The event of that row, and what is still open in it, ends after `ns`.
  void end(std::size_t row, std::int64_t ns);
  /// A whole event at once, inside the open one.
  void add(std::string_view name, Place place, std::int64_t ns);

  /// What was recorded since the last call, in the order in which it first ran. Counts from 0
  /// after. What lies inside a kernel of the runtime (a kernel that calls another) is not listed
  /// apart.
  std::vector<OperatorTime> take();

 private:
  static constexpr std::size_t kNoParent = static_cast<std::size_t>(-1);

  struct Row {
    std::string name;
    Place place;
    std::size_t parent = kNoParent;
    std::uint64_t calls = 0;
    std::int64_t total_ns = 0;
    std::vector<std::size_t> children;
  };

  std::size_t find_row(std::string_view name, Place place, std::size_t parent);
  void list(std::size_t index, std::vector<OperatorTime>& operators) const;
  void list_children(std::size_t row, OperatorKind kind,
                     std::vector<OperatorTime>& operators) const;

  std::vector<Row> rows_;
  std::vector<std::size_t> open_;  ///< rows, the innermost last
  std::size_t expected_ = 0;       ///< the row that came next the last time
};

}  // namespace assay::runtime
