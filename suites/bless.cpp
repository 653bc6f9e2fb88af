#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <set>

#include <harness/base/file.h>
#include <harness/base/hash.h>
#include <harness/base/nearest.h>
#include <suites/bless.h>
#include <suites/task.h>

namespace assay::suites {
namespace {

using Json = nlohmann::ordered_json;

/// Values that are on the same side of the threshold are the same decision.
std::size_t count_changed_decisions(std::span<const float> before, std::span<const float> after,
                                    double threshold) {
  std::size_t changed = 0;
  for (std::size_t i = 0; i < before.size(); ++i) {
    const bool was = static_cast<double>(before[i]) >= threshold;
    changed += was != (static_cast<double>(after[i]) >= threshold) ? 1U : 0U;
  }
  return changed;
}

TensorChange change_of(const std::string& name, const Tensor* before, const Tensor* after,
                       const std::optional<DecisionTensor>& decisions) {
  TensorChange change{.tensor = name};
  change.old_type = before == nullptr ? "" : before->spec.describe();
  change.new_type = after == nullptr ? "" : after->spec.describe();
  if (before == nullptr || after == nullptr || before->spec != after->spec ||
      before->spec.dtype != DType::kFloat32) {
    return change;
  }
  const auto old_values = before->to_floats();
  const auto new_values = after->to_floats();
  change.error = golden::summarize_errors(old_values, new_values);
  if (decisions && name == decisions->name) {
    change.changed_decisions =
        count_changed_decisions(old_values, new_values, decisions->threshold);
  }
  return change;
}

Result<CaseSpec> find_case(const SuiteManifest& manifest, std::string_view name) {
  std::vector<std::string> known;
  for (const CaseSpec& spec : manifest.cases) {
    if (spec.name == name) {
      return spec;
    }
    known.push_back(spec.name);
  }
  return make_error(ErrorCode::kUsage, "suite '{}' has no case '{}'; {}", manifest.name, name,
                    known_names_hint(name, known));
}

/// The file that a run would open, so that a symbolic link stays one.
Result<std::filesystem::path> resolve(const std::filesystem::path& path) {
  std::error_code error;
  auto resolved = std::filesystem::canonical(path, error);
  if (error) {
    return make_error(
        ErrorCode::kNotFound,
        "there is no golden '{}' to replace ({}); a first golden is put there by hand",
        path.string(), error.message());
  }
  return resolved;
}

/// The checks of a run, on the bytes of that SHA-256.
Status check_as_a_run_would(const SuiteManifest& manifest, CaseSpec spec,
                            const std::filesystem::path& from, const std::string& sha256) {
  const auto adapter = make_task_adapter(manifest);
  ASSAY_ASSIGN(const PreparedInputs inputs, adapter->make_inputs(spec));
  spec.golden = from;
  ASSAY_ASSIGN(const auto reference, adapter->load_reference(spec, inputs));
  if (reference->golden_sha256() != sha256) {
    return make_error(ErrorCode::kIo, "'{}' changed while it was being checked", from.string());
  }
  return {};
}

Json number(double value) {
  if (std::isfinite(value)) {
    return value;
  }
  return std::isnan(value) ? "nan" : (value > 0 ? "inf" : "-inf");
}

Json change_as_json(const TensorChange& change) {
  Json json{{"tensor", change.tensor}, {"old", change.old_type}, {"new", change.new_type}};
  if (change.error) {
    json["max_abs"] = number(change.error->max_abs);
    json["mean_abs"] = number(change.error->mean_abs);
    json["sqnr_db"] = number(change.error->sqnr_db);
    json["cosine"] = number(change.error->cosine);
  }
  if (change.changed_decisions) {
    json["changed_decisions"] = *change.changed_decisions;
    json["decisions"] = change.error->count;
  }
  return json;
}

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n";
  const std::size_t begin = text.find_first_not_of(kSpace);
  return begin == std::string_view::npos
             ? std::string_view()
             : text.substr(begin, text.find_last_not_of(kSpace) - begin + 1);
}

}  // namespace

std::vector<TensorChange> golden_changes(const SuiteManifest& manifest,
                                         const golden::GoldenFile& before,
                                         const golden::GoldenFile& after) {
  std::set<std::string> names;
  for (const golden::GoldenFile* file : {&before, &after}) {
    for (const Tensor& tensor : file->contents.tensors) {
      names.insert(tensor.spec.name);
    }
  }
  const auto decisions = manifest.task->decision_tensor(manifest.task_part);
  std::vector<TensorChange> changes;
  for (const std::string& name : names) {
    changes.push_back(
        change_of(name, before.contents.find(name), after.contents.find(name), decisions));
  }
  return changes;
}

Result<Blessing> prepare_blessing(const SuiteManifest& manifest, std::string_view case_name,
                                  const std::filesystem::path& from, std::string_view reason) {
  Blessing blessing{.suite = manifest.name, .case_name = std::string(case_name)};
  blessing.reason = trimmed(reason);
  if (blessing.reason.empty()) {
    return make_error(ErrorCode::kUsage,
                      "the reason is empty; say why the golden changes, for whoever asks later");
  }
  ASSAY_ASSIGN(const CaseSpec spec, find_case(manifest, case_name));
  ASSAY_ASSIGN(blessing.golden, resolve(spec.golden));
  ASSAY_ASSIGN(const golden::GoldenFile before, golden::read_golden(blessing.golden));
  ASSAY_ASSIGN(blessing.contents, read_text_file(from));
  const auto bytes = std::as_bytes(std::span(blessing.contents));
  ASSAY_ASSIGN(const golden::GoldenFile after, golden::parse_golden(bytes, from.string()));
  blessing.old_sha256 = before.sha256;
  blessing.new_sha256 = after.sha256;
  if (before.sha256 == after.sha256) {
    return make_error(ErrorCode::kUsage,
                      "nothing to bless: '{}' is the golden of case '{}' already (SHA-256 {})",
                      from.string(), spec.name, before.sha256);
  }
  ASSAY_TRY(check_as_a_run_would(manifest, spec, from, after.sha256));
  blessing.changes = golden_changes(manifest, before, after);
  return blessing;
}

std::string blessing_as_json(const Blessing& blessing, const std::string& blessed_utc) {
  Json tensors = Json::array();
  for (const TensorChange& change : blessing.changes) {
    tensors.push_back(change_as_json(change));
  }
  const Json line{
      {"blessed_utc", blessed_utc},        {"suite", blessing.suite},
      {"case", blessing.case_name},        {"golden", blessing.golden.filename().string()},
      {"old_sha256", blessing.old_sha256}, {"new_sha256", blessing.new_sha256},
      {"reason", blessing.reason},         {"tensors", std::move(tensors)}};
  return line.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Status commit_blessing(const Blessing& blessing, const Clock& clock) {
  ASSAY_ASSIGN(StagedFile staged, StagedFile::write(blessing.golden, blessing.contents));
  ASSAY_TRY(append_line(blessing.golden.parent_path() / kBlessLog,
                        blessing_as_json(blessing, clock.utc_now())));
  return staged.replace();
}

}  // namespace assay::suites
