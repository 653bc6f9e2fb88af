"""A variant that goes wrong costs its own cells, never the run."""

import hashlib

import support


class RunFailures(support.CliTest):
    def run_with(self, **bad_script):
        """Runs a good and a bad variant on two cases; gives the program's result."""
        variants = [self.fake_model("good"), self.fake_model("bad", **bad_script)]
        suite = self.suite(variants, [self.case("one"), self.case("two")],
                           measure={"min_time_s": 0.02, "warmup_runs": 2, "timeout_s": 1.0})
        return self.run_assay("run", suite, "--db", self.db, fake=True)

    def assert_bad_ends_as(self, result, status: str, stage: str, words: str) -> None:
        self.assert_exit(result, 1)
        cells = self.cells()
        for case in ("one", "two"):
            self.assertEqual(cells[case, "good"], ("pass", "", ""))
        found_status, found_stage, reason = cells["one", "bad"]
        self.assertEqual((found_status, found_stage), (status, stage), reason)
        self.assertIn(words, reason)
        self.assertNotEqual(cells["two", "bad"][0], "pending")
        self.assertNotEqual(cells["two", "bad"][0], "pass")

    def test_when_nothing_goes_wrong_every_cell_passes(self):
        result = self.run_with()
        self.assert_exit(result, 0)
        self.assertEqual({status for status, _, _ in self.cells().values()}, {"pass"})

    def test_a_crash_is_named_by_its_signal(self):
        result = self.run_with(fail={"when": "execute", "at": 5, "how": "crash"})
        self.assert_bad_ends_as(result, "crash", "accuracy", "SIGSEGV")

    def test_a_crash_in_the_timed_part_keeps_the_samples_before_it(self):
        # 20 steps of the accuracy pass, the first run, 2 of warm-up: then it dies.
        result = self.run_with(fail={"when": "execute", "at": 30, "how": "crash"})
        self.assert_bad_ends_as(result, "crash", "timing", "SIGSEGV")
        kept = self.query("SELECT sum(sample_count) FROM sample_block JOIN cell USING (cell_id) "
                          "WHERE variant = 'bad' AND case_name = 'one'")
        self.assertGreater(kept[0][0], 0)

    def test_a_crash_while_loading(self):
        self.assert_bad_ends_as(self.run_with(fail={"when": "load", "how": "crash"}), "crash", "load", "SIGSEGV")

    def test_a_hang_is_ended_by_the_timeout(self):
        result = self.run_with(fail={"when": "execute", "at": 5, "how": "hang"})
        self.assert_bad_ends_as(result, "timeout", "accuracy", "no answer within 1.0 s")

    def test_a_kill_from_outside_counts_as_out_of_memory(self):
        result = self.run_with(fail={"when": "execute", "at": 5, "how": "kill"})
        self.assert_bad_ends_as(result, "oom", "accuracy", "SIGKILL")

    def test_a_worker_that_leaves_is_a_crash_with_its_exit_code(self):
        result = self.run_with(fail={"when": "execute", "at": 5, "how": "exit"})
        self.assert_bad_ends_as(result, "crash", "accuracy", "exit code 3")

    def test_a_memory_limit_turns_a_hungry_model_into_oom(self):
        variants = [self.fake_model("bad", fail={"when": "execute", "at": 5, "how": "allocate"})]
        suite = self.suite(variants, [self.case("one")])
        result = self.run_assay("run", suite, "--db", self.db, "--memory-limit", 512, fake=True)
        self.assert_exit(result, 1)
        self.assertEqual(self.cells()["one", "bad"][0], "oom")

    def test_an_error_of_the_engine_keeps_its_text(self):
        result = self.run_with(fail={"when": "execute", "at": 5, "how": "error"})
        self.assert_bad_ends_as(result, "error", "accuracy", "step 4: the fake engine was told to fail")

    def test_an_error_while_loading_applies_to_every_case(self):
        result = self.run_with(fail={"when": "load", "how": "error"})
        self.assert_bad_ends_as(result, "error", "load", "told to fail")
        self.assertEqual(self.cells()["two", "bad"], self.cells()["one", "bad"])

    def test_nan_outputs_never_pass(self):
        result = self.run_with(fail={"when": "execute", "at": 5, "how": "nan"})
        self.assert_bad_ends_as(result, "fail", "score", "nonfinite_count")

    def test_outputs_that_vary_between_iterations_fail(self):
        result = self.run_with(fail={"when": "execute", "at": 60, "how": "vary"})
        self.assertEqual(self.cells()["one", "bad"][0], "fail")
        self.assertIn("other outputs than the accuracy pass", self.cells()["one", "bad"][2])
        self.assert_exit(result, 1)

    def test_wrong_outputs_fail_by_the_suites_threshold(self):
        variants = [self.fake_model("good")]
        case = self.case("one")
        samples = support.make_samples(20 * support.CHUNK)
        tensors = support.golden_for(samples)
        tensors["scores"][1][3] += 0.25
        wav_sha256 = hashlib.sha256((self.folder / "one.wav").read_bytes()).hexdigest()
        support.write_safetensors(self.folder / "one.safetensors", tensors, {
            "kind": "golden", "task": "vad", "model": "fake", "model_sha256": support.REFERENCE_SHA256,
            "wav_sha256": wav_sha256, "runtime": "python", "sample_rate_hz": "16000",
            "chunk_samples": "512", "context_samples": "64"})
        result = self.run_assay("run", self.suite(variants, [case]), "--db", self.db, fake=True)
        self.assert_exit(result, 1)
        status, stage, reason = self.cells()["one", "good"]
        self.assertEqual((status, stage), ("fail", "score"))
        self.assertIn("score_max_abs_error is 0.25", reason)

    def test_a_variant_that_died_three_times_is_not_started_again(self):
        variants = [self.fake_model("bad", fail={"when": "execute", "at": 1, "how": "exit"})]
        cases = [self.case(f"case{i}") for i in range(5)]
        result = self.run_assay("run", self.suite(variants, cases), "--db", self.db, fake=True)
        self.assert_exit(result, 1)
        self.assertIn("not started again", self.cells()["case4", "bad"][2])


if __name__ == "__main__":
    support.main()
