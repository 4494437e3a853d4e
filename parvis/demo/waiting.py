"""What befalls those who wait: ratings, a wish for a door, one bag that cannot be found and one to be kept upright."""

from datetime import datetime, timedelta
from itertools import cycle

from parvis.core.errors import Refusal
from parvis.delivery.actions import rate_delivery, report_lost, set_needs, wish_for_door
from parvis.delivery.models import Delivery
from parvis.delivery.skills import Skill
from parvis.delivery.states import BagState, DeliveryState
from parvis.towns.models import Town

MOST = 12
SAID = (
    (5, "Très gentil, et à l’heure."),
    (5, ""),
    (4, ""),
    (5, "Le pain était encore chaud."),
    (3, "Dix minutes après l’heure dite."),
    (5, ""),
    (4, ""),
)


def rate_some(town: Town, at: datetime) -> None:
    """A dozen ratings, some with words; the first delivery still to come may be left with a neighbour."""
    said, wished, count = cycle(SAID), False, 0
    found = Delivery.objects.expected().filter(town=town).with_story().select_related("window")
    for delivery in found.order_by("-window__starts_at", "pk"):
        if not wished and delivery.state == DeliveryState.ON_THE_WAY:
            note = "Mme Roux, 2e étage"
            wish_for_door(delivery=delivery, leave_with=Delivery.LeaveWith.NEIGHBOUR, note=note, at=at)
            wished = True
        if delivery.state == DeliveryState.DELIVERED and count < MOST:
            score, words = next(said)
            ended = max(event.at for event in delivery.events.all() if event.kind == "delivered")
            try:
                rate_delivery(delivery=delivery, score=score, comment=words, at=min(at, ended + timedelta(minutes=20)))
            except Refusal:  # too long ago: a demonstration that stood for weeks
                continue
            count += 1


def lose_a_bag(town: Town, at: datetime) -> None:
    """One bag that lay at the hub cannot be found: where a shop, a buyer and the dispatcher read of it."""
    found = Delivery.objects.expected().filter(town=town, window__starts_at__gt=at).with_story()
    for delivery in found.order_by("-window__starts_at", "pk"):
        bags = delivery.live_bags()
        here = [bag for bag in bags if bag.state == BagState.AT_HUB]
        if here and len(bags) > 1:
            report_lost(bag=here[0], at=at)
            return


def keep_one_upright(town: Town, at: datetime) -> None:
    """The hub has ticked what no scale tells: one bag of a delivery to come must stand."""
    found = Delivery.objects.expected().filter(town=town, window__starts_at__gt=at).with_story()
    for delivery in found.order_by("window__starts_at", "pk"):
        for bag in delivery.live_bags():
            if bag.state in {BagState.AT_HUB, BagState.PACKED}:
                set_needs(bag=bag, needs=[Skill.UPRIGHT], at=at)
                return
