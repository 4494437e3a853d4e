"""The month between two towns: what both read, what is closed for good, and who may not see it."""

import csv
import re
from datetime import date, datetime, time, timedelta
from io import StringIO
from typing import Any

import pytest
from django.test import Client

from parvis.core.errors import Refusal
from parvis.core.models import OutboxMessage
from parvis.delivery.actions.agreements import issue_month
from parvis.delivery.actions.costs import set_costs
from parvis.delivery.models import Agreement, Hub, SharedMonth
from parvis.delivery.shared_months import month_of, months_of
from parvis.delivery.tests.test_agreements import guest, host, third
from parvis.delivery.tests.test_sharedays import world
from parvis.demo import builders
from parvis.people.models import Person

__all__ = ["guest", "host", "third", "world"]
pytestmark = pytest.mark.usefixtures("clock")
NOVEMBER = date(2026, 11, 1)


@pytest.fixture
def agreement(world: Any) -> Agreement:
    """Yesterday three doors were served for the host and two for the guest; costs are shared by doors."""
    made: Agreement = world(3, 2, rule="drops", ends_on=date(2027, 3, 31))
    return made


def said(response: Any) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def address(agreement: Agreement, verb: str = "", month: str = "2026-11") -> str:
    return f"/agent/sharing/{agreement.pk}/{month}/{verb}"


def test_both_towns_read_the_same(host: Client, guest: Client, agreement: Agreement) -> None:
    """80 € of a rider, 10 € at the depot, 10.20 € for the bike: two fifths are the guest's."""
    for browser in (host, guest):
        assert "November 2026" in said(browser.get(f"/agent/sharing/{agreement.pk}/"))
        page = said(browser.get(address(agreement)))
        assert "Ivry-sur-Seine bears €40.08" in page
        assert "Together €100.20 €40.08 €60.12" in page
        assert "Wednesday 25 5 2 10 km 6.7 km €100.20 €40.08" in page
        assert "The town has not set these rates: they are assumptions." in page
        table = browser.get(address(agreement, "?as=csv")).content.decode("utf-8-sig")
        [row] = csv.DictReader(StringIO(table), delimiter=";")
        assert (row["doors"], row["doors_of_guest"], row["metres_of_guest"]) == ("5", "2", "6667")
        assert (row["cost"], row["cost_of_guest"]) == ("100.20", "40.08")
        paper = browser.get(address(agreement, "statement.pdf"))
        assert paper.content.startswith(b"%PDF-")


def test_the_host_closes_a_month_for_good(
    host: Client, guest: Client, agreement: Agreement, at: datetime, clock: Any
) -> None:
    assert "Close this month" not in said(host.get(address(agreement))), "it still runs"
    host.post(address(agreement, "issue/"))
    assert not SharedMonth.objects.exists()
    clock.move_to(at + timedelta(days=8))
    assert "to be closed by Issy-les-Moulineaux" in said(guest.get(f"/agent/sharing/{agreement.pk}/"))
    assert "Close this month" in said(host.get(address(agreement)))
    assert "Close this month" not in said(guest.get(address(agreement)))
    assert guest.post(address(agreement, "issue/")).status_code == 404
    assert host.post(address(agreement, "issue/")).status_code == 302
    assert OutboxMessage.objects.filter(key__startswith="agreement-issued", town_id=agreement.guest_id).count() == 1
    # a bill that comes later changes the host's figures, and no statement
    for browser in (host, guest):
        listed = said(browser.get(f"/agent/sharing/{agreement.pk}/"))
        assert "November 2026 Ivry-sur-Seine bears €40.08 closed for both towns" in listed
        assert "December 2026 under way" in listed
    set_costs(town=agreement.town, starts_on=NOVEMBER, values={"rider_hour_cents": 40_00}, at=at)
    for browser in (host, guest):
        page = said(browser.get(address(agreement)))
        assert "Closed on Friday 4 December 2026." in page
        assert "Ivry-sur-Seine bears €40.08" in page
    assert host.post(address(agreement, "issue/")).status_code == 302
    assert SharedMonth.objects.count() == 1


def test_what_was_issued_is_what_was_shown(agreement: Agreement, at: datetime) -> None:
    later = at + timedelta(days=8)
    before = month_of(agreement, NOVEMBER, later)
    issue_month(agreement=agreement, first=NOVEMBER, at=later, by=None)
    after = month_of(agreement, NOVEMBER, later)
    assert after.issued is not None
    assert after.lines == before.lines
    assert after.total == before.total


def test_months_without_a_shared_day(host: Client, agreement: Agreement, at: datetime, clock: Any) -> None:
    assert months_of(agreement, date(2026, 12, 5)) == [date(2026, 12, 1), NOVEMBER]
    assert months_of(agreement, date(2027, 9, 1))[0] == date(2027, 3, 1), "none after its last day"
    for month in ("2026-10", "2026-13", "2026-12"):
        assert host.get(address(agreement, month=month)).status_code == 404
    clock.move_to(at + timedelta(days=8))
    page = said(host.get(address(agreement, month="2026-12")))
    assert "No bike rode on a shared day" in page
    assert host.get(address(agreement, "statement.pdf", month="2026-12")).status_code == 200
    with pytest.raises(Refusal, match="did not hold"):
        issue_month(agreement=agreement, first=date(2026, 10, 1), at=at, by=None)


def test_nothing_is_shared_before_both_have_signed(agreement: Agreement, at: datetime) -> None:
    """Terms that begin on the first of the month, signed on the 26th: the 25th stays the host's."""
    agreement.signed_at = at
    agreement.save()
    assert agreement.first_day == date(2026, 11, 26)
    assert month_of(agreement, NOVEMBER, at).lines == []
    assert months_of(agreement, at.date()) == [NOVEMBER]


def test_a_hub_that_is_shared_with_another_town_is_no_part_of_it(
    agreement: Agreement, hub: Hub, at: datetime, rider: Any
) -> None:
    """Two hubs, each shared with one town: a statement has its own hub's days alone."""
    second = builders.make_hub(hub.town, name="Halle du Nord")
    builders.make_shift(builders.make_bike(second, "Vélo 9"), rider, at - timedelta(days=1), time(9), time(10))
    other = builders.make_town("vanves", name="Vanves")
    theirs = builders.make_agreement(
        second, guest=other, at=at, starts_on=NOVEMBER, rule="percent", guest_percent=50
    )  # fmt: skip
    assert {line.hub for line in month_of(agreement, NOVEMBER, at).lines} == {hub.name}
    month = month_of(theirs, NOVEMBER, at)
    assert [(line.hub, line.guest_cost.cents) for line in month.lines] == [("Halle du Nord", 14_50)]


def test_nobody_else_reads_it(third: Client, visit: Any, citizen: Person, dispatcher: Person, agreement: Any) -> None:
    for browser in (third, visit(citizen), visit(dispatcher)):
        for verb in ("", "statement.pdf", "?as=csv"):
            assert browser.get(address(agreement, verb)).status_code == 404
        assert browser.post(address(agreement, "issue/")).status_code == 404
