"""The voice chain on the real runtime and the committed models."""

import json

import support


class Pipeline(support.CliTest):
    """One process and few passes: what is tested is what is said, not how fast."""

    BUILT_IN = support.SOURCE / "suites/pipeline/assistant.json"

    def suite(self, **changes):
        """The built-in suite with its paths made absolute and some of it changed."""
        manifest = json.loads(self.BUILT_IN.read_text())
        for stage in manifest["stages"].values():
            stage["suite"] = str((self.BUILT_IN.parent / stage["suite"]).resolve())
        for clip in manifest["clips"]:
            for key in ("utterances", "wav"):
                if key in clip:
                    clip[key] = str((self.BUILT_IN.parent / clip[key]).resolve())
            if "noise" in clip:
                clip["noise"]["wav"] = str((self.BUILT_IN.parent / clip["noise"]["wav"]).resolve())
        manifest["clips"][0]["count"] = 4
        manifest["clips"] = [manifest["clips"][0], manifest["clips"][2]]
        manifest.update(changes)
        path = self.folder / "chain.json"
        path.write_text(json.dumps(manifest))
        return path

    def play(self, *arguments: object, code: int = 0):
        result = self.run_assay("pipeline", *arguments, "--db", self.db, "--processes", 1, "--passes", 1)
        self.assert_exit(result, code)
        return result

    def play_json(self, *arguments: object, code: int = 0) -> dict:
        return json.loads(self.play(*arguments, "--format", "json", code=code).stdout)

    def test_fp32_understands_what_was_said_and_answers_each_command(self):
        played = self.play_json(self.suite(), "--mix", "fp32")
        commands, silence = played["mixes"][0]["clips"]
        said = json.loads((support.SOURCE / "datasets/asr/test.json").read_text())["utterances"][:4]
        self.assertEqual(commands["words"], sum(len(one["text"].split()) for one in said))
        self.assertLessEqual(commands["word_errors"], 2)
        self.assertEqual(len(commands["texts"]), 4)
        self.assertNotIn(None, commands["first_tokens"])
        self.assertEqual(silence["texts"], [])

    def test_silence_does_not_reach_the_language_model_and_the_output_says_so(self):
        clips = [{"name": "quiet", "wav": str(support.SOURCE / "datasets/vad/silence-digital.wav")}]
        result = self.play(self.suite(clips=clips), "--mix", "int8")
        self.assertIn("clip quiet: no speech found, the language model was not called", result.stdout)
        self.assertEqual(self.cells()["llm", "int8"][0], "skipped")

    def test_every_stage_is_stored_with_its_times(self):
        self.play(self.suite(), "--mix", "fp32", "--mix", "int8,int8,int4")
        cases = {case for case, _ in self.cells()}
        self.assertEqual(cases, {"vad", "front-end", "asr", "llm", "chain"})
        self.assertEqual({variant for _, variant in self.cells()}, {"fp32", "int8+int8+int4"})
        scores = dict(self.query("SELECT metric, value FROM cell_score WHERE case_name = 'chain' AND variant = 'fp32'"))
        self.assertLess(scores["chain_harness_share"], 0.2)
        self.assertGreater(scores["latency_mean_ms"], 0)
        self.assertGreater(scores["chain_parts_bytes"], 0)

    def test_the_report_has_a_waterfall_of_the_stages(self):
        self.run_assay("pipeline", self.suite(), "--mix", "fp32", "--mix", "int8", "--db", self.db, "--processes", 1, "--passes", 4)
        report = self.run_assay("report", "--db", self.db)
        self.assert_exit(report, 0)
        self.assertTrue("From the end of speech to the first token" in report.stdout)
        self.assertRegex(report.stdout, r"int8, prompt and first token: [0-9.]+ (ms|µs)")

    def test_the_grid_has_every_combination_with_its_size_latency_and_word_errors(self):
        one_command = json.loads(self.suite().read_text())["clips"][:1]
        one_command[0]["count"] = 1
        played = self.play_json(self.suite(clips=one_command), "--grid")
        stages = json.loads(self.BUILT_IN.read_text())["stages"]
        combinations = 1
        for stage in stages.values():
            suite = json.loads((self.BUILT_IN.parent / stage["suite"]).resolve().read_text())
            combinations *= len(suite["model"]["variants"])
        self.assertEqual(len(played["mixes"]), combinations)
        self.assertEqual(len({(mix["vad"], mix["asr"], mix["llm"]) for mix in played["mixes"]}), combinations)
        for mix in played["mixes"]:
            self.assertGreater(mix["model_bytes"], 0)
            self.assertLess(mix["wer"], 0.5)
            self.assertEqual({stage["stage"] for stage in mix["stages"]}, {"vad", "front-end", "asr", "llm", "chain"})

    def test_a_missed_budget_fails_its_stage_and_the_command(self):
        budgets = [{"stage": "vad", "p95_ms": 0.000001, "why": "nobody is so fast"}]
        result = self.play(self.suite(budgets=budgets), "--mix", "fp32", code=1)
        self.assertRegex(result.stdout, r"vad .* missed +nobody is so fast")
        self.assertEqual(self.cells()["vad", "fp32"][0], "fail")
        self.assertEqual(self.cells()["asr", "fp32"][0], "pass")

    def test_models_above_the_limit_of_bytes_fail_the_chain(self):
        self.play(self.suite(max_model_bytes=1000), "--mix", "fp32", code=1)
        self.assertIn("more than the 1000", self.cells()["chain", "fp32"][2])

    def test_few_answers_leave_a_budget_undecided(self):
        played = self.play_json(self.suite(), "--mix", "fp32")
        chain = next(stage for stage in played["mixes"][0]["stages"] if stage["stage"] == "chain")
        self.assertEqual(chain["verdict"], "undecided")
        self.assertIsNone(chain["p95_high_ms"])

    def test_a_model_that_is_not_the_suites_fails_its_mix_and_not_the_others(self):
        llm = json.loads((support.SOURCE / "suites/llm.json").read_text())
        for variant in llm["model"]["variants"]:
            variant["pte"] = str((support.SOURCE / "suites" / variant["pte"]).resolve())
        for case in llm["cases"]:
            for key in ("golden", "tokens"):
                if key in case:
                    case[key] = str((support.SOURCE / "suites" / case[key]).resolve())
        llm["llm"]["tokenizer"] = str((support.SOURCE / "suites" / llm["llm"]["tokenizer"]).resolve())
        next(v for v in llm["model"]["variants"] if v["name"] == "int8")["sha256"] = "0" * 64
        (self.folder / "llm.json").write_text(json.dumps(llm))
        stages = {"vad": {"suite": str(support.SOURCE / "suites/vad.json")},
                  "asr": {"suite": str(support.SOURCE / "suites/asr.json")}, "llm": {"suite": "llm.json"}}
        self.play(self.suite(stages=stages), "--mix", "fp32", "--mix", "int8", code=1)
        self.assertEqual(self.cells()["chain", "fp32"][0], "pass")
        status, _, reason = self.cells()["chain", "int8"]
        self.assertEqual(status, "error")
        self.assertIn("has SHA-256", reason)

    def test_an_unknown_variant_is_named_with_the_known_ones(self):
        result = self.play("--mix", "int8,int2,int8", code=2)
        self.assertIn("has no variant 'int2'; there are: fp32", result.stderr)

    def test_a_suite_of_another_task_is_sent_to_its_command(self):
        self.assertIn("assay run", self.play(support.SOURCE / "suites/vad.json", code=2).stderr)


if __name__ == "__main__":
    support.main()
