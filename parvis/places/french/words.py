"""A French text about hours cut into words that mean something: times, days, months, "closed", "except"."""

import re
import unicodedata
from contextlib import suppress
from dataclasses import dataclass

from rapidfuzz.distance import OSA

from parvis.places.french.vocabulary import (
    ACCENTED,
    AFTERNOON,
    DAY_NAMES,
    EVENING,
    MARKS,
    MONTHS,
    MORNING,
    OPEN,
    PHRASES,
    RANKS,
    SHORT_DAYS,
    SHORT_MONTHS,
    SMALL,
    SPELLED,
    TO,
    Kind,
)


@dataclass(frozen=True, slots=True)
class Token:
    """A word, with its place in the cleaned text."""

    kind: Kind
    start: int
    end: int
    value: int = 0
    word: str = ""


_PHRASE = re.compile("|".join(f"(?P<k{n}>{pattern})" for n, (_, pattern) in enumerate(PHRASES)))
_TIME = re.compile(
    r"(\d{1,2}) ?(?:heures?\b|hrs?\b|h(?![a-z])|h(?=a ?\d))(?: ?([0-5]\d)(?! ?(?:h|:|heures?)|\d))?(?: ?(?:mn|min)\b)?"
    r"|(\d{1,2}):([0-5]\d)(?:(?::00)?)(?!\d)"
)
_HALF_OF_DAY = re.compile(r" ?(?:du matin\b|du soir\b|de l'apres[ -]?midi\b)")
_WORD = re.compile(r"[a-z]+")
_NUMBER = re.compile(r"\d+")


def clean(text: str) -> str:
    """``text`` with its broken letters mended: ``d?avril``, ``fermÃ©``, long dashes, hard spaces."""
    if any(mark in text for mark in ("Ã", "Â", "â€")):
        with suppress(UnicodeError):
            text = text.encode("cp1252").decode("utf-8")
    text = unicodedata.normalize("NFC", text)
    text = text.translate({ord(c): " " for c in "\u00a0\u202f\u2009\t\r•·●▪"})
    text = text.translate({ord("’"): "'", ord("‘"): "'", ord("ʼ"): "'", ord("`"): "'", ord("´"): "'"})
    text = re.sub("[\u2010-\u2015\u2192]", "-", text)
    text = re.sub(r"(?i)\b([dlnsc]|jusqu|qu|aujourd)[?\ufffd](?=[aeiouyhéèêàâôû])", r"\1'", text)
    text = re.sub(r"(?<=[0-9hH]) [?\ufffd] (?=\d)", " à ", text)
    text = re.sub(r"\w*[?\ufffd]\w+|\w+\ufffd", _guess_accent, text)
    text = re.sub(r"(?i)\bjusqu[ ,]?(?=[àa]\b)", "jusqu'", text)
    return re.sub(r"[ ]+", " ", re.sub(r" *\n\s*", "\n", text)).strip()


def _guess_accent(found: re.Match[str]) -> str:
    """A word of ours whose accents became question marks; another is left alone."""
    word = found[0]
    pattern = re.compile("".join("." if c in "?\ufffd" else re.escape(c) for c in word.lower()))
    return next((known for known in ACCENTED if pattern.fullmatch(known)), word)


def fold(text: str) -> str:
    """Small letters without accents, of the same length as ``text``, so that places in one are places in the other."""
    folded = []
    for letter in text:
        bare = unicodedata.normalize("NFD", letter)[0].lower()
        folded.append(bare if len(bare) == 1 else letter)
    return "".join(folded)


def tokens_of(text: str) -> list[Token]:
    """The words of a cleaned text, in order."""
    folded = fold(text)
    found: list[Token] = []
    place = 0
    while place < len(folded):
        token = _time_at(folded, place) or _phrase_at(folded, place) or _plain_at(folded, place)
        if token is None:
            place += 1
            continue
        found.append(token)
        place = token.end
    return _settle_short_names(found)


def _time_at(text: str, place: int) -> Token | None:
    if not text[place].isdigit() or (place and (text[place - 1].isdigit() or text[place - 1] in ".,")):
        return None
    if phrase := _PHRASE.match(text, place):
        kind = PHRASES[int((phrase.lastgroup or "k0")[1:])][0]
        if kind is not Kind.RANK:
            return Token(kind, place, phrase.end(), 0, phrase[0])
    found = _TIME.match(text, place)
    if found is None:
        return None
    hour, minute = int(found[1] or found[3]), int(found[2] or found[4] or 0)
    end = found.end()
    if half := _HALF_OF_DAY.match(text, end):
        if "matin" in half[0] and hour <= 11:  # "19h du matin" is nonsense; "samedi de 9h du matin" is not
            end = half.end()
        elif "matin" not in half[0] and 1 <= hour <= 11:
            hour, end = hour + 12, half.end()
    minutes = hour * 60 + minute
    if minutes > 24 * 60:
        return Token(Kind.VAGUE, place, end, 0, found[0])
    return Token(Kind.TIME, place, end, minutes, found[0])


