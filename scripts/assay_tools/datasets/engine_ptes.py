"""The tiny test programs: modules, how each is lowered, and the calls whose outputs are known from eager PyTorch."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from executorch.exir import ExecutorchBackendConfig, to_edge
from executorch.exir.backend.backend_api import to_backend
from executorch.exir.backend.backend_details import BackendDetails, PreprocessResult
from executorch.exir.passes.init_mutable_pass import InitializedMutableBufferPass
from executorch.extension.llm.custom_ops import custom_ops  # noqa: F401  registers torch.ops.llama
from torch import nn

from assay_tools.common.errors import UserError
from assay_tools.common.pte_runner import kernel_names, load_method
from assay_tools.export.quantize import Inputs, lower
from assay_tools.export.recipes import RECIPES

Call = tuple[str, Inputs, Sequence[torch.Tensor]]  # method, inputs, outputs of eager PyTorch


@dataclass(frozen=True)
class TestProgram:
    """A .pte file and what is expected of it: `calls` in order on one loaded program, or a failure at a stage."""

    about: str
    pte: bytes
    calls: list[Call] = field(default_factory=list)
    tolerance: float = 0.0  # largest absolute difference to eager
    fails_at: str = ""  # "load" or empty
    why: str = ""
    linear_kernels: str = ""  # regular expression for every linear kernel, where the file is about quantization


class Add(nn.Module):
    """a + b."""

    def forward(self, a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
        return a + b


class Scale(nn.Module):
    """x * factor."""

    def __init__(self, factor: float) -> None:
        super().__init__()
        self.factor = factor

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x * self.factor


class Twice(nn.Module):
    """2 x in integers."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x + x


class Counter(nn.Module):
    """Counts its calls, from 10: returns x + count."""

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("count", torch.tensor([10.0]))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        self.count.add_(1.0)
        return x + self.count


class Huge(nn.Module):
    """Repeats one number 2^40 times and adds all up."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x.repeat(1 << 20, 1 << 20).sum(1).sum(0)


class AssayAbsentBackend(BackendDetails):
    """A delegate that exists at export time only, so that no runtime has it."""

    @staticmethod
    def preprocess(edge_program: Any, compile_specs: Any) -> PreprocessResult:
        return PreprocessResult(processed_bytes=b"assay: a payload for a backend that no runtime has")


class TinyVad(nn.Module):
    """The inputs and outputs of a VAD: a chunk of 8 samples after 2 of context, and two states of 3."""

    def __init__(self) -> None:
        super().__init__()
        self.mix = _linear(13, 3)
        self.score = _linear(3, 1)

    def forward(self, chunk: torch.Tensor, h: torch.Tensor, c: torch.Tensor) -> tuple[torch.Tensor, ...]:
        state = torch.tanh(self.mix(torch.cat((chunk, h), dim=1)))
        return torch.sigmoid(self.score(state)), state, 0.5 * c + state


_LIBRARY = torch.library.Library("assay_test", "DEF")
_LIBRARY.define("halve(Tensor x) -> Tensor")
_LIBRARY.define("halve.out(Tensor x, *, Tensor(a!) out) -> Tensor(a!)")
_LIBRARY.impl("halve", lambda x: x * 0.5, "CompositeExplicitAutograd")
_LIBRARY.impl("halve.out", lambda x, *, out: out.copy_(x * 0.5), "CompositeExplicitAutograd")


class Halve(nn.Module):
    """Calls an operator that exists at export time only."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return torch.ops.assay_test.halve(x)


class CachedAttention(nn.Module):
    """One position of grouped-query attention over a key/value cache of eight, with the operators of LLM exports."""

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("keys", torch.zeros(1, 8, 1, 4))
        self.register_buffer("values", torch.zeros(1, 8, 1, 4))

    def forward(
        self, query: torch.Tensor, key: torch.Tensor, value: torch.Tensor, position: torch.Tensor
    ) -> torch.Tensor:
        start = position.item()
        torch._check(start >= 0)
        torch._check(start < 8)
        torch.ops.llama.update_cache(key, self.keys, start)
        torch.ops.llama.update_cache(value, self.values, start)
        return torch.ops.llama.custom_sdpa(query, self.keys, self.values, start, None, 0.0, True)


