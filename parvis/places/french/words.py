"""A French text about hours cut into words that mean something: times, days, months, "closed", "except"."""

import re
import unicodedata
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum

from rapidfuzz.distance import OSA


class Kind(StrEnum):
    """What a word is for."""

    TIME = "time"  # value: minutes of the day
    NUMBER = "number"  # value: the number
    RANK = "rank"  # 1er, 4e, dernier; value: 1 to 5, -1 for last
    DAY = "day"  # value: 0 is Monday
    MONTH = "month"  # value: 1 to 12
    WEEKEND = "weekend"
    WORKDAYS = "workdays"
    DAILY = "daily"
    ROUND_THE_CLOCK = "round the clock"
    HOLIDAYS = "holidays"
    PART = "part"  # value: 0 morning, 1 midday, 2 afternoon, 3 evening
    NOON = "noon"  # a time, or a part of the day
    OPEN = "open"
    CLOSED = "closed"
    WEEKLY = "weekly"
    EXCEPT = "except"
    UNTIL = "until"
    SINCE = "since"
    LATE = "late"  # nocturne
    TO = "to"
    DASH = "dash"
    AND = "and"
    COMMA = "comma"
    COLON = "colon"
    SMALL = "small"  # du, le, les, en, de
    BETWEEN = "between"
    ALSO = "also"
    FILLER = "filler"  # sans interruption, inclus, chaque
    OF_MONTH = "of month"
    APPOINTMENT = "appointment"
    NO_MATTER = "no matter"  # avec ou sans rendez-vous
    VAGUE = "vague"  # says something of the hours that has no exact meaning
    LEFT = "("
    RIGHT = ")"
    STOP = "stop"
    WORD = "word"


@dataclass(frozen=True, slots=True)
class Token:
    """A word, with its place in the cleaned text."""

    kind: Kind
    start: int
    end: int
    value: int = 0
    word: str = ""


DAY_NAMES = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
MONTHS = (
    *("janvier", "fevrier", "mars", "avril", "mai", "juin"),
    *("juillet", "aout", "septembre", "octobre", "novembre", "decembre"),
)
_SHORT_DAYS = {"lun": 0, "mar": 1, "mer": 2, "jeu": 3, "ven": 4, "sam": 5, "dim": 6}
_SHORT_MONTHS = {"janv": 1, "fev": 2, "fevr": 2, "avr": 4, "juil": 7, "sept": 9, "oct": 10, "nov": 11, "dec": 12}
MORNING, MIDDAY, AFTERNOON, EVENING = range(4)

