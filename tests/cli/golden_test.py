"""`assay golden floor` and `assay golden bless`: the noise under tolerances, and replacing a golden."""

import hashlib
import json
import os
import random
import shutil
import subprocess
import time

import support

VAD_SUITE = support.SOURCE / "suites/vad.json"
FLOOR_RUNS = 6  # two thread counts, three loads each
DRIFT = 2**-10  # of a score, from one thread to two: 0.000977


class GoldenFloor(support.CliTest):
    def drifting_suite(self, max_error: float, drift: float = DRIFT):
        return self.suite([self.fake_model("fp32", thread_drift=drift)], [self.case("one")],
                          thresholds=[{"metric": "score_max_abs_error", "max": max_error}])

    def floor(self, suite, *arguments: object, fake: bool = True):
        return self.run_assay("golden", "floor", suite, *arguments, fake=fake)

    def test_runs_that_agree_are_reported_as_bit_identical(self):
        result = self.floor(self.drifting_suite(1e-6, drift=0))
        self.assert_exit(result, 0)
        self.assertIn(f"bit-identical over {FLOOR_RUNS} runs: every output of 1 of 1 cells", result.stdout)

    def test_a_threshold_tighter_than_the_floor_is_refused_with_a_proposal(self):
        result = self.floor(self.drifting_suite(1e-4))
        self.assert_exit(result, 1)
        self.assertIn("score_max_abs_error <= 0.0001 of fp32 is tighter than the floor 0.000977 (case one, 6 runs); "
                      "proposed: <= 0.01", result.stderr)

    def test_a_suite_that_takes_the_proposal_is_accepted(self):
        self.assert_exit(self.floor(self.drifting_suite(0.01)), 0)

    def test_json_has_spread_range_and_proposal(self):
        result = self.floor(self.drifting_suite(1e-4), "--format", "json")
        self.assert_exit(result, 1)
        document = json.loads(result.stdout)
        floor = document["floors"][0]
        self.assertEqual((floor["case"], floor["variant"], floor["runs"]), ("one", "fp32", FLOOR_RUNS))
        outputs = {output["output"]: output for output in floor["outputs"]}
        self.assertAlmostEqual(outputs["score"]["max_abs"], DRIFT, places=6)
        self.assertFalse(outputs["score"]["identical"])
        self.assertTrue(outputs["h"]["identical"])
        metrics = {metric["metric"]: metric for metric in floor["metrics"]}
        error = metrics["score_max_abs_error"]
        self.assertLess(error["lowest"], 1e-6)
        self.assertAlmostEqual(error["highest"], DRIFT, places=6)
        threshold = document["thresholds"][0]
        self.assertEqual((threshold["verdict"], threshold["proposed"]), ("too tight", 0.01))

    def test_one_thread_count_hides_a_drift_between_thread_counts(self):
        result = self.floor(self.drifting_suite(1e-4), "--threads", 2, "--format", "json")
        self.assertTrue(json.loads(result.stdout)["floors"][0]["outputs"][0]["identical"])

    def test_a_single_run_has_no_spread(self):
        result = self.floor(self.drifting_suite(1e-4), "--threads", 1, "--loads", 1)
        self.assert_exit(result, 2)
        self.assertIn("one run has no spread", result.stderr)

    def test_an_unknown_variant_is_named_with_the_known_ones(self):
        result = self.floor(self.drifting_suite(1e-4), "--variant", "int2")
        self.assert_exit(result, 2)
        self.assertIn("'int2'; there are: fp32", result.stderr)

    def test_an_unknown_case_is_named_with_the_known_ones(self):
        result = self.floor(self.drifting_suite(1e-4), "--case", "two")
        self.assert_exit(result, 2)
        self.assertIn("'two'; there are: one", result.stderr)

    def test_a_run_that_crashes_leaves_its_case_without_a_floor(self):
        crashing = self.fake_model("fp32", fail={"when": "execute", "at": 3, "how": "crash"})
        result = self.floor(self.suite([crashing], [self.case("one")]))
        self.assert_exit(result, 1)
        self.assertIn("no floor for one/fp32: crash (accuracy)", result.stdout)
        self.assertIn("load 1 with 1 threads", result.stdout)

    def test_outputs_with_a_nan_have_no_floor(self):
        broken = self.fake_model("fp32", fail={"when": "execute", "at": 3, "how": "nan"})
        result = self.floor(self.suite([broken], [self.case("one")]))
        self.assert_exit(result, 1)
        self.assertIn("NaN or Inf", result.stdout)

    def test_a_case_that_fails_does_not_hide_the_others(self):
        bad = self.case("bad", model_sha256="f" * 64)
        suite = self.suite([self.fake_model("fp32")], [bad, self.case("good")])
        result = self.floor(suite)
        self.assert_exit(result, 1)
        self.assertIn("no floor for bad/fp32: error (golden)", result.stdout)
        self.assertIn("every output of 1 of 1 cells", result.stdout)

    def test_the_committed_thresholds_are_no_tighter_than_the_floor_of_the_real_fp32(self):
        result = self.floor(VAD_SUITE, "--case", "tones,speech-clean-1", "--loads", 2, "--format", "json", fake=False)
        self.assert_exit(result, 0)
        document = json.loads(result.stdout)
        self.assertEqual([floor["runs"] for floor in document["floors"]], [4, 4])
        verdicts = {threshold["metric"]: threshold["verdict"] for threshold in document["thresholds"]}
        self.assertEqual(verdicts["score_max_abs_error"], "ok")
        self.assertEqual(verdicts["decision_flips"], "ok")


