"""The gate on its canaries: real runs of the real engine, of which it must reject the bad and pass the good."""

from __future__ import annotations

import json
import shutil
import struct
import subprocess
import tempfile
import unittest
from pathlib import Path

import support

CANARY = support.SOURCE / "suites/canary/canary.json"
BASELINE = "1"
# Short, because a test has no minutes; what real budgets find is in docs/benchmarks.md.
POLICY = {
    "version": 1, "name": "canary", "budget_s": 5, "confirm_budget_s": 5,
    "rules": [{"metric": "latency_p50_ms", "fail": 0.02}, {"metric": "score_sqnr_db", "fail": 1}],
}


class GateTest(unittest.TestCase):
    """One database: run 1 is the baseline, each test adds a candidate."""

    @classmethod
    def setUpClass(cls) -> None:
        folder = tempfile.TemporaryDirectory(prefix="assay-gate-")
        cls.addClassCleanup(folder.cleanup)
        cls.folder = Path(folder.name)
        cls.db = cls.folder / "results.db"
        cls.policy = cls.folder / "policy.json"
        cls.policy.write_text(json.dumps(POLICY))
        done = cls.measure("ASSAY", CANARY)
        assert done.returncode == 0, done.stderr

    @classmethod
    def call(cls, program: str, *arguments: object) -> subprocess.CompletedProcess:
        command = [support.program(program), *map(str, arguments)]
        return subprocess.run(command, capture_output=True, text=True, timeout=250, cwd=cls.folder)

    @classmethod
    def measure(cls, program: str, suite: Path, *options: object) -> subprocess.CompletedProcess:
        return cls.call(program, "run", suite, "--db", cls.db, *options)

    def gate(self, *options: object, policy: bool = True) -> subprocess.CompletedProcess:
        chosen = ["--policy", self.policy] if policy else []
        return self.call("ASSAY", "gate", "--db", self.db, "--baseline", BASELINE, *chosen, *options)

    def report(self, done: subprocess.CompletedProcess) -> dict:
        self.assertTrue(done.stdout, done.stderr)
        return json.loads(done.stdout)

    def time_rows(self, done: subprocess.CompletedProcess) -> list[dict]:
        rows = self.report(done)["rows"]
        return [row for row in rows if row["metric"] and row["metric"]["id"] == "latency_p50_ms"]

    def changed_suite(self, name: str, change) -> Path:
        """A copy of the canary suite in a folder of its own, with absolute paths, after `change`."""
        manifest = json.loads(CANARY.read_text())
        folder = self.folder / name
        folder.mkdir()
        places = [(variant, "pte") for variant in manifest["model"]["variants"]]
        places += [(case, key) for case in manifest["cases"] for key in ("wav", "labels", "golden")]
        for item, key in places:
            source = (CANARY.parent / item[key]).resolve()
            item[key] = source.name
            shutil.copy(source, folder / source.name)
        change(manifest, folder)
        path = folder / "canary.json"
        path.write_text(json.dumps(manifest))
        return path


class CanaryTest(GateTest):
    def test_an_engine_slowed_by_twenty_percent_fails(self) -> None:
        self.assertEqual(self.measure("ASSAY_SLOW_20", CANARY).returncode, 0)
        done = self.gate("--confirm", "--format", "json")
        self.assertEqual(done.returncode, 1, done.stdout + done.stderr)
        rows = self.time_rows(done)
        self.assertEqual([row["verdict"] for row in rows], ["fail"])
        self.assertTrue(rows[0]["confirmed"])
        self.assertEqual(rows[0]["question"], "runtime")

    def test_an_engine_slowed_by_five_percent_fails(self) -> None:
        self.assertEqual(self.measure("ASSAY_SLOW_5", CANARY).returncode, 0)
        done = self.gate("--confirm")
        self.assertEqual(done.returncode, 1, done.stdout + done.stderr)

    def test_a_slowdown_that_was_not_confirmed_only_warns(self) -> None:
        self.assertEqual(self.measure("ASSAY_SLOW_20", CANARY).returncode, 0)
        done = self.gate("--format", "json", "--remeasure")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertEqual(self.report(done)["verdict"], "warn")

    def test_an_engine_with_outliers_that_is_not_slower_passes(self) -> None:
        self.assertEqual(self.measure("ASSAY_OUTLIERS", CANARY).returncode, 0)
        done = self.gate("--confirm")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_the_same_program_again_passes_without_a_measurement(self) -> None:
        self.assertEqual(self.measure("ASSAY", CANARY).returncode, 0)
        done = self.gate("--format", "json")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertIn("same program and model", done.stdout)

    def test_a_corrupt_model_fails(self) -> None:
        def cut(manifest: dict, folder: Path) -> None:
            variant = manifest["model"]["variants"][0]
            variant.pop("sha256")
            pte = folder / variant["pte"]
            pte.write_bytes(pte.read_bytes()[:1000])

        self.assertEqual(self.measure("ASSAY", self.changed_suite("corrupt", cut)).returncode, 1)
        done = self.gate()
        self.assertEqual(done.returncode, 1, done.stdout + done.stderr)
        self.assertIn("load", done.stdout)

    def test_a_wrong_golden_fails(self) -> None:
        def turn(manifest: dict, folder: Path) -> None:
            golden = folder / manifest["cases"][0]["golden"]
            data = bytearray(golden.read_bytes())
            size = struct.unpack_from("<Q", data)[0]
            begin, end = json.loads(data[8 : 8 + size])["scores"]["data_offsets"]
            for at in range(8 + size + begin, 8 + size + end, 4):
                struct.pack_into("<f", data, at, 1 - struct.unpack_from("<f", data, at)[0])
            golden.write_bytes(data)

        self.assertEqual(self.measure("ASSAY", self.changed_suite("golden", turn)).returncode, 1)
        done = self.gate()
        self.assertEqual(done.returncode, 1, done.stdout + done.stderr)
        self.assertIn("score_max_abs_error", done.stdout)

    def test_a_worker_that_returns_nothing_fails(self) -> None:
        self.assertEqual(self.measure("ASSAY", CANARY, "--worker", "/bin/true").returncode, 1)
        done = self.gate()
        self.assertEqual(done.returncode, 1, done.stdout + done.stderr)


