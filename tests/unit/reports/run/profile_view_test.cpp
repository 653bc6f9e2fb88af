#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <reports/run/profile_view.h>
#include <reports/run/report_model.h>
#include <reports/run/report_renderers.h>
#include <tests/fakes/fake_run.h>
#include <tests/fakes/known_units.h>

namespace assay::reports {
namespace {

using enum OperatorKind;
using ::testing::HasSubstr;
using ::testing::Not;

/// Four executions of 25 µs.
ProfileRecord example_profile() {
  ProfileRecord record{.profile = {.operators = {{"DELEGATE_CALL", kDelegateCall, 4, 80'000},
                                                 {"Add #1", kDelegateNode, 4, 10'000},
                                                 {"Conv <b> #1", kDelegateNode, 4, 50'000},
                                                 {"Clamp #1", kDelegateNode, 4, 0},
                                                 {"native_call_index", kOperator, 2, 12'000}},
                                   .executions = 4,
                                   .left_out = 1,
                                   .traced_wall_ns = 100'000,
                                   .traced_median_ns = 25'000,
                                   .untraced_median_ns = 20'000}};
  record.key = {.suite = "vad",
                .case_name = "noise",
                .model = "silero-vad",
                .variant = "int8",
                .backend = "xnnpack",
                .threads = 1,
                .device = "local"};
  return record;
}

TEST(ProfileView, TheSlowestOperatorIsFirstAndTheSharesMakeAWhole) {
  const Table table = make_profile_view(example_profile(), 10).table;
  EXPECT_EQ(table.rows,
            (std::vector<Row>{{"50.0 %", "12.50", "1", "Conv <b> #1"},
                              {"12.0 %", "3.00", "0.500", "native_call_index"},
                              {"10.0 %", "2.50", "1", "Add #1"},
                              {"0.0 %", "0.00", "1", "Clamp #1"},
                              {"20.0 %", "5.00", "", "(in a delegate, in none of its nodes)"},
                              {"8.0 %", "2.00", "", "(outside every operator)"}}));
}

TEST(ProfileView, OperatorsBeyondTheLimitAreAddedUp) {
  const Table table = make_profile_view(example_profile(), 2).table;
  EXPECT_EQ(table.rows[2], (Row{"10.0 %", "2.50", "2", "(2 more)"}));
}

TEST(ProfileView, TheSummarySaysHowFarItCanBeTrusted) {
  const ProfileView view = make_profile_view(example_profile(), 10);
  EXPECT_THAT(view.summary, HasSubstr("25.0 µs an inference"));
  EXPECT_THAT(view.summary, HasSubstr("72.0 % of it (coverage)"));
  EXPECT_THAT(view.summary, HasSubstr("1.250x one without (overhead)"));
  EXPECT_THAT(view.summary, HasSubstr("1 more were interrupted"));
}

TEST(ProfileView, NodesBelowTheDelegatesClockAreCounted) {
  const ProfileView view = make_profile_view(example_profile(), 10);
  EXPECT_THAT(view.granularity, HasSubstr("granularity 1 µs"));
  EXPECT_THAT(view.granularity, HasSubstr("1 of 3 nodes read 0"));
  EXPECT_THAT(view.granularity, HasSubstr("up to 3.0 µs an inference are missing"));
}

TEST(ProfileView, AProblemTakesThePlaceOfATable) {
  const ProfileView view =
      make_profile_view({.key = {.variant = "int8"}, .problem = "cannot trace"}, 10);
  EXPECT_EQ(render_profile_text(view), "int8: no profile: cannot trace\n");
}

class ReportWithProfile : public testing::Test {
 protected:
  static ReportModel model() {
    RunRecord run = fakes::make_vad_run();
    run.profiles.push_back(example_profile());
    return std::move(build_report(run, {}, fakes::known_units())).value();
  }
};

TEST_F(ReportWithProfile, MarkdownHasTheTable) {
  EXPECT_THAT(render_markdown(model()), HasSubstr("Where the time goes"));
  EXPECT_THAT(render_markdown(model()), HasSubstr("native\\_call\\_index"));
}

TEST_F(ReportWithProfile, HtmlHasTheTableEscaped) {
  const std::string html = render_html(model());
  EXPECT_THAT(html, HasSubstr("Where the time goes"));
  EXPECT_THAT(html, HasSubstr("Conv &lt;b"));
  EXPECT_THAT(html, Not(HasSubstr("Conv <b>")));
}

TEST_F(ReportWithProfile, JsonHasEveryOperatorAsNumbers) {
  const std::string json = render_json(model());
  EXPECT_THAT(json, HasSubstr("\"coverage\": 0.72"));
  EXPECT_THAT(json, HasSubstr("\"kind\": \"delegate_call\""));
}

TEST(Report, WithoutAProfilePassThereIsNothingAboutProfiles) {
  const ReportModel model =
      std::move(build_report(fakes::make_vad_run(), {}, fakes::known_units())).value();
  EXPECT_THAT(render_markdown(model), Not(HasSubstr("Where the time goes")));
  EXPECT_THAT(render_html(model), Not(HasSubstr("Where the time goes")));
}

}  // namespace
}  // namespace assay::reports
