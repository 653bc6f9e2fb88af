"""Speech recognition: bad recordings and lists with a scripted engine."""

import hashlib
import json

import support

WINDOW = 64_000


class AsrBadInput(support.CliTest):
    """A model without words: of a recording without a golden only the run itself and NaN are judged."""

    def asr_suite(self, cases: list[dict], **asr: object):
        inputs, outputs = [support.tensor("mel", [1, 80, 400])], [support.tensor("encodings", [1, 100, 4])]
        variant = self.fake_model("fp32", inputs=inputs, outputs=outputs)
        model = {"name": "fake", "weights": "seeded", "inputs": inputs, "outputs": outputs, "variants": [variant]}
        task = {"sample_rate_hz": 16000, "window_samples": WINDOW, "overlap_samples": 16000, "samples_per_frame": 640, "mel_bins": 80}
        path = self.suite([variant], cases, task="asr", model=model, asr={**task, **asr}, thresholds=[])
        manifest = json.loads(path.read_text())
        del manifest["vad"]
        path.write_text(json.dumps(manifest))
        return path

    def wav(self, name: str, samples: list[int], **format_options: int) -> dict:
        support.write_wav(self.folder / f"{name}.wav", samples, **format_options)
        return {"name": name, "wav": f"{name}.wav"}

    def run_cases(self, cases: list[dict], code: int):
        result = self.run_assay("run", self.asr_suite(cases), "--db", self.db, "--repeat", 5, fake=True)
        self.assert_exit(result, code)
        return result

    def test_silence_a_blink_clipping_an_offset_and_ten_minutes_run(self):
        cases = [
            self.wav("silence", [0] * 16_000),
            self.wav("blink", support.make_samples(1_600)),
            self.wav("clipped", [32767 if i % 50 < 25 else -32768 for i in range(16_000)]),
            self.wav("offset", [9_000] * 16_000),
            self.wav("ten-minutes", support.make_samples(WINDOW) * 150),
        ]
        self.run_cases(cases, 0)
        self.assertEqual({status for status, _, _ in self.cells().values()}, {"pass"})
        seconds = dict(self.query("SELECT case_name, audio_seconds FROM cell"))
        self.assertEqual(seconds["ten-minutes"], 600)
        rtf = dict(self.query("SELECT case_name, value FROM cell_score WHERE metric = 'rtf'"))
        self.assertEqual(set(rtf), set(seconds))

    def test_recordings_that_do_not_fit_fail_their_case_with_a_reason(self):
        cases = [
            self.wav("fast", support.make_samples(4_410), rate=44_100),
            self.wav("stereo", support.make_samples(3_200), channels=2),
            self.wav("deep", support.make_samples(1_600), width=3),
            {"name": "text", "wav": "suite.json"},
            {"name": "missing", "wav": "none.flac"},
            self.wav("good", support.make_samples(16_000)),
        ]
        self.run_cases(cases, 1)
        cells = {case: cell for (case, _), cell in self.cells().items()}
        self.assertEqual(cells.pop("good")[0], "pass")
        self.assertEqual({(status, stage) for status, stage, _ in cells.values()}, {("error", "inputs")})
        for case, words in {"fast": "is 44100 Hz", "stereo": "stereo", "deep": "24 bit", "text": "neither a WAV nor a FLAC file",
                            "missing": "none.flac"}.items():
            self.assertIn(words, cells[case][2])

    def test_a_list_that_goes_beyond_its_audio_names_the_utterance(self):
        self.wav("said", support.make_samples(16_000))
        sha256 = hashlib.sha256((self.folder / "said.wav").read_bytes()).hexdigest()
        utterances = [{"name": "first", "start": 0, "samples": 8_000}, {"name": "second", "start": 8_000, "samples": 8_001}]
        document = {"audio": "said.wav", "audio_sha256": sha256, "sample_rate_hz": 16000, "utterances": utterances}
        (self.folder / "said.json").write_text(json.dumps(document))
        self.run_cases([{"name": "said", "utterances": "said.json"}], 1)
        self.assertIn("utterance 'second' is samples 8000 to 16001", self.cells()["said", "fp32"][2])

    def test_a_wrong_manifest_is_refused_before_anything_runs(self):
        suite = self.asr_suite([self.wav("good", support.make_samples(1_600))], overlap_samples=WINDOW)
        result = self.run_assay("run", suite, "--db", self.db, fake=True)
        self.assert_exit(result, 2)
        self.assertIn("/asr/overlap_samples", result.stderr)

    def test_a_model_of_another_shape_is_named_by_suites_explain(self):
        suite = self.asr_suite([self.wav("good", support.make_samples(1_600))], mel_bins=128)
        result = self.run_assay("suites", "explain", suite, fake=True)
        self.assertIn("'mel' that is float32[1,128,400]", result.stdout)


if __name__ == "__main__":
    support.main()
