"""Bikes of one town ride for the buyers of another: the whole way, what each of the two sees, and the last place."""

import threading
from datetime import timedelta
from html import unescape

import pytest
from django.db import connections

from parvis.core.errors import Refusal
from parvis.core.geo import Point
from parvis.core.models import OutboxMessage
from parvis.core.personal import NOBODY
from parvis.delivery.actions import leave_hub, make_plan, pack, publish_plan
from parvis.delivery.actions.daytours import nobody_rides, offers
from parvis.delivery.actions.problems import Load
from parvis.delivery.actions.riding import bring_back
from parvis.delivery.models import Bag, BagEvent, Delivery, Rating, Round, Stop, Window
from parvis.delivery.personal import forget
from parvis.delivery.states import DeliveryState
from parvis.delivery.tests.test_dispatch_board import english, said
from parvis.demo import builders
from parvis.market import ledger
from parvis.market.actions import Buyer, accept_part, place_order, prepare_part
from parvis.market.actions.changing import change_time
from parvis.market.changing import times_for
from parvis.market.invariants import faults
from parvis.market.models import Order
from parvis.market.pickups import is_offered
from parvis.market.round_figures import round_figures
from parvis.people.models import Role

pytestmark = pytest.mark.usefixtures("clock")
EN = {"accept-language": "en"}


@pytest.fixture
def guest(other_town, hub, at):
    """A neighbour without a bike of its own, for which the town's bikes ride too."""
    builders.make_agreement(hub, guest=other_town, at=at)
    return other_town


@pytest.fixture
def bakery(guest):
    owner = builders.make_person("Inès Ivry")
    return builders.make_shop(guest, "Fournil d'Ivry", owner=owner)


@pytest.fixture
def bread(bakery):
    return builders.make_product(bakery)


def near(town, number=0):
    return Point(town.lon + 0.004, town.lat + 0.002 + number * 0.0004)


def order_in(town, product, window, at, key="k1", number=0, quantity=1):
    return place_order(
        town=town,
        basket=builders.make_basket(town, (product, quantity)),
        buyer=Buyer(
            name=f"Buyer {number}",
            email="b@example.org",
            phone="06 12 34 56 78",
            address=f"{number} rue X",
            # doors are near the hub, whichever town they belong to: what is tested is not how far a bike rides
            point=near(window.town, number),
        ),
        chosen={product.shop_id: product.shop.modalities.get(kind="bike")},
        window_id=window.pk,
        key=key,
        at=at,
    )