class GateCommandTest(GateTest):
    def test_a_stored_run_is_judged_again_under_another_policy_without_running_anything(self) -> None:
        self.assertEqual(self.measure("ASSAY_SLOW_20", CANARY).returncode, 0)
        self.assertEqual(self.gate("--confirm").returncode, 1)
        lenient = self.folder / "lenient.json"
        lenient.write_text(json.dumps(POLICY | {"rules": [{"metric": "latency_p50_ms", "fail": 0.5}]}))
        done = self.call("ASSAY", "gate", "--db", self.db, "--baseline", BASELINE, "--policy", lenient, "--stored")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertIn("pass", done.stdout)

    def test_a_baseline_that_cannot_be_measured_again_is_not_a_pass(self) -> None:
        self.assertEqual(self.measure("ASSAY_SLOW_20", CANARY, "--no-artifacts").returncode, 0)
        done = self.gate("--confirm")
        self.assertEqual(done.returncode, 3, done.stdout + done.stderr)
        self.assertIn("baseline not re-measured", done.stdout)

    def test_last_good_is_found_once_a_gate_has_passed(self) -> None:
        def gate(run: str) -> subprocess.CompletedProcess:
            return self.call("ASSAY", "gate", "--db", self.db, "--run", run, "--baseline", "last-good", "--first-run")

        self.assertEqual(gate(BASELINE).returncode, 0)
        self.assertEqual(self.measure("ASSAY", CANARY).returncode, 0)
        done = gate("latest")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertIn("the newest whose", done.stdout)

    def test_no_baseline_is_not_a_pass(self) -> None:
        done = self.call("ASSAY", "gate", "--db", self.db, "--baseline", "deadbeef")
        self.assertEqual(done.returncode, 3, done.stderr)
        self.assertIn("not judged", done.stderr)

    def test_a_policy_with_a_mistake_is_a_usage_error(self) -> None:
        wrong = self.folder / "wrong.json"
        wrong.write_text('{"version": 1, "rules": [{"metric": "latency", "fail": 1}]}')
        done = self.call("ASSAY", "gate", "--db", self.db, "--baseline", BASELINE, "--policy", wrong)
        self.assertEqual(done.returncode, 2, done.stderr)
        self.assertIn("/rules/0/metric", done.stderr)

    def test_an_option_in_front_of_a_subcommand_is_refused(self) -> None:
        done = self.call("ASSAY", "gate", "--db", self.db, "calibrate")
        self.assertEqual(done.returncode, 2, done.stderr)
        self.assertIn("after 'gate calibrate'", done.stdout + done.stderr)

    def test_the_printed_policy_is_a_policy(self) -> None:
        printed = self.call("ASSAY", "gate", "--print-policy")
        path = self.folder / "printed.json"
        path.write_text(printed.stdout)
        again = self.call("ASSAY", "gate", "--print-policy", "--policy", path)
        self.assertEqual(again.stdout, printed.stdout)

    def test_calibration_is_stored_and_used(self) -> None:
        options = ("--db", self.db, "--run", BASELINE, "--policy", self.policy, "--budget", "2", "--comparisons", "4")
        done = self.call("ASSAY", "gate", "calibrate", *options)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertIn("latency_p50_ms", done.stdout)
        self.assertEqual(self.measure("ASSAY_SLOW_20", CANARY).returncode, 0)
        rows = self.time_rows(self.gate("--format", "json"))
        self.assertGreater(rows[0]["minimum_detectable_effect"], 0)


if __name__ == "__main__":
    unittest.main()
