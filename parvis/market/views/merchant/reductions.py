"""A lower price of one product for some days."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from parvis.core.errors import Refusal
from parvis.core.time import day_of
from parvis.market.access import my_product, my_shop
from parvis.market.actions.reductions import end_reduction, plan_reduction
from parvis.market.forms.reductions import ReductionForm
from parvis.market.models import Reduction
from parvis.market.reduced import lowest_price
from parvis.market.views.merchant.frame import shop_page
from parvis.people.requests import PersonRequest


@require_http_methods(["GET", "HEAD", "POST"])
def reduction(request: PersonRequest, slug: str, pk: UUID) -> HttpResponse:
    """What runs and what is planned, and the form for another."""
    shop, at = my_shop(request, slug), timezone.now()
    product = my_product(request, shop, pk)
    form = ReductionForm(day_of(at, request.town.zone), request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            plan_reduction(product=product, at=at, by=request.user, **form.cleaned_data)
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The reduced price is set. The old price comes back by itself."))
            return redirect("merchant-reduction", slug, pk)
    context = {
        "form": form,
        "product": product,
        "lowest": lowest_price(product, at),
        "known": Reduction.objects.filter(product=product, ended_at=None),
    }
    status = 422 if form.errors else 200
    return shop_page(request, shop, "market/merchant/reduction.html", "products", context, status=status)


@require_POST
def end(request: PersonRequest, slug: str, pk: UUID, reduction: UUID) -> HttpResponse:
    """End one, or give it up before it begins."""
    product = my_product(request, my_shop(request, slug), pk)
    found = get_object_or_404(Reduction.objects.select_related("product"), product=product, pk=reduction)
    end_reduction(reduction=found, at=timezone.now(), by=request.user)
    messages.success(request, _("The reduction is over."))
    return redirect("merchant-reduction", slug, pk)
