#!/usr/bin/env python3
"""The layering checker rejects what it must: each test makes a small tree with one fault in it."""

import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import layering

CHECKER = Path(__file__).with_name("check_layering.py")

TABLE = """# Architecture
| other | table |
|---|---|
| `not/a/row` | x |

| folder | owns | may use | alone includes |
|---|---|---|---|
| `harness/base` | x | - | |
| `harness/model` | x | base | |
| `runtime` | x | base | `executorch/` |
| `runtime/inspect` | x | - | |
| `golden` | x | - | |
| `harness/store` | x | - | `sqlite3.h` |
| `harness/cli` | x | base, runtime/inspect | |

Text after it.
"""


class LayeringTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name)
        self.put(layering.TABLE, TABLE)
        # What the table allows is used, so that each test has the one fault it makes.
        self.put("harness/base/kept.h", "#pragma once\n")
        self.put("harness/model/kept.cpp", "#include <harness/base/kept.h>\n")
        self.put("runtime/kept.cpp", "#include <harness/base/kept.h>\n")
        self.put("runtime/inspect/kept.h", "#pragma once\n")
        self.put("golden/kept.h", "#pragma once\n")
        self.put("harness/store/kept.h", "#pragma once\n")
        self.put(
            "harness/cli/kept.cpp",
            "#include <harness/base/kept.h>\n#include <runtime/inspect/kept.h>\n",
        )

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
        self.put("golden/a.cpp", "#include <harness/store/store.h>\n")
        self.assert_one_problem("golden may not include harness/store")

    def test_rejects_executorch_outside_runtime(self):
        self.put("golden/a.cpp", "#  include <executorch/runtime/core/error.h>\n")
        self.assert_one_problem("only runtime may include <executorch/")

    def test_rejects_executorch_in_the_inspector(self):
        self.put("runtime/inspect/a.cpp", "#include <executorch/runtime/core/error.h>\n")
        self.assert_one_problem("only runtime may include <executorch/")

    def test_rejects_executorch_in_tests(self):
        self.put("tests/unit/golden/a.cpp", "#include <executorch/runtime/core/error.h>\n")
        self.assert_one_problem("only runtime may include <executorch/")

    def test_rejects_sqlite_outside_the_store(self):
        self.put("harness/model/a.cpp", "#include <sqlite3.h>\n")
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
        self.put("golden/CMakeLists.txt", "assay_library(\n  golden\n  SOURCES a.cpp\n  USES store)\n")
        self.assert_one_problem("golden may not link harness/store")

    def test_rejects_a_library_that_links_an_unknown_row(self):
        self.put("golden/CMakeLists.txt", "assay_library(golden SOURCES a.cpp USES utils LINK x)\n")
        self.assert_one_problem("USES utils")

    def test_lets_tests_include_every_row(self):
        self.put("tests/unit/cli/a.cpp", "#include <harness/cli/command.h>\n#include <runtime/x.h>\n")
        self.assertEqual(self.problems(), [])

    def test_lets_the_unit_tests_of_an_owner_include_its_library(self):
        self.put("tests/unit/store/a.cpp", "#include <sqlite3.h>\n")
        self.assertEqual(self.problems(), [])

    def test_rejects_a_permission_that_no_file_uses(self):
        (self.root / "harness/model/kept.cpp").unlink()
        self.assert_one_problem("docs/ARCHITECTURE.md:9", "harness/model may use harness/base")

    def test_rejects_a_row_without_a_folder(self):
        self.put(layering.TABLE, TABLE.replace("| `golden` |", "| `silver` | x | - | |\n| `golden` |"))
        self.assert_one_problem("silver is in the table and not in the tree")

    def test_rejects_a_row_that_may_use_what_is_no_row(self):
        self.put(layering.TABLE, TABLE.replace("| `golden` | x | - |", "| `golden` | x | utils |"))
        self.assert_one_problem("golden may use utils: no such row")

    def test_rejects_a_folder_with_too_many_units(self):
        for number in range(layering.MAX_UNITS):
            self.put(f"golden/unit_{number}.cpp", "")
            self.put(f"golden/unit_{number}.h", "#pragma once\n")
        self.assert_one_problem("golden", "26 units in one folder")

    def test_program_fails_on_a_bad_tree_and_names_the_line(self):
        self.put("golden/a.cpp", "#include <sqlite3.h>\n")
        run = subprocess.run([sys.executable, CHECKER, self.root], capture_output=True, text=True)
        self.assertEqual(run.returncode, 1)
        self.assertIn("golden/a.cpp:1", run.stdout)


if __name__ == "__main__":
    unittest.main()
