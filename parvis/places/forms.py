"""What a visitor may ask of the directory."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from parvis.places.categories import CATEGORIES, GROUPS


class Filter(forms.Form):
    """Words, a kind of place, and whether it must be open now. Nonsense in one field leaves the others."""

    q = forms.CharField(label=_("Name, kind or street"), required=False, max_length=100)
    kind = forms.ChoiceField(label=_("Kind"), required=False)
    open = forms.BooleanField(label=_("Open now"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kind = self.fields["kind"]
        assert isinstance(kind, forms.ChoiceField)
        kind.choices = [("", _("All kinds")), *((label, _kinds_of(group)) for group, label in GROUPS.items())]


def _kinds_of(group: str) -> list[tuple[str, Any]]:
    kinds = [(key, category.label) for key, category in CATEGORIES.items() if category.group == group]
    return sorted(kinds, key=lambda kind: str(kind[1]))
