#pragma once

// The profile of one variant, ready to be laid out: a line on how far it can be trusted, and a
// table that accounts for all of an inference.

#include <cstddef>
#include <string>

#include <harness/model/profile.h>
#include <reports/canvas/text_table.h>

namespace assay::reports {

struct ProfileView {
  std::string variant;
  std::string summary;      ///< time, executions, coverage, overhead; or why there is no profile
  std::string granularity;  ///< what the delegate's clock does not see; empty when it sees all
  Table table;              ///< the slowest first, then what is in no operator; empty on a problem
  ProfileRecord record;     ///< for the machine-readable formats
};

/// `rows` operators at most; the others are added up in one more row.
ProfileView make_profile_view(const ProfileRecord& record, std::size_t rows);

/// Variant, summary and granularity as one paragraph, then the table.
std::string render_profile_text(const ProfileView& view);

}  // namespace assay::reports
