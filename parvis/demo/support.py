"""The town's help to its shops in the demonstration: a fund of 200 000 € at Ixelles, vouchers in every town.

At Ixelles the vouchers are promised by lines of the fund (see the article of September 2020 on the fund of the
commune); elsewhere they are paid from the town's budget. Found by their names, so doing it twice changes nothing.
"""

from datetime import datetime, timedelta
from uuid import UUID, uuid5

from parvis.core.time import day_of
from parvis.market.actions.funds import add_line, open_fund, pay_promise, promise_money
from parvis.market.actions.vouchers import issue_vouchers
from parvis.market.models import Fund, FundLine, Voucher, VoucherCampaign
from parvis.towns.models import Town

WELCOME, CAMPAIGN = "Bienvenue aux nouveaux habitants", "Dix euros dès quarante"
FUND_TOWN = "ixelles"
LINES = (
    ("Bons d’achat", "Dix euros offerts dès quarante euros d’achats chez les commerçants.", 60_000_00),
    (WELCOME, "Un chèque de vingt euros pour chaque nouveau ménage.", 20_000_00),
    ("Vitrines et enseignes", "La moitié des travaux, au plus 3 000 € par commerce.", 80_000_00),
    ("Boutique en ligne", "Photographies des produits et premiers pas en ligne.", 40_000_00),
)
PROMISES = (
    ("Vitrines et enseignes", "Librairie du coin : nouvelle enseigne", 2_400_00, 2_400_00),
    ("Vitrines et enseignes", "Boulangerie de la place : vitrine isolée", 3_000_00, 1_500_00),
    ("Boutique en ligne", "Photographies de 300 produits", 6_500_00, 6_500_00),
    ("Boutique en ligne", "Atelier « vendre en ligne », printemps", 4_800_00, 0),
)
VOUCHERS = 40
_NAMES = UUID("0d0c6a53-19a5-5c5b-a53f-0a2f6a3c1f10")


def bring_support(town: Town, *, at: datetime) -> None:
    """Fund, campaigns and vouchers, decided some weeks ago; made once."""
    if VoucherCampaign.objects.filter(town=town).exists():
        return
    begun = at - timedelta(days=70)
    lines = _fund(town, begun) if town.slug == FUND_TOWN else {}
    first, last = day_of(begun, town.zone), day_of(at + timedelta(days=120), town.zone)
    days = {"first_day": first, "last_day": last}
    welcome = VoucherCampaign.objects.create(
        town=town,
        name=WELCOME,
        about="Bienvenue. Ce chèque sert dans tous les commerces du marché.",
        value_cents=2000,
        single_use=False,
        line=lines.get(WELCOME),
        **days,
    )
    ten = VoucherCampaign.objects.create(
        town=town,
        name=CAMPAIGN,
        about="La commune soutient ses commerces.",
        value_cents=1000,
        minimum_cents=4000,
        line=lines.get("Bons d’achat"),
        **days,
    )
    for campaign in (welcome, ten):
        batch = uuid5(_NAMES, f"{town.slug} {campaign.name}")
        issue_vouchers(campaign=campaign, count=VOUCHERS, batch=batch, at=begun + timedelta(days=3))


def _fund(town: Town, at: datetime) -> dict[str, FundLine]:
    fund = Fund.objects.filter(town=town).first() or open_fund(
        town=town,
        name="Fonds de soutien au commerce",
        about="La commune a réservé 200 000 € pour soutenir et accompagner ses commerçants.",
        decision="Conseil communal",
        decided_on=day_of(at, town.zone),
        at=at,
    )
    lines = {name: add_line(fund=fund, name=name, about=about, cents=cents, at=at) for name, about, cents in LINES}
    for days, (line, name, cents, paid) in enumerate(PROMISES, start=7):
        when, key = at + timedelta(days=days), str(uuid5(_NAMES, f"{town.slug} {name}"))
        promise = promise_money(line=lines[line], name=name, cents=cents, key=key, at=when)
        if paid:
            pay_promise(promise=promise, cents=paid, words=name, key="1", at=when + timedelta(days=20))
    return lines


def voucher_for(town: Town, goods_cents: int, number: int) -> str:
    """The code that one buyer in three has at hand, of the campaign that fits such a basket; "" for the others."""
    if number % 3:
        return ""
    unused = Voucher.objects.filter(town=town, email="", left_cents__gt=0)
    name = CAMPAIGN if goods_cents >= 4000 else WELCOME
    # The very last one stays for visitors who want to try.
    found = unused.filter(campaign__name=name).order_by("pk")[:2]
    return str(found[0]) if len(found) == 2 else ""


def voucher_to_try(town: Town) -> str:
    """A code for a visitor who wants to try: the newest that is whole."""
    whole = Voucher.objects.filter(town=town, email="", left_cents=2000, campaign__name=WELCOME)
    found = whole.order_by("-pk").first()
    return str(found) if found else ""
