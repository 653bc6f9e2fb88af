"""Published configurations for `--seeded`: the shapes of real Whisper models, for their latency and memory."""

from __future__ import annotations

_COMMON = {"num_mel_bins": 80, "max_source_positions": 1500, "max_target_positions": 448}


def _geometry(width: int, layers: int, heads: int, decoder_layers: int, vocabulary: int) -> dict[str, int]:
    """Feed-forward layers are four times as wide as the model in every published one."""
    return {
        **_COMMON, "d_model": width, "encoder_layers": layers, "encoder_attention_heads": heads,
        "encoder_ffn_dim": 4 * width, "decoder_layers": decoder_layers, "decoder_attention_heads": heads,
        "decoder_ffn_dim": 4 * width, "vocab_size": vocabulary,
    }


GEOMETRIES = {
    # The values of the models' own config.json files (openai/whisper-{tiny,base,small}, distil-whisper/distil-small.en).
    "tiny": _geometry(384, 4, 6, 4, 51865),
    "base": _geometry(512, 6, 8, 6, 51865),
    "small": _geometry(768, 12, 12, 12, 51865),
    "distil-small": _geometry(768, 12, 12, 4, 51864),
}
