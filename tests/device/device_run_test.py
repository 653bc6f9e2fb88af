#!/usr/bin/env python3
"""`assay run --device` and `assay device` on real device daemons: what works, and every way to fail."""

import contextlib
import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
import unittest
from pathlib import Path

import adbd_farm

SOURCE = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(SOURCE / "scripts"))
import make_device_kit  # noqa: E402  # the path is set above

ASSAY = os.environ.get("ASSAY", "")
AARCH64 = os.environ.get("ASSAY_AARCH64", "")
EMULATOR = ["qemu-aarch64", "-cpu", "cortex-a76"]
CASE = "silence-digital"
QUICK = ("vad", "--case", CASE, "--variant", "int8,int4", "--repeat", "20", "--pairs", "1")
ONE_CASE_EACH = (CASE, "recording-silence", "decode-0", "text-2peter3")
# Long enough to pull a cable in the middle of it.
LONG = ("vad", "--case", CASE, "--variant", "int8", "--min-time", "6", "--max-time", "6", "--pairs", "1")
WAIT_S = 120


class DeviceTest(unittest.TestCase):
    """A farm, a kit of the program under test, and a new database for each test."""

    @classmethod
    def setUpClass(cls):
        cls.farm = adbd_farm.AdbdFarm()
        cls.addClassCleanup(cls.farm.stop)
        cls.kits = cls.farm.folder / "kits"
        make_device_kit.make_kit(Path(ASSAY), cls.kits / "x86_64", None)
        cls.count = 0

    def setUp(self):
        type(self).count += 1  # names devices, which stay until the class ends
        self.folder = self.farm.folder / f"test-{self.count}"
        self.folder.mkdir()
        self.db = self.folder / "results.db"
        self.devices = []
        self.environment = dict(self.farm.environment)

    def device(self, name, **keys):
        """Adds a daemon of its own to this test's devices.json; returns its storage."""
        unique = f"{name}-{self.count}"
        storage_bytes = keys.pop("storage_bytes", None)
        serial = self.farm.start_device(unique, storage_bytes)
        keys = {"target": f"adb:{serial}", "root": str(self.root(name)), "answer_s": 10, "reconnect_s": 20} | keys
        self.devices.append({"name": name} | keys)
        return self.root(name)

    def root(self, name):
        return self.farm.storage(f"{name}-{self.count}") / "assay"

    def kill(self, name):
        self.farm.kill_device(f"{name}-{self.count}")

    def restart(self, name):
        self.farm.restart_device(f"{name}-{self.count}")

    def words(self, *words):
        listed = self.folder / "devices.json"
        listed.write_text(json.dumps({"format": "assay-devices", "version": 1, "devices": self.devices}))
        return [ASSAY, *map(str, words), "--devices", str(listed)]

    def assay(self, *words, timeout=WAIT_S):
        return subprocess.run(self.words(*words), cwd=SOURCE, env=self.environment, capture_output=True, text=True,
                              timeout=timeout, check=False)

    def run_words(self, *words):
        return ("run", *words, "--db", self.db, "--kits", self.kits)

    def run_on(self, names, *words):
        return self.assay(*self.run_words(*words, "--device", names))

    def start_on(self, names, *words):
        """Starts a run and does not wait for it."""
        return subprocess.Popen(self.words(*self.run_words(*words, "--device", names)), cwd=SOURCE,
                                env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def query(self, sql, *values):
        with sqlite3.connect(self.db) as database:
            return database.execute(sql, values).fetchall()

    def cells(self, device):
        """(variant, status, stage, reason) of every cell of a device."""
        return self.query("SELECT variant, status, stage, reason FROM cell WHERE device = ? ORDER BY variant", device)

    def fact(self, device, key):
        rows = self.query("SELECT value FROM run_device_fact JOIN run USING (run_id) JOIN cell USING (run_id) "
                          "WHERE device = ? AND key = ? ORDER BY run_id DESC LIMIT 1", device, key)
        return rows[0][0] if rows else None

    def wait_until(self, ready, what):
        deadline = time.monotonic() + WAIT_S
        while not ready():
            self.assertLess(time.monotonic(), deadline, f"{what} did not come")
            time.sleep(0.02)

    def assert_all_pass(self, device, cells=2):
        found = self.cells(device)
        self.assertEqual(len(found), cells, found)
        self.assertEqual({row[1] for row in found}, {"pass"}, found)

    def assert_failed(self, device, stage, *phrases):
        found = self.cells(device)
        self.assertTrue(found)
        for row in found:
            self.assertEqual((row[1], row[2]), ("error", stage), found)
            for phrase in phrases:
                self.assertIn(phrase, row[3])


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
        make_device_kit.make_kit(Path(AARCH64), self.kits / "aarch64", None)
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


class Fails(DeviceTest):
    def assert_other_passed(self):
        self.assert_all_pass("other", len(self.cells("other")))

    def run_of(self, device):
        return self.query("SELECT DISTINCT run_id FROM cell WHERE device = ?", device)[0][0]

    def assert_a_second_run_completes(self, device, cells=2):
        again = self.assay(*self.run_words("--resume", self.run_of(device), "--device", device))
        self.assertEqual(again.returncode, 0, again.stdout + again.stderr)
        self.assert_all_pass(device, cells)

    def test_a_kit_for_another_processor_is_refused_and_the_other_device_goes_on(self):
        self.device("wrong", kit=str(self.kits / "x86_64"), arch="aarch64")
        self.device("other")
        done = self.run_on("wrong,other", *QUICK)
        self.assertEqual(done.returncode, 3, done.stderr)
        self.assert_failed("wrong", "device:kit", "is for x86_64", "scripts/device_kit --arch aarch64")
        self.assert_other_passed()
        for key in ("kit", "arch"):
            del self.devices[0][key]
        self.assert_a_second_run_completes("wrong")

    def test_a_device_without_room_is_refused_with_the_figures_and_the_other_goes_on(self):
        self.device("full", storage_bytes=8_000_000)
        self.device("other")
        done = self.run_on("full,other", *QUICK)
        self.assertEqual(done.returncode, 3, done.stderr)
        self.assert_failed("full", "device:push", "no room on the device", "MB are free")
        self.assert_other_passed()
        self.farm.resize_storage(f"full-{self.count}", 200_000_000)
        self.assert_a_second_run_completes("full")

    def test_a_device_that_fills_up_during_the_run_says_so_and_is_completed_by_a_second_one(self):
        self.device("filled", storage_bytes=100_000_000)
        self.device("other")
        running = self.start_on("filled,other", *LONG)
        self.wait_for_the_run("filled")
        ballast = self.root("filled") / "ballast"
        with open(ballast, "wb", buffering=0) as file, contextlib.suppress(OSError):
            while True:
                file.write(bytes(1 << 16))
        _, messages = running.communicate(timeout=WAIT_S)
        self.assertEqual(running.returncode, 3, messages)
        self.assert_failed("filled", "device:run", "is full")
        self.assert_other_passed()
        ballast.unlink()
        self.assert_a_second_run_completes("filled", 1)

    def test_two_devices_with_one_serial_are_both_refused_and_the_other_goes_on(self):
        self.device("twin")
        self.devices.append(self.devices[0] | {"name": "double"})
        self.device("other")
        done = self.run_on("twin,double,other", *QUICK)
        self.assertEqual(done.returncode, 3, done.stderr)
        self.assert_failed("twin", "device:connect", "'twin' and 'double' are both")
        self.assert_failed("double", "device:connect", "'double' and 'twin' are both")
        self.assert_other_passed()
        self.assert_a_second_run_completes("twin")
        self.assert_a_second_run_completes("double")

    def test_a_device_that_is_not_there_is_a_named_failure(self):
        self.devices.append({"name": "gone", "target": "adb:127.0.0.1:9", "answer_s": 5})
        done = self.run_on("gone", *QUICK)
        self.assertEqual(done.returncode, 3, done.stderr)
        self.assert_failed("gone", "device:connect", "127.0.0.1:9")

    def test_a_device_that_hangs_fails_in_its_time_and_a_second_run_completes_the_matrix(self):
        self.device("hung", answer_s=1, reconnect_s=1)
        daemon = self.farm.daemon_pid(f"hung-{self.count}")
        os.kill(daemon, signal.SIGSTOP)
        try:
            done = self.run_on("hung", *QUICK)
        finally:
            os.kill(daemon, signal.SIGCONT)
        self.assertEqual(done.returncode, 3, done.stderr)
        self.assert_failed("hung", "device:connect", "127.0.0.1")
        self.assert_a_second_run_completes("hung")

    def test_a_device_that_is_lost_during_the_push_fails_and_a_second_run_completes_the_matrix(self):
        self.device("lost", answer_s=5)
        incoming = self.root("lost") / "incoming"
        running = self.start_on("lost", *QUICK)
        self.wait_until(lambda: incoming.is_dir() and any(incoming.iterdir()), "the push")
        self.kill("lost")
        _, messages = running.communicate(timeout=WAIT_S)
        self.assertEqual(running.returncode, 3, messages)
        self.assert_failed("lost", "device:push")
        self.restart("lost")
        self.assert_a_second_run_completes("lost")

    def wait_for_the_run(self, name):
        pids = self.root(name) / "runs"
        self.wait_until(lambda: any(pids.glob("*/results.db")), "the run")

    def test_a_device_that_comes_back_during_the_run_goes_on_with_it(self):
        self.device("back")
        running = self.start_on("back", *LONG)
        self.wait_for_the_run("back")
        self.kill("back")
        time.sleep(2)
        self.restart("back")
        _, messages = running.communicate(timeout=WAIT_S)
        self.assertEqual(running.returncode, 0, messages)
        self.assertIn("waiting for it to come back", messages)
        self.assert_all_pass("back", 1)

    def test_a_device_that_stays_away_fails_and_its_finished_run_is_fetched_later(self):
        self.device("away", reconnect_s=1, answer_s=3)
        self.device("other")
        running = self.start_on("away,other", *LONG)
        self.wait_for_the_run("away")
        self.kill("away")
        _, messages = running.communicate(timeout=WAIT_S)
        self.assertEqual(running.returncode, 3, messages)
        self.assert_failed("away", "device:run")
        self.assert_other_passed()
        self.restart("away")
        self.assert_a_second_run_completes("away", 1)

    def test_a_device_that_is_lost_before_the_pull_keeps_its_results_for_the_next_try(self):
        self.device("late", reconnect_s=1, answer_s=3)
        running = self.start_on("late", *LONG)
        runs = self.root("late") / "runs"
        self.wait_until(lambda: any(runs.glob("*/exit_code")), "the end of the run")
        self.kill("late")
        _, messages = running.communicate(timeout=WAIT_S)
        self.assertEqual(running.returncode, 3, messages)
        self.assertIn(self.cells("late")[0][2], ("device:run", "device:pull"))
        self.restart("late")
        self.assert_a_second_run_completes("late", 1)

    def adb_that_loses_its_device_while_it_pulls(self, name):
        """adb, but with the first pull the device's daemon stops answering, and then dies."""
        device = f"{name}-{self.count}"
        pid = self.farm.daemon_pid(device)
        program = self.folder / "adb"
        program.write_text(f"""#!/bin/sh
case " $* " in
  *" -s {self.farm.serial(device)} pull "*)
    if mkdir {self.folder}/pulled 2>/dev/null; then
      kill -STOP {pid}
      (sleep 0.5; kill -KILL {pid}) >/dev/null 2>&1 &
    fi ;;
esac
exec adb "$@"
""")
        program.chmod(0o755)
        return program

    def test_a_device_that_is_lost_during_the_pull_keeps_its_results_for_the_next_try(self):
        self.device("cut", reconnect_s=1, answer_s=3)
        self.device("other")
        self.environment["ASSAY_ADB"] = str(self.adb_that_loses_its_device_while_it_pulls("cut"))
        done = self.run_on("cut,other", *QUICK)
        self.assertEqual(done.returncode, 3, done.stderr)
        self.assertTrue((self.folder / "pulled").exists())
        self.assert_failed("cut", "device:pull")
        self.assert_other_passed()
        del self.environment["ASSAY_ADB"]
        self.kill("cut")  # gone already: buries it
        self.restart("cut")
        self.assert_a_second_run_completes("cut")

    def test_a_run_that_is_killed_on_the_device_is_named_and_completed_by_a_second_one(self):
        self.device("killed")
        running = self.start_on("killed", *LONG)
        self.wait_for_the_run("killed")
        pid = next((self.root("killed") / "runs").glob("*/pid")).read_text()
        os.killpg(int(pid), signal.SIGKILL)
        _, messages = running.communicate(timeout=WAIT_S)
        self.assertEqual(running.returncode, 3, messages)
        self.assert_failed("killed", "device:run", "ended without a word")
        self.assert_a_second_run_completes("killed", 1)

    def test_a_device_that_gets_too_hot_is_stopped_at_its_trip_temperature(self):
        sensor = self.folder / "temp"
        sensor.write_text("40000\n")
        self.device("hot", sensors=str(sensor), trip_c=80)
        running = self.start_on("hot", *LONG)
        self.wait_for_the_run("hot")
        sensor.write_text("81500\n")
        _, messages = running.communicate(timeout=WAIT_S)
        self.assertEqual(running.returncode, 3, messages)
        self.assert_failed("hot", "device:run", "81.5 degrees reached")

    def test_a_warm_device_is_waited_for_until_it_is_cool(self):
        sensor = self.folder / "temp"
        sensor.write_text("50000\n")
        self.device("warm", sensors=str(sensor), start_below_c=45)
        running = self.start_on("warm", *QUICK)
        line = next(line for line in running.stderr if "waiting until it is below" in line)
        self.assertIn("50.0 degrees", line)
        sensor.write_text("44000\n")
        _, messages = running.communicate(timeout=WAIT_S)
        self.assertEqual(running.returncode, 0, messages)
        self.assertGreater(float(self.fact("warm", "cool_down_s")), 0.0)

    def test_ctrl_c_keeps_what_the_device_has_and_the_run_goes_on_later(self):
        self.device("one")
        running = self.start_on("one", *LONG)
        self.wait_for_the_run("one")
        running.send_signal(signal.SIGINT)
        _, messages = running.communicate(timeout=WAIT_S)
        self.assertEqual(running.returncode, 130, messages)
        self.assert_a_second_run_completes("one", 1)


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
    if not ASSAY:
        sys.exit("ASSAY is not set; run this through ctest")
    adbd_farm.isolate()
    unittest.main(verbosity=2)
