"""Runs any .pte in one of assay's own worker processes: the same runtime, for models that no suite knows.

The protocol is harness/run/protocol.h: frames of a fixed header, a JSON text and a binary payload over two pipes, which the
worker expects as descriptors 3 and 4.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import select
import signal
import struct
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_VERSION = 3
_HEADER = struct.Struct("<IIQ")  # magic, bytes of the message, bytes of the payload
_MAGIC = 0x31594153
_WORKER_INPUT, _WORKER_OUTPUT = 3, 4
_ABOVE = 10  # own ends are moved here, out of the way of 3 and 4


class WorkerError(Exception):
    """The worker refused, crashed or did not answer in time; the message says which."""


@dataclass(frozen=True)
class Tensor:
    """Shape, name of the type, and little-endian values."""

    dtype: str
    shape: list[int]
    data: bytes


class Worker:
    """One worker process; made by `start_worker`."""

    def __init__(self, pid: int, to_worker: int, from_worker: int, log: Path, timeout_s: float) -> None:
        self._pid, self._out, self._in, self._log, self._timeout_s = pid, to_worker, from_worker, log, timeout_s
        self._ended = False

    def greet(self) -> None:
        """Wait for the worker's first word. Errors: WorkerError, also when it speaks another version of the protocol."""
        hello, _ = self._receive()
        if hello.get("protocol") != _VERSION:
            raise WorkerError(f"the program's workers speak protocol {hello.get('protocol')}, this script {_VERSION}")

    def load(self, pte: Path, threads: int = 1) -> dict[str, Any]:
        """Load method `forward`; the reply has `inputs`, `outputs`, `memory` and load times."""
        return self._request({"type": "load", "pte": str(pte), "method": "forward", "threads": threads})[0]

    def give(self, specs: list[dict[str, Any]], values: list[bytes]) -> None:
        """The inputs of the one step that `outputs` and `latencies_ns` execute."""
        feeds = [
            {"input": index, "stride_elements": 0, "bytes": len(data), "windows": 0, "spec": spec}
            for index, (spec, data) in enumerate(zip(specs, values, strict=True))
        ]
        message = {"type": "inputs", "step_count": 1, "setup_count": 0, "inputs": feeds, "state": []}
        self._request(message, b"".join(values))

    def outputs(self) -> list[Tensor]:
        """Execute once; the outputs, with a leading dimension of one step."""
        reply, payload = self._request({"type": "accuracy", "steps": 0})
        found, offset = [], 0
        sizes = [element_bytes(spec["dtype"]) * element_count(spec["shape"]) for spec in reply["outputs"]]
        for spec, size in zip(reply["outputs"], sizes, strict=True):
            found.append(Tensor(spec["dtype"], spec["shape"], payload[offset : offset + size]))
            offset += size
        return found

    def latencies_ns(self, count: int) -> list[int]:
        """Time of each of `count` executions, after `outputs`."""
        _, payload = self._request({"type": "block", "count": count, "same_input": True})
        return list(struct.unpack(f"<{count}q", payload))

    def peak_memory_bytes(self) -> int:
        """Largest resident set so far."""
        reply, _ = self._request({"type": "memory", "phase": "steady"})
        return int(reply["snapshot"]["vm_hwm_bytes"])

    def close(self) -> None:
        """Close the pipes and end the process, whatever state it is in."""
        for descriptor in (self._out, self._in):
            os.close(descriptor)
        if not self._ended:
            os.kill(self._pid, signal.SIGKILL)
            os.waitpid(self._pid, 0)

    def _request(self, message: dict[str, Any], payload: bytes = b"") -> tuple[dict[str, Any], bytes]:
        text = json.dumps(message).encode()
        try:
            for part in (_HEADER.pack(_MAGIC, len(text), len(payload)), text, payload):
                view = memoryview(part)
                while view:
                    view = view[os.write(self._out, view) :]
        except BrokenPipeError:
            raise WorkerError(self._how_it_ended()) from None
        reply, data = self._receive()
        if reply.get("type") == "error":
            raise WorkerError(str(reply.get("message", reply)))
        return reply, data

    def _receive(self) -> tuple[dict[str, Any], bytes]:
        deadline = time.monotonic() + self._timeout_s
        magic, message_bytes, payload_bytes = _HEADER.unpack(self._read(_HEADER.size, deadline))
        if magic != _MAGIC:
            raise WorkerError("what arrived is not a frame of the worker protocol")
        message = json.loads(self._read(message_bytes, deadline))
        return message, self._read(payload_bytes, deadline)

    def _read(self, count: int, deadline: float) -> bytes:
        found = bytearray()
        while len(found) < count:
            if not select.select([self._in], [], [], max(deadline - time.monotonic(), 0))[0]:
                raise WorkerError(f"no answer in {self._timeout_s:.0f} s")
            part = os.read(self._in, count - len(found))
            if not part:
                raise WorkerError(self._how_it_ended())
            found += part
        return bytes(found)

    def _how_it_ended(self) -> str:
        _, status = os.waitpid(self._pid, 0)
        self._ended = True
        code = os.waitstatus_to_exitcode(status)
        how = f"crashed with {signal.Signals(-code).name}" if code < 0 else f"ended with exit code {code}"
        said = self._log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
        return f"the process {how}" + (f": {said[-1]}" if said else "")


@contextlib.contextmanager
def start_worker(assay: Path, timeout_s: float = 300) -> Iterator[Worker]:
    """A worker of the program, which is ended afterwards."""
    with tempfile.TemporaryDirectory(prefix="assay-worker-") as folder:
        log = Path(folder) / "log"
        to_read, to_write = _pipe()
        from_read, from_write = _pipe()
        actions = [
            (os.POSIX_SPAWN_DUP2, to_read, _WORKER_INPUT),
            (os.POSIX_SPAWN_DUP2, from_write, _WORKER_OUTPUT),
            (os.POSIX_SPAWN_OPEN, 2, str(log), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600),
            (os.POSIX_SPAWN_DUP2, 2, 1),
        ]
        pid = os.posix_spawn(assay, [str(assay), "internal-worker"], os.environ, file_actions=actions)
        os.close(to_read)
        os.close(from_write)
        worker = Worker(pid, to_write, from_read, log, timeout_s)
        try:
            worker.greet()
            yield worker
        finally:
            worker.close()


def _pipe() -> list[int]:
    ends = os.pipe()
    moved = [fcntl.fcntl(end, fcntl.F_DUPFD_CLOEXEC, _ABOVE) for end in ends]
    for end in ends:
        os.close(end)
    return moved


def element_count(shape: list[int]) -> int:
    """Elements of a tensor of that shape; a scalar has one."""
    count = 1
    for size in shape:
        count *= size
    return count


def element_bytes(dtype: str) -> int:
    """Bytes of one element. Errors: WorkerError for a type that has no fixed size here."""
    sizes = {"bool": 1, "uint8": 1, "int8": 1, "int16": 2, "float16": 2, "bfloat16": 2, "int32": 4, "float32": 4}
    sizes |= {"int64": 8, "float64": 8}
    if dtype not in sizes:
        raise WorkerError(f"inputs or outputs of type {dtype} are not known here")
    return sizes[dtype]
