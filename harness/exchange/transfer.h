#pragma once

// Runs out of a results database and into one: `assay db export`, `import` and `merge`.

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include <harness/base/result.h>

namespace assay::exchange {

enum class ExportFormat {
  kJson,  ///< everything: docs/internals/exchange.md
  kCsv,   ///< one line a score
};

struct ExportRequest {
  std::filesystem::path database;
  std::string run = "latest";  ///< as Store::find_run() takes it
  ExportFormat format = ExportFormat::kJson;
  bool samples = false;  ///< with kJson: also every sample, and every value a step
};

struct ExportedRun {
  std::int64_t run_id = 0;
  std::string text;
};

/// Errors: kUsage for samples in CSV, which has no room for them; kNotFound, kDatabase.
Result<ExportedRun> export_run(const ExportRequest& request);

struct ImportedRun {
  std::string uuid;
  std::int64_t run_id = 0;
  bool was_stored = false;  ///< before: nothing was changed
  std::size_t cells = 0;
  std::size_t dropped_artifacts = 0;  ///< that the document names: their bytes lie elsewhere
  bool has_samples = false;
};

/// Stores the run of a JSON file: one that export_run() wrote, or the older "assay-import" of other
/// programs (docs/internals/import.md). The file is read to its end before a database is made.
/// Errors: kUsage, with the JSON pointer of what is wrong; kNotFound, kIo, kDatabase.
Result<ImportedRun> import_run(const std::filesystem::path& file,
                               const std::filesystem::path& database);

/// What one file added.
struct MergedFile {
  std::filesystem::path file;
  std::string problem;  ///< why nothing of it was merged; empty: it was
  std::size_t new_runs = 0;
  std::size_t completed_runs = 0;  ///< were stored and gained cells
  std::size_t unchanged_runs = 0;
  std::uint64_t new_cells = 0;
  std::uint64_t unchanged_cells = 0;
};

/// Brings the runs of other databases into `database`, file by file; what cannot be merged is its
/// own entry's problem. `database` is made for the first file that can be read, so that a name
/// typed wrong makes none.
std::vector<MergedFile> merge_files(const std::vector<std::string>& others,
                                    const std::filesystem::path& database);

}  // namespace assay::exchange