def test_the_whole_way(visit, guest, bread, hub, window, town, hub_keeper, dispatcher, rider, at, clock):
    """Ordered in one town; scanned, packed, planned, ridden, handed over by the other; followed and rated at home."""
    builders.make_address(guest, street="rue de la Gare", lon=town.lon + 0.003, lat=town.lat + 0.002)
    buyer = visit(None, guest)
    buyer.post("/basket/add/", {"product": bread.pk, "quantity": 2})
    page = said(buyer.get("/shops/fournil-divry/", headers=EN))
    assert "with the bikes of Issy-les-Moulineaux" in page
    page = said(buyer.get("/checkout/", headers=EN))
    assert "Brought by the bikes of Issy-les-Moulineaux" in page
    assert "town's bikes" not in unescape(page)
    assert "17:00–19:00" in page
    assert "bikes of a neighbouring town (Issy-les-Moulineaux) may bring it: its riders then read your name" in page
    form = {
        "key": "0f0e8f3a-0000-4000-8000-000000000009",
        "way-fournil-divry": "bike",
        "window": str(window.pk),
        "name": "Nora Ivry",
        "email": "nora@example.org",
        "phone": "06 12 34 56 78",
        "address": "12 rue de la Gare",
    }
    assert buyer.post("/checkout/", form, headers=EN).status_code == 302
    order = Order.objects.get()
    delivery = order.delivery
    assert (order.town, delivery.town, delivery.ordered_in) == (guest, town, guest)
    told = said(buyer.get(f"/orders/{order.code}/?key={order.secret}", headers=EN))
    assert "Brought by the bikes of Issy-les-Moulineaux" in told
    mail = OutboxMessage.objects.get(key=f"order-placed:{order.pk}").body
    assert "Brought by the bikes of Issy-les-Moulineaux" in mail
    assert "The bike comes on Thursday 26 November, 17:00–19:00." in mail

    # its shop packs, and reads to which hub the bag goes
    merchant = english(visit(bread.shop.organisation.roles.get().person, guest))
    part = order.parts.get()
    accept_part(part=part, at=at)
    prepare_part(part=part, quantities={}, at=at)
    assert "Halle du Parvis" in said(merchant.get(f"/merchant/fournil-divry/orders/{part.pk}/", headers=EN))
    bag = Bag.objects.get()
    label = said(merchant.get(f"/merchant/fournil-divry/orders/{part.pk}/label/", headers=EN))
    assert bag.code in label

    # the host's hub waits for it, and says from which town it comes
    keeper = english(visit(hub_keeper))
    assert "Fournil d&#x27;Ivry (Ivry-sur-Seine)" in said(keeper.get("/hub/", headers=EN))
    assert keeper.post("/hub/scan/", {"code": bag.code}).status_code == 302
    assert keeper.post(f"/hub/deliveries/{delivery.code}/pack/", {"crates": "7"}).status_code == 302

    told = "Ordered in Ivry-sur-Seine, which shares our bikes."
    assert told in said(keeper.get(f"/hub/deliveries/{delivery.code}/", headers=EN))
    assert told in said(english(visit(dispatcher)).get(f"/dispatch/deliveries/{delivery.code}/", headers=EN))

    # planned, published, ridden
    plan = make_plan(hub=hub, day=at.date(), by=dispatcher, at=at, iterations=30)
    publish_plan(plan=plan, by=dispatcher, at=at)
    stop = Stop.objects.get(delivery=delivery, round__plan__state="published")
    assert "12 rue de la Gare" in said(english(visit(dispatcher)).get("/dispatch/", headers=EN))
    follow = f"/orders/{order.code}/follow/?key={order.secret}"
    page = said(buyer.get(follow, headers=EN))
    assert "The rider rings between" in page
    assert "A bike of a neighbouring town brings it: Issy-les-Moulineaux." in page
    clock.move_to(stop.round.departs_at)
    leave_hub(round_=stop.round, at=stop.round.departs_at)
    me = english(visit(rider))
    page = said(me.get("/rider/", headers=EN))
    assert "rue de la Gare" in page
    assert "Fournil d&#x27;Ivry (Ivry-sur-Seine)" in page
    clock.move_to(stop.arrive_at)
    assert me.post(f"/rider/stops/{stop.pk}/handed/", {"recipient": "Nora"}).status_code == 302

    # the buyer's town has the money, the story and the opinion
    assert "Handed to Nora" in said(buyer.get(follow, headers=EN))
    assert ledger.balances(guest)["till:town"] == 2 * 420 + 390
    assert ledger.town_sum(guest) == ledger.town_sum(town) == 0
    assert not ledger.balances(town)
    rate = f"/orders/{order.code}/follow/rate/?key={order.secret}"
    assert buyer.post(rate, {"score": "5", "comment": "À l'heure"}).status_code == 302
    assert Rating.objects.get().town == guest
    assert "À l&#x27;heure" in said(merchant.get("/merchant/fournil-divry/ratings/", headers=EN))
    assert "À l&#x27;heure" not in said(keeper.get("/hub/ratings/", headers=EN))
    bring_back(round_=stop.round, at=stop.arrive_at + timedelta(minutes=20))

    # each counts its own buyers; the day was ridden for one of the guest's, by doors it is all the guest's
    [theirs] = round_figures(guest, at.date(), at.date(), stop.arrive_at).days
    [ours] = round_figures(town, at.date(), at.date(), stop.arrive_at).days
    assert (theirs.line.promised, theirs.line.kept, theirs.income) == (1, 1, 325), "3.90 € without 20 % of VAT"
    assert (ours.line.promised, ours.line.metres, ours.line.cost.cents, ours.income) == (0, 0, 0, 0)
    assert theirs.line.metres == stop.round.metres > 0
    assert theirs.line.cost.riders == 10 * 20_00, "a shift from 9 to 19 h"
    assert faults(guest) == faults(town) == []


