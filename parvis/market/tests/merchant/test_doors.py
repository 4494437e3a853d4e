"""Every page of a shop opens to whoever speaks for it, to nobody else, and reading writes nothing."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from parvis.demo import builders

PAGES = [
    "",
    "orders/{part}/",
    "orders/{part}/refuse/",
    "orders/{ready}/label/",
    "orders/{ready}/label.pdf",
    "products/",
    "products/add/",
    "products/{product}/",
    "products/bring/",
    "products/bring/table/",
    "products/bring/list/",
    "products/bring/eans/",
    "products/bring/photos/",
    "products/bring/website/",
    "products/table/",
    "products/prices/",
    "products/bring/{brought}/",
    "products/export.csv",
    "products/export.xlsx",
    "hours/",
    "hours/?as=text",
    "ways/",
    "about/",
    "money/",
    "money/?as=csv",
    "documents/",
    "documents/?as=csv",
    "documents/?as=zip",
]
BUTTONS = [
    "orders/{part}/accept/",
    "orders/{part}/refuse/",
    "orders/{part}/ready/",
    "orders/{part}/sent/",
    "orders/{part}/done/",
    "products/add/",
    "products/{product}/",
    "products/{product}/quick/",
    "products/{product}/hide/",
    "products/bring/table/",
    "products/bring/{brought}/",
    "products/bring/{brought}/leave/",
    "products/bring/{brought}/add/",
    "products/bring/list/",
    "products/bring/eans/",
    "products/bring/photos/",
    "products/bring/website/",
    "products/table/",
    "products/prices/",
    "products/undo/{change}/",
    "hours/",
    "takes-orders/",
    "riders-fetch/",
    "ways/",
    "about/",
]


@pytest.fixture
def ids(shop, product, order_of, at):
    from parvis.market.actions import bring_goods, prepare_part
    from parvis.market.actions.bulk import change_table
    from parvis.market.actions.many import Move
    from parvis.market.goods.incoming import Incoming, Reading

    ready = order_of(product)
    prepare_part(part=ready, quantities={}, at=at)
    reading = Reading([Incoming(2, {"name": "Tarte", "price_cents": 400})])
    brought = bring_goods(shop=shop, way="table", name="goods.csv", reading=reading, at=at)
    move = Move(str(product.pk), {"price_cents": product.price_cents}, {"price_cents": 500})
    change, _clashes = change_table(shop=shop, moves=[move], at=at)
    return {
        "part": order_of(product).pk,
        "ready": ready.pk,
        "product": product.pk,
        "brought": brought.pk,
        "change": change.pk,
    }


@pytest.mark.parametrize("path", PAGES)
def test_the_shop_enters_and_nobody_else(path, ids, page_of, other_merchant, citizen, agent, stranger):
    path = path.format(**ids)
    assert page_of(path).status_code == 200
    for wrong in (other_merchant, citizen, agent, stranger):
        assert page_of(path, person=wrong).status_code == 404
    anonymous = page_of(path, person=None)
    assert anonymous.status_code == 302
    assert "/accounts/login/" in anonymous["Location"]


@pytest.mark.parametrize("path", BUTTONS)
def test_only_the_shop_may_press(path, ids, post_to, other_merchant, stranger):
    path = path.format(**ids)
    for wrong in (other_merchant, stranger):
        assert post_to(path, person=wrong).status_code == 404
    assert post_to(path, person=None).status_code == 302


@pytest.mark.parametrize("path", ["orders/{part}/", "products/{product}/", "products/bring/{brought}/"])
def test_things_of_another_shop_do_not_exist_here(path, ids, page_of, other_merchant):
    assert page_of(path.format(**ids), person=other_merchant, shop="primeurs-de-la-place").status_code == 404


@pytest.mark.parametrize("path", PAGES)
def test_reading_writes_nothing(path, ids, page_of):
    page_of(path.format(**ids))  # sign-in writes its session
    with CaptureQueriesContext(connection) as queries:
        page_of(path.format(**ids))
    written = [q["sql"] for q in queries if q["sql"].startswith(("INSERT", "UPDATE", "DELETE"))]
    ours = [sql for sql in written if "django_session" not in sql and "people_person" not in sql]
    assert not ours


@pytest.mark.parametrize("path", [path for path in BUTTONS if path not in PAGES])
def test_buttons_are_not_links(path, ids, page_of):
    assert page_of(path.format(**ids)).status_code == 405


def test_the_only_shop_opens_by_itself(visit, merchant, shop, town, citizen, clock):
    assert visit(merchant).get("/merchant/")["Location"] == "/merchant/boulangerie-du-parvis/"
    builders.make_shop(town, "La seconde", owner=merchant)
    assert b"La seconde" in visit(merchant).get("/merchant/").content
    assert visit(citizen).get("/merchant/").status_code == 404
    assert visit().get("/merchant/").status_code == 302
