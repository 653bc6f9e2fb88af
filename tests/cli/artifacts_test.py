"""What a run keeps to be measured again, and how it is listed and pruned."""

import json
import os
import signal
import subprocess
import time

import support


class Artifacts(support.CliTest):
    def setUp(self) -> None:
        super().setUp()
        self.kept = self.folder / "results.db.artifacts"
        # Small, so that it is quick to keep; it only has to start the real worker.
        self.worker = self.folder / "worker"
        self.worker.write_text(f"#!/bin/sh\nexec '{support.program('ASSAY_FAKE')}' \"$@\"\n")
        self.worker.chmod(0o755)

    def make_suite(self, *variants: str):
        return self.suite([self.fake_model(name) for name in variants or ("fp32",)], [self.case("one")])

    def run_suite(self, suite, *arguments: object):
        return self.run_assay("run", suite, "--db", self.db, "--worker", self.worker, support.KEEP, *arguments,
                              fake=True)

    def artifacts(self, run_id: int = 1) -> dict[tuple[str, str], str]:
        rows = self.query("SELECT role, name, sha256 FROM run_artifact WHERE run_id = ?", run_id)
        return {(role, name): sha256 for role, name, sha256 in rows}

    def objects(self) -> set[str]:
        return {path.name for path in self.kept.glob("??/*")}

    def db_artifacts(self, *arguments: object):
        return self.run_assay("db", "artifacts", *arguments, "--db", self.db)

    def test_a_run_keeps_program_libraries_models_suite_and_inputs(self):
        self.assert_exit(self.run_suite(self.make_suite("fp32", "int8")), 0)
        artifacts = self.artifacts()
        self.assertLessEqual(
            {("worker", "worker"), ("library", "libfmt.so.9"), ("model", "fake/fp32"), ("model", "fake/int8"),
             ("suite", "fake"), ("input", "fake/one.wav"), ("input", "fake/one.safetensors")}, artifacts.keys())
        self.assertNotIn(("library", "libc.so.6"), artifacts)
        self.assertEqual(self.objects(), set(artifacts.values()))

    def test_only_the_planned_variants_are_kept(self):
        self.assert_exit(self.run_suite(self.make_suite("fp32", "int8"), "--variant", "int8"), 0)
        self.assertEqual([name for role, name in self.artifacts() if role == "model"], ["fake/int8"])

    def test_an_unchanged_run_keeps_nothing_new(self):
        suite = self.make_suite()
        self.assert_exit(self.run_suite(suite), 0)
        before = {path: path.stat().st_mtime_ns for path in self.kept.glob("??/*")}
        self.assert_exit(self.run_suite(suite), 0)
        self.assertEqual({path: path.stat().st_mtime_ns for path in self.kept.glob("??/*")}, before)
        self.assertEqual(self.artifacts(1), self.artifacts(2))

    def test_a_run_that_keeps_nothing_makes_no_folder(self):
        self.assert_exit(self.run_assay("run", self.make_suite(), "--db", self.db, "--no-artifacts", fake=True), 0)
        self.assertFalse(self.kept.exists())
        self.assertEqual(self.artifacts(), {})

    def test_a_missing_recording_fails_its_case_and_not_the_run(self):
        suite = self.make_suite()
        (self.folder / "one.wav").unlink()
        self.assert_exit(self.run_suite(suite), 1)
        self.assertIn(("input", "fake/one.safetensors"), self.artifacts())
        self.assertNotIn(("input", "fake/one.wav"), self.artifacts())

    def test_a_store_that_cannot_be_used_stops_the_run_and_says_how_to_do_without(self):
        self.kept.write_text("not a folder")
        result = self.run_suite(self.make_suite())
        self.assert_exit(result, 3)
        self.assertIn("--no-artifacts", result.stderr)
        self.assertEqual(self.query("SELECT count(*) FROM run"), [(0,)])

    def test_two_suites_that_call_different_models_alike_keep_both(self):
        first = self.make_suite()
        other = self.folder / "other"
        other.mkdir()
        for name in ("one.wav", "one.safetensors"):
            (other / name).write_bytes((self.folder / name).read_bytes())
        (other / "fp32.pte").write_text((self.folder / "fp32.pte").read_text() + " ")
        manifest = json.loads(first.read_text())
        manifest["name"] = "other"
        second = other / "suite.json"
        second.write_text(json.dumps(manifest))
        self.assert_exit(self.run_suite(first, second), 0)
        models = {name for role, name in self.artifacts() if role == "model"}
        self.assertEqual(models, {"fake/fp32", "other/fake/fp32"})

    def test_list_says_what_is_there_and_what_is_missing(self):
        suite = self.make_suite()
        self.assert_exit(self.run_suite(suite), 0)
        self.assert_exit(self.run_suite(suite), 0)
        model = self.artifacts()["model", "fake/fp32"]
        document = json.loads(self.db_artifacts("list", "--format", "json").stdout)
        entry = next(found for found in document["objects"] if found["sha256"] == model)
        self.assertEqual((entry["roles"], entry["runs"], entry["missing"]), (["model"], 2, False))
        (self.kept / model[:2] / model).unlink()
        self.assertRegex(self.db_artifacts("list").stdout, r"fake/fp32 +MISSING")

    def test_prune_leaves_what_a_run_needs(self):
        self.assert_exit(self.run_suite(self.make_suite()), 0)
        before = self.objects()
        result = self.db_artifacts("prune")
        self.assert_exit(result, 0)
        self.assertIn("removed 0 objects", result.stdout)
        self.assertEqual(self.objects(), before)

    def test_keep_runs_forgets_older_runs_and_removes_what_only_they_needed(self):
        suite = self.make_suite()
        self.assert_exit(self.run_suite(suite), 0)
        (self.folder / "fp32.pte").write_text((self.folder / "fp32.pte").read_text() + " ")
        self.assert_exit(self.run_suite(suite), 0)
        old, new = self.artifacts(1), self.artifacts(2)
        self.assertNotEqual(old["model", "fake/fp32"], new["model", "fake/fp32"])

        dry = self.db_artifacts("prune", "--keep-runs", 1, "--dry-run")
        self.assert_exit(dry, 0)
        self.assertIn("would remove 1 objects", dry.stdout)
        self.assertEqual(self.objects(), set(old.values()) | set(new.values()))

        self.assert_exit(self.db_artifacts("prune", "--keep-runs", 1), 0)
        self.assertEqual(self.objects(), set(new.values()))
        self.assertEqual(self.artifacts(1), {})

    def test_prune_of_a_database_that_is_not_there_makes_nothing(self):
        self.assert_exit(self.db_artifacts("prune"), 2)
        self.assertEqual(list(self.folder.glob("results.db*")), [])

    def test_the_revision_is_stored(self):
        suite = self.make_suite()
        self.assert_exit(self.run_suite(suite, "--revision", "a" * 40), 0)
        self.assertEqual(self.query("SELECT revision FROM run"), [("a" * 40,)])

    def test_a_revision_may_be_a_name_that_git_knows(self):
        git = ["git", "-C", self.folder, "-c", "user.name=a", "-c", "user.email=a@example.org"]
        subprocess.run([*git, "init", "-q", "-b", "main"], check=True)
        subprocess.run([*git, "commit", "-q", "--allow-empty", "-m", "first"], check=True)
        commit = subprocess.run([*git, "rev-parse", "HEAD"], check=True, capture_output=True, text=True).stdout.strip()
        self.assert_exit(self.run_suite(self.make_suite(), "--revision", "main"), 0)
        self.assertEqual(self.query("SELECT revision FROM run"), [(commit,)])

    def test_an_unknown_revision_stops_the_run_before_it_starts(self):
        result = self.run_suite(self.make_suite(), "--revision", "nowhere")
        self.assertIn(result.returncode, (2, 3))
        self.assertEqual(self.query("SELECT count(*) FROM run"), [(0,)])

    def test_kill_9_while_keeping_leaves_no_half_object_and_the_next_run_works(self):
        suite = self.make_suite()
        (self.folder / "fp32.pte").write_text((self.folder / "fp32.pte").read_text() + " " * 30_000_000)
        command = [support.program("ASSAY_FAKE"), "run", suite, "--db", self.db, "--worker", self.worker]
        for attempt in range(12):
            process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=self.folder)
            time.sleep(0.02 * attempt)
            process.send_signal(signal.SIGKILL)
            process.wait()
            for path in self.kept.glob("??/*"):
                found = subprocess.run(["sha256sum", path], check=True, capture_output=True, text=True).stdout[:64]
                self.assertEqual(found, path.name)
                os.unlink(path)
        self.assert_exit(self.run_suite(suite), 0)
        self.assertLessEqual(set(self.artifacts(self.query("SELECT max(run_id) FROM run")[0][0]).values()),
                             self.objects())


if __name__ == "__main__":
    support.main()