def test_each_sees_its_own(visit, guest, bread, hub, window, town, product, agent, stranger, hub_keeper, at):
    """The guest's people find nothing of the host's deliveries, though they have every role at home; a third none."""
    own = order_in(town, product, window, at, key="own").delivery
    theirs = order_in(guest, bread, window, at, number=1)
    for path in ("/hub/", "/dispatch/", "/rider/"):
        assert own.code not in visit(stranger, guest).get(path).content.decode()
    for path in (f"/hub/deliveries/{own.code}/", f"/dispatch/deliveries/{own.code}/"):
        assert visit(stranger, guest).get(path).status_code == 404
    assert visit(stranger, guest).get(f"/hub/deliveries/{theirs.delivery.code}/").status_code == 404
    assert visit(stranger).get("/hub/").status_code == 404
    for person in (agent, hub_keeper):
        assert visit(person).get(f"/orders/{theirs.code}/").status_code == 404, "orders stay at home"
    assert "Fournil" not in said(english(visit(agent)).get("/agent/", headers=EN))
    third = builders.make_town("vanves", name="Vanves")
    person = builders.make_person("Théo Voisin")
    for kind in (Role.Kind.HUB, Role.Kind.DISPATCHER, Role.Kind.AGENT):
        builders.give_role(person, third, kind)
    for code in (own.code, theirs.delivery.code):
        assert visit(person, third).get(f"/hub/deliveries/{code}/").status_code == 404
    other = builders.make_product(builders.make_shop(third, "Épicerie de Vanves"), stock=5)
    with pytest.raises(Refusal):
        order_in(third, other, window, at, key="third")


def test_another_time_is_one_of_the_same_hub(guest, bread, hub, window, at):
    order = order_in(guest, bread, window, at)
    tomorrow = builders.make_window(hub, window.starts_at + timedelta(days=1))
    own_hub = builders.make_hub(guest, name="Dépôt d'Ivry")
    elsewhere = builders.make_window(own_hub, window.starts_at + timedelta(days=1, hours=2))
    order = Order.objects.with_story().get(pk=order.pk)
    assert times_for(order, guest, at) == [tomorrow], "its bags stay with whoever rides"
    with pytest.raises(Refusal):
        change_time(order=order, window_id=elsewhere.pk, at=at)
    change_time(order=order, window_id=tomorrow.pk, at=at)
    moved = Delivery.objects.get()
    assert (moved.window, moved.town, moved.ordered_in) == (tomorrow, hub.town, guest)


def test_after_the_last_day_what_is_promised_is_kept(guest, bread, hub, window, at):
    order = order_in(guest, bread, window, at)
    tomorrow = builders.make_window(hub, window.starts_at + timedelta(days=1))
    guest_agreement = hub.shared_hubs.get().agreement
    guest_agreement.notice_ends_on = at.date()
    guest_agreement.save()
    with pytest.raises(Refusal, match="when the bike may come"):
        order_in(guest, bread, tomorrow, at, key="k2")
    order = Order.objects.with_story().get(pk=order.pk)
    assert times_for(order, guest, at) == []
    for bag in order.delivery.bags.all():
        BagEvent.objects.create(town=hub.town, bag=bag, kind="at_hub", at=at)
    pack(delivery=order.delivery, crate=3, at=at)
    plan = make_plan(hub=hub, day=at.date(), by=None, at=at + timedelta(days=0), iterations=20)
    assert plan.rounds.get().stops.get().delivery == order.delivery


def test_a_lost_bag_is_news_for_the_town_of_its_shop(guest, bread, hub, window, at):
    from parvis.core.models import OutboxMessage
    from parvis.delivery.actions import report_lost

    order = order_in(guest, bread, window, at)
    bag = order.delivery.bags.get()
    BagEvent.objects.create(town=hub.town, bag=bag, kind="at_hub", at=at)
    report_lost(bag=bag, at=at)
    assert OutboxMessage.objects.filter(town_id=guest.pk, body__contains=bag.code).exists()


def test_the_host_s_heaviest_bike_carries_it(guest, bread, hub, window, at, visit):
    """The guest has no bike: what fits is what the host's bikes carry."""
    heavy = builders.make_product(bread.shop, name="Farine", stock=200, grams=25_000)
    buyer = visit(None, guest)
    buyer.post("/basket/add/", {"product": heavy.pk, "quantity": 2})
    assert "17:00–19:00" in said(buyer.get("/checkout/", headers=EN))
    buyer.post("/basket/add/", {"product": heavy.pk, "quantity": 3})
    assert "more than one cargo bike can carry" in said(buyer.get("/checkout/", headers=EN))