class StoredFloor(support.CliTest):
    """A floor of 2**-10 is in the database; a suite of the same case is run with another threshold."""

    def setUp(self) -> None:
        super().setUp()
        self.variants = [self.fake_model("fp32", thread_drift=DRIFT), self.fake_model("other")]
        self.one = self.case("one")
        result = self.run_assay("golden", "floor", self.suite_with(0.01), "--db", self.db, fake=True)
        self.assert_exit(result, 0)

    def suite_with(self, max_error: float):
        return self.suite(self.variants, [self.one], thresholds=[{"metric": "score_max_abs_error", "max": max_error}])

    def run_suite(self, max_error: float, *arguments: object):
        return self.run_assay("run", self.suite_with(max_error), "--db", self.db, *arguments, fake=True)

    def test_the_floor_is_stored_with_where_it_comes_from(self):
        rows = self.query("SELECT suite, case_name, model, variant, runs, threads, golden_sha256 FROM golden_floor "
                          "WHERE figure = 'output:score'")
        digest = hashlib.sha256((self.folder / "one.safetensors").read_bytes()).hexdigest()
        self.assertEqual(rows, [("fake", "one", "fake", "fp32", FLOOR_RUNS, "1,2", digest)])
        floor, = self.query("SELECT floor FROM golden_floor WHERE figure = 'score_max_abs_error'")
        self.assertAlmostEqual(floor[0], DRIFT, places=6)

    def test_measuring_again_replaces_the_floor(self):
        count = self.query("SELECT count(*) FROM golden_floor")
        self.assert_exit(self.run_assay("golden", "floor", self.suite_with(0.01), "--db", self.db, fake=True), 0)
        self.assertEqual(self.query("SELECT count(*) FROM golden_floor"), count)

    def test_a_run_with_a_tighter_threshold_is_refused_and_nothing_is_stored(self):
        result = self.run_suite(1e-4)
        self.assert_exit(result, 2)
        self.assertIn("the threshold score_max_abs_error <= 0.0001 of variant fp32 is tighter than the floor",
                      result.stderr)
        self.assertEqual(self.query("SELECT count(*) FROM run"), [(0,)])

    def test_a_run_with_a_looser_threshold_runs(self):
        self.assert_exit(self.run_suite(0.01), 0)

    def test_a_run_without_the_noisy_variant_runs(self):
        self.assert_exit(self.run_suite(1e-4, "--variant", "other"), 0)

    def test_a_floor_of_another_golden_does_not_count(self):
        golden = self.folder / "one.safetensors"
        data = bytearray(golden.read_bytes())
        data[-4] ^= 1
        golden.write_bytes(data)
        self.assert_exit(self.run_suite(1e-4), 0)

    def test_a_measurement_that_refuses_a_threshold_stores_its_floor_too(self):
        self.db.unlink()
        self.assert_exit(self.run_assay("golden", "floor", self.suite_with(1e-4), "--db", self.db, fake=True), 1)
        self.assert_exit(self.run_suite(1e-4), 2)

    def test_a_file_that_is_no_database(self):
        self.db.write_text("these are my notes, not a database\n" * 50)
        result = self.run_assay("golden", "floor", self.suite_with(0.01), "--db", self.db, fake=True)
        self.assert_exit(result, 3)
        self.assertIn("not a database", result.stderr)


