"""Writes JSON for people: short objects and lists of plain values take one line, everything else one line per item."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

WIDTH = 110


def write_json(path: Path, value: Any) -> None:
    """Write JSON with a stable layout, ending in a newline."""
    path.write_text(_layout(value, 0) + "\n", encoding="utf-8")


def _layout(value: Any, indent: int, width: int = WIDTH) -> str:
    flat = json.dumps(value, ensure_ascii=False)
    scalars = isinstance(value, list) and not any(isinstance(item, (dict, list)) for item in value)
    if not isinstance(value, (dict, list)) or scalars or (indent > 0 and indent + len(flat) <= width):
        return flat
    pad = " " * (indent + 2)
    if isinstance(value, dict):
        lines = [f"{json.dumps(key)}: {_layout(item, indent + 2)}" for key, item in value.items()]
        return "{\n" + ",\n".join(pad + line for line in lines) + "\n" + " " * indent + "}"
    return "[\n" + ",\n".join(pad + _layout(item, indent + 2) for item in value) + "\n" + " " * indent + "]"