def test_what_no_bike_of_the_host_can_make_is_not_offered(guest, bread, hub, window, town, at):
    """The days' tours are asked across the border too, and so are shifts: an hour without riders is no choice."""
    night = builders.make_window(hub, at + timedelta(hours=11))
    load = Load(near(town), 3000, 8000)
    assert set(offers(town=guest, windows=[window, night], load=load, at=at)) == {window.pk}
    assert nobody_rides(guest, [window, night], at) == {night.pk}
    far = Load(Point(town.lon + 0.9, town.lat), 3000, 8000)
    assert offers(town=guest, windows=[window], load=far, at=at) == {}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("by", ["window", "bike"])
def test_two_buyers_of_two_towns_cannot_take_the_last_place(at, by):
    """By the window's number of places, and (with room in both windows) by the one bike's day."""
    host, guest = builders.make_town(), builders.make_town("ivry", name="Ivry-sur-Seine")
    hub = builders.make_hub(host)
    bike = builders.make_bike(hub)
    window = builders.make_window(hub, at + timedelta(hours=7), capacity=1 if by == "window" else 60)
    if by == "bike":
        rider = builders.make_person("Rémi Vélo")
        shift = builders.make_shift(bike, rider, at)
        bike.max_grams = 60_000
        bike.save()
        # one trip fits into what is left of the shift, and its bike carries one of the two
        shift.starts_at, shift.ends_at = window.starts_at, window.starts_at + timedelta(minutes=13)
        shift.save()
    builders.make_agreement(hub, guest=guest, at=at)
    goods = {
        town: builders.make_product(builders.make_shop(town, f"Boulangerie {town.slug}"), stock=50, grams=9_000)
        for town in (host, guest)
    }
    start, outcomes = threading.Barrier(4), []

    def run(number):
        town = (host, guest)[number % 2]
        try:
            start.wait()
            order_in(town, goods[town], window, at, key=f"k{number}", number=number, quantity=5)
            outcomes.append("promised")
        except Refusal:
            outcomes.append("full")
        finally:
            connections["default"].close()

    threads = [threading.Thread(target=run, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["full"] * 3 + ["promised"]
    assert Delivery.objects.count() == 1
    assert Window.objects.get().deliveries.count() == 1


def test_what_is_held_is_read_and_erased_at_home(visit, guest, bread, window, at):
    """The buyer asks their own town for their data; what the host has of it is in the answer, and goes with it."""
    order = order_in(guest, bread, window, at)
    key = f"?key={order.secret}"
    held = visit(None, guest).get(f"/orders/{order.code}/data.json{key}").content.decode()
    assert '"delivery.Delivery"' in held
    assert "0 rue X" in held
    assert visit().get(f"/orders/{order.code}/data.json{key}").status_code == 404, "the host has no such order"
    forget([order.delivery_id])
    delivery = Delivery.objects.get()
    assert (delivery.name, delivery.address, delivery.lon) == (NOBODY, "", 0)
    assert delivery.away_metres == 400, "how far a door was stays: costs are shared by it"


def test_a_shop_of_the_guest_may_hand_over_at_its_door(guest, bakery, hub, at):
    assert not is_offered(guest, at)
    hub.fetches = True
    hub.save()
    assert is_offered(guest, at)
    assert not is_offered(builders.make_town("vanves", name="Vanves"), at)


def test_a_bag_brought_to_the_hub_at_home_is_sent_on(visit, guest, stranger, bread, window, at):
    """The guest has a hub of its own too: whoever scans there reads where the bag has to go."""
    builders.make_hub(guest, name="Dépôt d'Ivry")
    bag = order_in(guest, bread, window, at).delivery.bags.get()
    answer = said(english(visit(stranger, guest)).post("/hub/scan/", {"code": bag.code}, headers=EN))
    assert "Halle du Parvis, 3 place du Marché" in answer
    assert not bag.events.exists()


def test_a_delivery_of_no_town_is_told(guest, bread, hub, window, at):
    delivery = order_in(guest, bread, window, at).delivery
    delivery.ordered_in = None
    delivery.save()
    assert f"delivery {delivery.code} was ordered in another town than its order" in faults(hub.town)


def test_nothing_more_is_asked_where_nothing_is_shared(town, product, window, at, django_assert_max_num_queries):
    with django_assert_max_num_queries(2):
        list(Window.objects.open_at(town, at))
    assert Round.objects.count() == 0
    order = order_in(town, product, window, at)
    assert (order.delivery.ordered_in, order.delivery.state) == (None, DeliveryState.BOOKED)
    assert order.delivery.bags.get().sender == product.shop.name
