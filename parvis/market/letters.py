"""What buyers and shops are told by mail, in their language; each letter has a key and leaves once."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.template.loader import render_to_string
from django.utils import timezone, translation

from parvis.core import outbox
from parvis.delivery.models import Window
from parvis.market import telling
from parvis.market.fee_words import say_fees
from parvis.market.fees import in_force
from parvis.market.models import FeeTerms, Line, Order, Part, Shop, Voucher, Withdrawal
from parvis.market.returning import DAYS
from parvis.market.ways import WAYS, way_words
from parvis.towns.links import town_url


def order_url(order: Order) -> str:
    """The order's page with its key, so that a guest can open it."""
    return town_url(order.town, f"/orders/{order.code}/?key={order.secret}")


def follow_url(order: Order) -> str:
    """The page on which its bike is followed, with its key."""
    return town_url(order.town, f"/orders/{order.code}/follow/?key={order.secret}")


def _send(key: str, name: str, order: Order, to: str, language: str, **context: Any) -> None:
    if not outbox.is_wanted(to):
        return
    data = {"order": order, "town": order.town, "order_url": order_url(order), "follow_url": follow_url(order)}
    data |= context
    with translation.override(language), timezone.override(order.town.zone):
        text = render_to_string(f"market/mail/{name}.txt", data)
    subject, _, body = text.strip().partition("\n")
    outbox.send_mail(key=key, to=to, subject=subject, body=body.strip() + "\n", town_id=order.town_id)


def order_placed(order: Order, parts: list[Part]) -> None:
    """The buyer gets the whole order; each shop its own part."""
    with translation.override(order.language):
        told = [(part, way_words(part)) for part in parts]
    _send(f"order-placed:{order.pk}", "order_placed", order, order.email, order.language, parts=told)
    telling.tell_buyer(order, "order_placed", f"order-placed:{order.pk}")
    for part in parts:
        _send(
            f"part-placed:{part.pk}",
            "part_placed",
            order,
            part.shop.organisation.email,
            order.town.default_language,
            part=part,
            shop=part.shop,
            way=WAYS[part.kind].label,
            merchant_url=town_url(order.town, f"/merchant/{part.shop.slug}/"),
        )
        telling.tell_merchants(part, "part_placed", f"part-placed:{part.pk}")


def _to_buyer(part: Part, name: str, **context: Any) -> None:
    order = part.order
    key = f"{name.replace('_', '-')}:{part.pk}"
    _send(key, name, order, order.email, order.language, part=part, shop=part.shop, **context)
    telling.tell_buyer(order, "part_missing" if context.get("missing") else name, key, shop=part.shop)


def part_accepted(part: Part) -> None:
    """The shop has said yes."""
    _to_buyer(part, "part_accepted")


def part_refused(part: Part, reason: str) -> None:
    """The shop has said no, and why."""
    _to_buyer(part, "part_refused", reason=reason)


def part_cancelled(part: Part) -> None:
    """The shop is told that the buyer changed their mind."""
    _send(
        f"part-cancelled:{part.pk}",
        "part_cancelled",
        part.order,
        part.shop.organisation.email,
        part.town.default_language,
        part=part,
        shop=part.shop,
    )
    telling.tell_merchants(part, "part_cancelled", f"part-cancelled:{part.pk}")


def part_ready(part: Part, missing: Iterable[Line], given: Iterable[Line] = ()) -> None:
    """Ready to collect or on its way to the hub, what is missing, and what the shop gave instead."""
    _to_buyer(part, "part_ready", missing=list(missing), given=list(given))


def part_sent(part: Part) -> None:
    """Left with the shop's courier or by post."""
    _to_buyer(part, "part_sent")


def part_returned(part: Part) -> None:
    """It could not be delivered and went back to the shop; nothing is charged."""
    _to_buyer(part, "part_returned")


def part_lost(part: Part, bag: str, holder: str, since: datetime | None) -> None:
    """A bag cannot be found: the buyer pays nothing unless it comes; the shop hears who had it last, since when."""
    order, key = part.order, int(since.timestamp()) if since else 0
    said = {"part": part, "shop": part.shop}
    _send(f"part-lost:{part.pk}:{key}", "part_lost", order, order.email, order.language, **said)
    telling.tell_buyer(order, "part_lost", f"part-lost:{part.pk}:{key}", shop=part.shop)
    _send(
        f"part-lost-to-shop:{part.pk}:{key}",
        "part_lost_to_shop",
        order,
        part.shop.organisation.email,
        order.town.default_language,
        bag=bag,
        holder=holder,
        since=since,
        part_url=town_url(order.town, f"/merchant/{part.shop.slug}/orders/{part.pk}/"),
        **said,
    )
    telling.tell_merchants(part, "part_lost_to_shop", f"part-lost-to-shop:{part.pk}:{key}")


