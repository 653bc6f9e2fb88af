"""What a run says about its own figures: unsupported percentiles, validity, warnings, sustained load."""

import json
import xml.etree.ElementTree

import support

COUNTED_RUNS = """SELECT variant, sum(sample_count) FROM cell JOIN sample_block USING (cell_id)
                  WHERE NOT warmup AND NOT same_input AND NOT repeated GROUP BY variant"""


class RunQuality(support.CliTest):
    def run_suite(self, variants: list[dict], *arguments: object, **overrides):
        suite = self.suite(variants, [self.case("one")], **overrides)
        return self.run_assay("run", suite, "--db", self.db, *arguments, fake=True)

    def run_json(self, variants: list[dict], *arguments: object, code: int = 0) -> dict:
        result = self.run_suite(variants, *arguments, "--format", "json")
        self.assert_exit(result, code)
        return json.loads(result.stdout)

    def report(self, format: str) -> str:
        result = self.run_assay("report", "--db", self.db, "--format", format)
        self.assert_exit(result, 0)
        return result.stdout

    def test_a_percentile_of_too_few_runs_is_never_a_number(self):
        result = self.run_suite([self.fake_model("a"), self.fake_model("b")], "--repeat", 120)
        self.assert_exit(result, 0)
        self.assertIn("unsupported: 120 of 662 runs", result.stdout)
        stored = {row[0] for row in self.query("SELECT metric FROM cell_score WHERE metric LIKE 'latency_p%'")}
        self.assertEqual(stored, {"latency_p50_ms", "latency_p90_ms"})
        for format in ("html", "md"):
            self.assertIn("unsupported: 120 of 662 runs", self.report(format), format)
        scores = {score["metric"]: score for score in json.loads(self.report("json"))["cells"][0]["scores"]}
        self.assertIsNone(scores["latency_p99_ms"]["value"])
        self.assertEqual(scores["latency_p99_ms"]["needs"], 662)
        compared = self.run_assay("compare", "--axis", "variant", "a", "b", "--db", self.db)
        self.assertIn("unsupported: 120 of 662 runs", compared.stdout)

    def test_a_threshold_on_an_unsupported_percentile_does_not_pass(self):
        thresholds = [{"metric": "latency_p99_ms", "max": 1000}]
        self.assert_exit(self.run_suite([self.fake_model("a")], "--repeat", 120, thresholds=thresholds), 1)
        status, stage, reason = self.cells()["one", "a"]
        self.assertEqual((status, stage), ("fail", "score"))
        self.assertIn("latency_p99_ms has a threshold and is unsupported: 120 of 662 runs", reason)

    def test_too_few_executions_are_invalid_and_the_exit_code_stays(self):
        document = self.run_json([self.fake_model("a")], "--repeat", 10)
        self.assertEqual(document["cells"][0]["status"], "pass")
        self.assertEqual(document["cells"][0]["valid"], False)
        self.assertEqual(document["cells"][0]["invalid"], ["too few executions: 10; a median needs 11"])
        self.assertEqual(document["quality"]["invalid"], 1)

    def test_a_report_shows_invalid_cells_and_junit_fails_them(self):
        self.assert_exit(self.run_suite([self.fake_model("a")], "--repeat", 10), 0)
        suite = xml.etree.ElementTree.fromstring(self.report("junit")).find("testsuite")
        self.assertEqual(suite.get("failures"), "1")
        self.assertIn("INVALID: too few executions: 10", suite.find("testcase/failure").get("message"))
        self.assertIn("INVALID: 1 of 1 cell", self.report("md"))
        self.assertIn("INVALID: 1 of 1 cell", self.report("html"))
        self.assertFalse(json.loads(self.report("json"))["all_passed"])

    def test_enough_equal_executions_are_valid_in_one_line(self):
        result = self.run_suite([self.fake_model("a"), self.fake_model("b")], "--repeat", 20)
        self.assert_exit(result, 0)
        self.assertIn("\nVALID: all 2 measured cells\n", result.stdout)
        self.assertIn(" blocks in 1 pair of processes; ", result.stdout)

    def test_an_engine_that_remembers_an_answer_is_invalid(self):
        document = self.run_json([self.fake_model("cache", latency_us=3000, latency_of_known_us=100)],
                                 "--min-runs", 20, "--pairs", 1)
        self.assertEqual(len(document["cells"][0]["invalid"]), 1)
        self.assertIn("as if answers were remembered", document["cells"][0]["invalid"][0])

    def test_outputs_that_vary_are_invalid_and_fail(self):
        document = self.run_json([self.fake_model("a", fail={"when": "execute", "at": 60, "how": "vary"})], code=1)
        self.assertIn("gave other outputs than the accuracy pass", document["cells"][0]["invalid"][0])

    def test_every_variant_gets_the_runs_asked_for_over_several_pairs_of_processes(self):
        variants = [self.fake_model("quick", latency_us=300), self.fake_model("slow", latency_us=1500)]
        result = self.run_suite(variants, "--min-runs", 900, "--min-time", 0.1, "--pairs", 3)
        self.assert_exit(result, 0)
        runs = dict(self.query(COUNTED_RUNS))
        self.assertGreaterEqual(runs["quick"], 900)
        self.assertGreaterEqual(runs["slow"], 900)

    def test_a_limit_on_measured_time_ends_a_case_before_its_runs(self):
        self.run_suite([self.fake_model("a", latency_us=2000)], "--min-runs", 5000, "--max-time", 0.3, "--pairs", 2)
        ((_, runs),) = self.query(COUNTED_RUNS)
        self.assertLess(runs, 300)

    def test_two_speeds_are_warned_of_with_advice(self):
        result = self.run_suite([self.fake_model("a", latency_us=1000, slow_every=2, slow_latency_us=3000)],
                                "--repeat", 200)
        self.assert_exit(result, 0)
        self.assertRegex(result.stdout, r"\nwarning: bimodal \(1 cell\): the latencies have two modes .*\. Look for ")
        self.assertIn("bimodal", self.report("md"))
        kinds = [warning["kind"] for warning in json.loads(self.report("json"))["quality"]["warnings"]]
        self.assertIn("bimodal", kinds)

    def test_sustained_load_shows_the_course_and_that_the_ranking_changed(self):
        # By the number of executions, not by time: a busy machine must not change the outcome.
        variants = [self.fake_model("steady", latency_us=3000),
                    self.fake_model("tired", latency_us=500, slow_after=1500, slow_latency_us=8000)]
        result = self.run_suite(variants, "--sustain", 0.1)
        self.assert_exit(result, 0)
        self.assertIn("fake / one under load for 0.", result.stdout)
        ranking = "the ranking changed between the first and the last tenth of the time: tired, steady; then steady, tired"
        self.assertIn(ranking, result.stdout)
        self.assertIn("the ranking changed", self.report("html"))
        self.assertIn("the ranking changed", self.report("md"))
        sustained = json.loads(self.report("json"))["quality"]["sustained"]
        self.assertEqual(len(sustained), 1)
        self.assertTrue(sustained[0]["ranking_changed"])
        self.assertEqual(len(sustained[0]["p50_ms"]["tired"]), 10)

    def test_without_sustain_there_is_no_course(self):
        document = self.run_json([self.fake_model("a")], "--repeat", 20)
        self.assertEqual(document["quality"]["sustained"], [])


if __name__ == "__main__":
    support.main()