def _phrase_at(text: str, place: int) -> Token | None:
    found = _PHRASE.match(text, place)
    if found is None or (found.end() == place):
        return None
    kind = PHRASES[int((found.lastgroup or "k0")[1:])][0]
    value = _phrase_value(kind, found[0])
    return Token(kind, place, found.end(), value, found[0])


def _phrase_value(kind: Kind, said: str) -> int:
    if kind is Kind.PART:
        return AFTERNOON if said.startswith("apr") else MORNING if said.startswith("mat") else EVENING
    if kind is Kind.TIME:
        return 12 * 60 + 30 if said.startswith("midi") else 24 * 60
    if kind is Kind.RANK:
        if said[0].isdigit():
            return int(said[0])
        if said.startswith("dern"):
            return -1
        return next((rank for word, rank in RANKS.items() if said.startswith(word)), 1)
    return 12 * 60 if kind is Kind.NOON else 0


def _plain_at(text: str, place: int) -> Token | None:
    if found := _NUMBER.match(text, place):
        return Token(Kind.NUMBER, place, found.end(), int(found[0][:9]), found[0])
    if found := _WORD.match(text, place):
        kind, value = _meaning(found[0])
        return Token(kind, place, found.end(), value, found[0])
    if text[place] in MARKS:
        return Token(MARKS[text[place]], place, place + 1, 0, text[place])
    return None


def _meaning(word: str) -> tuple[Kind, int]:
    bare = word if word in ("mars", "s") else word.removesuffix("s")
    if bare in DAY_NAMES:
        return Kind.DAY, DAY_NAMES.index(bare)
    if bare in MONTHS:
        return Kind.MONTH, MONTHS.index(bare) + 1
    if word in SHORT_DAYS:
        return Kind.WORD, SHORT_DAYS[word]
    if word in SHORT_MONTHS:
        return Kind.MONTH, SHORT_MONTHS[word]
    if word in SMALL:
        return Kind.SMALL, 0
    if word in TO:
        return Kind.TO, 0
    if word in SPELLED:
        return SPELLED[word], 0
    return _nearly(word, bare)


def _nearly(word: str, bare: str) -> tuple[Kind, int]:
    """A word with a typing mistake: one letter too many, too few, or two swapped."""
    if bare == "ouvrete" or (bare[0] in "ov" and any(OSA.distance(bare, known) <= 1 for known in OPEN)):
        return Kind.OPEN, 0
    for number, name in enumerate(DAY_NAMES):
        if "d" in bare and bare[0] == name[0] and OSA.distance(bare, name) == 1:
            return Kind.DAY, number
    for number, name in enumerate(MONTHS, 1):
        if len(name) >= 5 and bare[0] == name[0] and OSA.distance(bare, name) == 1:
            return Kind.MONTH, number
    if len(bare) in (4, 6) and bare[0] == "f" and OSA.distance(bare, "ferme") == 1:
        return Kind.CLOSED, 0
    return Kind.WORD, 0


_BESIDE_DAYS = {Kind.TO, Kind.DASH, Kind.AND, Kind.COMMA, Kind.COLON, Kind.SMALL, Kind.STOP}


def _settle_short_names(tokens: list[Token]) -> list[Token]:
    """``lun``, ``mer`` are days beside other days or times ("lun-ven 9h"); elsewhere they are the sea and a game."""
    settled = list(tokens)
    dots: set[int] = set()  # of the short forms: they end no sentence
    short = [n for n, t in enumerate(tokens) if t.kind is Kind.WORD and t.word in SHORT_DAYS]
    for n in short:
        near = [_beyond(tokens, n, 1), _beyond(tokens, n, -1)]
        if any(t and (t.kind in (Kind.TIME, Kind.DAY) or t.word in SHORT_DAYS) for t in near):
            token = tokens[n]
            end = token.end
            settled[n] = Token(Kind.DAY, token.start, end, token.value, token.word)
            if n + 1 < len(tokens) and tokens[n + 1].word == ".":
                dots.add(n + 1)
    return [token for n, token in enumerate(settled) if n not in dots]


def _beyond(tokens: list[Token], place: int, step: int) -> Token | None:
    """The next word that is not a mere join."""
    n = place + step
    while 0 <= n < len(tokens) and tokens[n].kind in _BESIDE_DAYS:
        if tokens[n].kind is Kind.STOP and tokens[n].word != ".":
            return None
        n += step
    return tokens[n] if 0 <= n < len(tokens) else None
