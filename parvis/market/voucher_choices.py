"""Vouchers at the checkout: from what somebody types to what each code pays, or the sentence that says why not.

The page and ``place_order`` ask the same function, so that nothing is promised on the page and refused at the end.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.core.cache import cache
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from parvis.core.errors import Refusal
from parvis.core.money import format_money
from parvis.core.words import say_day
from parvis.market.models import Voucher
from parvis.market.pricing import Step, shares_of
from parvis.market.pricing.vouchers import Refused
from parvis.towns.models import Town

CODE_LENGTH = 8
MOST_CODES = 5
MOST_WRONG = 20  # wrong codes an hour from one network address, in each process of the server


@dataclass(frozen=True, slots=True)
class Applied:
    """One voucher and what it pays, in cents by shop."""

    voucher: Voucher
    shares: Mapping[UUID, int]

    @property
    def cents(self) -> int:
        """What it pays in all."""
        return sum(self.shares.values())

    def step(self, currency: str) -> Step:
        """The step of the bill: what the voucher takes off, and what becomes of the rest."""
        campaign, rest = self.voucher.campaign, self.voucher.left_cents - self.cents
        reason = campaign.about
        if rest and campaign.single_use:
            reason = _("It serves for one order: the rest of it is not kept.")
        elif rest:
            reason = _("%(amount)s stay on it for another order.") % {"amount": format_money(rest, currency)}
        return Step(campaign.name, -self.cents, reason)


@dataclass(frozen=True, slots=True)
class Applying:
    """All that somebody typed: what it pays, and why a code does not serve."""

    applied: tuple[Applied, ...] = ()
    refusals: tuple[str, ...] = ()
    unknown: int = 0  # codes that the town has not made

    @property
    def cents(self) -> int:
        """What vouchers pay in all."""
        return sum(one.cents for one in self.applied)

    def of(self, shop: UUID) -> int:
        """What they pay in one shop."""
        return sum(one.shares.get(shop, 0) for one in self.applied)


def read_codes(text: str) -> list[str]:
    """The codes that somebody typed, as they are kept: capitals, without spaces or dashes; commas go between them."""
    pieces = text.upper().replace(";", ",").replace("\n", ",").split(",")
    codes = ["".join(c for c in piece if c.isalnum())[:20] for piece in pieces]
    return list(dict.fromkeys(code for code in codes if code))


def look_at(
    town: Town,
    text: str,
    goods: Mapping[UUID, int],
    *,
    email: str,
    day: date,
    vouchers: Sequence[Voucher] | None = None,
) -> Applying:
    """What the codes in ``text`` pay for goods (cents by shop); ``vouchers`` are the rows when somebody holds them."""
    codes = read_codes(text)
    if not codes:
        return Applying()
    if len(codes) > MOST_CODES:
        return Applying(refusals=(_("At most %(count)s vouchers serve for one order.") % {"count": MOST_CODES},))
    found = vouchers if vouchers is not None else list(Voucher.objects.called(town, codes))
    by_code = {voucher.code: voucher for voucher in found}
    applied, refusals = list[Applied](), list[str]()
    rest = dict(goods)
    for code in codes:
        voucher = by_code.get(code)
        refusal = _refusal(voucher, code, goods, rest, applied, email, day)
        if refusal or voucher is None:
            refusals.append(refusal)
            continue
        shares = shares_of(voucher.terms, rest)
        applied.append(Applied(voucher, shares))
        rest = {shop: cents - shares.get(shop, 0) for shop, cents in rest.items()}
    return Applying(tuple(applied), tuple(refusals), sum(code not in by_code for code in codes))


def _refusal(
    voucher: Voucher | None,
    code: str,
    goods: Mapping[UUID, int],
    rest: Mapping[UUID, int],
    applied: Sequence[Applied],
    email: str,
    day: date,
) -> str:
    """One sentence, or nothing when the voucher serves."""
    if voucher is None:
        return _("We do not know the voucher %(code)s. Check each letter.") % {"code": _spaced(code)}
    campaign, said = voucher.campaign, {"code": str(voucher)}
    if voucher.email and voucher.email.casefold() != email.strip().casefold():
        return _("The voucher %(code)s is for one person alone: order with the mail address it was sent to.") % said
    if campaign.minimum_cents and any(one.voucher.campaign_id == campaign.pk for one in applied):
        return _("Only one voucher of “%(campaign)s” serves for one order.") % {"campaign": campaign.name}
    why = voucher.terms.refusal(goods, day)
    if why is not None:
        return _words(why, voucher, goods)
    if not any(voucher.terms.takes({shop: cents for shop, cents in rest.items() if cents > 0})):
        return _("Your other vouchers already pay everything that %(code)s could.") % said
    return ""


def _words(why: Refused, voucher: Voucher, goods: Mapping[UUID, int]) -> str:
    campaign, currency = voucher.campaign, voucher.town.currency
    said = {
        "code": str(voucher),
        "first": say_day(campaign.first_day),
        "last": say_day(campaign.last_day),
        "minimum": format_money(campaign.minimum_cents, currency),
        "missing": format_money(campaign.minimum_cents - sum(voucher.terms.takes(goods).values()), currency),
    }
    return {
        Refused.NOT_YET: _("The voucher %(code)s serves from %(first)s."),
        Refused.ENDED: _("The voucher %(code)s ended on %(last)s."),
        Refused.USED_UP: _("The voucher %(code)s is used up."),
        Refused.NO_SHOP: _("The voucher %(code)s does not serve in the shops of this basket."),
        Refused.BELOW_MINIMUM: _("The voucher %(code)s serves from %(minimum)s in its shops: %(missing)s more."),
    }[why] % said


def _spaced(code: str) -> str:
    return f"{code[:4]}-{code[4:]}" if len(code) == CODE_LENGTH else code


def must_not_guess(town: Town, address: str, hour: str, *, wrong: int) -> None:
    """Count wrong codes from a network address. Raises Refusal beyond ``MOST_WRONG`` an hour: codes are money."""
    digest = salted_hmac("market.vouchers", f"{hour}:{address}", algorithm="sha256").hexdigest()[:32]
    key = f"voucher-guesses:{town.pk}:{digest}"
    count = cache.get(key, 0)
    if wrong:
        cache.add(key, 0, 3600)
        try:
            count = cache.incr(key, wrong)
        except ValueError:  # thrown out meanwhile
            return
    if count > MOST_WRONG:
        raise Refusal(_("Too many wrong codes were tried from here. Wait an hour, or order without a voucher."))
