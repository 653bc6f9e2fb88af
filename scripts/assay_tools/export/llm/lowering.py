"""From the PyTorch module to the bytes of a .pte."""

from __future__ import annotations

import contextlib
from typing import Any

import torch
from executorch.backends.xnnpack.partition.xnnpack_partitioner import XnnpackPartitioner
from executorch.backends.xnnpack.utils.configs import get_transform_passes
from executorch.exir import EdgeCompileConfig, to_edge_transform_and_lower

from assay_tools.common.progress import Progress
from assay_tools.export.llm.fast_lowering import fast_lowering
from assay_tools.export.llm.model import LanguageModel

_EXAMPLE_LENGTH = 7  # any length but 0 and 1, which torch.export would take for constants


def constant_methods(model: LanguageModel, sdpa: str) -> dict[str, Any]:
    """What a program says about itself: ExecuTorch's own names, and the size of the cache."""
    config = model.config
    facts: dict[str, Any] = {
        "get_max_seq_len": model.max_seq_len,
        "get_max_context_len": model.max_seq_len,
        "get_vocab_size": config.vocab_size,
        "get_n_layers": config.n_layers,
        "get_eos_ids": list(config.eos_ids),
        "use_kv_cache": True,
        "use_sdpa_with_kv_cache": sdpa == "custom",
        "enable_dynamic_shape": True,
        "get_kv_cache_bytes": model.kv_cache_bytes,
    }
    if config.bos_id is not None:
        facts["get_bos_id"] = config.bos_id
    return facts


def example_inputs() -> tuple[torch.Tensor, torch.Tensor]:
    """tokens and input_pos of the right kinds."""
    return torch.zeros(1, _EXAMPLE_LENGTH, dtype=torch.int64), torch.zeros(1, dtype=torch.int64)


def export_graph(model: LanguageModel) -> torch.export.ExportedProgram:
    """The traced program; the number of tokens is dynamic, 1 .. max_seq_len."""
    length = torch.export.Dim("length", min=1, max=model.max_seq_len)
    with torch.no_grad():
        return torch.export.export(model, example_inputs(), dynamic_shapes=({1: length}, None), strict=False)


def lower_language_model(model: LanguageModel, sdpa: str, progress: Progress, *, fast: bool = True) -> bytes:
    """The .pte of `model`, with method `forward` and the constant methods. `fast` off is the stock pipeline."""
    progress.stage("tracing")
    exported = export_graph(model)
    progress.stage("lowering to XNNPACK")
    with fast_lowering(progress.stage) if fast else contextlib.nullcontext():
        edge = to_edge_transform_and_lower(
            exported,
            partitioner=[XnnpackPartitioner()],
            transform_passes=get_transform_passes(),
            compile_config=EdgeCompileConfig(_check_ir_validity=False),
            constant_methods=constant_methods(model, sdpa),
        )
        progress.stage("writing the program")
        return edge.to_executorch().buffer
