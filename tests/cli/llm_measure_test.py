"""`assay llm measure` on the committed language model."""

import array
import json

import support

MODEL = support.SOURCE / "datasets/models/tiny-llama/tiny-llama-int8.pte"
TOKENS = [1, 5, 9, 300, 4, 77, 8, 6]
VOCABULARY = 1024


class Measure(support.CliTest):
    def measure(self, tokens: object, *arguments: object):
        file = self.folder / "tokens.json"
        file.write_text(tokens if isinstance(tokens, str) else json.dumps(tokens))
        return self.run_assay("llm", "measure", "--model", MODEL, "--tokens", file, *arguments)

    def test_every_repetition_and_token_has_a_latency(self):
        result = self.measure(TOKENS, "--prefill", "4,8", "--decode-at", "0,5", "--decode-tokens", 3, "--repeat", 2)
        self.assert_exit(result, 0)
        found = json.loads(result.stdout)
        self.assertEqual([(row["tokens"], len(row["latency_ns"])) for row in found["prefill"]], [(4, 2), (8, 2)])
        self.assertEqual([(row["depth"], [len(times) for times in row["latency_ns"]]) for row in found["decode"]], [(0, [3, 3]), (5, [3, 3])])
        self.assertTrue(all(ns > 0 for row in found["prefill"] for ns in row["latency_ns"]))

    def test_logits_of_every_position_are_written_and_do_not_depend_on_what_was_timed(self):
        logits = []
        for name, arguments in (("plain", []), ("timed", ["--prefill", 8, "--decode-at", 2, "--decode-tokens", 4])):
            self.assert_exit(self.measure(TOKENS, "--logits", self.folder / name, *arguments), 0)
            values = array.array("f")
            values.frombytes((self.folder / name).read_bytes())
            logits.append(values)
        self.assertEqual(len(logits[0]), len(TOKENS) * VOCABULARY)
        self.assertEqual(logits[0], logits[1])

    def test_a_token_id_outside_the_vocabulary_is_refused_with_its_place(self):
        result = self.measure([1, VOCABULARY])
        self.assert_exit(result, 2)
        self.assertIn("/1: token id 1024 is outside the model's vocabulary of 1024", result.stderr)

    def test_more_tokens_than_the_cache_has_positions_are_refused_before_anything_is_written(self):
        result = self.measure([1] * 4096, "--logits", self.folder / "logits")
        self.assert_exit(result, 2)
        self.assertIn("--logits needs 4096 positions; the model's cache has", result.stderr)
        self.assertFalse((self.folder / "logits").exists())

    def test_an_empty_list_of_tokens_and_broken_json_are_refused(self):
        for text, message in (("[]", "must not be empty"), ("[1,", "not valid JSON")):
            result = self.measure(text)
            self.assert_exit(result, 2)
            self.assertIn(message, result.stderr)


if __name__ == "__main__":
    support.main()
