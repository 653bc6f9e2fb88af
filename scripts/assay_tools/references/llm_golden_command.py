"""Makes golden files for language models with transformers in float32; the format is docs/guide/llm-goldens.md.

  A text, every position scored:
    scripts/python_env export scripts/make_llm_golden.py --checkpoint FOLDER|FILE.gguf --text F --output G.safetensors
  512 tokens of a long text, from its token 1000 on:    ... --text F --start 1000 --length 512
  48 tokens of greedy decoding after a prompt:          ... --prompt "In the beginning" --greedy 48  (or --text F --greedy 48)
  The committed goldens of the quick tier again:        scripts/python_env export scripts/make_llm_golden.py --committed
  What its .pte files score against them (Markdown):    scripts/python_env export scripts/make_llm_golden.py --measure

A checkpoint is a Hugging Face style folder or a GGUF file, whose weights are dequantised to float32. The tokenizer is
tokenizer.model or tokenizer.json of the folder, or the one inside the GGUF; --tokenizer names another. A BOS is put in
front where the tokenizer has one. Of a text file, one newline at its end is left out.
"""

from __future__ import annotations

import argparse
import hashlib
from dataclasses import dataclass
from pathlib import Path

import transformers

from assay_tools.common.errors import UserError
from assay_tools.common.packages import require_packages
from assay_tools.common.places import REPOSITORY
from assay_tools.common.provenance import command_line, portable_path
from assay_tools.common.safetensors_file import write_safetensors
from assay_tools.references.llm_golden import golden_tensors, input_sha256, scored_positions
from assay_tools.references.llm_reference import TransformersReference, smallest_margin, weight_files
from assay_tools.references.llm_text import Tokenizer, open_tokenizer, with_text

DEFAULT_TOP_K = 256
COMMITTED_MODEL = REPOSITORY / "datasets/models/tiny-llama"
COMMITTED_TEXTS = REPOSITORY / "datasets/llm"
COMMITTED_GOLDENS = REPOSITORY / "golden/llm"
# Of 1,024 tokens: leaves 2 to 5 % of the probability at the middle position, in an eighth of the bytes of a dense golden.
COMMITTED_TOP_K = 64
COMMITTED_GREEDY = 48
COMMITTED_LICENCE = "model and outputs as this repository; text in the public domain (King James Bible, 1611)"


@dataclass(frozen=True)
class Request:
    """One golden to make. `greedy` 0 scores the text itself; top_k None stores all logits."""

    text: str
    text_sha256: str
    output: Path
    start: int
    length: int | None
    score_from: int
    greedy: int
    top_k: int | None
    licence: str


def read_text(path: Path) -> tuple[str, str]:
    """(text without the newline at its end, SHA-256 of the file)."""
    try:
        data = path.read_bytes()
        text = data.decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"--text {path}: cannot be read as UTF-8: {error}") from error
    return text.removesuffix("\n"), hashlib.sha256(data).hexdigest()


def default_tokenizer(checkpoint: Path) -> Path:
    """The tokenizer file beside the weights, or the GGUF itself, which has its tokenizer inside."""
    if checkpoint.is_file():
        return checkpoint
    for name in ("tokenizer.model", "tokenizer.json"):
        if (checkpoint / name).is_file():
            return checkpoint / name
    raise UserError(f"--checkpoint {checkpoint}: no tokenizer.model or tokenizer.json beside it; name one with --tokenizer")


def fed_tokens(request: Request, tokenizer: Tokenizer) -> list[int]:
    """BOS and the wanted window of the text."""
    encoded = tokenizer.encode(request.text)
    end = None if request.length is None else request.start + request.length
    window = encoded[request.start : end]
    if not window or (request.length is not None and len(window) < request.length):
        wanted = "at least one token" if request.length is None else f"{request.length} tokens"
        raise UserError(f"the text has {len(encoded)} tokens; {wanted} from token {request.start} on are not there")
    return [*tokenizer.bos, *window]


def make_golden(reference: TransformersReference, checkpoint: Path, tokenizer: Tokenizer, request: Request) -> str:
    """Write one golden; returns a line about it."""
    tokens = fed_tokens(request, tokenizer)
    first = request.score_from
    if request.greedy > 0:
        reference.check([*tokens, *[0] * request.greedy], tokenizer.size)
        first = len(tokens) - 1
        tokens = reference.greedy(tokens, request.greedy)
    reference.check(tokens, tokenizer.size)
    positions = scored_positions(len(tokens), first)
    logits = reference.logits(tokens)[positions]
    spelled = with_text(tokenizer, tokens, at_start=request.start == 0)
    tensors = golden_tensors(tokens, positions, logits, request.top_k, spelled.token_ends)
    metadata = {
        "kind": "golden",
        "llm_kind": "greedy" if request.greedy > 0 else "text",
        "task": "llm",
        "model": checkpoint.stem if checkpoint.is_file() else checkpoint.resolve().name,
        "model_sha256": reference.sha256,
        "model_source": ", ".join(portable_path(path) for path in weight_files(checkpoint)),
        "input_sha256": input_sha256(tokens),
        "text_sha256": request.text_sha256,
        "vocab_size": str(reference.vocabulary),
        "runtime": reference.runtime,
        "command": command_line(),
        "licence": request.licence,
    }
    about = f"{len(tokens)} tokens, {len(positions)} scored"
    if request.greedy > 0:
        metadata["smallest_margin"] = f"{smallest_margin(logits, tensors['tokens'][positions + 1]):.3e}"
        about += f", smallest margin {metadata['smallest_margin']}"
    if spelled.text is not None:
        metadata["text"] = spelled.text
    if request.top_k is not None:
        about += f", tail mass mean {tensors['tail_mass'].mean():.2e}, max {tensors['tail_mass'].max():.2e}"
    request.output.parent.mkdir(parents=True, exist_ok=True)
    write_safetensors(request.output, tensors, metadata)
    return f"{request.output.name}: {about}, {request.output.stat().st_size:,} bytes"


