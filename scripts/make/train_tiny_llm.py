#!/usr/bin/env python3
"""Trains the tiny Llama of datasets/models/tiny-llama, the language model of the quick tier.

  scripts/python_env export scripts/make/train_tiny_llm.py

fetches the King James Bible from Debian (apt-get download, no root; text checked by sha256), trains a SentencePiece
vocabulary and a Llama of about a million parameters on one core in about 25 minutes, compares it on chapters it has not
seen with n-gram models on the same tokens, and writes config.json, model.safetensors (float16), tokenizer.model and
training.json. A run that was stopped goes on where its last saved state is: start it again.
"""

from __future__ import annotations

import argparse
import sys
import time
from dataclasses import asdict, replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from assay_tools.common.errors import UserError, exit_with
from assay_tools.common.packages import require_packages, version_of
from assay_tools.common.places import REPOSITORY, cache_folder

require_packages("torch", "transformers", "sentencepiece", "numpy")

import sentencepiece
import torch

from assay_tools.common.json_file import write_json
from assay_tools.common.provenance import command_line, python_version, sha256_of
from assay_tools.common.safetensors_file import write_safetensors
from assay_tools.datasets import tiny_corpus, tiny_tokenizer, tiny_training
from assay_tools.datasets.ngram import KneserNey

OUTPUT = REPOSITORY / "datasets/models/tiny-llama"
CLEARLY_BETTER = 0.8  # the model's perplexity has to be below this share of the bigram model's


def compare_with_ngrams(documents: dict[str, list[list[int]]], vocabulary: int) -> dict[str, dict[str, float]]:
    """Perplexity on the test chapters and the discount tuned on the development chapters, for orders 1, 2, 3 and 5."""
    found = {}
    for order, name in ((1, "unigram"), (2, "bigram"), (3, "trigram"), (5, "5-gram")):
        model = KneserNey(documents["training"], order, vocabulary)
        discount = model.tune(documents["development"])
        found[name] = {"test_perplexity": round(model.perplexity(documents["test"]), 3), "discount": discount}
        print(f"{name} (interpolated Kneser-Ney, D = {discount}): test perplexity {found[name]['test_perplexity']}", flush=True)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--output", type=Path, default=OUTPUT, help="folder to write (default: datasets/models/tiny-llama)")
    parser.add_argument("--steps", type=int, help="fewer steps than the committed model had, to try the script")
    arguments = parser.parse_args()
    settings = tiny_training.Settings()
    if arguments.steps is not None:
        if arguments.steps < 1:
            raise UserError(f"--steps {arguments.steps}: give at least 1")
        settings = replace(settings, steps=arguments.steps)
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)

    texts = tiny_corpus.load_split()
    arguments.output.mkdir(parents=True, exist_ok=True)
    tokenizer_file = arguments.output / "tokenizer.model"
    tokenizer_file.write_bytes(tiny_tokenizer.train_tokenizer(texts.training, settings.vocabulary))
    tokenizer = sentencepiece.SentencePieceProcessor(model_file=str(tokenizer_file))
    documents = {name: tiny_tokenizer.encode(tokenizer, getattr(texts, name)) for name in ("training", "development", "test")}
    tokens = {name: sum(len(document) - 1 for document in found) for name, found in documents.items()}
    test_bytes = sum(len(chapter.text.encode()) for chapter in texts.test)
    print(f"predicted tokens: {tokens}; {test_bytes / tokens['test']:.2f} bytes a token", flush=True)

    ngrams = compare_with_ngrams(documents, settings.vocabulary)
    state_file = cache_folder() / "tiny-llama" / "training-state.pt"
    state_file.parent.mkdir(parents=True, exist_ok=True)
    started = time.monotonic()
    model = tiny_training.train(documents["training"], settings, state_file).eval()
    minutes = (time.monotonic() - started) / 60
    weights = tiny_training.rounded_to_half(model)
    scores = {
        f"{name}_perplexity": round(tiny_training.perplexity(model, documents[name], settings.context), 3)
        for name in ("development", "test")
    }
    parameters = sum(weight.size for weight in weights.values())
    print(f"tiny-llama, {parameters:,} parameters: {scores}, {minutes:.1f} minutes in this run", flush=True)
    if scores["test_perplexity"] > CLEARLY_BETTER * ngrams["bigram"]["test_perplexity"]:
        raise UserError("the model is not clearly better than a bigram model; it was not written. Train it for longer")

    write_safetensors(arguments.output / "model.safetensors", weights, {"format": "pt"})
    write_json(arguments.output / "config.json", tiny_training.published_config(settings))
    files = ("config.json", "model.safetensors", "tokenizer.model")
    record = {
        "model": "tiny-llama",
        "parameters": sum(weight.size for weight in weights.values()),
        "source": tiny_corpus.SOURCE,
        "source_sha256": {"bible-kjv-text_4.38_all.deb": tiny_corpus.TEXT_PACKAGE_SHA256, "verses": tiny_corpus.VERSES_SHA256},
        "licence": f"weights Apache-2.0 as this repository; trained on text that is in the {tiny_corpus.LICENCE}",
        "command": command_line(),
        "settings": asdict(settings),
        "split": {
            "seed": tiny_corpus.SPLIT_SEED,
            "development": [chapter.name for chapter in texts.development],
            "test": [chapter.name for chapter in texts.test],
        },
        "test_runs_of_8_words_also_in_training": round(tiny_corpus.shared_share(texts.test, texts.training), 4),
        "predicted_tokens": tokens,
        "test_bytes_per_token": round(test_bytes / tokens["test"], 4),
        "tiny_llama": scores,
        "kneser_ney": ngrams,
        "versions": {name: version_of(name) for name in ("torch", "transformers", "sentencepiece", "numpy")}
        | {"python": python_version()},
        "sha256": {name: sha256_of(arguments.output / name) for name in files},
    }
    write_json(arguments.output / "training.json", record)


if __name__ == "__main__":
    exit_with(main)
