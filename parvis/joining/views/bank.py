"""Where a shop is paid, after its opening too: its people change it, the town's agents see that it changed.

Another account in the name of a shop is a known fraud: everybody who speaks for it hears of a change by mail, and no
page ever shows a whole number.
"""

from datetime import timedelta

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from parvis.joining import letters
from parvis.joining.forms.opening import BankForm
from parvis.market.access import my_shop
from parvis.market.models import Shop
from parvis.market.views.merchant.frame import shop_page
from parvis.people.access import require_role
from parvis.people.actions import keep_bank_account
from parvis.people.models import BankAccount, Role
from parvis.people.requests import PersonRequest

FRESH = timedelta(days=30)  # so long a change is shown to agents first


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def mine(request: PersonRequest, slug: str) -> HttpResponse:
    """The account of one's own shop, masked, and the form for another one; what was typed is kept."""
    shop = my_shop(request, slug)
    known = BankAccount.objects.filter(organisation=shop.organisation_id, replaced_at=None).select_related("by").first()
    initial = {"holder": known.holder if known else shop.organisation.name}
    form = BankForm(request.POST if request.method == "POST" else None, initial=initial)
    if form.is_bound and form.is_valid():
        at = timezone.now()
        if keep_bank_account(organisation=shop.organisation, at=at, by=request.user, **form.cleaned_data):
            letters.account_changed(shop, f"{shop.organisation_id}:{at:%Y%m%d%H%M%S}", request.user)
            messages.success(request, _("Sales are paid there from now on. Everybody of the shop is told by mail."))
        else:
            messages.success(request, _("Sales are paid there from now on."))
        return redirect("merchant-bank", slug)
    context = {"form": form, "known": known}
    return shop_page(request, shop, "joining/bank.html", "money", context, status=422 if form.errors else 200)


@never_cache
@require_safe
@require_role(Role.Kind.AGENT)
def accounts(request: PersonRequest) -> HttpResponse:
    """The accounts of the town's shops, masked: who changed one lately stands first."""
    at = timezone.now()
    shops: dict[object, list[str]] = {}
    for organisation, name in (
        Shop.objects.filter(town=request.town).order_by("name").values_list("organisation", "name")
    ):
        shops.setdefault(organisation, []).append(name)
    found = BankAccount.objects.filter(town=request.town, organisation__in=list(shops)).select_related("by")
    former = {account.organisation_id for account in found if account.replaced_at is not None}
    rows = [
        {
            "shops": ", ".join(shops[account.organisation_id]),
            "account": account,
            "changed": account.organisation_id in former and at - account.at < FRESH,
        }
        for account in found
        if account.replaced_at is None
    ]
    rows.sort(key=lambda row: (not row["changed"], row["shops"]))
    missing = len(shops) - len(rows)
    return render(request, "joining/agent/accounts.html", {"rows": rows, "missing": missing})
