#include <nlohmann/json.hpp>
#include <random>

#include <harness/base/hash.h>
#include <harness/store/block_rows.h>
#include <harness/store/options_json.h>
#include <harness/store/read_run.h>
#include <harness/store/sample_codec.h>
#include <harness/store/write_run.h>

namespace assay::store {
namespace {

constexpr auto kInsertRun =
    "INSERT INTO run (uuid, started_utc, finished_utc, state, options, revision, "
    "campaign) VALUES (?, ?, ?, ?, ?, ?, ?)";
constexpr auto kUuidIsStored = "SELECT run_id FROM run WHERE uuid = ?";
constexpr auto kInsertFingerprint =
    "INSERT INTO run_fingerprint (run_id, key, value) VALUES (?, ?, ?)";
constexpr auto kInsertSuite =
    "INSERT INTO run_suite (run_id, suite, manifest_sha256) VALUES (?, ?, ?)";
constexpr auto kInsertWeights = "INSERT INTO run_weights (run_id, model, weights) VALUES (?, ?, ?)";
constexpr auto kInsertRecipe =
    "INSERT INTO run_recipe (run_id, model_variant, recipe) VALUES (?, ?, ?)";
constexpr auto kDeleteFingerprint = "DELETE FROM run_fingerprint WHERE run_id = ?";
constexpr auto kReplaceDeviceFact =
    "INSERT OR REPLACE INTO run_device_fact (run_id, key, value) VALUES (?, ?, ?)";
constexpr auto kInsertArtifact =
    "INSERT INTO run_artifact (run_id, role, name, sha256, bytes) VALUES (?, ?, ?, ?, ?)";
constexpr auto kDeleteArtifacts = "DELETE FROM run_artifact WHERE run_id = ?";
constexpr auto kUpdateState = "UPDATE run SET state = ?2, finished_utc = ?3 WHERE run_id = ?1";

constexpr auto kInsertCell =
    "INSERT INTO cell (run_id, suite, case_name, model, variant, backend, threads, device) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING RETURNING cell_id";
constexpr auto kFindCell =
    "SELECT cell_id, worker_id FROM cell WHERE run_id = ? AND suite = ? AND case_name = ? AND "
    "model = ? AND variant = ? AND backend = ? AND threads = ? AND device = ?";
constexpr auto kUpdateCell =
    "UPDATE cell SET status = ?2, stage = ?3, reason = ?4, worker_id = ?5, output_hash = ?6, "
    "deadline_ms = ?7, audio_seconds = ?8, wav_sha256 = ?9, golden_sha256 = ?10, "
    "decision_threshold = ?11, invalid = ?12 "
    "WHERE cell_id = ?1";
constexpr auto kFailPending =
    "UPDATE cell SET status = 'error', stage = ?2, reason = ?3 "
    "WHERE run_id = ?1 AND status = 'pending' RETURNING cell_id";
constexpr auto kInsertBlock = "INSERT INTO sample_block (cell_id, " ASSAY_BLOCK_COLUMNS
                              ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
constexpr auto kFindMetric = "SELECT metric_id FROM metric WHERE name = ?";
constexpr auto kInsertMetric = "INSERT INTO metric (name) VALUES (?)";
constexpr auto kInsertScore =
    "INSERT INTO score (cell_id, metric_id, position, value, lower_bound, upper_bound, pass) "
    "VALUES (?, ?, ?, ?, ?, ?, ?)";
constexpr auto kFindSeriesData =
    "SELECT data_id FROM series_data WHERE content_hash = ? AND float32_le = ?";
constexpr auto kInsertSeriesData =
    "INSERT INTO series_data (content_hash, float32_le) VALUES (?, ?)";
constexpr auto kInsertSeries =
    "INSERT INTO series (cell_id, name, value_count, data_id) VALUES (?, ?, ?, ?)";

constexpr auto kFindWorkers =
    "SELECT worker_id FROM worker WHERE run_id = ? AND variant = ? AND threads = ? AND "
    "process_start_ns = ? AND method_load_ns = ?";
constexpr auto kInsertWorker =
    "INSERT INTO worker (run_id, variant, threads, pte_sha256, pte_bytes, process_start_ns, "
    "program_load_ns, method_load_ns, first_inference_ns, planned_arena_bytes, backends) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
constexpr auto kInsertMemory =
    "INSERT INTO worker_memory (worker_id, position, phase, vm_hwm_bytes, rss_anon_bytes, "
    "rss_file_bytes, pss_bytes) VALUES (?, ?, ?, ?, ?, ?, ?)";
constexpr auto kDeleteUnusedWorker =
    "DELETE FROM worker WHERE worker_id = ?1 AND NOT EXISTS "
    "(SELECT 1 FROM cell WHERE cell.worker_id = ?1)";

/// Text for a JSON column. Bytes that are no UTF-8 (a path may have any) become U+FFFD.
std::string dump(const nlohmann::ordered_json& json) {
  return json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

/// A random (version 4) UUID.
std::string make_uuid() {
  std::random_device random;
  const auto bits = [&random](std::uint32_t mask, std::uint32_t set) {
    return (random() & mask) | set;
  };
  return fmt::format("{:08x}-{:04x}-{:04x}-{:04x}-{:04x}{:08x}", bits(0xffffffff, 0),
                     bits(0xffff, 0), bits(0x0fff, 0x4000), bits(0x3fff, 0x8000), bits(0xffff, 0),
                     bits(0xffffffff, 0));
}

Status insert_map(Database& database, std::string_view sql, std::int64_t run_id,
                  const std::map<std::string, std::string>& map) {
  ASSAY_ASSIGN(Statement insert, database.prepare(sql));
  for (const auto& [key, value] : map) {
    ASSAY_TRY(insert.run(run_id, key, value));
  }
  return {};
}

Status delete_parts(Database& database, std::int64_t cell_id) {
  for (const std::string_view table : {"sample_block", "score", "series"}) {
    ASSAY_ASSIGN(Statement remove,
                 database.prepare(fmt::format("DELETE FROM {} WHERE cell_id = ?", table)));
    ASSAY_TRY(remove.run(cell_id));
  }
  return {};
}

/// The row that `find` finds, or a new one made by `insert`, with the same values.
template <class... Values>
Result<std::int64_t> ensure_row(Database& database, Statement& find, Statement& insert,
                                const Values&... values) {
  find.start(values...);
  ASSAY_ASSIGN(const bool found, find.next_row());
  if (found) {
    return find.integer(0);
  }
  ASSAY_TRY(insert.run(values...));
  return database.last_row_id();
}

Status insert_scores(Database& database, std::int64_t cell_id, const std::vector<Score>& scores) {
  ASSAY_ASSIGN(Statement find_metric, database.prepare(kFindMetric));
  ASSAY_ASSIGN(Statement insert_metric, database.prepare(kInsertMetric));
  ASSAY_ASSIGN(Statement insert_score, database.prepare(kInsertScore));
  std::int64_t position = 0;
  for (const auto& [metric, value, min, max, pass] : scores) {
    ASSAY_ASSIGN(const std::int64_t metric_id,
                 ensure_row(database, find_metric, insert_metric, std::string_view(metric)));
    // SQLite itself stores a NaN as NULL.
    ASSAY_TRY(insert_score.run(cell_id, metric_id, position++, value, min, max, pass ? 1 : 0));
  }
  return {};
}

Status insert_series(Database& database, std::int64_t cell_id, const SeriesMap& series) {
  ASSAY_ASSIGN(Statement find_data, database.prepare(kFindSeriesData));
  ASSAY_ASSIGN(Statement insert_data, database.prepare(kInsertSeriesData));
  ASSAY_ASSIGN(Statement insert, database.prepare(kInsertSeries));
  for (const auto& [name, values] : series) {
    const std::vector<std::byte> bytes = encode_series(values);
    ASSAY_ASSIGN(const std::int64_t data_id,
                 ensure_row(database, find_data, insert_data, fast_hash(bytes),
                            std::span<const std::byte>(bytes)));
    ASSAY_TRY(insert.run(cell_id, name, values.size(), data_id));
  }
  return {};
}

Status insert_parts(Database& database, std::int64_t cell_id, const Cell& cell) {
  ASSAY_ASSIGN(Statement insert_block, database.prepare(kInsertBlock));
  ASSAY_TRY(insert_blocks(insert_block, cell.blocks, cell_id));
  ASSAY_TRY(insert_scores(database, cell_id, cell.scores));
  return insert_series(database, cell_id, cell.series);
}

}  // namespace

std::string describe(const CellKey& key) {
  return fmt::format("{}/{} {}/{} {} threads={} {}", key.suite, key.case_name, key.model,
                     key.variant, key.backend, key.threads, key.device);
}

Result<std::optional<std::int64_t>> ensure_worker(Database& database, std::int64_t run_id,
                                                  const WorkerRecord& worker) {
  if (worker == WorkerRecord{}) {
    return std::optional<std::int64_t>();
  }
  // Here and below: bound by position, so that a new field that is not stored does not compile.
  const auto& [variant, threads, pte_sha256, pte_bytes, process_start_ns, program_load_ns,
               method_load_ns, first_inference_ns, planned_arena_bytes, memory, backends] = worker;
  ASSAY_ASSIGN(Statement candidates, database.prepare(kFindWorkers));
  candidates.start(run_id, variant, threads, process_start_ns, method_load_ns);
  while (true) {
    ASSAY_ASSIGN(const bool found, candidates.next_row());
    if (!found) {
      break;
    }
    ASSAY_ASSIGN(const WorkerRecord stored, read_worker(database, candidates.integer(0)));
    if (stored == worker) {
      return std::optional(candidates.integer(0));
    }
  }
  ASSAY_ASSIGN(Statement insert, database.prepare(kInsertWorker));
  ASSAY_TRY(insert.run(run_id, variant, threads, pte_sha256, pte_bytes, process_start_ns,
                       program_load_ns, method_load_ns, first_inference_ns, planned_arena_bytes,
                       dump(backends)));
  const std::int64_t worker_id = database.last_row_id();
  ASSAY_ASSIGN(Statement insert_memory, database.prepare(kInsertMemory));
  std::int64_t position = 0;
  for (const auto& [phase, vm_hwm_bytes, rss_anon_bytes, rss_file_bytes, pss_bytes] : memory) {
    ASSAY_TRY(insert_memory.run(worker_id, position++, phase, vm_hwm_bytes, rss_anon_bytes,
                                rss_file_bytes, pss_bytes));
  }
  return std::optional(worker_id);
}

Result<std::optional<std::int64_t>> find_run_by_uuid(Database& database, std::string_view uuid) {
  ASSAY_ASSIGN(Statement find, database.prepare(kUuidIsStored));
  find.start(uuid);
  ASSAY_ASSIGN(const bool stored, find.next_row());
  return stored ? std::optional(find.integer(0)) : std::nullopt;
}

Result<std::int64_t> insert_run(Database& database, const RunInfo& info) {
  const std::string uuid = info.uuid.empty() ? make_uuid() : info.uuid;
  ASSAY_ASSIGN(const auto stored, find_run_by_uuid(database, uuid));
  if (stored) {
    return make_error(ErrorCode::kUsage, "run {} is stored already, as number {}", uuid, *stored);
  }
  std::optional<std::string_view> finished;
  if (!info.finished_utc.empty()) {
    finished = info.finished_utc;
  }
  ASSAY_ASSIGN(Statement insert, database.prepare(kInsertRun));
  ASSAY_TRY(insert.run(uuid, info.started_utc, finished, run_state_name(info.state),
                       dump(options_to_json(info.options)), info.revision, info.campaign));
  const std::int64_t run_id = database.last_row_id();
  ASSAY_TRY(insert_map(database, kInsertFingerprint, run_id, to_words(info.fingerprint)));
  ASSAY_TRY(insert_map(database, kInsertSuite, run_id, info.suite_sha256));
  ASSAY_TRY(insert_map(database, kInsertWeights, run_id, info.weights));
  ASSAY_TRY(insert_map(database, kInsertRecipe, run_id, info.recipes));
  ASSAY_TRY(replace_device_facts(database, run_id, info.device_facts));
  ASSAY_ASSIGN(Statement insert_artifact, database.prepare(kInsertArtifact));
  for (const auto& [role, name, sha256, bytes] : info.artifacts) {
    ASSAY_TRY(insert_artifact.run(run_id, role, name, sha256, bytes));
  }
  return run_id;
}

Status insert_pending_cells(Database& database, std::int64_t run_id,
                            const std::vector<CellKey>& expected) {
  ASSAY_ASSIGN(Statement insert, database.prepare(kInsertCell));
  for (const CellKey& key : expected) {
    insert.start(run_id, key.suite, key.case_name, key.model, key.variant, key.backend, key.threads,
                 key.device);
    ASSAY_ASSIGN(const bool inserted, insert.next_row());
    if (!inserted) {
      return make_error(ErrorCode::kUsage, "the run plans the same cell twice: {}", describe(key));
    }
  }
  return {};
}

Status replace_cell(Database& database, std::int64_t run_id, const Cell& cell) {
  const auto& [key, status, stage, reason, worker, blocks, scores, series, output_hash, deadline_ms,
               decision_threshold, audio_seconds, input_sha256, golden_sha256, invalid] = cell;
  ASSAY_ASSIGN(Statement find, database.prepare(kFindCell));
  find.start(run_id, key.suite, key.case_name, key.model, key.variant, key.backend, key.threads,
             key.device);
  ASSAY_ASSIGN(const bool planned, find.next_row());
  if (!planned) {
    return make_error(ErrorCode::kNotFound, "run {} does not plan the cell {}", run_id,
                      describe(key));
  }
  const std::int64_t cell_id = find.integer(0);
  std::optional<std::int64_t> old_worker;
  if (!find.is_null(1)) {
    old_worker = find.integer(1);
  }
  ASSAY_ASSIGN(const std::optional<std::int64_t> worker_id,
               ensure_worker(database, run_id, worker));
  ASSAY_ASSIGN(Statement update, database.prepare(kUpdateCell));
  ASSAY_TRY(update.run(cell_id, cell_status_name(status), stage, reason, worker_id,
                       fmt::format("{:016x}", output_hash), deadline_ms, audio_seconds,
                       input_sha256, golden_sha256, decision_threshold, dump(invalid)));
  if (old_worker && old_worker != worker_id) {
    ASSAY_ASSIGN(Statement remove, database.prepare(kDeleteUnusedWorker));
    ASSAY_TRY(remove.run(*old_worker));
  }
  ASSAY_TRY(delete_parts(database, cell_id));
  return insert_parts(database, cell_id, cell);
}

Result<std::int64_t> insert_whole_run(Database& database, const RunRecord& run) {
  ASSAY_ASSIGN(const std::int64_t run_id, insert_run(database, run.info));
  std::vector<CellKey> keys;
  for (const Cell& cell : run.cells) {
    keys.push_back(cell.key);
  }
  ASSAY_TRY(insert_pending_cells(database, run_id, keys));
  for (const Cell& cell : run.cells) {
    ASSAY_TRY(replace_cell(database, run_id, cell));
  }
  return run_id;
}

Result<std::uint64_t> fail_pending_cells(Database& database, std::int64_t run_id,
                                         std::string_view stage, std::string_view reason) {
  ASSAY_TRY(read_run_info(database, run_id));
  ASSAY_ASSIGN(Statement fail, database.prepare(kFailPending));
  fail.start(run_id, stage, reason);
  std::uint64_t failed = 0;
  while (true) {
    ASSAY_ASSIGN(const bool found, fail.next_row());
    if (!found) {
      return failed;
    }
    ++failed;
  }
}

Status replace_fingerprint(Database& database, std::int64_t run_id,
                           const Fingerprint& fingerprint) {
  ASSAY_ASSIGN(Statement remove, database.prepare(kDeleteFingerprint));
  ASSAY_TRY(remove.run(run_id));
  return insert_map(database, kInsertFingerprint, run_id, to_words(fingerprint));
}

Status replace_device_facts(Database& database, std::int64_t run_id,
                            const std::map<std::string, std::string>& facts) {
  return insert_map(database, kReplaceDeviceFact, run_id, facts);
}

Status update_run_state(Database& database, std::int64_t run_id, RunState state,
                        std::string_view finished_utc) {
  ASSAY_TRY(read_run_info(database, run_id));
  std::optional<std::string_view> finished;
  if (!finished_utc.empty()) {
    finished = finished_utc;
  }
  ASSAY_ASSIGN(Statement update, database.prepare(kUpdateState));
  return update.run(run_id, run_state_name(state), finished);
}

Status delete_artifacts(Database& database, std::int64_t run_id) {
  ASSAY_TRY(read_run_info(database, run_id));
  ASSAY_ASSIGN(Statement remove, database.prepare(kDeleteArtifacts));
  return remove.run(run_id);
}

}  // namespace assay::store
