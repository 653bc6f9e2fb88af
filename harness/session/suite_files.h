#pragma once

// Which files a suite's tasks and cases name, for whoever keeps them or sends them elsewhere.

#include <filesystem>
#include <vector>

#include <harness/model/manifest.h>
#include <harness/run/plan.h>

namespace assay::session {

/// The files that the suite's task and cases name, or that those files name (see
/// suites::Task::add_named_files()): `cases` of the suite.
std::vector<std::filesystem::path> input_files(const SuiteManifest& manifest,
                                               const std::vector<CaseSpec>& cases);

/// Every file that the picked variants and cases need, the manifest first; also files that are not
/// there, whose cells will say so. None twice.
std::vector<std::filesystem::path> files_of_suite(const run::PlannedSuite& suite);

}  // namespace assay::session
