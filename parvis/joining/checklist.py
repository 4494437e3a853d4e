"""What must be done before a shop opens: the items, what a town makes of them, and where a shop stands.

An item is done because somebody said so (with who, when and how), or because it can be seen: a product on sale, a bank
account, hours that the shop has checked. Nothing of it is stored twice.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Min, Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from parvis.joining.models import Opening, Requirement, StepEvent
from parvis.joining.models.rules import rules_of
from parvis.market.models import Modality, Product
from parvis.people.models import BankAccount
from parvis.places.models import Check, Place
from parvis.towns.models import Town

Kind, Way, Standing = StepEvent.Kind, StepEvent.Way, Requirement.Standing


@dataclass(frozen=True, slots=True)
class Item:
    """A line of the checklist: what the town reads, what the shop is asked (empty: the town does it), its icon."""

    key: str
    label: Promise | str
    question: Promise | str = ""
    icon: str = "check"
    standing: str = Standing.REQUIRED


ITEMS: dict[str, Item] = {
    item.key: item
    for item in (
        Item("identity", _("Who runs the shop is known to the town"), icon="user-check"),
        Item("hours", _("Opening hours checked"), _("When are you open?"), "clock"),
        Item("ways", _("Ways to serve chosen"), _("How do buyers get what they ordered?"), "bike"),
        Item("products", _("First goods on sale"), _("What do you sell?"), "shopping-basket"),
        Item("bank", _("Bank account known"), _("Where may we pay you?"), "landmark"),
        Item("terms", _("Terms accepted"), _("Do you agree to the terms?"), "file-check"),
    )
}
SEEN = frozenset({"products", "bank"})  # nobody can say that they are done: they are there or not


@dataclass(frozen=True, slots=True)
class State:
    """An item of one shop: done or waived, how, by whom and when."""

    item: Item
    standing: str
    done: bool = False
    waived: bool = False
    way: str = ""
    by: str = ""
    at: datetime | None = None
    note: str = ""

    @property
    def key(self) -> str:
        """Its name in addresses."""
        return self.item.key

    @property
    def is_required(self) -> bool:
        """Whether the shop cannot open without it."""
        return self.standing == Standing.REQUIRED

    @property
    def is_settled(self) -> bool:
        """Whether nothing is left to do for it."""
        return self.done or self.waived

    @property
    def is_for_shop(self) -> bool:
        """Whether the shop itself is asked."""
        return bool(self.item.question)


@dataclass(frozen=True, slots=True)
class Seen:
    """What the data of a shop shows."""

    products: int
    first_product_at: datetime | None
    ways: int
    account: BankAccount | None
    hours_check: Check | None


def items_of(town: Town) -> list[tuple[Item, str]]:
    """The town's list: each item with required, optional or off; its own items come last."""
    said = {row.key: row for row in Requirement.objects.filter(town=town)}
    found = [(item, said[key].standing if key in said else item.standing) for key, item in ITEMS.items()]
    return found + [(Item(row.key, row.label), row.standing) for row in said.values() if row.key not in ITEMS]


def states_of(opening: Opening, items: Iterable[tuple[Item, str]] | None = None) -> list[State]:
    """Where the shop stands, in the order of the list, without what the town does not ask."""
    items = items_of(opening.town) if items is None else items
    last: dict[str, StepEvent] = {event.key: event for event in opening.steps.all() if event.kind != Kind.OPENED}
    taken_back = last["hours"].at if "hours" in last and last["hours"].kind == Kind.UNDONE else opening.at
    seen = look_at(opening, hours_since=max(taken_back, opening.at))
    version = rules_of(opening.town).terms_version
    return [_state(item, standing, last.get(item.key), seen, version) for item, standing in items if standing != "off"]


def is_ready(states: Iterable[State]) -> bool:
    """Whether everything that is required is done or waived."""
    return all(state.is_settled for state in states if state.is_required)


def opened(opening: Opening) -> StepEvent | None:
    """When and by whom it was opened; None before."""
    return next((event for event in opening.steps.all() if event.kind == Kind.OPENED), None)


def look_at(opening: Opening, *, hours_since: datetime) -> Seen:
    """What can be seen of the shop: goods, ways, account, hours that its people have checked since a moment."""
    shop = opening.shop
    goods = Product.objects.filter(shop=shop, hidden=False).aggregate(count=Count("pk"), first=Min("created_at"))
    ways = Modality.objects.filter(shop=shop).aggregate(count=Count("pk", filter=Q(active=True)))
    account = BankAccount.objects.filter(organisation=shop.organisation_id, replaced_at=None).select_related("by")
    check = None
    if shop.place.opening_hours or shop.place.hours_text:
        checks = Check.objects.filter(place=shop.place_id, checker=Place.Checker.SHOP, at__gte=hours_since)
        check = checks.select_related("by").order_by("at").first()
    return Seen(goods["count"], goods["first"], ways["count"], account.first(), check)


def _state(item: Item, standing: str, event: StepEvent | None, seen: Seen, version: str) -> State:
    if event is not None and event.kind == Kind.WAIVED:
        by = str(event.by or "")
        return State(item, standing, waived=True, way=event.way, by=by, at=event.at, note=event.note)
    if item.key == "products" and seen.products:
        return State(item, standing, done=True, way=Way.ITSELF, at=seen.first_product_at)
    if item.key == "bank" and seen.account is not None:
        account = seen.account
        return State(
            item, standing, done=True, way=Way.MERCHANT, by=str(account.by or ""), at=account.at, note=str(account)
        )
    said = event is not None and event.kind == Kind.DONE and _still_holds(item.key, event, seen, version)
    if said and event is not None:
        by = str(event.by or "")
        return State(item, standing, done=True, way=event.way, by=by, at=event.at, note=event.note)
    if item.key == "hours" and seen.hours_check is not None:
        check = seen.hours_check
        return State(item, standing, done=True, way=Way.MERCHANT, by=str(check.by or ""), at=check.at)
    return State(item, standing)


def _still_holds(key: str, event: StepEvent, seen: Seen, version: str) -> bool:
    """Said once is enough, unless what it was about has changed since."""
    if key in SEEN:
        return False
    if key == "ways":
        return seen.ways > 0
    if key == "terms":
        return event.version == version
    return True
