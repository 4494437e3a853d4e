"""Killed between any two steps, answers lost, news late, twice, reversed, never: the same end, to the cent.

A story is played once whole while its boundaries are counted: each request to the provider (before it leaves, after it
is done) and each commit (before, after). Then it is played again for every one of them and cut exactly there, as a
killed process is: what was not committed is gone, and nothing cleans up. What follows is only what runs in production:
the minute's task, and a person who tries once more.
"""

import random
from contextlib import contextmanager, suppress
from datetime import timedelta
from itertools import count

import pytest
from django.db import transaction

from parvis.core.errors import Refusal
from parvis.demo import builders
from parvis.market import ledger
from parvis.market.actions import finish_part, payment_news, payments, place_order, prepare_part, refuse_part
from parvis.market.clients.stripe import StripeClient
from parvis.market.models import Order, Part, Payment, ProviderCall, ProviderEvent
from parvis.market.tests.payments.conftest import BUYER, connect

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(560)]
MINUTE = timedelta(minutes=1)
VERBS = ("open", "look", "close", "capture", "cancel", "refund", "transfer", "reverse", "sent")


class Killed(BaseException):
    """Nothing in the program catches this, as nothing catches a kill."""


class Knife:
    """Counts the boundaries that a story passes, and cuts at one of them."""

    def __init__(self) -> None:
        self.passed, self.cut_at, self.where = 0, -1, ""

    def boundary(self, where: str) -> None:
        self.passed += 1
        if self.passed == self.cut_at:
            self.where = where
            raise Killed(where)

    @contextmanager
    def held(self, cut_at: int):
        self.passed, self.cut_at, self.where = 0, cut_at, ""
        try:
            yield
        except Killed:
            pass
        finally:
            self.cut_at = -1


@pytest.fixture
def knife(monkeypatch):
    knife = Knife()
    for verb in VERBS:
        real = getattr(StripeClient, verb)

        def cut(self, *args, _real=real, _verb=verb, **kwargs):
            knife.boundary(f"before {_verb}")
            answer = _real(self, *args, **kwargs)
            knife.boundary(f"after {_verb}")
            return answer

        monkeypatch.setattr(StripeClient, verb, cut)
    real_exit = transaction.Atomic.__exit__

    def cut_exit(self, kind, value, trace):
        """Django commits inside of ``__exit__``; a kill there must not be answered by a rollback of what is done."""
        outermost = not self._from_testcase and len(transaction.get_connection(self.using).savepoint_ids) == 0
        if kind is None and outermost and transaction.get_connection(self.using).in_atomic_block:
            try:
                knife.boundary("before the end of a transaction")
            except Killed as killed:
                real_exit(self, type(killed), killed, None)
                raise
            real_exit(self, kind, value, trace)
            knife.boundary("after the end of a transaction")
            return None
        return real_exit(self, kind, value, trace)

    monkeypatch.setattr(transaction.Atomic, "__exit__", cut_exit)
    return knife


class World:
    """A town with two shops that are paid online, and an order of both."""

    numbers = count(1)

    def __init__(self, provider, at) -> None:
        provider.tell("reset")
        self.provider, self.at, self.clock = provider, at, 0
        self.town = builders.make_town(f"t{next(self.numbers)}")
        provider.give_key(self.town)
        self.shops = [builders.make_shop(self.town, name) for name in ("Boulangerie", "Primeurs")]
        self.accounts = [connect(shop, provider, at).reference for shop in self.shops]
        self.goods = [builders.make_product(shop, f"Chose de {shop.name}", 500, stock=9) for shop in self.shops]
        self.basket = builders.make_basket(self.town, *((product, 2) for product in self.goods))

    @property
    def order(self):
        return Order.objects.filter(town=self.town).first()

    @property
    def payment(self):
        return Payment.objects.with_story().filter(town=self.town).last()

    def part(self, number):
        return Part.objects.get(order=self.order, shop=self.shops[number])

    def half(self):
        return {line.pk: 1 for line in self.part(0).lines.all()}

    def place(self):
        return place_order(
            town=self.town,
            basket=self.basket,
            buyer=BUYER,
            chosen={shop.pk: shop.modalities.get(kind="collect") for shop in self.shops},
            window_id=None,
            key="the same form",
            at=self.at,
            pay_online=True,
        )

    @property
    def now(self):
        return self.at + self.clock * MINUTE

    def tend(self, later=0, times=1):
        """What the minute's task does, some minutes later."""
        for _n in range(times):
            self.clock += later
            payment_news.handle_waiting(at=self.now)
            payments.tend(at=self.now)

    def settle(self):
        payments.settle_order(self.order.pk, at=self.now)

    def end(self):
        """Everything that must come out the same, and everything that must hold whatever happened."""
        payment, found = self.payment, self.provider.everything
        books = ledger.balances(self.town)
        assert ledger.town_sum(self.town) == 0
        assert books.get(f"buyer:{self.order.code}", 0) == 0, books
        held = sum(i["amount_received"] for i in found["intents"]) - sum(r["amount"] for r in found["refunds"])
        sent = {account: self.provider.sent().get(account, 0) for account in self.accounts}
        online = sum(cents for name, cents in books.items() if name.startswith("online:"))
        assert online == held - books.get("costs:provider", 0) - sum(sent.values()), "the ledger is the provider's"
        assert payment.sums.captured - payment.sums.refunded == held
        assert not [call for call in ProviderCall.objects.filter(town=self.town) if call.is_open or call.given_up_at]
        alive = [part for part in self.order.parts.all() if part.state not in {"refused", "cancelled"}]
        assert bool(alive) == (held > 0), "no order without payment, no payment without order"
        for product in self.goods:
            product.refresh_from_db()
        return {
            "state": payment.state,
            "held": held,
            "sent": sent and tuple(sent.values()),
            "parts": tuple(self.part(n).state for n in (0, 1)),
            "stock": tuple(product.stock for product in self.goods),
            "intents": len([i for i in found["intents"] if i["status"] != "canceled"]),
            "books": {name: cents for name, cents in books.items() if cents and not name.startswith("buyer:")},
            "events": sorted((event.kind, event.amount_cents) for event in payment.events.all()),
        }


