"""What a visitor may ask of the map: what the directory's form asks, and what one asks standing in the street."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from parvis.core.geo import Point
from parvis.places.categories import GROUPS
from parvis.places.forms.filter import Filter
from parvis.places.townmap.window import point_of
from parvis.towns import addresses
from parvis.towns.models import Town


class MapFilter(Filter):
    """Words, kind, what is open or offered, and where goods must come to. Nonsense in one field leaves the others."""

    group = forms.ChoiceField(required=False, choices=[("", ""), *GROUPS.items()], widget=forms.HiddenInput)
    collect = forms.BooleanField(label=_("Click and collect"), required=False)
    wheelchair = forms.BooleanField(label=_("Step-free for wheelchairs"), required=False)
    to = forms.CharField(
        label=_("Delivers to my address"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "street-address"}),
    )

    def __init__(self, *args: Any, town: Town, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.town = town

    def clean_to(self) -> Point | None:
        """The door or the position that goods must come to."""
        text = self.cleaned_data["to"].strip()
        if not text:
            return None
        if point := point_of(text):
            return point
        door = addresses.geocode(self.town, text)
        if door is None:
            raise forms.ValidationError(_("We do not find this address. Write a number and a street of the town."))
        return door.point
