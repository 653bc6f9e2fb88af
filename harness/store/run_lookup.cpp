#include <charconv>

#include <fmt/ranges.h>

#include <harness/model/run.h>
#include <harness/store/run_lookup.h>

namespace assay::store {
namespace {

constexpr auto kRunIds = "SELECT run_id FROM run ORDER BY started_utc DESC, run_id DESC";
constexpr auto kRunsByUuid =
    "SELECT run_id FROM run WHERE substr(uuid, 1, length(?1)) = lower(?1) ORDER BY run_id";
constexpr auto kRunById = "SELECT run_id FROM run WHERE run_id = ?";
constexpr auto kRunNames =
    "SELECT run_id, substr(uuid, 1, 8) FROM run ORDER BY run_id DESC LIMIT 10";

Result<std::vector<std::int64_t>> read_ids(Statement& select) {
  std::vector<std::int64_t> ids;
  while (true) {
    ASSAY_ASSIGN(const bool found, select.next_row());
    if (!found) {
      return ids;
    }
    ids.push_back(select.integer(0));
  }
}

Result<std::vector<std::int64_t>> match_runs(Database& database, std::string_view selector) {
  if (selector == "latest") {
    ASSAY_ASSIGN(std::vector<std::int64_t> ids, read_run_ids(database));
    return std::vector<std::int64_t>(ids.begin(), ids.begin() + (ids.empty() ? 0 : 1));
  }
  std::int64_t number = 0;
  const char* end = selector.data() + selector.size();
  const auto [stop, code] = std::from_chars(selector.data(), end, number);
  if (code == std::errc{} && stop == end) {
    ASSAY_ASSIGN(Statement select, database.prepare(kRunById));
    select.start(number);
    ASSAY_ASSIGN(const bool found, select.next_row());
    if (found) {
      return std::vector{number};
    }
  }
  if (!could_start_a_uuid(selector)) {
    return std::vector<std::int64_t>();
  }
  ASSAY_ASSIGN(Statement select, database.prepare(kRunsByUuid));
  select.start(selector);
  return read_ids(select);
}

}  // namespace

Result<std::vector<std::int64_t>> read_run_ids(Database& database) {
  ASSAY_ASSIGN(Statement select, database.prepare(kRunIds));
  select.start();
  return read_ids(select);
}

Result<std::string> list_run_names(Database& database) {
  ASSAY_ASSIGN(Statement select, database.prepare(kRunNames));
  select.start();
  std::vector<std::string> names;
  while (true) {
    ASSAY_ASSIGN(const bool found, select.next_row());
    if (!found) {
      break;
    }
    names.push_back(fmt::format("{} ({})", select.integer(0), select.text(1)));
  }
  return names.empty() ? std::string("no run at all")
                       : fmt::format("runs {}", fmt::join(names, ", "));
}

Result<std::int64_t> resolve_run(Database& database, std::string_view selector) {
  ASSAY_ASSIGN(const std::vector<std::int64_t> matches, match_runs(database, selector));
  if (matches.size() == 1) {
    return matches.front();
  }
  if (matches.size() > 1) {
    return make_error(
        ErrorCode::kNotFound,
        "'{}' fits {} runs of '{}' (numbers {}); give more of the uuid, or the number", selector,
        matches.size(), database.path().string(), fmt::join(matches, ", "));
  }
  ASSAY_ASSIGN(const std::string names, list_run_names(database));
  return make_error(ErrorCode::kNotFound,
                    "'{}' has no run '{}'; it has {}. Name one by its number, the start of its "
                    "uuid, or 'latest'",
                    database.path().string(), selector, names);
}

}  // namespace assay::store
