#!/usr/bin/env python3
"""The farm of device daemons does what the tests of devices build on."""

import os
import socket
import time
import unittest

import adbd_farm


class Farm(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.farm = adbd_farm.AdbdFarm()
        cls.one = cls.farm.start_device("one")
        cls.two = cls.farm.start_device("two")

    @classmethod
    def tearDownClass(cls):
        cls.farm.stop()

    def shell(self, serial, command):
        return self.farm.adb("shell", "-T", command, serial=serial)

    def test_every_device_is_listed_with_a_serial_of_its_own(self):
        listed = self.farm.adb("devices").stdout
        self.assertIn(f"{self.one}\tdevice", listed)
        self.assertIn(f"{self.two}\tdevice", listed)
        self.assertNotEqual(self.one, self.two)

    def test_a_pushed_file_arrives_in_the_storage_and_comes_back(self):
        source = self.farm.folder / "source"
        source.write_bytes(os.urandom(3_000_000))
        target = self.farm.storage("one") / "target"
        self.assertEqual(self.farm.adb("push", source, target, serial=self.one).returncode, 0)
        self.assertEqual(target.read_bytes(), source.read_bytes())
        back = self.farm.folder / "back"
        self.assertEqual(self.farm.adb("pull", target, back, serial=self.one).returncode, 0)
        self.assertEqual(back.read_bytes(), source.read_bytes())

    def test_the_exit_code_and_both_outputs_of_a_shell_come_through(self):
        done = self.shell(self.two, "echo out; echo err >&2; exit 3")
        self.assertEqual((done.returncode, done.stdout, done.stderr), (3, "out\n", "err\n"))

    def test_only_loopback_is_there(self):
        self.assertEqual([name for _, name in socket.if_nameindex()], ["lo"])

    def test_a_killed_device_is_gone_while_the_other_works_and_comes_back_with_its_files(self):
        name = "killed"
        serial = self.farm.start_device(name)
        (self.farm.storage(name) / "kept").write_text("still here")
        self.farm.kill_device(name)
        self.assertNotEqual(self.shell(serial, "true").returncode, 0)
        self.assertEqual(self.shell(self.two, "true").returncode, 0)
        self.assertEqual(self.farm.restart_device(name), serial)
        self.assertEqual(self.shell(serial, f"cat {self.farm.storage(name)}/kept").stdout, "still here")

    def test_a_shell_on_a_device_that_is_killed_ends_long_before_its_command(self):
        # With exit code 0, in adb 34: whoever waits for a command must have it say that it is done.
        serial = self.farm.start_device("cut")
        began = time.monotonic()
        command = f"echo begun; sleep 0.3; kill -9 {self.farm.daemon_pid('cut')}; sleep 30; echo done"
        self.assertEqual(self.shell(serial, command).stdout, "begun\n")
        self.assertLess(time.monotonic() - began, 20)

    def test_storage_of_a_given_size_gets_full(self):
        serial = self.farm.start_device("small", storage_bytes=1 << 20)
        source = self.farm.folder / "large"
        source.write_bytes(bytes(3 << 20))
        done = self.farm.adb("push", source, self.farm.storage("small") / "large", serial=serial)
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("No space left", done.stdout + done.stderr)


if __name__ == "__main__":
    adbd_farm.isolate()
    unittest.main(verbosity=2)
