"""The checkout form: a way for each shop, one window for all bikes, who and where."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from parvis.core.geo import Point
from parvis.market.choices import ShopBasket
from parvis.market.models import Modality, Order
from parvis.market.slots import Slot
from parvis.market.ways import PAYING, WAYS, choice_words
from parvis.towns import addresses
from parvis.towns.forms import no_such_door
from parvis.towns.models import Address, Town

SEVERAL = 8  # addresses offered when the text fits more than one


@dataclass(frozen=True, slots=True)
class WayCard:
    """One radio card: a way in which a shop can serve this basket."""

    modality: Modality
    fee_cents: int
    short_cents: int  # missing to reach the minimum
    checked: bool
    riders: Sequence[str] = ()  # as ``choice_words`` reads them

    @property
    def kind(self) -> str:
        """``bike``, ``collect``…"""
        return self.modality.kind

    @property
    def icon(self) -> str:
        """Its drawing."""
        return WAYS[self.kind].icon

    @property
    def label(self) -> str:
        """What the buyer chooses."""
        return choice_words(self.kind, self.riders)

    @property
    def note(self) -> str:
        """The shop's own words, or how it is paid."""
        return self.modality.note or str(PAYING[self.kind])


def way_name(share: ShopBasket) -> str:
    """The name of the field that holds a shop's way of serving."""
    return f"way-{share.shop.slug}"


