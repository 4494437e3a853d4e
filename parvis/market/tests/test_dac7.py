"""The yearly report of sellers: who is in it, what each was paid by quarter, and a file that the schema accepts."""

from datetime import date, timedelta
from html import unescape

import pytest
from lxml import etree

from parvis.core.personal import Subject
from parvis.demo import builders
from parvis.market import ledger
from parvis.market.actions import ask_withdrawal, finish_part, prepare_part, refund_withdrawal
from parvis.market.actions.settling import pay_shop
from parvis.market.dac7 import FEW_ACTIVITIES, sellers_of
from parvis.market.dac7_xml import report_xml
from parvis.market.models import FeeTerms, Operator, SellerPerson, SellerStatus
from parvis.market.personal import held
from parvis.market.tests.dac7_shape import faults
from parvis.market.tests.test_documents import sold
from parvis.market.tests.test_fees import TAKEN, sell
from parvis.market.tests.test_place_order import deliver, order_by_bike
from parvis.people.models import BankAccount

SIRET = "73282932000074"
D = "{urn:oecd:ties:dpi}"


def text(response):
    return " ".join(unescape(response.content.decode()).split())


@pytest.fixture
def terms(town):
    return FeeTerms.objects.create(town=town, starts_on=date(2026, 1, 1), **TAKEN)


@pytest.fixture
def operator(town):
    return Operator.objects.create(
        town=town, name="Régie d'Issy", address="62 rue du Général Leclerc", registration_number=SIRET
    )


@pytest.fixture
def big(shop, at):
    """A shop that sold for 3,000.00 at its counter in the last quarter."""
    shop.organisation.registration_number = SIRET
    shop.organisation.vat_number = "FR44732829320"
    shop.organisation.save()
    BankAccount.objects.create(
        town=shop.town, organisation=shop.organisation, holder="Rose B.", iban="FR7630006000011234567890189", at=at
    )
    book = builders.make_product(shop, "Atlas", 150000, category="books")
    part = sell(book, at)
    prepare_part(part=part, quantities={}, at=at)
    finish_part(part=part, at=at)
    return part


def test_what_was_paid_by_quarter(town, shop, product, terms, big, hub, window, rider, at):
    order = order_by_bike(town, product, window, at)
    prepare_part(part=order.parts.get(), quantities={}, at=at)
    deliver(order, hub, rider, at)
    pay_shop(shop=shop, words="", key="a", at=at + timedelta(days=5))  # moves money, is no sale
    (seller,) = sellers_of(town, 2026)
    quarter = seller.quarters[3]
    fees = 14218 + 2844 + 48 + 200
    assert (quarter.paid, quarter.fees, quarter.activities) == (300000 + 840, fees, 2)
    assert quarter.consideration == 300840 - fees
    assert [q.activities for q in seller.quarters[:3]] == [0, 0, 0]
    assert seller.tin == "732829320"
    assert seller.missing == []
    assert sellers_of(town, 2025) == []


def test_what_was_given_back_is_in_its_own_quarter(town, shop, big, at):
    later = at + timedelta(days=5)
    case = ask_withdrawal(
        part=big, quantities={big.lines.get().pk: 1}, name="C", email="c@example.org", words="", key="w", at=later
    )
    refund_withdrawal(case=case, at=later)
    assert sellers_of(town, 2026)[0].quarters[3].consideration == 150000


def test_a_sale_that_was_taken_back_in_a_later_quarter_is_none(town, shop, product, big, at):
    """Sold in September, taken back in November: no activity of the year, in no quarter."""
    part = sold(product, at - timedelta(days=70), "september")
    assert [quarter.activities for quarter in sellers_of(town, 2026)[0].quarters] == [0, 0, 1, 1]
    ledger.reverse_sale(part, at=at)
    assert [quarter.activities for quarter in sellers_of(town, 2026)[0].quarters] == [0, 0, 0, 1]


def test_small_and_public_sellers_are_left_out(town, shop, product, big, at):
    (seller,) = sellers_of(town, 2026)
    assert seller.is_reported
    SellerStatus.objects.create(town=town, organisation=shop.organisation, kind="government")
    assert not sellers_of(town, 2026)[0].is_reported


