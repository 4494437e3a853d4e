"""The verbs of the delivery room."""

from parvis.delivery.actions.asking import ask_for_time, keep_time
from parvis.delivery.actions.booking import BagSpec, book_delivery, cancel_bags, confirm_delivery, rebook_delivery
from parvis.delivery.actions.custody import mark_bags_ready, pack, pack_into, report_missing, scan_bag_in, unpack
from parvis.delivery.actions.doors import fail_stop, hand_over, try_later
from parvis.delivery.actions.fetching import fetch_bags, miss_bags, offer_pickup
from parvis.delivery.actions.fleet import (
    add_shift,
    expect_bike_back,
    mark_bike_broken,
    mark_bike_repaired,
    recover_goods,
    remove_shift,
    repeat_windows,
    save_window,
    set_cold_boxes,
)
from parvis.delivery.actions.loading import load_bag, unload
from parvis.delivery.actions.losing import report_lost
from parvis.delivery.actions.moves import lock_round, move_stop, place_delivery, unlock_round
from parvis.delivery.actions.needs import set_needs
from parvis.delivery.actions.planning import compute_plan, make_plan, replan, request_plan, take_best_so_far
from parvis.delivery.actions.positions import agree, note_position, stop_sharing
from parvis.delivery.actions.problems import build_problem
from parvis.delivery.actions.publishing import discard_draft, publish_plan
from parvis.delivery.actions.riding import bring_back, leave_hub
from parvis.delivery.actions.wishes import rate_delivery, wish_for_door

__all__ = [
    "BagSpec",
    "add_shift",
    "agree",
    "ask_for_time",
    "book_delivery",
    "bring_back",
    "build_problem",
    "cancel_bags",
    "compute_plan",
    "confirm_delivery",
    "discard_draft",
    "expect_bike_back",
    "fail_stop",
    "fetch_bags",
    "hand_over",
    "keep_time",
    "leave_hub",
    "load_bag",
    "lock_round",
    "make_plan",
    "mark_bags_ready",
    "mark_bike_broken",
    "mark_bike_repaired",
    "miss_bags",
    "move_stop",
    "note_position",
    "offer_pickup",
    "pack",
    "pack_into",
    "place_delivery",
    "publish_plan",
    "rate_delivery",
    "rebook_delivery",
    "recover_goods",
    "remove_shift",
    "repeat_windows",
    "replan",
    "report_lost",
    "report_missing",
    "request_plan",
    "save_window",
    "scan_bag_in",
    "set_cold_boxes",
    "set_needs",
    "stop_sharing",
    "take_best_so_far",
    "try_later",
    "unload",
    "unlock_round",
    "unpack",
    "wish_for_door",
]
