"""The one question that the streets of a town answer to everybody: which door is meant?"""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from parvis.towns import addresses
from parvis.towns.models import Address
from parvis.towns.requests import TownRequest

SHORTEST = 3  # below, everything fits and nothing helps


@login_not_required
@require_safe
def address_search(request: TownRequest) -> HttpResponse:
    """Doors of this town for ``?q=``: JSON, or the options of a datalist when HTMX asks."""
    text = request.GET.get("q", "").strip()[:200]
    found = addresses.search(request.town, text) if len(text) >= SHORTEST else []
    if request.htmx:
        return render(request, "towns/address_options.html", {"addresses": found})
    response = JsonResponse({"addresses": [_as_json(address) for address in found]})
    response["Cache-Control"] = "private, max-age=300"
    return response


def _as_json(address: Address) -> dict[str, str | float]:
    return {
        "id": str(address.pk),
        "label": str(address),
        "number": address.number,
        "street": address.street,
        "postcode": address.postcode,
        "city": address.city,
        "lon": address.lon,
        "lat": address.lat,
    }
