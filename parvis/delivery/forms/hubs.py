"""What a dispatcher types of a depot: its name and its door."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from parvis.core.geo import Point
from parvis.delivery.models import Hub
from parvis.towns.forms import door_of
from parvis.towns.models import Town


class HubForm(forms.Form):
    """A name that no other hub of the town has, and an address that the town knows."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=120)
    address = forms.CharField(
        label=gettext_lazy("Address"), max_length=240, help_text=gettext_lazy("Where shops bring their bags.")
    )
    fetches = forms.BooleanField(
        label=gettext_lazy("Riders fetch at shops that agree"),
        required=False,
        help_text=gettext_lazy("Where that beats the way by the hub, a rider goes to the shop and on to the door."),
    )

    errand_percent = forms.IntegerField(
        label=gettext_lazy("What a shop’s own way to the hub counts"),
        min_value=0,
        max_value=200,
        required=False,
        help_text=gettext_lazy("In per cent of a bike’s. 0: riders go to shops only where no bike loses by it."),
    )

    def __init__(self, *args: Any, town: Town, hub: Hub | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.town, self.hub = town, hub
        self.point: Point | None = None
        if hub:
            names = ("name", "address", "fetches", "errand_percent")
            self.initial = {**{name: getattr(hub, name) for name in names}, **self.initial}

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
        door = door_of(self.town, text)
        self.point = door.point
        return str(door)

    @property
    def values(self) -> dict[str, Any]:
        """What ``actions.hubs.save_hub`` takes."""
        data = self.cleaned_data
        values = {name: data[name] for name in ("name", "address", "fetches")} | {"point": self.point}
        return values if data["errand_percent"] is None else values | {"errand_percent": data["errand_percent"]}
