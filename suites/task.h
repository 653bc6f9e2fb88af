#pragma once

// A task (vad, llm, asr) as the harness sees it: everything that knows it stands in its folder,
// suites/tasks/<task>/. docs/internals/tasks.md says how to write one.

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <harness/base/json.h>
#include <harness/base/result.h>
#include <harness/model/manifest.h>
#include <harness/model/units.h>
#include <suites/task_adapter.h>

namespace assay::suites {

/// A file that a case names, by the key that the manifest has for it: "wav", "golden", "labels".
struct CaseFile {
  std::string_view role;
  std::filesystem::path* path = nullptr;
};

/// The tensor of a golden that decisions are made from, and the score from which they are positive.
struct DecisionTensor {
  std::string_view name;
  double threshold = 0;
};

/// Where the contents of a file are: the file itself, or a copy of it. Nothing: there is none.
using FindCopy =
    std::function<std::optional<std::filesystem::path>(const std::filesystem::path& file)>;

/// Has no state; one object serves all suites.
class Task {
 public:
  virtual ~Task() = default;
  /// What a manifest calls it; also the key of the task's own object there.
  virtual std::string_view name() const = 0;

  /// Reads the task's own object. Relative paths start at `folder`. Errors: kUsage, naming the
  /// place.
  virtual Result<TaskPart> read_suite(const JsonValue& object,
                                      const std::filesystem::path& folder) const = 0;
  /// Reads one case. Errors: kUsage, naming the place.
  virtual Result<CaseSpec> read_case(const JsonValue& value,
                                     const std::filesystem::path& folder) const = 0;
  /// The suite's part in a line, without the task's name.
  virtual std::string describe(const TaskPart& suite) const = 0;

  /// The files that the task itself needs, whatever the case. Empty paths are left out.
  virtual std::vector<std::filesystem::path*> suite_files(TaskPart& /*suite*/) const { return {}; }
  /// The files that a case names, without empty paths.
  virtual std::vector<CaseFile> case_files(CaseSpec& spec) const = 0;
  /// Puts into `spec` the files that are named by its files alone, such as the recording that a
  /// list of its parts is about. What cannot be read adds nothing: its case will fail.
  virtual void add_named_files(CaseSpec& /*spec*/, const FindCopy& /*copy_of*/) const {}

  /// `manifest` is of this task and must outlive the adapter.
  virtual std::unique_ptr<TaskAdapter> make_adapter(const SuiteManifest& manifest) const = 0;
  /// What of a golden are decisions, for whoever replaces one.
  virtual std::optional<DecisionTensor> decision_tensor(const TaskPart& /*suite*/) const {
    return std::nullopt;
  }

  virtual const UnitKind& unit() const = 0;
  /// The units of a stored cell, from its series. Nothing when the series are not of this task:
  /// they must be told apart by name from those of all others.
  virtual std::optional<UnitTable> units_of(const Cell& cell) const = 0;
  /// The texts of a suite whose files are those of `manifest`, wherever they are now. Null when the
  /// task has none; what cannot be read is unknown.
  virtual std::unique_ptr<UnitTexts> texts(const SuiteManifest& /*manifest*/) const {
    return nullptr;
  }
};

/// The tasks that a program knows, in the order in which they are asked.
using TaskList = std::span<const Task* const>;

/// Those in suites/tasks/. Static lifetime.
TaskList built_in_tasks();

/// Null for an unknown name.
const Task* find_task(TaskList tasks, std::string_view name);

}  // namespace assay::suites
