"""The agent's pages of vouchers: campaigns, codes to print or send, what was used."""

from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Count, F, Q, Sum
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from parvis.core import audit
from parvis.core.errors import Refusal
from parvis.core.money import format_money
from parvis.core.time import day_of
from parvis.core.words import say_day
from parvis.market.access import campaign_for
from parvis.market.actions.vouchers import issue_vouchers, withdraw_voucher
from parvis.market.forms.vouchers import CampaignForm, IssueForm
from parvis.market.models import LedgerEntry, Voucher, VoucherCampaign
from parvis.market.voucher_choices import read_codes
from parvis.market.voucher_sheet import sheet_pdf
from parvis.people.access import require_role
from parvis.people.models import Role
from parvis.people.requests import PersonRequest

LISTED = 100


@require_safe
@require_role(Role.Kind.AGENT)
def campaigns(request: PersonRequest) -> HttpResponse:
    """All campaigns, what of them is used, and how much shops wait for."""
    town, today = request.town, day_of(timezone.now(), request.town.zone)
    found = VoucherCampaign.objects.filter(town=town).annotate(
        made=Count("vouchers"),
        value=Sum("vouchers__value_cents", default=0),
        left=Sum("vouchers__left_cents", default=0),
    )
    rows = [
        {
            "campaign": campaign,
            "text": _spent(campaign, town.currency),
            "chip": _chip(campaign, today),
        }
        for campaign in found[:LISTED]
    ]
    owed = LedgerEntry.objects.filter(town=town, account__startswith="voucher:")
    total = owed.aggregate(total=Sum("amount_cents", default=0))["total"]
    return render(request, "market/agent/vouchers.html", {"rows": rows, "owed": total})


def _spent(campaign: Any, currency: str) -> str:
    said = {
        "count": campaign.made,
        "gone": format_money(campaign.value - campaign.left, currency),
        "value": format_money(campaign.value, currency),
    }
    words = ngettext(
        "%(count)d voucher, %(gone)s of %(value)s used", "%(count)d vouchers, %(gone)s of %(value)s used", campaign.made
    )
    return words % said


def _chip(campaign: VoucherCampaign, today: date) -> dict[str, str]:
    if campaign.is_over(today):
        return {"label": _("Ended"), "tone": "over"}
    if today < campaign.first_day:
        return {"label": _("From %(day)s") % {"day": say_day(campaign.first_day)}, "tone": "wait"}
    return {"label": _("Until %(day)s") % {"day": say_day(campaign.last_day)}, "tone": "go"}


@require_role(Role.Kind.AGENT)
def new_campaign(request: PersonRequest) -> HttpResponse:
    """A new campaign; it has no voucher yet."""
    form = CampaignForm(request.POST or None, town=request.town, initial={"single_use": True})
    return _saved(request, form, "create_campaign") or _form_page(request, form)


@require_role(Role.Kind.AGENT)
def edit_campaign(request: PersonRequest, pk: UUID) -> HttpResponse:
    """Its words, days and shops; not its value once vouchers were made."""
    form = CampaignForm(request.POST or None, town=request.town, instance=campaign_for(request, pk))
    return _saved(request, form, "change_campaign") or _form_page(request, form)


def _saved(request: PersonRequest, form: CampaignForm, verb: str) -> HttpResponse | None:
    if request.method != "POST" or not form.is_valid():
        return None
    campaign = form.save()
    audit.record(verb, campaign, at=timezone.now(), town_id=request.town.pk, actor=request.user)
    messages.success(request, _("“%(name)s” is saved.") % {"name": campaign.name})
    return redirect("agent-campaign", campaign.pk)


def _form_page(request: PersonRequest, form: CampaignForm) -> HttpResponse:
    return render(request, "market/agent/campaign_form.html", {"form": form}, status=422 if form.errors else 200)


@require_safe
@require_role(Role.Kind.AGENT)
def campaign(request: PersonRequest, pk: UUID) -> HttpResponse:
    """One campaign: make vouchers, print them, see which are used."""
    return _campaign_page(request, campaign_for(request, pk), IssueForm())


