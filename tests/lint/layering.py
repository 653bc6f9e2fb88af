"""Holds the sources to the table of docs/ARCHITECTURE.md.

A folder includes only what its row allows, and a row allows only what some file of it includes; a
third-party library with one owner is included by that owner alone; every header has
`#pragma once`; no source file is longer than MAX_LINES and no folder has more than MAX_UNITS
units; the CMake libraries link no more than their row allows. Standard library only.
"""

import re
from dataclasses import dataclass, field
from pathlib import Path

MAX_LINES = 600
# A unit is a header with its source.
MAX_UNITS = 25

TABLE = "docs/ARCHITECTURE.md"

# Text is measured and normalised in more than one row.
SHARED = {"utf8proc.h": ("harness/base", "runtime/tokenizer", "suites", "reports")}


@dataclass(frozen=True)
class Row:
    folder: str
    line: int
    uses: tuple[str, ...]
    libraries: tuple[str, ...] = field(default=())


def read_table(text):
    """The rows of the folder table, in order: the only table whose first column says `folder`."""
    rows = []
    inside = False
    for number, line in enumerate(text.splitlines(), 1):
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if not line.startswith("|"):
            inside = False
        elif cells[0] == "folder":
            inside = True
        elif inside and not set(line) <= set("|- "):
            if len(cells) != 4:
                raise ValueError(f"{TABLE}:{number}: the folder table has four columns")
            uses = tuple(name.strip() for name in cells[2].split(",") if name.strip() not in ("", "-"))
            libraries = tuple(re.findall(r"`([^`]+)`", cells[3]))
            rows.append(Row(cells[0].strip("`"), number, uses, libraries))
    return rows


class Table:
    """The rows by folder, with every short name of `may use` made whole."""

    def __init__(self, rows):
        self.rows = {row.folder: row for row in rows}
        self.uses = {}
        self.owners = dict(SHARED)
        self.problems = []
        for row in rows:
            self.uses[row.folder] = tuple(self._whole(row, name) for name in row.uses)
            for library in row.libraries:
                self.owners[library] = (row.folder,)

    def _whole(self, row, name):
        for folder in (name, f"harness/{name}"):
            if folder in self.rows:
                return folder
        self.problems.append(Problem(TABLE, row.line, f"{row.folder} may use {name}: no such row"))
        return name

    def row_of(self, folder):
        """The row that `folder` belongs to: itself, or the nearest folder above that has one."""
        parts = folder.split("/")
        for length in range(len(parts), 0, -1):
            candidate = "/".join(parts[:length])
            if candidate in self.rows:
                return candidate
        return None


# Test code may include every folder; what it builds is never part of the program.
TEST_ROOT = "tests"

TOP_FOLDERS = ("harness", "runtime", "golden", "datasets", "suites", "reports", TEST_ROOT)
INCLUDE = re.compile(r"^\s*#\s*include\s*([<\"])([^>\"]+)[>\"]")
LIBRARY = re.compile(r"assay_library\(\s*(?P<body>[^)]*)\)")
KEYWORDS = ("SOURCES", "USES", "LINK", "PRIVATE_LINK")


@dataclass(frozen=True)
class Problem:
    path: str
    line: int
    text: str

    def __str__(self):
        return f"{self.path}:{self.line}: {self.text}"


def is_under(folder, owner):
    return folder == owner or folder.startswith(owner + "/")


def tests_of(folder, owner):
    """Whether `folder` holds tests that may name what `owner` alone includes: its unit tests, and
    the benchmarks, which compare with the bare library."""
    name = owner.rsplit("/", 1)[-1]
    return is_under(folder, f"{TEST_ROOT}/unit/{name}") or is_under(folder, f"{TEST_ROOT}/bench")


