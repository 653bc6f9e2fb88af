#include <array>

#include <harness/store/database.h>
#include <harness/store/schema.h>

namespace assay::store {
namespace {

constexpr std::string_view kVersion1 = R"sql(
CREATE TABLE run (
  run_id       INTEGER PRIMARY KEY,
  uuid         TEXT NOT NULL UNIQUE,
  started_utc  TEXT NOT NULL,
  finished_utc TEXT,                -- NULL while it runs
  state        TEXT NOT NULL CHECK (state IN ('running', 'finished', 'interrupted')),
  options      TEXT NOT NULL        -- JSON: what was asked for on the command line
) STRICT;

CREATE TABLE run_fingerprint (
  run_id INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,
  key    TEXT NOT NULL,
  value  TEXT NOT NULL,
  PRIMARY KEY (run_id, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE run_suite (
  run_id          INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,
  suite           TEXT NOT NULL,
  manifest_sha256 TEXT NOT NULL,
  PRIMARY KEY (run_id, suite)
) STRICT, WITHOUT ROWID;

CREATE TABLE run_weights (
  run_id  INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,
  model   TEXT NOT NULL,
  weights TEXT NOT NULL,            -- 'trained' or 'seeded'
  PRIMARY KEY (run_id, model)
) STRICT, WITHOUT ROWID;

CREATE TABLE run_recipe (
  run_id        INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,
  model_variant TEXT NOT NULL,      -- 'model/variant'
  recipe        TEXT NOT NULL,
  PRIMARY KEY (run_id, model_variant)
) STRICT, WITHOUT ROWID;

CREATE TABLE worker (
  worker_id           INTEGER PRIMARY KEY,
  run_id              INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,
  variant             TEXT NOT NULL,
  threads             INTEGER NOT NULL,
  pte_sha256          TEXT NOT NULL,
  pte_bytes           INTEGER NOT NULL,
  process_start_ns    INTEGER NOT NULL,
  program_load_ns     INTEGER NOT NULL,
  method_load_ns      INTEGER NOT NULL,
  first_inference_ns  INTEGER NOT NULL,
  planned_arena_bytes INTEGER NOT NULL,
  backends            TEXT NOT NULL -- JSON array of the delegates that the method uses
) STRICT;
CREATE INDEX worker_by_run ON worker (run_id, variant, threads);

CREATE TABLE worker_memory (
  worker_id      INTEGER NOT NULL REFERENCES worker ON DELETE CASCADE,
  position       INTEGER NOT NULL,
  phase          TEXT NOT NULL,
  vm_hwm_bytes   INTEGER NOT NULL,
  rss_anon_bytes INTEGER NOT NULL,
  rss_file_bytes INTEGER NOT NULL,
  pss_bytes      INTEGER NOT NULL,
  PRIMARY KEY (worker_id, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE cell (
  cell_id       INTEGER PRIMARY KEY,
  run_id        INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,
  suite         TEXT NOT NULL,
  case_name     TEXT NOT NULL,
  model         TEXT NOT NULL,
  variant       TEXT NOT NULL,
  backend       TEXT NOT NULL,
  threads       INTEGER NOT NULL,
  device        TEXT NOT NULL,
  status        TEXT NOT NULL DEFAULT 'pending' CHECK (status IN
    ('pending', 'pass', 'fail', 'error', 'crash', 'timeout', 'oom', 'skipped')),
  stage         TEXT NOT NULL DEFAULT '',
  reason        TEXT NOT NULL DEFAULT '',
  worker_id     INTEGER REFERENCES worker,    -- NULL: no worker got as far as a record
  output_hash   TEXT NOT NULL DEFAULT '0000000000000000',
  deadline_ms   REAL NOT NULL DEFAULT 0,      -- 0: none
  audio_seconds REAL NOT NULL DEFAULT 0,      -- 0: not audio
  decision_threshold REAL NOT NULL DEFAULT 0.5, -- a score at or above it is positive
  wav_sha256    TEXT NOT NULL DEFAULT '',
  golden_sha256 TEXT NOT NULL DEFAULT '',
  UNIQUE (run_id, suite, case_name, model, variant, backend, threads, device)
) STRICT;
CREATE INDEX cell_by_worker ON cell (worker_id);

CREATE TABLE sample_block (
  block_id      INTEGER PRIMARY KEY,
  cell_id       INTEGER NOT NULL REFERENCES cell ON DELETE CASCADE,
  block_order   INTEGER NOT NULL,
  warmup        INTEGER NOT NULL CHECK (warmup IN (0, 1)),
  start_ns      INTEGER NOT NULL,
  wrong_outputs INTEGER NOT NULL,
  sample_count  INTEGER NOT NULL,
  latencies     BLOB NOT NULL                 -- harness/store/sample_codec.h
) STRICT;
-- With the counts in it, so that counting samples reads no blob.
CREATE INDEX sample_block_by_cell ON sample_block (cell_id, warmup, sample_count);

CREATE TABLE score (
  cell_id     INTEGER NOT NULL REFERENCES cell ON DELETE CASCADE,
  metric      TEXT NOT NULL,
  position    INTEGER NOT NULL,
  value       REAL,                           -- NULL: not a number
  lower_bound REAL,                           -- NULL: no bound
  upper_bound REAL,
  pass        INTEGER NOT NULL CHECK (pass IN (0, 1)),
  PRIMARY KEY (cell_id, metric)
) STRICT, WITHOUT ROWID;
CREATE INDEX score_by_metric ON score (metric);

CREATE TABLE series (
  series_id   INTEGER PRIMARY KEY,
  cell_id     INTEGER NOT NULL REFERENCES cell ON DELETE CASCADE,
  name        TEXT NOT NULL,
  value_count INTEGER NOT NULL,
  float32_le  BLOB NOT NULL,                  -- one value a step
  UNIQUE (cell_id, name)
) STRICT;

CREATE VIEW cell_score AS
SELECT run.run_id, run.uuid, run.started_utc, cell.cell_id, cell.suite, cell.case_name, cell.model,
       cell.variant, cell.backend, cell.threads, cell.device, cell.status, score.metric,
       score.value, score.lower_bound, score.upper_bound, score.pass
FROM score JOIN cell USING (cell_id) JOIN run USING (run_id);

CREATE VIEW run_summary AS
SELECT run.run_id, run.uuid, run.started_utc, run.finished_utc, run.state,
       count(cell.cell_id) AS cells,
       coalesce(sum(cell.status = 'pass'), 0) AS passed,
       coalesce(sum(cell.status = 'pending'), 0) AS pending,
       coalesce(sum(cell.status = 'skipped'), 0) AS skipped,
       coalesce(sum(cell.status NOT IN ('pass', 'pending', 'skipped')), 0) AS failed
FROM run LEFT JOIN cell USING (run_id)
GROUP BY run.run_id;
)sql";

// Many process pairs a case, what disturbed a block, and what gates need: side-by-side
// measurements, calibrations, verdicts, and the artefacts that a run can be repeated from.
constexpr std::string_view kVersion2 = R"sql(
ALTER TABLE run ADD COLUMN revision TEXT NOT NULL DEFAULT '';   -- of the sources under test
ALTER TABLE cell ADD COLUMN invalid TEXT NOT NULL DEFAULT '[]'; -- JSON array of reasons; []: VALID

-- Shared by sample_block and side_block; conditions: harness/store/conditions_codec.h, NULL: none.
ALTER TABLE sample_block ADD COLUMN pair INTEGER NOT NULL DEFAULT 0;       -- set of fresh processes
ALTER TABLE sample_block ADD COLUMN same_input INTEGER NOT NULL DEFAULT 0 CHECK (same_input IN (0, 1));
ALTER TABLE sample_block ADD COLUMN disturbance INTEGER NOT NULL DEFAULT 0; -- bits, see schema.md
ALTER TABLE sample_block ADD COLUMN repeated INTEGER NOT NULL DEFAULT 0 CHECK (repeated IN (0, 1));
ALTER TABLE sample_block ADD COLUMN conditions BLOB;
DROP INDEX sample_block_by_cell;
CREATE INDEX sample_block_by_cell
  ON sample_block (cell_id, warmup, same_input, repeated, sample_count);

-- Names that would stand in every score; most of a year of nightlies was their text.
CREATE TABLE metric (
  metric_id INTEGER PRIMARY KEY,
  name      TEXT NOT NULL UNIQUE
) STRICT;
INSERT INTO metric (name) SELECT DISTINCT metric FROM score ORDER BY metric;
DROP VIEW cell_score;
ALTER TABLE score RENAME TO score_of_version_1;
CREATE TABLE score (
  cell_id     INTEGER NOT NULL REFERENCES cell ON DELETE CASCADE,
  metric_id   INTEGER NOT NULL REFERENCES metric,
  position    INTEGER NOT NULL,
  value       REAL,                           -- NULL: not a number
  lower_bound REAL,                           -- NULL: no bound
  upper_bound REAL,
  pass        INTEGER NOT NULL CHECK (pass IN (0, 1)),
  PRIMARY KEY (cell_id, metric_id)
) STRICT, WITHOUT ROWID;
INSERT INTO score
  SELECT cell_id, metric_id, position, value, lower_bound, upper_bound, pass
  FROM score_of_version_1 JOIN metric ON metric.name = metric;
DROP TABLE score_of_version_1;
CREATE VIEW cell_score AS
SELECT run.run_id, run.uuid, run.started_utc, cell.cell_id, cell.suite, cell.case_name, cell.model,
       cell.variant, cell.backend, cell.threads, cell.device, cell.status, metric.name AS metric,
       score.value, score.lower_bound, score.upper_bound, score.pass
FROM score JOIN metric USING (metric_id) JOIN cell USING (cell_id) JOIN run USING (run_id);

-- Outputs of unchanged code are the same each night, so equal series are stored once.
CREATE TABLE series_data (
  data_id      INTEGER PRIMARY KEY,
  content_hash INTEGER,                       -- XXH3 of the bytes; NULL: stored by version 1
  float32_le   BLOB NOT NULL                  -- one value a step
) STRICT;
CREATE INDEX series_data_by_hash ON series_data (content_hash);
INSERT INTO series_data (float32_le) SELECT DISTINCT float32_le FROM series;
CREATE TABLE series_of_version_2 (
  cell_id     INTEGER NOT NULL REFERENCES cell ON DELETE CASCADE,
  name        TEXT NOT NULL,
  value_count INTEGER NOT NULL,
  data_id     INTEGER NOT NULL REFERENCES series_data,
  PRIMARY KEY (cell_id, name)
) STRICT, WITHOUT ROWID;
INSERT INTO series_of_version_2
  SELECT cell_id, name, value_count, data_id FROM series JOIN series_data USING (float32_le);
DROP TABLE series;
ALTER TABLE series_of_version_2 RENAME TO series;
CREATE INDEX series_by_data ON series (data_id);
CREATE TRIGGER series_data_without_series AFTER DELETE ON series
WHEN NOT EXISTS (SELECT 1 FROM series WHERE data_id = OLD.data_id)
BEGIN
  DELETE FROM series_data WHERE data_id = OLD.data_id;
END;

CREATE TABLE run_artifact (
  run_id INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,
  role   TEXT NOT NULL,             -- 'worker', 'library', 'model', 'suite', 'input'
  name   TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  bytes  INTEGER NOT NULL,
  PRIMARY KEY (run_id, role, name)
) STRICT, WITHOUT ROWID;
CREATE INDEX run_artifact_by_sha256 ON run_artifact (sha256);

CREATE TABLE side_by_side (
  side_by_side_id  INTEGER PRIMARY KEY,
  run_id           INTEGER NOT NULL REFERENCES run ON DELETE CASCADE, -- the candidate, side b
  baseline_run_id  INTEGER NOT NULL REFERENCES run ON DELETE CASCADE, -- side a
  suite            TEXT NOT NULL,
  case_name        TEXT NOT NULL,
  model            TEXT NOT NULL,
  variant          TEXT NOT NULL,
  backend          TEXT NOT NULL,
  threads          INTEGER NOT NULL,
  device           TEXT NOT NULL,
  question         TEXT NOT NULL CHECK (question IN ('both', 'model', 'runtime')),
  attempt          INTEGER NOT NULL,
  a_program_sha256 TEXT NOT NULL,
  a_pte_sha256     TEXT NOT NULL,
  b_program_sha256 TEXT NOT NULL,
  b_pte_sha256     TEXT NOT NULL,
  failure          TEXT NOT NULL,
  UNIQUE (run_id, baseline_run_id, suite, case_name, model, variant, backend, threads, device,
          question, attempt)
) STRICT;

CREATE TABLE side_block (
  block_id        INTEGER PRIMARY KEY,
  side_by_side_id INTEGER NOT NULL REFERENCES side_by_side ON DELETE CASCADE,
  side            TEXT NOT NULL CHECK (side IN ('a', 'b')),
  block_order     INTEGER NOT NULL,
  warmup          INTEGER NOT NULL CHECK (warmup IN (0, 1)),
  start_ns        INTEGER NOT NULL,
  wrong_outputs   INTEGER NOT NULL,
  sample_count    INTEGER NOT NULL,
  latencies       BLOB NOT NULL,
  pair            INTEGER NOT NULL,
  same_input      INTEGER NOT NULL CHECK (same_input IN (0, 1)),
  disturbance     INTEGER NOT NULL,
  repeated        INTEGER NOT NULL CHECK (repeated IN (0, 1)),
  conditions      BLOB
) STRICT;
CREATE INDEX side_block_by_side ON side_block (side_by_side_id, side);

CREATE TABLE calibration (
  suite TEXT NOT NULL, case_name TEXT NOT NULL, model TEXT NOT NULL, variant TEXT NOT NULL,
  backend TEXT NOT NULL, threads INTEGER NOT NULL, device TEXT NOT NULL,
  metric              TEXT NOT NULL,
  machine             TEXT NOT NULL, -- hash of the fingerprint's identity
  budget_s            REAL NOT NULL,
  comparisons         INTEGER NOT NULL,
  false_positive_rate REAL NOT NULL,
  minimum_detectable_effect REAL NOT NULL,
  noise_sd            REAL NOT NULL,
  measured_utc        TEXT NOT NULL,
  PRIMARY KEY (machine, suite, case_name, model, variant, backend, threads, device, metric)
) STRICT, WITHOUT ROWID;

CREATE TABLE gate (
  gate_id         INTEGER PRIMARY KEY,
  run_id          INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,
  baseline_run_id INTEGER REFERENCES run ON DELETE SET NULL, -- NULL: the first run of its kind
  verdict         TEXT NOT NULL CHECK (verdict IN ('pass', 'warn', 'fail', 'inconclusive')),
  policy          TEXT NOT NULL,     -- JSON
  report          TEXT NOT NULL,     -- JSON
  judged_utc      TEXT NOT NULL
) STRICT;
CREATE INDEX gate_by_run ON gate (run_id, gate_id);

CREATE TABLE golden_floor (
  suite TEXT NOT NULL, case_name TEXT NOT NULL, model TEXT NOT NULL, variant TEXT NOT NULL,
  golden_sha256 TEXT NOT NULL,
  figure        TEXT NOT NULL,       -- a metric, or 'output:<name>'
  machine       TEXT NOT NULL,       -- hash of the fingerprint's identity
  floor         REAL,                -- NULL: not a number
  runs          INTEGER NOT NULL,
  threads       TEXT NOT NULL,       -- thread counts of the runs, '1,2'
  measured_utc  TEXT NOT NULL,
  PRIMARY KEY (suite, case_name, model, variant, golden_sha256, figure, machine)
) STRICT, WITHOUT ROWID;

CREATE TABLE profile (
  profile_id         INTEGER PRIMARY KEY,
  run_id             INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,
  suite              TEXT NOT NULL,
  case_name          TEXT NOT NULL,   -- the one case that was played
  model              TEXT NOT NULL,
  variant            TEXT NOT NULL,
  backend            TEXT NOT NULL,
  threads            INTEGER NOT NULL,
  device             TEXT NOT NULL,
  problem            TEXT NOT NULL,   -- why there is no profile; '' when there is one
  executions         INTEGER NOT NULL, -- traced, and in the sums
  left_out           INTEGER NOT NULL, -- traced, interrupted, not in the sums
  traced_wall_ns     INTEGER NOT NULL,
  traced_median_ns   INTEGER NOT NULL,
  untraced_median_ns INTEGER NOT NULL,
  UNIQUE (run_id, suite, model, variant, backend, threads, device)
) STRICT;

CREATE TABLE operator_profile (
  profile_id INTEGER NOT NULL REFERENCES profile ON DELETE CASCADE,
  position   INTEGER NOT NULL,        -- in the order in which they ran
  name       TEXT NOT NULL,           -- the kernel's
  kind       TEXT NOT NULL CHECK (kind IN
    ('delegate_node', 'delegate_call', 'operator', 'other')),
  calls      INTEGER NOT NULL,
  total_ns   INTEGER NOT NULL,
  PRIMARY KEY (profile_id, position)
) STRICT, WITHOUT ROWID;
)sql";

// Runs on devices: what they have in common, and what is known of each.
constexpr std::string_view kVersion3 = R"sql(
ALTER TABLE run ADD COLUMN campaign TEXT NOT NULL DEFAULT ''; -- of runs on several devices
CREATE TABLE run_device_fact (
  run_id INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,
  key    TEXT NOT NULL,
  value  TEXT NOT NULL,
  PRIMARY KEY (run_id, key)
) STRICT, WITHOUT ROWID;
)sql";

constexpr std::array kMigrations{Migration{1, kVersion1}, Migration{2, kVersion2},
                                 Migration{3, kVersion3}};

/// Runs `migration` unless another process was faster.
Status apply(Database& database, const Migration& migration) {
  ASSAY_ASSIGN(Transaction transaction, Transaction::begin(database));
  ASSAY_ASSIGN(const std::int64_t current, database.read_integer("PRAGMA user_version"));
  if (current >= migration.version) {
    return {};
  }
  ASSAY_TRY(database.execute_script(migration.sql));
  ASSAY_TRY(database.execute_script(fmt::format(
      "PRAGMA application_id = {}; PRAGMA user_version = {}", kApplicationId, migration.version)));
  return transaction.commit();
}

}  // namespace

std::span<const Migration> schema_migrations() { return kMigrations; }

int newest_schema_version() { return kMigrations.back().version; }

Status migrate(Database& database, std::span<const Migration> migrations) {
  ASSAY_ASSIGN(const std::int64_t current, database.read_integer("PRAGMA user_version"));
  for (const Migration& migration : migrations) {
    if (migration.version <= current) {
      continue;
    }
    Status applied = apply(database, migration);
    if (!applied.ok()) {
      return std::move(applied).error().with_context("while changing the schema to version {}",
                                                     migration.version);
    }
  }
  return {};
}

}  // namespace assay::store
