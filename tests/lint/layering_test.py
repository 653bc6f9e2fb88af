#!/usr/bin/env python3
"""The layering checker rejects what it must: each test makes a small tree with one fault in it."""

import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import layering

CHECKER = Path(__file__).with_name("check_layering.py")


class LayeringTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name)

    def put(self, name, text):
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def problems(self):
        return [str(problem) for problem in layering.check_tree(self.root)]

    def assert_one_problem(self, *parts):
        problems = self.problems()
        self.assertEqual(len(problems), 1, problems)
        for part in parts:
            self.assertIn(part, problems[0])

    def test_accepts_a_tree_that_keeps_the_table(self):
        self.put("harness/base/result.h", "#pragma once\n#include <fmt/format.h>\n")
        self.put("harness/model/run.h", "#pragma once\n#include <harness/base/result.h>\n")
        self.put("runtime/engine.cpp", "#include <executorch/extension/module/module.h>\n")
        self.put("harness/store/store.cpp", "#include <sqlite3.h>\n#include <vector>\n")
        self.put("harness/model/CMakeLists.txt", "assay_library(model SOURCES a.cpp USES base)\n")
        self.assertEqual(self.problems(), [])

    def test_rejects_an_include_of_a_row_below(self):
        self.put("harness/base/result.h", "#pragma once\n\n#include <harness/model/run.h>\n")
        self.assert_one_problem("harness/base/result.h:3", "harness/base may not include harness/model")

    def test_rejects_an_include_of_a_sibling_row(self):
        self.put("harness/compare/a.cpp", "#include <harness/store/store.h>\n")
        self.assert_one_problem("harness/compare may not include harness/store")

    def test_rejects_executorch_outside_runtime(self):
        self.put("harness/run/a.cpp", "#  include <executorch/runtime/core/error.h>\n")
        self.assert_one_problem("only runtime, tests/bench, tests/unit/runtime may include <executorch/")

    def test_rejects_executorch_in_the_inspector(self):
        self.put("runtime/inspect/a.cpp", "#include <executorch/runtime/core/error.h>\n")
        self.assert_one_problem("only runtime, tests/bench, tests/unit/runtime may include <executorch/")

    def test_rejects_executorch_in_tests(self):
        self.put("tests/unit/run/a.cpp", "#include <executorch/runtime/core/error.h>\n")
        self.assert_one_problem("only runtime, tests/bench, tests/unit/runtime may include <executorch/")

    def test_rejects_sqlite_outside_the_store(self):
        self.put("reports/a.cpp", "#include <sqlite3.h>\n")
        self.assert_one_problem("only harness/store")

    def test_rejects_a_folder_that_the_table_lacks(self):
        self.put("harness/utils/a.h", "#pragma once\n")
        self.assert_one_problem("harness/utils/a.h", "no folder of the architecture table")

    def test_rejects_an_include_with_quotes(self):
        self.put("harness/base/a.cpp", '#include "result.h"\n')
        self.assert_one_problem("not with quotes")

    def test_rejects_a_header_without_pragma_once(self):
        self.put("harness/base/a.h", "// #pragma once is missing\n")
        self.assert_one_problem("without #pragma once")

    def test_rejects_a_file_that_is_too_long(self):
        self.put("tests/unit/base/a.cpp", "\n" * (layering.MAX_LINES + 1))
        self.assert_one_problem("longer than")

    def test_rejects_a_library_that_links_more_than_its_row_allows(self):
        self.put("golden/CMakeLists.txt", "assay_library(\n  golden\n  SOURCES a.cpp\n  USES base store)\n")
        self.assert_one_problem("golden may not link harness/store")

    def test_rejects_a_library_that_links_an_unknown_row(self):
        self.put("golden/CMakeLists.txt", "assay_library(golden SOURCES a.cpp USES utils LINK x)\n")
        self.assert_one_problem("USES utils")

    def test_lets_tests_include_every_row(self):
        self.put("tests/unit/cli/a.cpp", "#include <harness/cli/command.h>\n#include <runtime/x.h>\n")
        self.assertEqual(self.problems(), [])

    def test_program_fails_on_a_bad_tree_and_names_the_line(self):
        self.put("golden/a.cpp", "#include <sqlite3.h>\n")
        run = subprocess.run([sys.executable, CHECKER, self.root], capture_output=True, text=True)
        self.assertEqual(run.returncode, 1)
        self.assertIn("golden/a.cpp:1", run.stdout)


if __name__ == "__main__":
    unittest.main()
