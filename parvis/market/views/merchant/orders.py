"""What must I prepare? Today's orders of a shop, and one order from answer to hand-over."""

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST, require_safe

from parvis.core.errors import Refusal
from parvis.core.offline import works_offline
from parvis.core.taps import Tap, tap_of
from parvis.delivery.chain import held_since, holder
from parvis.market.access import my_part, my_shop, my_shops
from parvis.market.actions import accept_part, finish_part, prepare_part, refuse_part, send_part
from parvis.market.asking import asked_by
from parvis.market.fee_words import receiving
from parvis.market.forms.merchant import AskForm, RefuseForm
from parvis.market.forms.preparing import PrepareForm
from parvis.market.labels import labels_of, labels_pdf
from parvis.market.models import Modality, Order, Part, Shop
from parvis.market.pickups import rider_comes
from parvis.market.states import PartState
from parvis.market.story import told_lines
from parvis.market.views.merchant.frame import shop_page
from parvis.market.worklist import Job, board_of, current_parts, job_of, several_hubs
from parvis.people.access import organisations_of
from parvis.people.requests import PersonRequest

IF_MISSING = {
    "replace": gettext_lazy("Something missing? You may replace it by something alike, never dearer."),
    "leave": gettext_lazy("Something missing? The buyer goes without it."),
    "call": gettext_lazy("Something missing? The buyer wants to be called."),
}
_PACKED = {
    PartState.READY,
    PartState.SENT,
    PartState.AT_HUB,
    PartState.ON_THE_WAY,
    PartState.FAILED,
    PartState.DONE,
}


@require_safe
def entry(request: PersonRequest) -> HttpResponse:
    """Straight to the only shop, or choose; who only stands in the directory is led to their entries."""
    shops = my_shops(request)
    if not shops:
        if not organisations_of(request).exists():
            raise Http404
        return redirect("my-places")
    if len(shops) == 1:
        return redirect("merchant-orders", shops[0].slug)
    return render(request, "market/merchant/choose.html", {"shops": shops})


@require_safe
@works_offline
def orders(request: PersonRequest, slug: str) -> HttpResponse:
    """Today's orders, most urgent first; asked again every 20 seconds for its list alone."""
    shop = my_shop(request, slug)
    at = timezone.now()
    board = board_of(current_parts(shop, at), at, several_hubs=several_hubs(request.town, at))
    part = "#board" if request.htmx and not request.htmx.boosted else ""
    context = {"board": board, "at": at, "fragment": bool(part), **_offline()}
    return shop_page(request, shop, f"market/merchant/orders.html{part}", "orders", context, waiting=board.waiting)


@require_safe
@works_offline
def order(request: PersonRequest, slug: str, pk: UUID) -> HttpResponse:
    """One order: what goes into the bag, then what happens to the bag."""
    shop = my_shop(request, slug)
    part = my_part(request, shop, pk)
    form = PrepareForm(part)
    if part.state in {PartState.PLACED, PartState.ACCEPTED}:
        form.offer()
    return _order_page(request, shop, part, form)


def _order_page(
    request: PersonRequest, shop: Shop, part: Part, form: PrepareForm, status: int = 200, refusal: str = ""
) -> HttpResponse:
    job = job_of(part, timezone.now())
    ended = part.last("refused") or part.last("cancelled")
    to_pack = job.state in {PartState.PLACED, PartState.ACCEPTED}
    context = {
        **_offline(),
        "job": job,
        "part": part,
        "order": part.order,
        "form": form,
        "refusal": refusal,
        "to_pack": to_pack,
        "asked": asked_by(part),
        "ask": AskForm(auto_id="ask-%s") if to_pack and part.kind == Modality.Kind.BIKE else None,
        "labels": job.state in _PACKED,
        "total": part.total,
        "lines": told_lines(part),
        "if_missing": IF_MISSING[part.order.if_missing],
        "voucher_cents": part.voucher_cents,
        "to_take": part.total.cents - part.voucher_cents,
        "reason": ended.reason if ended else "",
        "rider_comes": rider_comes(part) if part.kind == Modality.Kind.BIKE else None,
        "lost": [(bag, holder(bag), held_since(bag)) for bag in job.bags] if job.state == PartState.LOST else [],
        **_receiving(part),
    }
    return shop_page(request, shop, "market/merchant/order.html", "orders", context, status=status)


def _receiving(part: Part) -> dict[str, object]:
    """What the shop receives in the end, where the town takes something of it."""
    if not part.commission_bp and not part.order.bike_shops_cents:
        return {}
    order = Order.objects.with_story().select_related("town").get(pk=part.order_id)
    mine = next(found for found in order.parts.all() if found.pk == part.pk)
    steps, cents = receiving(order, mine)
    return {"receiving": steps, "received_cents": cents, "open_steps": not mine.state.is_over}


def _offline() -> dict[str, str]:
    """What a page needs to work without a network."""
    return {"offline_worker": reverse("merchant-worker")}


def _back(request: HttpRequest, slug: str, pk: UUID) -> HttpResponse:
    """To the order's page when the button stood there, else to the list."""
    if request.POST.get("from") == "order":
        return redirect("merchant-order", slug, pk)
    return redirect("merchant-orders", slug)


