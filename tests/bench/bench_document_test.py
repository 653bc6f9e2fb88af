#!/usr/bin/env python3
"""The page of benchmarks is made from what was measured, and a hand in it is found."""

from __future__ import annotations

import sys
import tempfile
import unittest
from pathlib import Path
from unittest import mock

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "scripts/bench"))

import bench_document as document
import bench_tools as tools

PAGE = """# Page

<!-- begin results: made, not by hand -->
<!-- end results -->

Prose.

<!-- begin merge: made, not by hand -->
<!-- end merge -->
"""


def measured(**changes) -> tools.Results:
    figures = [
        tools.Figure("db merge", 3.25, "s", "under 5 s", True, 3.0, 3.5, "CPU 3 s"),
        tools.Figure("without a target", 7, "ms"),
    ]
    facts = {
        "benchmark": "merge",
        "command": "scripts/bench/merge",
        "commit": "0123456789",
        "changed": False,
        "date": "2026-11-30T12:00:00+00:00",
        "build": "Release",
        "machine": {"cpu": "A CPU", "cores": 2, "load_average": [0.5]},
        "figures": figures,
    }
    return tools.Results(**(facts | changes))


def rendered(age=document.no_age, **changes) -> str:
    return document.render(PAGE, {"merge": measured(**changes)}, age)


class RenderTest(unittest.TestCase):
    def test_puts_figures_with_a_target_into_the_results(self):
        results = rendered().split("Prose.")[0]
        self.assertIn("| db merge | 3.25 s | 3 s to 3.5 s | under 5 s | yes |", results)
        self.assertNotIn("without a target", results)

    def test_puts_everything_and_its_origin_into_the_block_of_the_benchmark(self):
        block = rendered().split("Prose.")[1]
        self.assertIn("without a target", block)
        self.assertIn("CPU 3 s", block)
        words = " ".join(block.split())
        self.assertIn("Measured on 2026-11-30 at `0123456`: A CPU, 2 cores, load average", words)
        self.assertIn("`scripts/bench/merge`", words)

    def test_keeps_the_prose_and_renders_again_to_the_same(self):
        once = rendered()
        self.assertIn("\n\nProse.\n\n", once)
        everything = {"merge": measured()}
        self.assertEqual(document.render(once, everything, document.no_age), once)

    def test_marks_what_is_old_in_both_blocks(self):
        page = rendered(age=lambda _: document.OLDER)
        self.assertEqual(page.count(document.OLDER), 2)

    def test_refuses_a_page_without_a_block_for_a_measurement(self):
        page = PAGE.split("Prose.")[0]
        with self.assertRaisesRegex(document.DocumentError, "needs merge, results"):
            document.render(page, {"merge": measured()}, document.no_age)

    def test_refuses_a_block_that_does_not_end(self):
        page = PAGE + "\n<!-- begin sdpa: made, not by hand -->\n"
        with self.assertRaisesRegex(document.DocumentError, "does not end"):
            document.render(page, {"merge": measured()}, document.no_age)


class CheckTest(unittest.TestCase):
    def problems(self, page: str) -> list[str]:
        with mock.patch.object(document, "unmatched_sources", return_value=[]):
            return document.find_problems(page, {"merge": measured()})

    def test_accepts_what_was_rendered(self):
        self.assertEqual(self.problems(rendered()), [])

    def test_accepts_marks_of_age(self):
        for mark in (document.OLDER, document.UNKNOWN, document.CHANGED):
            self.assertEqual(self.problems(rendered(age=lambda _, mark=mark: mark)), [])

    def test_finds_a_figure_that_was_edited_by_hand(self):
        problems = self.problems(rendered().replace("3.25 s", "2.25 s", 1))
        self.assertEqual(len(problems), 1)
        self.assertIn("block 'results'", problems[0])

    def test_finds_a_measurement_that_was_not_rendered(self):
        page = rendered(figures=[tools.Figure("db merge", 4, "s", "under 5 s", True)])
        self.assertEqual(len(self.problems(page)), 2)

    def test_every_path_of_the_catalogue_has_files(self):
        if tools.git("rev-parse", "HEAD") is None:
            self.skipTest("not in a clone of git")
        self.assertEqual(document.unmatched_sources(), [])


class ReadTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def put(self, name: str, results: tools.Results) -> None:
        (self.folder / name).write_text(results.to_json(), encoding="utf-8")

    def test_reads_what_was_written(self):
        self.put("merge.json", measured())
        self.assertEqual(document.read_results(self.folder), {"merge": measured()})

    def test_refuses_a_smoke_run(self):
        self.put("merge.json", measured(smoke=True))
        with self.assertRaisesRegex(document.DocumentError, "merge.json is of a smoke run"):
            document.read_results(self.folder)

    def test_refuses_a_file_of_another_benchmark(self):
        self.put("sdpa.json", measured())
        with self.assertRaisesRegex(document.DocumentError, "sdpa.json is of 'merge'"):
            document.read_results(self.folder)

    def test_refuses_a_file_without_figures(self):
        self.put("merge.json", measured(figures=[]))
        with self.assertRaisesRegex(document.DocumentError, "neither a figure nor a table"):
            document.read_results(self.folder)


class AgeTest(unittest.TestCase):
    def age(self, git_answer: str | None, **changes) -> str:
        with mock.patch.object(tools, "git", return_value=git_answer):
            return document.age_by_git(measured(**changes))

    def test_is_nothing_to_mention_while_the_sources_are_the_same(self):
        self.assertEqual(self.age(""), "")

    def test_is_older_when_a_source_changed(self):
        self.assertEqual(self.age("harness/store/merge.cpp"), document.OLDER)

    def test_is_unknown_when_git_does_not_know_the_commit(self):
        self.assertEqual(self.age(None), document.UNKNOWN)

    def test_of_a_changed_tree_is_said(self):
        self.assertEqual(self.age("", changed=True), document.CHANGED)


if __name__ == "__main__":
    unittest.main()
