"""Killed between any two steps, answers lost, news late, twice, reversed, never: the same end, to the cent.

A story is played once whole while its boundaries are counted: each request to the provider (before it leaves, after it
is done) and each commit (before, after). Then it is played again for every one of them and cut exactly there, as a
killed process is: what was not committed is gone, and nothing cleans up. What follows is only what runs in production:
the minute's task, and a person who tries once more. ``PARVIS_EVERY_CUT=1`` cuts at each boundary
(``bench/payments.md``), without it at each sixth.
"""

import json
import os
import random
from contextlib import contextmanager, suppress
from datetime import timedelta
from itertools import count

import pytest
from django.db import transaction
from django.test import Client

from parvis.core.errors import Refusal
from parvis.core.models import OutboxMessage
from parvis.demo import builders
from parvis.market import ledger
from parvis.market.actions import (
    ask_withdrawal,
    finish_part,
    payment_looks,
    payment_news,
    payments,
    place_order,
    prepare_part,
    refund_withdrawal,
    refuse_part,
)
from parvis.market.actions.reconciling import copy_movements
from parvis.market.clients.mollie import MollieClient
from parvis.market.clients.stripe import StripeClient
from parvis.market.models import Order, Part, Payment, ProviderCall, ProviderEvent
from parvis.market.reconciled import comparison_of
from parvis.market.tests.payments.conftest import BUYER, connect

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(3000)]
MINUTE = timedelta(minutes=1)
VERBS = ("open", "look", "close", "capture", "cancel", "refund", "transfer", "reverse", "sent")
EVERY = int(os.environ.get("PARVIS_EVERY_CUT", "6"))
LONG_AFTER = 15 * 24 * 60


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
    for client in (StripeClient, MollieClient):
        for verb in VERBS:
            real = getattr(client, verb)

            def cut(self, *args, _real=real, _verb=verb, **kwargs):
                knife.boundary(f"before {_verb}")
                answer = _real(self, *args, **kwargs)
                knife.boundary(f"after {_verb}")
                return answer

            monkeypatch.setattr(client, verb, cut)
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
        provider.clock(at)
        self.provider, self.at, self.clock = provider, at, 0
        self.town = builders.make_town(f"t{next(self.numbers)}")
        provider.give_key(self.town)
        self.shops = [builders.make_shop(self.town, name) for name in ("Boulangerie", "Primeurs")]
        self.accounts = [connect(shop, provider, at).reference for shop in self.shops]
        self.goods = [
            builders.make_product(shop, f"Chose de {shop.name}", 500, stock=9, category="books") for shop in self.shops
        ]
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
            if later:
                self.provider.clock(self.now)
            payment_news.handle_waiting(at=self.now)
            payment_looks.tend(at=self.now)

    def settle(self):
        payments.settle_order(self.order.pk, at=self.now)

    def send_back(self):
        """The buyer sends one thing back; the form and the shop's button may both be pressed twice."""
        part = self.part(0)
        goods = {part.lines.get().pk: 1}
        case = ask_withdrawal(
            part=part,
            quantities=goods,
            name="C",
            email="c@example.org",
            words="",
            key=f"w{self.town.slug}",
            at=self.now,
        )
        refund_withdrawal(case=case, at=self.now)

    def end(self):
        """Everything that must come out the same, and everything that must hold whatever happened."""
        copy_movements(self.town, at=self.now)
        compared = comparison_of(self.town)
        assert compared.agrees, compared.differences
        payment, books = self.payment, ledger.balances(self.town)
        held, sent = self.provider.held(), self.provider.sent()
        assert ledger.town_sum(self.town) == 0
        assert books.get(f"buyer:{self.order.code}", 0) == 0, books
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
            "sent": tuple(sent.get(account, 0) for account in self.accounts),
            "parts": tuple(self.part(n).state for n in (0, 1)),
            "stock": tuple(product.stock for product in self.goods),
            "done": self.provider.done(),
            "books": {name: cents for name, cents in books.items() if cents and not name.startswith("buyer:")},
            "events": sorted((event.kind, event.amount_cents) for event in payment.events.all()),
            "letters": OutboxMessage.objects.filter(town_id=self.town.pk).count(),
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


def serve_it(world: World, step, *, all_of_it: bool = False) -> None:
    """One shop refuses, the other gives half; the buyer collects."""
    step(lambda: again(refuse_part, part=world.part(1), reason="Plus rien", at=world.now))
    step(lambda: world.settle())
    given = {} if all_of_it else world.half()
    step(lambda: again(prepare_part, part=world.part(0), quantities=given, at=world.now))
    step(lambda: world.settle())
    step(lambda: again(finish_part, part=world.part(0), at=world.now))
    step(lambda: world.settle())


def handed_over(world: World, step) -> None:
    """The usual way: authorised, taken for what was prepared, handed on."""
    pay_it(world, step)
    serve_it(world, step)


def never_paid(world: World, step) -> None:
    """The buyer closes the page."""
    step(lambda: world.place())
    step(lambda: world.tend())
    step(lambda: world.tend(21))


def nobody_has_it(world: World, step) -> None:
    """Both shops refuse: the authorisation is let go."""
    pay_it(world, step)
    for number in (0, 1):
        step(lambda n=number: again(refuse_part, part=world.part(n), reason="Plus rien", at=world.now))
        step(lambda: world.settle())


