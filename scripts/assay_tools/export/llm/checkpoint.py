"""Where weights come from: a Hugging Face folder, a GGUF file, or a seed. All three answer the same questions."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterable
from pathlib import Path
from typing import Protocol

import torch
from safetensors import SafetensorError, safe_open

from assay_tools.common.errors import UserError
from assay_tools.common.provenance import sha256_of
from assay_tools.export.llm.config import ModelConfig, read_config, tensor_shapes


class Checkpoint(Protocol):
    """A readable set of named tensors. Everything that can be wrong with names and shapes is found on opening."""

    config: ModelConfig
    name: str  # for messages and provenance, without machine paths
    about: str  # how the weights were stored, or that they are seeded

    def tensor(self, name: str) -> torch.Tensor:
        """The tensor of that Hugging Face name, float32, contiguous."""
        ...

    def files(self) -> list[dict[str, str]]:
        """`file` and `sha256` of every file that was read; empty for seeded weights."""
        ...


def check_tensors(found: dict[str, tuple[int, ...]], config: ModelConfig, where: str) -> None:
    """Every needed tensor must be there with its shape, and none that this architecture does not have."""
    needed = tensor_shapes(config)
    for name, shape in needed.items():
        if name not in found:
            raise UserError(f"{where}: tensor {name} is missing; its shape should be {list(shape)}")
        if found[name] != shape:
            raise UserError(f"{where}: tensor {name} has shape {list(found[name])}; the config says {list(shape)}")
    for name in found:
        if name not in needed and not _is_harmless(name, config):
            raise UserError(f"{where}: tensor {name} belongs to no {config.family} model known here")


def _is_harmless(name: str, config: ModelConfig) -> bool:
    return name.endswith("rotary_emb.inv_freq") or (name == "lm_head.weight" and config.tied_embeddings)


class HuggingFaceFolder:
    """config.json with model.safetensors, or with the shards that model.safetensors.index.json names."""

    def __init__(self, folder: Path, family: str) -> None:
        self.config = read_config(folder / "config.json", family)
        self.name = folder.name
        self._folder = folder
        self._file_of: dict[str, Path] = {}
        shapes: dict[str, tuple[int, ...]] = {}
        dtypes: set[str] = set()
        for path in self._weight_files():
            with self._open(path) as file:
                for name in file.keys():
                    part = file.get_slice(name)
                    shapes[name] = tuple(part.get_shape())
                    dtypes.add(part.get_dtype())
                    self._file_of[name] = path
        check_tensors(shapes, self.config, f"checkpoint {folder}")
        self.about = f"Hugging Face folder, safetensors {' and '.join(sorted(dtypes))}, computed with as fp32"

    def _weight_files(self) -> Iterable[Path]:
        single = self._folder / "model.safetensors"
        if single.is_file():
            return [single]
        index = self._folder / "model.safetensors.index.json"
        if not index.is_file():
            raise UserError(f"checkpoint {self._folder}: has neither {single.name} nor {index.name}")
        try:
            names = sorted(set(json.loads(index.read_text(encoding="utf-8"))["weight_map"].values()))
        except (json.JSONDecodeError, KeyError, AttributeError) as error:
            raise UserError(f"{index}: is no safetensors index with a weight_map: {error}") from error
        for name in names:
            if not (self._folder / name).is_file():
                raise UserError(f"checkpoint {self._folder}: {index.name} names {name}, which is not there")
        return [self._folder / name for name in names]

    def _open(self, path: Path) -> safe_open:
        try:
            return safe_open(path, framework="pt")
        except (SafetensorError, OSError) as error:
            raise UserError(f"{path}: is not a readable safetensors file: {error}") from error

    def tensor(self, name: str) -> torch.Tensor:
        with self._open(self._file_of[name]) as file:
            return file.get_tensor(name).float().contiguous()

    def files(self) -> list[dict[str, str]]:
        paths = sorted({self._folder / "config.json", *self._file_of.values()})
        return [{"file": path.name, "sha256": sha256_of(path)} for path in paths]


class SeededWeights:
    """Random weights in the shapes of a published model: for latency and memory, never for accuracy."""

    def __init__(self, name: str, config: ModelConfig, seed: int) -> None:
        self.config = config
        self.name = name
        self.about = f"SEEDED RANDOM WEIGHTS (seed {seed}) in the published shapes of {name}; outputs mean nothing"
        self._seed = seed
        self._shapes = tensor_shapes(config)

    def tensor(self, name: str) -> torch.Tensor:
        shape = self._shapes[name]
        # A generator per tensor, so that its values depend on nothing but seed and name.
        digest = hashlib.sha256(f"{self._seed}:{name}".encode()).digest()
        generator = torch.Generator().manual_seed(int.from_bytes(digest[:8], "little", signed=True))
        values = torch.randn(shape, generator=generator)
        if name.endswith("norm.weight"):
            return 1.0 + 0.05 * values
        return values * (0.02 if len(shape) == 1 or "embed" in name else 1.0 / math.sqrt(shape[-1]))

    def files(self) -> list[dict[str, str]]:
        return []


def open_checkpoint(path: Path, family: str) -> Checkpoint:
    """The reader for that path: a .gguf file or a folder."""
    if path.is_dir():
        return HuggingFaceFolder(path, family)
    if not path.exists():
        raise UserError(f"checkpoint {path}: no such file or folder")
    from assay_tools.export.llm.gguf_checkpoint import GgufFile

    return GgufFile(path, family)
