"""The prepare screen: weighed, missing, replaced as the buyer agreed, sent twice; the money follows the lines."""

from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from parvis.core.errors import Refusal
from parvis.core.models import OutboxMessage
from parvis.demo import builders
from parvis.market import ledger
from parvis.market.actions import Substitute, prepare_part, refuse_part
from parvis.market.amounts_due import at_most, ordered, owed
from parvis.market.models import LedgerTransaction, Order, Part, PartEvent, Product, StockMovement
from parvis.market.pricing import DEPOSIT_VAT_BP, Priced, total_of
from parvis.market.states import PartState


def text(response) -> str:
    return response.content.decode()


def fresh(part) -> Part:
    return Part.objects.get(pk=part.pk)


def story(part) -> Order:
    return Order.objects.with_story().get(pk=part.order_id)


@pytest.fixture
def cheese(shop) -> Product:
    """Asked in portions of 50 g at 18.90 a kilo, 10 % of tolerance."""
    return builders.make_product(shop, "Comté", 1890, sold_by="weight", grams=50, category="dairy")


@pytest.fixture
def beer(shop) -> Product:
    return builders.make_product(shop, "Bière", 300, vat_bp=2000, deposit_cents=20, category="drinks", stock=5)


@pytest.fixture
def cheap(shop) -> Product:
    return builders.make_product(shop, "Baguette", 110, stock=9)


@pytest.fixture
def dear(shop) -> Product:
    return builders.make_product(shop, "Pain aux noix", 690)


def lines_of(part):
    return {line.name: line for line in part.lines.all()}


def test_what_was_weighed_is_sold(town, order_of, cheese, at):
    part = order_of(cheese, quantity=6)
    line = part.lines.get()
    assert (line.asked_grams, line.cents, line.most_grams, line.most_cents) == (300, 567, 330, 624)
    prepare_part(part=part, quantities={}, grams={line.pk: 312}, at=at)
    assert fresh(part).total.cents == 590
    assert ledger.balances(town, "buyer:")[f"buyer:{part.order.code}"] == 590
    assert owed(story(part)).cents <= at_most(story(part)) == 624


@pytest.mark.parametrize(
    ("grams", "said"),
    [
        ({}, r"Weigh Comté, and write the grams\."),
        (331, "at most 330\u00a0g, the buyer agreed to no more. Take some off, or bill 330\u00a0g"),
        (-1, "at most"),
    ],
)
def test_a_weight_that_cannot_be_billed_is_refused(order_of, cheese, at, grams, said):
    part = order_of(cheese, quantity=6)
    given = {part.lines.get().pk: grams} if grams != {} else {}
    with pytest.raises(Refusal, match=said):
        prepare_part(part=part, quantities={}, grams=given, at=at)
    assert fresh(part).state == PartState.PLACED
    assert part.lines.get().prepared_grams is None
    assert not LedgerTransaction.objects.exists()


def test_less_than_asked_is_less_to_pay_and_told(order_of, cheese, product, at):
    part = order_of(cheese, quantity=6, extra=((product, 1),))
    line = lines_of(part)["Comté"]
    prepare_part(part=part, quantities={}, grams={line.pk: 200}, at=at)
    line.refresh_from_db()
    assert (line.prepared_quantity, line.missing, line.cents) == (4, 2, 378)
    mail = OutboxMessage.objects.get(key=f"part-ready:{part.pk}").body
    assert "Comté" in mail


def test_a_deposit_is_sold_apart_and_only_for_what_is_there(town, order_of, beer, at):
    part = order_of(beer, quantity=3)
    assert ordered(story(part)).cents == 960
    prepare_part(part=part, quantities={part.lines.get().pk: 2}, at=at)
    total = fresh(part).total
    assert (total.goods, total.deposits, total.cents, total.vat) == (600, 40, 640, {2000: 100})
    assert ledger.balances(town)["vat:boulangerie-du-parvis"] == -100


