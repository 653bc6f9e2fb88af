#!/usr/bin/env python3
"""What the benchmark scripts share: what they refuse, and what they say then."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import unittest
import wave
from pathlib import Path

BENCH = Path(__file__).resolve().parents[2] / "scripts/bench"
sys.path.insert(0, str(BENCH))

import bench_tools as tools
import flac_clip
import overhead_pairs


def start(script: str, *options: str) -> subprocess.CompletedProcess[str]:
    command = [str(BENCH / script), *options]
    return subprocess.run(command, capture_output=True, text=True)


class MissingProgramsTest(unittest.TestCase):
    def test_are_an_error_that_says_what_to_build(self):
        with tempfile.TemporaryDirectory() as folder:
            for script in ("micro", "harness_overhead", "worker_memory", "gate_power"):
                done = start(script, "--no-build", "--build-dir", folder)
                self.assertEqual(done.returncode, tools.USAGE, script)
                self.assertEqual(done.stdout, "", script)
                self.assertIn(f"cmake --build {folder} --target", done.stderr)

    def test_of_a_self_gate_are_an_error(self):
        with tempfile.TemporaryDirectory() as folder:
            done = start("self_gate", folder, folder)
        self.assertEqual(done.returncode, tools.USAGE)
        self.assertIn("has no assay", done.stderr)


class CommandLineTest(unittest.TestCase):
    def test_of_every_script_has_help_and_a_smoke_run(self):
        scripts = [path for path in BENCH.iterdir() if path.suffix == "" and path.is_file()]
        self.assertGreater(len(scripts), 10)
        for script in scripts:
            if script.name == "export_time":
                continue  # its help is that of the environment it needs
            done = start(script.name, "--help")
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertIn("--smoke", done.stdout, script.name)

    def test_of_run_all_refuses_a_name_that_it_does_not_know(self):
        done = start("run_all", "--only", "nonsense")
        self.assertEqual(done.returncode, tools.USAGE)
        self.assertIn("harness_overhead", done.stderr)

    def test_of_run_all_does_not_keep_smoke_runs(self):
        done = start("run_all", "--smoke", "--write")
        self.assertEqual(done.returncode, tools.USAGE)


class ResultsTest(unittest.TestCase):
    def results(self, *figures: tools.Figure) -> tools.Results:
        return tools.Results("merge", "c", "0", False, "d", "Release", {}, list(figures))

    def test_survive_being_written_and_read(self):
        before = self.results(tools.Figure("a", 1.5, "ms", "under 2 ms", True, 1, 2, "note"))
        self.assertEqual(tools.Results.from_json(before.to_json()), before)

    def test_without_a_figure_are_refused(self):
        with self.assertRaisesRegex(ValueError, "neither a figure nor a table"):
            tools.Results.from_json(self.results().to_json())

    def test_with_what_is_no_number_are_refused(self):
        text = self.results(tools.Figure("a", float("nan"), "ms")).to_json()
        with self.assertRaisesRegex(ValueError, "'a' is nan"):
            tools.Results.from_json(text)

    def test_of_another_version_are_refused(self):
        document = json.loads(self.results(tools.Figure("a", 1, "ms")).to_json())
        document["version"] = 2
        with self.assertRaisesRegex(ValueError, "version 1"):
            tools.Results.from_json(json.dumps(document))


class MarkdownTest(unittest.TestCase):
    def test_leaves_out_columns_that_are_empty_all_the_way_down(self):
        table = tools.markdown([["what", "note", "met"], ["a", "", "yes"], ["b", "", ""]])
        self.assertEqual(table, "| what | met |\n|---|---|\n| a | yes |\n| b |  |")


class ClipTest(unittest.TestCase):
    def test_that_is_stored_as_flac_is_decoded_to_the_length_of_its_case(self):
        with tempfile.TemporaryDirectory() as folder:
            wav = flac_clip.wav_of(overhead_pairs.CASE, Path(folder))
            self.assertEqual(flac_clip.steps_of(wav), 5750)
            with wave.open(str(wav), "rb") as clip:
                self.assertEqual((clip.getnchannels(), clip.getframerate()), (1, 16000))
                self.assertNotEqual(set(clip.readframes(16000 * 10)), {0})

    def test_that_is_stored_as_wav_is_left_where_it_is(self):
        wav = flac_clip.wav_of("silence-digital", Path("/nowhere"))
        self.assertEqual(wav, tools.CLIPS / "silence-digital.wav")


class MatchedRatioTest(unittest.TestCase):
    def blocks(self, *starts_ms: int, latency: int) -> overhead_pairs.Blocks:
        return [{"start_ns": ms * 10**6, "latency_ns": [latency] * 40} for ms in starts_ms]

    def test_compares_blocks_of_the_same_moment(self):
        ours = self.blocks(100, 120, latency=30)
        bare = self.blocks(0, latency=99) + self.blocks(100, 120, latency=20)
        self.assertEqual(overhead_pairs.matched_ratio(ours, bare), 1.5)

    def test_is_unknown_when_most_blocks_had_nobody_beside_them(self):
        ours = self.blocks(100, 200, 300, latency=30)
        self.assertIsNone(overhead_pairs.matched_ratio(ours, self.blocks(100, latency=20)))


class SmokeTest(unittest.TestCase):
    def test_values_take_the_place_of_what_was_asked_for(self):
        parser = argparse.ArgumentParser()
        parser.add_argument("--smoke", action="store_true")
        parser.add_argument("--pairs", type=int, default=30)
        sys.argv = ["script", "--smoke"]
        self.assertEqual(tools.parse(parser, pairs=1).pairs, 1)
        sys.argv = ["script"]
        self.assertEqual(tools.parse(parser, pairs=1).pairs, 30)


if __name__ == "__main__":
    unittest.main()
