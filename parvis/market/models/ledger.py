"""The ledger: every movement of money, twice, so that its sum is always zero.

Accounts are names: ``buyer:<order>`` (what a buyer owes), ``till:<shop>`` and ``till:town`` (money received),
``shop:<shop>`` (net sales), ``vat:<shop>``, ``town:delivery``, ``vat:town``; paid online: ``online:<shop>`` and
``online:town`` (held at the provider for each), ``payout:<shop>`` (handed on to the shop), ``bank:town`` (what came to
the town's bank), ``costs:provider`` and ``disputes:town``; ``voucher:<shop>:<line>`` (what the town owes a shop for
vouchers, by line of a fund, or ``town``), ``bank:<shop>`` (what it has paid to the shop's bank); ``owes:<shop>`` (the
town's commission and a shop's share of deliveries, VAT included), ``kept:<shop>`` (what the town kept of the shop's
money for that), ``town:commission``; ``town:budget`` and ``fund:<line>:free``, ``:promised``, ``:due``, ``:paid``.
Debits are positive, credits negative.
A deferred trigger in the first migration refuses a transaction whose entries do not add up to zero.
"""

from django.db import models

from parvis.market.models.orders import Order
from parvis.towns.models import TownOwned


class LedgerTransaction(TownOwned):
    """One movement: a sale, a fee, a payment, a reversal. ``key`` makes it happen once."""

    class Kind(models.TextChoices):
        SALE = "sale"
        FEE = "fee"
        PAYMENT = "payment"
        REVERSAL = "reversal"
        REFUND = "refund"
        PAYOUT = "payout"
        DISPUTE = "dispute"
        COST = "cost"
        BANK = "bank"
        VOUCHER = "voucher"
        COMMISSION = "commission"
        ALLOTTED = "allotted"
        PROMISE = "promise"
        FREED = "freed"
        PAID = "paid"

    order = models.ForeignKey(
        Order, null=True, on_delete=models.PROTECT, related_name="ledger", help_text="none for money of the town itself"
    )
    kind = models.CharField(max_length=10, choices=Kind.choices)
    at = models.DateTimeField()
    key = models.CharField(max_length=120, unique=True)
    words = models.CharField(max_length=200, blank=True, help_text="for whoever reads the town's accounts")

    class Meta:
        indexes = [models.Index(fields=["town", "at"], name="ledger_by_day")]

    def __str__(self) -> str:
        return self.key


class LedgerEntry(TownOwned):
    """One side of a movement."""

    transaction = models.ForeignKey(LedgerTransaction, on_delete=models.PROTECT, related_name="entries")
    account = models.CharField(max_length=120)
    amount_cents = models.IntegerField()

    class Meta:
        verbose_name_plural = "ledger entries"
        indexes = [models.Index(fields=["town", "account"], name="ledger_by_account")]

    def __str__(self) -> str:
        return f"{self.account} {self.amount_cents:+d}"
