"""Speech recognition on the real runtime: the asr suite against the reference's encodings and transcripts."""

import json
import subprocess

import support

SUITE = support.SOURCE / "suites/asr.json"
CASES = ("test-clean", "test-10db", "test-0db")


class AsrSuite(support.CliTest):
    def run_asr(self, *arguments: object):
        result = self.run_assay("run", SUITE, "--db", self.db, "--repeat", 12, *arguments)
        self.assert_exit(result, 0)
        return result

    def scores(self, metric: str) -> dict[tuple[str, str], float]:
        rows = self.query("SELECT case_name, variant, value FROM cell_score WHERE metric = ?", metric)
        return {(case, variant): value for case, variant, value in rows}

    def test_fp32_writes_the_text_of_the_python_reference_for_every_utterance(self):
        self.run_asr("--variant", "fp32", "--case", ",".join(CASES))
        for case in CASES:
            self.assertEqual(self.scores("transcripts_unchanged")[case, "fp32"], 1, case)
            self.assertEqual(self.scores("wer_vs_golden")[case, "fp32"], 0, case)
        self.assertGreater(self.scores("encoding_sqnr_db")["test-clean", "fp32"], 90)
        self.assertGreater(self.scores("front_end_x_real_time")["test-clean", "fp32"], 0)

    def test_the_committed_variants_pass(self):
        self.run_asr("--variant", "int8,int8-static,int4")

    def test_a_comparison_shows_what_was_understood_otherwise(self):
        self.run_asr("--variant", "fp32,int4", "--case", "test-0db", support.KEEP)
        result = self.run_assay("compare", "--axis", "variant", "fp32", "int4", "--db", self.db, "--format", "json")
        group = json.loads(result.stdout)["groups"][0]
        self.assertRegex(group["transcript_summary"], r"^[1-9][0-9]* of 60 utterances$")
        one = group["transcripts"][0]
        said = [entry["text"] for entry in json.loads((support.SOURCE / "datasets/asr/test.json").read_text())["utterances"]]
        self.assertEqual(one["said"], f'"{said[int(one["utterance"])]}"')
        self.assertNotEqual(one["a"], one["b"])
        wer = next(row for row in group["metrics"] if row["metric"] == "wer")
        self.assertEqual(wer["resampled_units"], 60)
        self.assertEqual(wer["verdict"], "inconclusive")

    def test_a_report_shows_the_words_that_a_comparison_shows(self):
        self.run_asr("--variant", "fp32,int4", "--case", "test-0db", support.KEEP)
        compared = self.run_assay("compare", "--axis", "variant", "fp32", "int4", "--db", self.db, "--format", "json")
        sides = ("--baseline", "fp32", "--candidate", "int4")
        reported = self.run_assay("report", "--db", self.db, "--format", "json", *sides)
        transcripts = json.loads(compared.stdout)["groups"][0]["transcripts"]
        self.assertEqual(json.loads(reported.stdout)["comparison"]["groups"][0]["transcripts"], transcripts)
        self.assertRegex(transcripts[0]["a"], r'^"[a-z ]*"$')
        html = self.run_assay("report", "--db", self.db, "--format", "html", *sides)
        self.assertIn(transcripts[0]["said"].strip('"'), html.stdout)

    def control(self, program: str, variant: dict, name: str) -> dict[str, bool]:
        """Runs one variant under a suite with every limit of `name`; metric -> whether it passed, over all cases."""
        manifest = json.loads(SUITE.read_text())
        for case in manifest["cases"]:
            for key in ("utterances", "wav", "golden"):
                if key in case:
                    case[key] = str((SUITE.parent / case[key]).resolve())
            if "noise" in case:
                case["noise"]["wav"] = str((SUITE.parent / case["noise"]["wav"]).resolve())
        manifest["asr"]["vocabulary"] = str((SUITE.parent / manifest["asr"]["vocabulary"]).resolve())
        manifest["model"]["variants"] = [{"name": name, **variant}]
        for threshold in manifest["thresholds"]:
            threshold["variants"] = [one for one in threshold.get("variants", [name]) if one == name]
        manifest["thresholds"] = [one for one in manifest["thresholds"] if one["variants"]]
        suite = self.folder / "control.json"
        suite.write_text(json.dumps(manifest))
        command = [support.program(program), *support.lean(["run", suite, "--db", self.db, "--repeat", 12])]
        result = subprocess.run(command, capture_output=True, text=True, cwd=self.folder, timeout=120)
        self.assert_exit(result, 1)
        rows = self.query("SELECT metric, min(pass) FROM cell_score GROUP BY metric")
        return {metric: bool(passed) for metric, passed in rows}

    def test_two_bits_fail_every_limit_of_the_4_bit_variant(self):
        pte = support.SOURCE / "tests/data/asr/tiny-asr-int2.pte"
        passed = self.control("ASSAY", {"pte": str(pte), "recipe": "negative control"}, "int4")
        for metric in ("wer", "encoding_sqnr_db", "transcripts_unchanged"):
            self.assertFalse(passed[metric], metric)

    def test_a_front_end_without_its_last_scaling_fails_every_limit_of_fp32(self):
        pte = support.SOURCE / "datasets/models/tiny-asr/tiny-asr-fp32.pte"
        passed = self.control("ASSAY_UNSCALED", {"pte": str(pte), "recipe": "negative control"}, "fp32")
        for metric in ("wer", "encoding_sqnr_db", "transcripts_unchanged"):
            self.assertFalse(passed[metric], metric)

    def test_the_parts_of_the_word_error_rate_are_its_sum(self):
        self.run_asr("--variant", "fp32", "--case", "test-0db")
        parts = [self.scores(f"wer_{part}")["test-0db", "fp32"] for part in ("substitutions", "deletions", "insertions")]
        self.assertAlmostEqual(self.scores("wer")["test-0db", "fp32"], sum(parts), places=9)


if __name__ == "__main__":
    support.main()
