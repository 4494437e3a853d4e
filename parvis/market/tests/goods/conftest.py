"""A shop, small files to bring to it, and the pages of its merchant."""

import io

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from parvis.market.actions import bring_goods, write_import
from parvis.market.goods.difference import Difference
from parvis.market.goods.reading import read_table
from parvis.market.models import GoodsImport, Product
from parvis.market.tests.merchant.conftest import BUYER, order_of, page_of, post_to  # noqa: F401 - fixtures

HERE = "/merchant/boulangerie-du-parvis/"


@pytest.fixture(autouse=True)
def _english(settings):
    settings.LANGUAGE_CODE = "en"


@pytest.fixture
def brought(shop, at, tmp_path):
    """``brought(content)`` reads a file and keeps what it would change; gives the import."""

    def do(content, *, hide_missing=False, name="goods.csv"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        reading = read_table(path, shop)
        return bring_goods(
            shop=shop, way=GoodsImport.Way.TABLE, name=name, reading=reading, hide_missing=hide_missing, at=at
        )

    return do


@pytest.fixture
def difference_of():
    return lambda run: Difference.from_json(run.report)


@pytest.fixture
def write(brought, at):
    """``write(content)`` brings a file and writes it at once."""

    def do(content, **options):
        return write_import(run=brought(content, **options), at=at)

    return do


@pytest.fixture
def the():
    return lambda name: Product.objects.get(name=name)


@pytest.fixture
def send(post_to, shop):  # noqa: F811
    """``send(content)`` brings a file through the page; gives the answer."""

    def do(content, name="goods.csv", **data):
        data = content if isinstance(content, bytes) else content.encode(), data
        return post_to("products/bring/table/", file=SimpleUploadedFile(name, data[0]), **data[1])

    return do


def workbook(*rows):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(list(row))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
