"""``parvis bench``: measurements that a council, or a rival, can repeat."""

import argparse

from parvis.config import (
    bench_checkout,
    bench_damage,
    bench_days,
    bench_geocoding,
    bench_imports,
    bench_pages,
    bench_places,
    bench_promises,
    bench_races,
    bench_second,
    bench_straight,
    bench_verifier,
    cutting,
)
from parvis.delivery import bench as bench_routing
from parvis.market import bench as bench_money


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``parvis bench``."""
    kinds = parser.add_subparsers(dest="kind", required=True, metavar="WHAT")
    routing = kinds.add_parser("routing", help="gaps of our plans to the best known of published instances")
    bench_routing.add_arguments(routing)
    routing.set_defaults(measure=bench_routing.run)
    growth = kinds.add_parser("growth", help="seconds to a good plan for 50 to 1,000 deliveries, and to a new one")
    bench_days.add_arguments(growth)
    growth.set_defaults(measure=bench_days.run)
    damage = kinds.add_parser("damage", help="1,000 damaged plans to start from: is what comes back whole?")
    bench_damage.add_arguments(damage)
    damage.set_defaults(measure=bench_damage.run)
    verifier = kinds.add_parser("verifier", help="1,000 good plans, each damaged in one way: is every damage named?")
    bench_verifier.add_arguments(verifier)
    verifier.set_defaults(measure=bench_verifier.run)
    straight = kinds.add_parser("straight", help="from the shop straight to the door: what it saves, what it costs")
    bench_straight.add_day_arguments(straight)
    straight.set_defaults(measure=bench_straight.run)
    second = kinds.add_parser("second", help="what it saves when a second time of the day suits as well")
    bench_straight.add_day_arguments(second)
    second.set_defaults(measure=bench_second.run)
    pages = kinds.add_parser("pages", help="server time, queries and weight of the hot pages")
    bench_pages.add_arguments(pages)
    pages.set_defaults(measure=bench_pages.run)
    places = kinds.add_parser("places", help="search, open now and nearest among 100,000 places")
    bench_places.add_arguments(places)
    places.set_defaults(measure=bench_places.run)
    imports = kinds.add_parser("imports", help="a town made from an extract, then refreshed: seconds, what changed")
    bench_imports.add_arguments(imports)
    imports.set_defaults(measure=bench_imports.run)
    geocoding = kinds.add_parser("geocoding", help="addresses found from what people type, and the nearest one")
    bench_geocoding.add_arguments(geocoding)
    geocoding.set_defaults(measure=bench_geocoding.run)
    money = kinds.add_parser("money", help="random baskets through every movement of money: is each cent somewhere?")
    bench_money.add_arguments(money)
    money.set_defaults(measure=bench_money.run)
    races = kinds.add_parser("races", help="64 clients want the last of everything at once: does it add up?")
    bench_races.add_arguments(races)
    races.set_defaults(measure=bench_races.run)
    cuts = kinds.add_parser("cuts", help="orders are killed at every step and at random: is anything half done?")
    cutting.add_arguments(cuts)
    cuts.set_defaults(measure=cutting.run)
    checkout = kinds.add_parser("checkout", help="orders a second, and what an order costs among a million")
    bench_checkout.add_arguments(checkout)
    checkout.set_defaults(measure=bench_checkout.run)
    promises = kinds.add_parser("promises", help="delivery times at a door: how long one waits, is each kept?")
    bench_promises.add_arguments(promises)
    promises.set_defaults(measure=bench_promises.run)


def run(options: argparse.Namespace) -> int:
    """Measure what was asked."""
    return int(options.measure(options))
