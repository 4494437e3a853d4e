"""Background work of the market: three lines each that call an action."""

from uuid import UUID

from django.utils import timezone
from procrastinate.contrib.django import app


@app.task(queue="payments")
def settle_order(order_id: str) -> None:
    """Do what an order's payment needs now that something happened to one of its parts."""
    from parvis.market.actions import payments

    payments.settle_order(UUID(order_id), at=timezone.now())


@app.task(queue="payments")
def handle_news(event_id: str) -> None:
    """Ask the provider about the payment that a web hook names."""
    from parvis.market.actions import payment_news

    payment_news.handle(UUID(event_id), at=timezone.now())


@app.periodic(cron="* * * * *")
@app.task(queue="payments", queueing_lock="tend-payments", lock="tend-payments")
def tend_payments(timestamp: int) -> None:
    """Every minute: payments that wait, reservations that end, calls without an answer, news not yet handled."""
    from parvis.market.actions import payment_looks, payment_news

    payment_news.handle_waiting(at=timezone.now())
    payment_looks.tend(at=timezone.now())


@app.periodic(cron="23 4 * * *")
@app.task(queue="payments", queueing_lock="reconcile", lock="reconcile")
def reconcile(timestamp: int) -> None:
    """Every night: copy the provider's account, and look again at every payment that may miss a step."""
    from parvis.market.actions.reconciling import reconcile_all_towns

    reconcile_all_towns(at=timezone.now())


@app.task(queue="imports")
def read_website(run_id: str, language: str) -> None:
    """Read the shop's own website; the sentences are for whoever gave its address."""
    from parvis.market.actions.bringing import read_brought

    read_brought(UUID(run_id), language=language, at=timezone.now())


@app.periodic(cron="13 4 * * *")
@app.task(queue="payments", queueing_lock="end-vouchers", lock="end-vouchers")
def end_vouchers(timestamp: int) -> None:
    """Every night: what is left on vouchers after their last day is free again for who pays them."""
    from parvis.market.actions.vouchers import end_campaigns

    end_campaigns(at=timezone.now())


@app.periodic(cron="*/10 * * * *")
@app.task(queue="payments", queueing_lock="tend-reductions", lock="tend-reductions")
def tend_reductions(timestamp: int) -> None:
    """Every ten minutes: reduced prices whose first day has come begin, those whose last day is over end."""
    from parvis.market.actions import reductions

    reductions.tend_reductions(at=timezone.now())


@app.periodic(cron="33 4 * * *")
@app.task(queue="payments", queueing_lock="fee-invoices", lock="fee-invoices")
def issue_fee_invoices(timestamp: int) -> None:
    """Every night: the operator's invoices of the month before to its shops, from the fifth day on, once."""
    from parvis.market.actions import fee_invoices

    fee_invoices.issue_all(at=timezone.now())
