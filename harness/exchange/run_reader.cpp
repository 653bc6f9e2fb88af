#include <limits>
#include <set>

#include <harness/exchange/cell_reader.h>
#include <harness/exchange/json_fields.h>
#include <harness/exchange/optional_members.h>
#include <harness/exchange/run_reader.h>
#include <harness/store/options_json.h>

namespace assay::exchange {
namespace {

Status check_document(const JsonValue& document) {
  ASSAY_TRY(document.expect_object({"format", "version", "id", "uuid", "started_utc",
                                    "finished_utc", "state", "options", "fingerprint",
                                    "suite_sha256", "weights", "recipes", "revision", "artifacts",
                                    "campaign", "device_facts", "profiles", "cells"}));
  ASSAY_ASSIGN(const JsonValue version, document.require("version"));
  ASSAY_TRY(version.as_integer(kRunVersion, kRunVersion));
  return {};
}

/// An object of texts.
Result<std::map<std::string, std::string>> text_map(const JsonValue& value) {
  ASSAY_TRY(value.expect_object());
  std::map<std::string, std::string> map;
  for (const auto& [key, entry] : value.members()) {
    ASSAY_ASSIGN(map[key], entry.as_text());
  }
  return map;
}

Status read_map(const JsonValue& document, std::string_view key,
                std::map<std::string, std::string>& target) {
  return OptionalMembers(document).with(key, [&](const JsonValue& value) -> Status {
    ASSAY_ASSIGN(target, text_map(value));
    return {};
  });
}

Status read_state(const JsonValue& document, RunInfo& info) {
  ASSAY_ASSIGN(info.started_utc, time_text(document, "started_utc"));
  const auto finished = document.find("finished_utc");
  if (finished && !finished->is_null()) {
    ASSAY_ASSIGN(info.finished_utc, time_text(document, "finished_utc"));
  }
  ASSAY_ASSIGN(const JsonValue state, document.require("state"));
  ASSAY_ASSIGN(const std::string name, state.as_text());
  const auto known = run_state_from_name(name);
  if (!known) {
    return state.error("must be one of running, finished, interrupted, not " + state.shown());
  }
  info.state = *known;
  return {};
}

Status read_options(const JsonValue& document, RunInfo& info) {
  return OptionalMembers(document).with("options", [&](const JsonValue& value) -> Status {
    ASSAY_TRY(value.expect_object());
    ASSAY_ASSIGN(info.options, store::options_from_json(value.dump()));
    return {};
  });
}

Status read_artifacts(const JsonValue& document, RunInfo& info) {
  return OptionalMembers(document).each("artifacts", [&](const JsonValue& value) -> Status {
    ASSAY_TRY(value.expect_object({"role", "name", "sha256", "bytes"}));
    const OptionalMembers members(value);
    Artifact& artifact = info.artifacts.emplace_back();
    ASSAY_TRY(members.read("role", artifact.role));
    ASSAY_TRY(members.read("name", artifact.name));
    ASSAY_TRY(members.read("sha256", artifact.sha256));
    return members.read("bytes", artifact.bytes);
  });
}

Status read_info(const JsonValue& document, RunInfo& info) {
  ASSAY_ASSIGN(info.uuid, uuid_text(document));
  ASSAY_TRY(read_state(document, info));
  ASSAY_TRY(read_options(document, info));
  ASSAY_ASSIGN(const JsonValue fingerprint, document.require("fingerprint"));
  ASSAY_ASSIGN(const FingerprintWords words, text_map(fingerprint));
  info.fingerprint = fingerprint_from(words);
  ASSAY_TRY(read_map(document, "suite_sha256", info.suite_sha256));
  ASSAY_TRY(read_map(document, "weights", info.weights));
  ASSAY_TRY(read_map(document, "recipes", info.recipes));
  ASSAY_TRY(read_map(document, "device_facts", info.device_facts));
  ASSAY_TRY(read_artifacts(document, info));
  ASSAY_ASSIGN(info.revision, text_or_empty(document, "revision"));
  ASSAY_ASSIGN(info.campaign, text_or_empty(document, "campaign"));
  return {};
}

Status read_cells(const JsonValue& document, RunRecord& run) {
  ASSAY_ASSIGN(const JsonValue cells, document.require("cells"));
  ASSAY_ASSIGN(const auto list, cells.as_list());
  std::set<CellKey> keys;
  for (const JsonValue& value : list) {
    ASSAY_ASSIGN(Cell cell, read_cell_document(value));
    if (!keys.insert(cell.key).second) {
      return value.error(fmt::format("case '{}' of variant '{}' is there twice", cell.key.case_name,
                                     cell.key.variant));
    }
    run.cells.push_back(std::move(cell));
  }
  return {};
}

}  // namespace

Result<RunRecord> read_run_document(const JsonValue& document) {
  ASSAY_TRY(check_document(document));
  RunRecord run;
  ASSAY_TRY(read_info(document, run.info));
  ASSAY_TRY(read_cells(document, run));
  ASSAY_TRY(OptionalMembers(document).each("profiles", [&](const JsonValue& value) -> Status {
    ASSAY_ASSIGN(ProfileRecord profile, read_profile_document(value));
    run.profiles.push_back(std::move(profile));
    return {};
  }));
  return run;
}

}  // namespace assay::exchange
