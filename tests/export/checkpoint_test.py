"""The same weights read from one file, from shards, and from GGUF."""

from __future__ import annotations

import tempfile
import unittest
from dataclasses import replace
from pathlib import Path

import gguf
import torch
from safetensors.torch import load_file
from support import LLAMA3_SCALING, TINY, QuietProgress, save_checkpoint, tokens_of

from assay_tools.export.llm.build import all_logits, build_fp32
from assay_tools.export.llm.checkpoint import Checkpoint, SeededWeights, open_checkpoint
from assay_tools.export.llm.config import tensor_shapes
from assay_tools.export.llm.geometries import GEOMETRIES
from assay_tools.export.llm.rope import inverse_frequencies

_GGUF_NAMES = {
    "model.embed_tokens": "token_embd", "model.norm": "output_norm", "lm_head": "output",
    "input_layernorm": "attn_norm", "post_attention_layernorm": "ffn_norm", "self_attn.q_proj": "attn_q",
    "self_attn.k_proj": "attn_k", "self_attn.v_proj": "attn_v", "self_attn.o_proj": "attn_output",
    "mlp.gate_proj": "ffn_gate", "mlp.up_proj": "ffn_up", "mlp.down_proj": "ffn_down",
}


def gguf_name(name: str) -> str:
    """The GGUF name of a Hugging Face tensor."""
    owner, kind = name.rsplit(".", 1)
    if owner.startswith("model.layers."):
        layer, rest = owner.removeprefix("model.layers.").split(".", 1)
        return f"blk.{layer}.{_GGUF_NAMES[rest]}.{kind}"
    return f"{_GGUF_NAMES[owner]}.{kind}"


def interleaved(weight: torch.Tensor, heads: int) -> torch.Tensor:
    """Rows of q or k in the order that llama.cpp's converter writes: the two of a rotary pair beside each other."""
    return weight.reshape(heads, 2, weight.shape[0] // heads // 2, -1).swapaxes(1, 2).reshape(weight.shape)


def write_gguf(
    folder: Path, path: Path, family: str, kind: gguf.GGMLQuantizationType, divisors: torch.Tensor | None = None,
) -> None:
    """The checkpoint in `folder` as a GGUF file; matrices stored as `kind`."""
    writer = gguf.GGUFWriter(path, family)
    writer.add_block_count(TINY["num_hidden_layers"])
    writer.add_context_length(TINY["max_position_embeddings"])
    writer.add_embedding_length(TINY["hidden_size"])
    writer.add_feed_forward_length(TINY["intermediate_size"])
    writer.add_head_count(TINY["num_attention_heads"])
    writer.add_head_count_kv(TINY["num_key_value_heads"])
    writer.add_layer_norm_rms_eps(TINY["rms_norm_eps"])
    writer.add_rope_freq_base(LLAMA3_SCALING["rope_theta"] if divisors is not None else 10000.0)
    for name, value in load_file(folder / "model.safetensors").items():
        if family == "llama" and "q_proj" in name:
            value = interleaved(value, TINY["num_attention_heads"])
        if family == "llama" and "k_proj" in name:
            value = interleaved(value, TINY["num_key_value_heads"])
        if value.dim() == 2:
            writer.add_tensor(gguf_name(name), gguf.quantize(value.numpy(), kind), raw_dtype=kind)
        else:
            writer.add_tensor(gguf_name(name), value.numpy())
    if divisors is not None:
        writer.add_tensor("rope_freqs.weight", divisors.numpy())
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def logits(checkpoint: Checkpoint) -> torch.Tensor:
    """fp32 logits of a fixed text."""
    return all_logits(build_fp32(checkpoint, 64, QuietProgress()), tokens_of(5)[0])


class Gguf(unittest.TestCase):
    """Round trips through GGUF files."""

    def setUp(self) -> None:
        holder = tempfile.TemporaryDirectory()
        self.addCleanup(holder.cleanup)
        self.folder = Path(holder.name)
        self.file = self.folder / "model.gguf"

    def test_a_llama_file_computes_what_its_folder_does(self) -> None:
        save_checkpoint(self.folder, "llama")
        write_gguf(self.folder, self.file, "llama", gguf.GGMLQuantizationType.F32)
        from_folder, from_file = (open_checkpoint(path, "llama") for path in (self.folder, self.file))
        for name in tensor_shapes(from_folder.config):
            self.assertTrue(torch.equal(from_folder.tensor(name), from_file.tensor(name)), name)
        self.assertTrue(torch.equal(logits(from_folder), logits(from_file)))

    def test_a_qwen2_file_keeps_its_row_order_and_biases(self) -> None:
        save_checkpoint(self.folder, "qwen2", rope_parameters={"rope_type": "default", "rope_theta": 10000.0})
        write_gguf(self.folder, self.file, "qwen2", gguf.GGMLQuantizationType.F32)
        from_folder, from_file = (open_checkpoint(path, "qwen2") for path in (self.folder, self.file))
        self.assertTrue(from_file.config.qkv_bias)
        self.assertTrue(torch.equal(logits(from_folder), logits(from_file)))

    def test_frequency_divisors_stand_for_llama3_scaling(self) -> None:
        save_checkpoint(self.folder, "llama", rope_parameters=LLAMA3_SCALING)
        from_folder = open_checkpoint(self.folder, "llama")
        plain = replace(from_folder.config, rope_scaling=None)
        divisors = inverse_frequencies(plain) / inverse_frequencies(from_folder.config)
        write_gguf(self.folder, self.file, "llama", gguf.GGMLQuantizationType.F32, divisors)
        difference = (logits(from_folder) - logits(open_checkpoint(self.file, "llama"))).abs().max()
        self.assertLess(float(difference), 1e-4)

    def test_quantized_matrices_come_back_within_their_steps(self) -> None:
        save_checkpoint(self.folder, "llama")
        for kind, tolerance in (("Q8_0", 0.01), ("Q4_0", 0.13), ("Q4_1", 0.13), ("F16", 1e-3)):
            write_gguf(self.folder, self.file, "llama", gguf.GGMLQuantizationType[kind])
            name = "model.layers.0.self_attn.k_proj.weight"
            exact, read = (open_checkpoint(path, "llama").tensor(name) for path in (self.folder, self.file))
            self.assertLess(float((exact - read).abs().max()), tolerance, kind)


class Folders(unittest.TestCase):
    """Hugging Face folders."""

    def test_shards_hold_what_one_file_holds(self) -> None:
        with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as many:
            save_checkpoint(Path(one), "llama").save_pretrained(many, max_shard_size="50KB")
            self.assertTrue((Path(many) / "model.safetensors.index.json").is_file())
            self.assertTrue(torch.equal(*(logits(open_checkpoint(Path(path), "llama")) for path in (one, many))))


class Seeded(unittest.TestCase):
    """Random weights."""

    def test_depend_on_seed_and_name_only_and_say_what_they_are(self) -> None:
        config = GEOMETRIES["smollm2-135m"]
        name = "model.layers.3.self_attn.k_proj.weight"
        first, again, other = (SeededWeights("smollm2-135m", config, seed) for seed in (1, 1, 2))
        self.assertTrue(torch.equal(first.tensor(name), again.tensor(name)))
        self.assertFalse(torch.equal(first.tensor(name), other.tensor(name)))
        self.assertIn("SEEDED RANDOM WEIGHTS", first.about)


if __name__ == "__main__":
    unittest.main()
