"""What an export of a language model is asked for, and what is refused before any weight is read."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from assay_tools.common.errors import UserError
from assay_tools.export.llm.config import ModelConfig, all_linears
from assay_tools.export.llm.memory import available_bytes, check_memory, expected_peak_bytes
from assay_tools.export.llm.recipes import LinearScheme, LlmRecipe, check_embedding, check_groups, find_llm_recipe

MIN_SEQ_LEN = 8


@dataclass(frozen=True)
class LlmOptions:
    """What the command line asks for."""

    family: str
    output: Path
    quantization: str
    checkpoint: Path | None = None
    seeded: str | None = None
    seed: int = 0
    group_size: int | None = None
    embedding: str = "fp32"
    max_seq_len: int = 512
    sdpa: str = "custom"
    logits: str = "last"
    licence: str = "that of the checkpoint"
    skip_memory_check: bool = False


def find_recipe(options: LlmOptions) -> LlmRecipe:
    """--quantization with --group_size. Errors: UserError for a name or a size that there is not."""
    return find_llm_recipe(options.quantization).with_group_size(options.group_size)


def checked_schemes(options: LlmOptions, recipe: LlmRecipe, config: ModelConfig) -> dict[str, LinearScheme]:
    """How each linear will be stored. Errors: UserError for what could not be lowered, run, or held by this machine."""
    linears = all_linears(config)
    schemes = recipe.schemes(config)
    check_groups(schemes, linears)
    check_embedding(options.embedding, config.hidden_size)
    if not MIN_SEQ_LEN <= options.max_seq_len <= config.context:
        raise UserError(f"--max_seq_len {options.max_seq_len}: must be {MIN_SEQ_LEN} .. {config.context} for this model")
    if not options.skip_memory_check:
        check_memory(expected_peak_bytes(schemes, linears), available_bytes())
    return schemes
