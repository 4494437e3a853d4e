"""``parvis bench money``: random baskets through every movement of money, and whether each cent is somewhere.

The same pure functions that the market posts with. A basket has up to five shops, goods by piece and by weight at
mixed VAT rates, shops' own discounts and fees, up to two vouchers, commission, a shared bike fee; then shops refuse,
run out or weigh something else, buyers pay (on the spot, the rider, online), and some goods are given back, up to
twice. In the end the town keeps its fees of what was paid online, the rest is handed on, and it settles with each shop.
"""

import argparse
import sys
from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from pathlib import Path
from random import Random
from time import perf_counter

from parvis.core.money import round_half_up, split
from parvis.market.pricing import (
    FeeRule,
    Priced,
    Terms,
    Total,
    commission_on,
    discounted,
    movements,
    paid_now,
    share_fee,
    shares_of,
    total_of,
)
from parvis.market.pricing.commission import Commission

DAY = date(2026, 12, 1)
RATES = (0, 210, 250, 550, 600, 810, 1000, 1200, 2000, 2100)
TOWN_TILL, BUYER = "till:town", "buyer:order"


@dataclass(slots=True)
class Article:
    """One line: a price for a piece (``per`` 1) or a kilogram (1000 g), and how much of it."""

    price: int
    per: int
    amount: int
    vat_bp: int

    def priced(self) -> Priced:
        """What it costs now."""
        return Priced(round_half_up(Fraction(self.price * self.amount, self.per)), self.vat_bp)


@dataclass(slots=True)
class Seller:
    """One shop's part of a basket and what was posted for it so far."""

    name: str
    articles: list[Article]
    fee: Priced | None
    discount_bp: int
    commission_bp: int
    by_bike: bool
    online: bool = False
    vouchers: list[int] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    goods_then: int = 0
    total: Total = field(default_factory=lambda: total_of([]))
    paying: list[int] = field(default_factory=list)
    commission: Commission = field(default_factory=lambda: Commission(0, 0))
    received: int = 0

    def goods(self) -> list[Priced]:
        """The goods as they stand, with the shop's own discount."""
        lines = [article.priced() for article in self.articles]
        whole = sum(line.cents for line in lines)
        return discounted(lines, round_half_up(Fraction(whole * self.discount_bp, 10_000)))

    def total_now(self) -> Total:
        """Goods and the shop's own fee; no fee without goods."""
        goods = self.goods()
        has = any(article.amount for article in self.articles)
        return total_of(goods, [self.fee] if self.fee and has else [])


class Books:
    """A ledger in memory: balances, and what was wrong."""

    def __init__(self) -> None:
        self.balances: Counter[str] = Counter()
        self.movements = 0
        self.wrong: list[str] = []

    def post(self, entries: movements.Entries) -> None:
        """Write one movement, which must add up to zero."""
        self.movements += 1
        if sum(entries.values()) != 0:
            self.wrong.append(f"a movement adds up to {sum(entries.values())}: {entries}")
        for account, cents in entries.items():
            self.balances[account] += cents

    def of(self, prefix: str) -> int:
        """The balance of all accounts that begin so."""
        return sum(cents for account, cents in self.balances.items() if account.startswith(prefix))

    def claim(self, name: str, left: int, right: int) -> None:
        """Two numbers that must be the same."""
        if left != right:
            self.wrong.append(f"{name}: {left} is not {right}")


