#!/usr/bin/env python3
"""Runs clang-tidy over the program's own sources, as many at a time as there are processors.

A file that was clean is not looked at again until it, a header it includes, its compile command, the
configuration or clang-tidy itself changes: the answer is kept below .cache/clang-tidy. Tests are left
out: GoogleTest's macros cost more time than their findings are worth, and -Werror and the sanitizers
cover them.

In a unity build the batches are looked at: ten sources share one reading of their headers, which is
most of the time.

    scripts/dev/run_clang_tidy.py BUILD_FOLDER [FILE...]     FILE: only these; default: all
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import re
import shlex
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from typing import Any

Command = dict[str, Any]  # an entry of compile_commands.json

ROOT = Path(__file__).resolve().parents[2]
CACHE = ROOT / ".cache" / "clang-tidy"
# Of a batch every source is an included file, whose findings are shown only if this names it.
SOURCES_IN_BATCH = r"/(harness|runtime|golden|datasets|suites|reports)/[a-z_0-9/]*\.(h|cpp)$"
FOLDERS = ("harness", "runtime", "golden", "datasets", "suites", "reports")


def pinned_version() -> str:
    for line in (ROOT / "scripts" / "versions.env").read_text().splitlines():
        name, _, value = line.partition("=")
        if name == "CLANG_TOOLS_VERSION":
            return value
    sys.exit("run_clang_tidy: scripts/versions.env does not pin CLANG_TOOLS_VERSION")


def sources_of(path: Path) -> list[Path]:
    """What is compiled with a file: the sources that a batch of a unity build includes, else itself."""
    if path.parent.name != "Unity":
        return [path]
    return [Path(name) for name in re.findall(r'^#include "(.+)"', path.read_text(), re.MULTILINE)]


def own_commands(build: Path) -> dict[str, tuple[Command, set[str]]]:
    """Compile commands of the program's sources: by file, each with the sources that it compiles."""
    database = build / "compile_commands.json"
    if not database.exists():
        sys.exit(f"run_clang_tidy: {database} is missing; configure that preset first")
    commands = {}
    for entry in json.loads(database.read_text()):
        path = Path(entry["file"])
        sources = [s.relative_to(ROOT) for s in sources_of(path) if s.is_relative_to(ROOT)]
        if sources and sources[0].parts[0] in FOLDERS:
            commands[path.relative_to(ROOT).as_posix()] = (entry, {s.as_posix() for s in sources})
    return commands


def without_precompiled(build: Path) -> Path:
    """A folder with the compile commands that clang can read: g++'s precompiled headers mean nothing
    to it, and every source includes what it uses."""
    commands = json.loads((build / "compile_commands.json").read_text())
    for entry in commands:
        entry["command"] = re.sub(r" -Winvalid-pch -include \S+", "", entry["command"])
    folder = CACHE / "commands"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "compile_commands.json").write_text(json.dumps(commands))
    return folder


def dependencies(build: Path) -> dict[str, list[Path]]:
    """Object file -> the files it was compiled from, as ninja noted them."""
    listing = subprocess.run(
        ["ninja", "-C", build, "-t", "deps"], check=True, capture_output=True, text=True
    ).stdout
    found: dict[str, list[Path]] = {}
    current: list[Path] = []
    for line in listing.splitlines():
        if line.startswith("    "):
            current.append((build / line.strip()).resolve())
        elif ": #deps" in line:
            current = found.setdefault(line.split(": #deps")[0], [])
    return found


@cache
def digest_of(path: Path) -> bytes:
    return hashlib.sha256(path.read_bytes()).digest()


def key_of(entry: Command, depends: dict[str, list[Path]], common: bytes) -> str | None:
    """Names everything that the answer for one file depends on; nothing when it was never built."""
    words = shlex.split(entry["command"])
    files = depends.get(words[words.index("-o") + 1])
    if files is None:
        return None
    key = hashlib.sha256(common)
    key.update(entry["command"].encode())
    for path in files:
        key.update(str(path).encode())
        key.update(digest_of(path) if path.exists() else b"missing")
    return key.hexdigest()


def run_tidy(tidy: str, database: Path, name: str, key: str | None) -> str:
    """What clang-tidy finds in one file: nothing when it is clean, which is noted for the next time."""
    # The database holds g++'s options; clang does not know all of its warnings.
    batch = [f"--header-filter={SOURCES_IN_BATCH}", "--checks=-bugprone-suspicious-include"]
    done = subprocess.run(
        [tidy, "--quiet", "-p", database, "--extra-arg=-Wno-unknown-warning-option",
         *(batch if "/Unity/" in name else []), ROOT / name],
        capture_output=True, text=True,
    )
    if done.returncode == 0:
        if key:
            (CACHE / key).touch()
        return ""
    return f"{name}:\n{done.stdout or done.stderr}"


def main() -> int:
    parser = argparse.ArgumentParser(description="Runs clang-tidy over the program's sources.")
    parser.add_argument("build", type=Path)
    parser.add_argument("files", nargs="*")
    options = parser.parse_args()
    build = options.build.resolve()
    tidy = f"clang-tidy-{pinned_version()}"
    version = subprocess.run([tidy, "--version"], check=True, capture_output=True).stdout
    common = version + (ROOT / ".clang-tidy").read_bytes()
    commands = own_commands(build)
    if options.files:
        wanted = set(options.files)
        commands = {name: found for name, found in commands.items() if found[1] & wanted}
    depends = dependencies(build)
    keys = {name: key_of(entry, depends, common) for name, (entry, _) in commands.items()}
    stale = sorted(name for name, key in keys.items() if not key or not (CACHE / key).exists())
    database = without_precompiled(build)
    failed = 0
    with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        for findings in pool.map(lambda name: run_tidy(tidy, database, name, keys[name]), stale):
            if findings:
                failed += 1
                print(findings, flush=True)
    count = sum(len(sources) for _, sources in commands.values())
    print(f"clang-tidy: {count} sources in {len(commands)} files, {len(stale)} looked at, {failed} with findings")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
