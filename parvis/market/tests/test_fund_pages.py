"""The support fund: what an agent keeps, what everybody reads; and the agent's pages of vouchers."""

from datetime import date
from uuid import uuid4

import pytest
from django.utils import timezone

from parvis.market import ledger
from parvis.market.actions.funds import add_line, open_fund, promise_money
from parvis.market.actions.vouchers import issue_vouchers
from parvis.market.fund_figures import funds_of, movements_of
from parvis.market.models import Fund, FundLine, FundPromise, LedgerTransaction, VoucherCampaign

pytestmark = pytest.mark.usefixtures("clock")
EN = {"accept-language": "en"}
DAY = date(2026, 9, 24)


@pytest.fixture
def line(town, at):
    fund = open_fund(town=town, name="Relance", about="", decision="Conseil", decided_on=DAY, at=at)
    return add_line(fund=fund, name="Bons", about="", cents=100_000, at=at)


@pytest.fixture
def campaign(town, line):
    return VoucherCampaign.objects.create(
        town=town, name="Dix", value_cents=1000, first_day=date(2026, 11, 1), last_day=date(2026, 12, 31), line=line
    )


@pytest.fixture
def desk(visit, agent):
    browser = visit(agent)
    browser.cookies["language"] = "en"
    return browser


def do(desk, verb, **data):
    sent = {"verb": verb} | {f"{verb}-{name}": value for name, value in ({"key": uuid4()} | data).items()}
    return desk.post("/agent/fund/", sent)


def test_from_nothing_to_a_fund_that_pays(desk, town):
    assert "A new fund" in desk.get("/agent/fund/").content.decode()
    do(desk, "fund", name="Relance", about="Pour les commerces", decision="Conseil, point 12", decided_on="2026-09-24")
    fund = Fund.objects.get()
    do(desk, "line", fund=fund.pk, name="Vitrines", about="", cents="50 000")
    line = FundLine.objects.get()
    do(desk, "give", line=line.pk, cents="10 000,50", words="Conseil, point 13")
    do(desk, "promise", line=line.pk, cents="4 000", words="Nouvelle enseigne, librairie")
    promise = FundPromise.objects.get()
    key = uuid4()
    for _twice in range(2):
        do(desk, "pay", promise=promise.pk, cents="1 500", words="Virement 3", key=key)
    line.refresh_from_db()
    assert (line.free_cents, line.promised_cents, line.paid_cents) == (5_600_050, 250_000, 150_000)
    do(desk, "end", promise=promise.pk, words="moins cher")
    line.refresh_from_db()
    assert (line.free_cents, line.promised_cents) == (5_850_050, 0)
    (state,) = funds_of(town)
    assert state.agrees
    assert state.allotted == 6_000_050
    page = desk.get("/fund/").content.decode()
    for words in ("Relance", "Pour les commerces", "€60,000.50", "€1,500.00", "Nouvelle enseigne, librairie", "<svg"):
        assert words in page
    assert ledger.town_sum(town) == 0


@pytest.mark.parametrize(
    ("verb", "data", "sentence"),
    [
        ("promise", {"cents": "1 000,01", "words": "x"}, "has €1,000.00 free"),
        ("promise", {"cents": "abc", "words": "x"}, "Write an amount like 4.20."),
        ("promise", {"cents": "0", "words": "x"}, "Write an amount above zero."),
        ("promise", {"cents": "5", "words": ""}, "This field is required."),
        ("give", {"cents": "-5", "words": "x"}, "Write an amount like 4.20."),
        ("line", {"name": "Bons", "cents": "5"}, "There is already a line of this name."),
        ("fund", {"name": "Relance", "decision": "x", "decided_on": "2026-09-24"}, "There is already a fund"),
        ("fund", {"name": "Autre", "decision": "x", "decided_on": "hier"}, "Enter a valid date."),
    ],
)
def test_what_is_wrong_is_one_sentence_and_what_was_typed_is_kept(desk, line, verb, data, sentence):
    before = LedgerTransaction.objects.count()
    answer = do(desk, verb, **({"line": line.pk, "fund": line.fund_id} | data))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert sentence in page
    assert f'value="{data.get("words") or data["name"] if "name" in data or data.get("words") else ""}"' in page
    assert LedgerTransaction.objects.count() == before


