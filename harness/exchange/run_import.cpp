#include <limits>
#include <set>
#include <tuple>

#include <harness/base/nearest.h>
#include <harness/exchange/json_fields.h>
#include <harness/exchange/run_import.h>

namespace assay::exchange {
namespace {

constexpr std::int64_t kVersion = 1;
constexpr std::int64_t kLargestCount = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t kMostThreads = 1024;

/// What the document says once and every cell of it has.
struct Common {
  std::string model;
  std::string device;
  int threads = 1;
};

Result<Fingerprint> read_fingerprint(const JsonValue& document, const std::string& tool,
                                     const Fingerprint& machine) {
  const auto value = document.find("fingerprint");
  Fingerprint fingerprint = machine;
  if (value) {
    ASSAY_TRY(value->expect_object());
    FingerprintWords words = to_words(unreadable_fingerprint());
    for (const auto& [key, entry] : value->members()) {
      if (!words.contains(key)) {
        return entry.error("unknown key; " + known_names_hint(key, fingerprint_keys()));
      }
      ASSAY_ASSIGN(words[key], entry.as_nonempty_text());
    }
    fingerprint = fingerprint_from(words);
    if (value->find("tool_version")) {
      return fingerprint;
    }
  } else {
    // Of assay nothing was measured: its own commit would say that it was.
    fingerprint.tool_commit = Fact<std::string>::unreadable();
    fingerprint.tool_dirty = Fact<bool>::unreadable();
  }
  fingerprint.tool_version = tool;
  return fingerprint;
}

Result<std::vector<Score>> read_scores(const JsonValue& cell) {
  std::vector<Score> scores;
  const auto value = cell.find("scores");
  if (!value) {
    return scores;
  }
  ASSAY_TRY(value->expect_object());
  for (const auto& [id, entry] : value->members()) {
    ASSAY_TRY(expect_known_metric(entry, id));
    ASSAY_ASSIGN(const double score, entry.as_number());
    scores.push_back({.metric = id, .value = score});
  }
  return scores;
}

Result<SampleBlock> foreign_block(const JsonValue& value) {
  ASSAY_TRY(value.expect_object({"order", "pair", "warmup", "start_ns", "latency_ns"}));
  SampleBlock block;
  ASSAY_ASSIGN(const JsonValue order, value.require("order"));
  ASSAY_ASSIGN(block.order, order.as_integer(0, kLargestCount));
  ASSAY_ASSIGN(block.pair, count_or_zero(value, "pair"));
  ASSAY_ASSIGN(block.start_ns, count_or_zero(value, "start_ns"));
  if (const auto warmup = value.find("warmup")) {
    ASSAY_ASSIGN(block.warmup, warmup->as_flag());
  }
  ASSAY_ASSIGN(const JsonValue latencies, value.require("latency_ns"));
  ASSAY_ASSIGN(const auto list, latencies.as_nonempty_list());
  for (const JsonValue& latency : list) {
    ASSAY_ASSIGN(const std::int64_t ns, latency.as_integer(0, kLargestCount));
    block.latency_ns.push_back(ns);
  }
  return block;
}

Result<SeriesMap> foreign_series(const JsonValue& cell) {
  SeriesMap series;
  const auto value = cell.find("series");
  if (!value) {
    return series;
  }
  ASSAY_TRY(value->expect_object());
  for (const auto& [name, entry] : value->members()) {
    ASSAY_ASSIGN(const auto list, entry.as_list());
    std::vector<float>& values = series[name];
    for (const JsonValue& number : list) {
      ASSAY_ASSIGN(const double step, number.as_number());
      values.push_back(static_cast<float>(step));
    }
  }
  return series;
}

/// Status and, unless it is a pass, the reason.
Status foreign_outcome(const JsonValue& value, Cell& cell) {
  ASSAY_ASSIGN(const JsonValue status, value.require("status"));
  ASSAY_ASSIGN(const std::string name, status.as_text());
  const auto known = cell_status_from_name(name);
  if (!known || *known == CellStatus::kPending) {
    return status.error("must be one of pass, fail, error, crash, timeout, oom, skipped, not " +
                        status.shown());
  }
  cell.status = *known;
  ASSAY_ASSIGN(cell.stage, text_or_empty(value, "stage"));
  ASSAY_ASSIGN(cell.reason, text_or_empty(value, "reason"));
  if (cell.status != CellStatus::kPass && cell.reason.empty()) {
    return status.error(fmt::format("'{}' needs a \"reason\"", name));
  }
  return {};
}

Result<Cell> read_cell(const JsonValue& value, const Common& common) {
  ASSAY_TRY(value.expect_object({"suite", "case", "variant", "backend", "recipe", "status", "stage",
                                 "reason", "scores", "blocks", "series", "input_sha256",
                                 "golden_sha256"}));
  Cell cell;
  cell.key.model = common.model;
  cell.key.device = common.device;
  cell.key.threads = common.threads;
  ASSAY_ASSIGN(cell.key.suite, required_text(value, "suite"));
  ASSAY_ASSIGN(cell.key.case_name, required_text(value, "case"));
  ASSAY_ASSIGN(cell.key.variant, required_text(value, "variant"));
  ASSAY_ASSIGN(cell.key.backend, required_text(value, "backend"));
  ASSAY_TRY(foreign_outcome(value, cell));
  ASSAY_ASSIGN(cell.scores, read_scores(value));
  ASSAY_ASSIGN(cell.series, foreign_series(value));
  ASSAY_ASSIGN(cell.input_sha256, text_or_empty(value, "input_sha256"));
  ASSAY_ASSIGN(cell.golden_sha256, text_or_empty(value, "golden_sha256"));
  if (const auto blocks = value.find("blocks")) {
    ASSAY_ASSIGN(const auto list, blocks->as_list());
    for (const JsonValue& entry : list) {
      ASSAY_ASSIGN(SampleBlock block, foreign_block(entry));
      cell.blocks.push_back(std::move(block));
    }
  }
  return cell;
}

/// Keeps the recipe of the cell's variant; two cells of a variant must not have different ones.
Status keep_recipe(const JsonValue& value, const CellKey& key, RunInfo& info) {
  ASSAY_ASSIGN(const std::string recipe, required_text(value, "recipe"));
  const auto [kept, added] = info.recipes.emplace(key.model + "/" + key.variant, recipe);
  if (!added && kept->second != recipe) {
    return value.error(
        fmt::format("variant '{}' had another recipe before: '{}'", key.variant, kept->second));
  }
  return {};
}

Status foreign_cells(const JsonValue& document, const Common& common, RunRecord& run) {
  ASSAY_ASSIGN(const JsonValue cells, document.require("cells"));
  ASSAY_ASSIGN(const auto list, cells.as_nonempty_list());
  std::set<CellKey> keys;
  std::set<std::tuple<std::string, std::string, std::int64_t>> orders;
  for (const JsonValue& value : list) {
    ASSAY_ASSIGN(Cell cell, read_cell(value, common));
    ASSAY_TRY(keep_recipe(value, cell.key, run.info));
    if (!keys.insert(cell.key).second) {
      return value.error(fmt::format("case '{}' of variant '{}' is there twice", cell.key.case_name,
                                     cell.key.variant));
    }
    for (const SampleBlock& block : cell.blocks) {
      if (!orders.emplace(cell.key.suite, cell.key.case_name, block.order).second) {
        return value.error(fmt::format(
            "case '{}' has two blocks of order {}; it counts over all variants of a case",
            cell.key.case_name, block.order));
      }
    }
    run.cells.push_back(std::move(cell));
  }
  return {};
}

Result<Common> read_common(const JsonValue& document) {
  Common common;
  ASSAY_ASSIGN(common.model, required_text(document, "model"));
  ASSAY_ASSIGN(common.device, required_text(document, "device"));
  ASSAY_ASSIGN(const JsonValue threads, document.require("threads"));
  ASSAY_ASSIGN(const std::int64_t count, threads.as_integer(1, kMostThreads));
  common.threads = static_cast<int>(count);
  return common;
}

/// "llama.cpp 1.2": name and version of the tool.
Result<std::string> read_tool(const JsonValue& document) {
  ASSAY_ASSIGN(const JsonValue tool, document.require("tool"));
  ASSAY_TRY(tool.expect_object({"name", "version"}));
  ASSAY_ASSIGN(const std::string name, required_text(tool, "name"));
  ASSAY_ASSIGN(const std::string version, required_text(tool, "version"));
  return name + " " + version;
}

Status check_format(const JsonValue& document) {
  ASSAY_TRY(document.expect_object({"format", "version", "uuid", "started_utc", "finished_utc",
                                    "tool", "model", "weights", "device", "threads", "fingerprint",
                                    "revision", "cells"}));
  ASSAY_ASSIGN(const JsonValue format, document.require("format"));
  ASSAY_ASSIGN(const std::string name, format.as_text());
  if (name != kForeignRunFormat) {
    return format.error(fmt::format("must be \"{}\", not {}", kForeignRunFormat, format.shown()));
  }
  ASSAY_ASSIGN(const JsonValue version, document.require("version"));
  ASSAY_TRY(version.as_integer(kVersion, kVersion));
  return {};
}

/// The optional kind of the weights.
Status read_weights(const JsonValue& document, const std::string& model, RunInfo& info) {
  const auto value = document.find("weights");
  if (!value) {
    return {};
  }
  ASSAY_ASSIGN(const std::string kind, value->as_text());
  if (kind != "trained" && kind != "seeded") {
    return value->error("must be \"trained\" or \"seeded\", not " + value->shown());
  }
  info.weights[model] = kind;
  return {};
}

}  // namespace

Result<RunRecord> read_foreign_run(const JsonValue& document, const Fingerprint& machine) {
  ASSAY_TRY(check_format(document));
  RunRecord run;
  RunInfo& info = run.info;
  info.state = RunState::kFinished;
  ASSAY_ASSIGN(info.uuid, uuid_text(document));
  ASSAY_ASSIGN(info.started_utc, time_text(document, "started_utc"));
  ASSAY_ASSIGN(info.finished_utc, time_text(document, "finished_utc"));
  ASSAY_ASSIGN(info.revision, text_or_empty(document, "revision"));
  ASSAY_ASSIGN(const std::string tool, read_tool(document));
  ASSAY_ASSIGN(info.fingerprint, read_fingerprint(document, tool, machine));
  ASSAY_ASSIGN(const Common common, read_common(document));
  info.options.threads = common.threads;
  info.options.device = common.device;
  ASSAY_TRY(read_weights(document, common.model, info));
  ASSAY_TRY(foreign_cells(document, common, run));
  return run;
}

}  // namespace assay::exchange
