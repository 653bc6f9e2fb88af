#include <array>
#include <utility>

#include <harness/model/cell.h>

namespace assay {
namespace {

constexpr std::array<std::pair<CellStatus, std::string_view>, 8> kStatuses{{
    {CellStatus::kPending, "pending"},
    {CellStatus::kPass, "pass"},
    {CellStatus::kFail, "fail"},
    {CellStatus::kError, "error"},
    {CellStatus::kCrash, "crash"},
    {CellStatus::kTimeout, "timeout"},
    {CellStatus::kOom, "oom"},
    {CellStatus::kSkipped, "skipped"},
}};

}  // namespace

std::string_view cell_status_name(CellStatus status) {
  return kStatuses[static_cast<std::size_t>(status)].second;
}

std::optional<CellStatus> cell_status_from_name(std::string_view name) {
  for (const auto& [status, status_name] : kStatuses) {
    if (status_name == name) {
      return status;
    }
  }
  return std::nullopt;
}

}  // namespace assay
