"""What an entry says of itself besides its hours: one short form a subject, each with its own save."""

import re
from collections.abc import Collection, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from parvis.core.forms import PictureField
from parvis.core.geo import Point, distance_m
from parvis.places.categories import CATEGORIES, GROUPS
from parvis.places.models import Place
from parvis.places.services import GROUPS as SERVICE_GROUPS
from parvis.places.services import SERVICES
from parvis.towns.addresses import geocode
from parvis.towns.models import Town

DESCRIPTION_LETTERS = 600
WHEELCHAIR = [
    ("yes", _("Step-free for wheelchairs")),
    ("limited", _("Partly accessible with a wheelchair")),
    ("no", _("Not accessible with a wheelchair")),
    ("", _("Not known")),
]
_PHONE = re.compile(r"^\+?[\d ().\-/]{6,58}$")


def _with_what_was_shown(form: forms.Form) -> None:
    """The page sends back what it showed, so that only what was changed on it is written (``touched``)."""
    for field in form.fields.values():
        field.show_hidden_initial = True


def touched(form: forms.Form, values: Mapping[str, Any]) -> dict[str, Any]:
    """``values`` without the fields that stand as the page showed them: somebody else may have changed those since."""
    untouched = {field.name for field in form if field.html_initial_name in form.data} - set(form.changed_data)
    return {name: value for name, value in values.items() if name not in untouched}


class ServicesForm(forms.Form):
    """What the place offers, as boxes under the headings of the table.

    ``kept`` are services that another page keeps right (a shop of the market says there how it serves): they are
    shown, and cannot be changed here.
    """

    def __init__(self, data: Any = None, *, place: Place, kept: Collection[str] = ()) -> None:
        super().__init__(data)
        self.kept = [key for key in SERVICES if key in kept]
        self.held = list(place.services)
        # what the page showed, so that a box that somebody else ticked meanwhile stays ticked
        self.seen = str(self.data.get("seen", " ".join(self.held)))
        for group, label in SERVICE_GROUPS.items():
            choices = [(key, s.label) for key, s in SERVICES.items() if s.group == group and key not in kept]
            self.fields[group] = forms.MultipleChoiceField(
                label=str(label),
                choices=choices,
                required=False,
                initial=[key for key, _label in choices if key in place.services],
                widget=forms.CheckboxSelectMultiple,
            )
        self.fields["delivers_within_km"] = forms.DecimalField(
            label=_("How far you deliver, in kilometres"),
            help_text=_("Leave it empty for the whole town."),
            required=False,
            min_value=0.1,
            max_value=50,
            decimal_places=1,
            localize=True,
            initial=place.delivers_within_m / 1000 if place.delivers_within_m else None,
            widget=forms.TextInput(attrs={"inputmode": "decimal"}),
        )

    @property
    def groups(self) -> list[forms.BoundField]:
        """The headings that have a box."""
        fields = [self[group] for group in SERVICE_GROUPS]
        return [field for field in fields if getattr(field.field, "choices", None)]

    def values(self) -> dict[str, Any]:
        """What the action writes; kept services, and keys that this table does not know, stay."""
        ticked = {key for group in SERVICE_GROUPS for key in self.cleaned_data[group]}
        seen = set(self.seen.split())
        unknown = {key for key in self.held if key in self.kept or key not in SERVICES}
        stay = unknown | {key for key in self.held if key not in seen}
        order = [*SERVICES, *sorted(stay - set(SERVICES))]
        within = self.cleaned_data["delivers_within_km"]
        return {
            "services": [key for key in order if key in (ticked - (seen - set(self.held))) | stay],
            "delivers_within_m": round(within * 1000) if within else None,
        }


class ContactForm(forms.Form):
    """How residents reach the place."""

    phone = forms.CharField(
        label=_("Telephone"),
        max_length=60,
        required=False,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel", "inputmode": "tel"}),
    )
    email = forms.EmailField(
        label=_("E-mail that everybody sees"),
        required=False,
        widget=forms.EmailInput(attrs={"autocomplete": "email", "inputmode": "email"}),
    )
    website = forms.URLField(
        label=_("Website"),
        max_length=300,
        required=False,
        assume_scheme="https",
        widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "url"}),
    )

    def __init__(self, data: Any = None, *, place: Place) -> None:
        super().__init__(data, initial={name: getattr(place, name) for name in ("phone", "email", "website")})
        _with_what_was_shown(self)

    def clean_phone(self) -> str:
        """Digits and the signs people put between them; what stood there before may stay."""
        phone = " ".join(str(self.cleaned_data["phone"]).split())
        if phone and phone != self.initial.get("phone") and not _PHONE.match(phone):
            raise forms.ValidationError(_("Write a telephone number, for example 01 23 45 67 89."))
        return phone

    def values(self) -> dict[str, Any]:
        """What the action writes."""
        return dict(self.cleaned_data)


