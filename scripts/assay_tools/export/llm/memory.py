"""Whether an export fits this machine, said before the long work instead of after the kernel has killed it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from assay_tools.common.errors import UserError
from assay_tools.export.llm.config import LinearShape
from assay_tools.export.llm.recipes import LinearScheme

# Peaks measured with 512 positions and int8 embeddings: SmolLM2-135M int4 2.1 GB and int8 2.2 GB (135 M weights in linears),
# Llama 3.2 1B int4 6.9 GB (1,236 M): a line through them. fp32: SmolLM2 3.7 GB. With offsets: 3.6 GB.
_PROCESS_BYTES = 1.3e9
_QUANTIZED_BYTES = 4.5
_FP32_BYTES = 18.0
_OFFSET_BYTES = 17.5


def expected_peak_bytes(schemes: Mapping[str, LinearScheme], linears: Sequence[LinearShape]) -> float:
    """What the process will about hold at its peak; 30 % more was seen for Qwen2-0.5B with its large vocabulary."""

    def bytes_a_weight(scheme: LinearScheme) -> float:
        return _FP32_BYTES if scheme.bits == 32 else _OFFSET_BYTES if scheme.offsets else _QUANTIZED_BYTES

    return _PROCESS_BYTES + sum(
        bytes_a_weight(schemes[linear.name]) * linear.inputs * linear.outputs for linear in linears
    )


def available_bytes(meminfo: Path = Path("/proc/meminfo")) -> float:
    """Memory and swap that a new process can have, by the kernel's own estimate."""
    fields = dict(line.split(":", 1) for line in meminfo.read_text(encoding="ascii").splitlines())
    return sum(int(fields[name].split()[0]) * 1024.0 for name in ("MemAvailable", "SwapFree"))


def check_memory(expected: float, available: float) -> None:
    """Refuse what cannot end well."""
    if expected > available:
        raise UserError(
            f"this export needs about {expected / 1e9:.0f} GB of memory and {available / 1e9:.0f} GB are free; use a machine "
            "with more, or add swap, or --skip_memory_check if you know better"
        )
