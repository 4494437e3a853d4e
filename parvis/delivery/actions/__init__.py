"""The verbs of the delivery room."""

from parvis.delivery.actions.booking import BagSpec, book_delivery, cancel_bags
from parvis.delivery.actions.custody import mark_bags_ready, pack, pack_into, report_missing, scan_bag_in, unpack
from parvis.delivery.actions.riding import bring_back, fail_stop, hand_over, leave_hub

__all__ = [
    "BagSpec",
    "book_delivery",
    "bring_back",
    "cancel_bags",
    "fail_stop",
    "hand_over",
    "leave_hub",
    "mark_bags_ready",
    "pack",
    "pack_into",
    "report_missing",
    "scan_bag_in",
    "unpack",
]
