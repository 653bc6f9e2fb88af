#include <algorithm>

#include <harness/base/hash.h>
#include <harness/run/runner.h>
#include <harness/session/gate_measure.h>

namespace assay::session {
namespace {

template <class Item>
const Item* find_named(const std::vector<Item>& items, const std::string& name) {
  const auto found =
      std::ranges::find_if(items, [&](const Item& item) { return item.name == name; });
  return found == items.end() ? nullptr : &*found;
}

}  // namespace

/// One cell's parts in a restored run.
struct RemeasuredRuns::Found {
  const SuiteManifest* suite = nullptr;
  std::optional<VariantSpec> variant = {};  ///< lowered for the cell's backend
  const CaseSpec* spec = nullptr;
  std::string pte_sha256;
};

RemeasuredRuns::RemeasuredRuns(artifacts::StoreLock lock, TemporaryFolder folder)
    : lock_(std::move(lock)), folder_(std::move(folder)) {}

Result<std::unique_ptr<RemeasuredRuns>> RemeasuredRuns::restore(
    const std::filesystem::path& database, const RunInfo& baseline, const RunInfo& candidate,
    suites::TaskList tasks) {
  const artifacts::ArtifactStore store(artifacts::ArtifactStore::folder_beside(database));
  ASSAY_ASSIGN(artifacts::StoreLock lock, store.lock_for_use());
  ASSAY_ASSIGN(TemporaryFolder folder, TemporaryFolder::make("gate"));
  std::unique_ptr<RemeasuredRuns> runs(new RemeasuredRuns(std::move(lock), std::move(folder)));
  const auto fill = [&](Side& side, const RunInfo& info, const char* name) -> Status {
    side.info = info;
    ASSAY_ASSIGN(side.run, restore_run(store, info, runs->folder_.path() / name, tasks));
    side.program_sha256 = artifacts::program_sha256(info.artifacts);
    return {};
  };
  ASSAY_TRY(fill(runs->baseline_, baseline, "baseline"));
  ASSAY_TRY(fill(runs->candidate_, candidate, "candidate"));
  return runs;
}

std::optional<RemeasuredRuns::Found> RemeasuredRuns::find(const Side& side, const CellKey& key) {
  const SuiteManifest* suite = find_named(side.run.suites, key.suite);
  if (suite == nullptr) {
    return std::nullopt;
  }
  const VariantSpec* variant = find_named(suite->model.variants, key.variant);
  Found found{.suite = suite, .spec = find_named(suite->cases, key.case_name)};
  if (variant != nullptr) {
    found.variant = variant->lowered_for(key.backend);
  }
  if (!found.variant || found.variant->pte.empty() || found.spec == nullptr) {
    return std::nullopt;
  }
  // Objects are named by their hash.
  found.pte_sha256 = found.variant->pte.filename().string();
  return found;
}

std::optional<Question> RemeasuredRuns::question_of(const CellKey& key) const {
  const auto a = find(baseline_, key);
  const auto b = find(candidate_, key);
  const bool other_program = baseline_.program_sha256 != candidate_.program_sha256;
  const bool other_model = a && b && a->pte_sha256 != b->pte_sha256;
  if (other_program && other_model) {
    return Question::kBoth;
  }
  if (other_model) {
    return Question::kModel;
  }
  return other_program ? std::optional(Question::kRuntime) : std::nullopt;
}

SideBySide RemeasuredRuns::measure(const CellKey& key, Question question, int attempt,
                                   double budget_s, std::uint64_t seed,
                                   const std::atomic<bool>& stop) const {
  const auto in_baseline = find(baseline_, key);
  const auto in_candidate = find(candidate_, key);
  if (!in_baseline || !in_candidate) {
    return {.key = key,
            .question = question,
            .attempt = attempt,
            .failure = fmt::format("the {} did not keep this case or variant",
                                   in_baseline ? "candidate" : "baseline")};
  }
  const auto side = [](const Side& program, const Found& model) {
    return run::SideProgram{
        .model = &model.suite->model,
        .variant = &*model.variant,
        .worker_program = program.run.program.program,
        .library_folder = program.run.program.library_folder,
        .identity = {.program_sha256 = program.program_sha256, .pte_sha256 = model.pte_sha256}};
  };
  // The side that is asked about is the baseline's; everything else is the candidate's.
  const Side& program = question == Question::kModel ? candidate_ : baseline_;
  const Found& model = question == Question::kRuntime ? *in_candidate : *in_baseline;
  const auto adapter = suites::make_task_adapter(*in_candidate->suite);
  return run::measure_side_by_side({.key = key,
                                    .question = question,
                                    .attempt = attempt,
                                    .spec = in_candidate->spec,
                                    .a = side(program, model),
                                    .b = side(candidate_, *in_candidate),
                                    .budget_s = budget_s,
                                    .measure = in_candidate->suite->measure,
                                    .cpus = run::choose_cpus(key.threads),
                                    .seed = seed},
                                   *adapter, stop);
}

}  // namespace assay::session
