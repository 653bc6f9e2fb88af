#pragma once

// Which files a suite's tasks and cases name, for whoever keeps them or sends them elsewhere.

#include <filesystem>
#include <vector>

#include <harness/model/manifest.h>
#include <harness/run/plan.h>

namespace assay::session {

/// The file that the task itself may need; null if it has no such thing.
std::filesystem::path* file_of_task(TaskSpec& task);

/// The files that a case names.
std::vector<std::filesystem::path*> files_of_case(CaseSpec& spec);

/// Every file that the picked variants and cases need, the manifest first; also files that are not
/// there, whose cells will say so. None twice.
std::vector<std::filesystem::path> files_of_suite(const run::PlannedSuite& suite);

}  // namespace assay::session