def test_the_two_limits(town, shop, product, at):
    """Fewer than thirty sales and at most 2,000 euros: one of the two alone is enough to be reported."""
    part = sell(product, at)
    prepare_part(part=part, quantities={}, at=at)
    finish_part(part=part, at=at)
    (seller,) = sellers_of(town, 2026)
    assert not seller.is_reported
    seller.quarters[0].activities = FEW_ACTIVITIES - 1
    assert seller.is_reported, "thirty with the one of this quarter"
    seller.quarters[0].activities = 0
    seller.quarters[0].paid = 200000 - 840
    assert not seller.is_reported, "exactly 2,000.00"
    seller.quarters[0].paid += 1
    assert seller.is_reported


def test_the_file_is_what_the_french_schema_says(town, shop, terms, big, operator, at):
    made = report_xml(town, operator, sellers_of(town, 2026), year=2026, at=at)
    tree = etree.fromstring(made)
    assert faults(tree) == []
    assert tree.findtext(f".//{D}ConsQ4") == str(round((300000 - 14218 - 2844) / 100))
    assert tree.findtext(f".//{D}NumbQ4") == "1"
    assert tree.findtext(f".//{D}FeesQ4") == "171"
    assert tree.findtext(f".//{D}Identifier") == "FR7630006000011234567890189"
    assert tree.findtext(f".//{D}AccountHolderName") == "Rose B."


@pytest.fixture
def rose(shop):
    """The baker trades in her own name."""
    return SellerPerson.objects.create(
        town=shop.town, organisation=shop.organisation, first_name="Rose", last_name="Bernard", born_on=date(1980, 5, 4)
    )


def test_a_person_in_their_own_name(town, shop, big, operator, rose, at):
    (seller,) = sellers_of(town, 2026)
    assert (seller.tin, seller.missing) == ("732829320", [])
    tree = etree.fromstring(report_xml(town, operator, [seller], year=2026, at=at))
    assert faults(tree) == []
    assert tree.find(f".//{D}EntSellerID") is None
    who = tree.find(f".//{D}IndSellerID")
    said = ("Name/FirstName", "Name/LastName", "BirthInfo/BirthDate", "TIN")
    found = [who.findtext("/".join(f"{D}{name}" for name in path.split("/"))) for path in said]
    assert found == ["Rose", "Bernard", "1980-05-04", "732829320"]
    assert who.find(f"{D}BirthInfo/{D}BirthPlace") is None, "a tax number is enough"


def test_whoever_speaks_for_the_business_reads_what_is_held_of_them(rose, merchant, other_merchant):
    read = [row["last_name"] for row in held(Subject(merchant, merchant.email))["market.SellerPerson"]]
    assert read == ["Bernard"]
    assert held(Subject(other_merchant, other_merchant.email))["market.SellerPerson"] == []


def test_a_person_without_a_number_is_known_by_the_place_of_birth(town, shop, big, operator, rose, at):
    shop.organisation.registration_number = ""
    shop.organisation.save()
    assert sellers_of(town, 2026)[0].missing == ["registration"]
    rose.born_in, rose.born_country = "Liège", "BE"
    rose.save()
    (seller,) = sellers_of(town, 2026)
    assert seller.missing == []
    tree = etree.fromstring(report_xml(town, operator, [seller], year=2026, at=at))
    assert faults(tree) == []
    assert tree.find(f".//{D}TIN[@unknown]").text == "NOTIN"
    assert (tree.findtext(f".//{D}City"), tree.findtext(f".//{D}CountryInfo/{D}CountryCode")) == ("Liège", "BE")
    rose.tin = "1234567890123"
    rose.save()
    assert sellers_of(town, 2026)[0].tin == "1234567890123"


