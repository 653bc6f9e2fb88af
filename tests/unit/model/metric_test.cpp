#include <set>

#include <gtest/gtest.h>

#include <harness/model/metric.h>

namespace assay {
namespace {

TEST(MetricCatalogue, EveryIdIsThereOnceAndCanBeFound) {
  std::set<std::string_view> ids;
  for (const MetricInfo& metric : metric_catalogue()) {
    EXPECT_TRUE(ids.insert(metric.id).second) << metric.id;
    EXPECT_EQ(find_metric(metric.id), &metric);
  }
}

TEST(MetricCatalogue, AnUnknownIdIsNull) { EXPECT_EQ(find_metric("latency"), nullptr); }

TEST(SummaryColumns, NameMetricsOfTheCatalogue) {
  ASSERT_FALSE(summary_columns().empty());
  for (const MetricColumn& column : summary_columns()) {
    EXPECT_NE(find_metric(column.metric), nullptr) << column.metric;
  }
}

}  // namespace
}  // namespace assay
