"""What a shop issued in a month: the list, the CSV and the ZIP."""

from datetime import timedelta
from html import unescape
from io import BytesIO
from zipfile import ZipFile

import pytest

from parvis.demo import builders
from parvis.market import ledger
from parvis.market.actions import prepare_part
from parvis.market.models import Document


def text(response):
    return " ".join(unescape(response.content.decode()).split())


@pytest.fixture
def sell(order_of, at):
    def sell(product, **buyer):
        part = order_of(product, **buyer)
        prepare_part(part=part, quantities={}, at=at)
        return part

    return sell


def test_the_month_as_a_list(page_of, product, sell, at):
    part = sell(product)
    ledger.reverse_sale(part, at=at + timedelta(hours=1))
    sell(product)
    page = text(page_of("documents/"))
    for said in ("Invoice BDP-F2026-00001", "Credit note BDP-A2026-00001", "takes back BDP-F2026-00001", "€8.40"):
        assert said in page
    assert "Month after" not in page
    assert "Nothing was issued in this month" in text(page_of("documents/?month=2026-10"))
    for nonsense in ("2026-13", "x", "9999-01"):
        assert page_of(f"documents/?month={nonsense}").status_code == 200


def test_the_csv_adds_up_and_acts_in_no_spreadsheet(page_of, product, sell):
    part = sell(product, name='=HYPERLINK("x")')
    lines = page_of("documents/?as=csv").content.decode("utf-8-sig").split("\r\n")
    assert lines[1] == (
        f'BDP-F2026-00001;2026-11-26;invoice;;{part.order.code};"\'=HYPERLINK(""x"")";5.5%;7.96;0.44;8.40'
    )


def test_all_of_a_month_in_one_zip(page_of, product, sell):
    for _ in range(2):
        sell(product)
    answer = page_of("documents/?as=zip")
    with ZipFile(BytesIO(answer.content)) as archive:
        assert archive.namelist() == ["BDP-F2026-00001.pdf", "BDP-F2026-00002.pdf"]
        assert archive.read("BDP-F2026-00001.pdf").startswith(b"%PDF-")


def test_a_shop_opens_its_own_only(page_of, town, product, sell, other_merchant, citizen, stranger, at):
    sell(product)
    document = Document.objects.get()
    path = f"documents/{document.pk}.pdf"
    assert page_of(path).content.startswith(b"%PDF-")
    for wrong in (other_merchant, citizen, stranger):
        assert page_of(path, person=wrong).status_code == 404
    assert page_of(path, person=other_merchant, shop="primeurs-de-la-place").status_code == 404
    assert "BDP-F" not in text(page_of("documents/", person=other_merchant, shop="primeurs-de-la-place"))


def test_queries_do_not_grow_with_documents(page_of, shop, sell, django_assert_max_num_queries):
    bread = builders.make_product(shop)
    for _ in range(5):
        sell(bread)
    page_of("about/")
    with django_assert_max_num_queries(12):
        page_of("documents/")