def taken_back(world: World, step) -> None:
    """Taken as ordered because the shops were late; then given back what they did not have."""
    pay_it(world, step)
    step(lambda: world.tend(6 * 24 * 60 + 60))
    serve_it(world, step)


def sent_back(world: World, step) -> None:
    """Handed over and handed on; then the buyer sends one of two back: a refund, and the shop's money returns."""
    pay_it(world, step)
    serve_it(world, step, all_of_it=True)
    step(lambda: again(world.send_back))
    step(lambda: world.settle())


STORIES = {
    "handed over": handed_over,
    "never paid": never_paid,
    "nobody has it": nobody_has_it,
    "taken back": taken_back,
    "sent back": sent_back,
}


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


def note(what, **counts):
    """For ``bench/payments.md``: one line for each test, where ``PARVIS_BENCH_LOG`` says."""
    if path := os.environ.get("PARVIS_BENCH_LOG"):
        with open(path, "a") as log:
            print(json.dumps({"what": what} | counts), file=log)


@pytest.mark.parametrize("name", STORIES)
def test_cut_anywhere_and_the_end_is_the_same(name, either, knife, at):
    expected, boundaries = play(STORIES[name], either, at, knife)
    assert boundaries > 10
    first = 1 + list(STORIES).index(name) % EVERY
    for cut_at in range(first, boundaries + 1, EVERY):
        ended, _passed = play(STORIES[name], either, at, knife, cut_at)
        assert ended == expected, f"cut at {cut_at} of {boundaries}"
    note(f"cut, {either.name}: {name}", boundaries=boundaries, cuts=len(range(first, boundaries + 1, EVERY)))


@pytest.mark.parametrize(("first", "fault"), [(0, "before"), (1, "after"), (2, "busy")])
@pytest.mark.parametrize("name", STORIES)
def test_requests_and_answers_are_lost(name, first, fault, either, knife, at):
    """A request is lost on its way, or done and its answer lost, or refused for a moment."""
    expected, _ = play(STORIES[name], either, at, knife)
    requests = len(either.everything["seen"])
    lost = range(first % EVERY, requests, EVERY)
    for number in lost:
        world = World(either, at)
        before = len(either.everything["seen"])
        either.faults(*[""] * max(0, number - before), fault)

        def step(verb, world=world):
            verb()
            world.tend(2)  # the task comes round before anybody does the next thing

        STORIES[name](world, step)
        world.tend(LONG_AFTER, times=3)
        assert world.end() == expected, (number, fault)
    note(f"{fault}, {either.name}: {name}", requests=requests, faults=len(lost))


class Postman:
    """The provider's web hooks of one world, sent through the door that anybody can knock at."""

    def __init__(self, world, chance) -> None:
        self.world, self.chance, self.waiting, self.sent, self.provider = world, chance, [], 0, world.provider
        self.numbers = count(1)
        self.client = Client(headers={"host": f"{world.town.slug}.localhost"})

    def write(self, kind):
        """A message that the provider would send now."""
        self.waiting.append(self.provider.message(self.world.payment, next(self.numbers), kind))

    def post(self, message):
        self.sent += 1
        return self.client.post(f"/payments/{self.provider.name}/", **message).status_code

    def round(self):
        """Some of what waits is delivered, in any order, perhaps twice; a forged one is shown the door."""
        self.chance.shuffle(self.waiting)
        for message in self.waiting[: self.chance.randrange(len(self.waiting) + 1)]:
            for _times in range(self.chance.choice((1, 1, 2))):
                assert self.post(message) == 204
            if self.chance.random() < 0.7:
                self.waiting.remove(message)  # else it comes once more, after others
        known = ProviderEvent.objects.count()
        assert self.post(self.provider.forged(self.world.payment)) == self.provider.forged_answer
        assert ProviderEvent.objects.count() == known
        payment_news.handle_waiting(at=self.world.now)


@pytest.mark.parametrize("seed", range(8))
def test_news_in_any_order_as_often_as_it_likes(seed, either, knife, at):
    """Signed messages of each step, shuffled, doubled, late beyond everything, partly lost; forged ones between."""
    name = list(STORIES)[seed % len(STORIES)]
    expected, _ = play(STORIES[name], either, at, knife)
    chance, world = random.Random(seed), World(either, at)
    postman = Postman(world, chance)

    def step(verb):
        verb()
        if world.payment is not None and world.payment.session:
            for kind in ("checkout.session.completed", "payment_intent.succeeded", "charge.refunded"):
                if chance.random() < 0.6:  # the others never come
                    postman.write(kind)
            postman.round()

    STORIES[name](world, step)
    world.tend(LONG_AFTER, times=3)
    while postman.waiting:
        postman.round()
    assert world.end() == expected
    assert ProviderEvent.objects.filter(town=world.town).exists()
    note(f"news, {either.name}: {name}", messages=postman.sent)


def test_news_alone_is_enough(either, knife, at):
    """Each change is told at once, and the minute's task never runs before the end: nobody waits for it."""
    expected, _ = play(handed_over, either, at, knife)
    world = World(either, at)
    postman = Postman(world, random.Random(1))
    world.place()
    payments.advance(world.payment.pk, at=world.now)  # the buyer is led to the page
    either.pay(world.payment)
    postman.write("checkout.session.completed")
    while postman.waiting:
        postman.round()
    assert world.part(0).state == "placed"
    serve_it(world, lambda verb: verb())
    assert world.end() == expected
