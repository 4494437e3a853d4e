"""What a dispatcher types of a depot: its name and its door."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from parvis.core.geo import Point
from parvis.delivery.models import Hub
from parvis.towns import addresses
from parvis.towns.models import Town


class HubForm(forms.Form):
    """A name that no other hub of the town has, and an address that the town knows."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=120)
    address = forms.CharField(
        label=gettext_lazy("Address"), max_length=240, help_text=gettext_lazy("Where shops bring their bags.")
    )

    def __init__(self, *args: Any, town: Town, hub: Hub | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.town, self.hub = town, hub
        self.point: Point | None = None
        if hub:
            self.initial = {"name": hub.name, "address": hub.address, **self.initial}

    def clean_name(self) -> str:
        """Two hubs of a town are told apart by their names."""
        name: str = self.cleaned_data["name"].strip()
        others = Hub.objects.filter(town=self.town, name=name)
        if (others.exclude(pk=self.hub.pk) if self.hub else others).exists():
            raise forms.ValidationError(_("Another hub has this name."), code="twice")
        return name

    def clean_address(self) -> str:
        """A door of the town; the one the hub has already needs not be known."""
        text: str = self.cleaned_data["address"].strip()
        if self.hub and text == self.hub.address:
            self.point = self.hub.point
            return text
        door = addresses.geocode(self.town, text)
        if door is None:
            said = _("This address is not known in %(town)s.")
            raise forms.ValidationError(said % {"town": self.town.name}, code="unknown")
        self.point = door.point
        return str(door)

    @property
    def values(self) -> dict[str, Any]:
        """What ``actions.hubs.save_hub`` takes."""
        return {"name": self.cleaned_data["name"], "address": self.cleaned_data["address"], "point": self.point}
