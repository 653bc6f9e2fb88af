#pragma once

// One metric over the runs, read without the rest of the runs. Internal to harness/store.

#include <harness/model/metric_history.h>
#include <harness/store/database.h>
#include <harness/store/store.h>

namespace assay::store {

Result<MetricHistory> read_metric_history(Database& database, const HistoryFilter& filter);

}  // namespace assay::store
