#!/usr/bin/env python3
"""The device kit: complete, the same each time, and running where nothing else is installed."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(SOURCE / "scripts"))
from assay_tools import device_kit  # the path is set above

NATIVE = os.environ.get("ASSAY", "")
AARCH64 = os.environ.get("ASSAY_AARCH64", "")
CASE = "silence-digital"
SUITE_FILES = (f"datasets/vad/{CASE}.wav", f"datasets/vad/{CASE}.labels.json", f"golden/vad/{CASE}.safetensors",
               "datasets/models/silero-vad/silero-vad-int8.pte")
# As device_kit tries the kit: without root, namespaces of one's own.
ALONE = ["unshare", "--mount", "--pid", "--fork", "--kill-child", *([] if os.geteuid() == 0 else ["--map-root-user"])]


def launch_words(kit, manifest):
    """As a kit is started: words that are files or folders of the kit are paths in it."""
    return [f"{kit}/{word}" if word.startswith(("lib", "bin")) else word for word in manifest["launch"]]


class Kit(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = Path(tempfile.mkdtemp(prefix="assay-kit-test-"))
        cls.addClassCleanup(shutil.rmtree, cls.folder)
        cls.kit = cls.folder / "kit"
        cls.manifest = device_kit.make_kit(Path(NATIVE), cls.kit, None)

    def test_the_manifest_lists_every_file_with_its_hash_and_size(self):
        self.assertEqual(json.loads((self.kit / "manifest.json").read_text()), self.manifest)
        files = {path.relative_to(self.kit).as_posix() for path in self.kit.rglob("*") if path.is_file()}
        self.assertEqual({file["path"] for file in self.manifest["files"]}, files - {"manifest.json"})
        for file in self.manifest["files"]:
            data = (self.kit / file["path"]).read_bytes()
            self.assertEqual((file["sha256"], file["bytes"]), (hashlib.sha256(data).hexdigest(), len(data)))

    def test_only_the_program_and_the_loader_are_executable(self):
        executable = {file["path"] for file in self.manifest["files"] if file["executable"]}
        self.assertEqual(executable, {"bin/assay", self.manifest["launch"][0]})

    def test_a_kit_made_again_is_the_same_to_the_byte_and_replaces_the_old_one(self):
        again = self.folder / "again"
        device_kit.make_kit(Path(NATIVE), again, None)
        (again / "stale").write_text("of an older kit")
        device_kit.make_kit(Path(NATIVE), again, None)
        self.assertEqual((again / "manifest.json").read_bytes(), (self.kit / "manifest.json").read_bytes())
        self.assertFalse((again / "stale").exists())

    def test_a_folder_that_is_no_kit_is_not_replaced(self):
        other = self.folder / "other"
        other.mkdir()
        (other / "thesis.tex").write_text("ten years of work")
        with self.assertRaisesRegex(device_kit.KitError, "is no kit"):
            device_kit.make_kit(Path(NATIVE), other, None)
        self.assertTrue((other / "thesis.tex").is_file())

    def test_a_library_that_is_nowhere_is_named(self):
        with self.assertRaisesRegex(device_kit.KitError, "no libexecutorch"):
            device_kit.make_kit(Path(NATIVE), self.folder / "none", self.folder / "no-sdk")
        self.assertFalse((self.folder / "none").exists())

    def test_a_kit_that_uses_a_library_of_this_machine_is_refused(self):
        broken = self.folder / "broken"
        shutil.copytree(self.kit, broken)
        (broken / "lib/libm.so.6").unlink()
        with self.assertRaisesRegex(device_kit.KitError, "libm.so.6"):
            device_kit.start(broken, self.manifest["arch"], self.manifest["launch"])

    def test_it_runs_a_suite_where_there_is_nothing_else(self):
        root = self.folder / "root"
        for name in SUITE_FILES:
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(SOURCE / name, root / name)
        suite = json.loads((SOURCE / "suites/vad.json").read_text())
        suite["model"]["variants"] = [one for one in suite["model"]["variants"] if one["name"] == "int8"]
        suite["cases"] = [one for one in suite["cases"] if one["name"] == CASE]
        suite["thresholds"] = []
        (root / "suites").mkdir()
        (root / "suites/vad.json").write_text(json.dumps(suite))
        (root / "proc").mkdir()
        shutil.copytree(self.kit, root / "kit")
        words = launch_words("/kit", self.manifest)
        done = subprocess.run([*ALONE, f"--root={root}", "--mount-proc=/proc", *words, "run", "/suites/vad.json",
                               "--repeat", "1", "--no-artifacts", "--db", "/results.db"],
                              env={"ASSAY_LAUNCH": "\n".join(words), "PATH": "/usr/bin:/bin"}, capture_output=True,
                              text=True, timeout=120, check=False)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertIn("1 cells: 1 pass", done.stdout)

    @unittest.skipUnless(Path(AARCH64).is_file(), "the preset aarch64-cross is not built")
    def test_the_aarch64_kit_is_gathered_here_and_started_under_the_emulator(self):
        manifest = device_kit.make_kit(Path(AARCH64), self.folder / "aarch64", None)
        self.assertEqual(manifest["arch"], "aarch64")
        self.assertEqual(manifest["launch"],
                         ["lib/ld-linux-aarch64.so.1", "--library-path", "lib", "bin/assay"])


if __name__ == "__main__":
    if not NATIVE:
        sys.exit("ASSAY is not set; run this through ctest")
    unittest.main(verbosity=2)
