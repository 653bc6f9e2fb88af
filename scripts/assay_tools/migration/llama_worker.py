"""One short-lived llama.cpp process: times a GGUF on given tokens, as `assay llm measure` does a .pte, and prints the same JSON.

Started by migration_check.py with a request (JSON) as its only argument. The binding's low-level functions are used, so that
a timed call is llama_decode and the wait for its logits, and nothing of Python's sampling.
"""

from __future__ import annotations

import ctypes
import json
import os
import sys
import time
from typing import Any

import numpy as np
from llama_cpp import llama_cpp as api


@api.llama_log_callback
def _silent(level: int, text: bytes, data: ctypes.c_void_p) -> None:
    """llama.cpp's own log, which would fill the terminal."""


def silence() -> None:
    api.llama_log_set(_silent, ctypes.c_void_p(0))


class LlamaModel:
    """A model with a context of its own, fed like LanguageModel of harness/generate."""

    def __init__(self, path: str, threads: int, context: int):
        silence()
        api.llama_backend_init()
        begin = time.perf_counter_ns()
        self._model = api.llama_model_load_from_file(path.encode(), api.llama_model_default_params())
        if not self._model:
            sys.exit(f"error: llama.cpp cannot load {path}")
        loaded = time.perf_counter_ns()
        params = api.llama_context_default_params()
        params.n_ctx = params.n_batch = params.n_ubatch = context
        params.n_threads = params.n_threads_batch = threads
        self._context = api.llama_init_from_model(self._model, params)
        if not self._context:
            sys.exit(f"error: llama.cpp cannot make a context of {context} positions for {path}")
        self.load_ns = {"program_load_ns": loaded - begin, "method_load_ns": time.perf_counter_ns() - loaded}
        self._vocab = api.llama_model_get_vocab(self._model)
        self.vocab_size = api.llama_vocab_n_tokens(self._vocab)

    def tokenize(self, text: str) -> list[int]:
        """Token ids with what the GGUF says of a BOS."""
        data = text.encode()
        ids = (ctypes.c_int32 * (len(data) + 8))()
        count = api.llama_tokenize(self._vocab, data, len(data), ids, len(ids), True, False)
        return list(ids[:count])

    def feed(self, tokens: list[int], position: int) -> tuple[int, ctypes.Array[ctypes.c_float]]:
        """(ns, logits after the last token, valid until the next call). Position 0 starts a new text."""
        if position == 0:
            api.llama_memory_clear(api.llama_get_memory(self._context), False)
        ids = (ctypes.c_int32 * len(tokens))(*tokens)
        batch = api.llama_batch_get_one(ids, len(tokens))
        begin = time.perf_counter_ns()
        status = api.llama_decode(self._context, batch)
        logits = api.llama_get_logits_ith(self._context, -1)
        taken = time.perf_counter_ns() - begin
        if status != 0:
            sys.exit(f"error: llama_decode ended with {status} at position {position}")
        return taken, logits


def measure(model: LlamaModel, tokens: list[int], request: dict[str, Any]) -> dict[str, Any]:
    """The measurements of the request, in the order and after the warm-up of `assay llm measure`."""
    for length in request["prefill"]:
        model.feed(tokens[:length], 0)
    if request["decode_at"]:
        model.feed(tokens[:1], 0)
    prefill = [{"tokens": length, "latency_ns": []} for length in request["prefill"]]
    decode = [{"depth": depth, "latency_ns": []} for depth in request["decode_at"]]
    for _ in range(request["repeat"]):
        for row in prefill:
            row["latency_ns"].append(model.feed(tokens[: row["tokens"]], 0)[0])
        for row in decode:
            depth = row["depth"]
            if depth > 0:
                model.feed(tokens[:depth], 0)
            end = depth + request["decode_tokens"]
            row["latency_ns"].append([model.feed(tokens[at : at + 1], at)[0] for at in range(depth, end)])
    return {"prefill": prefill, "decode": decode}


def write_logits(model: LlamaModel, tokens: list[int], path: str) -> None:
    """float32 [tokens, vocabulary]: fed one by one, as in decoding."""
    with open(path, "wb") as file:
        for position, token in enumerate(tokens):
            logits = model.feed([token], position)[1]
            np.ctypeslib.as_array(logits, shape=(model.vocab_size,)).astype("<f4").tofile(file)


def main() -> None:
    request = json.loads(sys.argv[1])
    model = LlamaModel(request["model"], request["threads"], request["context"])
    answer: dict[str, Any] = {"threads": request["threads"], "vocab_size": model.vocab_size, "pid": os.getpid(), **model.load_ns}
    if request.get("text") is not None:
        answer["text_tokens"] = model.tokenize(request["text"])
    with open(request["tokens"], encoding="utf-8") as file:
        tokens = json.load(file)
    answer |= measure(model, tokens, request)
    if request.get("logits"):
        write_logits(model, tokens, request["logits"])
    answer["system_info"] = api.llama_print_system_info().decode()
    print(json.dumps(answer))


if __name__ == "__main__":
    main()
