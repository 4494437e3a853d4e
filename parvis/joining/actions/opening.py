"""From the town's yes to the first day: the shop is made, its steps are noted, it opens.

Locks: the place, then the opening (``docs/locking.md``).
"""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from parvis.core import audit
from parvis.core.errors import Refusal
from parvis.core.text import fold
from parvis.delivery.models import Hub
from parvis.joining import letters
from parvis.joining.checklist import SEEN, Kind, Way, is_ready, items_of, opened, states_of
from parvis.joining.defaults import USUAL_POST_CENTS, minutes_of, ways_of
from parvis.joining.models import Opening, Preregistration, Rules, StepEvent
from parvis.joining.models.rules import rules_of
from parvis.market.actions.shops import put_on_market
from parvis.market.defaults import usual_vat
from parvis.market.models import Modality, Shop
from parvis.people.models import Organisation, Person, Role
from parvis.places.models import Place
from parvis.towns.addresses import geocode
from parvis.towns.models import Town


@dataclass(frozen=True, slots=True)
class NewShop:
    """What must be known to make a shop: its name and trade, its entry or its address, its business."""

    name: str
    trade: str
    place: Place | None = None
    address: str = ""
    registration_number: str = ""
    email: str = ""
    phone: str = ""


@transaction.atomic
def make_shop(
    *, town: Town, new: NewShop, at: datetime, by: Person | None, preregistration: Preregistration | None = None
) -> Opening:
    """Organisation, entry, shop and usual ways to serve; residents see none of it before it opens.

    Raises Refusal where the entry sells already, where another business looks after it, or without an address.
    """
    place = _place(town, new, at)
    organisation = _organisation(place, new)
    if place.organisation_id is None:
        Place.objects.filter(pk=place.pk).update(organisation=organisation)
        place.organisation = organisation
    shop = Shop.objects.create(
        town=town,
        organisation=organisation,
        place=place,
        slug=_free_slug(Shop, town, new.name),
        name=new.name,
        trade=new.trade,
        preparation_minutes=minutes_of(new.trade),
        is_open=False,
    )
    vat = usual_vat("other", town.country)
    has_hub = Hub.objects.filter(town=town).exists()
    Modality.objects.bulk_create(
        Modality(
            town=town,
            shop=shop,
            kind=kind,
            active=active,
            fee_cents=USUAL_POST_CENTS if kind == Modality.Kind.POST else 0,
            fee_vat_bp=vat,
        )
        for kind, active in ways_of(new.trade, has_hub=has_hub).items()
    )
    opening = Opening.objects.create(town=town, shop=shop, preregistration=preregistration, at=at, by=by)
    audit.record("shop.made", shop, at=at, town_id=town.pk, actor=by, place=str(place.pk), trade=new.trade)
    return opening


@transaction.atomic
def note_step(
    *, opening: Opening, key: str, kind: str, way: str, at: datetime, by: Person, note: str = ""
) -> StepEvent:
    """An item is done, taken back or waived. Raises Refusal for what is not on the list, or waived without why."""
    opening = _locked(opening)
    known = {item.key: standing for item, standing in items_of(opening.town)}
    if known.get(key, "off") == "off":
        raise Refusal(_("This town does not ask for that."))
    note = " ".join(note.split())[:240]
    if kind == Kind.WAIVED and not note:
        raise Refusal(_("Say why the shop may open without it."))
    if kind == Kind.DONE and key in SEEN:
        raise Refusal(_("This shows by itself as soon as it is there."))
    event = StepEvent.objects.create(
        town_id=opening.town_id,
        opening=opening,
        key=key,
        kind=kind,
        way=way,
        at=at,
        by=by,
        note=note,
        version=rules_of(opening.town).terms_version if key == "terms" else "",
    )
    audit.record("opening.step", opening, at=at, town_id=opening.town_id, actor=by, key=key, kind=kind)
    return event


