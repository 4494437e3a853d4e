"""Several clicks and several people at once, each on a connection of its own."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from parvis.core.errors import Refusal
from parvis.demo import builders
from parvis.market.actions import bulk, write_import
from parvis.market.actions.many import Move
from parvis.market.models import GoodsChange, GoodsImport, Product

pytestmark = pytest.mark.django_db(transaction=True)
PEOPLE = 6


def at_once(act):
    """What each of them got: None, or the sentence of a refusal."""
    start = Barrier(PEOPLE)

    def one(number):
        try:
            start.wait(20)
            act(number)
        except Refusal as refusal:
            return str(refusal)
        finally:
            connection.close()
        return None

    with ThreadPoolExecutor(PEOPLE) as pool:
        return list(pool.map(one, range(PEOPLE)))


def test_many_clicks_write_once(brought, at):
    run = brought("nom;prix;stock\n" + "".join(f"Chose {n};{n + 1};3\n" for n in range(40)))
    said = at_once(lambda number: write_import(run=GoodsImport.objects.get(pk=run.pk), at=at))
    assert sorted(filter(None, said)) == ["This was written already."] * (PEOPLE - 1)
    assert Product.objects.count() == 40
    assert GoodsChange.objects.count() == 1


def test_the_same_file_brought_by_all_adds_each_product_once(brought, at):
    runs = [brought("nom;prix\nTarte;4\nFlan;3\n").pk for _one in range(PEOPLE)]
    said = at_once(lambda number: write_import(run=GoodsImport.objects.get(pk=runs[number]), at=at))
    assert said.count(None) == 1
    assert all("have changed since" in sentence for sentence in said if sentence)
    assert Product.objects.count() == 2


def test_the_list_of_the_trade_sent_by_all_adds_each_product_once(shop, at):
    goods = [{"name": f"Pain {n}", "price_cents": 100, "category": "bread"} for n in range(20)]
    at_once(lambda number: bulk.sell_listed(shop=shop, goods=goods[::-1] if number % 2 else goods, at=at))
    assert Product.objects.count() == 20


def test_changes_of_different_columns_are_all_kept(shop, at):
    products = [builders.make_product(shop, f"Chose {n}", 100, stock=10) for n in range(10)]

    def act(number):
        """Everybody takes one from the shelf, and two set a price: one of them is told that it moved."""
        order = products if number % 2 else products[::-1]
        after = {"price_cents": 200 + number} if number < 2 else {}
        before = dict.fromkeys(after, 100)
        bulk.change_table(shop=shop, moves=[Move(str(p.pk), before, after, -1) for p in order], at=at)

    assert at_once(act) == [None] * PEOPLE
    assert set(Product.objects.values_list("stock", flat=True)) == {10 - PEOPLE}
    assert set(Product.objects.values_list("price_cents", flat=True)) <= {200, 201}
