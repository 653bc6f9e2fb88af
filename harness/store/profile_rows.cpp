#include <harness/store/profile_rows.h>

namespace assay::store {
namespace {

constexpr auto kDelete =
    "DELETE FROM profile WHERE run_id = ? AND suite = ? AND model = ? AND variant = ? AND "
    "backend = ? AND threads = ? AND device = ?";
constexpr auto kInsert =
    "INSERT INTO profile (run_id, suite, case_name, model, variant, backend, threads, device, "
    "problem, executions, left_out, traced_wall_ns, traced_median_ns, untraced_median_ns) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
constexpr auto kInsertOperator =
    "INSERT INTO operator_profile (profile_id, position, name, kind, calls, total_ns) "
    "VALUES (?, ?, ?, ?, ?, ?)";
constexpr auto kSelect =
    "SELECT profile_id, suite, case_name, model, variant, backend, threads, device, problem, "
    "executions, left_out, traced_wall_ns, traced_median_ns, untraced_median_ns FROM profile "
    "WHERE run_id = ? ORDER BY profile_id";
constexpr auto kSelectOperators =
    "SELECT name, kind, calls, total_ns FROM operator_profile WHERE profile_id = ? "
    "ORDER BY position";

Result<std::vector<OperatorTime>> read_operators(Statement& select, std::int64_t profile_id) {
  select.start(profile_id);
  std::vector<OperatorTime> operators;
  while (true) {
    ASSAY_ASSIGN(const bool found, select.next_row());
    if (!found) {
      return operators;
    }
    const std::string kind = select.text(1);
    const auto known = operator_kind_from_name(kind);
    if (!known) {
      return make_error(ErrorCode::kCorrupt, "profile row {}: unknown kind of operator '{}'",
                        profile_id, kind);
    }
    operators.push_back({.name = select.text(0),
                         .kind = *known,
                         .calls = select.unsigned_integer(2),
                         .total_ns = select.integer(3)});
  }
}

}  // namespace

Status replace_profile(Database& database, std::int64_t run_id, const ProfileRecord& record) {
  // Bound by position, so that a new field that is not stored does not compile.
  const auto& [key, profile, problem] = record;
  const auto& [operators, executions, left_out, traced_wall_ns, traced_median_ns,
               untraced_median_ns] = profile;
  ASSAY_ASSIGN(Statement remove, database.prepare(kDelete));
  ASSAY_TRY(
      remove.run(run_id, key.suite, key.model, key.variant, key.backend, key.threads, key.device));
  ASSAY_ASSIGN(Statement insert, database.prepare(kInsert));
  ASSAY_TRY(insert.run(run_id, key.suite, key.case_name, key.model, key.variant, key.backend,
                       key.threads, key.device, problem, executions, left_out, traced_wall_ns,
                       traced_median_ns, untraced_median_ns));
  const std::int64_t profile_id = database.last_row_id();
  ASSAY_ASSIGN(Statement insert_operator, database.prepare(kInsertOperator));
  std::int64_t position = 0;
  for (const auto& [name, kind, calls, total_ns] : operators) {
    ASSAY_TRY(insert_operator.run(profile_id, position++, name, operator_kind_name(kind), calls,
                                  total_ns));
  }
  return {};
}

Result<std::vector<ProfileRecord>> read_profiles(Database& database, std::int64_t run_id) {
  ASSAY_ASSIGN(Statement select, database.prepare(kSelect));
  ASSAY_ASSIGN(Statement select_operators, database.prepare(kSelectOperators));
  select.start(run_id);
  std::vector<ProfileRecord> records;
  while (true) {
    ASSAY_ASSIGN(const bool found, select.next_row());
    if (!found) {
      return records;
    }
    ASSAY_ASSIGN(auto operators, read_operators(select_operators, select.integer(0)));
    records.push_back({.key = {.suite = select.text(1),
                               .case_name = select.text(2),
                               .model = select.text(3),
                               .variant = select.text(4),
                               .backend = select.text(5),
                               .threads = static_cast<int>(select.integer(6)),
                               .device = select.text(7)},
                       .profile = {.operators = std::move(operators),
                                   .executions = select.unsigned_integer(9),
                                   .left_out = select.unsigned_integer(10),
                                   .traced_wall_ns = select.integer(11),
                                   .traced_median_ns = select.integer(12),
                                   .untraced_median_ns = select.integer(13)},
                       .problem = select.text(8)});
  }
}

}  // namespace assay::store
