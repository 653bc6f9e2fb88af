"""Checks every committed model, clip, label and golden against datasets/MANIFEST.json. Needs nothing but Python.

  scripts/dev/verify_datasets.py             exit 1 and the names, if a file is missing, changed, unlisted, or all are too large
  scripts/dev/verify_datasets.py --update    write the manifest anew from the files and from what lies beside them,
                                             and the size that datasets/README.md states

What a file is and where it comes from is read from its <name>.provenance.json, from the metadata of a golden, from
training.json, clips.json or texts.json in its folder, or from the entry it has in the manifest already; a file with none
of these is an error.
"""

from __future__ import annotations

import argparse
import json
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

from assay_tools.common.places import REPOSITORY
from assay_tools.common.provenance import sha256_of
from assay_tools.common.safetensors_file import read_metadata

MANIFEST = "datasets/MANIFEST.json"
README = "datasets/README.md"
SIZE = re.compile(r"\(now [0-9.]+ MB\)")
ROOTS = ("datasets", "golden")
MAX_TOTAL_BYTES = 40_000_000
DATA_SUFFIXES = (".pte", ".wav", ".flac", ".safetensors", ".onnx", ".jit", ".gguf", ".model", ".bin", ".npy", ".raw")
FIELDS = ("path", "sha256", "bytes", "source", "licence", "command")

Entry = dict[str, Any]


def is_data(path: Path) -> bool:
    """True for models, audio, labels, texts of cases, tensors and every other binary; false for source code and documents."""
    if path.suffix == ".txt" and (path.parent / "texts.json").is_file():
        return True
    if path.suffix in DATA_SUFFIXES or path.name.endswith(".labels.json"):
        return True
    with path.open("rb") as file:
        return b"\0" in file.read(8192)


def data_files(which: str) -> list[str]:
    """Data files under datasets/ and golden/: those git knows, and with `which` "all" also new ones it does not ignore.

    Where git does not answer (a source archive), all files there are.
    """
    options = ["--cached"] if which == "committed" else ["--cached", "--others", "--exclude-standard"]
    git = subprocess.run(
        ["git", "-C", str(REPOSITORY), "ls-files", "-z", *options, "--", *ROOTS], capture_output=True, text=True
    )
    if git.returncode == 0:
        names = [name for name in git.stdout.split("\0") if name and (REPOSITORY / name).is_file()]
    else:
        found = (path for root in ROOTS for path in (REPOSITORY / root).rglob("*") if path.is_file())
        names = [path.relative_to(REPOSITORY).as_posix() for path in found]
    return sorted(name for name in set(names) if is_data(REPOSITORY / name))


def problems(manifest: dict[str, Any], names: list[str]) -> list[str]:
    """One line for each thing that is wrong."""
    found = []
    listed = {}
    for entry in manifest["files"]:
        missing = [field for field in FIELDS if not entry.get(field)]
        if missing:
            found.append(f"{entry.get('path', '?')}: the manifest lacks {', '.join(missing)}")
            continue
        listed[entry["path"]] = entry
        path = REPOSITORY / entry["path"]
        if not path.is_file():
            found.append(f"{entry['path']}: listed, but there is no such file")
        elif path.stat().st_size != entry["bytes"] or sha256_of(path) != entry["sha256"]:
            found.append(f"{entry['path']}: the content is not the one listed (sha256 {sha256_of(path)})")
    found += [f"{name}: not listed" for name in names if name not in listed]
    total = total_bytes(names)
    if total >= MAX_TOTAL_BYTES:
        found.append(f"all files together have {total} bytes, the limit is {MAX_TOTAL_BYTES}")
    return found


def goldens_of_other_inputs(manifest: dict[str, Any]) -> list[str]:
    """Goldens that were made from audio, text or (language models, recognisers) weights which are not among the listed files."""
    known = {entry["sha256"] for entry in manifest["files"]}
    found = []
    for entry in manifest["files"]:
        path = REPOSITORY / entry["path"]
        if path.suffix != ".safetensors" or not path.is_file():
            continue
        data = read_metadata(path)
        inputs = {"a recording": "wav_sha256", "a text": "text_sha256"}
        if data.get("task") in ("llm", "asr"):
            inputs["a model"] = "model_sha256"
        for what, key in inputs.items():
            if key in data and data[key] not in known:
                found.append(f"{entry['path']}: was made from {what} (sha256 {data[key]}) that is not listed")
    return found


