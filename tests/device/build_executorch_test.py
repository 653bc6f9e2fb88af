#!/usr/bin/env python3
"""scripts/build_executorch_aarch64.sh: what it refuses, and where it puts what a checkout's wheel holds.

Stand-ins for uname and for the Python that builds the wheel: the build itself needs an aarch64 machine and
an ExecuTorch checkout, which no test has.
"""

import os
import subprocess
import tempfile
import unittest
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[2]
SCRIPT = SOURCE / "scripts/build_executorch_aarch64.sh"
VERSION = next(line.split("=")[1] for line in (SOURCE / "scripts/versions.env").read_text().splitlines()
               if line.startswith("EXECUTORCH_VERSION="))
SDK_FILES = ("executorch/lib/libexecutorch.so", "executorch/lib/libexecutorch_backend_xnnpack.so",
             "executorch/share/cmake/executorch-config.cmake")
# Takes the words of `python -m pip wheel ... --wheel-dir DIR SOURCE`, writes a wheel with $WHEEL_FILES.
FAKE_PYTHON = """#!/usr/bin/env python3
import os, pathlib, sys, zipfile
folder = pathlib.Path(sys.argv[sys.argv.index("--wheel-dir") + 1])
folder.mkdir(parents=True)
with zipfile.ZipFile(folder / "executorch-0-py3-none-any.whl", "w") as wheel:
    for name in os.environ["WHEEL_FILES"].split():
        wheel.writestr(name, "built")
"""


class BuildExecutorch(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="assay-build-executorch-")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.output = self.folder / "sdk"
        self.python = self.write_program("python", FAKE_PYTHON)
        self.machine = "aarch64"
        self.checkout = self.folder / "checkout"
        for name in ("setup.py", "backends/xnnpack/third-party/XNNPACK/CMakeLists.txt"):
            (self.checkout / name).parent.mkdir(parents=True, exist_ok=True)
            (self.checkout / name).touch()
        (self.checkout / "version.txt").write_text(VERSION + "\n")

    def write_program(self, name, text):
        path = self.folder / name
        path.write_text(text)
        path.chmod(0o755)
        return path

    def run_script(self, *arguments, files=SDK_FILES):
        self.write_program("uname", f"#!/bin/sh\necho {self.machine}\n")
        return subprocess.run([SCRIPT, *map(str, arguments)], capture_output=True, text=True, timeout=60, check=False,
                              env={**os.environ, "PATH": f"{self.folder}:{os.environ['PATH']}", "WHEEL_FILES": " ".join(files)})

    def build(self, **wheel):
        return self.run_script("--source", self.checkout, "--python", self.python, "--output", self.output, **wheel)

    def assert_refused(self, done, code, *words):
        self.assertEqual(done.returncode, code, done.stderr)
        for word in words:
            self.assertIn(word, done.stderr)
        self.assertFalse(self.output.exists())

    def test_the_sdk_of_the_wheel_is_put_in_place_without_its_python(self):
        done = self.build(files=(*SDK_FILES, "executorch/exir/a.py", "executorch/extension/_C.so"))
        self.assertEqual(done.returncode, 0, done.stderr)
        files = {path.relative_to(self.output).as_posix() for path in self.output.rglob("*") if path.is_file()}
        self.assertEqual(files, {*SDK_FILES, ".complete"})
        self.assertEqual([path.name for path in self.folder.glob("sdk*")], ["sdk"])

    def test_an_sdk_that_is_there_is_replaced(self):
        self.build()
        (self.output / "stale").touch()
        self.assertEqual(self.build().returncode, 0)
        self.assertFalse((self.output / "stale").exists())

    def test_a_wheel_without_the_sdk_is_refused(self):
        self.assert_refused(self.build(files=SDK_FILES[1:]), 3, "no lib/libexecutorch.so")

    def test_another_version_is_refused_with_the_command_that_gets_the_right_one(self):
        (self.checkout / "version.txt").write_text("1.0.0\n")
        self.assert_refused(self.build(), 3, "ExecuTorch 1.0.0", f"checkout v{VERSION}")

    def test_a_checkout_without_submodules_is_refused_with_the_command_that_gets_them(self):
        (self.checkout / "backends/xnnpack/third-party/XNNPACK/CMakeLists.txt").unlink()
        self.assert_refused(self.build(), 3, "submodule update --init --recursive")

    def test_a_folder_that_is_no_checkout_is_refused(self):
        self.checkout = self.folder
        self.assert_refused(self.build(), 2, "no ExecuTorch checkout")

    def test_another_processor_is_told_to_leave_the_source_away(self):
        self.machine = "x86_64"
        self.assert_refused(self.build(), 3, "this one is x86_64")

    def test_an_output_that_is_no_sdk_is_kept(self):
        self.output.mkdir()
        (self.output / "thesis.tex").touch()
        self.assertEqual(self.build().returncode, 3)
        self.assertTrue((self.output / "thesis.tex").exists())

    def test_an_unknown_option_and_a_missing_value_are_usage_errors(self):
        self.assert_refused(self.run_script("--prefix", "x"), 2, "unknown option '--prefix'")
        self.assert_refused(self.run_script("--source"), 2, "--source needs a value")


if __name__ == "__main__":
    unittest.main(verbosity=2)
