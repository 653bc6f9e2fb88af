"""scripts/validate.py and scripts/validate_all_models.py on the real runtime."""

import subprocess
import sys
from pathlib import Path

import support

sys.path.insert(0, str(support.SOURCE / "scripts"))

from assay_tools.validation.checks import known_checks
from assay_tools.validation.execution import _check_silence, _finite_outputs
from assay_tools.validation.inventory import Model, Suite, suites_in
from assay_tools.validation.scoring import Judgement, suite_for_models
from assay_tools.validation.worker import Tensor, WorkerError, start_worker

SILERO = support.SOURCE / "datasets/models/silero-vad"
PTE = support.SOURCE / "tests/data/pte"


class ValidateTest(support.CliTest):
    def run_script(self, name: str, *arguments: object) -> subprocess.CompletedProcess:
        command = [sys.executable, str(support.SOURCE / "scripts" / name), "--assay", support.program("ASSAY")]
        return subprocess.run([*command, *map(str, arguments)], capture_output=True, text=True, timeout=250, cwd=self.folder)

    def copy(self, source: Path, name: str, *, keep: float = 1.0, append: bytes = b"") -> Path:
        target = self.folder / "models" / name
        target.parent.mkdir(exist_ok=True)
        data = source.read_bytes()
        target.write_bytes(data[: int(len(data) * keep)] + append)
        return target


class AllModels(ValidateTest):
    def test_every_committed_model_and_every_known_check_passes(self):
        result = self.run_script("validate_all_models.py")
        self.assert_exit(result, 0)
        for name in ("silero-vad-fp32", "silero-vad-int4", "tiny-llama-int8"):
            self.assertRegex(result.stdout, rf"pass  {name}\.pte \([0-9.]+ MB\): suite (vad|llm) as \w+: \d+ cases pass")
        self.assertRegex(result.stdout, r"pass  stays quiet: silero-vad-int8\.pte: highest score silence-digital 0\.0\d\d, noise-white")
        self.assertRegex(result.stdout, r"pass  three WAV files: silero-vad-int4\.pte: F1 against the labels speech-clean-1 0\.9")
        self.assertRegex(result.stdout, r"pass  total size: [0-9.]+ MB in \d+ files; one variant of each model [0-9.]+ MB to")
        self.assertNotIn("FAIL", result.stdout)

    def test_a_damaged_model_fails_beside_one_that_passes(self):
        self.copy(SILERO / "silero-vad-int8.pte", "good.pte")
        self.copy(SILERO / "silero-vad-int4.pte", "half.pte", keep=0.5)
        result = self.run_script("validate_all_models.py", "--models", self.folder / "models")
        self.assert_exit(result, 1)
        self.assertRegex(result.stdout, r"pass  good\.pte .*suite vad as int8: 14 cases pass")
        self.assertRegex(result.stdout, r"FAIL  half\.pte .*the file is truncated: its header says \d+ bytes")
        self.assertIn("2 models: 1 of the lines above fail", result.stdout)

    def test_a_folder_without_models_is_an_error(self):
        result = self.run_script("validate_all_models.py", "--models", self.folder)
        self.assert_exit(result, 2)
        self.assertIn("no .pte file in it or below it", result.stderr)

    def test_a_folder_that_is_not_there_is_an_error(self):
        result = self.run_script("validate_all_models.py", "--models", self.folder / "nothing")
        self.assert_exit(result, 2)
        self.assertIn("no such folder", result.stderr)

    def test_a_folder_of_ones_own_does_not_go_with_a_tier(self):
        result = self.run_script("validate_all_models.py", "--models", self.folder, "--tier", "quick")
        self.assert_exit(result, 2)


class OneModel(ValidateTest):
    def test_a_truncated_file_fails_with_the_reason(self):
        result = self.run_script("validate.py", self.copy(SILERO / "silero-vad-fp32.pte", "short.pte", keep=0.9))
        self.assert_exit(result, 1)
        self.assertRegex(result.stdout, r"^FAIL  short\.pte .*truncated")

    def test_a_file_that_is_no_model_fails_with_the_reason(self):
        path = self.folder / "text.pte"
        path.write_text("not a model\n")
        result = self.run_script("validate.py", path)
        self.assert_exit(result, 1)
        self.assertRegex(result.stdout, r"^FAIL  text\.pte .*not a \.pte")

    def test_a_file_that_is_not_there_is_an_error(self):
        result = self.run_script("validate.py", self.folder / "none.pte")
        self.assert_exit(result, 2)
        self.assertIn("no such file", result.stderr)

    def test_other_bytes_with_a_suites_inputs_and_outputs_are_held_to_what_all_its_variants_share(self):
        result = self.run_script("validate.py", self.copy(SILERO / "silero-vad-int8.pte", "own.pte", append=b"x"))
        self.assert_exit(result, 0)
        self.assertRegex(result.stdout, r"pass  own\.pte .*suite vad, by its inputs and outputs: 14 cases pass")
        self.assertIn("pass  stays quiet: own.pte", result.stdout)

    def test_a_model_that_no_suite_knows_is_executed(self):
        result = self.run_script("validate.py", PTE / "linear_8da4w.pte")
        self.assert_exit(result, 0)
        self.assertIn("no suite knows it: runs on zeros and on noise, 1 output is finite", result.stdout)

    def test_a_model_with_an_operator_that_the_runtime_lacks_fails_and_names_it(self):
        result = self.run_script("validate.py", PTE / "missing_operator.pte")
        self.assert_exit(result, 1)
        self.assertRegex(result.stdout, r"FAIL  missing_operator\.pte .*assay_test::halve\.out")
        self.assertNotIn(str(support.SOURCE), result.stdout)

    def test_a_program_that_is_not_there_is_an_error(self):
        command = [sys.executable, str(support.SOURCE / "scripts/validate.py"), "--assay", "nothing", str(PTE / "add.pte")]
        result = subprocess.run(command, capture_output=True, text=True, timeout=60, cwd=self.folder)
        self.assert_exit(result, 2)
        self.assertIn("no such program", result.stderr)


