"""Whatever stops a run, what was done is kept, the database opens, and --resume completes the matrix."""

import os
import random
import signal
import subprocess
import time

import support


class Interrupted(support.CliTest):
    CASES = 8

    def make_suite(self, **overrides):
        variants = [self.fake_model("fp32"), self.fake_model("int8", latency_us=10)]
        return self.suite(variants, [self.case(f"case{i}") for i in range(self.CASES)], **overrides)

    def start(self, *arguments: object) -> subprocess.Popen:
        command = [support.program("ASSAY_FAKE"), *support.lean(arguments)]
        return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=self.folder)

    def finished_cells(self) -> int:
        if not self.db.exists():
            return 0
        try:
            return self.query("SELECT count(*) FROM cell WHERE status != 'pending'")[0][0]
        except Exception:  # the schema may not be there yet
            return 0

    def wait_for_cells(self, count: int) -> None:
        deadline = time.monotonic() + 30
        while self.finished_cells() < count:
            self.assertLess(time.monotonic(), deadline, "no cell was finished in 30 s")
            time.sleep(0.01)

    def assert_complete(self) -> None:
        self.assertEqual(len(self.cells()), 2 * self.CASES)
        self.assertEqual({status for status, _, _ in self.cells().values()}, {"pass"})

    def test_ctrl_c_keeps_what_was_done_and_says_how_to_go_on(self):
        process = self.start("run", self.make_suite(), "--db", self.db)
        self.wait_for_cells(2)
        process.send_signal(signal.SIGINT)
        _, log = process.communicate(timeout=30)
        self.assertEqual(process.returncode, 130, log)
        self.assertIn("--resume 1", log)
        done = self.finished_cells()
        self.assertGreaterEqual(done, 2)
        self.assertLess(done, 2 * self.CASES)
        self.assertEqual(self.query("SELECT state FROM run"), [("interrupted",)])
        self.assert_exit(self.run_assay("run", "--resume", 1, "--db", self.db, fake=True), 0)
        self.assert_complete()
        self.assertEqual(self.query("SELECT state FROM run"), [("finished",)])

    def test_resume_leaves_finished_cells_alone(self):
        process = self.start("run", self.make_suite(), "--db", self.db)
        self.wait_for_cells(4)
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=30)
        query = ("SELECT block_id, start_ns FROM sample_block JOIN cell USING (cell_id) "
                 "WHERE case_name = 'case0' ORDER BY block_id")
        before = self.query(query)
        self.assert_exit(self.run_assay("run", "--resume", "latest", "--db", self.db, fake=True), 0)
        self.assertEqual(self.query(query), before)

    def test_a_finished_run_has_nothing_to_resume(self):
        self.assert_exit(self.run_assay("run", self.make_suite(), "--db", self.db, fake=True), 0)
        self.assert_exit(self.run_assay("run", "--resume", 1, "--db", self.db, fake=True), 0)
        self.assert_complete()

    def test_a_suite_that_changed_meanwhile_is_not_resumed(self):
        suite = self.make_suite()
        process = self.start("run", suite, "--db", self.db)
        self.wait_for_cells(2)
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=30)
        suite.write_text(suite.read_text().replace("scripted models", "other models"))
        result = self.run_assay("run", "--resume", 1, "--db", self.db, fake=True)
        self.assert_exit(result, 2)
        self.assertIn("has changed since the run began", result.stderr)

    def test_resuming_an_unknown_run_lists_the_known_ones(self):
        self.assert_exit(self.run_assay("run", self.make_suite(), "--db", self.db, fake=True), 0)
        result = self.run_assay("run", "--resume", 7, "--db", self.db, fake=True)
        self.assert_exit(result, 2)
        self.assertIn("7", result.stderr)

    def test_kill_9_at_any_moment_leaves_a_database_that_opens_and_resumes(self):
        suite = self.make_suite(measure={"min_time_s": 0.005, "warmup_runs": 1, "timeout_s": 10})
        moments = random.Random(3)
        workers = set()
        for _ in range(25):
            arguments = ["--resume", "latest"] if self.finished_cells() else [suite]
            process = self.start("run", *arguments, "--db", self.db)
            time.sleep(moments.uniform(0.0, 0.25))
            workers |= children_of(process.pid)
            process.kill()
            process.communicate()
            if self.db.exists():
                self.assertIn(self.query("PRAGMA integrity_check"), ([("ok",)],))
        if not self.finished_cells():
            self.assert_exit(self.run_assay("run", suite, "--db", self.db, fake=True), 0)
        self.assert_exit(self.run_assay("run", "--resume", "latest", "--db", self.db, fake=True), 0)
        newest = self.query("SELECT status, count(*) FROM cell WHERE run_id = (SELECT max(run_id) FROM run) "
                            "GROUP BY status")
        self.assertEqual(newest, [("pass", 2 * self.CASES)])
        half = self.query("SELECT count(*) FROM cell LEFT JOIN sample_block USING (cell_id) "
                          "WHERE status = 'pass' AND block_id IS NULL")
        self.assertEqual(half, [(0,)], "a finished cell without its samples")
        time.sleep(0.2)
        self.assertEqual({pid for pid in workers if os.path.exists(f"/proc/{pid}/exe")}, set(),
                         "a worker outlived its coordinator")


def children_of(pid: int) -> set[int]:
    try:
        with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as children:
            return {int(child) for child in children.read().split()}
    except OSError:
        return set()


if __name__ == "__main__":
    support.main()
