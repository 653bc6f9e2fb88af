#!/usr/bin/env python3
"""`assay run --device` on real device daemons that fail in every way: a named failure, the other devices go on, and a
second run completes the matrix."""

import contextlib
import os
import signal
import time

from device_test_case import CASE, QUICK, WAIT_S, DeviceTest, main

# Long enough to pull a cable in the middle of it.
LONG = ("vad", "--case", CASE, "--variant", "int8", "--min-time", "6", "--max-time", "6", "--pairs", "1")


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
        sensor.write_text("40000\n")
        self.assert_a_second_run_completes("hot", 1)

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


if __name__ == "__main__":
    main()
