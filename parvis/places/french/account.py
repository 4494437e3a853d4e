"""What a whole text says of hours: clauses, exceptions, limits, and what stays unread."""

from dataclasses import dataclass, field

from parvis.places.french.items import Hours, Limit, Ref, Season


@dataclass(slots=True)
class Clause:
    """Days and hours that were said together; ``refs`` None: no days were said."""

    refs: tuple[Ref, ...] | None
    season: Season | None
    hours: tuple[Hours, ...]
    is_more: bool = False  # "également"
    by_exception: bool = False  # "sauf le jeudi de 12h à 20h"
    words: str = ""  # "sur rendez-vous"


@dataclass(frozen=True, slots=True)
class Exclusion:
    """Closed: on days, in a season, or (with ``hours``) for some hours."""

    refs: tuple[Ref, ...] | None = None
    season: Season | None = None
    hours: tuple[Hours, ...] = ()


@dataclass(frozen=True, slots=True)
class Fragment:
    """Words about hours that stay unread. Hours of a service leave the opening hours as they are."""

    start: int
    end: int
    refs: tuple[Ref, ...] = ()
    of_service: bool = False
    days_only: bool = False  # "Ouvert du lundi au samedi.", and no more


@dataclass(slots=True)
class Account:
    """All that a text says."""

    clauses: list[Clause] = field(default_factory=list)
    exclusions: list[Exclusion] = field(default_factory=list)
    limits: list[Limit] = field(default_factory=list)
    fragments: list[Fragment] = field(default_factory=list)
    rest: list[tuple[int, int]] = field(default_factory=list)  # words that are not about hours
    hourly: list[tuple[int, int]] = field(default_factory=list)  # sentences about hours
    words: str = ""  # "sur rendez-vous", said of everything
    whole_week: bool = False  # "7j/7", then hours by day: all seven must turn up
    subjects: int = 0  # how often it is said what is open: "bureau ouvert ..."
    places: int = 0  # words after hours that may say where they hold
