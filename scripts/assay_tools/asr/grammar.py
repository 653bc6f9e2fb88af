"""The closed grammar of assistant commands that the tiny recogniser knows: 13 templates over fewer than 96 words.

A sentence belongs to a split by its hash alone, so that no list of held-out sentences has to be kept, and a sentence can
never be in two splits.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable

import numpy as np

Random = np.random.Generator

ROOMS = ("kitchen", "bedroom", "bathroom", "garage", "garden", "hall", "office")
DIGITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
TENS = ("ten", "fifteen", "twenty", "thirty", "forty", "fifty")
NAMES = ("anna", "david", "maria", "peter", "sarah", "thomas")
DAYS = ("today", "tomorrow", "monday", "friday", "sunday")
SPLITS = ("training", "development", "test")
BLANK = "<blank>"


def _one(random: Random, *choices: str) -> str:
    return choices[int(random.integers(len(choices)))]


def _number(random: Random) -> str:
    """A count of minutes, degrees or the like: 1 to 9, a ten, or a ten and a digit."""
    kind = int(random.integers(3))
    if kind == 0:
        return _one(random, *DIGITS[1:])
    if kind == 1:
        return _one(random, *TENS)
    return f"{_one(random, 'twenty', 'thirty', 'forty', 'fifty')} {_one(random, *DIGITS[1:])}"


def _clock(random: Random) -> str:
    """An hour, alone or with minutes: `seven`, `seven thirty`."""
    return f"{_one(random, *DIGITS[1:], 'ten')}{_one(random, '', ' fifteen', ' thirty', ' forty five')}"


def _lights(random: Random) -> str:
    return f"turn {_one(random, 'on', 'off')} the {_one(random, *ROOMS)} {_one(random, 'light', 'lights', 'lamp')}"


def _two_lights(random: Random) -> str:
    first, second = (f"the {_one(random, *ROOMS)} {_one(random, 'light', 'lamp')}" for _ in range(2))
    return f"turn {_one(random, 'on', 'off')} {first} and {second}"


def _dim(random: Random) -> str:
    return f"{_one(random, 'dim', 'set')} the {_one(random, *ROOMS)} lights to {_one(random, *TENS)} percent"


def _doors(random: Random) -> str:
    which = _one(random, "front", "back", *ROOMS)
    return f"{_one(random, 'open', 'close', 'lock', 'unlock')} the {which} {_one(random, 'door', 'window', 'gate')}"


def _timer(random: Random) -> str:
    return f"{_one(random, 'set', 'start')} a timer for {_number(random)} {_one(random, 'minutes', 'seconds', 'hours')}"


def _alarm(random: Random) -> str:
    return f"{_one(random, 'set my alarm for', 'wake me up at')} {_clock(random)}{_one(random, '', ' ' + _one(random, *DAYS))}"


def _call(random: Random) -> str:
    return f"{_one(random, 'call', 'text')} {_one(random, *NAMES)}{_one(random, '', ' at home', ' at work')}"


def _dial(random: Random) -> str:
    return "dial " + " ".join(_one(random, *DIGITS) for _ in range(int(random.integers(3, 7))))


def _music(random: Random) -> str:
    kind = _one(random, "jazz", "rock", "classical")
    return f"play {_one(random, '', 'some ')}{kind} music{_one(random, '', ' in the ' + _one(random, *ROOMS))}"


def _volume(random: Random) -> str:
    return f"turn the volume {_one(random, 'up', 'down')}{_one(random, '', ' by ' + _number(random))}"


def _temperature(random: Random) -> str:
    place = _one(random, "", _one(random, *ROOMS) + " ")
    return f"set the {place}temperature to {_one(random, *TENS)}{_one(random, '', ' ' + _one(random, *DIGITS[1:]))} degrees"


def _weather(random: Random) -> str:
    if int(random.integers(2)):
        return f"what is the weather {_one(random, *DAYS)}"
    return f"remind me to {_one(random, 'call', 'text')} {_one(random, *NAMES)} {_one(random, *DAYS)}"


def _control(random: Random) -> str:
    verb, owner = _one(random, "stop", "pause", "cancel", "start"), _one(random, "the", "my")
    return f"{verb} {owner} {_one(random, 'timer', 'alarm', 'music')}"


TEMPLATES: tuple[Callable[[Random], str], ...] = (
    _lights, _two_lights, _dim, _doors, _timer, _alarm, _call, _dial, _music, _volume, _temperature, _weather, _control,
)


def draw_sentence(random: Random) -> str:
    """A sentence of a template chosen evenly; one in ten begins or ends with `please`."""
    sentence = TEMPLATES[int(random.integers(len(TEMPLATES)))](random)
    politeness = int(random.integers(20))
    return f"please {sentence}" if politeness == 0 else f"{sentence} please" if politeness == 1 else sentence


def split_of(sentence: str) -> str:
    """`training` (80 of 100 sentences), `development` or `test` (10 each), by the sentence's SHA-256."""
    bucket = int.from_bytes(hashlib.sha256(sentence.encode()).digest()[:8], "big") % 100
    return SPLITS[0] if bucket < 80 else SPLITS[1] if bucket < 90 else SPLITS[2]


def draw_sentences(split: str, count: int, random: Random) -> list[str]:
    """`count` sentences of a split; outside of training no sentence comes twice."""
    found: list[str] = []
    known: set[str] = set()
    while len(found) < count:
        sentence = draw_sentence(random)
        if split_of(sentence) == split and (split == "training" or sentence not in known):
            known.add(sentence)
            found.append(sentence)
    return found


def words() -> list[str]:
    """The vocabulary: blank first, then every word of the grammar in alphabetical order; the index is the id."""
    random = np.random.default_rng(0)
    # 20,000 draws meet the rarest slot hundreds of times; a test holds the result against vocab.json.
    found = {word for _ in range(20000) for word in draw_sentence(random).split()}
    return [BLANK, *sorted(found)]
