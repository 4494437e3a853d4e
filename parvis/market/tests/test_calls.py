"""A buyer calls: whoever answers chooses another time for them, with the checks of the buyer's own page."""

from datetime import timedelta

import pytest

from parvis.core.models import AuditEntry, OutboxMessage
from parvis.delivery.actions import pack, scan_bag_in
from parvis.delivery.models import Window
from parvis.demo import builders
from parvis.market.actions import cancel_part, prepare_part
from parvis.market.actions.asking import ask_another_time
from parvis.market.models import Order
from parvis.market.tests.test_changing import fresh, text_of
from parvis.market.tests.test_order_page import place
from parvis.market.tests.test_sharing import bakery, bread, guest, order_in  # noqa: F401 - fixtures
from parvis.people.models import Role

pytestmark = pytest.mark.usefixtures("clock")


@pytest.fixture
def order(town, product, window, tomorrow, citizen, at):
    made = place(town, at, product, window=window, person=citizen)
    Order.objects.update(phone="06 12 34 56 78")
    return made


@pytest.fixture
def answering(visit, dispatcher, hub_keeper, agent):
    """``answering("hub")``: a browser of whoever answers."""

    def browser(role, **extra):
        client = visit({"dispatcher": dispatcher, "hub": hub_keeper, "agent": agent}[role], **extra)
        client.cookies["language"] = "en"
        return client

    return browser


def address(order):
    return f"/dispatch/calls/{order.code}/"


@pytest.mark.parametrize("role", ["dispatcher", "hub", "agent"])
def test_another_time_is_chosen_for_who_calls(answering, order, window, tomorrow, role):
    desk = answering(role)
    shown = desk.get(address(order))
    assert "When may the bike come instead?" in text_of(shown)
    assert "Promised: this evening, 17:00–19:00." in text_of(shown)
    assert str(tomorrow.pk) in shown.content.decode()
    assert order.secret not in shown.content.decode(), "the buyer's key is the buyer's"
    for _twice in range(2):
        said = desk.post(address(order), {"window": str(tomorrow.pk)}, follow=True)
        assert said.status_code == 200
        assert "Promised: tomorrow, 17:00–19:00." in text_of(said)
    changed = fresh(order)
    assert changed.delivery.window == tomorrow
    assert changed.parts.get().due_at == tomorrow.goods_due_at
    event = changed.delivery.events.get(kind="rebooked")
    assert event.detail["asked_by"] == "buyer", "the town broke no promise"
    entry = AuditEntry.objects.get(verb="change_time")
    assert entry.actor_id == event.by_id != order.person_id
    assert entry.detail["called"]
    letter = OutboxMessage.objects.get(key__startswith=f"order-moved:{order.pk}")
    assert letter.to == order.email


def test_the_letter_says_that_the_buyer_asked_for_it(answering, order, tomorrow):
    Order.objects.update(language="en")
    answering("hub").post(address(order), {"window": str(tomorrow.pk)})
    letter = OutboxMessage.objects.get(key__startswith=f"order-moved:{order.pk}")
    assert "because you asked for it by telephone" in letter.body
    assert f"/orders/{order.code}/follow/?key={order.secret}" in letter.body
    shop = OutboxMessage.objects.get(key__startswith="order-moved-to-shop")
    assert "telephone" not in shop.body


def test_it_is_reached_from_the_pages_of_the_delivery(answering, order):
    for role, page in (("dispatcher", "dispatch"), ("agent", "dispatch"), ("hub", "hub"), ("agent", "hub")):
        shown = answering(role).get(f"/{page}/deliveries/{order.delivery.code}/").content.decode()
        assert f'href="{address(order)}"' in shown
    assert "/dispatch/calls/" in answering("dispatcher").get("/dispatch/").content.decode()
    assert "/dispatch/calls/" in answering("hub").get("/hub/deliveries/").content.decode()
    assert "/dispatch/calls/" in answering("agent").get("/agent/").content.decode()
    for role, page in (("dispatcher", "dispatch"), ("hub", "hub")):
        back = f'href="/{page}/deliveries/{order.delivery.code}/"'
        assert back in answering(role).get(address(order)).content.decode()


@pytest.mark.parametrize(
    "typed",
    [
        "{code}",
        " {delivery} ",
        "martin",
        "ZOE",
        "zoë martin",
        "0612345678",
        "+33 6 12 34 56 78",
        "0033612345678",
        "+33 (0)6.12.34.56.78",
        "34 56 78",
    ],
)
def test_the_order_of_who_calls_is_found(answering, order, typed):
    Order.objects.update(name="Zoé Martin")
    typed = typed.format(code=order.code.lower(), delivery=order.delivery.code)
    shown = answering("dispatcher").get("/dispatch/calls/", {"q": typed}).content.decode()
    assert f'href="{address(order)}"' in shown


