"""What scripts/measure_whisper.py does: files of one checkpoint, their transcripts of recordings, and the figures."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import transformers

from assay_tools.common.errors import UserError
from assay_tools.common.packages import version_of
from assay_tools.common.provenance import sha256_of
from assay_tools.common.quiet import without_runtime_remarks
from assay_tools.export.whisper.checkpoint import WhisperCheckpoint, open_whisper, weights_sha256
from assay_tools.export.whisper.encoder import mel_frames
from assay_tools.export.whisper.writing import provenance_file
from assay_tools.references.whisper_greedy import TokenTexts, Transcriber, mels_of, read_rules
from assay_tools.references.whisper_word_rate import Recording, read_recordings, transcribe, transformers_tokens, word_errors


def measure(
    folder: Path, encoder: Path, decoder: Path, recordings_folder: Path, language: str | None, *, reference: bool
) -> dict[str, Any]:
    """Scores and texts. Errors: UserError for files of another checkpoint, and where something is missing."""
    recordings = read_recordings(recordings_folder)
    checkpoint = open_whisper(folder, None, 0, decoder=True)
    config = checkpoint.encoder.config
    rules = read_rules(folder, config.max_target_positions, language)
    texts = TokenTexts(folder, rules)
    for pte, sha256 in ((encoder, checkpoint.sha256), (decoder, weights_sha256(checkpoint.decoder))):
        _check_origin(pte, sha256, checkpoint)
    frames = mel_frames(config)
    with without_runtime_remarks():
        transcriber = Transcriber(encoder, decoder, rules)
        heard = transcribe(transcriber, texts, recordings, config, frames)
    said = [one.text for one in recordings]
    scores: dict[str, Any] = word_errors(said, heard).rates
    rows = [{"name": one.name, "said": one.text, "heard": text} for one, text in zip(recordings, heard, strict=True)]
    if reference:
        own = _reference_texts(folder, recordings, texts, language)
        for row, text in zip(rows, own, strict=True):
            row["transformers"] = text
        scores["transcripts_unchanged"] = sum(a == b for a, b in zip(heard, own, strict=True)) / len(own)
        scores["wer_transformers"] = word_errors(said, own).rates["wer"]
    return {
        "version": 1,
        "checkpoint": checkpoint.name,
        "language": language,
        "encoder": {"file": encoder.name, "sha256": sha256_of(encoder)},
        "decoder": {"file": decoder.name, "sha256": sha256_of(decoder)},
        "tools": {name: version_of(name) for name in ("executorch", "torch", "transformers")},
        "scores": scores,
        "recordings": rows,
    }


def _check_origin(pte: Path, sha256: str, checkpoint: WhisperCheckpoint) -> None:
    """The provenance beside a file must name the checkpoint's weights: two models' halves would say anything."""
    if not pte.is_file():
        raise UserError(f"{pte}: no such file")
    path = provenance_file(pte)
    if not path.is_file():
        raise UserError(f"{pte}: {path.name} is not beside it, so nothing says which weights it has")
    found = json.loads(path.read_text(encoding="utf-8"))["checkpoint"].get("sha256")
    if found != sha256:
        raise UserError(
            f"{pte}: has weights {found}, those of {checkpoint.name} are {sha256}; is it the right part of the right model?"
        )


def _reference_texts(folder: Path, recordings: list[Recording], texts: TokenTexts, language: str | None) -> list[str]:
    """What transformers itself makes of the recordings, window by window as the runtime hears them."""
    with without_runtime_remarks():
        model = transformers.WhisperForConditionalGeneration.from_pretrained(folder, local_files_only=True).eval()
    rules = read_rules(folder, model.config.max_target_positions, language)
    return [
        " ".join(
            texts.text(transformers_tokens(model, mel, rules, language))
            for mel in mels_of(one.samples, model.config, mel_frames(model.config))
        )
        for one in recordings
    ]
