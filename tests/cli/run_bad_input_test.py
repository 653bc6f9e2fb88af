"""Bad input gets a clear message and the right exit code, and loses nothing that was recorded."""

import hashlib
import json
import resource
import sqlite3

import support


def limit_memory() -> None:
    """A machine that hands out any size would take the test's model; 16 GB of addresses are enough for everything else."""
    resource.setrlimit(resource.RLIMIT_AS, (1 << 34, 1 << 34))


class BadCommandLine(support.CliTest):
    def assert_usage_error(self, result, words: str) -> None:
        self.assert_exit(result, 2)
        self.assertIn(words, result.stderr)
        self.assertEqual(result.stdout, "")

    def simple_suite(self, **overrides):
        return self.suite([self.fake_model("fp32")], [self.case("one")], **overrides)

    def test_an_unknown_suite_is_named_with_the_known_ones(self):
        result = self.run_assay("run", "vda", "--db", self.db)
        self.assert_usage_error(result, "vda")
        self.assertIn("vad", result.stderr)

    def test_a_missing_suite_file_is_named(self):
        self.assert_usage_error(self.run_assay("run", "nowhere/x.json", "--db", self.db), "nowhere/x.json")

    def test_an_unknown_variant_is_named_with_the_known_ones(self):
        result = self.run_assay("run", self.simple_suite(), "--variant", "int2", "--db", self.db, fake=True)
        self.assert_usage_error(result, "'int2'; there are: fp32")

    def test_an_unknown_manifest_key_is_named_by_its_pointer(self):
        result = self.run_assay("run", self.simple_suite(treshold=1), "--db", self.db)
        self.assert_usage_error(result, "/treshold")

    def test_an_input_that_the_task_does_not_feed_is_refused(self):
        suite = self.simple_suite()
        manifest = json.loads(suite.read_text())
        manifest["model"]["inputs"].append(support.tensor("extra", [1]))
        suite.write_text(json.dumps(manifest))
        result = self.run_assay("run", suite, "--db", self.db, fake=True)
        self.assertNotEqual(result.returncode, 0)
        self.assertIn("extra", result.stderr + result.stdout)

    def test_zero_threads_are_refused(self):
        self.assert_exit(self.run_assay("run", self.simple_suite(), "--threads", 0), 2)

    def test_repeat_and_min_time_exclude_each_other(self):
        self.assert_exit(self.run_assay("run", "--repeat", 5, "--min-time", 1), 2)


class BadCases(support.CliTest):
    """Something is wrong with one case's files: its cells are errors, the other case runs."""

    def run_cases(self, bad_case, **options):
        suite = self.suite([self.fake_model("fp32")], [bad_case, self.case("good")])
        result = self.run_assay("run", suite, "--db", self.db, fake=True, **options)
        self.assert_exit(result, 1)
        self.assertEqual(self.cells()["good", "fp32"][0], "pass")
        return self.cells()["bad", "fp32"]

    def assert_refused(self, cell, stage: str, words: str) -> None:
        status, found_stage, reason = cell
        self.assertEqual((status, found_stage), ("error", stage), reason)
        self.assertIn(words, reason)

    def bad_wav(self, **shape):
        case = self.case("bad")
        support.write_wav(self.folder / "bad.wav", support.make_samples(4096), **shape)
        return case

    def test_8_khz(self):
        self.assert_refused(self.run_cases(self.bad_wav(rate=8000)), "inputs", "8000")

    def test_stereo(self):
        self.assert_refused(self.run_cases(self.bad_wav(channels=2)), "inputs", "stereo")

    def test_24_bit(self):
        self.assert_refused(self.run_cases(self.bad_wav(width=3)), "inputs", "24")

    def test_truncated_wav(self):
        case = self.case("bad")
        wav = self.folder / "bad.wav"
        wav.write_bytes(wav.read_bytes()[:-1000])
        self.assert_refused(self.run_cases(case), "inputs", "truncated")

    def test_missing_wav(self):
        case = self.case("bad")
        (self.folder / "bad.wav").unlink()
        self.assert_refused(self.run_cases(case), "inputs", "bad.wav")

    def test_missing_golden(self):
        case = self.case("bad")
        (self.folder / "bad.safetensors").unlink()
        self.assert_refused(self.run_cases(case), "golden", "bad.safetensors")

    def test_golden_of_another_model(self):
        self.assert_refused(self.run_cases(self.case("bad", model_sha256="f" * 64)), "golden", "f" * 64)

    def test_golden_of_another_recording(self):
        case = self.case("bad")
        support.write_wav(self.folder / "bad.wav", support.make_samples(20 * 512)[::-1])
        self.assert_refused(self.run_cases(case), "golden", "make_golden")

    def test_golden_with_another_number_of_chunks(self):
        case = self.case("bad")
        other = self.case("other", support.make_samples(10 * 512))
        text = (self.folder / other["golden"]).read_bytes()
        wanted = hashlib.sha256((self.folder / "bad.wav").read_bytes()).hexdigest()
        found = hashlib.sha256((self.folder / "other.wav").read_bytes()).hexdigest()
        (self.folder / "bad.safetensors").write_bytes(text.replace(found.encode(), wanted.encode()))
        self.assert_refused(self.run_cases(case), "golden", "scores")


