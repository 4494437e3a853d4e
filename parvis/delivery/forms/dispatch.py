"""What the dispatcher types: where a stop goes, what a bike carries, who rides when, what may be promised."""

from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django import forms
from django.http import QueryDict
from django.utils.dateparse import parse_date
from django.utils.translation import gettext_lazy as _

from parvis.core.forms import DayField
from parvis.core.time import moment
from parvis.delivery.models import Bike, Hub, Window
from parvis.delivery.skills import Skill, together
from parvis.people.models import Person, Role
from parvis.towns.models import Town

if TYPE_CHECKING:
    _BikeBase = forms.ModelForm[Bike]
else:
    _BikeBase = forms.ModelForm

_NUMBER = {"inputmode": "numeric"}
_TIME = {"type": "time"}


def day_asked(query: QueryDict, today: date) -> date:
    """``day`` of an address; today when it is absent or cannot be read."""
    try:
        day = parse_date(query.get("day", ""))
    except ValueError:  # well formed, but no such day
        day = None
    return day if day and 2000 <= day.year < 2200 else today


class PlaceForm(forms.Form):
    """On which round a delivery goes, and as which stop."""

    round = forms.ChoiceField(label=_("Round"), choices=())
    position = forms.IntegerField(
        label=_("As stop number"),
        min_value=1,
        max_value=200,
        required=False,
        widget=forms.NumberInput(attrs=_NUMBER),
        help_text=_("Leave it empty for the place where it costs least time."),
    )

    def __init__(self, *args: Any, rounds: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["round"].choices = rounds  # type: ignore[attr-defined]


class BikeForm(_BikeBase):
    """What a bike is and carries, in kilos, litres and kilometres."""

    kilos = forms.IntegerField(label=_("Carries, in kilos"), min_value=1, max_value=500)
    litres = forms.IntegerField(label=_("Holds, in litres"), min_value=10, max_value=3000)
    kilometres = forms.IntegerField(
        label=_("Rides, in kilometres a shift"),
        min_value=1,
        max_value=300,
        required=False,
        help_text=_("Leave it empty if the battery lasts all day."),
    )

    skills = forms.MultipleChoiceField(
        label=_("What it can"),
        choices=Skill.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("What asks for it is promised and planned on bikes that can, and on no other."),
    )

    class Meta:
        model = Bike
        fields = ("name", "kind", "drive", "max_crates", "cold_crates", "speed_percent", "charge_minutes")
        labels = {
            "name": _("Name"),
            "kind": _("Which ways it takes"),
            "drive": _("Drive"),
            "max_crates": _("Crates"),
            "cold_crates": _("Of them, cold boxes"),
            "charge_minutes": _("Charges from empty to full, in minutes"),
            "speed_percent": _("Speed, in percent of a usual one of its kind"),
        }
        help_texts = {
            "kind": _("Plans, promises and the way that riders are told follow."),
            "speed_percent": _("90 for a heavy bike, 110 for a fast one."),
            "cold_crates": _("Leave it empty if any crate may carry a cold box."),
            "charge_minutes": _(
                "At the hub, while the rider has a break; for hydrogen, the minutes at the pump. Leave it empty if it "
                "charges at night only."
            ),
        }

    field_order = (
        *("name", "kind", "drive", "kilos", "litres", "max_crates", "cold_crates", "skills"),
        *("kilometres", "charge_minutes", "speed_percent"),
    )

    def __init__(self, *args: Any, hub: Hub, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.instance.hub, self.instance.town = hub, hub.town
        bike = self.instance
        self.initial.setdefault("kilos", bike.max_grams // 1000)
        self.initial["skills"] = bike.skills
        self.initial.setdefault("litres", bike.max_millilitres // 1000)
        self.initial.setdefault("kilometres", bike.range_metres // 1000 if bike.range_metres else None)
        limits_of = {
            "speed_percent": (30, 200),
            "max_crates": (1, 60),
            "cold_crates": (0, 60),
            "charge_minutes": (1, 1440),
        }
        for name, (low, high) in limits_of.items():
            field = self.fields[name]
            assert isinstance(field, forms.IntegerField)
            limits = forms.IntegerField(min_value=low, max_value=high)
            field.validators, field.min_value, field.max_value = limits.validators, low, high
            field.widget.attrs |= {"min": low, "max": high}

    def clean_name(self) -> str:
        """The name; two bikes of a hub are told apart by it."""
        name: str = self.cleaned_data["name"].strip()
        others = Bike.objects.filter(hub=self.instance.hub, name=name).exclude(pk=self.instance.pk)
        if others.exists():
            raise forms.ValidationError(_("Another bike has this name."), code="twice")
        return name

    def save(self, commit: bool = True) -> Bike:
        """Write the bike in grams, millilitres and metres."""
        data = self.cleaned_data
        self.instance.skills = list(together([data["skills"]]))
        self.instance.max_grams = data["kilos"] * 1000
        self.instance.max_millilitres = data["litres"] * 1000
        self.instance.range_metres = data["kilometres"] * 1000 if data["kilometres"] else None
        return super().save(commit)


class ColdForm(forms.Form):
    """How long the hub's cold boxes keep cold, and which they are."""

    cold_minutes = forms.IntegerField(
        label=_("Cold boxes keep cold, in minutes"),
        min_value=10,
        max_value=600,
        widget=forms.NumberInput(attrs=_NUMBER),
        help_text=_("From the hub to the door. What would be longer on the way is neither promised nor planned."),
    )
    cold_from = forms.IntegerField(
        label=_("Cold boxes bear this number or a higher one"),
        min_value=1,
        max_value=9999,
        widget=forms.NumberInput(attrs=_NUMBER),
        help_text=_("So a look at a box says whether it keeps cold."),
    )


class BackForm(forms.Form):
    """When a bike that is out of order rides again, if somebody knows."""

    back_on = DayField(
        label=_("Expected back on"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_(
            "The first day on which it rides. From then on new promises count on it. Leave it empty if nobody knows: "
            "nothing counts on it until it is repaired."
        ),
    )
    out = forms.BooleanField(required=False, widget=forms.HiddenInput)  # it was out of order when the page was shown

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def clean_back_on(self) -> date | None:
        """A day ahead."""
        day: date | None = self.cleaned_data["back_on"]
        if day is not None and day <= self.today:
            raise forms.ValidationError(
                _("Choose a day after today. If it rides again today, say that it is repaired.")
            )
        return day


class ShiftForm(forms.Form):
    """Who rides which bike, from when to when, on a day of the town."""

    bike = forms.ModelChoiceField(label=_("Bike"), queryset=Bike.objects.none(), empty_label=None)
    rider = forms.ModelChoiceField(label=_("Rider"), queryset=Person.objects.none(), empty_label=None)
    start = forms.TimeField(label=_("From"), widget=forms.TimeInput(attrs=_TIME, format="%H:%M"))
    end = forms.TimeField(label=_("Until"), widget=forms.TimeInput(attrs=_TIME, format="%H:%M"))

    rest = forms.TimeField(
        label=_("Break at"),
        required=False,
        widget=forms.TimeInput(attrs=_TIME, format="%H:%M"),
        help_text=_("Leave it empty: if the law asks for a break, it is put between two delivery times."),
    )

    def __init__(self, *args: Any, hub: Hub, day: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.zone, self.day = hub.town.zone, day
        bikes, riders = self.fields["bike"], self.fields["rider"]
        assert isinstance(bikes, forms.ModelChoiceField)
        assert isinstance(riders, forms.ModelChoiceField)
        bikes.queryset = Bike.objects.filter(hub=hub).order_by("name")
        riders.queryset = riders_of(hub.town)

    @property
    def values(self) -> dict[str, Any]:
        """What ``actions.add_shift`` takes."""
        data = self.cleaned_data
        start, rest = data["start"], data["rest"]
        return {
            "bike": data["bike"],
            "rider": data["rider"],
            "starts_at": moment(self.day, start, self.zone),
            "ends_at": moment_after(self.day, start, data["end"], self.zone),
            "break_at": moment_after(self.day, start, rest, self.zone) if rest else None,
        }


def moment_after(day: date, start: time, clock: time, zone: ZoneInfo) -> datetime:
    """When a clock shows ``clock`` after it showed ``start`` on the town's ``day``: at night on the day that follows.

    Half a day at most: what is further away is a slip of the hand, and left on its day to be refused.
    """
    same, begin = moment(day, clock, zone), moment(day, start, zone)
    following = moment(day + timedelta(days=1), clock, zone)
    return following if same < begin and following - begin <= timedelta(hours=12) else same


def riders_of(town: Town) -> Any:
    """People who ride for the town, by name."""
    riders = Role.objects.filter(town=town, kind=Role.Kind.RIDER).values("person_id")
    return Person.objects.filter(pk__in=riders, is_active=True).order_by("name", "email")


class WindowForm(forms.Form):
    """What may be promised: the hours at the door, until when one may order, when goods are due."""

    start = forms.TimeField(label=_("From"), widget=forms.TimeInput(attrs=_TIME, format="%H:%M"))
    end = forms.TimeField(label=_("Until"), widget=forms.TimeInput(attrs=_TIME, format="%H:%M"))
    closes = forms.IntegerField(label=_("Orders close, minutes before"), min_value=0, max_value=2880)
    due = forms.IntegerField(label=_("Goods are due, minutes before"), min_value=0, max_value=2880)
    capacity = forms.IntegerField(label=_("Deliveries at most"), min_value=0, max_value=5000)
    night = forms.BooleanField(
        label=_("In the night after this day"),
        required=False,
        help_text=_("It begins after midnight, with riders whose shift begins on this day."),
    )

    def __init__(self, *args: Any, hub: Hub, day: date, window: Window | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.zone, self.day = hub.town.zone, day
        written = _written(window) if window else {"closes": 120, "due": 60, "capacity": 40}
        self.initial = {**written, **self.initial}

    @property
    def values(self) -> dict[str, Any]:
        """What ``actions.save_window`` takes."""
        data = self.cleaned_data
        day = self.day + timedelta(days=1) if data["night"] else self.day
        starts_at = moment(day, data["start"], self.zone)
        return {
            "starts_at": starts_at,
            "ends_at": moment_after(day, data["start"], data["end"], self.zone),
            "night": data["night"],
            "closes_at": starts_at - timedelta(minutes=data["closes"]),
            "goods_due_at": starts_at - timedelta(minutes=data["due"]),
            "capacity": data["capacity"],
        }


def _written(window: Window) -> dict[str, Any]:
    zone = window.hub.town.zone

    def clock(then: datetime) -> time:
        return then.astimezone(zone).time()

    def minutes(then: datetime) -> int:
        return round((window.starts_at - then).total_seconds() / 60)

    return {
        "start": clock(window.starts_at),
        "end": clock(window.ends_at),
        "closes": minutes(window.closes_at),
        "due": minutes(window.goods_due_at),
        "capacity": window.capacity,
        "night": window.night,
    }
