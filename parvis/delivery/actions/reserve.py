"""What a promise keeps free for what goes wrong on the way: used where promises are made, and nowhere else.

A plan rides as quickly as the streets allow; a promise is asked days before, when nobody knows of rain, of a late
shop or of a bike that breaks. So promises reckon with slower bikes, and leave the end of each window free. Both
numbers were found with ``parvis simulate month``: ``bench/simulation.md`` says what others keep, and how many they
turn away.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from parvis.delivery.actions.problems import DOOR_MARGIN, Load, drop_of
from parvis.delivery.models import Window
from parvis.delivery.planning import Bike, Drop

TRAVEL_PERCENT = 110
"""Riding time that a promise reckons with, in per cent of what the streets say."""
FREE_PART = 16
"""A window of so many minutes keeps one of them free at its end, never less than plans do (``DOOR_MARGIN``)."""


def promised_bike(bike: Bike) -> Bike:
    """The bike as promises see it: slower than it is."""
    return replace(bike, speed_percent=max(10, bike.speed_percent * 100 // TRAVEL_PERCENT))


def promised_drop(id: str, location: int, midnight: datetime, load: Load, window: Window, cold_minutes: int) -> Drop:
    """A door as promises see it: its bags are at the hub when the window's goods are due."""
    return drop_of(id, load, window, location, window.goods_due_at, midnight, margin_of(window), cold_minutes)


def margin_of(window: Window) -> timedelta:
    """What promises keep free at the end of a window."""
    return max(DOOR_MARGIN, (window.ends_at - window.starts_at) / FREE_PART)
