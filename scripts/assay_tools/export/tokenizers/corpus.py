"""Strings that tokenizers disagree on, made from a seed: the same seed gives the same strings."""

from __future__ import annotations

import random

# Written for this file, so that no one else's text is in the tests.
SENTENCES = [
    "The kettle sang while the rain went on against the kitchen window.",
    "She didn't say why; they'd know, and he'll ask again, I'm sure we've time.",
    "IT'S 12:45, WE'LL LEAVE AT 13:00 - DON'T BE LATE!",
    "Der Zug nach München fährt um 7:05 Uhr, über Köln und Düsseldorf.",
    "Où est la clé que j'ai laissée hier près de l'entrée, à côté du garçon ?",
    "El niño comió piñas; ¿cuándo vendrá mañana la señora Núñez?",
    "Мы долго шли по снегу, и вечером увидели огни деревни.",
    "Το πλοίο φεύγει στις έξι από το μεγάλο λιμάνι.",
    "昨日の夜、駅前の小さな店でラーメンを食べました。",
    "我们明天早上八点在图书馆门口见面，好吗？",
    "오늘은 날씨가 맑아서 한강 공원까지 걸어갔어요.",
    "ذهبنا إلى السوق في الصباح واشترينا الخبز والزيتون.",
    "הילדים שיחקו בחצר עד שירד הערב.",
    "हम कल सुबह नदी के किनारे मिलेंगे।",
    "เมื่อวานนี้ฝนตกหนักมากจนถนนน้ำท่วม",
    "Tiếng Việt có sáu thanh điệu và nhiều dấu.",
]
CODE = [
    "for (int i = 0; i < n; ++i) {\n\tsum += values[i] * 0x1F;\n}\n",
    "def mean(xs):\n    return sum(xs) / len(xs)  # no check\n\n\nprint(mean([1, 2.5e-3]))\n",
    "SELECT name, COUNT(*) FROM runs WHERE id >= 1000 GROUP BY name;\r\n",
    '{"key": [null, true, -1.25], "path": "C:\\\\temp\\\\x"}',
    "<p class='a'>&nbsp;text</p><!-- end -->",
    "#include <vector>\n\nstd::vector<std::string> v{\"a\", \"b\"};",
    "git commit -m \"fix: don't\" && make -j8 2>&1 | tee out.log",
]
EMOJI = [
    "😀", "👍🏽", "👩‍💻", "👨‍👩‍👧‍👦", "🏳️‍🌈", "🇩🇪🇰🇷", "1️⃣", "❤️", "🤷🏿‍♀️", "☃", "🫠",
]
SPACES = [
    " ", "  ", "\n", "\r\n", "\t", "\r", "\v", "\f", "\u00a0", "\u2003", "\u3000", "\u2028", "\u2029", "\u0085",
    "\u200b", "\ufeff", "\u180e", "\u1680", "\u202f", "\u205f", "\u2581", "\x1c", "\x1f", "\0",
]
# What case folding, composition and old or new versions of Unicode make different.
ODD = [
    "'ſ", "'S", "'LL", "’s", "'\u212a", "e\u0301", "\u0065\u0323\u0301", "\u1e9b\u0323", "\uac00\u11a8",
    "\u1100\u1161\u11a8", "\u2126", "\u212b",
    "\ufb01", "½", "²", "Ⅻ", "٣", "\U0001d7d9", "\u0660\u0661", "ß", "İ", "ı", "\U0001e921",
    "\u0f73", "\u0958", "\U0001d15e", "\ufffd", "\ufffe", "\U0010ffff", "\ud7ff", "\ue000", "\U00031350",
    "\U0002ebf0", "\U0001e4d0", "\U00010d4a", "\U00016d70", "\u0897", "\u1c89", "\ua7da",
]
BROKEN = [
    b"\xff", b"\xc3", b"\xe2\x82", b"\xf0\x9f\x98", b"\xc0\xaf", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\x80\x80",
    b"\xe0\x80\xaf", b"\xf8\x88\x80\x80\x80", b"\xe2\x28\xa1", b"\xf0\x28\x8c\xbc",
]
SPECIALS = [
    "<s>", "</s>", "<unk>", "<|im_start|>", "<|im_end|>", "<|endoftext|>", "<|begin_of_text|>", "<|eot_id|>",
    "<|start_header_id|>", "<|end_header_id|>",
    "<|reserved_special_token_17|>", "<|im_start", "|im_end|>", "<<|im_end|>>", "<0x0A>", "<|user|>",
    "<tool_call>", "</tool_call>", "<|image|>",
]


def random_characters(rng: random.Random, count: int) -> str:
    """Any code points but surrogates; most from the planes where there are characters."""
    out: list[str] = []
    while len(out) < count:
        top = rng.choice([0x80, 0x250, 0x3000, 0x10000, 0x20000, 0x32400, 0x110000])
        point = rng.randrange(top)
        if not 0xD800 <= point <= 0xDFFF:
            out.append(chr(point))
    return "".join(out)


def word(rng: random.Random) -> str:
    sentence = rng.choice(SENTENCES)
    start = rng.randrange(len(sentence))
    return sentence[start:start + rng.randint(1, 12)]


def run_of(rng: random.Random) -> str:
    """One character, or a space and a line break, many times."""
    unit = rng.choice([*SPACES, "a", "9", "-", "=", "é", "字", "😀", " \n", "ab"])
    return unit * rng.choice([2, 3, 7, 16, 33, 64, 200])


def piece(rng: random.Random) -> str:
    kind = rng.randrange(11)
    if kind <= 2:
        return word(rng)
    if kind == 3:
        return rng.choice(CODE)[: rng.randint(1, 40)]
    if kind == 4:
        return rng.choice(EMOJI)
    if kind == 5:
        return rng.choice(SPACES) * rng.randint(1, 4)
    if kind == 6:
        return rng.choice(ODD)
    if kind == 7:
        return str(rng.randrange(10 ** rng.randint(1, 14)))
    if kind == 8:
        return random_characters(rng, rng.randint(1, 6))
    if kind == 9:
        return rng.choice(SPECIALS)
    return run_of(rng)


def make_one(rng: random.Random) -> bytes:
    """One string as bytes, valid UTF-8 in 9 of 10 cases."""
    parts = [piece(rng).encode() for _ in range(rng.randint(1, 6))]
    if rng.random() < 0.1:
        parts.insert(rng.randrange(len(parts) + 1), rng.choice(BROKEN))
    return b"".join(parts)


def make_corpus(count: int, seed: int, longest: int = 2000) -> list[bytes]:
    """`count` different strings of at most `longest` bytes, the hand-written ones first."""
    rng = random.Random(seed)
    texts = [b"", *(text.encode() for text in [*SENTENCES, *CODE, *EMOJI, *SPACES, *ODD, *SPECIALS]), *BROKEN]
    seen = set(texts)
    while len(texts) < count:
        text = make_one(rng)
        if text not in seen and len(text) <= longest:
            seen.add(text)
            texts.append(text)
    return texts[:count]


def training_lines(seed: int, count: int) -> list[str]:
    """Text to train small vocabularies on: sentences, code and numbers, shuffled."""
    rng = random.Random(seed)
    lines = []
    for _ in range(count):
        words = rng.choice([*SENTENCES, *CODE]).split(" ")
        rng.shuffle(words)
        lines.append(" ".join(words) + " " + str(rng.randrange(100000)))
    return lines