class CheckoutForm(forms.Form):
    """Checks what was chosen and typed; ``chosen``, ``window_id`` and ``point`` are ready after ``is_valid``."""

    key = forms.UUIDField(widget=forms.HiddenInput, required=False)
    total = forms.IntegerField(widget=forms.HiddenInput, required=False)  # cents, as the buyer has seen them
    window = forms.ChoiceField(label=gettext_lazy("When the bike comes"), widget=forms.RadioSelect, required=False)
    name = forms.CharField(
        label=gettext_lazy("Name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    email = forms.EmailField(
        label=gettext_lazy("E-mail"),
        help_text=gettext_lazy("For the confirmation, and when something is missing."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    phone = forms.CharField(
        label=gettext_lazy("Telephone"),
        max_length=30,
        required=False,
        help_text=gettext_lazy("The rider calls if nobody opens."),
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel", "inputmode": "tel"}),
    )
    address = forms.CharField(
        label=gettext_lazy("Address"),
        max_length=240,
        help_text=gettext_lazy("Number and street."),
        error_messages={"required": gettext_lazy("Write the address where things are brought.")},
        widget=forms.TextInput(attrs={"autocomplete": "street-address"}),
    )
    address_id = forms.CharField(required=False, max_length=40)
    if_missing = forms.ChoiceField(
        label=gettext_lazy("If something is missing"),
        choices=Order.IfMissing.choices,
        widget=forms.RadioSelect,
        required=False,
        initial=Order.IfMissing.LEAVE,
    )
    note = forms.CharField(
        label=gettext_lazy("For whoever brings it"),
        max_length=300,
        required=False,
        help_text=gettext_lazy("Floor, door code, a neighbour who takes it."),
    )

    voucher = forms.CharField(
        label=gettext_lazy("I have a voucher of the town"),
        max_length=120,
        required=False,
        help_text=gettext_lazy("Its code, such as KMPT-7R4X. A comma between several."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        town: Town,
        shares: Sequence[ShopBasket],
        slots: Sequence[Slot],
        bike_fee_cents: int,
        initial: Mapping[str, Any] | None = None,
        online: bool = False,
    ) -> None:
        self.town, self.shares, self.slots, self.bike_fee_cents = town, shares, slots, bike_fee_cents
        super().__init__(data, initial={"key": uuid4()} | dict(initial or {}))
        self.found: list[Address] = []
        self.point: Point | None = None
        for share in shares:
            self.fields[way_name(share)] = forms.ChoiceField(
                label=share.shop.name,
                choices=[(m.kind, choice_words(m.kind)) for m in share.offered],
                widget=forms.RadioSelect,
                error_messages={
                    "required": _("Choose how you get what %(shop)s prepares.") % {"shop": share.shop.name},
                    "invalid_choice": _("Choose how you get what %(shop)s prepares.") % {"shop": share.shop.name},
                },
            )
            self.initial.setdefault(way_name(share), self._usual(share))
        window = self.fields["window"]
        assert isinstance(window, forms.ChoiceField)
        window.choices = [(str(slot.window.pk), str(slot.window)) for slot in slots]
        window.error_messages["invalid_choice"] = _("This delivery time is closed. Please choose another one.")
        if online:
            self.fields["pay"] = forms.ChoiceField(
                label=_("How you pay"),
                choices=[("online", _("Online, now")), ("spot", _("When I have it"))],
                widget=forms.RadioSelect,
                error_messages={"required": _("Choose how you pay."), "invalid_choice": _("Choose how you pay.")},
            )
            self.initial.setdefault("pay", "online")
        if self.is_bound and not self.to_a_door:
            self.fields["address"].required = False

    @property
    def door(self) -> Address | None:
        """The door on the map that the address typed or proposed names for certain."""
        text = self.value_of("address").strip()
        return addresses.geocode(self.town, text) if text and self.by_bike else None

    def narrow(self, slots: Sequence[Slot]) -> None:
        """Only these windows are left for the door: in the others no bike can be there."""
        window = self.fields["window"]
        assert isinstance(window, forms.ChoiceField)
        window.choices = [(str(slot.window.pk), str(slot.window)) for slot in slots]
        if self.value_of("window") in {str(slot.window.pk) for slot in self.slots}:  # it is there, for other doors
            window.error_messages["invalid_choice"] = _(
                "No bike can be at your door at that time any more. Please choose another one."
            )
        self.slots = slots

    def _usual(self, share: ShopBasket) -> str:
        """The first way offered; the bikes only when one can come after the shop is ready."""
        bikes = any(share.shop.pk not in slot.too_soon_for for slot in self.slots)
        kinds = [m.kind for m in share.offered if m.kind != Modality.Kind.BIKE or bikes]
        return kinds[0] if kinds else ""

    def value_of(self, name: str) -> str:
        """What a field holds now: typed, or proposed."""
        return str(self[name].value() or "")

    @property
    def chosen(self) -> dict[UUID, Modality]:
        """The modality of each shop as chosen now; a shop without a valid choice is left out."""
        by_shop = {}
        for share in self.shares:
            wanted = self.value_of(way_name(share))
            if modality := next((m for m in share.offered if m.kind == wanted), None):
                by_shop[share.shop.pk] = modality
        return by_shop

    def cards(self, share: ShopBasket, riders: Sequence[str] = ()) -> list[WayCard]:
        """The radio cards of one shop; ``riders`` as ``choice_words`` reads them."""
        wanted = self.value_of(way_name(share))
        return [
            WayCard(
                modality=m,
                fee_cents=self.bike_fee_cents if m.kind == Modality.Kind.BIKE else m.fee_cents,
                short_cents=share.short_of(m),
                checked=m.kind == wanted,
                riders=riders,
            )
            for m in share.modalities
        ]

    def kinds(self) -> set[str]:
        """The ways chosen now."""
        return {m.kind for m in self.chosen.values()}

    @property
    def to_a_door(self) -> bool:
        """Whether something is brought or sent."""
        return bool(self.kinds() - {Modality.Kind.COLLECT})

    @property
    def by_bike(self) -> set[UUID]:
        """The shops whose goods come by bike."""
        return {shop for shop, m in self.chosen.items() if m.kind == Modality.Kind.BIKE}

    @property
    def slots_shown(self) -> list[Slot]:
        """The windows for which every bike shop is ready in time."""
        return [slot for slot in self.slots if not self.by_bike & slot.too_soon_for]

    @property
    def slot_id(self) -> str:
        """The window ticked: the one chosen, or the soonest while nothing has been sent."""
        shown = [str(slot.window.pk) for slot in self.slots_shown]
        wanted = self.value_of("window")
        if wanted in shown:
            return wanted
        return shown[0] if shown and not self.is_bound else ""

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("if_missing") == Order.IfMissing.CALL and not data.get("phone", "").strip():
            self.add_error("phone", _("Write a telephone number, so that the shop can call you."))
        if self.by_bike:
            self._clean_window(data)
            self._clean_door(data)
        return data

    def _clean_window(self, data: dict[str, Any]) -> None:
        if "window" in self.errors:
            return
        slot = next((s for s in self.slots if str(s.window.pk) == data.get("window")), None)
        if slot is None:
            self.add_error("window", _("Choose when the bike may come."))
        elif late := [s.shop.name for s in self.shares if s.shop.pk in self.by_bike & slot.too_soon_for]:
            self.add_error(
                "window", _("%(shop)s cannot be ready by then. Choose a later time.") % {"shop": ", ".join(late)}
            )

    def _clean_door(self, data: dict[str, Any]) -> None:
        """A bike needs a door on the map: one address, or a choice among those that fit."""
        text = data.get("address", "")
        if not text:
            return  # said already
        door = addresses.geocode(self.town, text)
        if door is None:
            self.found = addresses.search(self.town, text, limit=SEVERAL)
            door = next((a for a in self.found if str(a.pk) == data.get("address_id")), None)
        if door is not None:
            self.point, data["address"] = door.point, str(door)
        elif self.found:
            self.add_error("address", _("We are not sure which address this is. Choose yours below."))
        else:
            self.add_error("address", no_such_door(self.town))
