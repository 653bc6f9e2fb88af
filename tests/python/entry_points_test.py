"""The scripts as a user starts them: in a Python that has nothing installed, and by the names that we print."""

from __future__ import annotations

import re
import subprocess
import sys
import unittest
from functools import cache
from pathlib import Path

from assay_tools.common.places import REPOSITORY

SCRIPTS = sorted(
    path.relative_to(REPOSITORY)
    for folder in ("", "make", "dev")
    for path in (REPOSITORY / "scripts" / folder).glob("*.py")
)
# What a release said stays as it was said.
HISTORY = "CHANGELOG.md"
PLACEHOLDER = "NAME"
PAGE = ".md"  # tests/lint/documents.py looks at those
MENTION = re.compile(r"(?<![\w./])scripts/[A-Za-z_][\w/-]*(?:\.\w+)?")


@cache
def start_without_packages(script: Path) -> subprocess.CompletedProcess[str]:
    """`--help` of a script in a Python without site-packages."""
    command = [sys.executable, "-S", str(REPOSITORY / script), "--help"]
    return subprocess.run(command, capture_output=True, text=True, check=False, env={"PYTHONDONTWRITEBYTECODE": "1"})


class WithoutPackages(unittest.TestCase):
    def test_a_script_helps_or_says_in_one_sentence_which_command_to_type(self) -> None:
        for script in SCRIPTS:
            with self.subTest(script=str(script)):
                done = start_without_packages(script)
                if done.returncode == 0:
                    self.assertTrue(done.stdout.startswith(f"usage: {script.name}"), done.stdout)
                    continue
                self.assertEqual(done.returncode, 2, done.stderr)
                first, second = done.stderr.splitlines()
                self.assertRegex(first, f"^error: {script.name} needs .*, which this Python does not have. Type:$")
                self.assertRegex(second, rf"^  scripts/python_env \w+ {script} \.\.\.$")

    def test_validating_and_verifying_need_nothing_but_python(self) -> None:
        for name in ("validate.py", "validate_all_models.py", "make_device_kit.py", "dev/verify_datasets.py"):
            with self.subTest(script=name):
                self.assertEqual(start_without_packages(Path("scripts") / name).returncode, 0)


class Mentions(unittest.TestCase):
    def test_every_script_that_a_source_names_is_there(self) -> None:
        listing = subprocess.run(["git", "-C", str(REPOSITORY), "ls-files", "-z"], capture_output=True, text=True, check=False)
        if listing.returncode != 0:
            self.skipTest("this is no checkout, and only git knows which files are ours")
        wrong = []
        for name in listing.stdout.split("\0"):
            path = REPOSITORY / name
            if name in ("", HISTORY) or path.suffix == PAGE or not path.is_file():
                continue
            try:
                text = path.read_text(encoding="utf-8")
            except UnicodeDecodeError:
                continue
            named = {word for word in MENTION.findall(text) if PLACEHOLDER not in word}
            wrong += [f"{name}: {word}" for word in sorted(named) if not (REPOSITORY / word).exists()]
        self.assertEqual(wrong, [])


if __name__ == "__main__":
    unittest.main()
