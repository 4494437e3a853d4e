"""The page of search, and the suggestions under the box while one types."""

from collections.abc import Iterator
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from parvis.core.text import words_of
from parvis.market.listing import ProductCard, shelves
from parvis.places.categories import GROUPS
from parvis.portal.search import ON_THE_PAGE, WHILE_TYPING, answer, clean, shorter, spot_of
from parvis.towns import words
from parvis.towns.models import Town
from parvis.towns.requests import TownRequest

PRODUCTS_PER_PAGE = 24


@login_not_required
@require_safe
def search(request: TownRequest) -> HttpResponse:
    """Everything that answers to a few words; while typing, a short list of links.

    ``exactly=1`` mends no mistakes; ``near=2.2730,48.8239`` puts the nearest places first.
    """
    text = clean(request.GET.get("q"))
    if request.htmx:
        response = render(request, "portal/search.html#suggestions", _suggestions(request, text))
    else:
        response = render(request, "portal/search.html", _page(request, text))
    patch_vary_headers(response, ["HX-Request"])
    return response


def _suggestions(request: TownRequest, text: str) -> dict[str, Any]:
    if len(text) < 2:
        return {"q": text, "found": []}
    given = answer(request.town, text, WHILE_TYPING, at=timezone.now())
    return {"q": text, "found": given.found, "corrected": given.corrected}


def _page(request: TownRequest, text: str) -> dict[str, Any]:
    exactly, near = request.GET.get("exactly") == "1", spot_of(request.GET.get("near"))
    first = request.GET.get("page", "1") in {"", "1"}
    given = answer(request.town, text, ON_THE_PAGE, at=timezone.now(), near=near, exactly=exactly)
    page = Paginator(given.products, PRODUCTS_PER_PAGE).get_page(request.GET.get("page"))
    found = given.found if first else []
    nothing = not page.object_list and not found
    asked = {"q": text} | ({"exactly": "1"} if exactly else {})
    here = {"near": request.GET.get("near", "")} if near else {}
    return {
        "q": text,
        "corrected": given.corrected,
        "exact_url": f"?{urlencode({'q': text, 'exactly': '1'} | here)}",
        "near": near,
        "far_url": f"?{urlencode(asked)}",
        "page": page,
        "cards": [ProductCard(product) for product in page],
        "found": found,
        "nothing": nothing,
        "query": f"{urlencode(asked | here)}&",
        "tries": list(_tries(request.town, text)) if nothing else [],
        "shelves": shelves(request.town) if nothing else [],
        "kinds": _kinds() if nothing else [],
    }


def _tries(town: Town, text: str) -> Iterator[str]:
    """Questions that may do better: words of the town near to those typed, then one word less."""
    known = words.vocabulary(town)
    typed = words_of(text)
    offered = {" ".join(typed)}
    for word in typed:
        for guess in () if known.knows(word) else known.guesses(word):
            if known.uses.get(guess):  # a word of our synonyms alone may find nothing here
                offered.add(guess)
                yield guess
    for fewer in shorter(text):
        if all(known.knows(word) for word in words_of(fewer)) and fewer not in offered:
            yield fewer


def _kinds() -> list[dict[str, Any]]:
    """The groups of the directory, as links."""
    here = reverse("places")
    return [{"label": label, "url": f"{here}?{urlencode({'group': key})}"} for key, label in GROUPS.items()]
