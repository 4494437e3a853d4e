"""Something goes back: a case that waits for its shop, and one that is paid back, so that pages have what to show."""

from datetime import datetime

from parvis.demo.past import PAST
from parvis.market.actions import ask_withdrawal, refund_withdrawal
from parvis.market.models import Order
from parvis.market.returning import returns_of
from parvis.towns.models import Town

CASES = 2


def send_things_back(town: Town, at: datetime) -> None:
    """Of yesterday's orders, where the law gives the right: one thing each."""
    cases = 0
    played = Order.objects.filter(town=town).exclude(key__startswith=PAST)  # what is copied has no invoice to take back
    for order in played.with_story().order_by("placed_at", "pk"):
        for part in order.parts.all():
            found = returns_of(part, [], town=town, at=at)
            left = found.left() if found and found.until else {}
            if not left or cases == CASES:
                continue
            case = ask_withdrawal(
                part=part,
                quantities={next(iter(left)): 1},
                name=order.name,
                email=order.email,
                words="",
                key=f"demo-{part.pk.hex}",
                at=at,
            )
            if cases:
                refund_withdrawal(case=case, at=at)
            cases += 1