def test_the_agent_writes_down_who_trades_in_their_own_name(visit, agent, merchant, town, shop, big, clock):
    browser = visit(agent)
    browser.cookies["language"] = "en"
    pk = str(shop.organisation_id)

    def typed(**changes):
        given = {"first_name": "Rose", "last_name": "Bernard", "born_on": "1980-05-04"} | changes
        return {"organisation": pk, "what": "person"} | {f"{pk}-{name}": value for name, value in given.items()}

    address = "/agent/dac7/?year=2026"
    assert "One person in their own name?" in text(browser.get(address))
    for wrong, said in (
        ({"born_on": "0001-01-01"}, "This is no date of birth."),
        ({"born_on": "2027-01-01"}, "This is no date of birth."),
        ({"born_country": "1é"}, "Write the two letters of the country"),
    ):
        answer = browser.post(address, typed(**wrong))
        assert (answer.status_code, said in text(answer)) == (422, True)
        assert 'value="Bernard"' in answer.content.decode(), "what was typed is kept"
    assert not SellerPerson.objects.exists()
    assert browser.post(address, typed(born_country="be")).status_code == 302
    assert SellerPerson.objects.get().born_country == "BE"
    assert "Trades in their own name: Rose Bernard" in text(browser.get(address))
    csv = browser.get(f"{address}&as=csv").content.decode("utf-8-sig")
    assert ";Rose;Bernard;1980-05-04;;BE" in csv
    browser.post(address, typed(last_name="Durand"))
    assert SellerPerson.objects.get().last_name == "Durand"
    assert visit(merchant).post(address, typed()).status_code == 404
    assert browser.post(address, typed() | {"organisation": str(town.pk)}).status_code == 404
    browser.post(address, {"organisation": pk, "what": "person", "nobody": ""})
    assert not SellerPerson.objects.exists()


@pytest.mark.parametrize(
    ("name", "change", "fault"),
    [
        ("ConsQ4", lambda e: setattr(e, "text", "12.50"), "ConsQ4 is no whole amount"),
        ("SaleOfGoods", lambda e: e.remove(e[0]), "SaleOfGoods holds"),
        ("DocSpec", lambda e: e.insert(0, e[1]), "DocSpec holds"),
        ("Name", lambda e: setattr(e, "text", " "), "Name is empty"),
    ],
)
def test_the_look_at_the_file_sees_what_is_wrong(name, change, fault, town, shop, terms, big, operator, at):
    tree = etree.fromstring(report_xml(town, operator, sellers_of(town, 2026), year=2026, at=at))
    change(tree.find(f".//{D}{name}"))
    assert any(fault in said for said in faults(tree))


def test_nobody_to_report_is_said_too(town, operator, at):
    made = etree.fromstring(report_xml(town, operator, [], year=2026, at=at))
    assert faults(made) == []
    assert made.findtext(f".//{D}MessageTypeIndic") == "DPI403"


def test_the_page(visit, agent, merchant, stranger, town, shop, big, clock):
    browser = visit(agent)
    browser.cookies["language"] = "en"
    page = text(browser.get("/agent/dac7/?year=2026"))
    assert "1 shop to report for 2026" in page
    assert "not over yet" in page
    assert "needs the registration number" in page
    assert "Missing:" not in page
    assert browser.get("/agent/dac7/?year=2026&as=xml").status_code == 404
    Operator.objects.create(town=town, name="Régie", address="62 rue X", registration_number=SIRET)
    assert browser.get("/agent/dac7/?year=2026&as=xml").content.startswith(b"<?xml")
    csv = browser.get("/agent/dac7/?year=2026&as=csv").content.decode("utf-8-sig")
    assert f"{shop.organisation.name};1 place de la Mairie;732829320;{SIRET};" in csv
    typed = {"organisation": str(shop.organisation_id), "kind": "listed"}
    assert browser.post("/agent/dac7/?year=2026", typed).status_code == 302
    assert "0 shops to report" in text(browser.get("/agent/dac7/?year=2026"))
    browser.post("/agent/dac7/?year=2026", typed | {"kind": ""})
    assert not SellerStatus.objects.exists()
    for nonsense in ({"organisation": "x"}, {"organisation": str(town.pk)}):
        assert browser.post("/agent/dac7/", nonsense).status_code == 404
    for year in ("x", "1", "9999"):
        assert browser.get(f"/agent/dac7/?year={year}").status_code == 200
    for person in (merchant, stranger):
        assert visit(person).get("/agent/dac7/").status_code == 404
        assert visit(person).post("/agent/dac7/", typed).status_code == 404


def test_it_asks_little(big, town, django_assert_max_num_queries):
    with django_assert_max_num_queries(10):
        sellers_of(town, 2026)
