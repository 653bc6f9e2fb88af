"""Language models on the real runtime: the llm suite, comparison by token, and `assay llm`."""

import json

import support

SUITE = support.SOURCE / "suites/llm.json"
MODEL = support.SOURCE / "datasets/models/tiny-llama"
TOKENIZER = MODEL / "tokenizer.model"
VAD = support.SOURCE / "datasets/models/silero-vad/silero-vad-fp32.pte"


def pte(variant: str):
    return MODEL / f"tiny-llama-{variant}.pte"


class LlmSuite(support.CliTest):
    def run_llm(self, *arguments: object):
        result = self.run_assay("run", SUITE, "--db", self.db, "--repeat", 12, *arguments)
        self.assert_exit(result, 0)
        return result

    def scores(self, metric: str) -> dict[tuple[str, str], float]:
        rows = self.query("SELECT case_name, variant, value FROM cell_score WHERE metric = ?", metric)
        return {(case, variant): value for case, variant, value in rows}

    def test_fp32_is_the_reference_int8_is_near_and_int4_is_farther(self):
        self.run_llm("--case", "text-psalm68,prompt-ezra4")
        kld = self.scores("kld_mean")
        self.assertLess(kld["text-psalm68", "fp32"], 1e-6)
        self.assertLess(kld["text-psalm68", "int8"], kld["text-psalm68", "int4"] / 10)
        prefix = self.scores("greedy_common_prefix")
        self.assertEqual(prefix["prompt-ezra4", "fp32"], 48)
        self.assertLess(prefix["prompt-ezra4", "int4"], 48)
        unc = self.scores("kld_mean_unc")
        difference = kld["text-psalm68", "int4"] - kld["text-psalm68", "int8"]
        self.assertGreater(difference, 3 * (unc["text-psalm68", "int4"] + unc["text-psalm68", "int8"]))

    def test_a_prompt_has_a_time_to_first_token_and_decoding_a_rate(self):
        result = self.run_llm("--case", "prefill-64,decode-128", "--variant", "int4", "--format", "json")
        cells = {cell["case"]: cell["scores"] for cell in json.loads(result.stdout)["cells"]}
        prefill = cells["prefill-64"]
        self.assertGreater(prefill["prefill_tokens_per_s"], 64 / prefill["ttft_ms"])
        self.assertNotIn("decode_tokens_per_s", prefill)
        decode = cells["decode-128"]
        self.assertAlmostEqual(decode["decode_tokens_per_s"], 1000 / decode["latency_mean_ms"], delta=1)
        self.assertNotIn("ttft_ms", decode)
        self.assertEqual(decode["kv_cache_bytes"], 2 * 5 * 256 * 2 * 32 * 4)

    def test_compare_shows_where_two_variants_say_something_else_with_the_text_before(self):
        self.run_llm("--case", "text-psalm68", "--variant", "int8,int4", support.KEEP)
        compared = self.run_assay("compare", "--axis", "variant", "int8", "int4", "--db", self.db, "--format", "json")
        self.assert_exit(compared, 0)
        group = json.loads(compared.stdout)["groups"][0]
        self.assertIn("int8 is closer.", group["token_summary"])
        self.assertGreater(len(group["tokens"]), 5)
        text = (support.SOURCE / "datasets/llm/text-psalm68.txt").read_text(encoding="utf-8").replace("\n", "\\n")
        for token in group["tokens"]:
            self.assertIn(token["before"].lstrip("…"), text)
            self.assertNotEqual(token["a"], token["b"])
            self.assertNotIn("id ", token["a"])

    def test_a_report_shows_the_words_that_a_comparison_shows(self):
        self.run_llm("--case", "text-psalm68", "--variant", "int8,int4", support.KEEP)
        compared = self.run_assay("compare", "--axis", "variant", "int8", "int4", "--db", self.db, "--format", "json")
        reported = self.run_assay("report", "--db", self.db, "--format", "json")
        tokens = json.loads(compared.stdout)["groups"][0]["tokens"]
        self.assertEqual(json.loads(reported.stdout)["comparison"]["groups"][0]["tokens"], tokens)
        self.assertFalse([token for token in tokens if token["a"].startswith("id ")])

    def test_without_kept_files_compare_shows_token_ids(self):
        self.run_llm("--case", "text-psalm68", "--variant", "int8,int4")
        compared = self.run_assay("compare", "--axis", "variant", "int8", "int4", "--db", self.db, "--format", "json")
        token = json.loads(compared.stdout)["groups"][0]["tokens"][0]
        self.assertEqual(token["before"], "-")
        self.assertRegex(token["a"], r"^id \d+$")

    def test_a_report_of_tokens_has_their_columns(self):
        self.run_llm("--case", "text-psalm68,prefill-64")
        report = self.run_assay("report", "--db", self.db, "--format", "md")
        self.assert_exit(report, 0)
        for words in ("mean KLD", "perplexity ratio", "prefill"):
            self.assertIn(words, report.stdout)

    def test_a_model_of_another_cache_than_the_suite_says_is_an_error_of_its_cells(self):
        suite = json.loads(SUITE.read_text(encoding="utf-8"))
        suite["llm"]["max_seq_len"] = 128
        suite["model"]["inputs"][0]["shape"] = [1, 128]
        suite["llm"].pop("tokenizer")
        for variant in suite["model"]["variants"]:
            variant["pte"] = str((SUITE.parent / variant["pte"]).resolve())
        golden = str(support.SOURCE / "golden/llm/text-psalm68.safetensors")
        suite["cases"] = [{"name": "prefill-64", "tokens": golden, "prefill": 64}]
        suite["thresholds"] = []
        path = self.folder / "short.json"
        path.write_text(json.dumps(suite))
        self.assert_exit(self.run_assay("run", path, "--db", self.db), 1)
        for status, stage, reason in self.cells().values():
            self.assertEqual((status, stage), ("error", "load"))
            self.assertIn("int64[1,256]", reason)

    def test_the_full_tier_says_how_to_make_it(self):
        result = self.run_assay("run", "llm", "--tier", "full", "--db", self.db, env={"ASSAY_CACHE": str(self.folder)})
        self.assert_exit(result, 2)
        self.assertIn("scripts/full_tier", result.stderr)


