"""The text of the tiny language model: the King James Bible as the Debian package bible-kjv-text has it, by chapter.

One chapter is one document. Which chapters train, tune and test follows from a seed; names are those of the `bible`
program (`Gen1` is spelled `Ge1` there).
"""

from __future__ import annotations

import hashlib
import random
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from assay_tools.common.errors import UserError
from assay_tools.common.places import cache_folder
from assay_tools.common.provenance import sha256_of

PACKAGE_VERSION = "4.38"
TEXT_PACKAGE_SHA256 = "d61b6aad4c51ba9e2800b825325fa6a09e99a0d02a9bb6dc4724fcc4995a1b7a"  # bible-kjv-text_4.38_all.deb
VERSES_SHA256 = "cd45f0c9cedab8e4439bd6486c8952c77cc8b0ecc5d1f6ae3513f2039f47229d"
SOURCE = f"Debian package bible-kjv-text {PACKAGE_VERSION} (King James Version, 1611), printed by its program `bible`"
LICENCE = "public domain (the translation is of 1611; the package's copyright file calls its copyright expired)"
WHOLE_TEXT = "gen1:1-rev22:21"
SPLIT_SEED = 1611
HELD_OUT_CHAPTERS = 40  # in each of development and test: about 3 % of the chapters, 40,000 tokens

_VERSE = re.compile(r"^(?P<chapter>\d?[A-Za-z]+\d+):\d+ (?P<text>.+)$")


@dataclass(frozen=True)
class Chapter:
    """One document: its name (`Ruth2`) and its verses as plain prose, without numbers, one space between them."""

    name: str
    text: str


@dataclass(frozen=True)
class Split:
    """Disjoint sets of chapters; `development` chooses settings, `test` is read only to report."""

    training: list[Chapter]
    development: list[Chapter]
    test: list[Chapter]


def _run(command: list[str], folder: Path, advice: str) -> str:
    if shutil.which(command[0]) is None and not Path(command[0]).is_file():
        raise UserError(f"{command[0]} is not there; {advice}")
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    if done.returncode != 0:
        raise UserError(f"{' '.join(command)} failed: {(done.stderr or done.stdout).strip()[-300:]}; {advice}")
    return done.stdout


def verses_file() -> Path:
    """The whole text, one verse a line as `Ruth2:3 And she went ...`; fetched on first use, checked by its sha256."""
    folder = cache_folder() / f"bible-kjv-{PACKAGE_VERSION}"
    verses = folder / "verses.txt"
    if not verses.is_file():
        folder.mkdir(parents=True, exist_ok=True)
        by_hand = (
            f"on Debian 12, in any folder: apt-get download bible-kjv={PACKAGE_VERSION} bible-kjv-text={PACKAGE_VERSION}; "
            f"dpkg -x of both; then `bible -f -l100000 -p FOLDER -d bible.data {WHOLE_TEXT}` and put what it prints into {verses}"
        )
        names = [f"bible-kjv={PACKAGE_VERSION}", f"bible-kjv-text={PACKAGE_VERSION}"]
        _run(["apt-get", "download", *names], folder, by_hand)
        for package in sorted(folder.glob("*.deb")):
            if package.name.startswith("bible-kjv-text") and sha256_of(package) != TEXT_PACKAGE_SHA256:
                raise UserError(f"{package}: sha256 {sha256_of(package)}, expected {TEXT_PACKAGE_SHA256}; delete it")
            _run(["dpkg", "-x", str(package), "."], folder, by_hand)
        program = str(folder / "usr/bin/bible")
        arguments = ["-f", "-l100000", "-p", str(folder / "usr/lib"), "-d", "bible.data", WHOLE_TEXT]
        verses.write_text(_run([program, *arguments], folder, by_hand), encoding="utf-8")
    found = hashlib.sha256(verses.read_bytes()).hexdigest()
    if found != VERSES_SHA256:
        raise UserError(f"{verses}: sha256 {found}, expected {VERSES_SHA256}; delete the file and start again")
    return verses


def chapters_of(verses: str) -> list[Chapter]:
    """Chapters in their order; a line that is not a verse is an error."""
    texts: dict[str, list[str]] = {}
    for number, line in enumerate(verses.splitlines(), start=1):
        match = _VERSE.match(line)
        if match is None:
            raise UserError(f"line {number} of the text is not `Book1:1 words`: {line[:60]!r}")
        texts.setdefault(match["chapter"], []).append(" ".join(match["text"].split()))
    return [Chapter(name, " ".join(parts)) for name, parts in texts.items()]


def split(chapters: list[Chapter], held_out: int = HELD_OUT_CHAPTERS, seed: int = SPLIT_SEED) -> Split:
    """`held_out` chapters each for development and test, drawn with the seed; the rest trains, in its own order."""
    if len(chapters) < 3 * held_out:
        raise UserError(f"{len(chapters)} chapters are too few to hold out two times {held_out}")
    drawn = random.Random(seed).sample(range(len(chapters)), 2 * held_out)
    test, development = set(drawn[:held_out]), set(drawn[held_out:])
    return Split(
        training=[chapter for index, chapter in enumerate(chapters) if index not in test | development],
        development=[chapter for index, chapter in enumerate(chapters) if index in development],
        test=[chapter for index, chapter in enumerate(chapters) if index in test],
    )


def shared_share(held_out: list[Chapter], training: list[Chapter], words: int = 8) -> float:
    """Share of the runs of `words` words in held-out chapters that stand in a training chapter too: parallel passages."""

    def runs(chapter: Chapter) -> list[tuple[str, ...]]:
        parts = chapter.text.split()
        return [tuple(parts[at : at + words]) for at in range(len(parts) - words + 1)]

    known = {run for chapter in training for run in runs(chapter)}
    found = [run in known for chapter in held_out for run in runs(chapter)]
    return sum(found) / len(found)


def load_split() -> Split:
    """The split that the committed model was trained with."""
    return split(chapters_of(verses_file().read_text(encoding="utf-8")))
