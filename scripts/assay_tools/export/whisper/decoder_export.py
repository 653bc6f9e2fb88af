"""The whole export of a Whisper decoder."""

from __future__ import annotations

from typing import Any

import torch
from torch import nn

from assay_tools.common.errors import UserError
from assay_tools.common.progress import Progress
from assay_tools.export.whisper.checkpoint import open_whisper, weights_sha256
from assay_tools.export.whisper.decoder import WhisperDecoder, from_transformers
from assay_tools.export.whisper.encoder import mel_frames
from assay_tools.export.whisper.export import WhisperOptions, probe_mels, whisper_recipe
from assay_tools.export.whisper.writing import MethodSource, write_program

MODEL = "whisper-decoder"
_MAX_RELATIVE_ERROR = 1e-4  # of the module's fp32 logits to those of transformers, by the largest logit
_EXAMPLE_LENGTH = 7  # any length but 0 and 1, which torch.export would take for constants


def export_decoder(options: WhisperOptions) -> dict[str, Any]:
    """The decoder's .pte, with methods `cross` and `forward` (decoder.py says what they are); returns the provenance."""
    recipe = whisper_recipe(options.quantization)
    progress = Progress()
    checkpoint = open_whisper(options.checkpoint, options.seeded, options.seed, decoder=True)
    if checkpoint.decoder is None:
        raise UserError(f"{checkpoint.name}: has no decoder")
    config = checkpoint.decoder.config
    if not config.tie_word_embeddings:
        raise UserError(
            f"{checkpoint.name}: tie_word_embeddings is false; a head that is not the embedding's table is not computed here"
        )
    progress.stage(f"building the decoder of {checkpoint.name}: {checkpoint.about}")
    with torch.no_grad():
        mels = probe_mels(mel_frames(config), config.num_mel_bins)
        encodings = [checkpoint.encoder(mel).last_hidden_state.contiguous() for mel in mels]
    tokens = probe_tokens(config.vocab_size, config.max_target_positions)
    difference = relative_difference(from_transformers(checkpoint.decoder, "fp32"), checkpoint.decoder, encodings[0], tokens)
    if difference > _MAX_RELATIVE_ERROR:
        raise UserError(f"{checkpoint.name}: logits of the module differ from transformers by {difference:.3g} of the largest")
    # Nobody ships a table in fp32 beside weights in 8 or 4 bits.
    embedding = "fp32" if recipe.name == "fp32" else "int8"
    module = from_transformers(checkpoint.decoder, embedding)
    with torch.no_grad():
        cross = module.cross(encodings[0])
    length = torch.export.Dim("length", min=1, max=config.max_target_positions)
    methods = [
        MethodSource("cross", module.cross, [(one,) for one in encodings], relative_error=True),
        MethodSource(
            "forward", module.next_token, [(one, *cross) for one in tokens], ({1: length}, (None,) * len(cross)),
            relative_error=True,
        ),
    ]
    about = {
        "checkpoint": {
            "name": checkpoint.name, "about": checkpoint.about, "files": checkpoint.files,
            "sha256": weights_sha256(checkpoint.decoder), "encoder_sha256": checkpoint.sha256,
        },
        "checkpoint_check": f"max |logits - those of transformers| / max |logits| = {difference:.2g}",
        "seeded_weights": checkpoint.seeded,
        "embedding": embedding,
        "architecture": {
            "layers": config.decoder_layers, "d_model": config.d_model, "heads": config.decoder_attention_heads,
            "ffn": config.decoder_ffn_dim, "vocabulary": config.vocab_size, "positions": config.max_target_positions,
            "encodings": mel_frames(config) // 2,
        },
        "licence": "none, random weights" if checkpoint.seeded else "that of the checkpoint",
    }
    return write_program(MODEL, module, methods, recipe, options.output, about, progress)


def probe_tokens(vocabulary: int, positions: int) -> list[torch.Tensor]:
    """Token sequences [1, T] of several lengths, the longest and the shortest among them."""
    generator = torch.Generator().manual_seed(0)
    lengths = (min(_EXAMPLE_LENGTH, positions), 1, positions)
    return [torch.randint(vocabulary, (1, length), generator=generator) for length in lengths]


@torch.no_grad()
def relative_difference(
    module: WhisperDecoder, reference: nn.Module, encodings: torch.Tensor, tokens: list[torch.Tensor]
) -> float:
    """Largest difference between the module's logits and those of transformers, as a part of the largest logit."""
    largest = peak = 0.0
    for one in tokens:
        hidden = reference(input_ids=one, encoder_hidden_states=encodings).last_hidden_state[:, -1]
        expected = hidden @ reference.embed_tokens.weight.T
        largest = max(largest, float((module(encodings, one) - expected).abs().max()))
        peak = max(peak, float(expected.abs().max()))
    return largest / peak
