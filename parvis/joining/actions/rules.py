"""A town changes its rules of joining."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from parvis.core import audit
from parvis.joining.models import Requirement, Rules
from parvis.people.models import Person
from parvis.towns.models import Town


@transaction.atomic
def save_rules(*, rules: Rules, at: datetime, by: Person) -> Rules:
    """Write the town's rules; promises already made are measured by them from then on."""
    fields = [field.name for field in Rules._meta.concrete_fields if field.name not in {"id", "town"}]
    values = {name: getattr(rules, name) for name in fields}
    kept, _made = Rules.objects.update_or_create(town_id=rules.town_id, defaults=values)
    audit.record("joining.rules", kept, at=at, town_id=kept.town_id, actor=by)
    return kept


@transaction.atomic
def save_checklist(*, town: Town, standings: Mapping[str, tuple[str, str]], at: datetime, by: Person) -> None:
    """What the town asks before a shop opens: for each key its label (of the town's own items) and standing."""
    for key, (label, standing) in standings.items():
        row, _made = Requirement.objects.update_or_create(
            town=town, key=key, defaults={"label": label, "standing": standing}
        )
        audit.record("joining.checklist", row, at=at, town_id=town.pk, actor=by, key=key, standing=standing)