def play(chance: Random) -> Books:
    """One basket from the order to the last refund; its books, with what does not agree."""
    books = Books()
    sellers = [_seller(chance, n) for n in range(chance.randint(1, 5))]
    commission_vat = chance.choice((0, 2000, 2100))
    _use_vouchers(chance, sellers, books)
    rule = FeeRule(
        buyer=chance.choice((0, 390, 450)),
        shops=chance.choice((0, 0, 200, 1000)),
        cost=chance.choice((0, 900, 1100)),
        free_from=chance.choice((None, 3000, 5000)),
        shops_bear_free=chance.random() < 0.5,
    )
    bike_vat = chance.choice((2000, 2100))
    captured = refunded = 0
    for seller in sellers:
        _prepare(chance, seller)
        _settle(seller, books, commission_vat)
        captured += _pay(seller, books)
    captured += _deliver([s for s in sellers if s.by_bike and s.total.cents], rule, bike_vat, books)
    for _again in range(chance.choice((0, 0, 1, 2))):
        for seller in sellers:
            if seller.total.cents and chance.random() < 0.6:
                _give_back(chance, seller)
                _settle(seller, books, commission_vat)
                refunded += _refund(seller, books)
    _check(books, sellers, captured, refunded)
    for seller in sellers:
        _settle_up(seller, books)
        _check_settled(seller, books)
    _check_town(books)
    return books


def _seller(chance: Random, number: int) -> Seller:
    articles = [
        Article(chance.randint(1, 4000), 1, chance.randint(1, 9), chance.choice(RATES))
        if chance.random() < 0.7
        else Article(chance.randint(100, 6000), 1000, chance.randint(20, 3000), chance.choice(RATES))
        for _ in range(chance.randint(1, 7))
    ]
    by_bike = chance.random() < 0.6
    fee = (
        None
        if by_bike or chance.random() < 0.5
        else Priced(chance.choice((250, 490, 690)), chance.choice((2000, 2100)))
    )
    return Seller(
        f"shop-{number}",
        articles,
        fee,
        discount_bp=chance.choice((0, 0, 0, 500, 1000, 3333)),
        commission_bp=chance.choice((0, 0, 150, 300, 775)),
        by_bike=by_bike,
        online=chance.random() < 0.4,
    )


def _use_vouchers(chance: Random, sellers: list[Seller], books: Books) -> None:
    """Up to two vouchers, of a fund's line or of the town's budget, in all shops or in some."""
    rest = {s.name: total_of(s.goods()).goods for s in sellers}
    goods = dict(rest)
    for number in range(chance.choice((0, 1, 1, 2))):
        some = frozenset(s.name for s in sellers if chance.random() < 0.6) if chance.random() < 0.5 else frozenset()
        terms = Terms(chance.randint(1, 6000), DAY, DAY, chance.choice((0, 0, 1500, 4000)), some)
        if terms.refusal(goods, DAY) is not None:
            continue
        line = f"line-{number}" if chance.random() < 0.7 else ""
        shares = shares_of(terms, rest)
        if line:
            books.post(movements.allotted(line=line, cents=terms.left))
            books.post(movements.fund_moves(line=line, cents=terms.left, from_stage="free", to_stage="promised"))
        for seller in sellers:
            if share := shares.get(seller.name, 0):
                rest[seller.name] -= share
                seller.vouchers.append(share)
                seller.lines.append(line)
                seller.paying.append(0)
    for seller in sellers:
        seller.goods_then = goods[seller.name]


def _prepare(chance: Random, seller: Seller) -> None:
    """Refused, all there, something missing, weighed a little more or less."""
    if chance.random() < 0.1:
        for article in seller.articles:
            article.amount = 0
    for article in seller.articles:
        if article.per == 1000 and article.amount:
            article.amount = max(1, round(article.amount * chance.uniform(0.85, 1.1)))
        elif chance.random() < 0.15:
            article.amount = chance.randint(0, article.amount)


def _give_back(chance: Random, seller: Seller) -> None:
    for article in seller.articles:
        if chance.random() < 0.5:
            article.amount = chance.randint(0, article.amount)


