"""The committed data is what datasets/MANIFEST.json and datasets/README.md say, and what is not is named."""

from __future__ import annotations

import json
import shutil
import tempfile
import unittest
from pathlib import Path
from typing import Any
from unittest import mock

from assay_tools.common.provenance import sha256_of
from assay_tools.datasets import manifest

NAME = "datasets/vad/tone.wav"


class Committed(unittest.TestCase):
    def test_every_file_is_listed_as_it_is_and_the_readme_has_their_size(self) -> None:
        self.assertEqual(manifest.all_problems(manifest.data_files("committed")), [])


class Problems(unittest.TestCase):
    """In a repository of one file, which is no checkout."""

    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name)
        moved = mock.patch.object(manifest, "REPOSITORY", self.root)
        moved.start()
        self.addCleanup(moved.stop)
        (self.root / NAME).parent.mkdir(parents=True)
        (self.root / NAME).write_bytes(bytes(200_000))
        (self.root / "scripts").mkdir()
        (self.root / "scripts/NAME.py").touch()
        self.readme = self.root / "datasets/README.md"
        self.readme.write_text("All files stay below 40 MB (now 0.2 MB).\n")
        self.write()

    def write(self, **changes: Any) -> None:
        """The manifest, with changes in its only entry."""
        file = self.root / NAME
        entry = {
            "path": NAME, "sha256": sha256_of(file), "bytes": file.stat().st_size, "source": "a tone", "licence": "CC0",
            "command": "scripts/NAME.py --hz 440", **changes,
        }
        (self.root / "datasets/MANIFEST.json").write_text(json.dumps({"version": 1, "files": [entry]}))

    def problem(self) -> str:
        """The only one that is found."""
        found = manifest.all_problems(manifest.data_files("committed"))
        self.assertEqual(len(found), 1, found)
        return found[0]

    def test_a_file_as_it_is_listed_is_no_problem(self) -> None:
        self.assertEqual(manifest.all_problems(manifest.data_files("committed")), [])

    def test_other_content_is_named(self) -> None:
        (self.root / NAME).write_bytes(b"\1" * 200_000)
        self.assertIn(f"{NAME}: the content is not the one listed", self.problem())

    def test_a_file_that_is_gone_is_named(self) -> None:
        shutil.copy(self.root / NAME, self.root / "datasets/other.wav")
        (self.root / NAME).unlink()
        found = manifest.all_problems(manifest.data_files("committed"))
        self.assertEqual(found, [f"{NAME}: listed, but there is no such file", "datasets/other.wav: not listed"])

    def test_an_entry_without_a_licence_is_named(self) -> None:
        self.write(licence="")
        self.assertIn(f"{NAME}: the manifest lacks licence", manifest.all_problems([NAME]))

    def test_a_command_whose_script_is_gone_is_named(self) -> None:
        self.write(command="scripts/NAME.py scripts/old/NAME.py")
        self.assertEqual(self.problem(), f"{NAME}: its command names scripts/old/NAME.py, which is not there")

    def test_a_readme_with_another_size_is_named(self) -> None:
        self.readme.write_text("All files stay below 40 MB (now 32 MB).\n")
        self.assertEqual(self.problem(), "datasets/README.md says (now 32 MB) of the size; it is (now 0.2 MB)")

    def test_an_update_lists_the_content_and_states_the_size(self) -> None:
        (self.root / NAME).write_bytes(b"\1" * 300_000)
        manifest.update()
        self.assertEqual(manifest.all_problems(manifest.data_files("committed")), [])
        self.assertIn("(now 0.3 MB)", self.readme.read_text())



if __name__ == "__main__":
    unittest.main()