def _step(
    request: PersonRequest,
    slug: str,
    pk: UUID,
    verb: Callable[..., None],
    reached: set[PartState],
    done: str,
) -> HttpResponse:
    """Do ``verb`` on one's own part; a second tap on a button that has already worked changes nothing."""
    shop = my_shop(request, slug)
    part = my_part(request, shop, pk)
    if part.state not in reached:
        try:
            verb(part=part, at=timezone.now(), by=request.user, tap=tap_of(request.POST))
            messages.success(request, done % {"code": part.order.code})
        except Refusal as refusal:
            messages.error(request, str(refusal))
    return _back(request, slug, pk)


@require_POST
@works_offline
def accept(request: PersonRequest, slug: str, pk: UUID) -> HttpResponse:
    """The shop says yes."""
    done = _("Order %(code)s is accepted. The buyer is told.")
    return _step(request, slug, pk, accept_part, _PACKED | {PartState.ACCEPTED}, done)


@require_POST
@works_offline
def send(request: PersonRequest, slug: str, pk: UUID) -> HttpResponse:
    """The shop's courier or the postman has it."""
    done = _("Order %(code)s has left. The buyer is told.")
    return _step(request, slug, pk, send_part, {PartState.SENT, PartState.DONE}, done)


@require_POST
@works_offline
def finish(request: PersonRequest, slug: str, pk: UUID) -> HttpResponse:
    """Handed over, and paid to the shop."""
    return _step(request, slug, pk, finish_part, {PartState.DONE}, _("Order %(code)s is handed over and paid."))


def refuse(request: PersonRequest, slug: str, pk: UUID) -> HttpResponse:
    """Say no, and why; what was chosen and typed is kept when something is missing."""
    shop = my_shop(request, slug)
    part = my_part(request, shop, pk)
    form = RefuseForm(request.POST or None)
    if part.state == PartState.REFUSED:
        return redirect("merchant-order", slug, pk)
    if request.method == "POST" and form.is_valid():
        try:
            reason = form.reason(part.order.language)
            refuse_part(part=part, reason=reason, at=timezone.now(), by=request.user)
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(
                request, _("Order %(code)s is refused. The buyer is told why.") % {"code": part.order.code}
            )
            return redirect("merchant-orders", slug)
    status = 422 if form.errors else 200
    context = {"form": form, "job": job_of(part, timezone.now())}
    return shop_page(request, shop, "market/merchant/refuse.html", "orders", context, status=status)


@require_POST
@works_offline
def ready(request: PersonRequest, slug: str, pk: UUID) -> HttpResponse:
    """The bag is packed: with everything, or with the quantities given."""
    shop = my_shop(request, slug)
    part = my_part(request, shop, pk)
    tap = tap_of(request.POST)
    if _is_packed(request, part, tap):
        return redirect("merchant-order", slug, pk)
    form = PrepareForm(part, request.POST)
    form.offer()
    if not form.is_valid():
        return _order_page(request, shop, part, form, status=422)
    try:
        prepare_part(
            part=part,
            quantities=form.quantities(),
            grams=form.grams(),
            substitutes=form.substitutes(),
            at=timezone.now(),
            by=request.user,
            tap=tap,
        )
    except Refusal as refusal:
        part = my_part(request, shop, pk)
        if _is_packed(request, part, tap):  # by the same tap, a moment ago
            return redirect("merchant-order", slug, pk)
        return _order_page(request, shop, part, form, status=422, refusal=str(refusal))
    messages.success(request, _("Order %(code)s is ready. The buyer is told.") % {"code": part.order.code})
    return redirect("merchant-order", slug, pk)


def _is_packed(request: PersonRequest, part: Part, tap: Tap) -> bool:
    """Whether its bag is ready; a tap that did not make it so is told that its numbers are not those in the bag."""
    event = part.last("ready")
    if event and event.key != tap.key:
        said = _("Order %(code)s was packed before: this is what is in its bag.")
        messages.warning(request, said % {"code": part.order.code})
    return event is not None


def _packed_job(request: PersonRequest, shop: Shop, pk: UUID) -> Job:
    """A part that has a bag; labels of what is not packed yet do not exist."""
    job = job_of(my_part(request, shop, pk), timezone.now())
    if job.state not in _PACKED:
        raise Http404
    return job


@require_GET
def label(request: PersonRequest, slug: str, pk: UUID) -> HttpResponse:
    """The bag's label, to print from the browser."""
    shop = my_shop(request, slug)
    job = _packed_job(request, shop, pk)
    context = {
        "labels": labels_of(job, shop),
        "job": job,
        "shop": shop,
        "sheet": "a6",
        "back_url": reverse("merchant-order", args=[slug, pk]),
    }
    return render(request, "market/merchant/label.html", context)


@require_GET
def label_pdf(request: PersonRequest, slug: str, pk: UUID) -> HttpResponse:
    """The same label as a PDF, for a label printer or another machine."""
    shop = my_shop(request, slug)
    job = _packed_job(request, shop, pk)
    headers = {"Content-Disposition": f'inline; filename="{job.bag_code}.pdf"', "Cache-Control": "private, no-store"}
    return HttpResponse(labels_pdf(labels_of(job, shop)), content_type="application/pdf", headers=headers)
