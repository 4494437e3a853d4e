"""One basket for all shops of the town: look, add, change."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from parvis.core.errors import Refusal
from parvis.market.actions import add_to_basket, set_quantity
from parvis.market.choices import ShopBasket, quote, shares
from parvis.market.cookies import basket_summary, basket_to_fill, my_basket, remember
from parvis.market.listing import ProductCard
from parvis.market.models import Basket, BasketLine, Market, Product
from parvis.market.phrases import per_what, say_asked
from parvis.market.ways import WAYS
from parvis.towns.requests import TownRequest


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the basket as the page draws it."""

    line: BasketLine
    card: ProductCard
    wanted: Mapping[UUID, int]  # of each product and option, by all lines of the basket together

    @property
    def key(self) -> str:
        """What tells it from the other lines of the page: the product, and its options where it has some."""
        return "-".join(str(key) for key in (self.line.product_id, *self.line.options))

    @property
    def box(self) -> str:
        """The id of its number box."""
        return f"how-many-{self.key}"

    @property
    def cents(self) -> int:
        """What the line costs."""
        return self.line.cents

    @property
    def unit_cents(self) -> int:
        """What one costs, or a kilo, with its options."""
        return self.line.product.price_cents + self.line.surcharge_cents

    @property
    def most(self) -> int:
        """How many can be asked for."""
        return min([99, *(max(stock, 1) for stock, _name, _wanted in self._counted)])

    @property
    def _counted(self) -> list[tuple[int, str, int]]:
        """What each counted stock holds, whose it is, and what the whole basket wants of it."""
        line, product = self.line, self.line.product
        stocks = [(product.stock, product.name, product.pk)]
        stocks += [(option.stock, f"{product.name} ({option.name})", option.pk) for option in line.chosen]
        return [(stock, name, self.wanted.get(key, line.quantity)) for stock, name, key in stocks if stock is not None]

    @property
    def unit_words(self) -> str:
        """``the piece``, ``per kilo``."""
        return per_what(self.line.product)

    @property
    def asked(self) -> str:
        """What so many portions weigh, for goods by weight."""
        return say_asked(self.line.product, self.line.quantity)

    @property
    def problem(self) -> str:
        """Why it cannot be ordered as it is, or nothing."""
        product = self.line.product
        if product.hidden or not product.shop.is_found:
            return _("%(name)s is not on sale any more.") % {"name": product.name}
        if product.stock == 0:
            return _("%(name)s is sold out.") % {"name": product.name}
        if not self.line.is_complete:
            return _("What can be chosen about %(name)s has changed. Take it out and add it again.") % {
                "name": product.name
            }
        for stock, name, wanted in self._counted:
            if stock == 0:
                return _("%(name)s is sold out.") % {"name": name}
            if stock < wanted:
                return _("Only %(count)s left of %(name)s.") % {"count": stock, "name": name}
        return ""


@login_not_required
@require_safe
@never_cache
def basket(request: TownRequest) -> HttpResponse:
    """The basket, shop by shop."""
    return render(request, "market/basket.html", basket_context(request, my_basket(request)))


def basket_context(request: TownRequest, found: Basket | None) -> dict[str, Any]:
    """What ``basket.html`` draws."""
    groups = shares(found) if found else ()
    wanted: Counter[UUID] = Counter()
    for line in (line for share in groups for line in share.lines):
        wanted.update(dict.fromkeys((line.product_id, *line.options), line.quantity))
    total = quote(groups, {}, Market.objects.get(town=request.town)).total if groups else None
    shops = [
        {
            "share": share,
            "rows": [Row(line, ProductCard(line.product), wanted) for line in share.lines],
            "short": _short(share),
            "total": share.total(),
        }
        for share in groups
    ]
    problems = [row.problem for shop in shops for row in shop["rows"] if row.problem]  # type: ignore[attr-defined]
    closed = [share.shop.name for share in groups if not share.shop.takes_orders]
    return {
        "shops": shops,
        "total": total,
        "weighed": any(share.weighed for share in groups),
        "problems": problems,
        "closed": closed,
        "can_order": bool(groups) and not problems and not closed and all(share.offered for share in groups),
    }


def _short(share: ShopBasket) -> list[dict[str, Any]]:
    """The ways of serving whose minimum is not reached yet, and how much is missing."""
    return [{"way": WAYS[m.kind], "cents": share.short_of(m)} for m in share.modalities if share.short_of(m)]


@login_not_required
@require_POST
def add(request: TownRequest) -> HttpResponse:
    """Put a product in the basket and go back to where the visitor was."""
    product = _product(request)
    quantity = max(1, _number(request.POST.get("quantity")) or 1)
    found, line, refused = None, None, ""
    try:
        found = basket_to_fill(request)
        line = add_to_basket(basket=found, product=product, quantity=quantity, options=_options(request))
    except Refusal as error:
        refused = str(error)
    if request.htmx:
        context = {"product": product, "line": line, "refused": refused, "summary": basket_summary(request)}
        response = render(request, "market/added.html", context)
    else:
        _tell(request, product, refused)
        response = HttpResponseRedirect(_back(request))
    if found is not None:
        remember(response, found)
    return response


@login_not_required
@require_POST
def change(request: TownRequest) -> HttpResponse:
    """Set how many of a product there are; 0 takes it out."""
    product = _product(request)
    quantity = _number(request.POST.get("quantity"))
    found = basket_to_fill(request)
    whole = True
    try:
        if quantity is None:
            raise Refusal(_("Write a whole number from 0 to 99."))
        line = set_quantity(basket=found, product=product, quantity=quantity, options=_options(request))
        whole = line is None or line.quantity != quantity
    except Refusal as error:
        messages.warning(request, str(error))
    if not request.htmx:
        response: HttpResponse = HttpResponseRedirect(reverse("basket"))
    else:
        response = render(request, "market/basket.html#content", basket_context(request, my_basket(request)))
        if whole:
            response["HX-Retarget"], response["HX-Reswap"] = "#basket", "outerHTML"
    remember(response, found)
    return response


def _product(request: TownRequest) -> Product:
    try:
        pk = UUID(request.POST.get("product", ""))
    except ValueError:
        raise Http404 from None
    return get_object_or_404(Product.objects.select_related("shop"), town=request.town, pk=pk)


def _options(request: TownRequest) -> list[UUID]:
    """The options chosen: ``option`` once, or one ``option-…`` for each group of the page."""
    names = [name for name in request.POST if name == "option" or name.startswith("option-")]
    found = []
    for text in (text for name in names for text in request.POST.getlist(name)):
        try:
            found.append(UUID(text))
        except ValueError:
            raise Http404 from None
    return found


def _number(text: str | None) -> int | None:
    """What was typed, as a whole number from 0 to 99; None when it is something else."""
    try:
        number = int(text or "")
    except ValueError:
        return None
    return number if 0 <= number <= 99 else None


def _tell(request: TownRequest, product: Product, refused: str) -> None:
    if refused:
        messages.warning(request, refused)
    else:
        messages.success(request, _("%(name)s is in your basket.") % {"name": product.name})


def _back(request: TownRequest) -> str:
    """The page the visitor came from, if it is one of this town's."""
    target = request.headers.get("Referer", "")
    return target if url_has_allowed_host_and_scheme(target, {request.get_host()}) else reverse("basket")
