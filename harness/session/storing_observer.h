#pragma once

// Between the runner and the store: every finished cell is stored at once, and what an outcome
// needs of it is kept.

#include <utility>

#include <harness/base/progress.h>
#include <harness/run/runner.h>
#include <harness/session/run_session.h>
#include <harness/store/store.h>

namespace assay::session {

/// Fills `outcome` with each cell, without its samples. Refers to its arguments.
class StoringObserver : public run::RunObserver {
 public:
  StoringObserver(store::Store& store, Fingerprint fingerprint, RunOutcome& outcome,
                  Progress& progress)
      : store_(store),
        fingerprint_(std::move(fingerprint)),
        outcome_(outcome),
        progress_(progress) {}

  void on_start(const std::string& suite, const std::string& what) override {
    progress_.doing(suite + ": " + what);
  }

  Status on_profile(const ProfileRecord& profile) override {
    outcome_.profiles.push_back(profile);
    return store_.save_profile(outcome_.run_id, profile);
  }

  Status on_cell(const Cell& cell) override {
    ASSAY_TRY(store_.save_cell(outcome_.run_id, cell));
    outcome_.quality.push_back(measure::assess_cell(cell, fingerprint_));
    Cell& kept = outcome_.cells.emplace_back(cell);
    kept.blocks.clear();
    kept.series.clear();
    progress_.step_done();
    return {};
  }

 private:
  store::Store& store_;
  Fingerprint fingerprint_;
  RunOutcome& outcome_;
  Progress& progress_;
};

}  // namespace assay::session
