#include <algorithm>
#include <iterator>
#include <nlohmann/json.hpp>
#include <sstream>

#include <fmt/ranges.h>

#include <harness/base/json_number.h>
#include <harness/cli/views/suite_rendering.h>
#include <harness/model/metric.h>
#include <reports/canvas/text_table.h>
#include <suites/task.h>

namespace assay::cli {
namespace {

using Json = nlohmann::ordered_json;
using suites::CaseSurvey;
using suites::FileFacts;
using suites::SuiteSurvey;
using suites::VariantSurvey;

constexpr std::size_t kShortHash = 12;
constexpr int kIndent = 2;

/// Rows whose columns line up, below a row of titles of their own if they have one.
std::string align(const std::vector<std::vector<std::string>>& rows) {
  const reports::Column column{.max_width = reports::kUncut};
  return render_text_table(
      reports::Table{.columns = std::vector<reports::Column>(rows.front().size(), column),
                     .rows = rows},
      {.head = reports::TableHead::kNone, .indent = kIndent});
}

std::string size_text(const FileFacts* file) {
  if (file == nullptr) {
    return "none";
  }
  return file->bytes ? fmt::format("{}", *file->bytes) : "missing";
}

/// What a threshold is for, in as few words as will do.
std::string selection_text(const std::vector<std::string>& selected,
                           const std::vector<std::string>& all) {
  std::vector<std::string> others;
  std::copy_if(all.begin(), all.end(), std::back_inserter(others), [&](const std::string& name) {
    return std::find(selected.begin(), selected.end(), name) == selected.end();
  });
  if (selected.empty() || others.empty()) {
    return "all";
  }
  return others.size() < selected.size() ? fmt::format("all but {}", fmt::join(others, ","))
                                         : fmt::format("{}", fmt::join(selected, ","));
}

std::string bounds_text(const ThresholdSpec& threshold) {
  std::vector<std::string> parts;
  if (threshold.min) {
    parts.push_back(fmt::format(">= {}", *threshold.min));
  }
  if (threshold.max) {
    parts.push_back(fmt::format("<= {}", *threshold.max));
  }
  const MetricInfo* metric = find_metric(threshold.metric);
  const bool has_unit = metric != nullptr && !metric->unit.empty();
  return fmt::format("{}{}{}", fmt::join(parts, ", "), has_unit ? " " : "",
                     has_unit ? metric->unit : "");
}

std::string weights_text(WeightsKind weights) {
  return weights == WeightsKind::kTrained ? "trained" : "seeded";
}

std::string overview_text(const SuiteManifest& manifest) {
  const std::size_t cases = manifest.cases.size();
  const std::size_t variants = manifest.model.variants.size();
  const MeasureSpec& measure = manifest.measure;
  return align({
      {"file", manifest.file.string()},
      {"sha256", manifest.sha256},
      {"model", fmt::format("{}, {} weights, method '{}'", manifest.model.name,
                            weights_text(manifest.model.weights), manifest.model.method)},
      {"reference",
       fmt::format("{}, model {}", manifest.reference.runtime, manifest.reference.model_sha256)},
      {"task",
       fmt::format("{}: {}", manifest.task->name(), manifest.task->describe(manifest.task_part))},
      {"budget",
       manifest.deadline_ms ? fmt::format("{} ms an execution", *manifest.deadline_ms) : "none"},
      {"measure",
       fmt::format("at least {} s and {} runs a case and variant, at most {} s, after {} warm-up "
                   "runs and {} s; a worker that does not answer for {} s is killed",
                   measure.bounds.min_time_s, measure.bounds.min_runs, measure.bounds.max_time_s,
                   measure.warmup_runs, measure.warmup_time_s, measure.timeout_s)},
      {"cells", fmt::format("{} cases x {} variants = {} for each number of threads", cases,
                            variants, cases * variants)},
  });
}

std::string variants_text(const std::vector<VariantSurvey>& variants) {
  std::vector<std::vector<std::string>> rows{
      {"NAME", "BACKEND", "BYTES", "SHA-256", "EXPECTED", "RECIPE"}};
  for (const VariantSurvey& variant : variants) {
    const std::string& wanted = variant.spec.sha256;
    const char* verdict = wanted.empty() ? "any" : (wanted == variant.pte.sha256 ? "yes" : "no");
    rows.push_back({variant.spec.name, variant.spec.backend, size_text(&variant.pte),
                    variant.pte.sha256.substr(0, kShortHash), verdict, variant.spec.recipe});
  }
  return align(rows);
}

std::string cases_text(const std::vector<CaseSurvey>& cases) {
  std::vector<std::vector<std::string>> rows{
      {"NAME", "SECONDS", "STEPS", "WAV BYTES", "GOLDEN BYTES", "LABELS BYTES"}};
  for (const CaseSurvey& one : cases) {
    rows.push_back(
        {one.spec.name, one.audio_seconds > 0 ? fmt::format("{:.2f}", one.audio_seconds) : "-",
         one.steps > 0 ? fmt::format("{}", one.steps) : "-", size_text(one.find_file("wav")),
         size_text(one.find_file("golden")), size_text(one.find_file("labels"))});
  }
  return align(rows);
}

template <class Spec>
std::vector<std::string> names_of(const std::vector<Spec>& specs) {
  std::vector<std::string> names;
  for (const Spec& spec : specs) {
    names.push_back(spec.name);
  }
  return names;
}

/// A line a threshold, and its reason on a line of its own below: reasons are whole sentences.
std::string thresholds_text(const SuiteManifest& manifest) {
  if (manifest.thresholds.empty()) {
    return "  none: only NaN, Inf and wrong outputs fail a case\n";
  }
  std::vector<std::vector<std::string>> rows{{"METRIC", "BOUND", "VARIANTS", "CASES"}};
  for (const ThresholdSpec& threshold : manifest.thresholds) {
    rows.push_back({threshold.metric, bounds_text(threshold),
                    selection_text(threshold.variants, names_of(manifest.model.variants)),
                    selection_text(threshold.cases, names_of(manifest.cases))});
  }
  std::istringstream table(align(rows));
  std::string text;
  std::string line;
  for (std::size_t i = 0; std::getline(table, line); ++i) {
    text += line + "\n";
    if (i > 0 && !manifest.thresholds[i - 1].why.empty()) {
      text += "      " + manifest.thresholds[i - 1].why + "\n";
    }
  }
  return text;
}

Json file_json(const FileFacts* file) {
  if (file == nullptr) {
    return {};
  }
  Json json = {{"path", file->path.string()}, {"bytes", nullptr}, {"sha256", nullptr}};
  if (file->bytes) {
    json["bytes"] = *file->bytes;
    json["sha256"] = file->sha256;
  }
  return json;
}

Json text_or_null(const std::string& text) { return text.empty() ? Json() : Json(text); }

Json variant_json(const VariantSurvey& variant) {
  return {{"name", variant.spec.name},
          {"backend", variant.spec.backend},
          {"recipe", variant.spec.recipe},
          {"pte", file_json(&variant.pte)},
          {"expected_sha256", text_or_null(variant.spec.sha256)},
          {"problem", text_or_null(variant.problem)}};
}

Json case_json(const CaseSurvey& one) {
  return {{"name", one.spec.name},
          {"audio_seconds", one.audio_seconds},
          {"steps", one.steps},
          {"wav", file_json(one.find_file("wav"))},
          {"golden", file_json(one.find_file("golden"))},
          {"labels", file_json(one.find_file("labels"))},
          {"problem", text_or_null(one.problem)}};
}

Json threshold_json(const ThresholdSpec& threshold) {
  return {{"metric", threshold.metric},
          {"variants", threshold.variants},
          {"cases", threshold.cases},
          {"min", number_to_json(threshold.min)},
          {"max", number_to_json(threshold.max)},
          {"why", threshold.why}};
}

/// Names come from a person's file and may hold any bytes; JSON must stay valid.
std::string dump(const Json& json) {
  return json.dump(kIndent, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace

std::string list_as_text(const std::vector<SuiteListing>& listings) {
  std::vector<std::vector<std::string>> rows{{"NAME", "CASES", "VARIANTS", "DESCRIPTION"}};
  for (const SuiteListing& suite : listings) {
    if (suite.problem.empty()) {
      rows.push_back({suite.name, fmt::format("{}", suite.case_count),
                      fmt::format("{}", suite.variant_count), suite.description});
    } else {
      rows.push_back({suite.name, "-", "-", "cannot be read: " + suite.problem});
    }
  }
  return align(rows);
}

std::string list_as_json(const std::vector<SuiteListing>& listings) {
  Json json = Json::array();
  for (const SuiteListing& suite : listings) {
    json.push_back({{"name", suite.name},
                    {"file", suite.file.string()},
                    {"description", suite.description},
                    {"cases", suite.case_count},
                    {"variants", suite.variant_count},
                    {"problem", text_or_null(suite.problem)}});
  }
  return dump(json);
}

std::string plan_as_text(const SuiteManifest& manifest, const SuiteSurvey& survey) {
  std::string text = fmt::format("{}: {}\n", manifest.name, manifest.description);
  text += overview_text(manifest);
  text += "\nVariants\n" + variants_text(survey.variants);
  text += "\nCases\n" + cases_text(survey.cases);
  text += "\nThresholds\n" + thresholds_text(manifest);
  const auto problems = survey.problems();
  text += problems.empty() ? "\nNothing is missing.\n" : "\nProblems\n";
  for (const std::string& problem : problems) {
    text += "  " + problem + "\n";
  }
  return text;
}

std::string plan_as_json(const SuiteManifest& manifest, const SuiteSurvey& survey) {
  Json json = {{"name", manifest.name},
               {"description", manifest.description},
               {"file", manifest.file.string()},
               {"sha256", manifest.sha256},
               {"model",
                {{"name", manifest.model.name},
                 {"method", manifest.model.method},
                 {"weights", weights_text(manifest.model.weights)}}},
               {"reference",
                {{"runtime", manifest.reference.runtime},
                 {"model_sha256", manifest.reference.model_sha256}}},
               {"deadline_ms", number_to_json(manifest.deadline_ms)},
               {"measure",
                {{"min_time_s", manifest.measure.bounds.min_time_s},
                 {"min_runs", manifest.measure.bounds.min_runs},
                 {"max_time_s", manifest.measure.bounds.max_time_s},
                 {"warmup_runs", manifest.measure.warmup_runs},
                 {"warmup_time_s", manifest.measure.warmup_time_s},
                 {"timeout_s", manifest.measure.timeout_s}}},
               {"cells_per_thread_count", survey.cases.size() * survey.variants.size()},
               {"variants", Json::array()},
               {"cases", Json::array()},
               {"thresholds", Json::array()},
               {"problems", survey.problems()}};
  for (const VariantSurvey& variant : survey.variants) {
    json["variants"].push_back(variant_json(variant));
  }
  for (const CaseSurvey& one : survey.cases) {
    json["cases"].push_back(case_json(one));
  }
  for (const ThresholdSpec& threshold : manifest.thresholds) {
    json["thresholds"].push_back(threshold_json(threshold));
  }
  return dump(json);
}

}  // namespace assay::cli
