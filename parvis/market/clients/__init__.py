"""The payment providers: one client for each, with the same verbs, and what they answer in our own words.

A verb that moves money takes the key of its intent; the provider does the same key once. ``look`` only asks.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol


class TryLater(Exception):
    """The provider is away or too busy, or its answer was lost: the same key may be sent again."""


class GiveUp(Exception):
    """The provider refuses this, and would refuse it again."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a hosted payment page must know. ``key`` is the intent; nothing personal leaves with it."""

    key: str
    payment: str
    order: str
    title: str
    cents: int
    currency: str
    language: str
    back_url: str
    news_url: str
    closes_at: datetime


@dataclass(frozen=True, slots=True)
class Abilities:
    """What a provider can do, where they differ; what it cannot is arranged in another way (``docs/payments.md``)."""

    takes_back: bool  # what was handed on to a merchant, by itself; else only together with a refund
    says_fees: bool  # beside the payment; else only in the town's account there
    signs_news: bool  # so that its sender is proved; else anybody may send it


@dataclass(frozen=True, slots=True)
class Merchant:
    """Who wants to be paid. ``key`` is the intent, ``person`` who asks, ``number`` the business's in its register."""

    key: str
    name: str
    email: str
    country: str
    number: str = ""
    person: str = ""


@dataclass(frozen=True, slots=True)
class Back:
    """What a merchant gives back of what was handed on to its account."""

    account: str
    cents: int


@dataclass(frozen=True, slots=True)
class Opened:
    """A hosted page that waits for its buyer."""

    session: str
    url: str


@dataclass(frozen=True, slots=True)
class Refund:
    """Money given back; ``key`` is our intent when it was ours."""

    reference: str
    cents: int
    key: str = ""


@dataclass(frozen=True, slots=True)
class Dispute:
    """The buyer's bank took money back; ``won`` once it came back to us."""

    reference: str
    cents: int
    won: bool = False


@dataclass(frozen=True, slots=True)
class Seen:
    """A payment as the provider sees it now: the only thing that our own events are written from."""

    reference: str = ""
    authorised_cents: int = 0
    captured_cents: int = 0
    capture_failed: bool = False  # every attempt to take it has failed, one that was accepted before too
    cancelled: bool = False
    failed: bool = False
    reason: str = ""
    charge: str = ""
    capture_before: datetime | None = None
    fee_cents: int = 0
    refunds: tuple[Refund, ...] = ()
    disputes: tuple[Dispute, ...] = ()


@dataclass(frozen=True, slots=True)
class Movement:
    """A line of the provider's account. ``sources`` are the numbers it belongs to: payment, charge, order."""

    reference: str
    kind: str
    cents: int
    fee_cents: int
    at: datetime
    sources: tuple[str, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class Account:
    """A merchant's account at the provider."""

    reference: str
    charges_enabled: bool


@dataclass(frozen=True, slots=True)
class News:
    """A web hook, checked: which event ("" where events have no number), and the numbers of what it is about."""

    event_id: str
    kind: str
    about: dict[str, str]


class Client(Protocol):
    """What the market asks of a provider. ``refund`` takes ``back`` only where ``takes_back`` is not an ability."""

    abilities: Abilities

    def open(self, asked: Asked) -> Opened: ...
    def look(self, session: str) -> Seen: ...
    def close(self, key: str, session: str) -> Seen: ...
    def capture(self, key: str, session: str, reference: str, cents: int) -> Seen: ...
    def cancel(self, key: str, session: str, reference: str) -> Seen: ...
    def refund(self, key: str, session: str, reference: str, cents: int, back: tuple[Back, ...] = ()) -> Seen: ...
    def transfer(self, key: str, *, account: str, cents: int, currency: str, group: str, charge: str) -> str: ...
    def reverse(self, key: str, transfer: str, cents: int) -> str: ...
    def sent(self, key: str, *, group: str, charge: str, transfer: str = "") -> str: ...
    def movements(self, since: datetime) -> Iterator[Movement]: ...
    def news(self, body: bytes, signature: str) -> News: ...
    def open_account(self, merchant: Merchant) -> Account: ...
    def account(self, reference: str, merchant: Merchant) -> Account: ...
    def account_url(self, reference: str, back_url: str, merchant: Merchant) -> str: ...
