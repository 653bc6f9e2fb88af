#pragma once

// What `assay run` does with each finished cell: stores it at once, shows progress, and keeps what
// its summary needs.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <harness/cli/progress.h>
#include <harness/cli/run_summary.h>
#include <harness/run/runner.h>
#include <harness/store/store.h>

namespace assay::cli {

/// Stores every finished cell and keeps it, without its samples, for the summary.
class StoringObserver : public run::RunObserver {
 public:
  StoringObserver(store::Store& store, std::int64_t run_id, Fingerprint fingerprint,
                  std::size_t total, bool progress_lines)
      : store_(store),
        fingerprint_(std::move(fingerprint)),
        progress_(std::make_unique<Progress>(total, progress_lines)) {
    summary_.run_id = run_id;
  }

  void on_start(const std::string& suite, const std::string& what) override {
    progress_->doing(suite + ": " + what);
  }

  Status on_profile(const ProfileRecord& profile) override {
    profiles_.push_back(profile);
    return store_.save_profile(summary_.run_id, profile);
  }

  Status on_cell(const Cell& cell) override {
    ASSAY_TRY(store_.save_cell(summary_.run_id, cell));
    summary_.quality.push_back(measure::assess_cell(cell, fingerprint_));
    Cell& kept = summary_.cells.emplace_back(cell);
    kept.blocks.clear();
    kept.series.clear();
    progress_->cell_done();
    return {};
  }

  /// Ends the progress bar.
  void finish() { progress_.reset(); }
  /// What there is to say about the cells.
  RunSummary& summary() { return summary_; }
  const std::vector<ProfileRecord>& profiles() const { return profiles_; }

 private:
  store::Store& store_;
  Fingerprint fingerprint_;
  std::unique_ptr<Progress> progress_;
  RunSummary summary_;
  std::vector<ProfileRecord> profiles_;
};

}  // namespace assay::cli
