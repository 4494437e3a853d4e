"""A shop with orders, and the ways to knock at its doors."""

from datetime import timedelta

import pytest

from parvis.core.geo import Point
from parvis.demo import builders
from parvis.market.actions import Buyer, place_order
from parvis.market.models import Part

BUYER = Buyer(
    name="Camille Martin",
    email="camille@example.org",
    phone="06 12 34 56 78",
    address="12 rue du Général Leclerc",
    point=Point(2.275, 48.825),
    language="fr",
    note="Sonner deux fois",
)


@pytest.fixture(autouse=True)
def _english(settings):
    """Sentences are compared in the language they are written in."""
    settings.LANGUAGE_CODE = "en"


@pytest.fixture
def order_of(town, at):
    """``order_of(product, kind)`` places an order and gives the part of the product's shop."""
    count = iter(range(1000))

    def place(product, kind="collect", *, quantity=2, window=None, ago=10, extra=(), **buyer) -> Part:
        basket = builders.make_basket(town, (product, quantity), *extra)
        shops = {p.shop for p, _ in ((product, 1), *extra)}
        order = place_order(
            town=town,
            basket=basket,
            buyer=BUYER if not buyer else Buyer(**({f: getattr(BUYER, f) for f in BUYER.__slots__} | buyer)),
            chosen={shop.pk: shop.modalities.get(kind=kind) for shop in shops},
            window_id=window.pk if window else None,
            key=f"key-{next(count)}",
            at=at - timedelta(minutes=ago),
        )
        return order.parts.get(shop=product.shop)

    return place


@pytest.fixture
def page_of(visit, merchant, clock):
    """``page_of(path, person=…)``: what somebody sees under ``/merchant/<shop>/``, in English."""

    clients = {}

    def get(path="", person=merchant, shop="boulangerie-du-parvis", method="get", **data):
        if person not in clients:
            clients[person] = visit(person)
            clients[person].cookies["language"] = "en"
        client = clients[person]
        headers = data.pop("headers", {})
        return getattr(client, method)(f"/merchant/{shop}/{path}", data, headers=headers)

    return get


@pytest.fixture
def post_to(page_of):
    def post(path="", **data):
        return page_of(path, method="post", **data)

    return post
