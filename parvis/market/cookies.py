"""Which basket is this visitor's: a signed cookie, or the account of somebody signed in.

A basket that belongs to an account is never shown to a visitor who has only its cookie (a shared computer).
"""

from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.db.models import Case, IntegerField, Q, Value, When
from django.http import HttpResponse

from parvis.market.models import Basket, BasketLine, Option
from parvis.market.models.baskets import BasketQuerySet
from parvis.towns.requests import TownRequest

COOKIE = "basket"
DAYS = 30
_PRICE = ("price_cents", "sold_by", "grams", "deposit_cents")  # what the sum of a basket is made of


@dataclass(frozen=True, slots=True)
class Summary:
    """How many things a basket holds, and what they cost in cents."""

    count: int = 0
    cents: int = 0


def _cookie_id(request: TownRequest) -> UUID | None:
    value = request.get_signed_cookie(COOKIE, default=None, salt=request.town.slug, max_age=DAYS * 86_400)
    try:
        return UUID(value) if value else None
    except ValueError:
        return None


def _mine(request: TownRequest) -> BasketQuerySet:
    """At most one basket: the cookie's while it is nobody's, else the account's latest."""
    pk = _cookie_id(request)
    if request.user.is_authenticated:
        mine = Q(person=request.user) | Q(pk=pk, person=None) if pk else Q(person=request.user)
    elif pk:
        mine = Q(pk=pk, person=None)
    else:
        return Basket.objects.none()
    cookie_first = Case(When(pk=pk, then=0), default=1) if pk else Value(1, output_field=IntegerField())
    return Basket.objects.filter(mine, town=request.town).order_by(cookie_first, "-updated_at")[:1]


def my_basket(request: TownRequest) -> Basket | None:
    """The visitor's basket with everything in it, or None; the page's header then asks no more."""
    basket = _mine(request).with_lines().first()
    lines = basket.lines.all() if basket else []
    total = Summary(sum(li.quantity for li in lines), sum(li.cents + li.deposit_cents for li in lines))
    request._basket_summary = total  # type: ignore[attr-defined]
    return basket


def basket_to_fill(request: TownRequest) -> Basket:
    """The visitor's basket, made now if there is none; an account takes over the basket of its cookie."""
    basket = _mine(request).first()
    person = request.user if request.user.is_authenticated else None
    if basket is None:
        basket = Basket.objects.create(town=request.town, person=person)
        request._new_basket = basket.pk  # type: ignore[attr-defined]  # its cookie is still on its way
    if person is not None and basket.person_id is None:
        basket.person = person
        basket.save(update_fields=["person", "updated_at"])
    return basket


def basket_summary(request: TownRequest) -> Summary:
    """What the frame of a page shows of the basket: one query, one more for options, none for a visitor without one."""
    known: Summary | None = getattr(request, "_basket_summary", None)
    if known is None:
        known = _ask_summary(request)
        request._basket_summary = known  # type: ignore[attr-defined]
    return known


def _ask_summary(request: TownRequest) -> Summary:
    new: UUID | None = getattr(request, "_new_basket", None)
    if new is None and COOKIE not in request.COOKIES and not request.user.is_authenticated:
        return Summary()
    found = BasketLine.objects.filter(Q(basket=new) if new else Q(basket__in=_mine(request).values("pk")))
    lines = list(found.select_related("product").only("quantity", "options", *(f"product__{name}" for name in _PRICE)))
    wanted = {option for line in lines for option in line.options}
    more = dict(Option.objects.filter(pk__in=wanted).values_list("pk", "surcharge_cents")) if wanted else {}
    cents = [
        line.product.cents_of(line.quantity, sum(more.get(option, 0) for option in line.options)) + line.deposit_cents
        for line in lines
    ]
    return Summary(sum(line.quantity for line in lines), sum(cents))


def remember(response: HttpResponse, basket: Basket) -> None:
    """Give the visitor the cookie of their basket, for thirty days from now."""
    response.set_signed_cookie(
        COOKIE,
        str(basket.pk),
        salt=basket.town.slug,
        max_age=DAYS * 86_400,
        httponly=True,
        samesite="Lax",
        secure=settings.SECURE,
    )