_BY = r"(?:rendez[ -]?vous|rdv|r\.d\.v\.?|reservation|demande|commande|privatisation)s?"
# Phrases are looked for in this order in the folded text; the first that fits at a place wins.
_PHRASES: tuple[tuple[Kind, str], ...] = (
    (Kind.WORD, r"\b0\d(?:[ .]?\d\d){4}\b|\b\d\d(?:[ .]\d\d){4}\b|\b0\d\d \d{3} \d{4}\b"),  # telephone numbers
    (Kind.WORD, r"[\w.+-]+@[\w.-]+|\b(?:https?://|www\.)\S+"),
    (Kind.WORD, r"\b\d{1,2}(?:er)? (?:janv|fev|mars|avr|mai|juin|juil|aout|sept|oct|nov|dec)[a-z]*\.? \d{4}\b"),
    (Kind.ROUND_THE_CLOCK, r"\b(?:toujours|constamment) ouverte?s?\b|\bouverte?s? en permanence\b"),
    (Kind.ROUND_THE_CLOCK, r"\b24 ?(?:h|heures?)? ?(?:/|sur) ?24(?: ?h\b| heures?)?|\bjour et nuit\b"),
    (Kind.DAILY, r"\b7 ?(?:j|jr|jrs|jours?)?s? ?(?:/|sur) ?7(?: ?j\b| jours?)?"),
    (Kind.VAGUE, r"\b[1-6] ?(?:j|jr|jrs|jours?) ?(?:/|sur) ?7(?: ?j\b| jours?)?|\b\d+ ?semaines?\b"),
    (Kind.DAILY, r"\b(?:tous les|chaque|7) jours?(?! fer)(?: de la semaine)?\b|\bquotidiennement\b|\btlj\b"),
    (Kind.DAILY, r"\b(?:tous les|chaque)(?= (?:matin|midi|soir)s?\b)"),
    (Kind.VAGUE, r"\b(?:un|une|1|\d+) \w+ sur (?:deux|trois|\d)\b|\btous les \d+ jours\b"),
    (Kind.VAGUE, r"\bsemaines? (?:im)?paires?\b|\b(?:dates?|jours?) (?:im)?paire?s?\b|\bjours? ouvr(?:es?|ables?)\b"),
    (
        Kind.VAGUE,
        r"\b(?:vacances|conges) (?:scolaires?|d'ete)\b|\b(?:pendant|hors|durant|sauf) (?:les )?(?:vacances|conges)\b",
    ),
    (Kind.VAGUE, r"\b(?:periode|hors|saison) (?:scolaire|estivale|saison)\b|\btoute la semaine\b|\bveilles?\b"),
    (Kind.VAGUE, r"\b(?:horaires? d'|l'|en )(?:ete|hiver)\b|\bcertaine?s\b|\bexception\w*ment\b|\bparfois\b|\bselon\b"),
    (
        Kind.VAGUE,
        r"\bvariables?\b|\benviron\b|\bvers (?=\d)|\bh ?\d\d\b|\b\d{3,} ?h\b|\bprochainement\b|\bferiees? sur\b",
    ),
    (
        Kind.FILLER,
        r"\bsans interruption\b|\bnon[ -]stop\b|\ben continue?\b|\b(?:en )?journee continue\b|\btoute l'annee\b",
    ),
    (
        Kind.FILLER,
        r"\btoute la journee\b|\buniquement\b|\bseulement\b|\binclu(?:se?s?|es?)?\b|\bau public\b|\bdu public\b",
    ),
    (Kind.HOLIDAYS, r"\b(?:les )?(?:jours? )?feriee?s?\b"),
    (Kind.WORKDAYS, r"\ben semaine\b"),
    (Kind.WEEKEND, r"\bweek[ -]?ends?\b|\bwe\b|\bfins? de semaine\b"),
    (Kind.PART, r"\bapres[ -]?midis?\b|\baprem\b"),
    (Kind.PART, r"\bmatin(?:ee)?s?\b"),
    (Kind.PART, r"\bsoir(?:ee)?s?\b"),
    (Kind.TIME, r"\bmidi et demie?\b|\bmi[ -]?nuit\b|\bminut\b"),
    (Kind.NOON, r"\bmidis?\b"),
    (Kind.OF_MONTH, r"\b(?:du|de chaque|par|dans le|de) mois\b(?! d)|\bde chaque mois\b"),
    (Kind.FILLER, r"\b(?:au|le|du|de|durant le) mois d(?:e |u |')"),
    (Kind.NO_MATTER, rf"\b(?:avec (?:ou|et) sans|avec|sans) {_BY}(?: ou sans {_BY})?"),
    (Kind.APPOINTMENT, rf"\b(?:uniquement |seulement |exclusivement )?(?:sur|par) (?:simple )?{_BY}"),
    (Kind.OPEN, r"\b(?:horaires?|heures?)(?: (?:de la |du |de l')?\w+)? ?d'ouverture(?: et de fermeture)?\b"),
    (Kind.OPEN, r"\bjours? (?:et heures? |et horaires? )?d'ouverture\b|\bhoraires? d'accueil\b|\bhoraires?\b"),
    (Kind.OPEN, r"\blibre[ -]service\b|\bacces libre\b"),
    (Kind.OPEN, r"\bouverture au public\b|\bouvre (?:ses portes )?|\bouverte?s? au public\b|\baccueil du public\b"),
    (Kind.CLOSED, r"\b(?:jours? de )?fermetures?\b|\bferme(?:e?s?)?\b|\brelache\b|\brepos\b(?= hebdo)|\bclos\b"),
    (Kind.WEEKLY, r"\bhebdo(?:\.|madaires?)?(?!\w)|\bannuelle\b"),
    (Kind.EXCEPT, r"\bsauf\b|\bexceptee?s?\b|\bhormis\b|\ba l'exception d(?:e|u|es|')|\bhors\b"),
    (Kind.ALSO, r"\by compris\b|\begalement\b|\baussi\b"),
    (Kind.UNTIL, r"\bjusqu'?(?:a|au|aux|e)?\b|\bjusque\b"),
    (Kind.SINCE, r"\bdes(?= ?\d)|\ba (?:partir|compter) d(?:e|u|')"),
    (Kind.LATE, r"\bnocturnes?\b"),
    (Kind.BETWEEN, r"\bentre\b"),
    (Kind.AND, r"\bainsi que\b|\bet\b|\bpuis\b|&|\+|/"),
    (Kind.RANK, r"\b(?:1 ?(?:er|ere)|[2-5] ?(?:eme|nde|nd|e|de))s?\b|\bpremiere?s?\b|\bdernieres?\b|\bderniers?\b"),
    (Kind.RANK, r"\b(?:deuxieme|second|troisieme|quatrieme|cinquieme)s?\b"),
)
_PHRASE = re.compile("|".join(f"(?P<k{n}>{pattern})" for n, (_, pattern) in enumerate(_PHRASES)))
_TIME = re.compile(
    r"(\d{1,2}) ?(?:heures?\b|hrs?\b|h(?![a-z]))(?: ?([0-5]\d)(?! ?(?:h|:|heures?)|\d))?(?: ?(?:mn|min)\b)?"
    r"|(\d{1,2}):([0-5]\d)(?:(?::00)?)(?!\d)"
)
_HALF_OF_DAY = re.compile(r" ?(?:du matin\b|du soir\b|de l'apres[ -]?midi\b)")
_WORD = re.compile(r"[a-z]+")
_NUMBER = re.compile(r"\d+")
_SMALL = {
    *("du", "de", "d", "le", "la", "les", "l", "des", "en", "chaque", "tous", "toutes", "ce", "ces", "mois", "fr"),
    *("ud", "el", "ed", "dde", "lle"),  # as typed
}
_TO = {"a", "au", "aux", "aun"}
_RANKS = {"deuxieme": 2, "second": 2, "troisieme": 3, "quatrieme": 4, "cinquieme": 5}
_SPELLED = {"te": Kind.AND, "ett": Kind.AND, "etle": Kind.AND, "etdu": Kind.AND, "etde": Kind.AND}
_MARKS = {
    ",": Kind.COMMA,
    ";": Kind.COMMA,
    ":": Kind.COLON,
    "(": Kind.LEFT,
    ")": Kind.RIGHT,
    "[": Kind.LEFT,
    "]": Kind.RIGHT,
    "-": Kind.DASH,
    ".": Kind.STOP,
    "!": Kind.STOP,
    "?": Kind.STOP,
    "\n": Kind.STOP,
    ">": Kind.DASH,
    "=": Kind.COLON,
    "*": Kind.VAGUE,
}
_ACCENTED = ("ferie", "feries", "fevrier", "aout", "decembre", "apres", "ferme", "fermee", "fete", "ete", "a")


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
    return next((known for known in _ACCENTED if pattern.fullmatch(known)), word)


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
        kind = _PHRASES[int((phrase.lastgroup or "k0")[1:])][0]
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
    kind = _PHRASES[int((found.lastgroup or "k0")[1:])][0]
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
        return next((rank for word, rank in _RANKS.items() if said.startswith(word)), 1)
    return 12 * 60 if kind is Kind.NOON else 0


