"""The checker that holds the documents to their tree.

Every relative link of a Markdown file leads to a file, and its anchor to a heading; every page under
docs/ is in the index docs/README.md; prose keeps to MAX_COLUMNS; every mention of a `docs/...` path,
in whatever file, and every path of the tree that a page names, is there. Standard library only.
"""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

MAX_COLUMNS = 100
INDEX = "docs/README.md"

# Records of what was: their paths and their lines are those of their day. Links must still lead on.
HISTORY = ("CHANGELOG.md",)
# Markdown that the program writes, not a person.
WRITTEN_BY_ASSAY = ("tests/approval/",)

SOURCE_SUFFIXES = {".cmake", ".cpp", ".h", ".in", ".json", ".md", ".py", ".sh", ".toml", ".txt", ".yml"}
MAX_SOURCE_BYTES = 1_000_000
LINK = re.compile(r"\]\(([^)\s]+)\)")
MENTION = re.compile(r"(?<![\w./-])docs/[\w./-]*")
# What a page may name of the tree: globs are tried, forms (`a.{h,cpp}`, `v<N>.db`, NAME) are not.
PLACE = re.compile(
    r"(?<![\w./-])(?:cmake|datasets|golden|harness|reports|runtime|scripts|suites|tests)/[\w./*{},<>-]*"
)
FORM = re.compile(r"[{<>]|\bNAME")
# In an example, other paths may be the user's own, or what a command is about to write.
FOLDERS_IN_EXAMPLES = ("scripts/", "tests/")
HEADING = re.compile(r"^#{1,6}\s+(.*)$")
FENCE = re.compile(r"^\s*```")


@dataclass(frozen=True)
class Problem:
    path: str
    line: int
    text: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.text}"


def is_built(folder: str) -> bool:
    """Whether a folder of this name holds what was made, not what was written."""
    return folder.startswith((".", "build-")) or folder in ("build", "__pycache__")


def source_files(root: Path) -> Iterator[tuple[str, Path]]:
    """Every text file of the tree by its path from `root`, in the order of paths."""
    for folder, folders, files in os.walk(root):
        folders[:] = sorted(name for name in folders if not is_built(name))
        for file in sorted(files):
            path = Path(folder, file)
            if path.suffix in SOURCE_SUFFIXES or not path.suffix:
                if path.is_file() and path.stat().st_size <= MAX_SOURCE_BYTES:
                    yield path.relative_to(root).as_posix(), path


def prose(lines: list[str]) -> Iterator[tuple[int, str]]:
    """The numbered lines that are neither code, fenced or indented, nor a row of a table."""
    fenced = False
    for number, line in enumerate(lines, 1):
        if FENCE.match(line):
            fenced = not fenced
        elif not fenced and not line.startswith(("    ", "|")):
            yield number, line


def columns(line: str) -> int:
    """The width of a line of prose without the targets of its links, which cannot be broken."""
    return len(LINK.sub("]", line))


def anchor(heading: str) -> str:
    """The anchor that readers of Markdown give to a heading."""
    text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading.strip()).lower()
    return re.sub(r"[^\w\- ]", "", text).replace(" ", "-")


def anchors(path: Path) -> set[str]:
    lines = path.read_text(encoding="utf-8").splitlines()
    headings = (HEADING.match(line) for _, line in prose(lines))
    return {anchor(heading[1]) for heading in headings if heading}


def link_problem(path: Path, target: str) -> str | None:
    """What is wrong with a link to `target` in the file `path`, or None."""
    if re.match(r"[a-z]+:", target):
        return None
    name, _, heading = target.partition("#")
    found = path.parent / name if name else path
    if not found.exists():
        return f"the link to {target} leads nowhere"
    if heading and found.suffix == ".md" and heading not in anchors(found):
        return f"the link to {target}: no such heading there"
    return None


def check_markdown(name: str, path: Path) -> Iterator[Problem]:
    lines = path.read_text(encoding="utf-8").splitlines()
    fenced = False
    for number, line in enumerate(lines, 1):
        fenced ^= bool(FENCE.match(line))
        for target in () if fenced else LINK.findall(line):
            problem = link_problem(path, target)
            if problem:
                yield Problem(name, number, problem)
    if name in HISTORY or name.startswith(WRITTEN_BY_ASSAY):
        return
    for number, line in prose(lines):
        if columns(line) > MAX_COLUMNS and " " in line.strip():
            yield Problem(name, number, f"{columns(line)} columns; prose has at most {MAX_COLUMNS}")


def is_there(root: Path, place: str) -> bool:
    if "*" in place:
        return any(root.glob(place))
    return bool(FORM.search(place)) or (root / place).exists()


def check_places(root: Path, name: str, path: Path) -> Iterator[Problem]:
    """Every path of the tree that a page names and that is not there."""
    if name in HISTORY or name.startswith(WRITTEN_BY_ASSAY):
        return
    lines = path.read_text(encoding="utf-8").splitlines()
    outside_examples = {number for number, _ in prose(lines)}
    for number, line in enumerate(lines, 1):
        is_example = number not in outside_examples and not line.startswith("|")
        for mention in PLACE.findall(LINK.sub("]", line)):
            place = mention.rstrip(".,-")
            if is_example and not place.startswith(FOLDERS_IN_EXAMPLES):
                continue
            if not is_there(root, place):
                yield Problem(name, number, f"{place} is not there")


def check_mentions(root: Path, name: str, path: Path) -> Iterator[Problem]:
    lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    for number, line in enumerate(lines, 1):
        for mention in MENTION.findall(line):
            if not (root / mention.rstrip(".-")).exists():
                yield Problem(name, number, f"{mention} is not there")


def check_index(root: Path) -> Iterator[Problem]:
    """Every page under docs/ that the index does not link to."""
    index = root / INDEX
    if not index.is_file():
        yield Problem(INDEX, 1, "the index of the documents is missing")
        return
    targets = LINK.findall(index.read_text(encoding="utf-8"))
    linked = {(index.parent / target.partition("#")[0]).resolve() for target in targets}
    for page in sorted((root / "docs").rglob("*.md")):
        if page != index and page.resolve() not in linked:
            yield Problem(page.relative_to(root).as_posix(), 1, f"is not in the index, {INDEX}")


def check_tree(root: Path) -> list[Problem]:
    """Every problem of the documents of the tree at `root`, in the order of paths."""
    root = Path(root)
    problems = list(check_index(root))
    for name, path in source_files(root):
        if path.suffix == ".md":
            problems.extend(check_markdown(name, path))
            problems.extend(check_places(root, name, path))
        if name not in HISTORY:
            problems.extend(check_mentions(root, name, path))
    return problems
