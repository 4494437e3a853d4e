"""The words in which French people say hours: a literal table, and lists of names."""

from enum import StrEnum


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


DAY_NAMES = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
MONTHS = (
    *("janvier", "fevrier", "mars", "avril", "mai", "juin"),
    *("juillet", "aout", "septembre", "octobre", "novembre", "decembre"),
)
SHORT_DAYS = {"lun": 0, "mar": 1, "mer": 2, "jeu": 3, "ven": 4, "sam": 5, "dim": 6}
SHORT_MONTHS = {"janv": 1, "fev": 2, "fevr": 2, "avr": 4, "juil": 7, "sept": 9, "oct": 10, "nov": 11, "dec": 12}
MORNING, MIDDAY, AFTERNOON, EVENING = range(4)

_BY = r"(?:rendez[ -]?vous|rdv|r\.d\.v\.?|reservation|demande|commande|privatisation)s?"
# Phrases are looked for in this order in the folded text; the first that fits at a place wins.
PHRASES: tuple[tuple[Kind, str], ...] = (
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
    (Kind.ALSO, r"\by compris\b|\begalement\b|\baussi\b|\bmeme\b"),
    (Kind.UNTIL, r"\bjusqu'?(?:a|au|aux|e)?\b|\bjusque\b"),
    (Kind.SINCE, r"\bdes(?= ?\d)|\ba (?:partir|compter) d(?:e|u|')"),
    (Kind.LATE, r"\bnocturnes?\b"),
    (Kind.BETWEEN, r"\bentre\b"),
    (Kind.AND, r"\bainsi que\b|\bet\b|\bpuis\b|&|\+|/"),
    (Kind.RANK, r"\b(?:1 ?(?:er|ere)|[2-5] ?(?:eme|nde|nd|e|de))s?\b|\bpremiere?s?\b|\bdernieres?\b|\bderniers?\b"),
    (Kind.RANK, r"\b(?:deuxieme|second|troisieme|quatrieme|cinquieme)s?\b"),
)
SMALL = {
    *("du", "de", "d", "le", "la", "les", "l", "des", "en", "chaque", "tous", "toutes", "ce", "ces", "mois", "fr"),
    *("ud", "el", "ed", "dde", "lle"),  # as typed
}
TO = {"a", "au", "aux", "aun"}
RANKS = {"deuxieme": 2, "second": 2, "troisieme": 3, "quatrieme": 4, "cinquieme": 5}
SPELLED = {"te": Kind.AND, "ett": Kind.AND, "etle": Kind.AND, "etdu": Kind.AND, "etde": Kind.AND}
MARKS = {
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
ACCENTED = ("ferie", "feries", "fevrier", "aout", "decembre", "apres", "ferme", "fermee", "fete", "ete", "a")
OPEN = ("ouvert", "ouverte", "ouverture")
