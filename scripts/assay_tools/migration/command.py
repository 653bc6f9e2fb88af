"""GGUF before, .pte after: the same tokens in llama.cpp and in assay, quality and speed side by side (docs/guide/migration.md).

  scripts/python_env llamacpp scripts/migration_check.py --gguf M.Q4_1.gguf --requantize q4_0 \\
      --pte m-int8.pte --pte m-int4.pte --tokenizer tokenizer.json --golden G.safetensors --threads 1 --threads 2 --db results.db

--golden comes from scripts/make_llm_golden.py (--text); its tokens are what both sides are fed. Each measurement is a short
process of its own, in the order A B C C B A. One run a number of threads goes into the database.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import itertools
import json
import os
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from tokenizers import Tokenizer

from assay_tools.common.errors import UserError
from assay_tools.common.places import REPOSITORY, cache_folder
from assay_tools.migration.document import Measured, case_names, make_document
from assay_tools.migration.scoring import Golden, Quality, read_golden, score
from assay_tools.migration.sides import REQUANTIZED, Plan, Side, gguf_side, pte_side, requantize
from assay_tools.migration.tables import ratio_table, summary_table

BUSY_LOAD = 0.2  # runnable processes a core before the first measurement, above which the machine counts as busy

LEAST_PROMPTS = 11  # of a median that `assay compare` shows


def utc_now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def say(text: str) -> None:
    print(f"migration_check: {text}", file=sys.stderr, flush=True)


def make_sides(arguments: argparse.Namespace, version: str) -> list[Side]:
    """The GGUFs first, then the .pte files; every name once."""
    for path in arguments.gguf:
        if not path.is_file():
            raise UserError(f"--gguf {path}: there is no such file")
    cache = cache_folder() / "migration"
    sides = [gguf_side(path, version) for path in arguments.gguf]
    source, note = arguments.gguf[0], f" made from {sides[0].name.removeprefix('llama.cpp-')}"
    sides += [gguf_side(requantize(source, kind, cache), version, note) for kind in arguments.requantize]
    sides += [pte_side(path, arguments.assay) for path in arguments.pte]
    names = [side.name for side in sides]
    for name in names:
        if names.count(name) > 1:
            raise UserError(f"two of the given files are called '{name}'; give one of them, or rename the .pte's provenance")
    return sides


def open_tokenizer(path: Path) -> Tokenizer:
    try:
        return Tokenizer.from_file(str(path))
    except Exception as error:  # the library raises plain Exception
        raise UserError(f"--tokenizer {path}: the tokenizers library cannot read it: {error}; give a tokenizer.json") from error


def check_tokens(golden: Golden, tokenizer: Tokenizer, gguf: Side, plan: Plan) -> None:
    """The golden's tokens are what both the reference tokenizer and the GGUF's own make of its text."""
    text = golden.metadata.get("text")
    if text is None:
        say("the golden has no text, so the tokenizers are not compared; its tokens are used")
        return
    answer = gguf.run(Plan(plan.tokens_file, [], [], 1, 1, plan.threads, plan.context), text=text)
    for name, ids in (("--tokenizer", tokenizer.encode(text).ids), (f"the tokenizer of {gguf.name}", answer["text_tokens"])):
        if ids != golden.tokens:
            shorter = min(len(ids), len(golden.tokens))
            at = next((i for i, (a, b) in enumerate(zip(ids, golden.tokens, strict=False)) if a != b), shorter)
            raise UserError(
                f"{name} makes {len(ids)} tokens of the golden's text, the golden has {len(golden.tokens)}; the first "
                f"difference is at token {at}. The tokenizer is of another model, or the golden is"
            )


def measure_quality(side: Side, golden: Golden, tokens_file: Path, threads: int, context: int, folder: Path) -> Quality:
    logits_file = folder / "logits.f32"
    answer = side.run(Plan(tokens_file, [], [], 1, 1, threads, context), logits=logits_file)
    vocabulary = answer["vocab_size"]
    if vocabulary != int(golden.metadata["vocab_size"]):
        raise UserError(f"{side.name} has {vocabulary} logits, the golden {golden.metadata['vocab_size']}: another model")
    logits = np.fromfile(logits_file, dtype="<f4").reshape(len(golden.tokens), vocabulary)
    logits_file.unlink()
    return score(golden, logits)


def measure_speed(sides: list[Measured], plan: Plan, rounds: int) -> None:
    """Every side there and back again in each round, a process each."""
    order = itertools.count()
    for pair in range(2 * rounds):
        for measured in sides if pair % 2 == 0 else reversed(sides):
            measured.add(measured.side.run(plan), next(order), pair)
        say(f"threads {plan.threads}: pass {pair + 1} of {2 * rounds}, load average {os.getloadavg()[0]:.1f}")


def assay(arguments: argparse.Namespace, *words: str) -> str:
    done = subprocess.run([str(arguments.assay), *words], capture_output=True, text=True)
    if done.returncode != 0:
        raise UserError(f"assay {words[0]} ended with {done.returncode}: {done.stderr.strip()}")
    return done.stdout


def speed_tokens(golden: Golden, context: int) -> list[int]:
    """The golden's tokens again and again until the cache is full: speed does not depend on what they say."""
    return list(itertools.islice(itertools.cycle(golden.tokens), context))