def test_nonsense_verbs_and_other_towns_lines_do_nothing(desk, other_town, at):
    fund = open_fund(town=other_town, name="Ivry", about="", decision="", decided_on=DAY, at=at)
    away = add_line(fund=fund, name="Ailleurs", about="", cents=100, at=at)
    assert desk.post("/agent/fund/", {"verb": "burn"}).status_code == 200
    assert do(desk, "promise", line=away.pk, cents="1", words="x").status_code == 422
    assert "Ivry" not in desk.get("/fund/").content.decode()
    assert not FundPromise.objects.exists()


def test_the_csv_adds_up_to_the_page_and_acts_in_no_spreadsheet(visit, line, at, town):
    promise_money(line=line, name='=HYPERLINK("http://x")', cents=250, key="k", at=at)
    answer = visit().get("/fund/?as=csv", headers=EN)
    rows = [row.split(";") for row in answer.content.decode("utf-8-sig").strip().split("\r\n")]
    assert rows[0] == ["Day", "Fund", "Line", "Kind", "What", "Still free", "Promised", "Due to shops", "Paid"]
    assert rows[1][5:] == ["1000.00", "0.00", "0.00", "0.00"]
    assert rows[2][5:] == ["-2.50", "2.50", "0.00", "0.00"]
    assert '"=HYPERLINK' not in answer.content.decode()
    assert sum(float(row[5]) for row in rows[1:]) * 100 == FundLine.objects.get().free_cents


def test_a_town_without_a_fund_says_so(visit, town):
    assert "No fund yet" in visit().get("/fund/", headers=EN).content.decode()


def test_reading_asks_little_however_much_happened(visit, line, at, django_assert_max_num_queries):
    for n in range(60):
        promise_money(line=line, name=f"P{n}", cents=10, key=f"k{n}", at=at)
    with django_assert_max_num_queries(8):
        page = visit().get("/fund/", headers=EN).content.decode()
    assert "P59" in page
    assert "P3<" not in page
    assert len(movements_of(line.town, [line])) == 61


