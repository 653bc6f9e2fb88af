#include <algorithm>
#include <utility>

#include <runtime/tokenizer/stop_sequences.h>

namespace assay::tokenizer {

Result<StopSequences> StopSequences::create(std::vector<std::string> stops) {
  for (const std::string& stop : stops) {
    if (stop.empty()) {
      return make_error(ErrorCode::kUsage, "a stop string must not be empty");
    }
  }
  return StopSequences(std::move(stops));
}

StopSequences::Step StopSequences::put(std::string_view text) {
  if (stopped_) {
    return {"", true};
  }
  pending_ += text;
  std::size_t first_begin = pending_.npos;
  std::size_t first_end = pending_.npos;
  for (const std::string& stop : stops_) {
    const std::size_t begin = pending_.find(stop);
    if (begin == pending_.npos) {
      continue;
    }
    const std::size_t end = begin + stop.size();
    if (std::pair(end, begin) < std::pair(first_end, first_begin)) {
      first_begin = begin;
      first_end = end;
    }
  }
  stopped_ = first_end != pending_.npos;
  const std::size_t shown = stopped_ ? first_begin : pending_.size() - held_back();
  Step step{pending_.substr(0, shown), stopped_};
  pending_.erase(0, stopped_ ? pending_.size() : shown);
  return step;
}

std::string StopSequences::finish() { return std::exchange(pending_, {}); }

std::size_t StopSequences::held_back() const {
  std::size_t longest = 0;
  for (const std::string& stop : stops_) {
    for (std::size_t length = std::min(stop.size() - 1, pending_.size()); length > longest;
         --length) {
      if (pending_.ends_with(std::string_view(stop).substr(0, length))) {
        longest = length;
      }
    }
  }
  return longest;
}

}  // namespace assay::tokenizer
