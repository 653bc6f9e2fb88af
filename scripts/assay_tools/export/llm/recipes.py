"""What each quantization label means for a language model: which linear gets which treatment, and what that weighs."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from assay_tools.common.errors import UserError
from assay_tools.export.llm.config import LinearShape, ModelConfig, all_linears

HEAD = "lm_head"
GROUP_UNIT = 32  # XNNPACK's 4-bit kernels take groups of a multiple of this
EMBEDDINGS = ("fp32", "int8", "int4")
INT4_EMBEDDING_GROUP = 32  # values of a row that share a scale

FP32_KERNEL = r"\(NC, F32\)"
INT8_KERNEL = r"Q[DP]U?8, F32, QC8W\)"
INT4_KERNEL = r"Q[DP]U?8, F32, QB4W\)"


@dataclass(frozen=True)
class LinearScheme:
    """How one linear layer is stored. Activations of 8 and 4 bit ones are quantized while running, to 8 bit a token."""

    bits: int  # of a weight: 32, 8 (a scale for each output) or 4 (a scale for each group of inputs)
    group_size: int | None = None
    algorithm: str | None = None  # where scales come from, see quantizer.py
    offsets: bool = False  # 4 bit with an offset for each group, as a second small linear; see offset_linear.py

    @property
    def kernels(self) -> list[str]:
        """A regular expression for the name of each XNNPACK kernel that one such linear runs."""
        own = {32: FP32_KERNEL, 8: INT8_KERNEL, 4: INT4_KERNEL}[self.bits]
        return [own, FP32_KERNEL, INT8_KERNEL] if self.offsets else [own]

    def weight_bytes(self, linear: LinearShape) -> int:
        """Bytes of weights and scales in the file: group scales are bfloat16, others float32, offsets int8."""
        count = linear.inputs * linear.outputs
        if self.bits == 4:
            groups = count // (self.group_size or linear.inputs)
            return count // 2 + 2 * groups + (groups + 4 * linear.outputs if self.offsets else 0)
        return count * self.bits // 8 + (4 * linear.outputs if self.bits == 8 else 0)

    @property
    def text(self) -> str:
        """In words, for provenance."""
        if self.bits == 32:
            return "fp32"
        if self.bits == 8:
            return "8da8w"
        return f"8da4w group {self.group_size} {self.algorithm}{' with offsets' if self.offsets else ''}"


FP32 = LinearScheme(32)
INT8 = LinearScheme(8, algorithm="affine")


def int4(algorithm: str = "affine", group_size: int = 32) -> LinearScheme:
    """4-bit weights with scales by one of the algorithms of quantizer.py."""
    return LinearScheme(4, group_size, algorithm)


ASYMMETRIC = LinearScheme(4, 32, "least squares", offsets=True)


@dataclass(frozen=True)
class LlmRecipe:
    """One `--quantization` of a language model. `mixed_budget` asks sensitivity.py which layers get 8 bits instead."""

    name: str
    text: str
    body: LinearScheme
    head: LinearScheme
    mixed_budget: float | None = None  # bytes of linears and embedding allowed, as a multiple of plain int4's

    def schemes(self, config: ModelConfig) -> dict[str, LinearScheme]:
        """Scheme of every linear, before any mixing by sensitivity."""
        return {
            linear.name: self.head if linear.name == HEAD else self.body for linear in all_linears(config)
        }

    def with_group_size(self, group_size: int | None) -> LlmRecipe:
        """The same with another group size in its 4-bit linears; None changes nothing."""
        if group_size is None:
            return self
        if 4 not in (self.body.bits, self.head.bits):
            raise UserError(f"--group_size {group_size}: quantization {self.name} has no groups")
        body, head = (
            replace(scheme, group_size=group_size) if scheme.bits == 4 else scheme for scheme in (self.body, self.head)
        )
        return replace(self, body=body, head=head)


LLM_RECIPES = {
    recipe.name: recipe
    for recipe in (
        LlmRecipe("fp32", "fp32, nothing quantized", FP32, FP32),
        LlmRecipe("int8", "linears 8da8w", INT8, INT8),
        LlmRecipe("int4", "linears 8da4w", int4(), int4()),
        LlmRecipe("int4-g64", "linears 8da4w in groups of 64", int4(group_size=64), int4(group_size=64)),
        LlmRecipe("int4-hqq", "linears 8da4w, HQQ scales", int4("hqq_scale_only"), int4("hqq_scale_only")),
        LlmRecipe("int4-head8", "linears 8da4w, output head 8da8w", int4(), INT8),
        LlmRecipe("int4-hqq-head8", "linears 8da4w with HQQ scales, output head 8da8w", int4("hqq_scale_only"), INT8),
        LlmRecipe("int4-clip", "linears 8da4w, scales by least squares", int4("least squares"), int4("least squares")),
        LlmRecipe("int4-asym", "linears 8da4w with an offset for each group", ASYMMETRIC, ASYMMETRIC),
        LlmRecipe("int4-asym-head8", "linears 8da4w with an offset for each group, output head 8da8w", ASYMMETRIC, INT8),
        LlmRecipe(
            "int4-mixed", "linears 8da4w, scales by least squares; the layers that suffer most 8da8w",
            int4("least squares"), int4("least squares"), mixed_budget=1.15,
        ),
    )
}


def find_llm_recipe(name: str) -> LlmRecipe:
    """The recipe of that name, or a UserError that lists the names there are."""
    if name not in LLM_RECIPES:
        raise UserError(f"unknown quantization '{name}' for a language model; known: {', '.join(LLM_RECIPES)}")
    return LLM_RECIPES[name]


def check_groups(schemes: Mapping[str, LinearScheme], linears: Sequence[LinearShape]) -> None:
    """Refuse group sizes that XNNPACK would refuse after minutes of work; name the layer and the sizes that fit all."""
    grouped = [linear for linear in linears if schemes[linear.name].bits == 4]
    for linear in grouped:
        size = schemes[linear.name].group_size or 0
        if size % GROUP_UNIT == 0 and size > 0 and linear.inputs % size == 0:
            continue
        common = math.gcd(*(other.inputs for other in grouped))
        fitting = [str(s) for s in range(GROUP_UNIT, common + 1, GROUP_UNIT) if common % s == 0]
        advice = (
            f"sizes that work for every layer: {', '.join(fitting)}" if fitting
            else f"no multiple of {GROUP_UNIT} divides the widths of all layers; use int8"
        )
        why = (
            f"is no multiple of {GROUP_UNIT}" if size <= 0 or size % GROUP_UNIT
            else f"does not divide the {linear.inputs} inputs of {linear.name}"
        )
        raise UserError(f"group size {size} {why} (layer {linear.name}); {advice}")


def total_bytes(schemes: Mapping[str, LinearScheme], linears: Sequence[LinearShape]) -> int:
    """Bytes of all linear weights and scales."""
    return sum(schemes[linear.name].weight_bytes(linear) for linear in linears)


def check_embedding(kind: str, width: int) -> None:
    """Refuse what cannot be built, before anything is read."""
    if kind == "int4" and width % INT4_EMBEDDING_GROUP:
        raise UserError(f"--embedding int4: rows of {width} are no multiple of {INT4_EMBEDDING_GROUP}; use int8 or fp32")


def embedding_bytes(kind: str, rows: int, width: int) -> int:
    """Bytes of the table and its scales."""
    if kind == "int8":
        return rows * (width + 4)
    return rows * (width // 2 + 4 * width // INT4_EMBEDDING_GROUP) if kind == "int4" else 4 * rows * width
