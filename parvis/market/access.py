"""From an id in a URL to a row of the market, or 404."""

from uuid import UUID

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.crypto import constant_time_compare

from parvis.market.models import Cycle, Order, Part, Product, Shop, VoucherCampaign
from parvis.market.reduced import with_prior
from parvis.people.access import organisations_of
from parvis.towns.requests import TownRequest


def shop_for(request: TownRequest, slug: str) -> Shop:
    """A shop that residents of this town see."""
    shops = Shop.objects.open_in(request.town).prefetch_related("modalities", "place__closures")
    return get_object_or_404(shops, slug=slug)


def product_for(request: TownRequest, shop_slug: str, slug: str) -> Product:
    """A product on sale in this town."""
    return get_object_or_404(with_prior(Product.objects.on_sale(request.town)), shop__slug=shop_slug, slug=slug)


def order_for(request: TownRequest, code: str) -> Order:
    """An order of this town, for its buyer: signed in, or holding the key of the mail's link."""
    order = get_object_or_404(Order.objects.with_story(), town=request.town, code=code.upper())
    key = request.GET.get("key") or request.POST.get("key") or ""
    mine = request.user.is_authenticated and order.person_id == request.user.pk
    if not mine and not constant_time_compare(key, order.secret):
        raise Http404
    return order


def order_called_about(request: TownRequest, code: str) -> Order:
    """An order of this town that a bike brings, for those who answer its buyers' calls; another town's is 404."""
    orders = Order.objects.told().with_story()
    return get_object_or_404(orders, town=request.town, code=code.upper(), delivery__isnull=False)


def part_of(order: Order, pk: UUID) -> Part:
    """One shop's part of an order that was opened by ``order_for``."""
    found = next((part for part in order.parts.all() if part.pk == pk), None)
    if found is None:
        raise Http404
    return found


def my_shops(request: TownRequest) -> list[Shop]:
    """The shops that the visitor speaks for."""
    shops = Shop.objects.filter(town=request.town, organisation__in=organisations_of(request))
    return list(shops.select_related("place").order_by("name"))


def my_shop(request: TownRequest, slug: str) -> Shop:
    """A shop that the visitor speaks for; another merchant's is 404."""
    shops = Shop.objects.filter(town=request.town, organisation__in=organisations_of(request))
    shop = get_object_or_404(shops.select_related("place", "organisation"), slug=slug)
    shop.town = request.town
    return shop


def my_cycle(shop: Shop, pk: UUID) -> Cycle:
    """An order cycle that one's own shop has set; the town's are only read."""
    return get_object_or_404(Cycle, town=shop.town_id, owner=shop, pk=pk)


def my_part(request: TownRequest, shop: Shop, pk: UUID) -> Part:
    """A part of one's own shop."""
    return get_object_or_404(Part.objects.of_shop(shop), pk=pk)


def my_product(request: TownRequest, shop: Shop, pk: UUID) -> Product:
    """A product of one's own shop."""
    return get_object_or_404(Product.objects.select_related("shop"), shop=shop, pk=pk)


def shop_of_town(request: TownRequest, slug: str) -> Shop:
    """Any shop of this town, open or not: for its agents."""
    return get_object_or_404(Shop.objects.select_related("town"), town=request.town, slug=slug)


def campaign_for(request: TownRequest, pk: UUID) -> VoucherCampaign:
    """A campaign of vouchers of this town; another town's is 404."""
    found = get_object_or_404(VoucherCampaign.objects.select_related("line__fund"), town=request.town, pk=pk)
    found.town = request.town
    return found
