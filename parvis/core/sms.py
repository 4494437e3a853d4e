"""What a text message can carry: its letters, and how many messages it costs. Pure.

Source: 3GPP TS 23.038 (the GSM 7-bit default alphabet and its extension) and TS 23.040 (segments: 160 letters, 153
each in several; in UCS-2 70, and 67).
"""

import unicodedata

_BASIC = set(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§"
    "¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENSION = set("^{}\\[~]|€\f")
_PLAIN = str.maketrans(
    {"’": "'", "‘": "'", "“": '"', "”": '"', "«": '"', "»": '"', "–": "-", "—": "-", "…": "...", "œ": "oe", "Œ": "OE",
     "\u00a0": " ", "\u202f": " ", "·": "-", "•": "-", "×": "x"}
)  # fmt: skip


def plain(text: str) -> str:
    """``text`` in letters of GSM 7-bit where each has one: ``ê`` becomes ``e``, ``’`` becomes ``'``.

    Other scripts stay as they are: the message then travels in UCS-2 and holds less.
    """
    return "".join(_letter(letter) for letter in text.translate(_PLAIN))


def _letter(letter: str) -> str:
    if letter in _BASIC or letter in _EXTENSION:
        return letter
    bare = "".join(c for c in unicodedata.normalize("NFKD", letter) if not unicodedata.combining(c))
    return bare if bare and all(c in _BASIC for c in bare) else letter


def is_gsm(text: str) -> bool:
    """Whether every letter is in the GSM alphabet."""
    return all(letter in _BASIC or letter in _EXTENSION for letter in text)


def segments(text: str) -> int:
    """How many messages ``text`` costs as it stands; at least one."""
    if is_gsm(text):
        length = sum(2 if letter in _EXTENSION else 1 for letter in text)
        return 1 if length <= 160 else -(-length // 153)
    length = len(text.encode("utf-16-be")) // 2
    return 1 if length <= 70 else -(-length // 67)


def fitted(before: str, name: str, after: str, *, most: int = 2) -> str:
    """``before + name + after`` in at most ``most`` segments: the name is shortened, the rest (links) is not.

    Raises ValueError when the rest alone is too long.
    """
    before, name, after = plain(before), plain(name), plain(after)
    for length in range(len(name), -1, -1):
        cut = name if length == len(name) else name[:length].rstrip() + "..."
        if segments(before + cut + after) <= most:
            return before + cut + after
    raise ValueError("too long without the name already")
