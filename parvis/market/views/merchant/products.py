"""A shop's own goods: a list to change in place, a form for the rest."""

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from parvis.core.pictures import delete_picture
from parvis.market.access import my_product, my_shop
from parvis.market.actions import change_product, save_product
from parvis.market.forms.goods import ProductForm, QuickForm
from parvis.market.models import Product, Shop
from parvis.market.trades import CATEGORIES
from parvis.market.views.merchant.bulk import last_change
from parvis.market.views.merchant.frame import shop_page
from parvis.people.requests import PersonRequest

A_PAGE = 40
SHOWN = {"all": gettext_lazy("All"), "sold-out": gettext_lazy("Sold out"), "hidden": gettext_lazy("Hidden")}


@require_safe
def products(request: PersonRequest, slug: str) -> HttpResponse:
    """The shop's goods with search; price, stock and visibility change in the row."""
    return _list(request, my_shop(request, slug), request.GET)


def _list(request: PersonRequest, shop: Shop, query: QueryDict, wrong: QuickForm | None = None) -> HttpResponse:
    text = query.get("q", "").strip()[:80]
    shown = query.get("show") or "all"
    found = Product.objects.filter(shop=shop).matching(text)
    if shown == "hidden":
        found = found.filter(hidden=True)
    elif shown == "sold-out":
        found = found.filter(stock=0)
    page = Paginator(found.order_by("hidden", "name", "pk"), A_PAGE).get_page(query.get("page"))
    rows = [_row(product, wrong) for product in page.object_list]
    pills = [
        {"label": label, "url": f"?{urlencode({'q': text, 'show': key})}", "current": key == shown}
        for key, label in SHOWN.items()
    ]
    context = {
        "page": page,
        "page_query": urlencode({"q": text, "show": shown}) + "&",
        "rows": rows,
        "q": text,
        "show": shown,
        "pills": pills,
        "change": last_change(shop),
    }
    status = 422 if wrong else 200
    return shop_page(request, shop, "market/merchant/products.html", "products", context, status=status)


def _row(product: Product, wrong: QuickForm | None = None) -> dict[str, object]:
    form = wrong if wrong and wrong.product.pk == product.pk else QuickForm(product)
    return {"product": product, "form": form, "icon": CATEGORIES.get(product.category, CATEGORIES["other"]).icon}


@require_POST
def quick(request: PersonRequest, slug: str, pk: UUID) -> HttpResponse:
    """Change price and stock in the row: the typed values, or one more or less by a button."""
    shop = my_shop(request, slug)
    product = my_product(request, shop, pk)
    form = QuickForm(product, request.POST)
    at = timezone.now()
    if not form.is_valid():
        if request.htmx:
            return _said(request, form)
        return _list(request, shop, request.POST, wrong=form)
    changes, stock_by = form.changes()
    if changes or stock_by:
        product = change_product(product=product, changes=changes, stock_by=stock_by, at=at, by=request.user)
    if request.htmx:
        return _said(request, form, saved=product)
    messages.success(request, _("%(name)s is saved.") % {"name": product.name})
    return _to_list(request, slug)


def _said(request: PersonRequest, form: QuickForm, *, saved: Product | None = None) -> HttpResponse:
    """What stands beside the row: saved, or what is wrong; what was typed is not touched."""
    context = {"form": form, "product": form.product, "saved": saved, "fragment": True}
    if saved:
        typed = form.cleaned_data["stock"]
        context |= {"typed": typed, "sold_meanwhile": saved.stock is not None and saved.stock != typed}
    return render(request, "market/merchant/product_said.html", context)


def _to_list(request: PersonRequest, slug: str) -> HttpResponse:
    query = {key: request.POST[key] for key in ("q", "show", "page") if request.POST.get(key)}
    address = reverse("merchant-products", args=[slug])
    return redirect(f"{address}?{urlencode(query)}" if query else address)


@require_POST
def hide(request: PersonRequest, slug: str, pk: UUID) -> HttpResponse:
    """Take a product off the shelf, or put it back; orders keep its name."""
    shop = my_shop(request, slug)
    product = my_product(request, shop, pk)
    hidden = request.POST.get("hidden") == "1"
    if product.hidden != hidden:
        product = change_product(product=product, changes={"hidden": hidden}, at=timezone.now(), by=request.user)
    if request.htmx:
        context = {"row": _row(product), "shop": shop, "town": request.town}
        return render(request, "market/merchant/product_row.html", context)
    said = _("%(name)s is hidden from buyers.") if hidden else _("%(name)s is on sale.")
    messages.success(request, said % {"name": product.name})
    return _to_list(request, slug)


def add(request: PersonRequest, slug: str) -> HttpResponse:
    """A new product: a name and a price are enough."""
    shop = my_shop(request, slug)
    return _form(request, shop, Product(shop=shop, town=shop.town))


def edit(request: PersonRequest, slug: str, pk: UUID) -> HttpResponse:
    """Change everything about a product."""
    shop = my_shop(request, slug)
    return _form(request, shop, my_product(request, shop, pk))


def _form(request: PersonRequest, shop: Shop, product: Product) -> HttpResponse:
    form = ProductForm(shop, request.POST or None, request.FILES or None, instance=product)
    if request.method == "POST" and form.is_valid():
        _save(request, shop, form, product)
        if request.POST.get("then") == "another":
            return redirect("merchant-product-add", shop.slug)
        return redirect("merchant-products", shop.slug)
    context = {"form": form, "product": product}
    status = 422 if form.errors else 200
    return shop_page(request, shop, "market/merchant/product_form.html", "products", context, status=status)


def _save(request: PersonRequest, shop: Shop, form: ProductForm, product: Product) -> None:
    at = timezone.now()
    changes, (stock, stock_by) = form.changes(), form.stock_changes()
    if form.is_new:
        product = Product(shop=shop, **changes, **stock)
        save_product(product=product, at=at, by=request.user)
        messages.success(request, _("%(name)s is on sale.") % {"name": product.name})
        return
    old_picture = product.picture.name if "picture" in changes else ""
    change_product(product=product, changes=changes | stock, stock_by=stock_by, at=at, by=request.user)
    if old_picture:
        delete_picture(product.picture.storage, old_picture)
    messages.success(request, _("%(name)s is saved.") % {"name": form.cleaned_data["name"]})
