"""From basket to order on one page, as a guest or signed in."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from parvis.core.errors import Refusal
from parvis.core.time import day_of
from parvis.core.words import say_distance
from parvis.market.actions import Buyer, place_order
from parvis.market.availability import share_promise
from parvis.market.bill import bill_of
from parvis.market.choices import Quote, ShopBasket, quote, shares
from parvis.market.closures import closed_at, notice_of, refusal
from parvis.market.cookies import my_basket
from parvis.market.fees import market_on
from parvis.market.forms.checkout import CheckoutForm, way_name
from parvis.market.models import Market, Modality, Order
from parvis.market.opening import opening_of
from parvis.market.paying.offering import paid_online, provider_of
from parvis.market.paying.words import provider_name
from parvis.market.promises import ShopRules
from parvis.market.rulebook import closures_ahead, rules_of
from parvis.market.slots import Slot, fits_a_bike, one_of_each, reachable, riders, slots_for
from parvis.market.views.payments import begin
from parvis.market.voucher_choices import Applying, look_at, must_not_guess
from parvis.market.when import near_day
from parvis.people.addresses import client_address
from parvis.towns.requests import TownRequest


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def checkout(request: TownRequest) -> HttpResponse:
    """Choose, say who and where, order. ``recalculate`` only shows the page again with new sums."""
    at = timezone.now()
    if placed := _placed(request):  # the same form, sent twice
        return HttpResponseRedirect(_order_address(request, placed))
    found = my_basket(request)
    groups = shares(found) if found else ()
    if found is None or not groups or not all(share.offered for share in groups):
        return redirect("basket")
    market = market_on(request.town, day_of(at, request.town.zone))
    closures = closures_ahead(request.town, at)
    rules = rules_of(request.town, [share.shop for share in groups], at, closures)
    closure = closed_at(at, request.town.zone, closures)
    slots = slots_for(request.town, groups, at, rules, closures)
    carried = fits_a_bike(slots, groups) if slots else True
    paying = _paying(request, groups)
    form = _form(request, groups, slots if carried else [], market, online=bool(paying))
    if form.slots and (door := form.door):
        mine = [share for share in groups if share.shop.pk in form.by_bike]
        form.narrow(reachable(request.town, form.slots, mine, door.point, at))
    elif form.slots:
        form.narrow(one_of_each(form.slots))
    asked = quote(tuple(groups), form.chosen, market)
    applying = _vouchers(request, form, asked, at)
    refused = ""
    if form.is_bound and form.is_valid() and _serve(form, applying):
        try:
            order = _order(request, form, found, at)
        except Refusal as error:
            if placed := _placed(request):
                return HttpResponseRedirect(_order_address(request, placed))
            refused = str(error)
        else:
            if to_pay := begin(request, order):
                return HttpResponseRedirect(to_pay)
            messages.success(
                request,
                _("Your order is with the shops. A mail is on its way to %(email)s.") % {"email": order.email},
            )
            return HttpResponseRedirect(_order_address(request, order))
    riding = riders(request.town, form.slots, at)
    context = {
        "form": form,
        "refused": refused or (refusal(closure) if closure else ""),
        "closed": closure is not None,
        "shops": [_shop(share, form, request, at, rules[share.shop.pk], riding) for share in groups],
        "slots": [_slot(slot, form, at) for slot in form.slots_shown],
        "neighbours": [name for name in riding if name != request.town.name],
        "no_common_time": bool(form.slots) and not form.slots_shown,
        "no_bike_there": bool(slots) and not form.slots,
        "too_heavy": not carried,
        "offers_bike": any(m.kind == Modality.Kind.BIKE for share in groups for m in share.offered),
        "paying": paying,
        "bill": bill_of(asked, applying, request.town.currency),
        "weighed": any(share.weighed for share in groups),
        "market": market,
        "market_notice": notice_of(closures, at, request.town.zone),
        "at": at,
    }
    template = "market/checkout_changed.html" if request.htmx else "market/checkout.html"
    return render(request, template, context)


def _paying(request: TownRequest, groups: Sequence[ShopBasket]) -> dict[str, str] | None:
    """Whether something of the basket can be paid online, and what is paid on the spot all the same."""
    online = paid_online(request.town, [share.shop for share in groups])
    if not online:
        return None
    spot = ", ".join(share.shop.name for share in groups if share.shop.pk not in online)
    return {"provider": provider_name(provider_of(request.town)), "spot": spot}


def _placed(request: TownRequest) -> Order | None:
    """The order that this very form has already made."""
    key = request.POST.get("key", "").strip()
    return Order.objects.filter(town=request.town, key=key).first() if key else None


def _order_address(request: TownRequest, order: Order) -> str:
    address = reverse("order", args=[order.code])
    mine = request.user.is_authenticated and order.person_id == request.user.pk
    return address if mine else f"{address}?key={order.secret}"


def _form(
    request: TownRequest, groups: Sequence[ShopBasket], slots: Sequence[Slot], market: Market, *, online: bool
) -> CheckoutForm:
    settings: dict[str, Any] = {
        "town": request.town,
        "shares": groups,
        "slots": slots,
        "bike_fee_cents": market.bike_fee_cents,
        "online": online,
    }
    if request.method == "POST" and "recalculate" not in request.POST:
        return CheckoutForm(request.POST, **settings)
    if request.method == "POST":  # what was typed is shown again, unchecked
        return CheckoutForm(initial=request.POST.dict(), **settings)
    person = request.user if request.user.is_authenticated else None
    known = {"name": person.name, "email": person.email, "phone": person.phone} if person else {}
    if person and (last := Order.objects.filter(town=request.town, person=person).exclude(address="").first()):
        known["address"] = last.address
    return CheckoutForm(initial=known, **settings)


def _order(request: TownRequest, form: CheckoutForm, found: Any, at: datetime) -> Order:
    data = form.cleaned_data
    to_a_door = form.to_a_door
    buyer = Buyer(
        name=data["name"],
        email=data["email"],
        phone=data["phone"],
        language=(get_language() or request.town.default_language)[:2],
        address=data["address"] if to_a_door else "",
        point=form.point,
        note=data["note"] if to_a_door else "",
        if_missing=data["if_missing"] or Order.IfMissing.LEAVE,
        person=request.user if request.user.is_authenticated else None,
    )
    window = next((s.window.pk for s in form.slots if str(s.window.pk) == data["window"]), None)
    key = str(data["key"] or form.initial["key"])
    return place_order(
        town=request.town,
        basket=found,
        buyer=buyer,
        chosen=form.chosen,
        window_id=window,
        key=key,
        at=at,
        expected_cents=data["total"],
        pay_online=data.get("pay") == "online",
        vouchers=data["voucher"],
    )


def _shop(
    share: ShopBasket,
    form: CheckoutForm,
    request: TownRequest,
    at: datetime,
    rules: ShopRules,
    riding: Sequence[str],
) -> dict[str, Any]:
    """One shop's ways to serve with what it promises by its own rules, or why it cannot."""
    found, refused = None, ""
    try:
        found = share_promise(rules, share, at)
    except Refusal as error:
        refused = str(error)
    return {
        "share": share,
        "field": form[way_name(share)],
        "cards": form.cards(share, riding),
        "opening": opening_of(share.shop.place, request.town, at),
        "promise": found,
        "promise_words": found.words(at) if found else "",
        "cannot": refused,
        "place": found.turn.cycle.place if found and found.turn else "",
    }


