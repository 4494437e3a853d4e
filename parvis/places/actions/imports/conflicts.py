"""Settling what both the source and the town changed."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from parvis.core import audit
from parvis.core.errors import Refusal
from parvis.people.models import Person
from parvis.places.actions.entries import change_place, rich_value
from parvis.places.imports.units import to_fields
from parvis.places.models import Change, Conflict, Place


@transaction.atomic
def settle_conflict(*, conflict: Conflict, take_theirs: bool, at: datetime, by: Person) -> None:
    """Keep ours, or write what the source says. Raises Refusal for a conflict that was settled already."""
    Place.objects.select_for_update(of=("self",)).get(pk=conflict.place_id)  # before its conflict, as imports do
    conflict = Conflict.objects.select_for_update(of=("self",)).select_related("place__town").get(pk=conflict.pk)
    if conflict.settled_at is not None:
        raise Refusal(_("This was settled already."))
    if take_theirs:
        place = conflict.place
        fields = to_fields({conflict.field: conflict.theirs}, place.details)
        values = {name: rich_value(name, value) for name, value in fields.items()}
        change_place(place=place, values=values, origin=Change.Origin.TOWN, at=at, by=by, way="conflict")
    conflict.settled_at, conflict.settled_by, conflict.took_theirs = at, by, take_theirs
    conflict.save(update_fields=["settled_at", "settled_by", "took_theirs"])
    audit.record("conflict.settled", conflict, at=at, town_id=conflict.town_id, actor=by, took_theirs=take_theirs)
