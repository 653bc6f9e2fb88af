"""`assay db import`: a run that another program measured, in the database and in what is made of it."""

import copy
import json

import support


def cell(variant: str, latency: int, first_order: int, pass_count: int = 8) -> dict:
    """A case that took `latency` ns on average, in as many processes as give an interval from pairs."""
    return {
        "suite": "migration", "case": "decode-at-0", "variant": variant, "backend": "cpu", "recipe": f"{variant}, by hand", "status": "pass",
        "scores": {"latency_p50_ms": latency / 1e6, "decode_tokens_per_s": 1e9 / latency},
        "blocks": [
            {"order": 2 * i + (first_order if i % 2 == 0 else 1 - first_order), "pair": i, "latency_ns": [latency - i, latency, latency + i]}
            for i in range(pass_count)
        ],
    }


DOCUMENT = {
    "format": "assay-import", "version": 1, "uuid": "5ca1ab1e-0000-4000-8000-000000000001",
    "started_utc": "2026-01-31T12:00:00Z", "finished_utc": "2026-01-31T12:01:00Z", "tool": {"name": "llama.cpp", "version": "b1"},
    "model": "m", "weights": "trained", "device": "local", "threads": 1, "cells": [cell("before", 2_000_000, 0), cell("after", 1_000_000, 1)],
}


class Import(support.CliTest):
    def import_document(self, document: dict):
        file = self.folder / "run.json"
        file.write_text(json.dumps(document))
        return self.run_assay("db", "import", file, "--db", self.db)

    def test_an_imported_run_can_be_compared_along_its_variants(self):
        self.assert_exit(self.import_document(DOCUMENT), 0)
        result = self.run_assay("compare", "--axis", "variant", "before", "after", "--db", self.db, "--format", "json")
        self.assert_exit(result, 0)
        rows = {row["metric"]: row for row in json.loads(result.stdout)["groups"][0]["metrics"]}
        decode = rows["decode_tokens_per_s"]
        self.assertAlmostEqual(decode["effect"]["value"], 2, places=3)
        self.assertEqual((decode["verdict"], decode["resampled_units"]), ("better", 8))

    def test_an_imported_run_has_a_report(self):
        self.assert_exit(self.import_document(DOCUMENT), 0)
        result = self.run_assay("report", "--db", self.db, "--format", "md", "--output", self.folder / "report.md")
        self.assert_exit(result, 0)
        self.assertIn("before", (self.folder / "report.md").read_text())

    def test_an_imported_run_is_exported_with_its_samples(self):
        self.assert_exit(self.import_document(DOCUMENT), 0)
        result = self.run_assay("db", "export", "--db", self.db, "--samples")
        self.assert_exit(result, 0)
        run = json.loads(result.stdout)
        self.assertEqual(run["uuid"], DOCUMENT["uuid"])
        self.assertEqual(run["fingerprint"]["tool_version"], "llama.cpp b1")
        self.assertEqual({c["variant"]: len(c["blocks"]) for c in run["cells"]}, {"before": 8, "after": 8})

    def test_importing_the_same_run_again_changes_nothing_and_says_so(self):
        self.assert_exit(self.import_document(DOCUMENT), 0)
        before = self.run_assay("db", "export", "--db", self.db, "--samples").stdout
        again = self.import_document(DOCUMENT)
        self.assert_exit(again, 0)
        self.assertIn("stored already, as number 1; nothing was changed", again.stdout)
        self.assertEqual(self.run_assay("db", "export", "--db", self.db, "--samples").stdout, before)
        self.assertEqual(len(json.loads(self.run_assay("db", "info", "--db", self.db, "--format", "json").stdout)["runs"]), 1)

    def test_a_wrong_document_is_refused_and_makes_no_database(self):
        document = copy.deepcopy(DOCUMENT)
        document["cells"][1]["scores"]["tokens_per_parsec"] = 1
        result = self.import_document(document)
        self.assert_exit(result, 2)
        self.assertIn("/cells/1/scores/tokens_per_parsec", result.stderr)
        self.assertFalse(self.db.exists())

    def test_text_that_is_not_json_is_refused(self):
        file = self.folder / "run.json"
        file.write_text("{")
        result = self.run_assay("db", "import", file, "--db", self.db)
        self.assert_exit(result, 2)
        self.assertIn("not valid JSON", result.stderr)

    def test_a_missing_file_is_named(self):
        result = self.run_assay("db", "import", "nowhere.json", "--db", self.db)
        self.assert_exit(result, 2)
        self.assertIn("nowhere.json", result.stderr)

    def test_an_exported_run_is_imported_elsewhere_and_exported_as_it_was(self):
        suite = self.suite([self.fake_model("int8"), self.fake_model("int4", fail={"when": "load", "how": "crash"})], [self.case("tones")])
        self.assert_exit(self.run_assay("run", suite, "--db", self.db, fake=True), 1)
        exported = self.run_assay("db", "export", "--db", self.db, "--samples").stdout
        file = self.folder / "run.json"
        file.write_text(exported)
        other = self.folder / "other.db"
        result = self.run_assay("db", "import", file, "--db", other)
        self.assert_exit(result, 0)
        self.assertIn("with 2 cells as run 1", result.stdout)
        self.assertEqual(self.run_assay("db", "export", "--db", other, "--samples").stdout, exported)
        compared = self.run_assay("db", "info", "--db", other, "--format", "json")
        self.assertEqual(json.loads(compared.stdout)["runs"][0]["cells"], {"crash": 1, "pass": 1})


if __name__ == "__main__":
    support.main()