def _slot(slot: Slot, form: CheckoutForm, at: datetime) -> dict[str, Any]:
    window = slot.window
    return {
        "value": window.pk,
        "day": near_day(window.starts_at, at),
        "starts_at": window.starts_at,
        "ends_at": window.ends_at,
        "checked": form.slot_id == str(window.pk),
        "few": slot.few,
        "places_left": slot.places_left,
        "greener": slot.greener,
        "more_way": say_distance(slot.metres or 0),
        "on_the_way": slot.on_the_way,
    }


def _vouchers(request: TownRequest, form: CheckoutForm, asked: Quote, at: datetime) -> Applying:
    """What the codes typed pay now. Who tries many wrong ones is told to wait, and told nothing about more codes."""
    text, town = form.value_of("voucher"), request.town
    if not text.strip():
        return Applying()
    who, hour = client_address(request), f"{at:%Y-%m-%d %H}"
    try:
        must_not_guess(town, who, hour, wrong=0)
        email, day = form.value_of("email"), day_of(at, town.zone)
        found = look_at(town, text, asked.goods, email=email, day=day)
        must_not_guess(town, who, hour, wrong=found.unknown)
    except Refusal as refusal:
        return Applying(refusals=(str(refusal),))
    return found


def _serve(form: CheckoutForm, applying: Applying) -> bool:
    """Whether all vouchers serve; what does not is said at its field."""
    for sentence in applying.refusals:
        form.add_error("voucher", sentence)
    return not applying.refusals
