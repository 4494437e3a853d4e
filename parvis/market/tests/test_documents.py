"""Invoices: numbers without gaps, nothing changed once issued, what the law wants on them, and who may read them."""

import threading
from datetime import date, timedelta
from html import unescape

import pytest
from django.db import DatabaseError, connection, connections, transaction

from parvis.demo import builders
from parvis.market import ledger
from parvis.market.actions import Buyer, finish_part, place_order, prepare_part
from parvis.market.models import Document, LedgerEntry, Operator, Order, Part, Series
from parvis.market.papers import Issuer, Row, content_of, credited
from parvis.market.tests.test_place_order import BUYER, deliver, order_by_bike

DAY = date(2026, 11, 26)


def sold(product, at, key, kind="collect", quantity=2, **buyer):
    """A part that its shop has prepared."""
    order = place_order(
        town=product.town,
        basket=builders.make_basket(product.town, (product, quantity)),
        buyer=Buyer(**({name: getattr(BUYER, name) for name in BUYER.__slots__} | buyer)),
        chosen={product.shop_id: product.shop.modalities.get(kind=kind)},
        window_id=None,
        key=key,
        at=at,
    )
    part = order.parts.get()
    prepare_part(part=part, quantities={}, at=at)
    return part


def codes():
    return [document.code for document in Document.objects.in_order()]


def test_each_sale_has_its_number(product, at):
    for number in range(3):
        sold(product, at + timedelta(minutes=number), f"k{number}")
    assert codes() == ["BDP-F2026-00001", "BDP-F2026-00002", "BDP-F2026-00003"]


def test_a_sale_that_fails_leaves_no_gap(product, at):
    sold(product, at, "a")
    with transaction.atomic():
        sold(product, at, "b")
        transaction.set_rollback(True)  # the machine stops before the commit
    sold(product, at, "c")
    assert codes() == ["BDP-F2026-00001", "BDP-F2026-00002"]


def test_what_the_ledger_says_is_what_is_invoiced(town, shop, product, hub, window, rider, at):
    wine = builders.make_product(shop, "Vin", 1999, vat_bp=2000)
    sold(wine, at, "post", "post", quantity=3)
    bike = order_by_bike(town, product, window, at)
    prepare_part(part=bike.parts.get(), quantities={}, at=at)
    deliver(bike, hub, rider, at)
    documents = list(Document.objects.in_order())
    assert [d.gross_cents for d in documents] == [3 * 1999 + 690, 840, 390]
    for document in documents:
        own = LedgerEntry.objects.filter(transaction=document.movement).exclude(account__startswith="buyer:")
        assert -sum(e.amount_cents for e in own) == document.gross_cents
        assert -sum(e.amount_cents for e in own if e.account.startswith("vat:")) == document.vat_cents
        assert sum(line["gross"] for line in document.content["lines"]) == document.gross_cents
    assert documents[-1].code == "ISSY-F2026-00001", "the fee of the bikes is the town's own sale"


def test_what_is_missing_is_not_invoiced(product, at):
    order = place_order(
        town=product.town, basket=builders.make_basket(product.town, (product, 3)), buyer=BUYER,
        chosen={product.shop_id: product.shop.modalities.get(kind="collect")}, window_id=None, key="k", at=at,
    )  # fmt: skip
    part = order.parts.get()
    prepare_part(part=part, quantities={part.lines.get().pk: 1}, at=at)
    (line,) = Document.objects.get().content["lines"]
    assert (line["quantity"], line["gross"]) == (1, 420)


def test_a_sale_taken_back_gets_a_credit_note(product, at):
    part = sold(product, at, "k")
    ledger.reverse_sale(part, at=at + timedelta(days=40))
    ledger.reverse_sale(part, at=at + timedelta(days=40))
    invoice, credit = Document.objects.in_order()
    assert credit.code == "BDP-A2027-00001"
    assert credit.refers_to == invoice
    assert (credit.gross_cents, credit.vat_cents) == (-invoice.gross_cents, -invoice.vat_cents)
    assert credit.content["refers_to"] == "BDP-F2026-00001"


