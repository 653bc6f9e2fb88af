"""Scores, document and tables of scripts/migration_check.py, without either runtime."""

import math
import tempfile
import unittest
from pathlib import Path

import numpy as np

from assay_tools.common.errors import UserError
from assay_tools.common.safetensors_file import write_safetensors
from assay_tools.migration.document import Measured, make_document
from assay_tools.migration.scoring import Golden, Quality, read_golden, score
from assay_tools.migration.sides import Side
from assay_tools.migration.tables import ratio_table, summary_table
from assay_tools.references.llm_golden import golden_tensors, scored_positions

VOCABULARY = 50
TOKENS = list(range(12))
METADATA = {"task": "llm", "llm_kind": "text", "model": "m", "vocab_size": str(VOCABULARY), "input_sha256": "00"}


class Migration(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        generator = np.random.default_rng(5)
        self.reference = (generator.normal(size=(len(TOKENS), VOCABULARY)) * 3).astype(np.float32)
        self.other = self.reference + generator.normal(size=self.reference.shape).astype(np.float32)

    def golden(self, top_k: int | None, **metadata: str) -> Golden:
        positions = scored_positions(len(TOKENS), 3)
        path = self.folder / "golden.safetensors"
        write_safetensors(path, golden_tensors(TOKENS, positions, self.reference[positions], top_k, None), METADATA | metadata)
        return read_golden(path)

    def measured(self, name: str) -> Measured:
        path = self.folder / name
        path.write_bytes(b"12345")
        return Measured(Side(name, path, f"recipe of {name}", None), score(self.golden(8), self.other))

    def test_the_reference_itself_scores_perfectly(self) -> None:
        for top_k in (None, 8):
            scores = score(self.golden(top_k), self.reference).scores
            self.assertAlmostEqual(scores["kld_mean"], 0, places=6)
            self.assertAlmostEqual(scores["perplexity_ratio"], 1, places=6)
            self.assertEqual(scores["top1_agreement"], 1)

    def test_kld_and_perplexity_are_what_their_definitions_say(self) -> None:
        scores = score(self.golden(None), self.other).scores
        klds, nlls = [], []
        for at in range(3, len(TOKENS) - 1):
            p, q = (np.exp(x[at].astype(np.float64)) / np.exp(x[at].astype(np.float64)).sum() for x in (self.reference, self.other))
            klds.append(sum(a * math.log(a / b) for a, b in zip(p, q)))
            nlls.append(-math.log(q[TOKENS[at + 1]]))
        self.assertAlmostEqual(scores["kld_mean"], sum(klds) / len(klds), places=5)
        self.assertAlmostEqual(scores["kld_mean_unc"], np.std(klds, ddof=1) / math.sqrt(len(klds)), places=5)
        self.assertAlmostEqual(scores["perplexity"], math.exp(sum(nlls) / len(nlls)), places=4)

    def test_a_sparse_golden_brackets_what_a_dense_one_says(self) -> None:
        exact, sparse = (score(self.golden(top_k), self.other).scores for top_k in (None, 8))
        self.assertLessEqual(sparse["kld_mean"], exact["kld_mean"] + 1e-6)
        self.assertGreaterEqual(sparse["kld_mean"] + sparse["kld_sparse_excess"], exact["kld_mean"] - 1e-6)
        self.assertAlmostEqual(sparse["perplexity_ratio"], exact["perplexity_ratio"], places=5)
        self.assertEqual(sparse["top1_agreement"], exact["top1_agreement"])

    def test_logits_that_are_not_finite_are_counted_and_not_scored(self) -> None:
        self.other[4, 7] = np.nan
        self.assertEqual(score(self.golden(8), self.other), Quality({"nonfinite_count": 1.0}, {}))

    def test_a_greedy_golden_is_refused(self) -> None:
        with self.assertRaisesRegex(UserError, "no golden of a text"):
            self.golden(8, llm_kind="greedy")

    def test_every_process_adds_a_block_to_each_case(self) -> None:
        one = self.measured("a")
        for order in range(2):
            one.add({"prefill": [{"tokens": 4, "latency_ns": [8, 8]}], "decode": [{"depth": 0, "latency_ns": [[1, 2], [3, 4]]}]}, order, order)
        self.assertEqual(one.blocks["decode-at-0"], [{"order": n, "pair": n, "latency_ns": [1, 2, 3, 4]} for n in range(2)])
        self.assertEqual(one.tokens_per_s("prefill-4"), 4e9 / 8)
        document = make_document([one], self.golden(8), 1, "1.0", "then", "now")
        self.assertEqual([cell["case"] for cell in document["cells"]], ["text", "prefill-4", "decode-at-0"])
        self.assertEqual(document["cells"][2]["scores"]["latency_mean_ms"], 2.5e-6)

    def test_tables_have_a_line_a_variant_and_ratios_of_speed(self) -> None:
        both = [self.measured("a"), self.measured("b")]
        for order, one in enumerate(both):
            one.add({"prefill": [], "decode": [{"depth": 0, "latency_ns": [[10]]}]}, order, 0)
        metric = {"metric": "latency_p50_ms", "effect": {"value": 0.5}, "ci_low": 0.4, "ci_high": 0.8}
        found = {"groups": [{"cases": [{"case": "decode-at-0", "metrics": [metric]}]}]}
        self.assertIn("| b | 5 | ", summary_table(both, ["decode-at-0"], sparse=True))
        self.assertIn("| b | 2.00 (1.25 to 2.50) |", ratio_table(both[0], both, ["decode-at-0"], lambda a, b: found))


if __name__ == "__main__":
    unittest.main()
