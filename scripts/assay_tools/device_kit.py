"""Gathers a built assay and all that it needs into one folder, and starts that folder's program to see
that nothing of this machine is used. scripts/device_kit builds the program and calls this.

    scripts/make_device_kit.py --program build/aarch64-cross/harness/cli/assay --output DIR

The kit's architecture is the program's. The same program and libraries give the same bytes.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from assay_tools.common.places import REPOSITORY

FORMAT = "assay-device-kit"
VERSION = 1
ARCHITECTURES = {"AArch64": "aarch64", "Advanced Micro Devices X86-64": "x86_64"}
# Of the emulated processor: docs/HACKING.md, "aarch64".
EMULATORS = {"aarch64": ["qemu-aarch64", "-cpu", "cortex-a76"]}


class KitError(Exception):
    """What went wrong, for people."""


def read_elf(path: Path) -> str:
    """What readelf says about a file's header, dynamic section and loader; in English."""
    words = ["readelf", "--wide", "--file-header", "--dynamic", "--program-headers", str(path)]
    done = subprocess.run(words, capture_output=True, text=True, check=False, env={**os.environ, "LC_ALL": "C"})
    if done.returncode != 0 or "ELF Header" not in done.stdout:
        raise KitError(f"{path} is not a program or library: {done.stderr.strip() or 'readelf found no ELF header'}")
    return done.stdout


def architecture_of(elf: str) -> str:
    found = re.search(r"^\s*Machine:\s*(.+?)\s*$", elf, re.MULTILINE)
    machine = found.group(1) if found else "an unknown machine"
    return ARCHITECTURES.get(machine, machine)


def needed_by(elf: str) -> list[str]:
    return re.findall(r"\(NEEDED\)\s+Shared library: \[(.+?)\]", elf)


def loader_of(elf: str) -> str:
    found = re.search(r"Requesting program interpreter: (.+?)\]", elf)
    if not found:
        raise KitError("the program names no loader; is it a static build?")
    return Path(found.group(1)).name


def library_folders(arch: str, sdk: Path) -> list[Path]:
    """Where the libraries of that architecture are, the first one wins: the runtime's, packages that
    Debian cannot install for two architectures, the multiarch folders, the cross compiler's."""
    triplet = f"{arch}-linux-gnu"
    unpacked = REPOSITORY / ".cache/debian-arm64/usr/lib" / triplet
    return [sdk / "executorch/lib", *([unpacked] if arch != platform.machine() else []),
            *(Path(root) / triplet for root in ("/lib", "/usr/lib", "/usr/local/lib")), Path("/usr/local/lib"),
            Path("/usr") / triplet / "lib"]


def find_library(name: str, arch: str, folders: list[Path]) -> Path:
    for folder in folders:
        path = folder / name
        if path.is_file() and architecture_of(read_elf(path)) == arch:
            return path
    looked = ", ".join(map(str, folders))
    raise KitError(f"no {name} for {arch} in {looked}; scripts/bootstrap installs what assay needs")


def gather_libraries(program_elf: str, arch: str, folders: list[Path]) -> dict[str, Path]:
    """Every library that the program needs, and that those need, by name; with the loader."""
    found: dict[str, Path] = {}
    wanted = [loader_of(program_elf), *needed_by(program_elf)]
    while wanted:
        name = wanted.pop()
        if name not in found:
            found[name] = find_library(name, arch, folders)
            wanted.extend(needed_by(read_elf(found[name])))
    return found


def copy(source: Path, target: Path, executable: bool) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)
    target.chmod(0o755 if executable else 0o644)


def strip(program: Path, arch: str) -> None:
    tool = "strip" if arch == platform.machine() else f"{arch}-linux-gnu-strip"
    try:
        subprocess.run([tool, "--strip-all", str(program)], check=True, capture_output=True, text=True)
    except (OSError, subprocess.CalledProcessError) as error:
        reason = getattr(error, "stderr", None) or error
        raise KitError(f"cannot strip the program: {reason}; scripts/bootstrap device installs {tool}") from error


def describe(kit: Path) -> list[dict[str, Any]]:
    """The kit's files, sorted, as the manifest has them."""
    return [
        {
            "path": path.relative_to(kit).as_posix(),
            "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
            "bytes": path.stat().st_size,
            "executable": os.access(path, os.X_OK),
        }
        for path in sorted(kit.rglob("*"))
        if path.is_file() and path.name != "manifest.json"
    ]


