"""An order as its buyer follows it, by account or by the key of the mail's link."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from parvis.core.errors import Refusal
from parvis.core.money import format_money
from parvis.core.time import day_of
from parvis.core.words import say_day
from parvis.delivery.following import Following
from parvis.market.access import order_for, part_of
from parvis.market.actions import cancel_part
from parvis.market.amounts_due import ordered, owed
from parvis.market.asking import question_of
from parvis.market.changing import also_times
from parvis.market.models import Document, Modality, Order, Withdrawal
from parvis.market.paper_pdf import title_of
from parvis.market.paying.words import paying_of
from parvis.market.returning import TONES, returns_of, state_words
from parvis.market.story import collect_words, promise, stories
from parvis.market.ways import WAYS, way_words
from parvis.market.when import near_day, near_moment
from parvis.people.requests import PersonRequest
from parvis.towns.requests import TownRequest

PER_PAGE = 20


@require_safe
@never_cache
def orders(request: PersonRequest) -> HttpResponse:
    """My orders in this town, the newest first."""
    at = timezone.now()
    mine = Order.objects.filter(town=request.town, person=request.user).with_story()
    page = Paginator(mine, PER_PAGE).get_page(request.GET.get("page"))
    rows = [_row(order, at) for order in page]
    return private(render(request, "market/orders.html", {"page": page, "rows": rows, "at": at}))


def _row(found: Order, at: datetime) -> dict[str, Any]:
    """An order in a list: when, from whom, and the part that is furthest behind."""
    told = stories(found, at)
    open_parts = [story for story in told if not story.is_over]
    shown = min(open_parts, key=lambda story: story.progress) if open_parts else None
    return {
        "title": _("Order %(code)s, %(day)s") % {"code": found.code, "day": near_moment(found.placed_at, at)},
        "href": reverse("order", args=[found.code]),
        "text": ", ".join(story.part.shop.name for story in told),
        "chip": shown.headline if shown else _("Done"),
        "tone": shown.tone if shown else "over",
        "total": owed(found),
    }


@login_not_required
@require_safe
@never_cache
def order(request: TownRequest, code: str) -> HttpResponse:
    """Where each part stands; the page asks again by itself until everything is over."""
    found = order_for(request, code)
    context = _context(request, found, timezone.now())
    template = "market/order.html#live" if request.htmx else "market/order.html"
    return private(render(request, template, context))


@login_not_required
@require_safe
@never_cache
def receipt(request: TownRequest, code: str) -> HttpResponse:
    """The order on one sheet, to print or keep."""
    found = order_for(request, code)
    context = _context(request, found, timezone.now())
    return private(render(request, "market/receipt.html", context | {"back_url": context["here"]}))


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def cancel(request: TownRequest, code: str, pk: UUID) -> HttpResponse:
    """Ask, then cancel one shop's part before that shop starts."""
    found = order_for(request, code)
    part = part_of(found, pk)
    back = order_address(request, "order", found)
    if request.method == "POST":
        by = request.user if request.user.is_authenticated else None
        try:
            cancel_part(part=part, at=timezone.now(), by=by)
        except Refusal as error:
            messages.warning(request, str(error))
        else:
            messages.success(request, _("%(shop)s is told that you cancelled.") % {"shop": part.shop.name})
        return HttpResponseRedirect(back)
    here = order_address(request, "order-cancel", found, pk)
    return private(render(request, "market/cancel.html", {"part": part, "here": here, "back": back}))


