"""An installed folder runs after it was moved, with nothing of the build left in its way."""

import os
import shutil
import subprocess

import support


class Installed(support.CliTest):
    def setUp(self) -> None:
        super().setUp()
        first = self.folder / "first"
        subprocess.run([os.environ["CMAKE"], "--install", os.environ["ASSAY_BUILD"], "--prefix", str(first)],
                       check=True, capture_output=True)
        self.moved = self.folder / "moved elsewhere"
        shutil.move(first, self.moved)
        self.binary = self.moved / "bin" / "assay"

    def test_it_runs_every_built_in_suite_from_its_new_place(self):
        cases = ("silence-digital", "test-clean", "text-2peter3")
        result = subprocess.run(
            [self.binary, "run", "vad", "asr", "llm", "--case", ",".join(cases), "--variant", "int8", "--repeat", "11",
             "--pairs", "1", "--db", self.db],
            capture_output=True, text=True, cwd=self.folder, env={"PATH": os.environ["PATH"]})
        self.assert_exit(result, 0)
        self.assertEqual({key: cell[0] for key, cell in self.cells().items()}, {(case, "int8"): "pass" for case in cases})

    def test_its_libraries_come_from_the_folder(self):
        listing = subprocess.run(["ldd", self.binary], capture_output=True, text=True, check=True).stdout
        for line in listing.splitlines():
            if "executorch" in line or "libfmt" in line or "libsndfile" in line:
                self.assertIn(str(self.moved), line)
        self.assertIn("libexecutorch.so", listing)


if __name__ == "__main__":
    support.main()
