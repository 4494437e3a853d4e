"""The hub: what those who waited said."""

from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_GET

from parvis.delivery.models import Rating
from parvis.delivery.ratings import SINCE, figures_of
from parvis.delivery.views.hub import LOOKING, hub_page
from parvis.people.access import require_role
from parvis.people.requests import PersonRequest


@require_role(*LOOKING)
@require_GET
def ratings(request: PersonRequest) -> HttpResponse:
    """The mean of the last four weeks, and the newest words; of the town as a whole, never of one rider."""
    found = Rating.objects.since(request.town, timezone.now() - SINCE)
    return hub_page(request, "delivery/hub/ratings.html", "hub-ratings", {"ratings": figures_of(found)})
