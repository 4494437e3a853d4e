"""What those who waited for a bike said, where something of the shop was in it."""

from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from parvis.delivery.models import Rating
from parvis.delivery.ratings import SINCE, figures_of
from parvis.market.access import my_shop
from parvis.market.models import Part
from parvis.market.views.merchant.frame import shop_page
from parvis.people.requests import PersonRequest


@require_safe
def ratings(request: PersonRequest, slug: str) -> HttpResponse:
    """The mean of the last four weeks, and the newest words."""
    shop, since = my_shop(request, slug), timezone.now() - SINCE
    deliveries = Part.objects.filter(shop=shop, kind="bike", order__delivery__rating__at__gte=since)
    found = Rating.objects.since(shop.town, since).filter(delivery__in=deliveries.values("order__delivery"))
    return shop_page(request, shop, "market/merchant/ratings.html", "orders", {"ratings": figures_of(found)})
