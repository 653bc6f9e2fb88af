// The machine-readable formats of the matrix: JSON and CSV.

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include <harness/base/csv.h>
#include <harness/model/cell_json.h>
#include <reports/canvas/json_parts.h>
#include <reports/canvas/text_table.h>
#include <reports/matrix/matrix_renderers.h>

namespace assay::reports {
namespace {

using nlohmann::ordered_json;

constexpr int kMatrixVersion = 1;

ordered_json place_to_json(const CellKey& key, const std::string& run) {
  ordered_json json = group_key_to_json(key);
  json.erase("variant");
  json["run"] = run;
  return json;
}

ordered_json row_to_json(const MatrixRow& row) {
  ordered_json json = place_to_json(row.key, row.run);
  json["variant"] = row.key.variant;
  json["cases"] = row.cases;
  json["latency_p50_ms"] = figure_to_json(row.latency_p50_ms);
  json["latency_p95_ms"] = figure_to_json(row.latency_p95_ms);
  json["decode_tokens_per_s"] = figure_to_json(row.decode_tokens_per_s);
  json["memory_peak_bytes"] = figure_to_json(row.memory_peak_bytes);
  json["pte_bytes"] = figure_to_json(row.pte_bytes);
  json["accuracy_metric"] = row.accuracy_metric;
  json["accuracy"] = figure_to_json(row.accuracy);
  return json;
}

ordered_json pair_to_json(const MatrixPair& pair) {
  ordered_json json = place_to_json(pair.key, pair.run);
  json["faster"] = pair.faster;
  json["slower"] = pair.slower;
  json["time"] = delta_to_json(pair.time);
  json["accuracy"] = pair.accuracy.metric.empty() ? ordered_json() : delta_to_json(pair.accuracy);
  return json;
}

ordered_json outputs_to_json(const MatrixOutputs& row) {
  ordered_json json = group_key_to_json(row.key);
  json.update({{"against", row.reference},
               {"cases_identical", row.identical},
               {"lowest_sqnr_db", figure_to_json(row.lowest_sqnr_db)},
               {"note", row.note}});
  return json;
}

ordered_json failure_to_json(const MatrixFailure& failure) {
  ordered_json json = place_to_json(failure.key, failure.run);
  json["variant"] = failure.key.variant;
  json["case"] = failure.key.case_name;
  json["status"] = failure.status;
  json["stage"] = failure.stage;
  json["reason"] = failure.reason;
  return json;
}

template <class Item>
ordered_json list_to_json(const std::vector<Item>& items, ordered_json (*to_json)(const Item&)) {
  ordered_json list = ordered_json::array();
  for (const Item& item : items) {
    list.push_back(to_json(item));
  }
  return list;
}

std::string number_field(std::optional<double> value) {
  return value.has_value() ? exact_number(*value) : "";
}

/// The comparison that the candidate's line shows; null for other lines.
const MatrixPair* find_pair(const MatrixView& view, const MatrixRow& row) {
  if (row.key.variant != view.request.candidate) {
    return nullptr;
  }
  CellKey place = row.key;
  place.variant.clear();
  const auto found =
      std::ranges::find_if(view.pairs, [&](const MatrixPair& pair) { return pair.key == place; });
  return found == view.pairs.end() ? nullptr : &*found;
}

}  // namespace

std::string render_matrix_json(const MatrixView& view) {
  ordered_json reference = ordered_json::array();
  for (const auto& [backend, users, measured] : view.reference) {
    reference.push_back(
        {{"backend", backend}, {"users_tokens_per_s", users}, {"measured", measured}});
  }
  const ordered_json document{{"format", "assay-matrix"},
                              {"version", kMatrixVersion},
                              {"baseline", view.request.baseline},
                              {"candidate", view.request.candidate},
                              {"runs", view.runs},
                              {"rows", list_to_json(view.rows, row_to_json)},
                              {"pairs", list_to_json(view.pairs, pair_to_json)},
                              {"rankings", view.rankings},
                              {"outputs", list_to_json(view.outputs, outputs_to_json)},
                              {"failures", list_to_json(view.failures, failure_to_json)},
                              {"reference", reference},
                              {"notes", view.notes}};
  return document.dump(2, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

std::string render_matrix_csv(const MatrixView& view) {
  std::string text =
      "suite,model,variant,backend,threads,device,run,cases,latency_p50_ms,latency_p95_ms,"
      "decode_tokens_per_s,memory_peak_bytes,pte_bytes,accuracy_metric,accuracy,time_ratio,ci_low,"
      "ci_high,time_verdict\n";
  for (const MatrixRow& row : view.rows) {
    const MatrixPair* pair = find_pair(view, row);
    const DeltaView time = pair == nullptr ? DeltaView{} : pair->time;
    const std::array<std::string, 19> fields{row.key.suite,
                                             row.key.model,
                                             row.key.variant,
                                             row.key.backend,
                                             std::to_string(row.key.threads),
                                             row.key.device,
                                             row.run,
                                             row.cases,
                                             number_field(row.latency_p50_ms.value),
                                             number_field(row.latency_p95_ms.value),
                                             number_field(row.decode_tokens_per_s.value),
                                             number_field(row.memory_peak_bytes.value),
                                             number_field(row.pte_bytes.value),
                                             row.accuracy_metric,
                                             number_field(row.accuracy.value),
                                             number_field(time.effect.value),
                                             number_field(time.low),
                                             number_field(time.high),
                                             time.verdict};
    text += csv_line(fields);
  }
  return text;
}

}  // namespace assay::reports
