"""Every address of a town, tried by nobody and by somebody with every role in another town.

A new page that is neither public by intent (the list below) nor guarded fails here. Pages of one row are tried by
the tests of their room, with rows that exist.
"""

import uuid

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

PUBLIC = {
    "home", "search", "about", "figures", "legal", "privacy", "accessibility", "gallery", "shops", "shop", "products",
    "product",
    "basket", "checkout", "places", "place", "address-search", "demo-people", "order", "order-receipt", "order-cancel",
    "api-page", "api-openapi", "api-list_places", "api-list_places_geojson", "api-one_place", "api-place_hours",
    "api-categories", "api-services", "robots", "sitemap", "sitemap-section", "place-calendar", "place-poster",
    "news", "news-rss", "news-atom", "news-json", "news-follow", "news-following", "news-stop", "news-worker",
    "news-push", "news-push-end", "news-push-renew", "places-csv", "places-geojson", "places-xlsx",
    "map", "map-places", "map-ground", "map-tiles", "embed-map", "report-place", "still-right", "still-right-changed",
    "still-right-stop", "order-pay", "join", "join-thanks", "joined", "fund", "right-of-withdrawal",
    "merchant-worker", "merchant-not-kept", "rider-worker", "rider-not-kept", "rider-manifest", "rider-icon",
}  # fmt: skip


OWN = {
    "orders", "set-language", "basket-add", "basket-change", "me", "me-data", "me-erase", "my-messages",
    "my-messages-allow", "my-messages-end",
}  # fmt: skip


def addresses(patterns=None, prefix=""):
    """Each address with its name; parameters filled with values that do not exist."""
    samples = {"uuid": str(uuid.UUID(int=7)), "slug": "nowhere", "str": "ZZZZZ", "path": "x", "int": "1"}
    for entry in patterns or get_resolver().url_patterns:
        route = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from addresses(entry.url_patterns, route)
        elif isinstance(entry, URLPattern) and "(?P" not in route:
            for kind, value in samples.items():
                while f"<{kind}:" in route:
                    start = route.index(f"<{kind}:")
                    route = route[:start] + value + route[route.index(">", start) + 1 :]
            yield entry.name or "", "/" + route


ALL = [(name, url) for name, url in addresses() if not url.startswith("/accounts/")]
GUARDED = [(name, url) for name, url in ALL if name not in PUBLIC]


def test_the_table_sees_the_town():
    assert len(ALL) > 60
    assert {"hub", "dispatch", "rider", "agent", "merchant"} <= {name for name, _ in GUARDED}


@pytest.mark.django_db
def test_nobody_gets_a_sign_in_or_nothing(town, visit):
    browser = visit()
    for name, url in GUARDED:
        answer = browser.get(url)
        to_sign_in = answer.status_code == 302 and "/accounts/login/" in answer["Location"]
        assert to_sign_in or answer.status_code in {404, 405}, (name, url, answer.status_code)


@pytest.mark.django_db
def test_a_stranger_gets_nothing(town, stranger, visit):
    browser = visit(stranger)
    for name, url in GUARDED:
        # one's own language, basket, orders and account: an account is one on the whole installation
        if name in OWN:
            continue
        answer = browser.get(url)
        assert answer.status_code in {404, 405}, (name, url, answer.status_code)
        assert browser.post(url).status_code in {403, 404, 405}, (name, url)


@pytest.mark.django_db
def test_reading_writes_nothing(town, visit, django_assert_max_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    browser = visit()
    with CaptureQueriesContext(connection) as asked:
        for _name, url in ALL:
            browser.get(url)
    wrote = [q["sql"][:120] for q in asked if q["sql"].split(" ", 1)[0] in {"INSERT", "UPDATE", "DELETE"}]
    assert wrote == []