def _plain_at(text: str, place: int) -> Token | None:
    if found := _NUMBER.match(text, place):
        return Token(Kind.NUMBER, place, found.end(), int(found[0][:9]), found[0])
    if found := _WORD.match(text, place):
        kind, value = _meaning(found[0])
        return Token(kind, place, found.end(), value, found[0])
    if text[place] in _MARKS:
        return Token(_MARKS[text[place]], place, place + 1, 0, text[place])
    return None


def _meaning(word: str) -> tuple[Kind, int]:
    bare = word if word in ("mars", "s") else word.removesuffix("s")
    if bare in DAY_NAMES:
        return Kind.DAY, DAY_NAMES.index(bare)
    if bare in MONTHS:
        return Kind.MONTH, MONTHS.index(bare) + 1
    if word in _SHORT_DAYS:
        return Kind.WORD, _SHORT_DAYS[word]
    if word in _SHORT_MONTHS:
        return Kind.MONTH, _SHORT_MONTHS[word]
    if word in _SMALL:
        return Kind.SMALL, 0
    if word in _TO:
        return Kind.TO, 0
    if word in _SPELLED:
        return _SPELLED[word], 0
    return _nearly(word, bare)


_OPEN = ("ouvert", "ouverte", "ouverture")


def _nearly(word: str, bare: str) -> tuple[Kind, int]:
    """A word with a typing mistake: one letter too many, too few, or two swapped."""
    if bare == "ouvrete" or (bare[0] in "ov" and any(OSA.distance(bare, known) <= 1 for known in _OPEN)):
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
    short = [n for n, t in enumerate(tokens) if t.kind is Kind.WORD and t.word in _SHORT_DAYS]
    for n in short:
        near = [_beyond(tokens, n, 1), _beyond(tokens, n, -1)]
        if any(t and (t.kind in (Kind.TIME, Kind.DAY) or t.word in _SHORT_DAYS) for t in near):
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
