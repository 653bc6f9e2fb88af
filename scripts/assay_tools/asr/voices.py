"""Which espeak-ng voices speak which split. A voice is an accent and a variant (`en-gb+f2`).

Variants whose first three formants are set alike (`Diogo` and `Henrique`, say, which differ in tone only) are one family, and
a family is in one split only. Which one, a seeded shuffle says: nobody chose easy voices for the test.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

ACCENTS = ("en-us", "en-gb", "en-gb-scotland", "en-gb-x-rp", "en-gb-x-gbclan", "en-gb-x-gbcwmd")
UNSEEN_ACCENTS = ("en-029", "en-us-nyc")

# espeak-ng 1.51's variants but for robots, whispers (`caleb` too), effects (`Demonic`, `Tweaky`, ...) and its other
# synthesiser (`klatt`).
FAMILIES = (
    ("Alex",), ("Alicia",), ("Andrea",), ("Andy",), ("Annie",), ("Denis",), ("Diogo", "anika", "michel", "miguel"),
    ("Gene", "Gene2"), ("Jacky",), ("Marco",), ("Mario",), ("Michael",), ("Mike",), ("Nguyen", "m8"), ("max",), ("Storm",),
    ("adam",), ("antonio",), ("aunty", "f4"), ("belinda",), ("benjamin",), ("boris",), ("david",), ("ed",),
    ("edward", "edward2"), ("f1",), ("f2", "f5"), ("f3",), ("grandma",), ("grandpa", "john"), ("gustave",), ("iven", "iven2"),
    ("linda",), ("m1",), ("m2",), ("m3",), ("m4",), ("m5",), ("m6",), ("m7",), ("marcelo",), ("norbert",), ("pablo",),
    ("paul",), ("pedro",), ("quincy",), ("rob",), ("robert",), ("sandro",), ("shelby",), ("steph", "steph3"), ("steph2",),
    ("travis",), ("victor",),
)
TEST_FAMILIES, DEVELOPMENT_FAMILIES = 10, 8
SPLIT_SEED = 7


def _split_families() -> dict[str, tuple[str, ...]]:
    """Split -> variants: ten families are the test's, eight are the development split's, training has the others."""
    order = np.random.default_rng(SPLIT_SEED).permutation(len(FAMILIES))
    bounds = (0, TEST_FAMILIES, TEST_FAMILIES + DEVELOPMENT_FAMILIES, len(order))
    names = ("test", "development", "training")
    return {
        name: tuple(variant for index in sorted(order[begin:end]) for variant in FAMILIES[index])
        for name, begin, end in zip(names, bounds, bounds[1:], strict=False)
    }


VARIANTS = _split_families()
PITCHES = {"training": (15, 85)}  # others speak at 30 to 70


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
    lowest_pitch, highest_pitch = PITCHES.get(split, (30, 70))
    return Speaker(
        voice=f"{accents[int(random.integers(len(accents)))]}+{variants[int(random.integers(len(variants)))]}",
        words_per_minute=int(random.integers(135, 201)),
        pitch=int(random.integers(lowest_pitch, highest_pitch + 1)),
        word_gap=int(random.integers(0, 3)),
    )
