"""Real device daemons on loopback, for tests: Debian's adbd, several as several devices.

    if __name__ == "__main__":
        adbd_farm.isolate()      # first of all: starts this test again, alone on a network of its own
        unittest.main()

    farm = adbd_farm.AdbdFarm()
    serial = farm.start_device("one")
    farm.adb("push", "file", farm.storage("one"), serial=serial)
    farm.kill_device("one")      # as a pulled cable: SIGKILL
    farm.restart_device("one")
    farm.stop()

adbd listens on every interface and adb starts a server that outlives it. isolate() keeps both to
themselves: own network (loopback only), own processes (all end with the test, even if it is killed), own
mounts (for storage of a given size). Needs root or user namespaces, and scripts/bootstrap test.
"""

from __future__ import annotations

import ctypes
import fcntl
import os
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time
from pathlib import Path

SKIPPED = 77  # what ctest knows as skipped
ISOLATED = "ASSAY_TEST_ISOLATED"
SERVER_PORT = 15037
# Not 5555 to 5585: the adb server looks there for emulators by itself.
FIRST_DEVICE_PORT = 17001
ADBD_PATHS = ("/usr/lib/android-sdk/platform-tools", "/usr/sbin", "/usr/bin")
READY_S = 20.0


def find_adbd() -> str | None:
    return shutil.which("adbd", path=os.pathsep.join(ADBD_PATHS))


def isolate() -> None:
    """Replaces this process by itself in namespaces of its own; in there, brings loopback up and returns.
    Ends with SKIPPED where the daemon is not installed or the kernel allows no namespaces."""
    if os.environ.get(ISOLATED) == "yes":
        bring_loopback_up()
        return
    if not (find_adbd() and shutil.which("adb")):
        print("adb and adbd are not installed; scripts/bootstrap test installs them")
        sys.exit(SKIPPED)
    words = ["unshare", "--net", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc"]
    if os.geteuid() != 0:
        words.append("--map-root-user")
    tried = subprocess.run([*words, "true"], capture_output=True, text=True, check=False)
    if tried.returncode != 0:
        print(f"no namespaces for a test of its own network: {tried.stderr.strip()}")
        sys.exit(SKIPPED)
    os.environ[ISOLATED] = "yes"
    # The shell is the namespace's init and reaps what nobody waits for, as a device's init does.
    init = ["sh", "-c", '"$@"; exit $?', "init"]
    os.execvp(words[0], [*words, *init, sys.executable, *sys.argv])


def bring_loopback_up() -> None:
    get_flags, set_flags, up = 0x8913, 0x8914, 0x1  # SIOCGIFFLAGS, SIOCSIFFLAGS, IFF_UP
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        request = struct.pack("16sH22x", b"lo", 0)
        (flags,) = struct.unpack_from("H", fcntl.ioctl(control, get_flags, request), 16)
        fcntl.ioctl(control, set_flags, struct.pack("16sH22x", b"lo", flags | up))


REMOUNT = 32  # MS_REMOUNT


def mount_tmpfs(folder: Path, size: int, flags: int = 0) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.mount(b"tmpfs", os.fsencode(folder), b"tmpfs", flags, f"size={size}".encode()) != 0:
        raise OSError(ctypes.get_errno(), f"cannot mount a tmpfs of {size} bytes on {folder}")


def unmount(folder: Path) -> None:
    detach = 2  # MNT_DETACH: also while somebody still runs in it
    ctypes.CDLL(None).umount2(os.fsencode(folder), detach)


class AdbdFarm:
    """An adb server and as many daemons as are started; for use after isolate()."""

    def __init__(self) -> None:
        if os.environ.get(ISOLATED) != "yes":
            raise RuntimeError("call adbd_farm.isolate() first: adbd must not listen on this machine's network")
        self.folder = Path(tempfile.mkdtemp(prefix="assay-farm-"))
        # What whoever talks to the devices needs in its environment.
        self.environment = {**os.environ, "ANDROID_ADB_SERVER_PORT": str(SERVER_PORT), "HOME": str(self.folder)}
        self._ports: dict[str, int] = {}
        self._daemons: dict[str, subprocess.Popen] = {}
        self._mounted: list[Path] = []
        self._server = self._start("server", ["adb", "nodaemon", "server"], self.environment)
        self._wait_until(lambda: self.adb("devices").returncode == 0, "the adb server")

    def start_device(self, name: str, storage_bytes: int | None = None) -> str:
        """Starts a daemon with a folder of its own, a file system of `storage_bytes` if given, and connects it.
        Returns its serial."""
        self._ports[name] = FIRST_DEVICE_PORT + len(self._ports)
        storage = self.storage(name)
        storage.mkdir()
        if storage_bytes is not None:
            mount_tmpfs(storage, storage_bytes)
            self._mounted.append(storage)
        return self.restart_device(name)

    def kill_device(self, name: str) -> None:
        """Ends a daemon as a pulled cable does: at once. What it had started goes on, as on a phone."""
        daemon = self._daemons.pop(name)
        daemon.send_signal(signal.SIGKILL)
        daemon.wait()

    def restart_device(self, name: str, connect: bool = True) -> str:
        """Starts the daemon of a device that was killed, with its storage as it is. Returns its serial."""
        serial = self.serial(name)
        environment = {"PATH": os.environ["PATH"], "HOME": str(self.storage(name)), "ADBD_PORT": str(self._ports[name])}
        self._daemons[name] = self._start(name, [find_adbd()], environment)
        if connect:
            self.adb("disconnect", serial)
            self._wait_until(lambda: self._connect(serial), f"device {name}")
        return serial

    def resize_storage(self, name: str, storage_bytes: int) -> None:
        """Gives a device that was started with a size another one; its files stay."""
        mount_tmpfs(self.storage(name), storage_bytes, REMOUNT)

    def serial(self, name: str) -> str:
        return f"127.0.0.1:{self._ports[name]}"

    def storage(self, name: str) -> Path:
        """The device's own folder; the path is the same seen from the device and from here."""
        return self.folder / name

    def daemon_pid(self, name: str) -> int:
        return self._daemons[name].pid

    def adb(self, *words: object, serial: str | None = None, timeout: float = 60) -> subprocess.CompletedProcess:
        """Runs an adb command against this farm's server."""
        chosen = ["-s", serial] if serial else []
        return subprocess.run(["adb", *chosen, *map(str, words)], env=self.environment, capture_output=True, text=True,
                              timeout=timeout, check=False)

    def stop(self) -> None:
        """Ends every daemon and the server, by their pids, and removes all storage."""
        for process in [*self._daemons.values(), self._server]:
            process.kill()
            process.wait()
        self._daemons.clear()
        for folder in self._mounted:
            unmount(folder)
        self._mounted.clear()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _start(self, name: str, words: list[str], environment: dict[str, str]) -> subprocess.Popen:
        with open(self.folder / f"{name}.log", "ab") as log:
            return subprocess.Popen(words, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log)

    def _connect(self, serial: str) -> bool:
        self.adb("connect", serial)
        return self.adb("get-state", serial=serial).stdout.strip() == "device"

    def _wait_until(self, ready, what: str) -> None:
        deadline = time.monotonic() + READY_S
        while not ready():
            if time.monotonic() > deadline:
                logs = "\n".join(path.read_text(errors="replace")[-2000:] for path in sorted(self.folder.glob("*.log")))
                raise TimeoutError(f"{what} is not there after {READY_S} s:\n{logs}")
            time.sleep(0.05)