class LlmCommand(support.CliTest):
    def llm(self, what: str, *arguments: object, code: int = 0, model=pte("int8"), tokenizer=TOKENIZER, **options):
        result = self.run_assay("llm", what, "--model", model, "--tokenizer", tokenizer, *arguments, **options)
        self.assert_exit(result, code)
        return result

    def json(self, *arguments: object) -> dict:
        return json.loads(self.llm("generate", "--format", "json", *arguments).stdout)

    def test_greedy_generation_is_the_references_own(self):
        prompt = (support.SOURCE / "datasets/llm/prompt-ezra4.txt").read_text(encoding="utf-8").removesuffix("\n")
        answer = self.llm("generate", "--prompt", prompt, "--max-tokens", 48, "--format", "json", model=pte("fp32"))
        golden = (support.SOURCE / "golden/llm/prompt-ezra4.safetensors").read_bytes()
        header = json.loads(golden[8 : 8 + int.from_bytes(golden[:8], "little")])
        text = header["__metadata__"]["text"]
        self.assertEqual(prompt + json.loads(answer.stdout)["text"], text)

    def test_the_answer_streams_to_standard_output_and_the_figures_to_standard_error(self):
        result = self.llm("generate", "--prompt", "And the LORD said", "--max-tokens", 20)
        self.assertTrue(result.stdout.strip())
        for words in ("time to first token", "decode", "stopped: max tokens", "KV cache"):
            self.assertIn(words, result.stderr)

    def test_sampling_repeats_with_a_seed_and_varies_without(self):
        arguments = ("--prompt", "And the", "--temperature", 1, "--top-k", 40, "--top-p", 0.95, "--max-tokens", 20)
        texts = [self.json(*arguments, "--seed", seed)["text"] for seed in (1, 1, 2)]
        self.assertEqual(texts[0], texts[1])
        self.assertNotEqual(texts[0], texts[2])

    def test_a_stop_string_ends_the_answer_before_it(self):
        whole = self.json("--prompt", "And the LORD said", "--max-tokens", 30)["text"]
        self.assertIn(", ", whole)
        answer = self.json("--prompt", "And the LORD said", "--max-tokens", 30, "--stop", ", ")
        self.assertEqual(answer["text"], whole[: whole.index(", ")])
        self.assertEqual(answer["stopped"], "stop string")

    def test_an_answer_ends_where_the_cache_ends(self):
        answer = self.json("--prompt", "And the LORD said", "--max-tokens", 1000)
        self.assertEqual(answer["stopped"], "cache full")
        self.assertLess(answer["prompt_tokens"] + len(answer["tokens"]), 258)

    def test_instruct_writes_the_chat_template_and_chat_answers_line_by_line(self):
        answer = json.loads(self.llm("instruct", "--prompt", "Who?", "--max-tokens", 5, "--format", "json").stdout)
        plain = self.json("--prompt", "Who?", "--max-tokens", 5)
        self.assertGreater(answer["prompt_tokens"], plain["prompt_tokens"])
        chat = self.llm("chat", "--max-tokens", 5, input="Who?\nAnd then?\n/exit\nnever\n")
        self.assertEqual(chat.stderr.count("time to first token"), 2)

    def test_tokenize_prints_ids(self):
        result = self.run_assay("llm", "tokenize", "--tokenizer", TOKENIZER, "--prompt", "And the LORD")
        self.assert_exit(result, 0)
        self.assertEqual(result.stdout.split()[0], "1")

    def test_bad_input_is_refused_with_what_to_do(self):
        refusals = (
            (("--prompt", ""), {}, "prompt is empty"),
            (("--prompt", "x", "--temperature", "-1"), {}, "--temperature must be 0"),
            (("--prompt", "x", "--top-p", "0"), {}, "--top-p"),
            (("--prompt", "x", "--stop", ""), {}, "stop string"),
            (("--prompt", "and " * 400), {}, "cache has 256 positions"),
            (("--prompt", "x"), {"tokenizer": self.folder / "none.model"}, "none.model"),
            (("--prompt", "x"), {"model": self.folder / "none.pte"}, "none.pte"),
        )
        for arguments, options, words in refusals:
            result = self.llm("generate", *arguments, code=2, **options)
            self.assertIn(words, result.stderr)

    def test_a_tokenizer_of_another_model_is_refused(self):
        other = support.SOURCE / "tests/data/tokenizer/smollm2.json"
        result = self.llm("generate", "--prompt", "x", tokenizer=other, code=2)
        self.assertIn("the tokenizer is of another model", result.stderr)

    def test_a_model_that_is_none_of_language_is_refused_with_its_inputs(self):
        result = self.llm("generate", "--prompt", "x", model=VAD, code=3)
        self.assertIn("is no language model", result.stderr)
        self.assertIn("float32[1,576]", result.stderr)

    def test_a_prompt_that_is_no_utf8_is_read_as_far_as_it_goes(self):
        self.llm("generate", "--prompt-file", "-", "--max-tokens", 3, input="And \udcff\udcfe the", errors="surrogateescape")


if __name__ == "__main__":
    support.main()
