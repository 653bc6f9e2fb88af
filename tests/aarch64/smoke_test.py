#!/usr/bin/env python3
"""The aarch64 build under qemu-user does what the x86_64 build does: same description of a model, and
the same scores within the tolerances below. Times under an emulator mean nothing and are not looked at.

Needs the preset aarch64-cross to be built (scripts/check does); without it the test is skipped.
"""

import json
import os
import sqlite3
import struct
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[2]
EMULATED = Path(__file__).with_name("emulated_assay")
NATIVE = os.environ.get("ASSAY", "")
AARCH64 = os.environ.get("ASSAY_AARCH64", "")
SUITE = SOURCE / "suites/vad.json"
MODELS = SOURCE / "datasets/models/silero-vad"
CASES = ("silence-digital", "speech-clean-1")
SKIPPED = 77  # what ctest knows as skipped

# Largest absolute difference of a chunk's score, a probability. fp32: other kernels add in another
# order. Quantized: an activation on the boundary between two steps may round to either, and the state
# carries that on. Measured on AVX-512 against the emulated Cortex-A76: 2.6e-6, 6e-8 and 0.0101. A wrong
# kernel is off by about 1.
SCORE_TOLERANCE = {"fp32": 1e-5, "int8": 0.02, "int4": 0.03}


def run(command, *arguments):
    return subprocess.run(
        [command, *map(str, arguments)], capture_output=True, text=True, timeout=280, check=False
    )


def read_scores(database):
    """(case, variant) -> the model's score of each chunk."""
    connection = sqlite3.connect(database)
    try:
        rows = connection.execute(
            "SELECT case_name, variant, value_count, float32_le FROM series JOIN series_data USING (data_id)"
            " JOIN cell USING (cell_id) WHERE name = 'score'"
        ).fetchall()
    finally:
        connection.close()
    return {(case, variant): struct.unpack(f"<{count}f", blob) for case, variant, count, blob in rows}


class Aarch64(unittest.TestCase):
    def assert_ok(self, done):
        self.assertEqual(done.returncode, 0, f"stdout:\n{done.stdout}\nstderr:\n{done.stderr}")

    def test_the_program_is_built_for_aarch64(self):
        header = Path(AARCH64).read_bytes()[:20]
        self.assertEqual(header[:4], b"\x7fELF")
        self.assertEqual(struct.unpack("<H", header[18:20])[0], 183, "ELF machine")

    def test_doctor_has_xnnpack_and_does_not_take_the_hosts_processor_for_its_own(self):
        done = run(EMULATED, "doctor", "--format", "json")
        self.assert_ok(done)
        facts = json.loads(done.stdout)
        self.assertEqual(facts["machine"]["arch"], "aarch64")
        self.assertNotIn("avx2", facts["machine"]["cpu_features"])
        self.assertIn({"name": "XnnpackBackend", "available": True}, facts["runtime"]["backends"])

    def test_inspect_says_the_same_as_on_x86_64(self):
        for variant in SCORE_TOLERANCE:
            model = MODELS / f"silero-vad-{variant}.pte"
            native = run(NATIVE, "inspect", model, "--format", "json")
            emulated = run(EMULATED, "inspect", model, "--format", "json")
            self.assert_ok(native)
            self.assert_ok(emulated)
            self.assertEqual(emulated.stdout, native.stdout)

    def test_scores_are_those_of_x86_64(self):
        with tempfile.TemporaryDirectory(prefix="assay-aarch64-") as folder:
            databases = {"native": Path(folder) / "native.db", "emulated": Path(folder) / "emulated.db"}
            arguments = ["run", SUITE, "--variant", ",".join(SCORE_TOLERANCE),
                         "--case", ",".join(CASES), "--repeat", 1]
            self.assert_ok(run(NATIVE, *arguments, "--db", databases["native"]))
            self.assert_ok(run(EMULATED, *arguments, "--worker", EMULATED, "--db", databases["emulated"]))
            native, emulated = (read_scores(path) for path in databases.values())
        self.assertEqual(len(native), len(CASES) * len(SCORE_TOLERANCE))
        self.assertEqual(emulated.keys(), native.keys())
        for (case, variant), scores in native.items():
            others = emulated[case, variant]
            self.assertEqual(len(others), len(scores))
            difference = max(abs(a - b) for a, b in zip(scores, others))
            with self.subTest(case=case, variant=variant, difference=difference):
                self.assertLessEqual(difference, SCORE_TOLERANCE[variant])
            print(f"{case} {variant}: largest difference of a score {difference:.3g}", file=sys.stderr)


if __name__ == "__main__":
    if not NATIVE:
        sys.exit("ASSAY is not set; run this through ctest")
    if not Path(AARCH64).is_file():
        print(f"{AARCH64 or 'ASSAY_AARCH64'} is not built: cmake --preset aarch64-cross && "
              "cmake --build --preset aarch64-cross --target assay")
        sys.exit(SKIPPED)
    unittest.main(verbosity=2)
