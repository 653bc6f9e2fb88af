"""The package as a whole: its versions, its sizes and its names."""

from __future__ import annotations

import ast
import re
import tomllib
import unittest
from collections import defaultdict
from pathlib import Path

from assay_tools.common.places import REPOSITORY

PACKAGE = REPOSITORY / "scripts/assay_tools"
MOST_MODULES = 25
MOST_LINES = 450
MOST_LINES_OF_A_FUNCTION = 70


def functions(path: Path) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Of a source file, those within others included."""
    nodes = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    return [node for node in nodes if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))]


def imported_by(folder: Path) -> set[str]:
    """The folders of the package that files of this one import from."""
    text = "".join(path.read_text(encoding="utf-8") for path in folder.rglob("*.py"))
    return set(re.findall(r"^ *(?:from|import) assay_tools\.(\w+)", text, re.MULTILINE))


class Versions(unittest.TestCase):
    def test_the_package_has_the_version_of_the_program(self) -> None:
        project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))["project"]
        versions = (REPOSITORY / "scripts/versions.env").read_text(encoding="utf-8")
        self.assertIn(f"ASSAY_VERSION={project['version']}\n", versions)

    def test_a_package_that_several_environments_have_has_one_version(self) -> None:
        pins = defaultdict(set)
        for path in (REPOSITORY / "scripts").glob("requirements-*.txt"):
            for line in path.read_text(encoding="utf-8").splitlines():
                if pin := re.match(r"([\w.-]+)==([\w.]+)", line):
                    pins[pin[1].lower().replace("_", "-")].add(pin[2])
        self.assertGreater(len(pins), 50)
        self.assertEqual({name: found for name, found in pins.items() if len(found) > 1}, {})

    def test_the_exported_runtime_is_the_one_that_is_linked(self) -> None:
        versions = (REPOSITORY / "scripts/versions.env").read_text(encoding="utf-8")
        linked = re.search(r"^EXECUTORCH_VERSION=(.+)$", versions, re.MULTILINE)
        assert linked is not None
        exported = (REPOSITORY / "scripts/requirements-export.txt").read_text(encoding="utf-8")
        self.assertIn(f"\nexecutorch=={linked[1]}\n", exported)


class Sizes(unittest.TestCase):
    def test_no_folder_has_more_modules_than_one_can_look_over(self) -> None:
        folders = [PACKAGE, *(path for path in PACKAGE.rglob("*") if path.is_dir())]
        large = {str(folder): count for folder in folders if (count := len(list(folder.glob("*.py")))) > MOST_MODULES}
        self.assertEqual(large, {})

    def test_no_file_and_no_function_is_too_long(self) -> None:
        long = []
        for path in [*(REPOSITORY / "scripts").rglob("*.py"), *(REPOSITORY / "tests").rglob("*.py")]:
            name = path.relative_to(REPOSITORY)
            if path.read_text(encoding="utf-8").count("\n") > MOST_LINES:
                long.append(f"{name} has more than {MOST_LINES} lines")
            for one in functions(path):
                if (one.end_lineno or 0) - one.lineno >= MOST_LINES_OF_A_FUNCTION:
                    long.append(f"{name}: {one.name} has {MOST_LINES_OF_A_FUNCTION} lines or more")
        self.assertEqual(long, [])


class Layers(unittest.TestCase):
    def test_folders_import_what_hacking_says_and_no_others(self) -> None:
        text = (REPOSITORY / "docs/HACKING.md").read_text(encoding="utf-8")
        table = text[text.index("| folder | owns | may import |") :].split("\n\n")[0]
        rows = [[cell.strip(" `") for cell in line.strip("|").split("|")] for line in table.splitlines()[2:]]
        allowed = {folder: {word.strip() for word in used.split(",") if word.strip()} for folder, _, used in rows}
        self.assertEqual(sorted(allowed), sorted(path.parent.name for path in PACKAGE.glob("*/__init__.py")))
        for folder, may in allowed.items():
            with self.subTest(folder=folder):
                self.assertEqual(imported_by(PACKAGE / folder) - {folder}, may)


class Names(unittest.TestCase):
    def test_only_tests_are_called_tests(self) -> None:
        named = [path for path in (REPOSITORY / "scripts").rglob("*.py") if re.search(r"^test_|_test$", path.stem)]
        named += (REPOSITORY / "tests").rglob("test_*.py")
        self.assertEqual(named, [])


if __name__ == "__main__":
    unittest.main()