def _settle(seller: Seller, books: Books, commission_vat: int) -> None:
    """Post what changed: the sale, what vouchers pay of it, the town's commission."""
    before, after = seller.total, seller.total_now()
    accounts = {"buyer": BUYER, "seller": f"shop:{seller.name}", "vat": f"vat:{seller.name}"}
    books.post(movements.corrected(**accounts, before=before, after=after))
    pays = paid_now(seller.vouchers, goods_then=seller.goods_then, goods_now=after.goods)
    for line, old, new in zip(seller.lines, seller.paying, pays, strict=True):
        if new > old:
            books.post(movements.voucher(buyer=BUYER, shop=seller.name, cents=new - old, line=line))
        elif new < old:
            back = movements.voucher(buyer=BUYER, shop=seller.name, cents=old - new, line=line)
            books.post(movements.opposite(back))
    fee = commission_on(total_of(seller.goods()).net, rate_bp=seller.commission_bp, vat_bp=commission_vat)
    old_fee = seller.commission
    books.post(movements.commission(shop=seller.name, fee=fee))
    books.post(movements.opposite(movements.commission(shop=seller.name, fee=old_fee)))
    seller.total, seller.paying, seller.commission = after, pays, fee


def _till(seller: Seller) -> str:
    if seller.online:
        return f"online:{seller.name}"
    return TOWN_TILL if seller.by_bike else f"till:{seller.name}"


def _pay(seller: Seller, books: Books) -> int:
    cents = seller.received = seller.total.cents - sum(seller.paying)
    books.post(movements.payment(buyer=BUYER, till=_till(seller), cents=cents))
    return cents


def _refund(seller: Seller, books: Books) -> int:
    """The buyer gets back what the part costs them less than they brought for it."""
    cents = seller.received - (seller.total.cents - sum(seller.paying))
    seller.received -= cents
    books.post(movements.payment(buyer=BUYER, till=_till(seller), cents=-cents))
    return cents


def _deliver(came: list[Seller], rule: FeeRule, vat_bp: int, books: Books) -> int:
    shares = share_fee(rule, [seller.total.goods for seller in came])
    fee = total_of([], [Priced(shares.buyer, vat_bp)])
    books.post(movements.sale(buyer=BUYER, seller="town:delivery", vat="vat:town", total=fee))
    books.post(movements.payment(buyer=BUYER, till=TOWN_TILL, cents=fee.cents))
    for seller, cents in zip(came, shares.shops, strict=True):
        books.post(movements.delivery_share(shop=seller.name, total=total_of([], [Priced(cents, vat_bp)])))
    if came and sum(shares.shops) not in {rule.shops, rule.shops + rule.buyer}:
        books.wrong.append(f"shops bear {shares.shops} of {rule}")
    return fee.cents


def _settle_up(seller: Seller, books: Books) -> None:
    """The town keeps what it may of online money, the provider hands the rest on, the town pays what it still holds."""
    name = seller.name
    if seller.online:
        kept = min(books.balances[f"owes:{name}"], seller.received)
        books.post(movements.kept(shop=name, cents=kept))
        books.post({f"payout:{name}": seller.received - kept, f"online:{name}": kept - seller.received})
    takings = seller.received if seller.by_bike and not seller.online else 0
    start = f"voucher:{name}:"
    by_line = {account.removeprefix(start): cents for account, cents in books.balances.items() if start in account}
    books.post(movements.shop_paid(shop=name, by_line=by_line, takings=takings, fees=books.balances[f"owes:{name}"]))


def _check_settled(seller: Seller, books: Books) -> None:
    """Nothing is owed either way, and the shop has its sales and their VAT, less the town's fees."""
    name = seller.name
    for account in (f"owes:{name}", f"online:{name}"):
        books.claim(account, books.balances[account], 0)
    books.claim(f"{name} vouchers", books.of(f"voucher:{name}:"), 0)
    hands = sum(books.balances[f"{kind}:{name}"] for kind in ("till", "payout", "bank"))
    books.claim(f"{name} has", hands, seller.total.cents - books.balances[f"kept:{name}"])


def _check_town(books: Books) -> None:
    """All fees of the town, with their VAT, are in its hands: the riders' till, the provider, its bank."""
    fees = -sum(books.balances[account] for account in ("town:delivery", "town:commission", "vat:town"))
    books.claim("the town has", sum(books.balances[a] for a in (TOWN_TILL, "online:town", "bank:town")), fees)