def committed_requests() -> list[Request]:
    """golden/llm of every text of datasets/llm: prompt-*.txt are continued, the others scored."""
    requests = []
    for path in sorted(COMMITTED_TEXTS.glob("*.txt")):
        text, sha256 = read_text(path)
        greedy = COMMITTED_GREEDY if path.name.startswith("prompt-") else 0
        output = COMMITTED_GOLDENS / f"{path.stem}.safetensors"
        requests.append(Request(text, sha256, output, 0, None, 0, greedy, COMMITTED_TOP_K, COMMITTED_LICENCE))
    if not requests:
        raise UserError(f"{portable_path(COMMITTED_TEXTS)} has no *.txt")
    return requests


def own_request(arguments: argparse.Namespace) -> Request:
    """The golden that the command line asks for; every bad value is refused here, before a model is loaded."""
    if arguments.checkpoint is None or arguments.output is None:
        raise UserError("--checkpoint and --output are needed (or --committed); see --help")
    if (arguments.text is None) == (arguments.prompt is None):
        raise UserError("give either --text FILE or --prompt TEXT")
    if arguments.prompt is not None and arguments.greedy == 0:
        raise UserError("--prompt goes with --greedy N; to score a text, put it into a file and use --text")
    for name in ("start", "greedy", "score_from"):
        if getattr(arguments, name) < 0:
            raise UserError(f"--{name.replace('_', '-')} {getattr(arguments, name)}: give 0 or more")
    if arguments.length is not None and arguments.length < 1:
        raise UserError(f"--length {arguments.length}: give at least 1")
    if arguments.greedy > 0 and arguments.score_from > 0:
        raise UserError("--score-from does not go with --greedy, whose scored positions are those of the continuation")
    if arguments.text is not None:
        text, sha256 = read_text(arguments.text)
    else:
        text, sha256 = arguments.prompt, hashlib.sha256(arguments.prompt.encode()).hexdigest()
    top_k = None if arguments.dense else arguments.top_k
    return Request(
        text, sha256, arguments.output, arguments.start, arguments.length, arguments.score_from, arguments.greedy, top_k,
        arguments.licence,
    )


def print_measurements() -> None:
    """The accuracy of each committed .pte on each committed golden."""
    require_packages("executorch", "safetensors")
    from assay_tools.references.llm_measure import markdown

    variants = {name: COMMITTED_MODEL / f"tiny-llama-{name}.pte" for name in ("fp32", "int8", "int4")}
    print(markdown(sorted(COMMITTED_GOLDENS.glob("*.safetensors")), COMMITTED_MODEL, variants))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--committed", action="store_true", help="write golden/llm anew; no other option is needed")
    parser.add_argument("--measure", action="store_true", help="print what the committed .pte files score against golden/llm")
    parser.add_argument("--checkpoint", type=Path, help="folder with config.json and safetensors, or a GGUF file")
    parser.add_argument("--tokenizer", type=Path, help="tokenizer.model (SentencePiece) or tokenizer.json")
    parser.add_argument("--text", type=Path, help="UTF-8 text to score, or with --greedy the prompt")
    parser.add_argument("--prompt", help="prompt to continue")
    parser.add_argument("--greedy", type=int, default=0, metavar="N", help="continue by N tokens and score those")
    parser.add_argument("--start", type=int, default=0, metavar="N", help="first token of the text to use (default 0)")
    parser.add_argument("--length", type=int, metavar="N", help="tokens of the text to use, BOS not counted (default: all)")
    parser.add_argument("--score-from", type=int, default=0, metavar="P", help="first scored position (default 0)")
    parser.add_argument(
        "--top-k", type=int, default=DEFAULT_TOP_K, help=f"log-probabilities a position (default {DEFAULT_TOP_K})"
    )
    parser.add_argument("--dense", action="store_true", help="store all logits instead: V x 4 bytes a position")
    parser.add_argument("--licence", default="that of the model and of the text", help="licence to note in the golden")
    parser.add_argument("--output", type=Path, help="golden to write")
    arguments = parser.parse_args()
    transformers.logging.set_verbosity_error()
    transformers.logging.disable_progress_bar()
    if arguments.measure:
        print_measurements()
        return
    checkpoint = COMMITTED_MODEL if arguments.committed else arguments.checkpoint
    requests = committed_requests() if arguments.committed else [own_request(arguments)]
    tokenizer = open_tokenizer(arguments.tokenizer or default_tokenizer(checkpoint))
    reference = TransformersReference(checkpoint)
    for request in requests:
        print(make_golden(reference, checkpoint, tokenizer, request))
