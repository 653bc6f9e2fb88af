"""Speech recognition on the real runtime: the asr suite against the reference's encodings and transcripts."""

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

    def test_the_parts_of_the_word_error_rate_are_its_sum(self):
        self.run_asr("--variant", "fp32", "--case", "test-0db")
        parts = [self.scores(f"wer_{part}")["test-0db", "fp32"] for part in ("substitutions", "deletions", "insertions")]
        self.assertAlmostEqual(self.scores("wer")["test-0db", "fp32"], sum(parts), places=9)


if __name__ == "__main__":
    support.main()
