"""Many goods at once: the usual goods of the trade, the table of all goods, new prices by per cent, and undoing."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from parvis.core.errors import Refusal
from parvis.core.text import fold
from parvis.market import actions
from parvis.market.access import my_shop
from parvis.market.actions import bulk
from parvis.market.forms.bulk import PriceListForm, RepriceForm, RowForm, pack
from parvis.market.goods.trade_lists import language_of, list_of, trades_with_list
from parvis.market.models import GoodsChange, Product, Shop
from parvis.market.trades import CATEGORIES, TRADES
from parvis.market.views.merchant.frame import shop_page
from parvis.people.requests import PersonRequest

A_PAGE = 40
UNDONE_WITHIN = timedelta(days=7)


@require_http_methods(["GET", "HEAD", "POST"])
def trade_list(request: PersonRequest, slug: str) -> HttpResponse:
    """What the trade usually sells: a price beside a name puts it on sale."""
    shop = my_shop(request, slug)
    trades = trades_with_list()
    asked = request.GET.get("trade", "")
    trade = asked if asked in trades else shop.trade
    language = language_of(shop, (get_language() or "fr")[:2])
    items = list_of(trade, country=shop.town.country, language=language)
    have = {fold(name) for name in Product.objects.filter(shop=shop).values_list("name", flat=True)}
    new = [item for item in items if fold(item.name) not in have]
    form = PriceListForm(new, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        return _sell(request, shop, form)
    context = {
        "form": form,
        "rows": [{"item": item, "field": form[f"price-{item.key}"]} for item in new],
        "have": [item.name for item in items if fold(item.name) in have],
        "trade_label": TRADES.get(trade, TRADES["other"]).label,
        "pills": [
            {"label": TRADES[key].label, "url": f"?trade={key}", "current": key == trade, "icon": TRADES[key].icon}
            for key in trades
        ],
    }
    status = 422 if form.errors else 200
    return shop_page(request, shop, "market/merchant/bring_list.html", "products", context, status=status)


def _sell(request: PersonRequest, shop: Shop, form: PriceListForm) -> HttpResponse:
    goods = form.goods()
    if not goods:
        messages.info(request, _("Write at least one price."))
        return redirect(request.get_full_path())
    change = bulk.sell_listed(shop=shop, goods=goods, at=timezone.now(), by=request.user)
    if change is None:
        messages.info(request, _("You sell all of this already."))
    else:
        said = ngettext("%(count)d product is on sale.", "%(count)d products are on sale.", change.count)
        messages.success(request, said % {"count": change.count})
    return redirect("merchant-products", shop.slug)


@require_http_methods(["GET", "HEAD", "POST"])
def table(request: PersonRequest, slug: str) -> HttpResponse:
    """Price, stock, VAT, shelf and whether it is hidden, of many rows at once."""
    shop = my_shop(request, slug)
    text = request.GET.get("q", "").strip()[:80]
    shelf = request.GET.get("shelf", "") if request.GET.get("shelf", "") in CATEGORIES else ""
    found = Product.objects.filter(shop=shop).matching(text)
    found = found.filter(category=shelf) if shelf else found
    page = Paginator(found.order_by("hidden", "name", "pk"), A_PAGE).get_page(request.GET.get("page"))
    products = list(page.object_list)
    if request.method == "POST":
        products = [product for product in _posted(request, shop) if product is not None]
    data = request.POST if request.method == "POST" else None
    forms = [RowForm(product, shop.town.country, data) for product in products]
    if request.method == "POST":
        forms, saved = _save_rows(request, shop, forms)
        if saved:
            return redirect(request.get_full_path())
    shelves = _shelves(shop)
    context = {
        "page": page,
        "page_query": urlencode({"q": text, "shelf": shelf}) + "&",
        "forms": forms,
        "q": text,
        "wrong": any(form.errors for form in forms),
        "pills": [
            {"label": label, "url": f"?{urlencode({'q': text, 'shelf': key})}", "current": key == shelf}
            for key, label in [("", _("All")), *((key, CATEGORIES[key].label) for key in shelves)]
        ],
    }
    status = 422 if context["wrong"] else 200
    return shop_page(request, shop, "market/merchant/table.html", "products", context, status=status)


def _posted(request: HttpRequest, shop: Shop) -> list[Product]:
    """The products whose rows were sent, in the order of the page: another sale may have moved the list since."""
    ids = [name.removesuffix("-was") for name in request.POST if name.endswith("-was")][: A_PAGE * 5]
    known = {str(pk) for pk in Product.objects.filter(shop=shop).values_list("pk", flat=True)} & set(ids)
    found = {str(product.pk): product for product in Product.objects.filter(pk__in=known)}
    return [found[pk] for pk in ids if pk in found]


def _save_rows(request: PersonRequest, shop: Shop, forms: list[RowForm]) -> tuple[list[RowForm], bool]:
    """Write what is right; gives the forms to show again, and whether all is done."""
    wrong = [form for form in forms if not form.is_valid()]
    moves = [move for form in forms if form.is_valid() and (move := form.move())]
    if wrong:
        return forms, False
    if not moves:
        messages.info(request, _("Nothing was changed."))
        return forms, True
    change, clashes = bulk.change_table(shop=shop, moves=moves, at=timezone.now(), by=request.user)
    if change is not None:
        said = ngettext("%(count)d product is written.", "%(count)d products are written.", change.count)
        messages.success(request, said % {"count": change.count})
    if not clashes:
        return forms, True
    data = request.POST.copy()
    fresh = {str(p.pk): p for p in Product.objects.filter(pk__in=[form.product.pk for form in forms])}
    for key, product in fresh.items():
        data[f"{key}-was"] = pack(product)
    again = {key: RowForm(product, shop.town.country, data) for key, product in fresh.items()}
    for form in again.values():
        form.is_valid()
    for clash in clashes:
        again[clash.product].say(clash)
    return [again[str(form.product.pk)] for form in forms if str(form.product.pk) in again], False


@require_http_methods(["GET", "HEAD", "POST"])
def prices(request: PersonRequest, slug: str) -> HttpResponse:
    """So much per cent for many prices: shown first, then written exactly so."""
    shop = my_shop(request, slug)
    form = RepriceForm(_shelves(shop), request.POST if request.method == "POST" else None)
    context: dict[str, Any] = {"form": form}
    if request.method == "POST" and form.is_valid():
        if form.cleaned_data["mark"]:
            try:
                change = bulk.reprice(
                    shop=shop, **form.wanted(), mark=form.cleaned_data["mark"], at=timezone.now(), by=request.user
                )
            except Refusal as refusal:
                messages.error(request, str(refusal))
            else:
                said = ngettext("%(count)d price is new.", "%(count)d prices are new.", change.count)
                messages.success(request, said % {"count": change.count})
                return redirect("merchant-products", shop.slug)
        rows = bulk.repriced(shop, **form.wanted())
        context |= {"rows": rows, "mark": bulk.mark_of(rows), "shown": True}
    status = 422 if form.errors else 200
    return shop_page(request, shop, "market/merchant/prices.html", "products", context, status=status)


@require_POST
def undo(request: PersonRequest, slug: str, pk: UUID) -> HttpResponse:
    """Take the last bulk change back."""
    shop = my_shop(request, slug)
    change = get_object_or_404(GoodsChange.objects.select_related("shop"), shop=shop, pk=pk)
    last = last_change(shop)
    try:
        if last is None or last.pk != change.pk:
            raise Refusal(_("Only the last change can be undone."))
        stayed = actions.undo_goods(change=change, at=timezone.now(), by=request.user)
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Undone. What was added is hidden."))
        if stayed:
            said = ngettext(
                "%(count)d value was changed since, and stays.",
                "%(count)d values were changed since, and stay.",
                stayed,
            )
            messages.info(request, said % {"count": stayed})
    return redirect("merchant-products", slug)


def last_change(shop: Shop) -> GoodsChange | None:
    """The newest bulk change that was not undone, as long as it is fresh."""
    since = timezone.now() - UNDONE_WITHIN
    fresh = GoodsChange.objects.filter(shop=shop, undone_at=None, at__gte=since)
    return fresh.select_related("by").order_by("-at", "-pk").first()


def undo_address(shop: Shop, change: GoodsChange) -> str:
    """Where its button leads."""
    return reverse("merchant-goods-undo", args=[shop.slug, change.pk])


def _shelves(shop: Shop) -> list[str]:
    """The shelves that hold something, in the order of the table."""
    used = set(Product.objects.filter(shop=shop).order_by().values_list("category", flat=True).distinct())
    return [key for key in CATEGORIES if key in used]
