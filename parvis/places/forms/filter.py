"""What a visitor may ask of the directory."""

from collections.abc import Collection
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from parvis.core.text import fold
from parvis.places.categories import CATEGORIES, GROUPS


class Filter(forms.Form):
    """Words, a kind of place, and whether it must be open now. Nonsense in one field leaves the others."""

    q = forms.CharField(label=_("Name, kind or street"), required=False, max_length=100)
    kind = forms.ChoiceField(label=_("Kind"), required=False)
    open = forms.BooleanField(label=_("Open now"), required=False)

    def __init__(self, *args: Any, kinds: Collection[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        groups = [(label, _choices(group, kinds)) for group, label in GROUPS.items()]
        kind = self.fields["kind"]
        assert isinstance(kind, forms.ChoiceField)
        kind.choices = [("", _("All kinds")), *((label, choices) for label, choices in groups if choices)]


def _choices(group: str, kinds: Collection[str]) -> list[tuple[str, Any]]:
    """The kinds of a group that the town has, by their label."""
    here = [(key, c.label) for key, c in CATEGORIES.items() if c.group == group and key in kinds]
    return sorted(here, key=lambda kind: fold(str(kind[1])))