def test_shops_with_the_same_letters_have_other_series(town, product, at):
    other = builders.make_product(builders.make_shop(town, "Brasserie du Pont"))
    for number, item in enumerate((product, other, product)):
        sold(item, at, f"k{number}")
    assert sorted(codes()) == ["BDP-F2026-00001", "BDP-F2026-00002", "BDP2-F2026-00001"]


def test_a_year_begins_at_one_with_the_same_letters(product, at):
    sold(product, at, "a")
    part = sold(product, at, "b")
    silvester = at.replace(month=12, day=31, hour=23, minute=30)  # half past midnight in the town
    ledger.reverse_sale(part, at=silvester)
    assert Series.objects.get(kind="A").year == 2027
    assert set(Series.objects.values_list("letters", flat=True)) == {"BDP"}


def test_dates_follow_numbers(product, at):
    sold(product, at, "a")
    sold(product, at - timedelta(days=2), "b")
    first, second = Document.objects.order_by("number")
    assert second.issued_at == first.issued_at


@pytest.mark.parametrize("change", [{"content": {}}, {"gross_cents": 1}, {"number": 9}, {"recipient": {"name": "X"}}])
def test_what_was_issued_never_changes(product, at, change):
    sold(product, at, "k")
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        Document.objects.update(**change)
    Document.objects.update(recipient={})
    assert Document.objects.get().recipient == {}


def test_content_holds_what_the_directive_asks(product, at):
    shop = product.shop
    shop.organisation.vat_number = "FR40303265045"
    shop.organisation.registration_number = "73282932000074"
    shop.organisation.save()
    sold(product, at, "k", address="12 rue X")
    document = Document.objects.get()
    content = document.content
    assert content["issuer"] == {
        "name": "Boulangerie du Parvis", "address": "1 place de la Mairie", "registration": "73282932000074",
        "vat_number": "FR40303265045", "country": "FR",
    }  # fmt: skip
    assert document.recipient == {"name": "Camille Martin", "address": "12 rue X"}
    assert content["supplied_on"] == content["ordered_on"] == "2026-11-26"
    assert content["lines"] == [
        {"name": "Pain de campagne", "unit": "", "quantity": 2, "unit_net": 398, "vat_bp": 550, "gross": 840}
    ]
    assert content["rates"] == [{"vat_bp": 550, "net": 796, "vat": 44, "gross": 840}]
    assert content["exemption"] == ""


@pytest.mark.parametrize(
    ("country", "vat_number", "rate", "says"),
    [("FR", "", 0, "293 B"), ("FR", "", 550, ""), ("FR", "FR1", 0, ""), ("BE", "", 0, "franchise"), ("CH", "", 0, "")],
)
def test_small_businesses_say_why_there_is_no_vat(country, vat_number, rate, says):
    content = content_of(
        issuer=Issuer("B", vat_number=vat_number, country=country), rows=[Row("Pain", 1, 420, rate)], order="X",
        ordered_on=DAY, supplied_on=DAY, currency="EUR",
    )  # fmt: skip
    assert says in content["exemption"] if says else content["exemption"] == ""


def test_a_credit_note_is_the_invoice_with_the_other_sign():
    rows = [Row("a", 3, 1000, 550), Row("b", 1, 333, 2000), Row("c", 7, 77, 210)]
    content = content_of(issuer=Issuer("B"), rows=rows, order="X", ordered_on=DAY, supplied_on=DAY, currency="EUR")
    back = credited(content, invoice="B-F2026-00001", invoiced_on=DAY, credited_on=DAY)
    for one, other in zip(content["rates"], back["rates"], strict=True):
        assert {key: one[key] + other[key] for key in ("net", "vat", "gross")} == {"net": 0, "vat": 0, "gross": 0}


