"""The measurement of the checkout measures what it says: copies are whole orders, every client orders."""

import pytest

from parvis.config import bench_checkout
from parvis.config.bench_growth import TREE
from parvis.demo import builders
from parvis.market.ledger import town_sum
from parvis.market.models import Order, Part
from parvis.market.states import PartState


@pytest.mark.django_db(transaction=True)
@pytest.mark.timeout(400)
def test_orders_are_copied_with_all_that_hangs_on_them(settings):
    settings.ALLOWED_HOSTS = ["*"]
    town = builders.make_town()
    found = bench_checkout.grow(town, sizes=[80, 200], rounds=2)
    assert set(found) == {
        "plain page", "place_order", "checkout page", "merchant's board", "order page", "agent's day",
    }  # fmt: skip
    assert all(len(row["median_ms"]) == 2 and row["grown"] > 0 for row in found.values())
    copies = Order.objects.filter(key__startswith="copy-")
    assert copies.count() == 200
    assert copies.values("placed_at").distinct().count() == 200
    assert all(model._default_manager.count() >= 200 for model, _parent, _changed in TREE)
    part = Part.objects.filter(order__in=copies).order_by("pk").first()
    assert part.state == PartState.DONE
    assert part.lines.get().name.startswith("Article")
    assert town_sum(town) == 0
    assert Order.objects.filter(key__startswith="new-").count() == 6


@pytest.mark.django_db(transaction=True)
@pytest.mark.timeout(400)
def test_every_client_orders():
    found = bench_checkout.throughput(builders.make_town(), clients=4, processes=2, orders=12)
    assert {name: (row["orders"], row["refused"]) for name, row in found.items()} == {
        "contended": (12, 0), "spread": (12, 0),
    }  # fmt: skip
    assert all(row["a_second"] > 0 and row["p95_ms"] >= row["median_ms"] for row in found.values())
    assert Order.objects.count() == 24
