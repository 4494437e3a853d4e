"""What is chosen about a product: sizes, cuts, slices."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from parvis.market.access import my_product, my_shop
from parvis.market.actions.options import set_options
from parvis.market.forms.options import OptionsForm
from parvis.market.views.merchant.frame import shop_page
from parvis.people.requests import PersonRequest


@require_http_methods(["GET", "HEAD", "POST"])
def options(request: PersonRequest, slug: str, pk: UUID) -> HttpResponse:
    """Up to three questions, each with its answers, what they cost more and how many there are."""
    shop = my_shop(request, slug)
    product = my_product(request, shop, pk)
    form = OptionsForm(product, request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        set_options(product=product, groups=form.wishes(), at=timezone.now(), by=request.user)
        messages.success(request, _("%(name)s is saved.") % {"name": product.name})
        return redirect("merchant-product", shop.slug, product.pk)
    context = {"form": form, "product": product}
    status = 422 if form.errors else 200
    return shop_page(request, shop, "market/merchant/options.html", "products", context, status=status)