def _context(request: TownRequest, found: Order, at: datetime) -> dict[str, Any]:
    told, due = stories(found, at), owed(found)
    by_bike = found.delivery if found.delivery and found.delivery.cancelled_at is None else None
    coming = any(story.part.kind == Modality.Kind.BIKE and not story.is_over for story in told)
    following = Following.load(by_bike, request.town, at) if by_bike and coming else None
    paying = paying_of(found, at)
    return {
        "order": found,
        "stories": [
            {
                "story": story,
                "way": WAYS[story.part.kind],
                "choice": way_words(story.part),
                "collect_words": collect_words(story.part, at),
                "cancel_url": order_address(request, "order-cancel", found, story.part.pk),
                "returns": returns_of(story.part, story.part.withdrawals.all(), town=request.town, at=at),
                "withdraw_url": order_address(request, "order-withdraw", found, story.part.pk),
                "cases": [_case(case, request.town.currency) for case in story.part.withdrawals.all()],
            }
            for story in told
        ],
        "promise": promise(found, at),
        "expected": None if following is None else following.arrives,
        "called_off": following is not None and following.called_off,
        "follow_url": order_address(request, "order-follow", found) if by_bike else "",
        **(_times(request, found, at) if following and not (paying and paying.can_pay) else {}),
        "over": all(story.is_over for story in told),
        "at_the_counter": all(story.is_over or story.waits_for_its_buyer for story in told),
        "now": due,
        "bike_fee_cents": due.bike_fee_cents,
        "ordered": ordered(found),
        "paying": paying,
        "pay_url": order_address(request, "order-pay", found),
        "here": order_address(request, "order", found),
        "receipt_url": order_address(request, "order-receipt", found),
        "messages_url": order_address(request, "order-messages", found),
        "forget_url": order_address(request, "order-forget", found),
        "documents": [
            {
                "title": title_of(paper),
                "href": order_address(request, "order-document", found, paper.pk),
                "text": paper.content["issuer"]["name"],
                "meta": format_money(paper.gross_cents, request.town.currency),
            }
            for paper in Document.objects.filter(order=found).in_order()
        ],
        "at": at,
    }


def _times(request: TownRequest, found: Order, at: datetime) -> dict[str, Any]:
    """Another time that is asked of the buyer, else one that suits as well."""
    asked = question(request, found, at)
    return asked if asked["question"] else second_time(request, found, at, back="order")


def question(request: TownRequest, found: Order, at: datetime) -> dict[str, Any]:
    """What ``market/question.html`` draws."""
    return {
        "question": question_of(found, request.town, at),
        "change_url": order_address(request, "order-change", found),
        "keep_url": order_address(request, "order-keep", found),
    }


def second_time(request: TownRequest, found: Order, at: datetime, *, back: str) -> dict[str, Any]:
    """What ``market/second_time.html`` draws; ``back`` names the page that is shown after a choice."""
    first = found.delivery and day_of(found.delivery.window.starts_at, request.town.zone)
    return {
        "also_times": [  # one of the night is said with its day, beside a time of the evening
            (window, "" if day_of(window.starts_at, request.town.zone) == first else near_day(window.starts_at, at))
            for window in also_times(found, request.town, at)
        ],
        "also_chosen": found.delivery and found.delivery.also_id,
        "also_url": order_address(request, "order-also", found),
        "also_back": back,
    }


def _case(case: Withdrawal, currency: str) -> dict[str, Any]:
    """A case as its buyer reads it."""
    refunded, refused = case.last("refunded"), case.last("refused")
    goods = ", ".join(f"{row.quantity} × {row.line.name}" for row in case.lines.all())
    return {
        "text": _("You withdrew %(day)s: %(goods)s") % {"day": say_day(case.asked_at), "goods": goods},
        "state": state_words(case),
        "tone": TONES[case.state],
        "note": refused.reason if refused else format_money(refunded.cents, currency) if refunded else "",
    }


def order_address(request: TownRequest, name: str, found: Order, *args: Any) -> str:
    """An address of this order that keeps the guest's key."""
    address = reverse(name, args=[found.code, *args])
    key = request.GET.get("key") or request.POST.get("key")
    return f"{address}?key={found.secret}" if key else address


def private(response: HttpResponse) -> HttpResponse:
    """A page that search engines must not keep."""
    response["X-Robots-Tag"] = "noindex"
    return response