def test_a_substitute_stands_for_what_is_missing(order_of, product, cheap, at):
    part = order_of(product, quantity=3, if_missing="replace")
    line = part.lines.get()
    prepare_part(
        part=part, quantities={line.pk: 2}, substitutes={line.pk: Substitute(cheap.pk, quantity=2)}, at=at
    )  # fmt: skip
    instead = part.lines.get(replaces=line)
    assert (instead.name, instead.quantity, instead.cents) == ("Baguette", 2, 220)
    assert fresh(part).total.cents == 2 * 420 + 220
    cheap.refresh_from_db()
    assert cheap.stock == 7
    assert StockMovement.objects.get(line_id=instead.pk).delta == -2
    assert ordered(story(part)).cents == 3 * 420, "what was ordered stays what it was"
    mail = OutboxMessage.objects.get(key=f"part-ready:{part.pk}").body
    assert "2 × Baguette" in mail


@pytest.mark.parametrize(
    ("if_missing", "which", "said"),
    [
        ("leave", "cheap", "wants to go without Pain de campagne"),
        ("call", "cheap", "wants to be called before Pain de campagne is replaced"),
        ("replace", "dear", "Pain aux noix costs more than Pain de campagne"),
    ],
)
def test_the_buyer_is_asked_first(order_of, product, cheap, dear, at, if_missing, which, said):
    other = {"cheap": cheap, "dear": dear}[which]
    part = order_of(product, quantity=1, if_missing=if_missing)
    line = part.lines.get()
    wish = {"part": part, "quantities": {line.pk: 0}, "at": at}
    with pytest.raises(Refusal, match=said):
        prepare_part(substitutes={line.pk: Substitute(other.pk, quantity=1)}, **wish)
    prepare_part(substitutes={line.pk: Substitute(other.pk, quantity=1, agreed=True)}, **wish)
    assert fresh(part).total.cents == min(other.price_cents, 420), "agreed, and never dearer than what was ordered"


def test_nothing_stands_for_what_is_there(order_of, product, cheap, at):
    part = order_of(product, quantity=1, if_missing="replace")
    line = part.lines.get()
    with pytest.raises(Refusal, match="Nothing is missing of Pain de campagne"):
        prepare_part(part=part, quantities={}, substitutes={line.pk: Substitute(cheap.pk, quantity=1)}, at=at)


@pytest.mark.parametrize("wrong", ["other-shop", "hidden", "itself", "options", "none", "unknown", "too-many"])
def test_what_cannot_stand_for_it(town, shop, order_of, product, cheap, at, wrong):
    part = order_of(product, quantity=1, if_missing="replace")
    line = part.lines.get()
    if wrong == "other-shop":
        cheap = builders.make_product(builders.make_shop(town, "Ailleurs"), "Pain", 100)
    elif wrong == "hidden":
        Product.objects.filter(pk=cheap.pk).update(hidden=True)
    elif wrong == "itself":
        cheap = product
    elif wrong == "options":
        builders.make_options(cheap, "Cuisson", ("Blanche", 0, None), ("Dorée", 0, None))
    key = UUID(int=7) if wrong == "unknown" else cheap.pk
    count = {"none": 0, "too-many": 10}.get(wrong, 1)
    with pytest.raises(Refusal):
        prepare_part(
            part=part,
            quantities={line.pk: 0},
            at=at,
            substitutes={line.pk: Substitute(key, quantity=count, agreed=True)},
        )
    assert fresh(part).state == PartState.PLACED
    assert part.lines.count() == 1


def test_a_substitute_by_weight_is_weighed(order_of, product, cheese, at):
    part = order_of(product, quantity=1, if_missing="replace")
    line = part.lines.get()
    prepare_part(
        part=part, quantities={line.pk: 0}, substitutes={line.pk: Substitute(cheese.pk, grams=222)}, at=at
    )  # fmt: skip
    assert part.lines.get(replaces=line).cents == 420


def test_nothing_at_all_is_refused(order_of, product, cheese, at):
    part = order_of(product, quantity=1, extra=((cheese, 2),))
    nothing = {line.pk: 0 for line in part.lines.all()}
    with pytest.raises(Refusal, match="Nothing is left"):
        prepare_part(part=part, quantities=nothing, at=at)