class FakeWorker:
    def __init__(self, values: bytes) -> None:
        self.values = values

    def give(self, specs: list, values: list) -> None:
        """Takes anything."""

    def outputs(self) -> list[Tensor]:
        return [Tensor("float32", [1, 2], self.values)]


class Judging(support.CliTest):
    def vad_judgement(self, **score_max: float) -> Judgement:
        path = self.folder / "vad.pte"
        path.write_bytes(b"pte")
        suite = Suite(self.folder / "vad.json", {"name": "vad", "task": "vad", "vad": {"threshold": 0.5}})
        scores = {case.replace("_", "-"): {"score_max": value} for case, value in score_max.items()}
        return Judgement(Model(path, suite, {"name": "fp32"}), True, "", scores)

    def test_a_model_that_hears_speech_in_noise_fails(self):
        judged = self.vad_judgement(silence_digital=0.01, noise_white=0.7, noise_pink=0.1)
        (passed, text), = known_checks([judged], alternatives=True)
        self.assertFalse(passed)
        self.assertIn("noise-white 0.700", text)

    def test_models_of_more_than_1_gb_fail_together(self):
        judged = []
        for name in ("one.pte", "two.pte"):
            with (self.folder / name).open("wb") as file:
                file.truncate(600_000_000)
            judged.append(Judgement(Model(self.folder / name), True, ""))
        (passed, text), = known_checks(judged, alternatives=False)
        self.assertFalse(passed)
        self.assertIn("total size: 1200.0 MB in 2 files", text)

    def test_an_output_that_is_nan_fails(self):
        nan = b"\x00\x00\xc0\x7f"
        with self.assertRaisesRegex(WorkerError, "1 values of output 0 are NaN or infinite on zeros"):
            _finite_outputs(FakeWorker(bytes(4) + nan), [], [], "zeros")

    def test_a_log_mel_without_its_final_scaling_fails_on_silence(self):
        audio = [{"dtype": "float32", "shape": [1, 320]}]
        unscaled = Tensor("float32", [1, 1, 80, 2], b"\x00\x00\x20\xc1" * 160)  # -10
        with self.assertRaisesRegex(WorkerError, "log-mel of digital silence is -1.5 everywhere; this one is off by 8.5"):
            _check_silence(audio, [unscaled])

    def test_limits_follow_the_variant_and_others_get_the_shared_ones(self):
        manifest = {
            "name": "s", "task": "vad", "cases": [], "model": {"variants": [{"name": "a"}, {"name": "b"}]},
            "thresholds": [
                {"metric": "m1", "variants": ["a"]}, {"metric": "m2", "variants": ["a", "b"]}, {"metric": "m3"},
            ],
        }
        models = {"a": Model(Path("a.pte"), None, {"name": "a"}), "own": Model(Path("own.pte"))}
        made = suite_for_models(Suite(self.folder / "s.json", manifest), models)
        held = {threshold["metric"]: threshold["variants"] for threshold in made["thresholds"]}
        self.assertEqual(held, {"m1": ["a"], "m2": ["a", "own"], "m3": ["a", "own"]})

    def test_a_chain_of_models_is_no_suite_of_its_own(self):
        (self.folder / "chain.json").write_text('{"name": "chain", "task": "pipeline", "stages": []}')
        (self.folder / "own.json").write_text('{"name": "own", "task": "vad", "model": {"variants": []}}')
        self.assertEqual([suite.name for suite in suites_in(self.folder)], ["own"])

    def test_a_worker_that_crashes_is_said_to_have_crashed(self):
        program = self.folder / "crash"
        program.write_text("#!/bin/sh\necho it hurts >&2\nkill -SEGV $$\n")
        program.chmod(0o755)
        with self.assertRaisesRegex(WorkerError, "crashed with SIGSEGV"), start_worker(program):
            self.fail("nothing greets")


if __name__ == "__main__":
    support.main()
