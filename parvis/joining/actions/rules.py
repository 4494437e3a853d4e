"""A town changes its rules of joining."""

from datetime import datetime

from django.db import transaction

from parvis.core import audit
from parvis.joining.models import Rules
from parvis.people.models import Person


@transaction.atomic
def save_rules(*, rules: Rules, at: datetime, by: Person) -> Rules:
    """Write the town's rules; promises already made are measured by them from then on."""
    fields = [field.name for field in Rules._meta.concrete_fields if field.name not in {"id", "town"}]
    values = {name: getattr(rules, name) for name in fields}
    kept, _made = Rules.objects.update_or_create(town_id=rules.town_id, defaults=values)
    audit.record("joining.rules", kept, at=at, town_id=kept.town_id, actor=by)
    return kept
