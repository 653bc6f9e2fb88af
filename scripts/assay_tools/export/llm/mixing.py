"""Gives 8 bits to the parts of a model that suffer most from 4, as far as a byte budget goes.

A part is one decoder layer or the output head; what each suffers is measured by sensitivity.py.
"""

from __future__ import annotations

from collections.abc import Mapping

from assay_tools.export.llm.config import LinearShape
from assay_tools.export.llm.recipes import HEAD, INT8, LinearScheme, int4, total_bytes


def parts_of(linears: list[LinearShape]) -> dict[str, list[LinearShape]]:
    """The linears of each decoder layer, under `layer N`, and the head."""
    parts: dict[str, list[LinearShape]] = {}
    for linear in linears:
        key = HEAD if linear.name == HEAD else f"layer {linear.name.split('.')[2]}"
        parts.setdefault(key, []).append(linear)
    return parts


def mix(
    schemes: Mapping[str, LinearScheme], linears: list[LinearShape], cost: Mapping[str, float], budget: float,
    embedding_bytes: int,
) -> dict[str, LinearScheme]:
    """`schemes` with 8 bits for parts in order of sensitivity by byte, while the sum of bytes stays within the budget.

    `budget` is a multiple of what plain int4 takes, linears and embedding together.
    """
    group = next(scheme.group_size for scheme in schemes.values() if scheme.bits == 4 and scheme.group_size is not None)
    plain = {linear.name: int4(group_size=group) for linear in linears}
    allowed = budget * (total_bytes(plain, linears) + embedding_bytes)
    mixed = dict(schemes)
    parts = parts_of(linears)

    def extra(part: str) -> int:
        wide = {linear.name: INT8 for linear in parts[part]}
        return total_bytes(wide, parts[part]) - total_bytes(schemes, parts[part])

    for part in sorted(parts, key=lambda name: cost[name] / max(extra(name), 1), reverse=True):
        candidate = {**mixed, **{linear.name: INT8 for linear in parts[part]}}
        if total_bytes(candidate, linears) + embedding_bytes <= allowed:
            mixed = candidate
    return mixed
