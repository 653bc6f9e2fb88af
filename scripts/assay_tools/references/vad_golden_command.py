"""Makes golden files for VAD suites with ONNX Runtime, and puts them into the suite file.

  Own recordings, the one command:
    scripts/python_env export scripts/make_golden.py --suite my/suite.json --wav a.wav b.wav
  makes my/golden/a.safetensors and b.safetensors and adds both as cases; a suite that does not exist yet is created with
  the models and thresholds of --variants-from (default suites/vad.json).

  The committed goldens again, with the variant hashes of the suite:
    scripts/python_env export scripts/make_golden.py
  What every variant scores against the goldens (Markdown on stdout):
    scripts/python_env export scripts/make_golden.py --measure suites/vad.json

WAV files must be 16 kHz, mono, 16-bit PCM. Nothing is resampled behind your back.
"""

from __future__ import annotations

import argparse
import json
import warnings
from pathlib import Path

from assay_tools.common import suite_file
from assay_tools.common.audio import LONG_CLIP_S, read_audio
from assay_tools.common.errors import UserError
from assay_tools.common.packages import require_packages
from assay_tools.common.places import REPOSITORY
from assay_tools.references.vad_reference import OnnxReference, write_golden

LONG_CLIP_STRIDE = 32  # of long clips the states of every 32nd chunk are kept, about one a second
DEFAULT_SUITE = REPOSITORY / "suites/vad.json"


def make_committed() -> None:
    """golden/vad for every clip of datasets/vad, and the cases, reference and hashes of suites/vad.json."""
    suite = suite_file.read_suite(DEFAULT_SUITE)
    reference = OnnxReference()
    clips = json.loads((REPOSITORY / "datasets/vad/clips.json").read_text(encoding="utf-8"))["clips"]
    suite["cases"] = []
    for name, clip in clips.items():
        long = clip["seconds"] > LONG_CLIP_S
        wav = REPOSITORY / f"datasets/vad/{name}.{'flac' if long else 'wav'}"
        golden = REPOSITORY / f"golden/vad/{name}.safetensors"
        golden.parent.mkdir(parents=True, exist_ok=True)
        licence = f"model outputs (silero-vad: MIT) of a clip: {clip['licence']}"
        stride = LONG_CLIP_STRIDE if long else 1
        difference = write_golden(reference, wav, golden, licence, stride)
        print(f"{name:18} max |ONNX Runtime - TorchScript| = {difference:.2e}")
        labels = wav.with_name(f"{name}.labels.json")
        suite_file.put_case(suite, suite_file.make_case(name, wav, golden, labels, DEFAULT_SUITE))
    suite["reference"] = {"runtime": "onnxruntime", "model_sha256": reference.sha256}
    suite_file.refresh_variant_hashes(suite, DEFAULT_SUITE)
    suite_file.write_suite(DEFAULT_SUITE, suite)


def add_own(suite_path: Path, wavs: list[Path], template: Path) -> None:
    """Goldens beside the suite file for a user's WAV files, and the cases for them."""
    for wav in wavs:
        read_audio(wav)  # refuse all bad files before anything is written
    if not suite_path.parent.is_dir():
        raise UserError(f"--suite {suite_path}: its folder does not exist; make it first")
    reference = OnnxReference()
    if suite_path.exists():
        suite = suite_file.read_suite(suite_path)
    else:
        suite = suite_file.new_suite(template, suite_path, suite_path.stem)
        suite["reference"] = {"runtime": "onnxruntime", "model_sha256": reference.sha256}
        print(f"{suite_path}: new, with the models and general thresholds of {template}; adjust them to your recordings")
    if suite["reference"].get("model_sha256") != reference.sha256:
        raise UserError(f"{suite_path}: its goldens come from another reference model; start a new suite file")
    folder = suite_path.parent / "golden"
    folder.mkdir(exist_ok=True)
    for wav in wavs:
        golden = folder / f"{wav.stem}.safetensors"
        labels = wav.with_name(f"{wav.stem}.labels.json")
        found = labels if labels.is_file() else None
        suite_file.put_case(suite, suite_file.make_case(wav.stem, wav, golden, found, suite_path))
        difference = write_golden(reference, wav, golden, "that of the recording")
        print(f"{wav.name}: {golden.name}, max |ONNX Runtime - TorchScript| = {difference:.2e}")
    suite_file.write_suite(suite_path, suite)
    print(f"{suite_path}: {len(suite['cases'])} cases")


def print_measurements(suite_path: Path) -> None:
    """The accuracy of each variant on each case."""
    require_packages("executorch")
    from assay_tools.references.vad_measure import markdown, measure_suite

    print(markdown(measure_suite(suite_file.read_suite(suite_path), suite_path)))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--suite", type=Path, help="suite file to create or to add cases to")
    parser.add_argument("--wav", type=Path, nargs="+", help="recordings to add, 16 kHz mono 16-bit PCM")
    parser.add_argument("--variants-from", type=Path, default=DEFAULT_SUITE, help="suite whose models a new suite uses")
    parser.add_argument("--measure", type=Path, metavar="SUITE", help="print the accuracy of every variant of a suite")
    arguments = parser.parse_args()
    warnings.simplefilter("ignore")
    if (arguments.suite is None) != (arguments.wav is None):
        raise UserError("--suite and --wav go together")
    if arguments.measure:
        print_measurements(arguments.measure)
    elif arguments.suite:
        add_own(arguments.suite, arguments.wav, arguments.variants_from)
    else:
        make_committed()
