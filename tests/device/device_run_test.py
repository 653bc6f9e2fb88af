#!/usr/bin/env python3
"""`assay run --device` and `assay device` on real device daemons: what works, and what is refused."""

import json
import os
import subprocess
import unittest
from pathlib import Path

from device_test_case import ASSAY, CASE, QUICK, SOURCE, WAIT_S, DeviceTest, device_kit, main

AARCH64 = os.environ.get("ASSAY_AARCH64", "")
EMULATOR = ["qemu-aarch64", "-cpu", "cortex-a76"]
ONE_CASE_EACH = (CASE, "recording-silence", "decode-0", "text-2peter3")


class Works(DeviceTest):
    def test_two_devices_run_at_once_and_come_together_in_one_database(self):
        self.device("one")
        self.device("two")
        done = self.run_on("one,two", *QUICK)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assert_all_pass("one")
        self.assert_all_pass("two")
        campaigns = self.query("SELECT DISTINCT campaign FROM run")
        self.assertEqual(len(campaigns), 1)
        self.assertTrue(campaigns[0][0])
        self.assertEqual(self.query("SELECT count(*) FROM sample_block")[0][0] > 0, True)

    def ask(self, *words):
        """What a command that only reads the database prints."""
        done = subprocess.run([ASSAY, *words, "--db", str(self.db)], capture_output=True, text=True, timeout=WAIT_S,
                              check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    @unittest.skipUnless(AARCH64 and Path(AARCH64).is_file(), "the preset aarch64-cross is not built")
    def test_three_devices_one_of_them_aarch64_run_every_quick_suite_and_are_compared(self):
        device_kit.make_kit(Path(AARCH64), self.kits / "aarch64", None)
        names = ("arm", "one", "two")
        self.device("arm", arch="aarch64", launcher=EMULATOR)
        self.device("one")
        self.device("two")
        # No suite is named: all built-in ones. The emulator takes 20 s for a variant of the recogniser.
        done = self.assay(*self.run_words("--case", ",".join(ONE_CASE_EACH), "--variant", "int8,int4", "--repeat", "11",
                                          "--pairs", "1", "--device", ",".join(names)), timeout=900)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        for device in names:
            self.assert_all_pass(device, 2 * len(ONE_CASE_EACH))
        self.assertEqual(self.query("SELECT DISTINCT suite FROM cell ORDER BY suite"), [("asr",), ("llm",), ("vad",)])
        outputs = json.loads(self.ask("compare", "--axis", "device", "one", "two", "--format", "json"))["groups"]
        self.assertEqual({output["outputs"] for group in outputs for output in group["outputs"]}, {"identical"})
        self.assertIn("dB", self.ask("compare", "--axis", "device", "one", "arm"))
        matrix = json.loads(self.ask("report", "matrix", "--format", "json"))
        places = {(suite, device) for suite in ("asr", "llm", "vad") for device in names}
        self.assertEqual({(row["suite"], row["device"]) for row in matrix["rows"]}, places)
        self.assertEqual({(pair["suite"], pair["device"]) for pair in matrix["pairs"]}, places)
        self.assertEqual(len(matrix["rankings"]), 3)
        against_arm = {(row["device"], row["against"]) for row in matrix["outputs"]}
        self.assertEqual(against_arm, {("one", "arm"), ("two", "arm")})
        xnnpack = next(row for row in matrix["reference"] if row["backend"] == "XNNPACK")
        self.assertIn("on arm", xnnpack["measured"])

    def test_a_second_run_pushes_nothing_and_a_pruned_device_everything(self):
        self.device("one")
        self.assertEqual(self.run_on("one", *QUICK).returncode, 0)
        self.assertGreater(int(self.fact("one", "push_bytes")), 1_000_000)
        self.assertEqual(self.run_on("one", *QUICK).returncode, 0)
        self.assertEqual(self.fact("one", "push_bytes"), "0")
        self.assertEqual(self.fact("one", "push_checked_by"), "the kit's program")
        self.assertEqual(list((self.root("one") / "runs").iterdir()), [])
        pruned = self.assay("device", "prune", "one")
        self.assertEqual(pruned.returncode, 0, pruned.stderr)
        self.assertEqual(list(self.root("one").iterdir()), [])

    def test_a_file_that_was_damaged_on_the_device_is_replaced_and_counted(self):
        self.device("one")
        self.assertEqual(self.run_on("one", *QUICK).returncode, 0)
        largest = max((self.root("one") / "objects").iterdir(), key=lambda path: path.stat().st_size)
        data = bytearray(largest.read_bytes())
        data[len(data) // 2] ^= 1
        largest.write_bytes(data)
        done = self.run_on("one", *QUICK)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("1 damaged ones replaced", done.stderr)
        self.assertEqual(self.fact("one", "push_replaced_files"), "1")
        self.assert_all_pass("one", 4)

    def test_a_command_in_front_of_the_program_makes_a_device_of_this_machine(self):
        self.devices.append({"name": "wrapped", "target": "exec:env WRAPPED=1", "root": str(self.folder / "root")})
        self.assertEqual(self.run_on("wrapped", *QUICK).returncode, 0)
        self.assert_all_pass("wrapped")
        self.assertEqual(self.fact("wrapped", "target"), "exec:env WRAPPED=1")

    def wishing_suite(self, *wishes):
        suite = json.loads((SOURCE / "suites/vad.json").read_text())
        suite["name"], suite["backends"] = "wishes", list(wishes)
        (self.folder / "suites").mkdir()
        for name in ("datasets", "golden"):
            (self.folder / name).symlink_to(SOURCE / name)
        path = self.folder / "suites/wishes.json"
        path.write_text(json.dumps(suite))
        return path

    def test_the_device_decides_which_backend_of_the_wish_list_is_used_and_why_not_the_others(self):
        self.device("one")
        done = self.run_on("one", self.wishing_suite("qnn", "portable", "xnnpack"), "--case", CASE, "--variant", "int8",
                           "--repeat", "11", "--pairs", "1")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertEqual(self.query("SELECT DISTINCT backend FROM cell"), [("portable",)])
        self.assertRegex(self.fact("one", "backend:silero-vad/int8"), "portable; not qnn: .*")

    def test_variants_of_one_run_get_the_backends_that_the_wish_list_finds_for_each(self):
        self.device("one")
        done = self.run_on("one", self.wishing_suite("portable", "xnnpack"), "--case", CASE, "--variant", "fp32,int8",
                           "--repeat", "11", "--pairs", "1")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertEqual(self.query("SELECT variant, backend, status FROM cell ORDER BY variant"),
                         [("fp32", "xnnpack", "pass"), ("int8", "portable", "pass")])
        self.assertRegex(self.fact("one", "backend:silero-vad/fp32"), "xnnpack; not portable: the suite has no .pte")

    def test_a_variant_that_the_device_cannot_run_gives_way_to_the_next_one_if_the_suite_says_so(self):
        self.device("one")
        path = self.wishing_suite("qnn", "xnnpack")
        suite = json.loads(path.read_text()) | {"fallback": True}
        for_qnn = {"name": "int8-qnn", "pte": "../tests/absent.pte", "recipe": "int8, for QNN", "backend": "qnn"}
        suite["model"]["variants"].insert(0, for_qnn)
        path.write_text(json.dumps(suite))
        done = self.run_on("one", path, "--case", CASE, "--variant", "int8-qnn,int8", "--repeat", "11", "--pairs", "1")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        cells = {row[0]: row[1:] for row in self.cells("one")}
        self.assertEqual((cells["int8"][0], cells["int8-qnn"][0]), ("pass", "skipped"))
        self.assertRegex(cells["int8-qnn"][2], "qnn: .*; int8 is run instead")
        self.assertIn("the suite falls back to int8", done.stdout)

    def test_devices_are_listed_and_probed_with_what_they_do_not_say_as_unreadable(self):
        self.device("one", tags=["ci"])
        listed = self.assay("device", "list", "--format", "json")
        self.assertIn({"name": "one", "target": self.devices[0]["target"], "state": "device", "tags": "ci"},
                      json.loads(listed.stdout))
        probed = json.loads(self.assay("device", "probe", "tag:ci", "--format", "json").stdout)["one"]
        self.assertEqual(probed["arch"], os.uname().machine)
        self.assertEqual(int(probed["cpu_count"]), os.cpu_count())
        self.assertEqual(probed["battery_percent"], "unreadable")

    def test_the_run_says_that_the_shell_of_adb_is_no_app(self):
        self.device("one")
        self.assertEqual(self.run_on("one", *QUICK).returncode, 0)
        for key in ("scheduler_group", "affinity", "nice"):
            self.assertTrue(self.fact("one", key), key)


class IsRefused(DeviceTest):
    def refused(self, *words):
        done = self.assay(*words)
        self.assertEqual(done.returncode, 2, done.stdout + done.stderr)
        return done.stderr

    def test_an_unknown_device_is_refused_with_the_known_ones(self):
        self.devices.append({"name": "phone", "target": "local"})
        self.assertIn("known: phone", self.refused(*self.run_words(*QUICK, "--device", "fone")))
        self.assertFalse(self.db.exists() and self.query("SELECT 1 FROM run"))

    def test_a_wrong_devices_json_is_refused_with_the_place(self):
        self.devices.append({"name": "phone", "target": "usb"})
        self.assertIn("/devices/0/target", self.refused("device", "probe", "phone"))

    def test_a_run_of_another_device_is_not_resumed(self):
        self.devices += [{"name": "a", "target": "local", "root": str(self.folder / "a")},
                         {"name": "b", "target": "local", "root": str(self.folder / "b")}]
        self.assertEqual(self.run_on("a", *QUICK).returncode, 0)
        self.assertIn("is of device 'a'", self.refused(*self.run_words("--resume", "1", "--device", "b")))


if __name__ == "__main__":
    main()
