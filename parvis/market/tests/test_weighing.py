"""Grams and cents: what is weighed is what is paid, in Python and in SQL alike, never above what was agreed."""

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from parvis.demo import builders
from parvis.market.models import Line, Part
from parvis.market.models.lines import line_cents
from parvis.market.weighing import most_grams, portions_in, weighed_cents


@pytest.mark.parametrize(
    ("price", "grams", "cents"),
    [(1890, 250, 473), (1890, 1000, 1890), (1, 499, 0), (1, 500, 1), (2450, 333, 816), (99_999, 1, 100)],
)
def test_the_price_of_a_weight(price, grams, cents):
    assert weighed_cents(price, grams) == cents


@pytest.mark.parametrize(("asked", "percent", "most"), [(300, 10, 330), (300, 0, 300), (333, 10, 366), (1, 10, 1)])
def test_the_tolerance_is_rounded_down(asked, percent, most):
    assert most_grams(asked, percent) == most


@pytest.mark.parametrize(
    ("grams", "portion", "asked", "portions"),
    [(2900, 1400, 3, 2), (200, 50, 6, 4), (1, 1400, 2, 1), (0, 1400, 2, 0), (9999, 50, 6, 6), (75, 50, 6, 2)],
)
def test_a_weight_is_worth_portions(grams, portion, asked, portions):
    assert portions_in(grams, portion, asked) == portions


@given(st.integers(0, 20_000), st.integers(1, 5000), st.integers(1, 99), st.integers(0, 30))
def test_what_is_tolerated_never_costs_more_than_was_agreed(price, portion, asked, percent):
    most = most_grams(portion * asked, percent)
    assert (
        weighed_cents(price, most) * 10_000 <= weighed_cents(price, portion * asked) * (10_000 + 100 * percent) + 10_000
    )
    assert portions_in(most, portion, asked) <= asked


@pytest.fixture
def part(town, shop, product, at) -> Part:
    from parvis.market.models import Order

    order = Order.objects.create(town=town, code="BCDFG", name="Camille", email="c@example.org", placed_at=at, key="k")
    return Part.objects.create(town=town, order=order, shop=shop, kind="collect", placed_at=at, due_at=at)


def a_line(part, **extra) -> Line:
    values = {"name": "Comté", "unit_price_cents": 2345, "vat_bp": 550, "grams": 50, "quantity": 7}
    return Line.objects.create(town_id=part.town_id, part=part, **(values | extra))


@pytest.mark.parametrize(
    "extra",
    [
        {},
        {"prepared_quantity": 3},
        {"sold_by": "weight"},
        {"sold_by": "weight", "prepared_quantity": 7, "prepared_grams": 350},
        {"sold_by": "about", "grams": 1433, "quantity": 3, "prepared_quantity": 2, "prepared_grams": 2777},
        {"sold_by": "weight", "unit_price_cents": 1890, "prepared_quantity": 5, "prepared_grams": 250},
        {"sold_by": "weight", "prepared_quantity": 0, "prepared_grams": 0},
        {"sold_by": "about", "prepared_quantity": 0},
    ],
)
def test_the_database_counts_as_the_pages_do(part, extra):
    line = a_line(part, **extra)
    assert Line.objects.annotate(sql=line_cents()).get(pk=line.pk).sql == line.cents


def test_the_database_keeps_the_tolerance(part):
    line = a_line(part, sold_by="weight", tolerance_percent=10)
    line.prepared_quantity, line.prepared_grams = 7, 385
    line.save()
    line.prepared_grams = 386
    with pytest.raises(IntegrityError, match="weighed_at_most_tolerated"), transaction.atomic():
        line.save()


def test_what_is_sold_by_the_piece_has_no_weight_to_bill(part):
    with pytest.raises(IntegrityError, match="weighed_is_by_weight"), transaction.atomic():
        a_line(part, prepared_quantity=7, prepared_grams=350)


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["piece", "weight", "about"]), st.integers(1, 9000), st.integers(1, 2000), st.integers(1, 9)
        ),
        min_size=1,
    ),
    st.randoms(use_true_random=False),
)
def test_a_line_never_costs_more_than_its_most(wishes, chance):
    for sold_by, price, portion, quantity in wishes:
        line = Line(
            name="x", unit_price_cents=price, vat_bp=550, grams=portion, quantity=quantity, sold_by=sold_by,
            tolerance_percent=10, deposit_cents=20,
        )  # fmt: skip
        assert line.cents + line.deposit_total <= line.most_cents
        if line.by_weight:
            line.prepared_grams = chance.randint(0, line.most_grams)
            line.prepared_quantity = portions_in(line.prepared_grams, portion, quantity)
        else:
            line.prepared_quantity = chance.randint(0, quantity)
        assert 0 <= line.cents + line.deposit_total <= line.most_cents


def test_a_product_by_weight_has_a_portion(shop):
    with pytest.raises(IntegrityError, match="weighed_in_portions"), transaction.atomic():
        builders.make_product(shop, sold_by="weight", grams=0)
