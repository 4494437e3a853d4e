"""What a visitor may ask of the directory."""

from collections.abc import Collection
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from parvis.core.geo import Point
from parvis.core.text import fold
from parvis.places.categories import CATEGORIES, GROUPS
from parvis.places.listing import Wish
from parvis.places.moments import WHEN

ROUNDED = 3  # decimals of a degree, about 100 metres: near enough to sort by, too far to follow anybody


class Filter(forms.Form):
    """Words, a kind of place, and whether it must be open now. Nonsense in one field leaves the others."""

    q = forms.CharField(label=_("Name, kind or street"), required=False, max_length=100)
    kind = forms.ChoiceField(label=_("Kind"), required=False)
    open: forms.Field = forms.BooleanField(label=_("Open now"), required=False)

    def __init__(self, *args: Any, kinds: Collection[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        groups = [(label, _choices(group, kinds)) for group, label in GROUPS.items()]
        kind = self.fields["kind"]
        assert isinstance(kind, forms.ChoiceField)
        kind.choices = [("", _("All kinds")), *((label, choices) for label, choices in groups if choices)]


class DirectoryFilter(Filter):
    """The same for a list: when it must be open, what it must offer, and where one stands."""

    group = forms.ChoiceField(required=False, choices=[("", ""), *GROUPS.items()], widget=forms.HiddenInput)
    open = forms.ChoiceField(label=_("When"), required=False, choices=[("", _("At any time")), *WHEN.items()])
    collect = forms.BooleanField(label=_("Click and collect"), required=False)
    delivers = forms.BooleanField(label=_("Delivers"), required=False)
    wheelchair = forms.BooleanField(label=_("Step-free for wheelchairs"), required=False)
    near = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)

    def __init__(self, data: Any, **kwargs: Any) -> None:
        if data.get("open") == "on":  # the tick that this choice was before: links to it are about
            data = data.copy()
            data["open"] = "now"
        super().__init__(data, **kwargs)
        self.tells_too_much = False  # the address says where somebody stands to the metre

    def clean_near(self) -> Point | None:
        """Where the visitor stands, as ``lon,lat``, never closer than about 100 metres."""
        text = self.cleaned_data["near"]
        if not text:
            return None
        try:
            lon, lat = map(float, text.split(","))
            point = Point(round(lon, ROUNDED), round(lat, ROUNDED))
        except ValueError:
            raise forms.ValidationError(_("We do not know where this is.")) from None
        self.tells_too_much = (point.lon, point.lat) != (lon, lat)
        return point

    def wish(self) -> Wish:
        """What was asked, as far as it makes sense."""
        self.is_valid()
        asked = self.cleaned_data
        return Wish(
            text=asked.get("q", ""),
            kind=asked.get("kind", ""),
            group=asked.get("group", ""),
            when=asked.get("open", ""),
            collect=asked.get("collect", False),
            delivers=asked.get("delivers", False),
            wheelchair=asked.get("wheelchair", False),
            near=asked.get("near"),
        )


def _choices(group: str, kinds: Collection[str]) -> list[tuple[str, Any]]:
    """The kinds of a group that the town has, by their label."""
    here = [(key, c.label) for key, c in CATEGORIES.items() if c.group == group and key in kinds]
    return sorted(here, key=lambda kind: fold(str(kind[1])))
