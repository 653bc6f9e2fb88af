#include <algorithm>
#include <nlohmann/json.hpp>
#include <span>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <harness/cli/views/artifact_listing.h>
#include <reports/canvas/format.h>
#include <reports/canvas/text_table.h>

namespace assay::cli {
namespace {

using artifacts::ListedObject;

constexpr std::size_t kShownDigits = 12;

std::uint64_t total_bytes(std::span<const ListedObject> objects) {
  std::uint64_t total = 0;
  for (const ListedObject& object : objects) {
    total += object.missing ? 0 : object.bytes;
  }
  return total;
}

std::string objects_table(const std::vector<ListedObject>& objects) {
  reports::Table table{.columns = {{"sha256"},
                                   {"size", reports::ColumnKind::kNumber},
                                   {"runs", reports::ColumnKind::kNumber},
                                   {"role"},
                                   {"name", reports::ColumnKind::kText, reports::kUncut}}};
  for (const ListedObject& object : objects) {
    table.rows.push_back(
        {object.sha256.substr(0, kShownDigits),
         reports::format_bytes(static_cast<double>(object.bytes)), std::to_string(object.runs),
         object.roles.empty() ? "-" : fmt::format("{}", fmt::join(object.roles, ",")),
         object.name + (object.missing ? "  MISSING" : "")});
  }
  return render_text_table(table, {.head = reports::TableHead::kTitles});
}

}  // namespace

std::string format_artifacts(const session::ArtifactListing& listing) {
  const std::vector<ListedObject>& objects = listing.objects;
  const auto missing = std::ranges::count_if(objects, &ListedObject::missing);
  const auto unused = std::ranges::count(objects, 0U, &ListedObject::runs);
  std::string text = fmt::format("{}: {} objects, {}", listing.folder.string(),
                                 objects.size() - static_cast<std::size_t>(missing),
                                 reports::format_bytes(static_cast<double>(total_bytes(objects))));
  text += unused > 0 ? fmt::format(", {} that no run needs", unused) : "";
  text += missing > 0 ? fmt::format(", {} missing", missing) : "";
  text += '\n';
  return objects.empty() ? text : text + objects_table(objects);
}

std::string artifacts_json(const session::ArtifactListing& listing) {
  auto list = nlohmann::ordered_json::array();
  for (const ListedObject& object : listing.objects) {
    list.push_back({{"sha256", object.sha256},
                    {"bytes", object.bytes},
                    {"roles", object.roles},
                    {"name", object.name},
                    {"runs", object.runs},
                    {"missing", object.missing}});
  }
  const nlohmann::ordered_json document{{"folder", listing.folder.string()},
                                        {"bytes", total_bytes(listing.objects)},
                                        {"objects", std::move(list)}};
  return document.dump(2) + "\n";
}

std::string format_prune(const session::PruneOutcome& outcome, bool dry_run) {
  std::string text;
  if (outcome.forgotten_runs) {
    text =
        fmt::format("{} {} run{}\n", dry_run ? "would forget the artefacts of" : "forgot those of",
                    *outcome.forgotten_runs, *outcome.forgotten_runs == 1 ? "" : "s");
  }
  return text + fmt::format("{} {} objects ({}) and {} unfinished copies\n",
                            dry_run ? "would remove" : "removed", outcome.objects,
                            reports::format_bytes(static_cast<double>(outcome.bytes)),
                            outcome.leftovers);
}

}  // namespace assay::cli