def include_problem(table, folder, style, target):
    """What is wrong with a file in `folder` that includes `target`, or None."""
    if style == '"':
        return f"include <{target}> from the root of the tree, not with quotes"
    # The nearest row owns a file, so that runtime/inspect is not runtime.
    home = table.row_of(folder) or folder
    for prefix, owners in table.owners.items():
        if target.startswith(prefix) and home not in owners:
            if not any(tests_of(folder, owner) for owner in owners):
                return f"only {', '.join(owners)} may include <{target}>"
    if target.split("/")[0] not in TOP_FOLDERS or "/" not in target or is_under(folder, TEST_ROOT):
        return None
    used = table.row_of(target.rsplit("/", 1)[0])
    if used is None:
        return f"<{target}> is in no folder of the architecture table"
    if used != home and used not in table.uses[home]:
        return f"{home} may not include {used}: <{target}>"
    return None


class Checker:
    """Goes over a tree once; `used` collects which rows each row really includes."""

    def __init__(self, root):
        self.root = Path(root)
        self.table = Table(read_table((self.root / TABLE).read_text(encoding="utf-8")))
        self.used = {folder: set() for folder in self.table.rows}
        self.units = {}

    def check_file(self, path):
        name = path.relative_to(self.root).as_posix()
        folder = name.rsplit("/", 1)[0]
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
        if len(lines) > MAX_LINES:
            yield Problem(name, len(lines), f"longer than {MAX_LINES} lines: split it by concept")
        if path.suffix == ".py":
            return
        if not is_under(folder, TEST_ROOT):
            if self.table.row_of(folder) is None:
                yield Problem(name, 1, "is in no folder of the architecture table")
                return
            self.units.setdefault(folder, set()).add(path.stem)
        if path.suffix == ".h" and "#pragma once" not in lines:
            yield Problem(name, 1, "a header without #pragma once")
        for number, line in enumerate(lines, 1):
            match = INCLUDE.match(line)
            if match:
                self.note_use(folder, match[2])
                problem = include_problem(self.table, folder, match[1], match[2])
                if problem:
                    yield Problem(name, number, problem)

    def note_use(self, folder, target):
        home = self.table.row_of(folder)
        used = self.table.row_of(target.rsplit("/", 1)[0]) if "/" in target else None
        if home is not None and used is not None:
            self.used[home].add(used)

    def check_links(self, path):
        """USES of an assay_library() names no row that the folder's own row does not."""
        name = path.relative_to(self.root).as_posix()
        folder = name.rsplit("/", 1)[0]
        home = self.table.row_of(folder)
        text = path.read_text(encoding="utf-8")
        for match in LIBRARY.finditer(text):
            words = re.sub(r"#[^\n]*", "", match["body"]).split()
            line = text.count("\n", 0, match.start()) + 1
            if "USES" not in words or home is None:
                continue
            for used in words[words.index("USES") + 1:]:
                if used in KEYWORDS:
                    break
                rows = [row for row in self.table.rows if row.rsplit("/", 1)[-1] == used]
                if not rows:
                    yield Problem(name, line, f"USES {used}: no such row in the architecture table")
                elif rows[0] not in self.table.uses[home]:
                    yield Problem(name, line, f"{home} may not link {rows[0]}")

    def check_table(self):
        """What the document says and the code does not do."""
        yield from self.table.problems
        for folder, row in self.table.rows.items():
            if not (self.root / folder).is_dir():
                yield Problem(TABLE, row.line, f"{folder} is in the table and not in the tree")
                continue
            for used in self.table.uses[folder]:
                if used in self.table.rows and used not in self.used[folder]:
                    yield Problem(TABLE, row.line, f"{folder} may use {used}, and no file of it does")
        for folder, units in self.units.items():
            if len(units) > MAX_UNITS:
                yield Problem(folder, 1, f"{len(units)} units in one folder, at most {MAX_UNITS}")


def check_tree(root):
    """Every problem of the tree at `root`, in the order of paths."""
    checker = Checker(root)
    problems = []
    for top in (*TOP_FOLDERS, "scripts"):
        for path in sorted((checker.root / top).rglob("*")):
            if path.suffix in (".h", ".cpp", ".py"):
                problems.extend(checker.check_file(path))
            elif path.name == "CMakeLists.txt":
                problems.extend(checker.check_links(path))
    problems.extend(checker.check_table())
    return problems