def _check(books: Books, sellers: list[Seller], captured: int, refunded: int) -> None:
    books.claim("everything", sum(books.balances.values()), 0)
    books.claim("the buyer", books.balances[BUYER], 0)
    books.claim("tills", books.of("till:") + books.of("online:"), captured - refunded)
    sold = -books.of("shop:") - sum(books.balances[f"vat:{s.name}"] for s in sellers)
    delivery = -books.balances["town:delivery"] - books.balances["vat:town"]
    owed_by_shops, commission = books.of("owes:"), -books.balances["town:commission"]
    # What buyers brought, and what vouchers brought, is what shops sold and what the town took for bikes from buyers.
    fees_of_buyers = delivery + commission - owed_by_shops
    books.claim("captured + vouchers", captured + books.of("voucher:"), sold + fees_of_buyers + refunded)
    for seller in sellers:
        # What was brought for each shop by buyer and vouchers is its sales and the VAT in them, no cent less or more.
        books.claim(f"{seller.name} is paid", seller.received + books.of(f"voucher:{seller.name}:"), seller.total.cents)
        if _till(seller) != TOWN_TILL:
            books.claim(f"{seller.name} till", books.balances[_till(seller)], seller.received)
        books.claim(f"{seller.name} net", -books.balances[f"shop:{seller.name}"], seller.total.net)
        books.claim(f"{seller.name} VAT", -books.balances[f"vat:{seller.name}"], seller.total.vat_cents)
    for line in {line for seller in sellers for line in seller.lines if line}:
        due = -books.balances[f"fund:{line}:due"]
        books.claim(f"{line} due", due, sum(v for a, v in books.balances.items() if a.endswith(f":{line}")))
        if min(due, -books.balances[f"fund:{line}:promised"], -books.balances[f"fund:{line}:free"]) < 0:
            books.wrong.append(f"{line} is below zero")


def naive_ways(chance: Random) -> tuple[bool, bool]:
    """Whether two ways seen elsewhere lose a cent here: each share rounded up, each share rounded by itself."""
    amount, weights = chance.randint(1, 20_000), [chance.randint(1, 9000) for _ in range(chance.randint(2, 5))]
    exact = [Fraction(amount * weight, sum(weights)) for weight in weights]
    assert sum(split(amount, weights)) == amount
    return sum(-(-share // 1) for share in exact) != amount, sum(map(round_half_up, exact)) != amount


def measure(baskets: int, seed: int) -> tuple[int, list[str], float]:
    """Movements posted, what was wrong (with the basket's number), seconds."""
    started, posted, wrong = perf_counter(), 0, list[str]()
    for number in range(baskets):
        books = play(Random(f"{seed} {number}"))  # noqa: S311 - the same each time
        posted += books.movements
        wrong += [f"basket {number}: {what}" for what in books.wrong]
    return posted, wrong, perf_counter() - started


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``parvis bench money``."""
    parser.add_argument("--baskets", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--write", type=Path, help="append the figure to this file")


def run(options: argparse.Namespace) -> int:
    """Play the baskets and say what came out; 1 if a cent was lost anywhere."""
    posted, wrong, seconds = measure(options.baskets, options.seed)
    ways = [
        naive_ways(Random(f"{options.seed} naive {n}"))  # noqa: S311 - the same each time
        for n in range(options.baskets)
    ]
    text = (
        f"| {options.baskets:,} | {options.seed} | {posted:,} | {len(wrong)} | "
        f"{100 * sum(up for up, _ in ways) / len(ways):.1f} % | "
        f"{100 * sum(each for _, each in ways) / len(ways):.1f} % | {seconds:.0f} s |"
    )
    print("| baskets | seed | movements | wrong | rounded up | rounded each | time |\n|---|---|---|---|---|---|---|")
    print(text)
    for what in wrong[:20]:
        print(what, file=sys.stderr)
    if options.write:
        with options.write.open("a") as file:
            file.write(text + "\n")
    return 1 if wrong else 0