@transaction.atomic
def open_shop(*, opening: Opening, at: datetime, by: Person | None) -> None:
    """Residents see the shop from now on, and its people are told. ``by`` None is the town's rule.

    Raises Refusal while something that is required is missing.
    """
    opening = _locked(opening)
    if opened(opening) is not None:
        raise Refusal(_("The shop is open already."))
    missing = [state for state in states_of(opening) if state.is_required and not state.is_settled]
    if missing:
        names = ", ".join(str(state.item.label) for state in missing)
        raise Refusal(_("Still to do: %(what)s.") % {"what": names})
    way = Way.ITSELF if by is None else Way.AGENT
    StepEvent.objects.create(town_id=opening.town_id, opening=opening, kind=Kind.OPENED, way=way, at=at, by=by)
    put_on_market(shop=opening.shop, at=at, by=by)
    letters.shop_opened(opening)


def open_if_ready(*, opening: Opening, at: datetime) -> bool:
    """Where the town lets shops open by themselves, and nothing required is missing: open it."""
    if rules_of(opening.town).opens != Rules.Opens.ITSELF:
        return False
    opening = Opening.objects.with_story().get(pk=opening.pk)
    if opened(opening) is not None or not is_ready(states_of(opening)) or not _has_people(opening):
        return False
    try:
        open_shop(opening=opening, at=at, by=None)
    except Refusal:  # another hand was quicker
        return False
    return True


def open_all_that_are_ready(at: datetime) -> int:
    """For what was done on other pages (goods, the entry): every shop whose town lets it open. How many did."""
    towns = Rules.objects.filter(opens=Rules.Opens.ITSELF).select_related("town")
    return sum(
        open_if_ready(opening=opening, at=at)
        for rules in towns
        for opening in Opening.objects.under_way(rules.town).select_related("town")
    )


def _has_people(opening: Opening) -> bool:
    """Whether anybody could answer an order."""
    return Role.objects.filter(organisation=opening.shop.organisation_id, kind=Role.Kind.MERCHANT).exists()


def _locked(opening: Opening) -> Opening:
    Opening.objects.select_for_update(of=("self",)).get(pk=opening.pk)
    return Opening.objects.with_story().get(pk=opening.pk)


def _place(town: Town, new: NewShop, at: datetime) -> Place:
    if new.place is not None:
        place = (
            Place.objects.select_for_update(of=("self",)).select_related("town", "organisation").get(pk=new.place.pk)
        )
        if place.gone_on is not None:
            raise Refusal(_("This place has closed for good."))
        if Shop.objects.filter(place=place).exists():
            raise Refusal(_("This entry has a shop on the market already."))
        return place
    door = geocode(town, new.address) if new.address else None
    if door is None:
        raise Refusal(_("Choose an entry of the directory, or write an address that the town knows."))
    place = Place.objects.create(
        town=town,
        slug=_free_slug(Place, town, new.name),
        name=new.name,
        category=new.trade,
        address=str(door),
        lon=door.lon,
        lat=door.lat,
        phone=new.phone,
    )
    audit.record("place.made", place, at=at, town_id=town.pk)
    return place


def _organisation(place: Place, new: NewShop) -> Organisation:
    """The business of the entry, or of the number; else a new one."""
    number, holder = new.registration_number, place.organisation
    if holder is not None:
        if number and holder.registration_number and holder.registration_number != number:
            raise Refusal(_("Another business looks after this entry: its number is not the same."))
        return holder
    if number:
        known = Organisation.objects.filter(town=place.town_id, registration_number=number).order_by("pk").first()
        if known is not None:
            return known
    return Organisation.objects.create(
        town_id=place.town_id, name=new.name, registration_number=number, email=new.email, phone=new.phone
    )


def _free_slug(model: type[Shop] | type[Place], town: Town, name: str) -> str:
    base = slugify(fold(name))[:70] or "shop"
    rows = model.objects.filter(town=town, slug__startswith=base)
    taken = {"town", *rows.values_list("slug", flat=True)}  # ``till:town`` and ``vat:town`` are the town's own accounts
    return next(slug for n in range(1, len(taken) + 2) if (slug := base if n == 1 else f"{base}-{n}") not in taken)