def _ramp(*shape: int) -> torch.Tensor:
    """Values between -1 and 1 that need no generator: the same on every machine and in every version."""
    count = int(torch.tensor(shape).prod())
    return (((torch.arange(count, dtype=torch.float32) * 37.0) % 61.0) / 30.0 - 1.0).reshape(shape)


def _linear(inputs: int, outputs: int) -> nn.Linear:
    layer = nn.Linear(inputs, outputs).eval()
    with torch.no_grad():
        layer.weight.copy_(_ramp(outputs, inputs) * 0.25)
        layer.bias.copy_(_ramp(outputs))
    return layer


def _eager(module: nn.Module, inputs: Inputs, method: str = "forward") -> Call:
    with torch.no_grad():
        outputs = module(*inputs)
        return method, inputs, list(outputs) if isinstance(outputs, tuple) else [outputs]


def _portable(module: nn.Module, example: Inputs, dynamic_shapes: Any = None) -> bytes:
    exported = torch.export.export(module, example, dynamic_shapes=dynamic_shapes)
    return to_edge(exported).to_executorch().buffer


def _add() -> TestProgram:
    inputs = (_ramp(2, 3), _ramp(2, 3) * 2.0)
    return TestProgram("two inputs f32 [2,3]; a + b on a portable kernel", _portable(Add(), inputs), [_eager(Add(), inputs)])


def _linear_file(label: str, inputs: int, kind: str, tolerance: float) -> TestProgram:
    layer = _linear(inputs, 16)
    x = _ramp(1, inputs)
    calibration = [(x * scale,) for scale in (-1.0, 0.5, 1.0)]
    recipe = RECIPES[label]
    about = f"linear f32 [1,{inputs}] -> [1,16] on XNNPACK, {kind}"
    pte = lower(layer, (x,), calibration, recipe)
    return TestProgram(about, pte, [_eager(layer, (x,))], tolerance, linear_kernels=recipe.linear_kernels)


def _missing_operator() -> TestProgram:
    return TestProgram(
        "calls operator assay_test::halve.out", _portable(Halve(), (_ramp(2, 3),)), fails_at="load",
        why="the operator was registered with PyTorch for the export only; no runtime has a kernel for it",
    )


def _huge_plan() -> TestProgram:
    return TestProgram(
        "plans buffers of more than 4 TB between its inputs and its output", _portable(Huge(), (_ramp(1, 1),)),
        fails_at="load", why="no machine has that much memory; the plan is allocated before the first execution",
    )


def _unknown_backend() -> TestProgram:
    edge = to_edge(torch.export.export(Add(), (_ramp(2, 3), _ramp(2, 3))))
    lowered = to_backend(AssayAbsentBackend.__name__, edge.exported_program(), [])
    return TestProgram(
        "one delegate call to AssayAbsentBackend", lowered.buffer(), fails_at="load",
        why="a backend of this name exists at export time only",
    )


def _tiny_vad(backend: str) -> TestProgram:
    module = TinyVad().eval()
    inputs = (_ramp(1, 10), _ramp(1, 3), _ramp(1, 3) * 0.5)
    about = "f32 [1,10], [1,3], [1,3] -> [1,1], [1,3], [1,3], as a VAD has them"
    if backend == "absent":
        lowered = to_backend(AssayAbsentBackend.__name__, to_edge(torch.export.export(module, inputs)).exported_program(), [])
        return TestProgram(
            f"{about}; one delegate call to AssayAbsentBackend", lowered.buffer(), fails_at="load",
            why="a backend of this name exists at export time only",
        )
    pte = lower(module, inputs, (), RECIPES["fp32"], backend)
    return TestProgram(f"{about}; lowered for {backend}", pte, [_eager(module, inputs)], 1e-5)


def _int_input() -> TestProgram:
    inputs = (torch.tensor([1, -2, 3_000_000_000], dtype=torch.int64),)
    return TestProgram("input int64 [3]; x + x", _portable(Twice(), inputs), [_eager(Twice(), inputs)])


def _stateful_buffer() -> TestProgram:
    x = _ramp(1)
    edge = to_edge(torch.export.export(Counter(), (x,)))
    program = edge.to_executorch(ExecutorchBackendConfig(passes=[InitializedMutableBufferPass(["count"])]))
    counter = Counter()
    calls = [_eager(counter, (x,)) for _ in range(3)]
    return TestProgram("a mutable buffer that counts calls from 10; x + count", program.buffer, calls)