def _campaign_page(request: PersonRequest, found: VoucherCampaign, form: IssueForm, status: int = 200) -> HttpResponse:
    at, currency = timezone.now(), request.town.currency
    sums = found.vouchers.aggregate(
        made=Count("pk"),
        value=Sum("value_cents", default=0),
        left=Sum("left_cents", default=0),
        touched=Count("pk", filter=Q(left_cents__lt=F("value_cents"))),
    )
    context = {
        "campaign": found,
        "shops": list(found.shops.order_by("name")),
        "over": found.is_over(day_of(at, request.town.zone)),
        "form": form,
        "figures": [
            {"label": _("Vouchers made"), "value": str(sums["made"])},
            {"label": _("Worth"), "value": format_money(sums["value"], currency)},
            {"label": _("Vouchers used"), "value": str(sums["touched"])},
            {"label": _("Still to be used"), "value": format_money(sums["left"], currency)},
        ],
        "columns": [
            {"label": _("Code")},
            {"label": _("For")},
            {"label": _("Left"), "num": True},
            {"label": _("Orders")},
        ],
        "rows": [_voucher_row(voucher, currency) for voucher in _newest(found)],
        "batches": _batches(found),
        "more": max(0, sums["made"] - LISTED),
    }
    return render(request, "market/agent/campaign.html", context, status=status)


def _newest(found: VoucherCampaign) -> Any:
    """The vouchers that were used first, then the newest."""
    rows = found.vouchers.prefetch_related("uses__order")
    return rows.order_by((F("value_cents") - F("left_cents")).desc(), "-issued_at", "pk")[:LISTED]


def _voucher_row(voucher: Voucher, currency: str) -> list[str]:
    orders = dict.fromkeys(use.order.code for use in voucher.uses.all() if use.order and use.kind == "used")
    return [
        str(voucher),
        voucher.email or _("whoever holds it"),
        format_money(voucher.left_cents, currency),
        ", ".join(orders) or "–",
    ]


def _batches(found: VoucherCampaign) -> list[Any]:
    """What was made at once and can be printed."""
    printed = found.vouchers.filter(email="").values("batch", "issued_at").annotate(count=Count("pk"))
    return list(printed.order_by("-issued_at")[:20])


@require_POST
@require_role(Role.Kind.AGENT)
def issue(request: PersonRequest, pk: UUID) -> HttpResponse:
    """Make vouchers: some to print, some by mail."""
    found, form = campaign_for(request, pk), IssueForm(request.POST)
    if form.is_valid():
        data = form.cleaned_data
        try:
            made = issue_vouchers(
                campaign=found,
                count=data["count"] or 0,
                emails=data["emails"],
                batch=data["batch"],
                at=timezone.now(),
                by=request.user,
            )
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            words = ngettext("%(count)d voucher is made.", "%(count)d vouchers are made.", len(made))
            messages.success(request, words % {"count": len(made)})
            return redirect("agent-campaign", found.pk)
    return _campaign_page(request, found, form, status=422)


@require_safe
@require_role(Role.Kind.AGENT)
def sheet(request: PersonRequest, pk: UUID) -> HttpResponse:
    """The vouchers of one batch, to print and cut."""
    found = campaign_for(request, pk)
    try:
        batch = UUID(request.GET.get("batch", ""))
    except ValueError:
        raise Http404 from None
    vouchers = list(found.vouchers.filter(batch=batch, email="").order_by("pk"))
    if not vouchers:
        raise Http404
    document = sheet_pdf(found, vouchers, timezone.now())
    headers = {"Content-Disposition": 'inline; filename="vouchers.pdf"', "Cache-Control": "private, no-store"}
    return HttpResponse(document, content_type="application/pdf", headers=headers)


@require_POST
@require_role(Role.Kind.AGENT)
def withdraw(request: PersonRequest, pk: UUID) -> HttpResponse:
    """A voucher was lost: it serves no more."""
    found, codes = campaign_for(request, pk), read_codes(request.POST.get("code", ""))
    voucher = found.vouchers.filter(code__in=codes[:1]).first()
    if voucher is None:
        messages.error(request, _("This campaign has no voucher with this code."))
        return redirect("agent-campaign", found.pk)
    try:
        withdraw_voucher(voucher=voucher, at=timezone.now(), by=request.user)
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The voucher %(code)s serves no more.") % {"code": voucher})
    return redirect("agent-campaign", found.pk)