def test_the_page_takes_grams_and_keeps_what_is_wrong(page_of, post_to, order_of, cheese, product, at):
    part = order_of(cheese, quantity=6, extra=((product, 2),), if_missing="replace")
    lines = lines_of(part)
    page = text(page_of(f"orders/{part.pk}/"))
    assert f'name="grams-{lines["Comté"].pk}"' in page
    assert "300\u00a0g asked, at most 330\u00a0g" in page
    assert "You may replace it by something alike, never dearer." in page
    assert f'data-draft="prepare:{part.pk}"' in page
    heavy = post_to(f"orders/{part.pk}/ready/", **{f"grams-{lines['Comté'].pk}": 400})
    assert heavy.status_code == 422
    assert "Take some off, or bill 330\u00a0g" in text(heavy)
    assert 'value="400"' in text(heavy)
    for nonsense in ("viel", "-3", "1e9", "3,5"):
        wrong = post_to(f"orders/{part.pk}/ready/", **{f"grams-{lines['Comté'].pk}": nonsense})
        assert wrong.status_code == 422
        assert nonsense in text(wrong)
    assert fresh(part).state == PartState.PLACED
    assert LedgerTransaction.objects.count() == 0


def test_sent_twice_counts_once(page_of, post_to, order_of, cheese, product, cheap):
    """The answer was lost, the phone sends again; then somebody sends other numbers."""
    part = order_of(cheese, quantity=6, extra=((product, 2),), if_missing="replace")
    lines = lines_of(part)
    bread = lines["Pain de campagne"].pk
    sent = {
        f"grams-{lines['Comté'].pk}": 310, f"line-{bread}": 1, f"other-{bread}": cheap.pk, f"count-{bread}": 1,
    }  # fmt: skip
    for _ in range(2):
        assert post_to(f"orders/{part.pk}/ready/", **sent).status_code == 302
    post_to(f"orders/{part.pk}/ready/", **(sent | {f"grams-{lines['Comté'].pk}": 1}))
    assert PartEvent.objects.filter(part=part, kind="ready").count() == 1
    assert LedgerTransaction.objects.filter(key=f"sale:{part.pk}").count() == 1
    assert part.lines.count() == 3
    assert fresh(part).total.cents == 586 + 420 + 110
    page = text(page_of(f"orders/{part.pk}/"))
    assert "310\u00a0g weighed" in page
    assert "instead of Pain de campagne" in page


def test_the_page_asks_how_much_instead(post_to, order_of, product, cheap):
    part = order_of(product, quantity=2)
    line = part.lines.get()
    said = post_to(f"orders/{part.pk}/ready/", **{f"line-{line.pk}": 1, f"other-{line.pk}": cheap.pk})
    assert said.status_code == 422
    assert "Say how much the buyer gets instead." in text(said)
    said = post_to(f"orders/{part.pk}/ready/", **{f"other-{line.pk}": "nonsense", f"line-{line.pk}": 1})
    assert said.status_code == 422
    said = post_to(
        f"orders/{part.pk}/ready/",
        **{f"line-{line.pk}": 1, f"other-{line.pk}": cheap.pk, f"count-{line.pk}": 1, f"agreed-{line.pk}": "on"},
    )
    assert said.status_code == 302
    assert fresh(part).total.cents == 420 + 110


def test_another_merchant_weighs_nothing(post_to, order_of, cheese, other_merchant, stranger):
    part = order_of(cheese)
    for person in (other_merchant, stranger):
        assert (
            post_to(f"orders/{part.pk}/ready/", person=person, **{f"grams-{part.lines.get().pk}": 100}).status_code
            == 404
        )
    assert fresh(part).state == PartState.PLACED


def test_a_substitute_comes_back_when_nobody_was_there(town, order_of, product, cheap, at):
    """The shop refuses before it is packed: only what the order took comes back."""
    part = order_of(product, quantity=1)
    refuse_part(part=part, reason="Fermé", at=at)
    product.refresh_from_db()
    cheap.refresh_from_db()
    assert (product.stock, cheap.stock) == (10, 9)