def write_tokens(path: Path, tokens: list[int]) -> Path:
    path.write_text(json.dumps(tokens), encoding="utf-8")
    return path


def load_text(before: float, after: float) -> str:
    busy = before > BUSY_LOAD * (os.cpu_count() or 1)
    text = f"Load average before {before:.1f}, after {after:.1f}, on {os.cpu_count()} CPUs."
    return text + (" **The machine was busy: times are upper bounds, ratios are what to look at.**" if busy else "")


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--gguf", type=Path, action="append", required=True, help="before; may be given again, the first is the baseline"
    )
    parser.add_argument(
        "--requantize", choices=sorted(REQUANTIZED), action="append", default=[],
        help="also measure this type, made from the first GGUF by llama.cpp's quantizer; f32 checks the golden itself",
    )
    parser.add_argument("--pte", type=Path, action="append", required=True, help="after; may be given again")
    parser.add_argument("--tokenizer", type=Path, required=True, help="the reference tokenizer.json")
    parser.add_argument("--golden", type=Path, required=True, help="of the fp32 model, made by scripts/make_llm_golden.py --text")
    parser.add_argument("--assay", type=Path, default=REPOSITORY / "build/dev/harness/cli/assay", help="the program")
    parser.add_argument("--threads", type=int, action="append", help="of both sides (1); may be given again")
    parser.add_argument("--rounds", type=int, default=4, help="A B B A; 3 or more give intervals from pairs of processes (4)")
    parser.add_argument("--repeat", type=int, default=2, help="measurements in a process (2)")
    parser.add_argument("--prefill", type=int, default=64, help="tokens of the timed prompt (64)")
    parser.add_argument("--decode-tokens", type=int, default=24, help="timed at each depth (24)")
    parser.add_argument("--context", type=int, default=512, help="positions of the cache of both sides (512)")
    parser.add_argument("--db", type=Path, default=Path("results.db"), help="results database (results.db)")
    arguments = parser.parse_args()
    arguments.threads = arguments.threads or [1]
    for name in ("rounds", "repeat", "prefill", "decode_tokens", "context"):
        if getattr(arguments, name) < 1:
            raise UserError(f"--{name.replace('_', '-')} {getattr(arguments, name)}: give at least 1")
    if min(arguments.threads) < 1:
        raise UserError(f"--threads {min(arguments.threads)}: give at least 1")
    if 2 * arguments.rounds * arguments.repeat < LEAST_PROMPTS:
        say(
            f"--rounds {arguments.rounds} --repeat {arguments.repeat}: fewer than {LEAST_PROMPTS} prompts a side, too few for "
            "a median with an interval"
        )
    if arguments.context < 128 + arguments.decode_tokens or arguments.prefill > arguments.context:
        raise UserError(f"--context {arguments.context}: too short for --prefill {arguments.prefill} and decoding at depth 128")
    if not arguments.assay.is_file():
        raise UserError(f"--assay {arguments.assay}: there is no such program; build it first")
    return arguments


def main() -> None:
    arguments = parse_arguments()
    version = importlib.metadata.version("llama-cpp-python")
    golden, tokenizer = read_golden(arguments.golden), open_tokenizer(arguments.tokenizer)
    if len(golden.tokens) > arguments.context:
        raise UserError(f"--golden {arguments.golden}: has {len(golden.tokens)} tokens, more than --context {arguments.context}")
    sides = make_sides(arguments, version)
    depths = sorted({0, 128, arguments.context - arguments.decode_tokens})
    with tempfile.TemporaryDirectory(prefix="migration-check-") as name:
        folder = Path(name)
        fed = write_tokens(folder / "golden.json", golden.tokens)
        timed = write_tokens(folder / "speed.json", speed_tokens(golden, arguments.context))
        for threads in arguments.threads:
            plan = Plan(timed, [arguments.prefill], depths, arguments.decode_tokens, arguments.repeat, threads, arguments.context)
            started, load = utc_now(), os.getloadavg()[0]
            check_tokens(golden, tokenizer, sides[0], plan)
            measured = []
            for side in sides:
                measured.append(Measured(side, measure_quality(side, golden, fed, threads, arguments.context, folder)))
                say(f"{side.name}: mean KLD {measured[-1].quality.scores.get('kld_mean', float('nan')):.4f}")
            measure_speed(measured, plan, arguments.rounds)
            document = make_document(measured, golden, threads, version, started, utc_now())
            file = folder / f"run-{threads}.json"
            file.write_text(json.dumps(document), encoding="utf-8")
            say(assay(arguments, "db", "import", str(file), "--db", str(arguments.db)).strip())

            def compare(a: str, b: str, uuid: str = document["uuid"]) -> dict[str, Any]:
                words = ["compare", "--axis", "variant", a, b, "--db", str(arguments.db), "--run", uuid, "--format", "json"]
                return json.loads(assay(arguments, *words))

            cases = case_names(plan)
            print(f"### {threads} thread{'s' if threads > 1 else ''}\n\n{summary_table(measured, cases, golden.sparse)}\n")
            for baseline in measured:
                if baseline.side.assay is None:
                    print(f"{ratio_table(baseline, measured, cases, compare)}\n")
            print(f"{load_text(load, os.getloadavg()[0])}\n", flush=True)
