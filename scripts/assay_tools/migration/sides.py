"""The two kinds of sides, a GGUF in llama.cpp and a .pte in assay: each measured by a process of its own, with one answer."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gguf import GGUFReader, LlamaFileType

from assay_tools.common.errors import UserError

WORKER = Path(__file__).resolve().parent / "llama_worker.py"


@dataclass(frozen=True)
class Plan:
    """What one process measures. `tokens_file` is a JSON list; `context` positions of the cache."""

    tokens_file: Path
    prefill: list[int]
    decode_at: list[int]
    decode_tokens: int
    repeat: int
    threads: int
    context: int


@dataclass(frozen=True)
class Side:
    """A model file and how it is called in tables and database."""

    name: str
    path: Path
    recipe: str
    assay: Path | None  # the program that runs it; None: llama.cpp

    def run(self, plan: Plan, logits: Path | None = None, text: str | None = None) -> dict[str, Any]:
        """The JSON of one fresh process. Its error output becomes a UserError."""
        command = self._assay_command(plan, logits) if self.assay else self._llama_command(plan, logits, text)
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode != 0:
            raise UserError(f"{self.name}: ended with {done.returncode}: {done.stderr.strip()[-2000:]}")
        answer: dict[str, Any] = json.loads(done.stdout)
        return answer

    def _assay_command(self, plan: Plan, logits: Path | None) -> list[str]:
        command = [str(self.assay), "llm", "measure", "--model", str(self.path), "--tokens", str(plan.tokens_file)]
        command += ["--threads", str(plan.threads), "--decode-tokens", str(plan.decode_tokens), "--repeat", str(plan.repeat)]
        for option, values in (("--prefill", plan.prefill), ("--decode-at", plan.decode_at)):
            command += [option, ",".join(map(str, values))] if values else []
        return command + (["--logits", str(logits)] if logits else [])

    def _llama_command(self, plan: Plan, logits: Path | None, text: str | None) -> list[str]:
        request = {
            "model": str(self.path), "tokens": str(plan.tokens_file), "prefill": plan.prefill, "decode_at": plan.decode_at,
            "decode_tokens": plan.decode_tokens, "repeat": plan.repeat, "threads": plan.threads, "context": plan.context,
            "logits": str(logits) if logits else None, "text": text,
        }
        return [sys.executable, str(WORKER), json.dumps(request)]


def file_type(path: Path) -> str:
    """"Q4_1" and the like, as the GGUF says of itself."""
    try:
        field = GGUFReader(path).get_field("general.file_type")
    except (OSError, ValueError) as error:
        raise UserError(f"--gguf {path}: is no GGUF that can be read: {error}") from error
    if field is None:
        return path.stem
    return LlamaFileType(int(field.contents())).name.removeprefix("MOSTLY_").removeprefix("ALL_")


def gguf_side(path: Path, version: str, note: str = "") -> Side:
    kind = file_type(path)
    return Side(f"llama.cpp-{kind}", path, f"GGUF {kind}{note}, llama-cpp-python {version}, KV cache f16", None)


def pte_side(path: Path, assay: Path) -> Side:
    """Named by the provenance beside the file, or else by the file itself."""
    provenance = path.with_suffix(".provenance.json")
    if not path.is_file():
        raise UserError(f"--pte {path}: there is no such file")
    if not provenance.is_file():
        return Side(f"assay-{path.stem}", path, f"{path.name}, no provenance beside it", assay)
    facts = json.loads(provenance.read_text(encoding="utf-8"))
    recipe = f"{facts['recipe']}, embedding {facts['embedding']}, KV cache fp32"
    return Side(f"assay-{facts['quantization']}", path, recipe, assay)


REQUANTIZED = {"q4_0": "MOSTLY_Q4_0", "f32": "ALL_F32"}  # what --requantize takes, and the name of llama.cpp's file type


def requantize(source: Path, kind: str, folder: Path) -> Path:
    """A GGUF of another type made of `source` with llama.cpp's own quantizer, unless it is there already."""
    from llama_cpp import llama_cpp as api

    from assay_tools.migration.llama_worker import silence

    output = folder / f"{source.stem}.requantized-{kind.upper()}.gguf"
    if output.is_file():
        return output
    folder.mkdir(parents=True, exist_ok=True)
    silence()
    params = api.llama_model_quantize_default_params()
    params.ftype = getattr(api, f"LLAMA_FTYPE_{REQUANTIZED[kind]}")
    params.allow_requantize = True
    params.nthread = 1
    part = output.with_suffix(".part")
    status = api.llama_model_quantize(str(source).encode(), str(part).encode(), params)
    if status != 0:
        raise UserError(f"--requantize {kind}: llama.cpp's quantizer ended with {status} for {source}")
    part.rename(output)
    return output
