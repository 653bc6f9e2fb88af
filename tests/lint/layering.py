"""The architecture table as data, and the checker that holds the sources to it.

A folder includes only what its row allows; a third-party library with one owner is included by that
owner alone; every header has `#pragma once`; no source file is longer than MAX_LINES; the CMake
libraries link no more than their row allows. Standard library only.
"""

import re
from dataclasses import dataclass
from pathlib import Path

MAX_LINES = 600

# folder -> folders it may include besides itself. A folder below a listed one, without a row of its
# own, belongs to the listed one. See docs/ARCHITECTURE.md.
ROWS = {
    "harness/base": (),
    "harness/model": ("harness/base",),
    "harness/stats": ("harness/base",),
    "runtime": ("harness/base", "harness/model"),
    "runtime/inspect": ("harness/base",),
    "runtime/tokenizer": ("harness/base", "harness/model"),
    "golden": ("harness/base", "harness/model"),
    "datasets": ("harness/base", "harness/model"),
    "suites": ("harness/base", "harness/model", "golden", "datasets"),
    "harness/measure": ("harness/base", "harness/model", "harness/stats"),
    "harness/generate": ("harness/base", "harness/model"),
    "harness/pipeline": (
        "harness/base", "harness/model", "harness/stats", "suites", "harness/generate",
    ),
    "harness/store": ("harness/base", "harness/model"),
    "harness/compare": ("harness/base", "harness/model", "harness/stats", "harness/measure"),
    "harness/gate": ("harness/base", "harness/model", "harness/stats", "harness/compare"),
    "reports": (
        "harness/base", "harness/model", "harness/stats", "harness/measure", "harness/compare",
        "harness/gate",
    ),
    "harness/device": ("harness/base", "harness/model"),
    "harness/artifacts": ("harness/base", "harness/model"),
    "harness/run": (
        "harness/base", "harness/model", "harness/stats", "golden", "datasets", "suites",
        "harness/measure", "harness/store", "harness/compare", "harness/gate", "reports",
        "harness/device",
    ),
    # The composition root, where concrete names meet.
    "harness/cli": (
        "harness/base", "harness/model", "harness/stats", "runtime", "runtime/inspect",
        "runtime/tokenizer", "golden", "datasets", "suites", "harness/measure", "harness/generate",
        "harness/pipeline", "harness/store", "harness/compare", "harness/gate", "reports", "harness/device",
        "harness/artifacts", "harness/run",
    ),
}

# Include prefix -> the folders that may name it. Tests may name what they test through.
OWNED = {
    # The bare loop that assay is compared with; operators called as the runtime calls them.
    "executorch/": ("runtime", "tests/bench", "tests/unit/runtime"),
    "sqlite3.h": ("harness/store", "tests/unit/store"),
    "flatbuffers/": ("runtime/inspect",),
    "pte_schema/": ("runtime/inspect",),
    "xnnpack_schema/": ("runtime/inspect",),
    "sndfile.h": ("datasets", "tests/unit/datasets"),
    "kissfft.hh": ("suites",),
    "CLI/": ("harness/cli",),
    "pcre2.h": ("runtime/tokenizer",),
    "sentencepiece_": ("runtime/tokenizer",),
    "utf8proc.h": ("runtime/tokenizer", "suites"),
    "openssl/": ("harness/base",),
    "xxhash.h": ("harness/base",),
}

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


def row_of(folder):
    """The row that `folder` belongs to: itself, or the nearest folder above it that has one."""
    parts = folder.split("/")
    for length in range(len(parts), 0, -1):
        candidate = "/".join(parts[:length])
        if candidate in ROWS:
            return candidate
    return None


def is_under(folder, owner):
    return folder == owner or folder.startswith(owner + "/")


def include_problem(folder, style, target):
    """What is wrong with a file in `folder` that includes `target`, or None."""
    if style == '"':
        return f'include <{target}> from the root of the tree, not with quotes'
    for prefix, owners in OWNED.items():
        # The nearest row owns a file, so that runtime/inspect is not runtime.
        home = row_of(folder) or folder
        if target.startswith(prefix) and home not in owners:
            if not any(is_under(folder, owner) for owner in owners if owner.startswith(TEST_ROOT)):
                return f"only {', '.join(owners)} may include <{target}>"
    if target.split("/")[0] not in TOP_FOLDERS or "/" not in target or is_under(folder, TEST_ROOT):
        return None
    source, used = row_of(folder), row_of(target.rsplit("/", 1)[0])
    if used is None:
        return f"<{target}> is in no folder of the architecture table"
    if used != source and used not in ROWS[source]:
        return f"{source} may not include {used}: <{target}>"
    return None


def check_file(root, path):
    name = path.relative_to(root).as_posix()
    folder = name.rsplit("/", 1)[0]
    lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    if len(lines) > MAX_LINES:
        yield Problem(name, len(lines), f"longer than {MAX_LINES} lines: split it by concept")
    if path.suffix == ".py":
        return
    if not is_under(folder, TEST_ROOT) and row_of(folder) is None:
        yield Problem(name, 1, "is in no folder of the architecture table")
        return
    if path.suffix == ".h" and "#pragma once" not in lines:
        yield Problem(name, 1, "a header without #pragma once")
    for number, line in enumerate(lines, 1):
        match = INCLUDE.match(line)
        problem = match and include_problem(folder, match[1], match[2])
        if problem:
            yield Problem(name, number, problem)


def check_links(root, path):
    """USES of an assay_library() names no row that the folder's own row does not."""
    name = path.relative_to(root).as_posix()
    folder = name.rsplit("/", 1)[0]
    text = path.read_text(encoding="utf-8")
    for match in LIBRARY.finditer(text):
        words = re.sub(r"#[^\n]*", "", match["body"]).split()
        line = text.count("\n", 0, match.start()) + 1
        if "USES" not in words or row_of(folder) is None:
            continue
        for used in words[words.index("USES") + 1:]:
            if used in KEYWORDS:
                break
            rows = [row for row in ROWS if row.rsplit("/", 1)[-1] == used]
            if not rows:
                yield Problem(name, line, f"USES {used}: no such row in the architecture table")
            elif rows[0] not in ROWS[row_of(folder)]:
                yield Problem(name, line, f"{row_of(folder)} may not link {rows[0]}")


def check_tree(root):
    """Every problem of the tree at `root`, in the order of paths."""
    root = Path(root)
    problems = []
    for top in (*TOP_FOLDERS, "scripts"):
        for path in sorted((root / top).rglob("*")):
            if path.suffix in (".h", ".cpp", ".py"):
                problems.extend(check_file(root, path))
            elif path.name == "CMakeLists.txt":
                problems.extend(check_links(root, path))
    return problems
