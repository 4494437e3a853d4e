"""Straight from a shop to a door: where a bag may be fetched, and whether it still has to be.

A shop that agrees is written on its bag, with its door and its hours of the day; the town says at each hub whether its
riders do it at all; the planner decides where it is better than by the hub. Once a plan is published the way is
promised to the shop, and it is taken back by events only: the bags came to the hub after all, or were not ready.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from parvis.core.geo import Point
from parvis.delivery.moved import is_moved
from parvis.delivery.states import BagState

if TYPE_CHECKING:
    from parvis.delivery.models import Bag, Delivery, Stop

STRAIGHT = "straight"
"""The way of a delivery that never comes to the hub, as plans and stops name it."""

HANDING = timedelta(minutes=2)
"""From the shop's bell until the bags are scanned and on the bike."""

WAITING = {BagState.EXPECTED, BagState.READY}


@dataclass(frozen=True, slots=True)
class PickUp:
    """A shop's door and the stretch of a day in which it hands over there."""

    address: str
    point: Point
    opens_at: datetime
    closes_at: datetime


def bags_to_come(delivery: "Delivery") -> "list[Bag]":
    """The bags that somebody will still bring: not those that are missing or cancelled."""
    return [bag for bag in delivery.live_bags() if bag.state != BagState.MISSING]


def at_its_shop(delivery: "Delivery") -> PickUp | None:
    """Where all that a delivery brings lies and may be fetched: one shop, which agrees; None if it is elsewhere.

    Its bags and their events, and its own, must be at hand.
    """
    bags = bags_to_come(delivery)
    if not bags or len({bag.sender_ref for bag in bags}) > 1 or any(bag.state not in WAITING for bag in bags):
        return None
    return None if missed(delivery) else bags[0].pickup


def missed(delivery: "Delivery") -> bool:
    """Whether a rider was at the shop in vain since it was promised last: then the shop brings it to the hub."""
    for event in reversed(list(delivery.events.all())):
        if event.kind == "rebooked":
            return False
        if event.kind == "left_behind" and event.detail.get("at_shop"):
            return True
    return False


def to_fetch(stop: "Stop") -> PickUp | None:
    """Where the rider of a round has still to fetch what a stop brings; None if it rides from the hub, is aboard, or
    comes at another time by now.
    """
    if stop.option != STRAIGHT or stop.delivery.cancelled_at is not None or stop.round.back_at is not None:
        return None
    return None if is_moved(stop) else at_its_shop(stop.delivery)


def fetched(stop: "Stop") -> bool:
    """Whether the rider of its round took its bags at the shop."""
    if stop.option != STRAIGHT:
        return False
    return any(
        event.kind == "loaded" and event.detail.get("at_shop") and event.detail.get("round") == str(stop.round_id)
        for bag in stop.delivery.live_bags()
        for event in bag.events.all()
    )


def way_of(stop: "Stop") -> str:
    """The way that a stop really takes: straight from the shop, or "" by the hub."""
    return STRAIGHT if fetched(stop) or to_fetch(stop) is not None else ""