def rider_told(part: Part, fetch_at: datetime | None, at: datetime) -> None:
    """The shop hears when a rider comes for its bag; without ``fetch_at`` that nobody does, and it goes to the hub."""
    name = "rider_comes" if fetch_at else "rider_called_off"
    key = f"{name.replace('_', '-')}:{part.pk}:{int(at.timestamp())}"
    _to_shop(part, name, key, fetch_at=fetch_at, late=part.due_at <= at)


def part_packed_again(part: Part, *, choose: bool, at: datetime) -> None:
    """The lost bag is filled once more; where a door has failed, the buyer must ``choose`` a time."""
    order, key = part.order, f"part-packed-again:{part.pk}:{int(at.timestamp())}"
    said = {"part": part, "shop": part.shop, "choose": choose}
    _send(key, "part_packed_again", order, order.email, order.language, **said)
    telling.tell_buyer(order, "part_choose_again" if choose else "part_packed_again", key, shop=part.shop)


def part_written_off(part: Part) -> None:
    """The lost bag is not packed again; nothing is charged."""
    _to_buyer(part, "part_written_off")


def part_done(part: Part) -> None:
    """The shop's courier has handed it over."""
    _to_buyer(part, "part_done")


def order_left(order: Order, at: datetime) -> None:
    """The bike has left the depot."""
    _moved(order, "order_left", at)


def order_ended(order: Order, outcome: str, at: datetime) -> None:
    """The rider handed it over, or could not."""
    _moved(order, "order_delivered" if outcome == "delivered" else "order_failed", at)


def order_moved(order: Order, parts: Iterable[Part], window: Window, at: datetime, *, called: bool = False) -> None:
    """Another time was chosen, by the buyer or for a buyer who ``called``: they have it in writing, each shop knows
    until when.
    """
    _told_all(order, parts, "order_moved", at, window=window, called=called)


def order_asked(part: Part, window: Window, reason: str, at: datetime) -> None:
    """A shop asks whether it may come at another time than ``window``: the buyer reads why, and answers on a page."""
    order, key = part.order, f"order-asked:{part.pk}:{int(at.timestamp())}"
    said = {"part": part, "shop": part.shop, "window": window, "reason": reason}
    _send(key, "order_asked", order, order.email, order.language, **said)
    telling.tell_buyer(order, "order_asked", key, shop=part.shop)


def order_kept(part: Part, window: Window, at: datetime) -> None:
    """The buyer was asked and keeps the time: the shop that asked is told."""
    _to_shop(part, "order_kept_to_shop", f"order-kept-to-shop:{part.pk}:{int(at.timestamp())}", window=window)


def order_settled(order: Order, window: Window, at: datetime) -> None:
    """Which of two times that suited it is: the buyer alone is told."""
    key = f"order-settled:{order.pk}:{int(at.timestamp())}"
    _send(key, "order_settled", order, order.email, order.language, window=window)
    telling.tell_buyer(order, "order_settled", key)


def order_unplanned(order: Order, window: Window, at: datetime) -> None:
    """No bike can come as was promised: the buyer is told at once, and may choose what happens next."""
    key = f"order-unplanned:{order.pk}:{int(at.timestamp())}"
    _send(key, "order_unplanned", order, order.email, order.language, window=window)
    telling.tell_buyer(order, "order_unplanned", key)


def order_planned_again(order: Order, arrive_at: datetime, at: datetime) -> None:
    """A bike was found after all."""
    key = f"order-planned-again:{order.pk}:{int(at.timestamp())}"
    _send(key, "order_planned_again", order, order.email, order.language, arrive_at=arrive_at)
    telling.tell_buyer(order, "order_planned_again", key)


def order_collected_instead(order: Order, parts: Iterable[Part], at: datetime) -> None:
    """No bike comes: the buyer collects in the shops."""
    _told_all(order, parts, "order_collected", at)


