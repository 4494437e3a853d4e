"""Hours as French people write them, turned into OpenStreetMap's ``opening_hours``. Pure.

Rather unread than guessed: a text that could be understood in two ways is not read.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reading:
    """What a text says of hours.

    ``opening_hours`` is "" when nothing was understood; ``rest`` the words that are not about hours; ``unread`` those
    that look like hours and were not understood; ``certain`` when every word about hours went into the value.
    """

    opening_hours: str
    rest: str
    unread: str
    certain: bool


def read_hours(text: str) -> Reading:
    """``Bar. Ouvert du lundi au samedi de 9h à 19h`` → ``Mo-Sa 09:00-19:00``, and "Bar." left over."""
    return Reading("", "", text.strip(), False)
