"""Whatever stops a run, what was done is kept, the database opens, and --resume completes the matrix."""

import concurrent.futures
import os
import random
import signal
import sqlite3
import subprocess
import time

import support

# Little to measure in one pair of processes a case: most of the time a run is between two steps.
TINY = ["--repeat", "4", "--pairs", "1"]


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

    def test_after_200_kills_no_finished_cell_is_lost_or_half_there_and_resume_completes_the_matrix(self):
        suite = self.make_suite(measure={"min_time_s": 0.005, "warmup_runs": 1, "timeout_s": 10})
        begin = time.monotonic()
        self.assert_exit(self.run_assay("run", suite, *TINY, "--db", self.db, fake=True), 0)
        whole_run_s = time.monotonic() - begin
        # Several databases side by side: a killed program mostly costs the time until it is killed.
        with concurrent.futures.ThreadPoolExecutor(max_workers=4) as pool:
            trials = list(pool.map(lambda number: self.kill_often(suite, number, whole_run_s), range(8)))
        self.assertEqual(sum(trial.kills for trial in trials), 200)
        self.assertGreater(sum(trial.kills_of_half_done_runs for trial in trials), 20, "nearly all were killed too early or too late")
        time.sleep(0.2)
        workers = set().union(*(trial.workers for trial in trials))
        self.assertEqual({pid for pid in workers if os.path.exists(f"/proc/{pid}/exe")}, set(),
                         "a worker outlived its coordinator")

    def kill_often(self, suite, number: int, whole_run_s: float) -> "Trial":
        """Starts, kills and resumes runs in a database of its own, and looks at it after each kill."""
        trial = Trial(self.folder / f"killed{number}.db")
        moments = random.Random(number)
        for _ in range(25):
            arguments = ["--resume", "latest"] if trial.pending() else [suite, *TINY]
            process = self.start("run", *arguments, "--db", trial.db, "--no-artifacts")
            time.sleep(moments.uniform(0.0, whole_run_s))
            trial.workers |= children_of(process.pid)
            process.kill()
            process.communicate()
            trial.kills += 1
            cells = trial.finished()
            self.assert_kept(trial, cells)
            for cell in cells.values():
                self.assertEqual(cell[:1], ("pass",))
                self.assertTrue(all(cell[1:]), f"half a cell: {cell}")
            trial.kills_of_half_done_runs += 0 < trial.pending() < 2 * self.CASES
            trial.remember(cells)
        arguments = ["--resume", "latest"] if trial.pending() else [suite, *TINY]
        self.assert_exit(self.run_assay("run", *arguments, "--db", trial.db, fake=True), 0)
        self.assertEqual(trial.query("PRAGMA integrity_check"), [("ok",)])
        self.assertEqual(trial.pending(), 0)
        self.assertEqual(trial.query("SELECT DISTINCT count(*) FROM cell GROUP BY run_id"), [(2 * self.CASES,)])
        self.assert_kept(trial, trial.finished())
        return trial

    def assert_kept(self, trial: "Trial", cells: dict[int, tuple]) -> None:
        self.assertLessEqual(trial.seen, cells.keys(), "a finished cell was lost")
        self.assertEqual({key: cells[key] for key in trial.whole_cases}, trial.whole_cases, "a finished case changed")


class Trial:
    """One database whose writers are killed."""

    def __init__(self, db):
        self.db = db
        self.kills = 0
        self.kills_of_half_done_runs = 0
        self.workers: set[int] = set()
        self.seen: set[int] = set()  # every cell that was ever finished
        # Cells of cases that are finished with all variants; of other cases all are measured again together.
        self.whole_cases: dict[int, tuple] = {}

    def query(self, sql: str) -> list[tuple]:
        """Nothing while the schema is not there: the program was killed before its first transaction."""
        if not self.db.exists():
            return []
        connection = sqlite3.connect(self.db, timeout=10)
        try:
            if not connection.execute("SELECT 1 FROM sqlite_schema WHERE name = 'series_data'").fetchall():
                return []
            return connection.execute(sql).fetchall()
        finally:
            connection.close()

    def pending(self) -> int:
        rows = self.query("SELECT count(*) FROM cell WHERE status = 'pending'")
        return rows[0][0] if rows else 0

    def finished(self) -> dict[int, tuple]:
        """Every finished cell: its status, and what its parts add up to."""
        rows = self.query("""
            SELECT cell_id, status, worker_id, output_hash,
                   (SELECT sum(block_id + sample_count + length(latencies)) FROM sample_block WHERE
                    sample_block.cell_id = cell.cell_id),
                   (SELECT count(*) + total(abs(value)) FROM score WHERE score.cell_id = cell.cell_id),
                   (SELECT sum(data_id + length(float32_le)) FROM series JOIN series_data USING (data_id)
                    WHERE series.cell_id = cell.cell_id)
            FROM cell WHERE status <> 'pending'""")
        return {row[0]: row[1:] for row in rows}

    def remember(self, cells: dict[int, tuple]) -> None:
        self.seen = set(cells)
        unfinished = {row[0] for row in self.query("""
            SELECT cell_id FROM cell JOIN (SELECT run_id, case_name FROM cell WHERE status = 'pending')
            USING (run_id, case_name)""")}
        self.whole_cases = {key: cell for key, cell in cells.items() if key not in unfinished}


def children_of(pid: int) -> set[int]:
    try:
        with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as children:
            return {int(child) for child in children.read().split()}
    except OSError:
        return set()


if __name__ == "__main__":
    support.main()
