"""Personal data goes when its time is over, and not before; amounts stay."""

from datetime import timedelta

from parvis.config import retention
from parvis.core.geo import Point
from parvis.core.models import OutboxMessage
from parvis.delivery.models import Delivery
from parvis.demo import builders
from parvis.market.actions import Buyer, place_order
from parvis.market.models import Basket, Line, Order


def order(town, window, product, at):
    buyer = Buyer(name="Camille", email="c@example.org", phone="06", address="12 rue X", point=Point(2.27, 48.82))
    return place_order(
        town=town,
        basket=builders.make_basket(town, (product, 1)),
        buyer=buyer,
        chosen={product.shop_id: product.shop.modalities.get(kind="bike")},
        window_id=window.pk,
        key="k",
        at=at,
    )


def purge(at):
    return {rule.what: rule.remove(at - rule.keep) for rule in retention.RULES}


def test_nothing_goes_too_early(town, window, product, at):
    order(town, window, product, at)
    OutboxMessage.objects.update(sent_at=at, created_at=at)
    Basket.objects.update(updated_at=at)
    assert set(purge(at + timedelta(days=29)).values()) == {0}


def test_names_go_and_amounts_stay(town, window, product, at):
    order(town, window, product, at)
    OutboxMessage.objects.update(sent_at=at, created_at=at)
    Basket.objects.update(updated_at=at)
    purge(at + timedelta(days=4 * 365))
    kept = Order.objects.get()
    assert (kept.name, kept.email, kept.phone, kept.address) == ("—", "", "", "")
    assert Delivery.objects.get().address == ""
    assert Line.objects.get().cents == 420
    assert not OutboxMessage.objects.exists()
    assert not Basket.objects.exists()
    assert set(purge(at + timedelta(days=4 * 365)).values()) == {0}


def test_a_message_still_to_be_sent_is_kept(town, window, product, at):
    order(town, window, product, at)
    OutboxMessage.objects.update(created_at=at)
    purge(at + timedelta(days=400))
    assert OutboxMessage.objects.exists()


def test_the_table_can_be_read(capsys):
    import argparse

    assert retention.run(argparse.Namespace(list=True)) == 0
    assert "90 days" in capsys.readouterr().out
