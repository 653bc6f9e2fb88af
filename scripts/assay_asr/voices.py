"""Which espeak-ng voices speak which split. A voice is an accent and a variant (`en-gb+f2`). No variant is in two splits, nor
are two variants whose first three formants are set alike (`Diogo` and `Henrique`, say, which differ in tone only).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

ACCENTS = ("en-us", "en-gb", "en-gb-scotland", "en-gb-x-rp", "en-gb-x-gbclan", "en-gb-x-gbcwmd")
UNSEEN_ACCENTS = ("en-029", "en-us-nyc")

VARIANTS = {
    "training": (
        "m1", "m2", "m3", "m4", "m6", "m7", "f1", "f2", "f4", "f5", "adam", "Alex", "Alicia", "Andrea", "Annie", "antonio",
        "belinda", "boris", "caleb", "david", "Denis", "edward", "Gene", "grandpa", "Mike", "Jacky", "linda", "Marco",
        "Michael", "norbert", "robert", "sandro", "steph", "travis",
    ),
    "development": ("m5", "f3", "aunty", "rob", "quincy"),
    "test": ("m8", "paul", "pedro", "benjamin", "Diogo", "anika", "Andy", "pablo", "marcelo", "shelby"),
}


@dataclass(frozen=True)
class Speaker:
    """What espeak-ng is told, apart from the text."""

    voice: str
    words_per_minute: int
    pitch: int
    word_gap: int  # in units of 10 ms


def draw_speaker(split: str, random: np.random.Generator, accents: tuple[str, ...] = ACCENTS) -> Speaker:
    """A speaker of a split, every property drawn evenly."""
    variants = VARIANTS[split]
    return Speaker(
        voice=f"{accents[int(random.integers(len(accents)))]}+{variants[int(random.integers(len(variants)))]}",
        words_per_minute=int(random.integers(135, 201)),
        pitch=int(random.integers(30, 71)),
        word_gap=int(random.integers(0, 3)),
    )