def again(verb, *args, **kwargs):
    """A person presses the same button once more; what has moved on meanwhile is refused, and that is well."""
    with suppress(Refusal):
        verb(*args, **kwargs)


def pay_it(world: World, step) -> None:
    """Ordered, the page made, paid, and the task comes by."""
    step(lambda: world.place())
    step(lambda: world.tend())
    world.provider.pay(world.payment)
    step(lambda: world.tend(1))


def serve_it(world: World, step) -> None:
    """One shop refuses, the other gives half; the buyer collects."""
    step(lambda: again(refuse_part, part=world.part(1), reason="Plus rien", at=world.now))
    step(lambda: world.settle())
    step(lambda: again(prepare_part, part=world.part(0), quantities=world.half(), at=world.now))
    step(lambda: world.settle())
    step(lambda: again(finish_part, part=world.part(0), at=world.now))
    step(lambda: world.settle())


def handed_over(world: World, step) -> None:
    """The usual way."""
    pay_it(world, step)
    serve_it(world, step)


def never_paid(world: World, step) -> None:
    """The buyer closes the page."""
    step(lambda: world.place())
    step(lambda: world.tend())
    step(lambda: world.tend(21))


def taken_back(world: World, step) -> None:
    """Taken as ordered because the shops were late; then given back what they did not have."""
    pay_it(world, step)
    step(lambda: world.tend(6 * 24 * 60 + 60))
    serve_it(world, step)


STORIES = {"handed over": handed_over, "never paid": never_paid, "taken back": taken_back}
LONG_AFTER = 15 * 24 * 60


def play(story, provider, at, knife, cut_at=-1):
    """One story in a new town; at the cut the step is lost, and done once more as its person or the task would."""
    world = World(provider, at)
    passed = 0

    def step(verb):
        nonlocal passed
        here = cut_at - passed
        with knife.held(here if here > 0 else -1):
            verb()
        passed += knife.passed
        if knife.where:
            knife.where = ""
            with suppress(Refusal):
                verb()

    story(world, step)
    world.tend(LONG_AFTER, times=3)  # the worker comes round, long after
    return world.end(), passed


@pytest.mark.parametrize("name", STORIES)
def test_cut_anywhere_and_the_end_is_the_same(name, provider, knife, at):
    expected, boundaries = play(STORIES[name], provider, at, knife)
    assert boundaries > 10
    for cut_at in range(1, boundaries + 1):
        ended, _passed = play(STORIES[name], provider, at, knife, cut_at)
        assert ended == expected, f"cut at {cut_at} of {boundaries}"


@pytest.mark.parametrize(("first", "fault"), [(0, "before"), (1, "after"), (2, "busy")])
@pytest.mark.parametrize("name", STORIES)
def test_requests_and_answers_are_lost(name, first, fault, provider, knife, at):
    """A request is lost on its way, or done and its answer lost, or refused for a moment; each third one by turns."""
    expected, _ = play(STORIES[name], provider, at, knife)
    requests = len(provider.everything["seen"])
    for number in range(first, requests, 3):
        world = World(provider, at)
        before = len(provider.everything["seen"])
        provider.faults(*[""] * max(0, number - before), fault)

        def step(verb, world=world):
            verb()
            world.tend(2)  # the task comes round before anybody does the next thing

        STORIES[name](world, step)
        world.tend(LONG_AFTER, times=3)
        assert world.end() == expected, (number, fault)


def test_news_in_any_order_as_often_as_it_likes(provider, knife, at):
    """The provider's news of one payment, shuffled, doubled and partly lost, between the steps of its story."""
    expected, _ = play(handed_over, provider, at, knife)
    for seed in range(6):
        chance, world = random.Random(seed), World(provider, at)
        names = ["checkout.session.completed", "payment_intent.amount_capturable_updated", "payment_intent.succeeded"]
        kinds = [name for name in names * 2 if chance.random() < 0.8]
        chance.shuffle(kinds)

        def step(verb, kinds=kinds, world=world, chance=chance):
            verb()
            if world.payment and kinds and chance.random() < 0.7:
                ProviderEvent.objects.get_or_create(
                    town=world.town,
                    provider="stripe",
                    event_id=f"evt_{len(kinds) // 2}",
                    defaults={"kind": kinds.pop(), "about": {"payment": str(world.payment.pk)}, "received_at": at},
                )
                payment_news.handle_waiting(at=world.now)

        handed_over(world, step)
        world.tend(LONG_AFTER, times=3)
        assert world.end() == expected, seed
