#include <runtime/engine/trace_recorder.h>

namespace assay::runtime {
namespace {

constexpr std::string_view kDelegateCallEvent = "DELEGATE_CALL";
constexpr std::string_view kOperatorCallEvent = "OPERATOR_CALL";
constexpr std::string_view kKernelPrefix = "native_call_";

}  // namespace

std::size_t TraceRecorder::find_row(std::string_view name, Place place, std::size_t parent) {
  const auto fits = [&](const Row& row) {
    return row.parent == parent && row.place == place && row.name == name;
  };
  if (expected_ < rows_.size() && fits(rows_[expected_])) {
    return expected_;
  }
  for (std::size_t i = 0; i < rows_.size(); ++i) {
    if (fits(rows_[i])) {
      return i;
    }
  }
  rows_.push_back({.name = std::string(name), .place = place, .parent = parent});
  if (parent != kNoParent) {
    rows_[parent].children.push_back(rows_.size() - 1);
  }
  return rows_.size() - 1;
}

std::size_t TraceRecorder::begin(std::string_view name, Place place) {
  const std::size_t row = find_row(name, place, open_.empty() ? kNoParent : open_.back());
  expected_ = row + 1 == rows_.size() ? 0 : row + 1;
  open_.push_back(row);
  return row;
}

void TraceRecorder::end(std::size_t row, std::int64_t ns) {
  ++rows_[row].calls;
  rows_[row].total_ns += ns;
  while (!open_.empty()) {
    const std::size_t closed = open_.back();
    open_.pop_back();
    if (closed == row) {
      return;
    }
  }
}

void TraceRecorder::add(std::string_view name, Place place, std::int64_t ns) {
  end(begin(name, place), ns);
}

void TraceRecorder::list_children(std::size_t row, OperatorKind kind,
                                  std::vector<OperatorTime>& operators) const {
  for (const std::size_t child : rows_[row].children) {
    if (rows_[child].calls > 0) {
      operators.push_back({.name = rows_[child].name,
                           .kind = kind,
                           .calls = rows_[child].calls,
                           .total_ns = rows_[child].total_ns});
    }
  }
}

void TraceRecorder::list(std::size_t index, std::vector<OperatorTime>& operators) const {
  const Row& row = rows_[index];
  if (row.calls == 0) {
    return;
  }
  OperatorTime time{.name = row.name, .calls = row.calls, .total_ns = row.total_ns};
  if (row.name == kDelegateCallEvent) {
    time.kind = OperatorKind::kDelegateCall;
    operators.push_back(std::move(time));
    list_children(index, OperatorKind::kDelegateNode, operators);
  } else if (row.name == kOperatorCallEvent && !row.children.empty()) {
    list_children(index, OperatorKind::kOperator, operators);
  } else if (row.name == kOperatorCallEvent || row.name.starts_with(kKernelPrefix)) {
    time.kind = OperatorKind::kOperator;
    operators.push_back(std::move(time));
  } else if (row.children.empty()) {
    operators.push_back(std::move(time));
  } else {  // the method, or another bracket around instructions
    for (const std::size_t child : row.children) {
      list(child, operators);
    }
  }
}

std::vector<OperatorTime> TraceRecorder::take() {
  std::vector<OperatorTime> operators;
  for (std::size_t i = 0; i < rows_.size(); ++i) {
    if (rows_[i].parent == kNoParent) {
      list(i, operators);
    }
  }
  // The rows stay: the next execution finds them, and allocates nothing.
  for (Row& row : rows_) {
    row.calls = 0;
    row.total_ns = 0;
  }
  open_.clear();
  expected_ = 0;
  return operators;
}

}  // namespace assay::runtime