def _dynamic() -> TestProgram:
    length = torch.export.Dim("length", min=1, max=64)
    module = Scale(0.5)
    pte = _portable(module, (_ramp(4, 2),), ({0: length},))
    calls = [_eager(module, (_ramp(rows, 2),)) for rows in (1, 4, 64)]
    return TestProgram("input f32 [length, 2], 1 <= length <= 64; 0.5 x", pte, calls)


def _two_methods() -> TestProgram:
    methods = {"forward": Scale(2.0), "other": Scale(-3.0)}
    x = _ramp(2, 3)
    programs = {name: torch.export.export(module, (x,)) for name, module in methods.items()}
    calls = [_eager(module, (x,), name) for name, module in methods.items()]
    return TestProgram("methods forward (2 x) and other (-3 x)", to_edge(programs).to_executorch().buffer, calls)


def _cached_attention() -> TestProgram:
    def inputs(position: int) -> Inputs:
        factor = 1.0 - position / 4.0
        return (_ramp(1, 1, 2, 4) * factor, _ramp(1, 1, 1, 4) * factor, _ramp(1, 1, 1, 4) + position,
                torch.tensor([position]))

    pte = _portable(CachedAttention(), inputs(0))
    eager = CachedAttention()
    calls = [_eager(eager, inputs(position)) for position in (0, 1, 2, 7)]
    return TestProgram("llama::update_cache and llama::custom_sdpa over a cache of 8 positions", pte, calls, 1e-6)


FILES: dict[str, Callable[[], TestProgram]] = {
    "add.pte": _add,
    "linear_xnnpack.pte": lambda: _linear_file("fp32", 32, "fp32", 1e-5),
    "linear_8da4w.pte": lambda: _linear_file("8da4w", 64, "8da4w group 32", 0.1),
    "linear_int8.pte": lambda: _linear_file("int8", 32, "static per-channel INT8", 0.1),
    "missing_operator.pte": _missing_operator,
    "huge_plan.pte": _huge_plan,
    "unknown_backend.pte": _unknown_backend,
    "int_input.pte": _int_input,
    "stateful_buffer.pte": _stateful_buffer,
    "dynamic.pte": _dynamic,
    "two_methods.pte": _two_methods,
    "cached_attention.pte": _cached_attention,
    "vad_xnnpack.pte": lambda: _tiny_vad("xnnpack"),
    "vad_portable.pte": lambda: _tiny_vad("portable"),
    "vad_absent.pte": lambda: _tiny_vad("absent"),
}


def make_file(path: Path, program: TestProgram) -> dict[str, Any]:
    """Write the file, run it, and return its entry for expected.json."""
    path.write_bytes(program.pte)
    _check(path, program)
    entry: dict[str, Any] = {"about": program.about}
    if program.fails_at:
        return entry | {"fails_at": program.fails_at, "why": program.why}
    return entry | {
        "tolerance": program.tolerance,
        "calls": [
            {"method": method, "inputs": [_plain(x) for x in inputs], "outputs": [_plain(x) for x in outputs]}
            for method, inputs, outputs in program.calls
        ],
    }


def _plain(tensor: torch.Tensor) -> dict[str, Any]:
    dtype = str(tensor.dtype).removeprefix("torch.")
    return {"dtype": dtype, "shape": list(tensor.shape), "data": tensor.flatten().tolist()}


def _check(path: Path, program: TestProgram) -> None:
    """What must fail fails; what runs agrees with eager; what says quantized is quantized."""
    if program.fails_at:
        try:
            load_method(path)
        except (UserError, MemoryError):
            return
        raise UserError(f"{path.name} was expected to fail at {program.fails_at} and did not")
    methods = {name: load_method(path, name) for name, _, _ in program.calls}
    for name, inputs, outputs in program.calls:
        for got, expected in zip(methods[name].execute(inputs), outputs, strict=True):
            difference = float((got.double() - expected.double()).abs().max())
            if got.dtype != expected.dtype or difference > program.tolerance:
                raise UserError(f"{path.name}: method {name} differs from eager by {difference:.3g}")
    if program.linear_kernels:
        kernels = [name for name in kernel_names(path, program.calls[0][1]) if name.startswith("Fully Connected")]
        if not kernels or not all(re.search(program.linear_kernels, name) for name in kernels):
            raise UserError(f"{path.name}: expected linear kernels '{program.linear_kernels}', ran {kernels}")
