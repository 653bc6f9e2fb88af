"""Every command of the program's own tree of --help has an example, and every example can be typed as printed."""

import json
import os
import re
import shlex
import shutil

import support

# Examples that are not run to their end here, and why. Of all others exit code 0 is expected.
NOT_RUN = {
    "gate": "needs the history of a repository",
    "gate calibrate": "measures for minutes",
    "pipeline": "plays for a minute; pipeline_test.py plays less",
    "device": "needs a device",
    "device probe": "needs a device",
    "device prune": "needs devices",
}
COMMAND = re.compile(r"^  ([a-z][a-z-]*)\s", re.MULTILINE)


class Help(support.CliTest):
    def setUp(self) -> None:
        super().setUp()
        # A folder that looks like a checkout's root, so that results land in it and not in the sources.
        for name in ("datasets", "golden", "suites"):
            os.symlink(support.SOURCE / name, self.folder / name)
        golden = bytearray((support.SOURCE / "golden/vad/tones.safetensors").read_bytes())
        golden[-4] ^= 1  # the last value, by the least that it can change
        (self.folder / "new.safetensors").write_bytes(golden)
        (self.folder / "tokens.json").write_text(json.dumps(list(range(1, 65))))

    def help_of(self, command: str) -> str:
        result = self.run_assay(*command.split(), "--help")
        self.assert_exit(result, 0)
        return result.stdout

    def commands(self, above: str = "") -> list[str]:
        """Every command and subcommand that the help of the one above it names."""
        _, _, rest = self.help_of(above).partition("Subcommands:")
        found = []
        for name in COMMAND.findall(rest.partition("\n\n")[0]):
            command = f"{above} {name}".strip()
            found += [command, *self.commands(command)]
        return found

    def examples_of(self, command: str) -> list[list[str]]:
        """The words after `assay` of each example; a line that ends with a backslash goes on in the next."""
        found = re.search(r"Example[^:]*:\s*assay (.+)", self.help_of(command).replace("\\\n", " "))
        self.assertIsNotNone(found, f"'assay {command} --help' has no example")
        return [shlex.split(line) for line in found.group(1).split("; then: assay ")]

    def test_every_command_has_an_example_of_itself(self):
        for command in self.commands():
            with self.subTest(command):
                self.assertEqual(self.examples_of(command)[0][: len(command.split())], command.split())

    def test_the_flags_of_every_example_are_understood(self):
        for command in self.commands():
            for words in self.examples_of(command):
                with self.subTest(command, words=words):
                    # What comes last is refused last: after every flag, value and required option before it.
                    result = self.run_assay(*words, "--no-such-option", input="")
                    self.assert_exit(result, 2)
                    self.assertIn("The following argument was not expected: --no-such-option\n", result.stderr)

    def test_every_example_works_as_printed(self):
        for command in self.commands():  # `run` comes first: the others read its results.db
            if command in NOT_RUN:
                continue
            for words in self.examples_of(command):
                with self.subTest(command, words=words):
                    self.assert_exit(self.run_assay(*words, input=""), 0)
            if command == "run":
                for copy in ("phone.db", "tablet.db"):
                    shutil.copy(self.folder / "results.db", self.folder / copy)

    def test_what_is_not_run_is_a_command(self):
        self.assertEqual(set(NOT_RUN) - set(self.commands()), set())

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
