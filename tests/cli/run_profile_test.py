"""`assay run --profile`: a pass of its own that says where the time goes, and costs no cell anything."""

import json

import support

VAD = support.SOURCE / "suites/vad.json"


class RunProfile(support.CliTest):
    def run_vad(self, *arguments: object):
        return self.run_assay("run", VAD, "--db", self.db, "--case", "speech-clean-1", "--repeat", 8, *arguments)

    def report(self) -> dict:
        result = self.run_assay("report", "--db", self.db, "--format", "json")
        self.assert_exit(result, 0)
        return json.loads(result.stdout)

    def test_kernels_are_named_and_their_times_are_part_of_the_whole(self):
        result = self.run_vad("--variant", "int8,int4", "--profile")
        self.assert_exit(result, 0)
        self.assertIn("Convolution (NHWC, QC8)", result.stdout)
        self.assertIn("(coverage)", result.stdout)
        self.assertIn("(overhead)", result.stdout)
        int8, int4 = self.report()["benches"][0]["profiles"]
        self.assertEqual((int8["variant"], int4["variant"], int8["case"]), ("int8", "int4", "speech-clean-1"))
        self.assertTrue(any("QB4W" in row["name"] for row in int4["operators"]))
        self.assertFalse(any("QB4W" in row["name"] for row in int8["operators"]))
        for profile in (int8, int4):
            leaves = sum(row["total_ns"] for row in profile["operators"] if row["leaf"])
            # Leaves share no time, so they cannot exceed the whole. Measured: 0.52 to 0.68; XNNPACK rounds down.
            self.assertAlmostEqual(leaves / profile["traced_wall_ns"], profile["coverage"])
            self.assertGreater(profile["coverage"], 0.2)
            self.assertLessEqual(profile["coverage"], 1)
            for row in profile["operators"]:
                self.assertEqual(row["calls"], profile["executions"], row["name"])

    def test_without_the_option_there_is_no_profile(self):
        result = self.run_vad("--variant", "int8")
        self.assert_exit(result, 0)
        self.assertNotIn("where the time goes", result.stdout)
        self.assertEqual(self.report()["benches"][0]["profiles"], [])

    def test_an_engine_that_cannot_trace_says_so_and_its_cells_pass(self):
        suite = self.suite([self.fake_model("fp32")], [self.case("one")])
        result = self.run_assay("run", suite, "--db", self.db, "--profile", fake=True)
        self.assert_exit(result, 0)
        self.assertIn("fp32: no profile: profile: this engine does not trace operators", result.stdout)
        self.assertEqual(self.cells()["one", "fp32"][0], "pass")
        self.assertIn("does not trace", self.report()["benches"][0]["profiles"][0]["problem"])

    def test_a_crash_in_the_profile_pass_costs_no_other_profile(self):
        variants = [self.fake_model("good"), self.fake_model("bad", fail={"when": "load", "how": "crash"})]
        suite = self.suite(variants, [self.case("one")])
        result = self.run_assay("run", suite, "--db", self.db, "--profile", fake=True)
        self.assert_exit(result, 1)
        self.assertIn("good: no profile: profile: this engine", result.stdout)
        self.assertIn("bad: no profile: load: ", result.stdout)
        self.assertEqual(self.cells()["one", "good"][0], "pass")

    def test_the_json_summary_stays_json(self):
        result = self.run_vad("--variant", "int8", "--profile", "--format", "json")
        self.assert_exit(result, 0)
        self.assertEqual(len(json.loads(result.stdout)["cells"]), 1)


if __name__ == "__main__":
    support.main()