def test_a_campaign_from_form_to_print(desk, town, line, shop, at):
    typed = {
        "name": "Bienvenue", "about": "Pour les nouveaux", "value_cents": "20", "minimum_cents": "40",
        "first_day": "2026-11-01", "last_day": "2026-12-31", "single_use": "on", "line": line.pk, "shops": [shop.pk],
    }  # fmt: skip
    answer = desk.post("/agent/vouchers/new/", typed)
    campaign = VoucherCampaign.objects.get()
    assert answer.url == f"/agent/vouchers/{campaign.pk}/"
    assert (campaign.value_cents, campaign.minimum_cents, list(campaign.shops.all())) == (2000, 4000, [shop])
    batch = uuid4()
    for _twice in range(2):
        desk.post(f"{answer.url}issue/", {"batch": batch, "count": "3", "emails": "nour@example.org\nali@example.org"})
    assert campaign.vouchers.count() == 5
    page = desk.get(answer.url).content.decode()
    for words in ("€20.00 each", "From €40.00 of goods.", "Paid by “Bons” of Relance.", "nour@example.org", "€100.00"):
        assert words in page
    sheet = desk.get(f"{answer.url}sheet.pdf?batch={batch}")
    assert sheet["Content-Type"] == "application/pdf"
    assert sheet.content.startswith(b"%PDF")
    for nonsense in ("", "x", str(uuid4())):
        assert desk.get(f"{answer.url}sheet.pdf?batch={nonsense}").status_code == 404
    desk.post(f"{answer.url}edit/", typed | {"value_cents": "99", "last_day": "2027-01-31"})
    campaign.refresh_from_db()
    assert (campaign.value_cents, campaign.last_day) == (2000, date(2027, 1, 31)), "vouchers were made: the value stays"
    voucher = campaign.vouchers.filter(email="").first()
    desk.post(f"{answer.url}withdraw/", {"code": str(voucher).lower()})
    voucher.refresh_from_db()
    assert voucher.left_cents == 0
    assert (
        "no voucher with this code"
        in desk.post(f"{answer.url}withdraw/", {"code": "nope"}, follow=True).content.decode()
    )
    assert "5 vouchers, €20.00 of €100.00 used" in desk.get("/agent/vouchers/").content.decode()


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"name": ""}, "This field is required."),
        ({"name": "Dix"}, "There is already a campaign of this name."),
        ({"value_cents": "0"}, "Write an amount above zero."),
        ({"value_cents": "dix"}, "Write an amount like 4.20."),
        ({"last_day": "2026-10-01"}, "The last day comes after the first."),
        ({"first_day": "demain"}, "Enter a valid date."),
        ({"line": "00000000-0000-4000-8000-000000000000"}, "Select a valid choice."),
    ],
)
def test_a_wrong_campaign_is_explained(desk, campaign, change, sentence):
    typed = {
        "name": "Vingt",
        "value_cents": "20",
        "first_day": "2026-11-01",
        "last_day": "2026-12-31",
        "about": "Gardé",
    }
    answer = desk.post("/agent/vouchers/new/", typed | change)
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert "Gardé" in answer.content.decode()
    assert VoucherCampaign.objects.count() == 1


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({}, "Say how many vouchers, or to whom."),
        ({"count": "x"}, "Write a whole number."),
        ({"count": "-1"}, "greater than or equal to 0"),
        ({"count": "101"}, "has only €1,000.00 free"),
        ({"emails": "nour@example.org, nour"}, "nour is no mail address."),
        ({"count": "1", "batch": "x"}, "Enter a valid UUID."),
    ],
)
def test_a_wrong_issue_is_explained(desk, campaign, sent, sentence):
    answer = desk.post(f"/agent/vouchers/{campaign.pk}/issue/", {"batch": uuid4()} | sent)
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert not campaign.vouchers.exists()


def test_paying_a_shop(desk, town, shop, at):
    entries = {f"voucher:{shop.slug}:town": 1234, "buyer:x": -1234}
    ledger.post(order=None, town=town, kind="voucher", key="v", entries=entries, at=at)
    assert "€12.34 to pay to shops" in desk.get("/agent/vouchers/").content.decode()
    assert "€12.34" in desk.get("/agent/vouchers/shops/").content.decode()
    key = uuid4()
    for _twice in range(2):
        desk.post(f"/agent/vouchers/shops/{shop.slug}/pay/", {"key": key, "words": "Virement 9"})
    assert "No shop waits for money" in desk.get("/agent/vouchers/shops/").content.decode()
    assert ledger.balances(town, "bank:") == {f"bank:{shop.slug}": 1234}
    assert desk.post(f"/agent/vouchers/shops/{shop.slug}/pay/", {"key": "x"}).status_code == 404


def test_only_agents_of_this_town(visit, campaign, citizen, merchant, stranger, shop, at):
    issue_vouchers(campaign=campaign, count=1, batch=(batch := uuid4()), at=at)
    own = f"/agent/vouchers/{campaign.pk}/"
    pages = [
        "/agent/fund/",
        "/agent/vouchers/",
        own,
        f"{own}edit/",
        f"{own}sheet.pdf?batch={batch}",
        "/agent/vouchers/shops/",
    ]
    for person in (citizen, merchant, stranger):
        browser = visit(person)
        assert {browser.get(page).status_code for page in pages} == {404}
        for page in (f"{own}issue/", f"{own}withdraw/", f"/agent/vouchers/shops/{shop.slug}/pay/"):
            assert browser.post(page, {"batch": uuid4(), "count": 1, "key": uuid4()}).status_code == 404
    assert campaign.vouchers.count() == 1
    assert timezone.now() == at
