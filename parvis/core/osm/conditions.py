"""What a way of OpenStreetMap says of bikes and of walkers at some hours. Pure.

It is said as ``bicycle:conditional = no @ (We 06:00-16:00)``. What is said of vehicles or of all traffic holds for
bikes too, and of all traffic for walkers, unless the way has a word of its own on them; of clauses that hold at the
same moment, the last counts. (Source: the pages "Conditional restrictions" and "Key:access" of the OpenStreetMap wiki.)
What holds one way only is not read, and a way where bikes are pushed at some hours is open like any other.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence

WORDS_ON_BIKES = ("bicycle", "vehicle", "access")
"""The keys that say who may take a way, the most particular first."""
WORDS_ON_WALKERS = ("foot", "access")
REFUSALS = {"no", "private", "agricultural", "forestry", "military"}
OPENINGS = {"yes", "designated", "official", "permissive", "destination", "delivery"}
"""What lets somebody ride through who brings goods."""
FOR_WALKERS = {"pedestrian", "footway"}
"""Ways that no bike takes unless they say so. (Source: the wiki's page on default access restrictions.)"""
ALWAYS = "24/7"

type Clause = tuple[bool, str]
"""Whether a way is closed, and when that holds, as the values of ``opening_hours`` say it."""


def refused_hours(tags: Mapping[str, str], words: Sequence[str] = WORDS_ON_BIKES) -> tuple[Clause, ...]:
    """When a way with these tags is closed to those whom these words are about, the most particular word first; nothing
    where no clause closes it. Whatever is written there, nothing is raised.
    """
    found = tuple((access in REFUSALS, when) for access, when in _said(tags, words))
    return found if any(closed for closed, _when in found) else ()


def opened_to_bikes(tags: Mapping[str, str]) -> dict[str, str]:
    """What a way that is closed to bikes but for some hours says the other way about: open to bikes, and closed at all
    hours but those. Nothing for other ways, nor where bikes may only be pushed at those hours.

    The router knows a way as open or closed; so what opens must be open, and be refused at its hours.
    """
    word = next((word for word in WORDS_ON_BIKES if word in tags), "")
    if tags.get(word) not in REFUSALS if word else tags.get("highway") not in FOR_WALKERS:
        return {}
    clauses = [(access not in OPENINGS, when) for access, when in _said(tags, WORDS_ON_BIKES)]
    if all(closed for closed, _when in clauses):
        return {}
    return {"bicycle": "yes", "bicycle:conditional": _written([(True, ALWAYS), *clauses])}


def _written(clauses: Iterable[Clause]) -> str:
    return "; ".join(f"{'no' if closed else 'yes'} @ ({when})" for closed, when in clauses)


def _said(tags: Mapping[str, str], words: Sequence[str]) -> list[tuple[str, str]]:
    """Each access and its hours, those that count last at the end."""
    found: list[tuple[str, str]] = []
    for word in words:
        found = [*_clauses(tags.get(f"{word}:conditional", "")), *found]  # the more particular word is the later clause
        if word in tags:
            break
    return found


def _clauses(value: str) -> Iterator[tuple[str, str]]:
    """``no @ (Mo-Fr 08:00-10:00; PH off); yes @ Sa``: each access with its hours, which may hold brackets and ``;``."""
    for part in _parts(value):
        access, _at, when = (word.strip() for word in part.partition("@"))
        if when.startswith("(") and _closes(when) in {None, len(when) - 1}:  # a bracket that nobody closed is none
            when = when[1:].removesuffix(")").strip()
        if access and when:
            yield access.lower(), when


def _parts(value: str) -> Iterator[str]:
    """What stands between semicolons that are in no bracket and no comment."""
    start = 0
    for at, sign, depth in _depths(value):
        if sign == ";" and depth == 0:
            yield value[start:at]
            start = at + 1
    yield value[start:]


def _closes(text: str) -> int | None:
    """Where the bracket closes with which a text begins; None where it never does."""
    return next((at for at, sign, depth in _depths(text) if sign == ")" and depth == 0), None)


def _depths(text: str) -> Iterator[tuple[int, str, int]]:
    """Each sign outside of comments: where it stands, what it is, and in how many brackets one is after it."""
    depth, quoted = 0, False
    for at, sign in enumerate(text):
        if sign == '"':
            quoted = not quoted
        elif not quoted:
            depth = max(0, depth + (sign == "(") - (sign == ")"))
            yield at, sign, depth
