"""Keeping the demonstration alive: build what is missing, finish what is old, play today until now."""

import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction

from parvis.core import outbox
from parvis.core.time import day_of
from parvis.delivery.actions import mark_bike_repaired
from parvis.delivery.models import Hub, Plan
from parvis.demo.accounts import write_accounts
from parvis.demo.desk import fill_desk
from parvis.demo.fees import bring_fees
from parvis.demo.hours import open_days, shift_days
from parvis.demo.neighbour import close_months, neighbour_of
from parvis.demo.newcomers import welcome_newcomers
from parvis.demo.news import bring_news
from parvis.demo.past import remember_weeks
from parvis.demo.profiles import NEIGHBOURS, PROFILES, Profile
from parvis.demo.returns import send_things_back
from parvis.demo.rules import set_rules
from parvis.demo.story import Play, last_event, on_the_road, play_today, play_yesterday
from parvis.demo.support import bring_support
from parvis.demo.tales import Script
from parvis.demo.towns import build_town
from parvis.demo.waiting import keep_one_upright, lose_a_bag, rate_some
from parvis.market.actions import write_off_part
from parvis.market.actions.known_products import load_known_products
from parvis.market.models import KnownProduct, Part
from parvis.market.states import PartState
from parvis.places.spans import refresh_due
from parvis.towns.models import Town

type Say = Callable[[str], None]
LOCK = 0x9A6715  # advisory lock of the demonstration
REPAIRED_AFTER = timedelta(hours=6)  # a bike that a visitor broke rides again
FINISHED_WITHIN = timedelta(days=30)  # older leftovers are history


def bring_up(
    profiles: Iterable[Profile] = PROFILES, *, at: datetime, say: Say = lambda _: None, build: bool = True
) -> None:
    """Build the demonstration towns that are missing and bring the others up to ``at``.

    Where a round is on the road nothing needs to be done, so a second call changes nothing.
    """
    with outbox.muted(), _alone():
        if build:
            _know_products()
        for profile in profiles:
            started = time.perf_counter()
            known = Town.objects.filter(slug=profile.slug).first()
            if known is None and not build:
                continue
            if known is not None and not known.is_demo:
                say(f"{known.name} is a real town here: it is left alone")
                continue
            with transaction.atomic():
                town = known or build_town(profile, at=at)
                bring_support(town, at=at)
                bring_fees(town, at=at)
                _bring_up(town, profile, at, say, fresh=known is None, build=build)
                bring_news(town, at=at)
                fill_desk(town, at=at)
                set_rules(town, at=at)
                welcome_newcomers(town, at=at)
                write_accounts(town, at=at)
            say(f"{town.name}: {time.perf_counter() - started:.1f} s")


def _know_products() -> None:
    """What EANs stand for, where the data lies beside the program; done once."""
    path = Path(settings.DATA_DIR) / "products" / "products.csv"
    if path.exists() and not KnownProduct.objects.exists():
        load_known_products(path, source="Open Food Facts (ODbL 1.0)")


@contextmanager
def _alone() -> Iterator[None]:
    """One process at a time: two that are started at once would play the same day twice."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])


def is_alive(at: datetime) -> bool:
    """Whether all demonstration towns are there, each with a round on the road."""
    hubs = Hub.objects.filter(town__slug__in=[p.slug for p in PROFILES], town__is_demo=True)
    return len(hubs) == len(PROFILES) and all(on_the_road(hub, at) for hub in hubs)


def are_built() -> bool:
    """Whether all demonstration towns are there."""
    slugs = [profile.slug for profile in (*PROFILES, *NEIGHBOURS.values())]
    return Town.objects.filter(slug__in=slugs).count() == len(slugs)


def _bring_up(town: Town, profile: Profile, at: datetime, say: Say, *, fresh: bool, build: bool) -> None:
    refresh_due(at, town)
    hub = Hub.objects.filter(town=town).earliest("pk")  # a visitor may have opened another
    neighbour = neighbour_of(town, hub, at=at, build=build)
    if on_the_road(hub, at):
        return
    if neighbour is not None:
        refresh_due(at, neighbour)
    if fresh:
        yesterday = day_of(at, town.zone) - timedelta(days=1)
        play_yesterday(town, profile, hub, yesterday, neighbour=neighbour)
        remember_weeks(hub, yesterday)
        send_things_back(town, at)
    else:
        try:
            with transaction.atomic():
                finish_old(town, hub, at, neighbour=neighbour)
        except Exception as error:  # visitors may have left anything behind: today matters more than the past
            say(f"{town.name}: earlier orders stay as they are ({type(error).__name__}: {error})")
        for bike in hub.bikes.filter(broken_at__lt=at - REPAIRED_AFTER):
            mark_bike_repaired(bike=bike, by=None, at=at)
    open_days(hub, at)
    shift_days(hub, profile, at)
    play_today(town, profile, hub, at, fresh=fresh, neighbour=neighbour)
    close_months(town, at=at)
    rate_some(town, at)
    lose_a_bag(town, at)
    keep_one_upright(town, at)


def finish_old(town: Town, hub: Hub, at: datetime, *, neighbour: Town | None = None) -> None:
    """Let earlier demonstration orders come to their end, so that pages show today and not a heap of old work."""
    towns = [town] if neighbour is None else [town, neighbour]
    start = last_event(towns, at) + timedelta(seconds=1)
    open_parts = [part for part in _old_parts(towns, at) if not part.state.is_over]
    lost = [part for part in open_parts if part.state == PartState.LOST]
    for part in lost:
        write_off_part(part=part, at=start)
    open_parts = [part for part in open_parts if part not in lost]
    published = Plan.objects.filter(hub=hub, state=Plan.State.PUBLISHED, rounds__back_at=None)
    plans = {plan.day: plan for plan in published.distinct()}
    today = day_of(at, town.zone)
    windows = {
        part.pk: part.order.delivery.window for part in open_parts if part.kind == "bike" and part.order.delivery
    }
    day_of_part = {pk: window.day_in(town.zone) for pk, window in windows.items()}
    for day in sorted({*day_of_part.values(), *plans, today}):
        play = Play(town, hub, day, start, Script({}, at))
        mine = [part for part in open_parts if day_of_part.get(part.pk, today) == day]
        for part in mine:
            play.depot.expect(part.order)
            play.shops.finish(part)
        if day in plans:
            play.road.resume(plans[day])
        for window in sorted({windows[p.pk] for p in mine if p.pk in windows}, key=lambda window: window.starts_at):
            play.clock.at(max(window.goods_due_at, start) + timedelta(minutes=5), play.road.plan_day)
        play.clock.run(until=at)


def _old_parts(towns: Sequence[Town], at: datetime) -> Iterable[Part]:
    """Parts of the demonstration's own orders whose window is over, or that come without a bike."""
    mine = Part.objects.filter(
        town__in=towns, order__key__startswith="demo-", placed_at__gte=at - FINISHED_WITHIN, placed_at__lt=at
    )
    return (
        mine.exclude(order__delivery__window__ends_at__gt=at)
        .select_related("shop", "order__person", "order__delivery__window")
        .prefetch_related("lines", "events", "order__delivery__bags__events", "order__delivery__events")
        .order_by("pk")
    )


def stderr(sentence: str) -> None:
    """Progress, beside the results."""
    print(f"  {sentence}", file=sys.stderr, flush=True)