class BadModels(support.CliTest):
    """Something is wrong with one variant's file, under the real engine."""

    def run_pte(self, name: str, data: bytes | None, entry: dict | None = None, ends_as: str = "error", stage: str = "load",
                **options):
        path = self.folder / f"{name}.pte"
        if data is not None:
            path.write_bytes(data)
        variant = {"name": name, "pte": path.name, "recipe": "broken on purpose", **(entry or {})}
        result = self.run_assay("run", self.suite([variant], [self.case("one")]), "--db", self.db, **options)
        self.assert_exit(result, 1)
        status, ended_in, reason = self.cells()["one", name]
        self.assertEqual((status, ended_in), (ends_as, stage), reason)
        return reason

    def fp32(self) -> bytes:
        return (support.SOURCE / "datasets/models/silero-vad/silero-vad-fp32.pte").read_bytes()

    def test_missing(self):
        self.assertIn("gone.pte", self.run_pte("gone", None))

    def test_empty(self):
        self.assertIn("empty", self.run_pte("empty", b""))

    def test_a_text_file(self):
        self.assertIn("identifier", self.run_pte("text", b"this is not a model " * 100))

    def test_truncated(self):
        data = self.fp32()
        self.assertIn("too small", self.run_pte("half", data[: len(data) // 2]))

    def test_another_file_than_the_suite_names(self):
        self.assertIn("SHA-256", self.run_pte("other", self.fp32(), {"sha256": "a" * 64}))

    def test_a_missing_operator_is_named(self):
        data = (support.SOURCE / "tests/data/pte/missing_operator.pte").read_bytes()
        self.assertIn("assay_test::halve", self.run_pte("operator", data))

    def test_a_model_that_needs_more_memory_than_there_is_fails_at_load_with_what_it_plans(self):
        data = (support.SOURCE / "tests/data/pte/huge_plan.pte").read_bytes()
        reason = self.run_pte("huge", data, ends_as="oom", preexec_fn=limit_memory)
        self.assertIn("plans 4398050705408 bytes of buffers, failed for lack of memory", reason)

    def test_a_missing_backend_is_named(self):
        data = (support.SOURCE / "tests/data/pte/unknown_backend.pte").read_bytes()
        self.assertIn("AssayAbsentBackend", self.run_pte("backend", data, stage="backend"))

    def test_other_inputs_than_the_suite_says_are_both_printed(self):
        data = (support.SOURCE / "tests/data/pte/linear_xnnpack.pte").read_bytes()
        reason = self.run_pte("inputs", data)
        self.assertIn("float32[1,32]", reason)
        self.assertIn("float32[1,576]", reason)

    def test_flipped_bits_never_take_the_run_down(self):
        """Each flip must end as a cell with a status; which one depends on what the bit meant."""
        data = bytearray(self.fp32())
        variants = []
        for i in range(12):
            position = (i * len(data)) // 12 + 17
            flipped = bytearray(data)
            flipped[position] ^= 1 << (i % 8)
            (self.folder / f"flip{i}.pte").write_bytes(flipped)
            variants.append({"name": f"flip{i}", "pte": f"flip{i}.pte", "recipe": "one bit flipped"})
        suite = self.suite(variants, [self.case("one")])
        result = self.run_assay("run", suite, "--db", self.db)
        self.assertIn(result.returncode, (0, 1), result.stderr)
        self.assertNotIn("pending", {status for status, _, _ in self.cells().values()})
        self.assertEqual(len(self.cells()), 12)


class BadDatabases(support.CliTest):
    def run_into(self, db):
        suite = self.suite([self.fake_model("fp32")], [self.case("one")])
        return self.run_assay("run", suite, "--db", db, fake=True)

    def assert_infrastructure_error(self, result, words: str) -> None:
        self.assert_exit(result, 3)
        self.assertIn(words, result.stderr)

    def test_a_file_that_is_no_database(self):
        self.db.write_text("these are my notes, not a database\n" * 50)
        self.assert_infrastructure_error(self.run_into(self.db), "not a database")
        self.assertIn("my notes", self.db.read_text())

    def test_a_database_of_another_program_is_left_alone(self):
        connection = sqlite3.connect(self.db)
        connection.execute("CREATE TABLE recipes (name)")
        connection.commit()
        connection.close()
        self.assert_exit(self.run_into(self.db), 3)
        self.assertEqual(self.query("SELECT name FROM sqlite_master"), [("recipes",)])

    def test_a_newer_schema(self):
        self.assert_exit(self.run_into(self.db), 0)
        connection = sqlite3.connect(self.db)
        connection.execute("PRAGMA user_version = 99")
        connection.close()
        self.assert_infrastructure_error(self.run_into(self.db), "99")

    def test_a_locked_database_says_so_and_keeps_its_rows(self):
        self.assert_exit(self.run_into(self.db), 0)
        holder = sqlite3.connect(self.db)
        holder.execute("BEGIN EXCLUSIVE")
        try:
            self.assert_infrastructure_error(self.run_into(self.db), "locked")
        finally:
            holder.rollback()
            holder.close()
        self.assertEqual(self.query("SELECT count(*) FROM cell WHERE status = 'pass'"), [(1,)])

    def test_a_folder_that_does_not_exist(self):
        result = self.run_into(self.folder / "none" / "results.db")
        self.assert_exit(result, 2)
        self.assertIn("make it first", result.stderr)


if __name__ == "__main__":
    support.main()
