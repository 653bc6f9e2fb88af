"""What the tests of runs on devices share: a farm of daemons, a kit of the program under test, a database."""

import json
import os
import sqlite3
import subprocess
import sys
import time
import unittest
from pathlib import Path

import adbd_farm

SOURCE = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(SOURCE / "scripts"))
from assay_tools import device_kit  # the path is set above

ASSAY = os.environ.get("ASSAY", "")
CASE = "silence-digital"
QUICK = ("vad", "--case", CASE, "--variant", "int8,int4", "--repeat", "20", "--pairs", "1")
WAIT_S = 120


class DeviceTest(unittest.TestCase):
    """A farm, a kit of the program under test, and a new database for each test."""

    @classmethod
    def setUpClass(cls):
        cls.farm = adbd_farm.AdbdFarm()
        cls.addClassCleanup(cls.farm.stop)
        cls.kits = cls.farm.folder / "kits"
        device_kit.make_kit(Path(ASSAY), cls.kits / "x86_64", None)
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


def main():
    """Of each file with such tests."""
    if not ASSAY:
        sys.exit("ASSAY is not set; run this through ctest")
    adbd_farm.isolate()
    unittest.main(verbosity=2)
