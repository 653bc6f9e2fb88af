#!/usr/bin/env python3
"""assay started through a loader, as on a device without its C library, starts its own processes that way too."""

import os
import subprocess
import tempfile
import unittest
from pathlib import Path

import support

ASSAY = support.program("ASSAY")


def loader_of(program: str) -> str:
    """The loader that the program's own header names."""
    listing = subprocess.run(["readelf", "--program-headers", program], capture_output=True, text=True, check=True).stdout
    return listing.split("Requesting program interpreter: ")[1].split("]")[0]


class Launch(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="assay-launch-")
        self.addCleanup(folder.cleanup)
        self.database = Path(folder.name) / "results.db"
        self.words = [loader_of(ASSAY), ASSAY]

    def start(self, *arguments, launch=None):
        environment = {**os.environ, "ASSAY_LAUNCH": "\n".join(launch)} if launch else dict(os.environ)
        return subprocess.run([*self.words, *map(str, arguments), "--db", str(self.database)],
                              env=environment, capture_output=True, text=True, timeout=250, check=False)

    def run_vad(self, launch=None):
        return self.start("run", support.SOURCE / "suites/vad.json", "--variant", "int8", "--case", "silence-digital",
                          "--repeat", 1, "--no-artifacts", launch=launch)

    def test_workers_are_started_with_the_launch_words(self):
        done = self.run_vad(launch=self.words)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("1 cells: 1 pass", done.stdout)

    def test_the_suites_are_found_beside_the_program_and_not_beside_the_loader(self):
        done = subprocess.run([*self.words, "suites", "list"], capture_output=True, text=True, timeout=60, check=False,
                              env={**os.environ, "ASSAY_LAUNCH": "\n".join(self.words)})
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("vad", done.stdout)

    def test_without_them_the_loader_is_taken_for_the_program(self):
        done = self.run_vad()
        self.assertNotEqual(done.returncode, 0)

    def test_the_processes_of_the_voice_chain_are_started_with_them(self):
        done = self.start("pipeline", support.SOURCE / "suites/pipeline/assistant.json", "--passes", 1, "--processes", 1,
                          "--mix", "int8,int8,int8", launch=self.words)
        self.assertIn(done.returncode, (0, 1), done.stderr)
        self.assertIn("\nchain  ", done.stdout)


if __name__ == "__main__":
    unittest.main(verbosity=2)
