#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include <unistd.h>

#include <harness/artifacts/loaded_libraries.h>
#include <harness/base/file.h>
#include <harness/session/run_artifacts.h>
#include <harness/session/suite_files.h>
#include <suites/manifest/manifest_parser.h>
#include <suites/task.h>

namespace assay::session {
namespace {

namespace fs = std::filesystem;

using ArtifactNames = std::map<std::pair<std::string, std::string>, Artifact>;  // by role and name

/// A file for another backend than the variant's own has that backend's name at its end.
std::string model_name(const SuiteManifest& manifest, const std::string& variant,
                       const std::string& backend) {
  const auto& variants = manifest.model.variants;
  const auto own = std::ranges::find(variants, variant, &VariantSpec::name);
  return manifest.model.name + "/" + variant +
         (own != variants.end() && own->backend == backend ? "" : "@" + backend);
}

std::string input_name(const SuiteManifest& manifest, const fs::path& file) {
  const fs::path folder = fs::absolute(manifest.file).lexically_normal().parent_path();
  return manifest.name + "/" +
         fs::absolute(file).lexically_normal().lexically_relative(folder).generic_string();
}

/// Collects what one run keeps.
class Keeper {
 public:
  explicit Keeper(artifacts::ArtifactStore& store) : store_(store) {}

  Status keep(std::string_view role, const std::string& name, const fs::path& file) {
    return keep_under(role, name, name, file);
  }

  /// As keep(); `longer_name` is for the case that `name` means another file already.
  Status keep_under(std::string_view role, const std::string& name, const std::string& longer_name,
                    const fs::path& file) {
    std::error_code code;
    if (!fs::is_regular_file(file, code) || ::access(file.c_str(), R_OK) != 0) {
      return {};
    }
    ASSAY_ASSIGN(Artifact artifact, store_.keep(std::string(role), name, file));
    const auto [same_name, added] = kept_.try_emplace({artifact.role, name}, artifact);
    if (!added && same_name->second.sha256 != artifact.sha256) {
      artifact.name = longer_name;
      kept_.try_emplace({artifact.role, longer_name}, artifact);
    }
    return {};
  }

  std::vector<Artifact> finish() {
    std::vector<Artifact> artifacts;
    for (auto& [role_and_name, artifact] : kept_) {
      artifacts.push_back(std::move(artifact));
    }
    return artifacts;
  }

 private:
  artifacts::ArtifactStore& store_;
  ArtifactNames kept_;
};

Status keep_suite(Keeper& keeper, const run::PlannedSuite& suite) {
  const SuiteManifest& manifest = suite.manifest;
  ASSAY_TRY(keeper.keep(artifacts::kSuiteRole, manifest.name, manifest.file));
  for (const VariantSpec& variant : suite.variants) {
    const std::string name = model_name(manifest, variant.name, variant.backend);
    ASSAY_TRY(
        keeper.keep_under(artifacts::kModelRole, name, manifest.name + "/" + name, variant.pte));
  }
  for (const fs::path& file : input_files(manifest, manifest.cases)) {
    ASSAY_TRY(keeper.keep(artifacts::kInputRole, input_name(manifest, file), file));
  }
  return {};
}

/// What a run kept, by role and name.
class Kept {
 public:
  Kept(const artifacts::ArtifactStore& store, const RunInfo& run) : store_(store) {
    for (const Artifact& artifact : run.artifacts) {
      by_name_[{artifact.role, artifact.name}] = artifact;
    }
  }

  std::optional<fs::path> find(std::string_view role, const std::string& name) const {
    const auto found = by_name_.find({std::string(role), name});
    return found == by_name_.end() ? std::nullopt
                                   : std::optional(store_.path_of(found->second.sha256));
  }

