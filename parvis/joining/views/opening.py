"""A shop's first hour: what is done, what is next, and each step one question. Left and taken up again at will."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from parvis.core.time import day_of
from parvis.delivery.models import Hub
from parvis.joining import letters
from parvis.joining.access import my_opening
from parvis.joining.actions.opening import note_step, open_if_ready
from parvis.joining.checklist import Kind, State, Way, is_ready, opened, states_of
from parvis.joining.forms.opening import BankForm, WaysForm
from parvis.joining.models import Opening, Rules
from parvis.joining.models.rules import rules_of
from parvis.market.access import my_shop
from parvis.market.actions.shops import set_ways
from parvis.market.directory import speaks_for_place
from parvis.market.fee_words import say_fees
from parvis.market.fees import in_force
from parvis.market.models import Product
from parvis.market.views.merchant.frame import shop_page
from parvis.people.actions import keep_bank_account
from parvis.people.requests import PersonRequest
from parvis.places.actions.entries import check_place
from parvis.places.essentials import essentials_of
from parvis.places.models import Change
from parvis.places.views.hours_parts import answer_hours, hours_context
from parvis.towns.requests import TownRequest

TAB = "opening"


@require_safe
def opening(request: PersonRequest, slug: str) -> HttpResponse:
    """Your shop opens in so many steps: which are done, and the next one as the page's one large button."""
    shop = my_shop(request, slug)
    way = Opening.objects.with_story().filter(shop=shop).first()
    if way is None:  # it did not come this way, or the town has taken it off the market
        return shop_page(request, shop, "joining/opening/not_open.html", TAB)
    states = states_of(way)
    mine = [state for state in states if state.is_for_shop]
    left = [state for state in mine if not state.is_settled]
    context = {
        "opening": way,
        "opened": opened(way),
        "steps": [_step(state, slug) for state in mine],
        "left": len(left),
        "left_required": sum(state.is_required for state in left),
        "next": _step(left[0], slug) if left else None,
        "town_left": [
            state for state in states if not state.is_for_shop and state.is_required and not state.is_settled
        ],
        "by_itself": rules_of(request.town).opens == Rules.Opens.ITSELF,
        "ready": is_ready(states),
    }
    return shop_page(request, way.shop, "joining/opening/overview.html", TAB, context)


@require_http_methods(["GET", "POST"])
@sensitive_post_parameters("iban")
def step(request: PersonRequest, slug: str, key: str) -> HttpResponse:
    """One question. Answered, the next one that is open follows."""
    way = my_opening(request, slug)
    answer, template = _STEPS.get(key, (None, ""))
    state = next((state for state in states_of(way) if state.key == key and state.is_for_shop), None)
    if answer is None or state is None or opened(way) is not None:
        raise Http404
    outcome = answer(request, way)
    if outcome is None:
        return _onward(request, way)
    states = [state for state in states_of(way) if state.is_for_shop]
    number = [state.key for state in states].index(key) + 1
    frame = {"opening": way, "state": state, "number": number, "count": len(states)}
    status = outcome.pop("status", 200)
    return shop_page(request, way.shop, template, TAB, frame | outcome, status=status)


def _onward(request: PersonRequest, way: Opening) -> HttpResponse:
    """To the next open step; to the overview when none is left, or the shop has just opened."""
    if open_if_ready(opening=way, at=timezone.now()):
        messages.success(request, _("%(shop)s is open.") % {"shop": way.shop.name})
        return redirect("opening", way.shop.slug)
    again = my_opening(request, way.shop.slug)
    left = [state for state in states_of(again) if state.is_for_shop and not state.is_settled]
    return redirect("opening-step", way.shop.slug, left[0].key) if left else redirect("opening", way.shop.slug)


