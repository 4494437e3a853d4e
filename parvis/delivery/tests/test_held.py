"""A delivery that is only held keeps its place; hub, plans and riders learn of it once it is confirmed."""

import pytest

from parvis.core.errors import Refusal
from parvis.delivery.actions import build_problem, cancel_bags, confirm_delivery, scan_bag_in
from parvis.delivery.hubday import HubDay
from parvis.delivery.models import Delivery, Window

pytestmark = pytest.mark.usefixtures("clock")


@pytest.fixture
def held(book, window):
    return book(window, held=True)


def test_its_place_in_the_window_counts(hub, window, book, town, at):
    Window.objects.update(capacity=1)
    book(window, held=True)
    assert not Window.objects.open_at(town, at).exists()
    with pytest.raises(Refusal, match="full"):
        book(window)


def test_the_hub_does_not_know_it_yet(held, visit, hub_keeper, dispatcher, town, hub, at):
    keeper, bag = visit(hub_keeper), held.bags.get()
    for address in (f"/hub/deliveries/{held.code}/", f"/hub/bags/{bag.code}/"):
        assert keeper.get(address).status_code == 404
    for address in ("/hub/", f"/hub/?scanned={bag.code}", "/hub/deliveries/?window=day"):
        page = keeper.get(address)
        assert page.status_code == 200
        assert bag.code not in page.content.decode().replace(f"scanned={bag.code}", "")
        assert held.code not in page.content.decode()
    assert visit(dispatcher).get(f"/dispatch/deliveries/{held.code}/").status_code == 404
    with pytest.raises(Refusal, match="No bag has the code"):
        scan_bag_in(town=town, code=bag.code, at=at)
    assert not bag.events.exists()


def test_no_plan_carries_it(held, book, window, hub, at):
    sure = book(window)
    assert set(build_problem(hub=hub, day=at.date(), at=at).deliveries) == {str(sure.pk)}
    confirm_delivery(held.pk, at=at)
    assert set(build_problem(hub=hub, day=at.date(), at=at).deliveries) == {str(sure.pk), str(held.pk)}


def test_once_confirmed_it_is_one_like_the_others(held, visit, hub_keeper, town, hub, at):
    for _twice in range(2):
        confirm_delivery(held.pk, at=at)
    assert HubDay.load(hub, at=at).awaited == 1
    scan_bag_in(town=town, code=held.bags.get().code, at=at)
    assert HubDay.load(hub, at=at).loose == 1
    assert visit(hub_keeper).get(f"/hub/deliveries/{held.code}/").status_code == 200


def test_one_that_was_let_go_cannot_be_confirmed(held, town, at):
    cancel_bags(delivery=held, sender_ref=held.bags.get().sender_ref, at=at)
    confirm_delivery(held.pk, at=at)
    assert Delivery.objects.get().confirmed_at is None
    assert Window.objects.open_at(town, at).exists(), "its place is free again"


def test_a_usual_delivery_is_confirmed_from_the_start(book, window):
    assert book(window).confirmed_at is not None