def words_from_here(kit: Path, arch: str, launch: list[str], environment: dict[str, str]) -> list[str]:
    """The kit's launch words as this machine can start them; through an emulator for another processor."""
    words = [str(kit / word) if (kit / word).exists() else word for word in launch]
    if arch == platform.machine():
        return ["/usr/bin/env", *(f"{name}={value}" for name, value in environment.items()), *words]
    emulator = EMULATORS[arch]
    program = shutil.which(emulator[0])
    if program is None:
        raise KitError(f"{emulator[0]} is missing, so the kit cannot be tried; scripts/bootstrap device installs it")
    # By -E only the kit's loader gets these, and not this machine's, which starts the emulator.
    variables = [word for name, value in environment.items() for word in ("-E", f"{name}={value}")]
    return [program, *emulator[1:], *variables, *words]


def start(kit: Path, arch: str, launch: list[str]) -> dict[str, str]:
    """Runs the kit's `doctor` in an environment that is empty but for the loader's own log, checks that
    every library came from the kit, and returns what doctor says about machine and build."""
    with tempfile.TemporaryDirectory(prefix="assay-kit-") as folder:
        log_request = {"LD_DEBUG": "files", "LD_DEBUG_OUTPUT": f"{folder}/loader"}
        words = words_from_here(kit, arch, launch, log_request)
        done = subprocess.run([*words, "doctor", "--format", "json"], env={}, cwd=folder, capture_output=True, text=True,
                              timeout=120, check=False)
        log = "".join(path.read_text(errors="replace") for path in sorted(Path(folder).glob("loader.*")))
    if done.returncode != 0:
        raise KitError(f"the kit's program does not start (exit code {done.returncode}): {done.stderr.strip()}")
    initialized = set(re.findall(r"calling init: (/\S+)", log))
    outside = sorted(name for name in initialized if not Path(name).is_relative_to(kit))
    if not initialized or outside:
        raise KitError(f"the kit is not complete: it uses {', '.join(outside) or 'libraries that its loader did not log'}")
    facts: dict[str, str] = json.loads(done.stdout)["machine"]
    return facts


def put_in_place(work: Path, output: Path) -> None:
    """Replaces an older kit; refuses to replace anything else."""
    if output.exists():
        is_kit = (output / "manifest.json").is_file() and FORMAT in (output / "manifest.json").read_text()
        if not is_kit and any(output.iterdir()):
            raise KitError(f"{output} is there and is no kit; give another --output")
        shutil.rmtree(output)
    work.rename(output)


def make_kit(program: Path, output: Path, sdk: Path | None) -> dict[str, Any]:
    """Makes the kit and returns its manifest."""
    elf = read_elf(program)
    arch = architecture_of(elf)
    if arch not in ARCHITECTURES.values():
        raise KitError(f"{program} is for {arch}; kits are made for {', '.join(sorted(ARCHITECTURES.values()))}")
    if sdk is None:
        versions = dict(line.split("=", 1) for line in (REPOSITORY / "scripts/versions.env").read_text().splitlines()
                        if "=" in line and not line.startswith("#"))
        sdk = REPOSITORY / f".cache/executorch-{versions['EXECUTORCH_VERSION']}-{arch}"
    libraries = gather_libraries(elf, arch, library_folders(arch, sdk.resolve()))
    output.parent.mkdir(parents=True, exist_ok=True)
    # The loader names each library by its path, so the kit is tried under its real one.
    work = Path(tempfile.mkdtemp(prefix=f"{output.name}.", dir=output.parent)).resolve()
    try:
        work.chmod(0o755)
        copy(program, work / "bin/assay", executable=True)
        strip(work / "bin/assay", arch)
        loader = loader_of(elf)
        for name, path in libraries.items():
            copy(path, work / "lib" / name, executable=name == loader)
        launch = [f"lib/{loader}", "--library-path", "lib", "bin/assay"]
        facts = start(work, arch, launch)
        manifest = {
            "format": FORMAT,
            "version": VERSION,
            "arch": arch,
            "tool_commit": facts["tool_commit"],
            "executorch_version": facts["executorch_version"],
            "launch": launch,
            "files": describe(work),
        }
        (work / "manifest.json").write_text(json.dumps(manifest, indent=1) + "\n")
        put_in_place(work, output)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return manifest


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", type=Path, required=True, help="the built assay")
    parser.add_argument("--output", type=Path, required=True, help="the kit's folder; an older kit there is replaced")
    parser.add_argument("--sdk", type=Path, help="the unzipped runtime (default: the one in .cache)")
    arguments = parser.parse_args()
    try:
        manifest = make_kit(arguments.program, arguments.output.absolute(), arguments.sdk)
    except (KitError, OSError, subprocess.TimeoutExpired) as error:
        print(f"device_kit: {error}", file=sys.stderr)
        return 3
    size = sum(file["bytes"] for file in manifest["files"])
    print(f"device_kit: {arguments.output}: {manifest['arch']}, {len(manifest['files'])} files, {size / 1e6:.1f} MB",
          file=sys.stderr)
    return 0