def _hours(request: PersonRequest, way: Opening) -> dict[str, Any] | None:
    """The hours that the entry has are right, or the week is written down now."""
    shop, at = way.shop, timezone.now()
    place = shop.place
    if not speaks_for_place(shop):
        return {"taken_over": True, "status": 422 if request.method == "POST" else 200}
    known = bool(place.opening_hours)
    if request.method == "POST" and "right" in request.POST and known:
        check_place(place=place, at=at, checker=Change.Origin.SHOP, by=request.user, way="page")
        return None
    if request.method == "POST":
        outcome = answer_hours(request, place, origin=Change.Origin.SHOP, at=at)
        if outcome.done:
            place.refresh_from_db()
            if place.opening_hours:  # saved as they stood, they are checked too
                check_place(place=place, at=at, checker=Change.Origin.SHOP, by=request.user, way="page")
            return None
        return outcome.context | {"editing": True, "status": outcome.status}
    if request.GET.get("as") == "text":
        return answer_hours(request, place, origin=Change.Origin.SHOP, at=at).context | {"editing": True}
    editing = not known or "change" in request.GET
    return hours_context(place) | {"editing": editing, "essentials": essentials_of(place, at)}


def _ways(request: PersonRequest, way: Opening) -> dict[str, Any] | None:
    """Ticked as shops of the trade usually serve."""
    has_hub = Hub.objects.filter(town=request.town).exists()
    form = WaysForm(way.shop, request.POST if request.method == "POST" else None, has_hub=has_hub)
    if request.method == "POST" and form.is_valid():
        at = timezone.now()
        set_ways(shop=way.shop, ways=form.values(), at=at, by=request.user)
        note_step(opening=way, key="ways", kind=Kind.DONE, way=Way.MERCHANT, at=at, by=request.user)
        return None
    return {"form": form, "status": 422 if form.errors else 200}


def _products(request: PersonRequest, way: Opening) -> dict[str, Any] | None:
    """The market's own pages bring goods in; here is the way to them, and what has come."""
    goods = Product.objects.filter(shop=way.shop)
    if request.method == "POST" and goods.filter(hidden=False).exists():
        return None
    return {
        "goods": goods.count(),
        "first": list(goods.order_by("-created_at")[:3]),
        "add_url": reverse("merchant-product-add", args=[way.shop.slug]),
        "list_url": reverse("merchant-products", args=[way.shop.slug]),
        "status": 422 if request.method == "POST" else 200,
    }


def _bank(request: PersonRequest, way: Opening) -> dict[str, Any] | None:
    """Where sales are paid; what is known is shown masked."""
    organisation = way.shop.organisation
    known = organisation.bank_accounts.filter(replaced_at=None).first()
    initial = {"holder": known.holder if known else organisation.name}
    form = BankForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        at = timezone.now()
        if keep_bank_account(organisation=organisation, at=at, by=request.user, **form.cleaned_data):
            letters.account_changed(way.shop, f"{organisation.pk}:{at:%Y%m%d%H%M%S}", request.user)
        return None
    return {"form": form, "known": known, "status": 422 if form.errors else 200}


def _terms(request: PersonRequest, way: Opening) -> dict[str, Any] | None:
    """The town's words, and one button."""
    if request.method == "POST":
        # What was shown is what is accepted: words that the town has changed since are shown first.
        if request.POST.get("version") == _shown_terms(request)["version"]:
            note_step(opening=way, key="terms", kind=Kind.DONE, way=Way.MERCHANT, at=timezone.now(), by=request.user)
            return None
        return _shown_terms(request) | {"changed": True, "status": 422}
    return _shown_terms(request)


def _shown_terms(request: TownRequest) -> dict[str, Any]:
    rules = rules_of(request.town)
    text = rules.terms.strip() or render_to_string("joining/terms.txt", {"town": request.town})
    held = in_force(request.town, day_of(timezone.now(), request.town.zone))
    fees = say_fees(held, request.town.currency)
    return {"terms": text, "fees": fees, "version": f"{rules.terms_version}{held.mark}"}


type Answer = Callable[[PersonRequest, Opening], dict[str, Any] | None]
_STEPS: dict[str, tuple[Answer, str]] = {
    "hours": (_hours, "joining/opening/hours.html"),
    "ways": (_ways, "joining/opening/ways.html"),
    "products": (_products, "joining/opening/products.html"),
    "bank": (_bank, "joining/opening/bank.html"),
    "terms": (_terms, "joining/opening/terms.html"),
}


def _step(state: State, slug: str) -> dict[str, Any]:
    return {
        "state": state,
        "url": reverse("opening-step", args=[slug, state.key]),
        "question": state.item.question,
        "icon": state.item.icon,
    }
