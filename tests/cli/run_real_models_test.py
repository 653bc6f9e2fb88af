"""The committed suite on the real runtime: what a newcomer runs first."""

import json

import support

SUITE = support.SOURCE / "suites/vad.json"
SHORT_CASES = "silence-digital,speech-clean-1,speech-noise-0db"


class RealModels(support.CliTest):
    def run_vad(self, *arguments: object):
        return self.run_assay("run", SUITE, "--db", self.db, "--min-time", 0.05, *arguments)

    def score(self, metric: str, case: str, variant: str) -> float:
        rows = self.query("SELECT value FROM cell_score WHERE metric = ? AND case_name = ? AND variant = ?",
                          metric, case, variant)
        self.assertEqual(len(rows), 1, f"{metric} of {case}/{variant}")
        return rows[0][0]

    def test_every_variant_passes_and_int8_and_int4_differ_from_fp32_by_what_they_should(self):
        result = self.run_vad("--case", SHORT_CASES, "--format", "json")
        self.assert_exit(result, 0)
        document = json.loads(result.stdout)
        self.assertEqual(len(document["cells"]), 15)
        case = "speech-clean-1"
        self.assertLess(self.score("score_max_abs_error", case, "fp32"), 1e-4)
        self.assertGreater(self.score("score_sqnr_db", case, "fp32"), 80)
        for variant in ("int8", "int4"):
            self.assertGreater(self.score("score_sqnr_db", case, variant), 5)
            self.assertLess(self.score("score_sqnr_db", case, variant), 60)
        self.assertLess(self.score("pte_bytes", case, "int4"), self.score("pte_bytes", case, "int8"))
        self.assertLess(self.score("pte_bytes", case, "int8"), self.score("pte_bytes", case, "fp32"))

    def test_digital_silence_scores_low(self):
        self.assert_exit(self.run_vad("--case", "silence-digital", "--variant", "fp32"), 0)
        self.assertLess(self.score("score_max", "silence-digital", "fp32"), 0.1)

    def test_everything_the_report_needs_is_recorded(self):
        self.assert_exit(self.run_vad("--case", "speech-clean-1", "--variant", "int8"), 0)
        metrics = {row[0] for row in self.query("SELECT metric FROM cell_score")}
        self.assertLessEqual(
            {"latency_p50_ms", "latency_p99_ms", "rtf", "deadline_miss_rate", "process_start_ms", "program_load_ms",
             "method_load_ms", "first_inference_ms", "memory_peak_bytes", "memory_load_bytes", "pte_bytes",
             "planned_arena_bytes", "score_sqnr_db", "score_cosine", "state_h_max_abs_error", "state_c_max_abs_error",
             "frame_f1", "roc_auc", "decision_flips", "segments_lost", "nonfinite_count"}, metrics)
        phases = [row[0] for row in self.query("SELECT phase FROM worker_memory ORDER BY position")]
        self.assertEqual(phases, ["start", "program_load", "method_load", "first_run", "steady"])
        series = {row[0] for row in self.query("SELECT name FROM series")}
        self.assertLessEqual({"score", "golden_score", "score_error", "state_h_error", "state_c_error"}, series)
        fingerprint = dict(self.query("SELECT key, value FROM run_fingerprint"))
        for key in ("tool_version", "build_type", "executorch_version", "cpu_model", "arch", "governor", "kernel"):
            self.assertTrue(fingerprint.get(key), key)

    def test_the_suites_decision_threshold_is_stored_with_each_cell(self):
        vad = {"sample_rate_hz": 16000, "chunk_samples": support.CHUNK, "context_samples": 64, "threshold": 0.25}
        suite = self.suite([self.fake_model("fp32")], [self.case("one")], vad=vad)
        self.assert_exit(self.run_assay("run", suite, "--db", self.db, fake=True), 0)
        self.assertEqual(self.query("SELECT decision_threshold FROM cell"), [(0.25,)])

    def test_two_threads_give_the_same_scores_as_one(self):
        self.assert_exit(self.run_vad("--case", "speech-clean-1", "--variant", "fp32,int8"), 0)
        one = [self.score("score_sqnr_db", "speech-clean-1", v) for v in ("fp32", "int8")]
        self.db.unlink()
        self.assert_exit(self.run_vad("--case", "speech-clean-1", "--variant", "fp32,int8", "--threads", 2), 0)
        two = [self.score("score_sqnr_db", "speech-clean-1", v) for v in ("fp32", "int8")]
        for a, b in zip(one, two):
            self.assertAlmostEqual(a, b, delta=0.5)

    def test_variants_take_turns_in_time(self):
        self.assert_exit(self.run_vad("--case", "speech-clean-1", "--variant", "int8,int4"), 0)
        turns = [row[0] for row in self.query(
            "SELECT variant FROM sample_block JOIN cell USING (cell_id) "
            "WHERE warmup = 0 AND same_input = 0 ORDER BY start_ns")]
        self.assertGreaterEqual(len(turns), 8)
        for group in range(0, len(turns), 4):
            a, b, c, d = turns[group:group + 4]
            self.assertEqual((a, b), (d, c))
            self.assertNotEqual(a, b)

    def test_repeat_measures_exactly_that_many_executions(self):
        result = self.run_assay("run", SUITE, "--db", self.db, "--repeat", 101, "--case", "speech-clean-1",
                                "--variant", "int8,int4")
        self.assert_exit(result, 0)
        counts = self.query("SELECT variant, sum(sample_count) FROM sample_block JOIN cell USING (cell_id) "
                            "WHERE NOT (warmup OR same_input OR repeated) GROUP BY variant ORDER BY variant")
        self.assertEqual(counts, [("int4", 101), ("int8", 101)])


if __name__ == "__main__":
    support.main()
