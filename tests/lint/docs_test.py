#!/usr/bin/env python3
"""The checker of the documents rejects what it must: each test makes a small tree with one fault."""

import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import documents

CHECKER = Path(__file__).with_name("check_docs.py")
# Joined to a name below, so that this file mentions nothing that is not there.
DOCS, SCRIPTS = "docs", "scripts"
LONG = "word " * 25


class DocumentsTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name)
        self.put(f"{DOCS}/guide/gate.md", "# The gate\n\n## Exit codes & formats\n")
        self.put(documents.INDEX, "[gate](guide/gate.md)\n")

    def put(self, name, text):
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def problems(self):
        return [str(problem) for problem in documents.check_tree(self.root)]

    def assert_one_problem(self, *parts):
        problems = self.problems()
        self.assertEqual(len(problems), 1, problems)
        for part in parts:
            self.assertIn(part, problems[0])

    def test_accepts_a_tree_whose_documents_hold(self):
        self.put("README.md", f"[gate]({DOCS}/guide/gate.md#exit-codes--formats) [x](https://x.y/z)\n")
        self.put("harness/gate/a.h", f"// See {DOCS}/guide/gate.md.\n")
        self.put("harness/gate/b.h", f"// Described under {DOCS}/guide.\n")
        self.assertEqual(self.problems(), [])

    def test_rejects_a_link_that_leads_nowhere(self):
        self.put("golden/README.md", "one\n\n[gone](../gone.md)\n")
        self.assert_one_problem("golden/README.md:3", "../gone.md leads nowhere")

    def test_resolves_a_link_from_the_folder_of_its_file(self):
        self.put("golden/README.md", "[index](README.md) [gate](guide/gate.md)\n")
        self.assert_one_problem("golden/README.md:1", "guide/gate.md leads nowhere")

    def test_rejects_a_link_to_a_heading_that_is_not_there(self):
        self.put("README.md", f"[gate]({DOCS}/guide/gate.md#times)\n")
        self.assert_one_problem("README.md:1", "#times: no such heading")

    def test_rejects_a_link_to_a_missing_heading_of_the_same_page(self):
        self.put("README.md", "# Title\n\n[here](#title) [there](#below)\n")
        self.assert_one_problem("README.md:3", "#below: no such heading")

    def test_takes_no_link_out_of_code(self):
        self.put("README.md", "```\n[gone](gone.md)\n```\n")
        self.assertEqual(self.problems(), [])

    def test_rejects_a_page_that_the_index_lacks(self):
        self.put(f"{DOCS}/internals/schema.md", "# Schema\n")
        self.assert_one_problem("internals/schema.md:1", "is not in the index")

    def test_rejects_documents_without_an_index(self):
        (self.root / documents.INDEX).unlink()
        self.assert_one_problem("the index of the documents is missing")

    def test_rejects_a_line_of_prose_that_is_too_long(self):
        self.put("README.md", f"short\n{LONG}\n")
        self.assert_one_problem("README.md:2", "columns; prose has at most 100")

    def test_counts_the_text_of_a_link_but_not_its_target(self):
        padding = "x" * 85
        self.put("README.md", f"{padding} [gate]({DOCS}/guide/gate.md) more\n")
        self.assertEqual(self.problems(), [])
        self.put("README.md", f"{padding} [the gate of it]({DOCS}/guide/gate.md) more\n")
        self.assert_one_problem("README.md:1", "columns")

    def test_lets_tables_and_code_be_as_long_as_they_must(self):
        self.put("README.md", f"| {LONG} |\n\n    {LONG}\n\n```\n{LONG}\n```\n")
        self.assertEqual(self.problems(), [])

    def test_looks_at_prose_again_after_code(self):
        self.put("README.md", f"```\n{LONG}\n```\n{LONG}\n")
        self.assert_one_problem("README.md:4", "columns")

    def test_rejects_a_mention_of_a_page_that_is_not_there_in_a_source(self):
        self.put("harness/gate/a.cpp", f"\n// As {DOCS}/gate.md says.\n")
        self.assert_one_problem("harness/gate/a.cpp:2", f"{DOCS}/gate.md is not there")

    def test_rejects_such_a_mention_in_a_script_without_a_suffix_and_in_a_suite(self):
        self.put(f"{SCRIPTS}/quickstart", f"#!/bin/sh\n# {DOCS}/gone.md\n")
        self.put("suites/vad.json", f'{{"why": "{DOCS}/lost.md"}}\n')
        problems = self.problems()
        self.assertEqual(len(problems), 2, problems)

    def test_rejects_a_path_of_the_tree_that_a_page_names_and_that_is_not_there(self):
        self.put("harness/gate/judge.h", "#pragma once\n")
        self.put("README.md", "`harness/gate/judge.h` and `harness/gate/jury.h`, in `harness/gate`\n")
        self.assert_one_problem("README.md:1", "harness/gate/jury.h is not there")

    def test_rejects_a_command_of_an_example_that_is_not_there(self):
        self.put("README.md", f"```\n{SCRIPTS}/gone --output golden/new.safetensors\n```\n")
        self.assert_one_problem("README.md:2", f"{SCRIPTS}/gone is not there")

    def test_tries_globs_and_takes_forms_as_they_are(self):
        self.put("harness/gate/judge.h", "#pragma once\n")
        self.put("README.md", "`harness/gate/judge.*`, `harness/run/a.{h,cpp}`, `tests/NAME_test.cpp`\n")
        self.assertEqual(self.problems(), [])
        self.put("README.md", "`harness/gate/jury.*`\n")
        self.assert_one_problem("harness/gate/jury.* is not there")

    def test_looks_neither_at_build_trees_nor_at_addresses_of_others(self):
        self.put("build/dev/a.txt", f"{DOCS}/gone.md\n")
        self.put(".cache/a.md", f"{LONG}\n")
        self.put("README.md", f"https://example.com/{DOCS}/gone.md\n")
        self.assertEqual(self.problems(), [])

    def test_leaves_the_words_of_the_change_log_alone_but_not_its_links(self):
        self.put("CHANGELOG.md", f"{DOCS}/old.md {LONG}\n[old]({DOCS}/old.md)\n")
        self.assert_one_problem("CHANGELOG.md:2", "leads nowhere")

    def test_program_fails_on_a_bad_tree_and_names_the_line(self):
        self.put("README.md", "[gone](gone.md)\n")
        run = subprocess.run([sys.executable, CHECKER, self.root], capture_output=True, text=True)
        self.assertEqual(run.returncode, 1)
        self.assertIn("README.md:1", run.stdout)


if __name__ == "__main__":
    unittest.main()