def test_the_operator_is_named_once_an_agent_wrote_it(town, product, hub, window, rider, at):
    Operator.objects.create(town=town, name="Régie des vélos", address="1 quai", vat_number="FR2")
    order = order_by_bike(town, product, window, at)
    prepare_part(part=order.parts.get(), quantities={}, at=at)
    deliver(order, hub, rider, at)
    issuer = Document.objects.get(part=None).content["issuer"]
    assert (issuer["name"], issuer["address"], issuer["vat_number"]) == ("Régie des vélos", "1 quai", "FR2")


@pytest.mark.django_db(transaction=True)
def test_numbers_have_no_gap_when_sixteen_sell_at_once(town, at):
    """Real connections on PostgreSQL; every fourth sale is given up after its number was taken."""
    shop = builders.make_shop(town)
    product = builders.make_product(shop)
    parts = []
    for number in range(16):
        order = place_order(
            town=town, basket=builders.make_basket(town, (product, 1)), buyer=BUYER,
            chosen={shop.pk: shop.modalities.get(kind="collect")}, window_id=None, key=f"k{number}", at=at,
        )  # fmt: skip
        parts.append(order.parts.get())
    start, wrong = threading.Barrier(16), []

    def sell(number: int, part: Part) -> None:
        try:
            start.wait()
            with transaction.atomic():
                prepare_part(part=part, quantities={}, at=at)
                if number % 4 == 0:
                    raise ZeroDivisionError
        except ZeroDivisionError:
            pass
        except Exception as error:
            wrong.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=sell, args=row) for row in enumerate(parts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    assert sorted(Document.objects.values_list("number", flat=True)) == list(range(1, 13))
    assert Series.objects.get().last == 12
    connection.close()


def text_of(answer):
    return " ".join(unescape(answer.content.decode()).split())


def test_the_buyer_reads_it(visit, product, citizen, other_merchant, stranger, other_town, at):
    part = sold(product, at, "k", person=citizen, language="en")
    document, order = Document.objects.get(), part.order
    address = f"/orders/{order.code}/documents/{document.pk}.pdf"
    me = visit(citizen)
    me.cookies["language"] = "en"
    page = text_of(me.get(f"/orders/{order.code}/"))
    assert "Invoice BDP-F2026-00001" in page
    assert address in page
    assert f"{address}?key={order.secret}" in visit().get(f"/orders/{order.code}/?key={order.secret}").content.decode()
    answer = me.get(address)
    assert answer["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF-")
    assert b"/StructTreeRoot" in answer.content
    assert b"pdfuaid" in answer.content
    assert visit().get(f"{address}?key={order.secret}").content == answer.content, "the same file each time"
    assert visit().get(address).status_code == 404
    assert visit(other_merchant).get(address).status_code == 404
    assert visit(stranger, other_town).get(address).status_code == 404


def test_an_order_does_not_open_the_document_of_another(visit, product, citizen, at):
    mine = sold(product, at, "a", person=citizen)
    sold(product, at, "b")
    other = Document.objects.exclude(order=mine.order).get()
    assert visit(citizen).get(f"/orders/{mine.order.code}/documents/{other.pk}.pdf").status_code == 404


@pytest.mark.parametrize("name", ['#import "x"', "$x$ *b*", "日本語", "<b>&amp;"])
def test_what_people_write_is_only_text_on_paper(visit, shop, citizen, at, name):
    part = sold(builders.make_product(shop, name), at, "k", person=citizen, name=name)
    document = Document.objects.get()
    answer = visit(citizen).get(f"/orders/{part.order.code}/documents/{document.pk}.pdf")
    assert answer.content.startswith(b"%PDF-")


def test_the_story_of_an_order_counts_each_document_once(product, at):
    part = sold(product, at, "k")
    finish_part(part=part, at=at)
    assert Order.objects.get().documents.count() == 1
