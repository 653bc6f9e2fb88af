#!/usr/bin/env python3
"""Makes the VAD clips, their speech labels and the calibration audio: datasets/vad/.

  scripts/python_env export scripts/make/make_vad_dataset.py --human-speech /usr/share/pocketsphinx/test/data

Needs espeak-ng and the files of the Debian package pocketsphinx-testdata. Everything else comes from a fixed seed, so the
same versions of espeak-ng, numpy and scipy write the same bytes again.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from assay_tools.common.errors import UserError, exit_with
from assay_tools.common.packages import require_packages
from assay_tools.common.places import REPOSITORY

require_packages("numpy", "scipy")

from assay_tools.common.audio import LONG_CLIP_S, SAMPLE_RATE_HZ, write_flac, write_wav
from assay_tools.common.json_file import write_json
from assay_tools.common.provenance import command_line
from assay_tools.common.speech import espeak_version
from assay_tools.datasets.vad_clips import SEED, Clip, build_clips, calibration_audio, duration_s


def write_clip(folder: Path, clip: Clip) -> None:
    """Write <name>.wav, or <name>.flac of a long one, and <name>.labels.json."""
    if duration_s(clip) > LONG_CLIP_S:
        write_flac(folder / f"{clip.name}.flac", clip.samples)
    else:
        write_wav(folder / f"{clip.name}.wav", clip.samples)
    labels = {
        "version": 1,
        "sample_rate_hz": SAMPLE_RATE_HZ,
        "samples": len(clip.samples),
        "segments": [list(segment) for segment in clip.segments],
        "how": clip.how,
    }
    write_json(folder / f"{clip.name}.labels.json", labels)
    speech_s = sum(end - start for start, end in clip.segments) / SAMPLE_RATE_HZ
    print(f"{clip.name:18} {duration_s(clip):7.2f} s, {speech_s:6.2f} s of speech in {len(clip.segments)} segments")


def write_index(folder: Path, clips: list[Clip]) -> None:
    """Write clips.json: what each clip is and where it comes from."""
    index = {
        "version": 1,
        "seed": SEED,
        "espeak_ng": espeak_version(),
        "command": command_line(),
        "clips": {
            clip.name: {"about": clip.about, "licence": clip.licence, "seconds": round(duration_s(clip), 3)}
            for clip in clips
        },
    }
    write_json(folder / "clips.json", index)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--output", type=Path, default=REPOSITORY / "datasets/vad", help="folder for the clips")
    parser.add_argument("--human-speech", type=Path, default=Path("/usr/share/pocketsphinx/test/data"),
                        help="folder test/data of the Debian package pocketsphinx-testdata")
    arguments = parser.parse_args()
    espeak_version()
    if not arguments.output.parent.is_dir():
        raise UserError(f"{arguments.output.parent}: no such folder for --output")
    calibration = arguments.output / "calibration"
    calibration.mkdir(parents=True, exist_ok=True)
    clips = build_clips(arguments.human_speech)
    for clip in clips:
        write_clip(arguments.output, clip)
    write_wav(calibration / "calibration.wav", calibration_audio())
    write_index(arguments.output, clips)


if __name__ == "__main__":
    exit_with(main)
