"""An open conflict as the question that an agent answers."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from parvis.places.actions.entries import plain_value
from parvis.places.imports.saying import label_of, words_of
from parvis.places.imports.units import FIELDS, to_units
from parvis.places.models import Conflict


@dataclass(frozen=True, slots=True)
class Question:
    """What stands here now, what the source says, and the words of the two buttons."""

    conflict: Conflict
    label: str
    ours: str
    theirs: str
    keep: str
    take: str


def question_of(conflict: Conflict) -> Question:
    """The question of a conflict, its place at hand."""
    place = conflict.place
    if conflict.field == "gone_on":
        return Question(
            conflict,
            _("The source does not show it any more"),
            _("open"),
            _("closed for good"),
            _("It is still there"),
            _("It has closed"),
        )
    stands = to_units({name: plain_value(getattr(place, name)) for name in FIELDS})
    return Question(
        conflict,
        label_of(conflict.field),
        words_of(conflict.field, stands.get(conflict.field)),
        words_of(conflict.field, conflict.theirs),
        _("Keep ours"),
        _("Take the source's"),
    )