class WordsForm(forms.Form):
    """Its name, what it is, and a few words."""

    name = forms.CharField(label=_("Name"), max_length=160)
    category = forms.ChoiceField(label=_("Kind"))
    description = forms.CharField(
        label=_("In a few words"),
        max_length=DESCRIPTION_LETTERS,
        required=False,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("What one finds here, and what makes it yours. At most 600 letters."),
    )

    def __init__(self, data: Any = None, *, place: Place) -> None:
        super().__init__(data, initial={name: getattr(place, name) for name in ("name", "category", "description")})
        _with_what_was_shown(self)
        category = self.fields["category"]
        assert isinstance(category, forms.ChoiceField)
        category.choices = [
            (label, [(key, c.label) for key, c in CATEGORIES.items() if c.group == group])
            for group, label in GROUPS.items()
        ]
        longest = max(DESCRIPTION_LETTERS, len(place.description))  # an imported text may be longer
        description = self.fields["description"]
        assert isinstance(description, forms.CharField)
        description.max_length = longest
        description.widget.attrs["maxlength"] = longest
        description.validators = [v for v in description.validators if getattr(v, "code", "") != "max_length"]

    def clean_description(self) -> str:
        """At most 600 letters, or as many as stood there."""
        text = str(self.cleaned_data["description"]).replace("\r\n", "\n").strip()
        if len(text) > max(DESCRIPTION_LETTERS, len(str(self.initial["description"]))):
            said = gettext("These are %(count)s letters; 600 is the most.") % {"count": len(text)}
            raise forms.ValidationError(said)
        return text

    def values(self) -> dict[str, Any]:
        """What the action writes."""
        return dict(self.cleaned_data)


class PictureForm(forms.Form):
    """One picture, or none."""

    picture = PictureField(
        label=_("A new picture"), required=False, help_text=_("Take it with your telephone: the front, by daylight.")
    )
    drop = forms.BooleanField(label=_("Remove the picture"), required=False)

    def __init__(self, data: Any = None, files: Any = None, *, place: Place) -> None:
        super().__init__(data, files)
        if not place.picture:
            del self.fields["drop"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not self.errors and not data.get("picture") and not data.get("drop"):
            self.add_error("picture", _("Choose a picture first."))
        return data

    def values(self) -> dict[str, Any]:
        """What the action writes: a new picture wins over removing the old one."""
        return {"picture": self.cleaned_data.get("picture") or ""}


class AccessForm(forms.Form):
    """Can somebody in a wheelchair come in?"""

    wheelchair = forms.ChoiceField(
        label=_("Can somebody in a wheelchair come in?"),
        choices=WHEELCHAIR,
        required=False,
        widget=forms.RadioSelect,
    )

    def __init__(self, data: Any = None, *, place: Place) -> None:
        super().__init__(data, initial={"wheelchair": place.wheelchair})

    def values(self) -> dict[str, Any]:
        """What the action writes."""
        return dict(self.cleaned_data)


class WhereForm(forms.Form):
    """Its address. The point on the map follows the address once somebody has confirmed it; an agent may move it."""

    address = forms.CharField(
        label=_("Address"), max_length=240, widget=forms.TextInput(attrs={"autocomplete": "street-address"})
    )
    lon = forms.FloatField(label=_("Longitude"), required=False, widget=forms.TextInput(attrs={"inputmode": "decimal"}))
    lat = forms.FloatField(label=_("Latitude"), required=False, widget=forms.TextInput(attrs={"inputmode": "decimal"}))

    def __init__(self, data: Mapping[str, Any] | None = None, *, place: Place, by_agent: bool) -> None:
        super().__init__(data, initial={"address": place.address, "lon": place.lon, "lat": place.lat})
        self.place = place
        if not by_agent:
            del self.fields["lon"], self.fields["lat"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        lon, lat = data.get("lon"), data.get("lat")
        if lon is None or lat is None:
            return data
        try:
            near = distance_m(Point(lon, lat), Point(self.place.town.lon, self.place.town.lat)) < FURTHEST_M
        except ValueError:
            near = False
        if not near:
            self.add_error("lat", _("This point is not in the town.."))
        return data

    def found(self, town: Town) -> Point | None:
        """Where the town's register has the address, when it is one door and the point would move."""
        door = geocode(town, self.cleaned_data["address"])
        if door is None or self.cleaned_data["address"] == self.place.address:
            return None
        point = Point(door.lon, door.lat)
        return point if distance_m(point, self.place.point) >= NEAR_M else None

    def values(self, found: Point | None) -> dict[str, Any]:
        """What the action writes: the point typed by an agent, else the confirmed one that was found."""
        data = self.cleaned_data
        values = {"address": " ".join(data["address"].split())}
        typed = (data.get("lon"), data.get("lat"))
        if None not in typed and typed != (self.place.lon, self.place.lat):
            return values | {"lon": typed[0], "lat": typed[1]}
        if found is not None:
            return values | {"lon": found.lon, "lat": found.lat}
        return values


NEAR_M = 5  # a door of the register this near is the same point
FURTHEST_M = 15_000