class GoldenBless(support.CliTest):
    """A suite of one case, and a candidate whose first score is a little lower."""

    def setUp(self) -> None:
        super().setUp()
        self.suite_file = self.suite([self.fake_model("fp32")], [self.case("one")])
        self.golden = self.folder / "one.safetensors"
        self.new = self.folder / "new.safetensors"
        self.log = self.folder / "blessed.jsonl"
        self.old_bytes = self.golden.read_bytes()
        self.write_candidate()

    def write_candidate(self, drop: str = "", **metadata: str) -> None:
        tensors = support.golden_for(support.make_samples(20 * support.CHUNK))
        tensors["scores"][1][0] -= 0.25
        tensors.pop(drop, None)
        provenance = {
            "kind": "golden", "task": "vad", "model": "fake", "model_sha256": support.REFERENCE_SHA256,
            "wav_sha256": hashlib.sha256((self.folder / "one.wav").read_bytes()).hexdigest(),
            "runtime": "python", **metadata,
        }
        support.write_safetensors(self.new, tensors, provenance)

    def bless(self, *arguments: object, case: str = "one", reason: str = "a new runtime", **options):
        return self.run_assay("golden", "bless", self.suite_file, "--case", case, "--from", self.new, "--reason", reason,
                              *arguments, fake=True, **options)

    def assert_refused(self, result, code: int, words: str) -> None:
        self.assert_exit(result, code)
        self.assertIn(words, result.stderr)
        self.assertEqual(self.golden.read_bytes(), self.old_bytes)
        self.assertFalse(self.log.exists())
        self.assertEqual(list(self.folder.glob("*.tmp")), [])

    def test_the_golden_is_replaced_and_the_next_run_uses_it(self):
        self.assert_exit(self.run_assay("run", self.suite_file, "--db", self.db, fake=True), 0)
        result = self.bless()
        self.assert_exit(result, 0)
        self.assertIn("0.25", result.stdout)
        self.assertEqual(self.golden.read_bytes(), self.new.read_bytes())
        self.assert_exit(self.run_assay("run", self.suite_file, "--db", self.db, fake=True), 1)
        hashes = [row[0] for row in self.query("SELECT golden_sha256 FROM cell ORDER BY run_id")]
        self.assertEqual(hashes, [hashlib.sha256(data).hexdigest() for data in (self.old_bytes, self.new.read_bytes())])

    def test_the_log_keeps_hashes_reason_and_table_of_every_blessing(self):
        self.assert_exit(self.bless(), 0)
        self.new.write_bytes(self.old_bytes)
        self.assert_exit(self.bless(reason="that was wrong"), 0)
        first, second = (json.loads(line) for line in self.log.read_text().splitlines())
        self.assertEqual((first["case"], first["reason"]), ("one", "a new runtime"))
        self.assertEqual(first["old_sha256"], hashlib.sha256(self.old_bytes).hexdigest())
        self.assertEqual(first["new_sha256"], second["old_sha256"])
        self.assertEqual(first["tensors"][0]["tensor"], "scores")
        self.assertAlmostEqual(first["tensors"][0]["max_abs"], 0.25, places=6)
        self.assertRegex(first["blessed_utc"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$")
        self.assertEqual(second["reason"], "that was wrong")

    def test_a_dry_run_prints_the_table_and_changes_nothing(self):
        result = self.bless("--dry-run")
        self.assert_exit(result, 0)
        self.assertIn("scores", result.stdout)
        self.assertEqual(self.golden.read_bytes(), self.old_bytes)
        self.assertFalse(self.log.exists())

    def test_json_is_what_the_log_will_hold(self):
        result = self.bless("--dry-run", "--format", "json")
        self.assert_exit(result, 0)
        self.assertEqual(json.loads(result.stdout)["golden"], "one.safetensors")

    def test_a_checksum_list_that_names_the_old_file_is_pointed_at(self):
        (self.folder / "datasets").mkdir()
        digest = hashlib.sha256(self.old_bytes).hexdigest()
        (self.folder / "datasets/MANIFEST.json").write_text(json.dumps({"files": [{"sha256": digest}]}))
        self.assertIn("scripts/dev/verify_datasets.py --update", self.bless().stderr)

    def test_an_empty_reason(self):
        self.assert_refused(self.bless(reason="  "), 2, "reason is empty")

    def test_a_missing_reason(self):
        result = self.run_assay("golden", "bless", self.suite_file, "--case", "one", "--from", self.new, fake=True)
        self.assert_refused(result, 2, "--reason")

    def test_an_unknown_case(self):
        self.assert_refused(self.bless(case="two"), 2, "has no case 'two'; known are one")

    def test_the_golden_itself(self):
        self.new.write_bytes(self.old_bytes)
        self.assert_refused(self.bless(), 2, "nothing to bless")

    def test_a_missing_file(self):
        self.new.unlink()
        self.assert_refused(self.bless(), 2, "new.safetensors")

    def test_a_golden_of_another_model(self):
        self.write_candidate(model_sha256="f" * 64)
        self.assert_refused(self.bless(), 3, "of another model")

    def test_a_golden_of_another_recording(self):
        self.write_candidate(wav_sha256="f" * 64)
        self.assert_refused(self.bless(), 3, "WAV")

    def test_a_missing_tensor(self):
        self.write_candidate(drop="state_c")
        self.assert_refused(self.bless(), 3, "no tensor 'state_c'")

    def test_a_truncated_file(self):
        self.new.write_bytes(self.new.read_bytes()[:-100])
        self.assert_refused(self.bless(), 3, "truncated")

    def test_a_folder_without_write_permission(self):
        options = {}
        if os.geteuid() == 0:  # root may write anywhere
            options = {"user": 65534, "group": 65534, "extra_groups": []}
            self.folder.chmod(0o755)
        else:
            self.folder.chmod(0o555)
            self.addCleanup(self.folder.chmod, 0o755)
        try:
            result = self.bless(**options)
        except PermissionError:
            self.skipTest("another user cannot start the program from where it was built")
        self.assert_refused(result, 3, "Permission denied")

    def test_a_kill_leaves_the_old_or_the_new_golden_and_never_an_unlogged_one(self):
        command = [support.program("ASSAY_FAKE"), "golden", "bless", str(self.suite_file), "--case", "one", "--from",
                   str(self.new), "--reason", "killed"]
        new_bytes = self.new.read_bytes()
        dice = random.Random(1)
        for _ in range(60):
            self.golden.write_bytes(self.old_bytes)
            self.log.unlink(missing_ok=True)
            process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            time.sleep(dice.uniform(0, 0.03))
            process.kill()
            process.wait()
            now = self.golden.read_bytes()
            self.assertIn(now, (self.old_bytes, new_bytes))
            if now == new_bytes:
                line = json.loads(self.log.read_text().splitlines()[-1])
                self.assertEqual(line["new_sha256"], hashlib.sha256(new_bytes).hexdigest())

    def test_the_committed_goldens_are_checked_as_a_run_would(self):
        for name in ("datasets", "golden", "suites"):
            shutil.copytree(support.SOURCE / name, self.folder / name, ignore=shutil.ignore_patterns("long-mixed*"))
        self.suite_file = self.folder / "suites/vad.json"
        self.new = self.folder / "golden/vad/speech-clean-1.safetensors"
        result = self.bless(case="tones")
        self.assert_exit(result, 3)
        self.assertIn("WAV", result.stderr)


if __name__ == "__main__":
    support.main()