def describe(path: Path, old: Entry | None) -> Entry:
    """source, licence and command of a file."""
    training = path.parent / "training.json"
    trained = json.loads(training.read_text(encoding="utf-8")) if training.is_file() else None
    provenance = path.with_name(path.name.removesuffix(path.suffix) + ".provenance.json")
    if path.suffix == ".pte" and provenance.is_file():
        record = json.loads(provenance.read_text(encoding="utf-8"))
        source = trained["model"] if trained is not None else record["checkpoint"]["source"]
        licence = trained["licence"] if trained is not None else record["licence"]
        return {"source": f"{source}; {record['recipe']}", "licence": licence, "command": record["command"]}
    if trained is not None and path.name in trained["sha256"]:
        source = f"{path.name} of {trained['model']}, trained on {trained['source']}"
        return {"source": source, "licence": trained["licence"], "command": trained["command"]}
    if path.suffix == ".safetensors":
        data = read_metadata(path)
        source = f"{data['runtime']} on {data['model_source']}"
        return {"source": source, "licence": data["licence"], "command": data["command"]}
    texts = path.parent / "texts.json"
    if texts.is_file():
        index = json.loads(texts.read_text(encoding="utf-8"))
        text = index["texts"].get(path.stem)
        if text is not None:
            return {"source": text["about"], "licence": text["licence"], "command": index["command"]}
    clips = path.parent / "clips.json"
    if clips.is_file():
        index = json.loads(clips.read_text(encoding="utf-8"))
        clip = index["clips"].get(path.name.split(".")[0])
        if clip is not None:
            source = clip["about"] if path.suffix in (".wav", ".flac") else f"speech labels of {path.name.split('.')[0]}.wav"
            return {"source": source, "licence": clip["licence"], "command": index["command"]}
    if old is not None:
        return {field: old[field] for field in ("source", "licence", "command")}
    raise SystemExit(f"error: {path.relative_to(REPOSITORY)}: nothing says where it comes from; add it to {MANIFEST}")


def updated_manifest(names: list[str]) -> dict[str, Any]:
    """The manifest as the files are now."""
    old = {}
    if (REPOSITORY / MANIFEST).is_file():
        listed = json.loads((REPOSITORY / MANIFEST).read_text(encoding="utf-8"))["files"]
        old = {entry["path"]: entry for entry in listed}
    files = []
    for name in names:
        path = REPOSITORY / name
        entry = {"path": name, "sha256": sha256_of(path), "bytes": path.stat().st_size}
        files.append(entry | describe(path, old.get(name)))
    return {"version": 1, "description": "Every committed model, clip, label and golden", "files": files}


def total_bytes(names: list[str]) -> int:
    """Of all those files together."""
    return sum((REPOSITORY / name).stat().st_size for name in names)


def missing_scripts(manifest: dict[str, Any]) -> list[str]:
    """Commands that name a script which is not there, so that nobody can make the file again."""
    return [
        f"{entry['path']}: its command names {word}, which is not there"
        for entry in manifest["files"]
        for word in shlex.split(entry.get("command") or "")
        if word.startswith("scripts/") and not (REPOSITORY / word).is_file()
    ]


def wrong_readme(total: int) -> list[str]:
    """What datasets/README.md says of the size, when that is not so."""
    found = SIZE.findall((REPOSITORY / README).read_text(encoding="utf-8"))
    wanted = size_text(total)
    return [] if found == [wanted] else [f"{README} says {', '.join(found) or 'nothing'} of the size; it is {wanted}"]


def size_text(total: int) -> str:
    """As datasets/README.md has it."""
    return f"(now {total / 1e6:.1f} MB)"


def update() -> None:
    """Write the manifest anew, and the size in datasets/README.md."""
    names = data_files("all")
    manifest = updated_manifest(names)
    (REPOSITORY / MANIFEST).write_text(json.dumps(manifest, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    readme = REPOSITORY / README
    readme.write_text(SIZE.sub(size_text(total_bytes(names)), readme.read_text(encoding="utf-8")), encoding="utf-8")


def all_problems(names: list[str]) -> list[str]:
    """Everything that is wrong with the files, the manifest and the README."""
    if not (REPOSITORY / MANIFEST).is_file():
        return [f"{MANIFEST} does not exist"]
    manifest = json.loads((REPOSITORY / MANIFEST).read_text(encoding="utf-8"))
    found = problems(manifest, names) + goldens_of_other_inputs(manifest) + missing_scripts(manifest)
    return found + wrong_readme(total_bytes(names))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--update", action="store_true", help="write the manifest anew")
    arguments = parser.parse_args()
    if arguments.update:
        update()
    names = data_files("all" if arguments.update else "committed")
    found = all_problems(names)
    for line in found:
        print(f"error: {line}", file=sys.stderr)
    print(f"{len(names)} files, {total_bytes(names) / 1e6:.1f} MB, {len(found)} problems")
    return 1 if found else 0