WISHES = st.lists(
    st.tuples(
        st.sampled_from(["piece", "weight", "about"]),
        st.integers(1, 4000),  # price
        st.integers(1, 1500),  # grams of one
        st.integers(1, 9),  # quantity
        st.sampled_from([0, 0, 10, 25]),  # deposit
        st.sampled_from([0, 550, 1000, 2000]),  # VAT
        st.integers(0, 100),  # how much of it there is, per cent
        st.booleans(),  # replaced?
    ),
    min_size=1,
    max_size=5,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(wishes=WISHES)
def test_the_totals_follow_the_lines(town, shop, dear, order_of, at, wishes):
    """Whatever is weighed, missing or replaced: total = lines, ledger = total, never above what was authorised."""
    goods = [
        builders.make_product(
            shop, f"Chose {n}", price, sold_by=sold_by, grams=grams, deposit_cents=deposit, vat_bp=vat
        )
        for n, (sold_by, price, grams, _quantity, deposit, vat, _there, _replaced) in enumerate(wishes)
    ]
    (first, *others) = [(product, wish[3]) for product, wish in zip(goods, wishes, strict=True)]
    part = order_of(first[0], quantity=first[1], extra=tuple(others), if_missing="replace")
    quantities, grams, instead = {}, {}, {}
    for line, (*_rest, there, replaced) in zip(part.lines.all(), wishes, strict=True):
        if line.by_weight:
            grams[line.pk] = line.most_grams * there // 100
        else:
            quantities[line.pk] = line.quantity * there // 100
        if replaced and there < 50:
            instead[line.pk] = Substitute(dear.pk, quantity=1, agreed=True)
    try:
        prepare_part(part=part, quantities=quantities, grams=grams, substitutes=instead, at=at)
    except Refusal:
        assert not LedgerTransaction.objects.filter(key=f"sale:{part.pk}").exists()
        return
    part = fresh(part)
    lines = list(part.lines.all())
    assert part.total.goods == sum(line.cents for line in lines)
    assert part.total.deposits == sum(line.deposit_total for line in lines)
    assert part.total.cents <= part.most_cents <= at_most(story(part))
    apart = [Priced(line.deposit_total, DEPOSIT_VAT_BP) for line in lines]
    assert part.total.vat_cents == total_of([*part.priced(), *apart]).vat_cents, "a deposit carries no VAT"
    entries = LedgerTransaction.objects.get(key=f"sale:{part.pk}").entries
    assert sum(entries.values_list("amount_cents", flat=True)) == 0
    assert sum(ledger.balances(town, f"buyer:{part.order.code}").values()) == part.total.cents
    for line in lines:
        assert line.cents + line.deposit_total <= line.most_cents or line.replaces_id


def test_goods_with_something_to_choose_stand_in_too(page_of, post_to, order_of, product, shop, at):
    """Sliced bread is given instead: its option is on the bill, and its own stock is counted."""
    loaf = builders.make_product(shop, "Pain complet", 380)
    _whole, sliced = builders.make_options(loaf, "Tranches", ("Entier", 0, None), ("Tranché", 10, 3))
    gone = builders.make_options(builders.make_product(shop, "Brioche", 300), "Taille", ("Grande", 0, 0))
    part = order_of(product, quantity=2, if_missing="replace")
    line = part.lines.get()
    page = text(page_of(f"orders/{part.pk}/"))
    assert "Pain complet (Entier) · €3.80" in page
    assert "Pain complet (Tranché) · €3.90" in page
    assert str(gone[0].pk) not in page, "what is sold out is not offered"
    sent = {f"line-{line.pk}": 1, f"other-{line.pk}": f"{loaf.pk}:{sliced.pk}", f"count-{line.pk}": 1}
    assert post_to(f"orders/{part.pk}/ready/", **sent).status_code == 302
    given = part.lines.get(replaces=line)
    assert (given.full_name, given.unit_price_cents) == ("Pain complet (Tranché)", 390)
    sliced.refresh_from_db()
    assert sliced.stock == 2
    assert fresh(part).total.cents == 420 + 390


def test_an_option_of_another_product_is_no_choice(post_to, order_of, product, shop, at):
    loaf = builders.make_product(shop, "Pain complet", 380)
    builders.make_options(loaf, "Tranches", ("Entier", 0, None))
    [foreign] = builders.make_options(builders.make_product(shop, "Brioche", 300), "Taille", ("Grande", 0, None))
    part = order_of(product, quantity=2, if_missing="replace")
    line = part.lines.get()
    wish = {line.pk: Substitute(product_id=loaf.pk, option_id=foreign.pk, quantity=1)}
    with pytest.raises(Refusal, match="choose first"):
        prepare_part(part=part, quantities={line.pk: 1}, substitutes=wish, at=at)
    for chosen in (f"{loaf.pk}:{foreign.pk}", str(loaf.pk)):
        sent = {f"line-{line.pk}": 1, f"other-{line.pk}": chosen, f"count-{line.pk}": 1}
        assert post_to(f"orders/{part.pk}/ready/", **sent).status_code == 422
    assert not PartEvent.objects.filter(part=part, kind="ready").exists()
