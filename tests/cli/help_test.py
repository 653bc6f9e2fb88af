"""Every --help has an example, and every example works as printed, from a checkout's root."""

import os
import re
import shlex

import support

COMMANDS = ["run", "compare", "report", "report history", "report matrix", "suites list", "suites explain", "inspect", "db info", "db export",
            "db migrate", "db artifacts list", "db artifacts prune", "doctor", "golden floor", "golden bless"]


class Help(support.CliTest):
    def setUp(self) -> None:
        super().setUp()
        # A folder that looks like a checkout's root, so that results land in it and not in the sources.
        for name in ("datasets", "golden", "suites"):
            os.symlink(support.SOURCE / name, self.folder / name)
        golden = bytearray((support.SOURCE / "golden/vad/tones.safetensors").read_bytes())
        golden[-4] ^= 1  # the last value, by the least that it can change
        (self.folder / "new.safetensors").write_bytes(golden)

    def example_of(self, command: str) -> list[str]:
        result = self.run_assay(*command.split(), "--help")
        self.assert_exit(result, 0)
        found = re.search(r"Example[^:]*:\s*assay (.+)", result.stdout)
        self.assertIsNotNone(found, f"'assay {command} --help' has no example")
        return shlex.split(found.group(1))

    def test_every_example_works_as_printed(self):
        for command in COMMANDS:  # `run` first: the others read its results.db
            with self.subTest(command):
                self.assert_exit(self.run_assay(*self.example_of(command)), 0)

    def test_help_of_the_program_names_every_command(self):
        overview = self.run_assay("--help").stdout
        for command in COMMANDS:
            self.assertIn(command.split()[0], overview)

    def test_a_command_that_does_not_exist_is_a_usage_error(self):
        self.assert_exit(self.run_assay("bench"), 2)

    def test_no_command_is_a_usage_error(self):
        self.assert_exit(self.run_assay(), 2)

    def test_the_version_is_one_line(self):
        result = self.run_assay("--version")
        self.assert_exit(result, 0)
        self.assertRegex(result.stdout, r"\Aassay \d+\.\d+\.\d+\n\Z")


if __name__ == "__main__":
    support.main()