@pytest.mark.parametrize("typed", ["", "a", "m", "12", "%", "zzzzzz", "x" * 300, "\x00abc", "(((((((", "'; --"])
def test_nobody_is_listed_unasked_and_nonsense_finds_nothing(answering, order, typed):
    answer = answering("dispatcher").get("/dispatch/calls/", {"q": typed})
    assert answer.status_code == 200
    assert address(order) not in answer.content.decode()
    if typed == "zzzzzz":
        assert "No order found that a bike brings" in text_of(answer)


def test_many_orders_are_found_in_the_same_number_of_queries(
    answering, town, product, order, window, at, django_assert_max_num_queries
):
    desk = answering("dispatcher")
    for number in range(4):
        place(town, at, product, window=window, key=f"m{number}")
    desk.get("/dispatch/calls/", {"q": "martin"})
    with django_assert_max_num_queries(7):
        shown = desk.get("/dispatch/calls/", {"q": "martin"})
    assert shown.content.decode().count("/dispatch/calls/") >= 5


@pytest.mark.parametrize("nonsense", ["", "x", "00000000-0000-0000-0000-000000000000"])
def test_nonsense_changes_nothing(answering, order, window, tomorrow, nonsense):
    answer = answering("hub").post(address(order), {"window": nonsense})
    assert answer.status_code == 422
    assert str(tomorrow.pk) in answer.content.decode(), "the choice is still there"
    assert fresh(order).delivery.window == window


def test_the_same_checks_as_for_the_buyer(answering, order, window, tomorrow, at):
    desk = answering("dispatcher")
    Window.objects.filter(pk=tomorrow.pk).update(capacity=0)
    answer = desk.post(address(order), {"window": str(tomorrow.pk)})
    assert answer.status_code == 422
    Window.objects.filter(pk=tomorrow.pk).update(capacity=5)
    prepare_part(part=order.parts.get(), quantities={}, at=at)
    scan_bag_in(town=order.town, code=order.delivery.bags.get().code, at=at)
    pack(delivery=order.delivery, crate=1, at=at)
    assert "Too late for another time" in text_of(desk.get(address(order)))
    assert desk.post(address(order), {"window": str(tomorrow.pk)}).status_code == 422
    assert fresh(order).delivery.window == window
    assert not OutboxMessage.objects.filter(key__startswith="order-moved").exists()


def test_what_its_shop_asked_is_read_and_answered_by_it(answering, order, tomorrow, at):
    ask_another_time(part=order.parts.get(), reason="", at=at)
    desk = answering("dispatcher")
    for where in (address(order), f"/dispatch/deliveries/{order.delivery.code}/"):
        assert "Boulangerie du Parvis may not be ready in time, and has asked the buyer." in text_of(desk.get(where))
    said = text_of(desk.post(address(order), {"window": str(tomorrow.pk)}, follow=True))
    assert "has asked the buyer" not in said


def test_who_may_answer_calls(visit, order, tomorrow, window, citizen, rider, merchant, stranger, other_town, at):
    builders.make_hub(other_town)
    nobody = [visit(citizen), visit(rider), visit(merchant), visit(stranger), visit(stranger, other_town)]
    for client in nobody:
        assert client.get(address(order)).status_code == 404
        assert client.post(address(order), {"window": str(tomorrow.pk)}).status_code == 404
    for client in nobody[:-1]:
        assert client.get("/dispatch/calls/", {"q": order.code}).status_code == 404
    found = visit(stranger, other_town).get("/dispatch/calls/", {"q": order.code})
    assert address(order) not in found.content.decode()
    assert visit().get(address(order)).status_code == 302, "sign in first"
    assert fresh(order).delivery.window == window


def test_what_is_over_has_no_way_to_another_time(answering, order, at):
    cancel_part(part=order.parts.get(), at=at)
    shown = answering("dispatcher").get(f"/dispatch/deliveries/{order.delivery.code}/").content.decode()
    assert address(order) not in shown
    assert "Too late for another time" in text_of(answering("hub").get(address(order)))


def test_what_is_collected_has_no_time_of_a_bike(answering, town, product, at):
    order = place(town, at, product)
    assert answering("dispatcher").get(address(order)).status_code == 404


def test_a_neighbours_buyer_calls_at_home(visit, dispatcher, guest, bread, window, tomorrow, at):  # noqa: F811
    order = order_in(guest, bread, window, at)
    host = visit(dispatcher)
    assert "/dispatch/calls/" not in host.get(f"/dispatch/deliveries/{order.delivery.code}/").content.decode()
    assert host.get(address(order)).status_code == 404
    theirs = builders.make_person("Alice Ivry")
    builders.give_role(theirs, guest, Role.Kind.AGENT)
    home = visit(theirs, guest)
    assert address(order) in home.get("/dispatch/calls/", {"q": order.code}).content.decode()
    assert home.post(address(order), {"window": str(tomorrow.pk)}).status_code == 302
    assert fresh(order).delivery.window == tomorrow


def test_a_call_of_long_ago_finds_nothing(answering, order, clock, at):
    clock.move_to(at + timedelta(days=9))
    assert address(order) not in answering("dispatcher").get("/dispatch/calls/", {"q": order.code}).content.decode()