def _told_all(order: Order, parts: Iterable[Part], name: str, at: datetime, **context: Any) -> None:
    stamp, said = int(at.timestamp()), {"parts": list(parts), **context}
    key = f"{name.replace('_', '-')}:{order.pk}:{stamp}"
    _send(key, name, order, order.email, order.language, **said)
    telling.tell_buyer(order, name, key)
    for part in said["parts"]:
        _to_shop(part, f"{name}_to_shop", f"{name.replace('_', '-')}-to-shop:{part.pk}:{stamp}", **context)


def _to_shop(part: Part, name: str, key: str, **context: Any) -> None:
    """A letter to the shop of a part, with the link to its page, and a line."""
    order, to = part.order, part.shop.organisation.email
    url = town_url(order.town, f"/merchant/{part.shop.slug}/orders/{part.pk}/")
    said = {"part": part, "shop": part.shop, "merchant_url": url, **context}
    _send(key, name, order, to, order.town.default_language, **said)
    telling.tell_merchants(part, name, key)


def _moved(order: Order, name: str, at: datetime) -> None:
    """Once for each time it happens: a second try is told again."""
    key = f"{name.replace('_', '-')}:{order.pk}:{int(at.timestamp())}"
    _send(key, name, order, order.email, order.language)
    telling.tell_buyer(order, name, key)


def withdrawal_asked(case: Withdrawal, part: Part) -> None:
    """Acknowledged at once, with what was sent and when (directive 2011/83/EU, article 11a (4)); the shop is told."""
    order, rows = part.order, list(case.lines.select_related("line"))
    said = {"case": case, "rows": rows, "shop": part.shop}
    _send(f"withdrawal-asked:{case.pk}", "withdrawal_asked", order, case.email, order.language, **said)
    telling.tell_merchants(part, "withdrawal_to_shop", f"withdrawal-to-shop:{case.pk}")
    _send(
        f"withdrawal-to-shop:{case.pk}",
        "withdrawal_to_shop",
        order,
        part.shop.organisation.email,
        order.town.default_language,
        pay_by=case.asked_at + timedelta(days=DAYS),
        merchant_url=town_url(order.town, f"/merchant/{part.shop.slug}/returns/{case.pk}/"),
        **said,
    )


def withdrawal_refunded(case: Withdrawal, part: Part, cents: int) -> None:
    """What was sent back is paid back."""
    _about_case(case, part, "withdrawal_refunded", cents=cents)


def withdrawal_refused(case: Withdrawal, part: Part, reason: str) -> None:
    """The shop does not pay back, and why."""
    _about_case(case, part, "withdrawal_refused", reason=reason)


def _about_case(case: Withdrawal, part: Part, name: str, **context: Any) -> None:
    order, key = part.order, f"{name.replace('_', '-')}:{case.pk}"
    _send(key, name, order, case.email, order.language, case=case, shop=part.shop, **context)
    telling.tell_buyer(order, name, key, shop=part.shop)


def voucher_issued(voucher: Voucher) -> None:
    """A voucher for one person goes to them by mail."""
    town, campaign = voucher.town, voucher.campaign
    if not outbox.is_wanted(voucher.email):
        return
    data = {"voucher": voucher, "campaign": campaign, "town": town, "shops_url": town_url(town, "/shops/")}
    with translation.override(town.default_language), timezone.override(town.zone):
        text = render_to_string("market/mail/voucher_issued.txt", data)
    subject, _, body = text.strip().partition("\n")
    key = f"voucher-issued:{voucher.pk}"
    outbox.send_mail(key=key, to=voucher.email, subject=subject, body=body.strip() + "\n", town_id=town.pk)


def fees_announced(shop: Shop, terms: FeeTerms, at: datetime) -> None:
    """A shop is told what the market will cost it, in good time and on paper (regulation (EU) 2019/1150, article 3)."""
    town, to = shop.town, shop.organisation.email
    if not outbox.is_wanted(to):
        return
    with translation.override(town.default_language), timezone.override(town.zone):
        data = {
            "shop": shop,
            "terms": terms,
            "town": town,
            "sentences": say_fees(in_force(town, terms.starts_on), town.currency, shop),
            "money_url": town_url(town, f"/merchant/{shop.slug}/rules/"),
        }
        text = render_to_string("market/mail/fees_announced.txt", data)
    subject, _, body = text.strip().partition("\n")
    key = f"fees:{terms.pk}:{shop.pk}:{int(at.timestamp())}"
    outbox.send_mail(key=key, to=to, subject=subject, body=body.strip() + "\n", town_id=town.pk)