  /// Points every path of the manifest at its object. Variants and cases whose files were not kept
  /// are removed.
  void redirect(SuiteManifest& manifest) const {
    const auto object_of = [&](const VariantSpec& variant, const std::string& backend) {
      const std::string name = model_name(manifest, variant.name, backend);
      const auto object = find(artifacts::kModelRole, manifest.name + "/" + name);
      return object ? object : find(artifacts::kModelRole, name);
    };
    for (VariantSpec& variant : manifest.model.variants) {
      variant.pte = object_of(variant, variant.backend).value_or(fs::path());
      std::map<std::string, LoweredFile> others;
      for (const auto& [backend, file] : variant.other_backends) {
        if (const auto object = object_of(variant, backend)) {
          others[backend] = {.pte = *object, .sha256 = file.sha256};
        }
      }
      variant.other_backends = std::move(others);
    }
    std::erase_if(manifest.model.variants, [](const VariantSpec& variant) {
      return variant.pte.empty() && variant.other_backends.empty();
    });
    for (fs::path* file : manifest.task->suite_files(manifest.task_part)) {
      if (!point_at_object(manifest, *file)) {
        file->clear();
      }
    }
    const auto copy_of = [&](const fs::path& file) {
      return find(artifacts::kInputRole, input_name(manifest, file));
    };
    std::erase_if(manifest.cases, [&](CaseSpec& spec) {
      manifest.task->add_named_files(spec, copy_of);
      const auto files = manifest.task->case_files(spec);
      return !std::ranges::all_of(files, [&](const suites::CaseFile& file) {
        return point_at_object(manifest, *file.path);
      });
    });
  }

 private:
  bool point_at_object(const SuiteManifest& manifest, fs::path& file) const {
    const auto object = find(artifacts::kInputRole, input_name(manifest, file));
    file = object.value_or(file);
    return object.has_value();
  }

  const artifacts::ArtifactStore& store_;
  ArtifactNames by_name_;
};

/// The suite as it was when the run was made. Absolute paths in a manifest were noted as seen from
/// where the manifest was, so it is read as if it were there; which of the run's suite files it was
/// is found by trying.
Result<SuiteManifest> restore_suite(const Kept& kept, const RunInfo& run, const std::string& name,
                                    suites::TaskList tasks) {
  const std::optional<fs::path> object = kept.find(artifacts::kSuiteRole, name);
  if (!object) {
    return make_error(ErrorCode::kNotFound,
                      "run {} cannot be measured again: it did not keep the suite '{}'", run.id,
                      name);
  }
  ASSAY_ASSIGN(const std::string text, read_text_file(*object));
  std::optional<SuiteManifest> best;
  for (const std::string& file : run.options.suites) {
    Result<SuiteManifest> manifest = suites::parse_manifest(text, file, tasks);
    if (!manifest.ok()) {
      return make_error(ErrorCode::kCorrupt, "run {} cannot be measured again: its suite: {}",
                        run.id, manifest.error().message);
    }
    kept.redirect(*manifest);
    if (!best || best->cases.size() < manifest->cases.size()) {
      best = std::move(manifest).value();
    }
  }
  if (!best) {
    return make_error(ErrorCode::kCorrupt, "run {} names no suite file", run.id);
  }
  return *std::move(best);
}

}  // namespace

Result<std::vector<Artifact>> keep_run_artifacts(artifacts::ArtifactStore& store,
                                                 const run::RunPlan& plan,
                                                 const fs::path& worker_program) {
  Keeper keeper(store);
  ASSAY_TRY(
      keeper.keep(artifacts::kWorkerRole, worker_program.filename().string(), worker_program));
  for (const fs::path& library : artifacts::loaded_libraries()) {
    ASSAY_TRY(keeper.keep(artifacts::kLibraryRole, library.filename().string(), library));
  }
  for (const run::PlannedSuite& suite : plan.suites) {
    ASSAY_TRY(keep_suite(keeper, suite));
  }
  ASSAY_TRY(store.save_hashes());
  return keeper.finish();
}

Result<SuiteManifest> restore_suite(const artifacts::ArtifactStore& store, const RunInfo& run,
                                    const std::string& suite, suites::TaskList tasks) {
  return restore_suite(Kept(store, run), run, suite, tasks);
}

Result<RestoredRun> restore_run(const artifacts::ArtifactStore& store, const RunInfo& run,
                                const fs::path& folder, suites::TaskList tasks) {
  ASSAY_TRY(artifacts::verify_artifacts(store, run));
  RestoredRun restored;
  ASSAY_ASSIGN(restored.program, artifacts::restore_program(store, run, folder));
  const Kept kept(store, run);
  for (const auto& [suite, sha256] : run.suite_sha256) {
    ASSAY_ASSIGN(SuiteManifest manifest, restore_suite(kept, run, suite, tasks));
    restored.suites.push_back(std::move(manifest));
  }
  return restored;
}

}  // namespace assay::session
