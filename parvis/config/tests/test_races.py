"""Many clients want the last of everything at once: real connections, real locks, and rows that add up afterwards."""

import threading

import pytest
from django.db import connection, connections, transaction

from parvis.config.bench_races import AT, at_once, races, stage, wishes
from parvis.core.busy import Busy
from parvis.core.errors import Refusal
from parvis.demo import builders
from parvis.market.invariants import faults
from parvis.market.models import Order, PartEvent, Product, StockMovement


@pytest.mark.django_db(transaction=True)
def test_the_last_of_everything_is_sold_once():
    town = builders.make_town()
    found = races(town, clients=16, units=20, wanted=4, orders=30)
    assert [race.name for race in found if race.wrong] == [], [race.wrong for race in found]
    assert found[0].outcomes == {"sold": 20, "refused": 60}
    assert sum(sum(race.outcomes.values()) for race in found) > 200


@pytest.mark.django_db(transaction=True)
def test_a_job_that_fails_is_told():
    def broken():
        raise ValueError("no")

    def refused():
        raise Refusal("sold out")

    race = at_once("x", [broken, refused, refused], clients=1)
    assert race.wrong == ["ValueError: no"]
    assert at_once("x", [refused, refused], clients=2).outcomes == {"refused": 2}


SPOILT = {
    "in stock, but": lambda p, o: Product.objects.filter(pk=p.pk).update(stock=9),
    "without taking it": lambda p, o: StockMovement.objects.filter(product=p, delta__lt=0).delete(),
    "has no part": lambda p, o: o.parts.all().delete(),
    "a part without goods": lambda p, o: o.parts.get().lines.all().delete(),
    "never placed": lambda p, o: o.parts.get().events.all().delete(),
    "for no order": lambda p, o: o.parts.get().lines.all().delete(),
    "is not given back": lambda p, o: PartEvent.objects.create(
        town=o.town, part=o.parts.get(), kind=PartEvent.Kind.REFUSED, at=AT
    ),
    "has no delivery": lambda p, o: o.parts.update(kind="bike") and None,
}


@pytest.mark.django_db
@pytest.mark.parametrize("sentence", SPOILT)
def test_what_does_not_add_up_is_said(town, sentence):
    (good,) = stage(town, products=1, stock=3)
    wishes(town, "collect", [[good]], tag="k")[0]()
    assert faults(town) == []
    SPOILT[sentence](good, Order.objects.get())
    assert any(sentence in fault for fault in faults(town)), faults(town)


@pytest.mark.django_db
def test_places_that_are_overdrawn_are_said(town):
    (good,) = stage(town, products=1, stock=None)
    capacity = builders.make_capacity(good.shop, most=2)
    for job in wishes(town, "collect", [[good]] * 2, tag="k"):
        job()
    assert faults(town) == []
    capacity.most = 1
    capacity.save()
    assert any("must prepare 2" in fault for fault in faults(town))


@pytest.mark.django_db
def test_turns_that_are_overdrawn_are_said(town):
    (good,) = stage(town, products=1, stock=None)
    cycle = builders.make_cycle(good.shop, most=2)
    for job in wishes(town, "collect", [[good]] * 2, tag="k"):
        job()
    assert faults(town) == []
    cycle.most = 1
    cycle.save()
    assert any("2 orders for 1" in fault for fault in faults(town))


@pytest.mark.django_db(transaction=True)
def test_who_waits_too_long_is_told_and_nothing_is_written(at):

    town = builders.make_town()
    (good,) = stage(town, products=1, stock=1)
    job = wishes(town, "collect", [[good]], tag="k")[0]
    held, done = threading.Event(), threading.Event()

    def hold():
        with transaction.atomic():
            Product.objects.select_for_update().get(pk=good.pk)
            held.set()
            done.wait(20)
        connections["default"].close()

    holder = threading.Thread(target=hold)
    holder.start()
    held.wait(20)
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '200ms'")
    try:
        with pytest.raises(Busy, match="Nothing was ordered yet"):
            job()
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '10s'")
        done.set()
        holder.join()
    assert not Order.objects.exists()
    assert job() == "sold"
