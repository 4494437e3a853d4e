"""What is held about somebody: all of it can be read and taken away, all of it goes, and what stays says why."""

import json
import re
from datetime import timedelta
from html import unescape
from io import BytesIO
from zipfile import ZipFile

import pytest
from allauth.account.models import EmailAddress
from django.apps import apps

from parvis.bulletin.actions.following import Thing, follow, follower_of_person
from parvis.bulletin.models import Follower
from parvis.core import audit
from parvis.core.models import AuditEntry, OutboxMessage
from parvis.core.personal import Subject
from parvis.demo import builders
from parvis.market.actions import ask_withdrawal, finish_part
from parvis.market.models import Basket, Document, LedgerEntry, Order, Withdrawal
from parvis.market.tests.test_documents import sold
from parvis.market.tests.test_withdrawals import loaded
from parvis.people.models import Person, Role
from parvis.people.personal import subject_of
from parvis.places.actions.claims import ask_claim
from parvis.places.models import Report
from parvis.portal import rights

PERSONAL = re.compile(
    r"e?_?mail|phone|^name$|address|sender|reporter|^actor|^to$|recipient|person|endpoint|^words$|^note$|photo|^body$"
)
SECRET = "Camille Martin"


@pytest.fixture
def life(town, shop, product, citizen, at):
    """A person with something in every room: a small and a large invoice, a case, a basket, follows, a claim."""
    book = builders.make_product(shop, "Atlas", 12_000, category="books")
    for number, item in enumerate((product, book)):
        finish_part(part=sold(item, at, f"k{number}", person=citizen, email=citizen.email), at=at)
    guest = sold(product, at, "guest", email=citizen.email.upper())
    finish_part(part=guest, at=at)
    part = loaded(Order.objects.get(key="k1").parts.get())
    ask_withdrawal(
        part=part, quantities={part.lines.get().pk: 1}, name=SECRET, email=citizen.email, words="", key="w", at=at
    )
    builders.make_basket(town, (product, 1), person=citizen)
    follow(follower=follower_of_person(town=town, person=citizen, at=at), thing=Thing(), at=at)
    ask_claim(place=shop.place, person=citizen, way="letter", business="B", at=at)
    Report.objects.create(town=town, place=shop.place, kind="hours", email=citizen.email, at=at)
    audit.record("test", town, at=at, town_id=town.pk, actor=citizen)
    return citizen


def close_cases(at):
    from parvis.market.actions import refuse_withdrawal

    for case in Withdrawal.objects.all():
        refuse_withdrawal(case=case, reason="Too late", at=at)


def test_no_table_that_names_people_is_forgotten():
    missing, found = [], set()
    for model in apps.get_models():
        fields = [f for f in model._meta.get_fields() if f.concrete]
        about = any(f.related_model is Person for f in fields if f.is_relation)
        if model is Person or about or any(PERSONAL.search(f.name) for f in fields if not f.is_relation):
            found.add(model._meta.label)
            if model._meta.label not in rights.COVERED:
                missing.append(model._meta.label)
    assert missing == [], "say in parvis/portal/rights.py which room shows and erases it, or why it is not personal"
    assert set(rights.COVERED) - found <= {"market.Line"}


def test_each_room_shows_what_it_says(life):
    shown = {name.partition(" ")[0] for name in rights.held(subject_of(life, proven=True))}
    rooms = {room.__name__.split(".")[1] for _title, room in rights.ROOMS}
    said = {label for label, room in rights.COVERED.items() if room in rooms}
    assert said - shown == set()


def test_everything_is_in_the_file(visit, life, clock):
    EmailAddress.objects.create(user=life, email=life.email, verified=True, primary=True)
    answer = visit(life).get("/me/data.zip")
    with ZipFile(BytesIO(answer.content)) as archive:
        held = json.loads(archive.read("data.json"))["held"]
        invoices = [name for name in archive.namelist() if name.startswith("invoices/")]
    assert len(held["market.Order"]) == 3, "and the one without an account, from the same mail address"
    assert len(invoices) == 3
    for table in ("market.Withdrawal", "market.Basket", "bulletin.Follow", "places.Claim", "places.Report"):
        assert held[table], table
    assert held["people.Person"][0]["email"] == life.email


def test_a_mail_address_that_nobody_has_shown_opens_nothing(visit, life):
    """Whoever signs up with the address of somebody else does not read their orders."""
    with ZipFile(BytesIO(visit(life).get("/me/data.zip").content)) as archive:
        held = json.loads(archive.read("data.json"))["held"]
    assert len(held["market.Order"]) == 2
    assert held["places.Report"] == []
    assert held["core.OutboxMessage"] == []


def test_somebody_else_is_not_in_it(visit, life, product, merchant, at):
    other = builders.make_person("Zoé Autre")
    sold(product, at, "other", person=other, name="Zoé Autre", email=other.email)
    with ZipFile(BytesIO(visit(life).get("/me/data.zip").content)) as archive:
        assert "Zoé" not in archive.read("data.json").decode()


def code_of(email):
    message = OutboxMessage.objects.filter(to=email, key__startswith="code:").latest("pk")
    return re.search(r"\d{6}", message.body)[0]


def everything_about(person, email):
    """Every cell of the database that holds the name or the mail address."""
    cells = []
    for model in apps.get_models():
        for row in model._default_manager.all().values():
            cells += [f"{model._meta.label}.{k}" for k, v in row.items() if SECRET in str(v) or email in str(v).lower()]
    return sorted(set(cells))


def test_nothing_leads_to_somebody_who_has_gone(visit, life, town, clock, at):
    close_cases(at)
    email, pk = life.email, life.pk
    amounts = sorted(LedgerEntry.objects.values_list("account", "amount_cents"))
    me = visit(life)
    me.cookies["language"] = "en"
    page = text(me.get("/me/erase/"))
    assert "The amounts of 3 orders, without your name" in page
    assert "Your name and address on 1 invoice above 100 €" in page
    me.post("/me/erase/")
    assert Person.objects.filter(pk=pk).exists()
    answer = me.post("/me/erase/", {"code": code_of(email)})
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert everything_about(pk, email) == ["market.Document.recipient"], "one invoice above 100 €, for ten years"
    assert Document.objects.exclude(recipient={}).count() == 1
    assert not Person.objects.filter(pk=pk).exists()
    assert not Basket.objects.filter(person__isnull=False).exists()
    assert not Follower.objects.exists()
    assert AuditEntry.objects.filter(verb="test").get().actor == "—"
    assert sorted(LedgerEntry.objects.values_list("account", "amount_cents")) == amounts
    assert me.get("/me/").status_code == 302, "signed out"


def test_orders_under_way_come_first(visit, product, citizen, at):
    part = sold(product, at, "k", person=citizen)
    me = visit(citizen)
    me.cookies["language"] = "en"
    assert f"Order {part.order.code} is still under way" in text(me.get("/me/erase/"))
    me.post("/me/erase/")
    assert not OutboxMessage.objects.filter(key__startswith="code:").exists()
    finish_part(part=part, at=at)
    assert "still under way" not in text(me.get("/me/erase/"))


def test_a_case_under_way_comes_first(visit, life):
    assert rights.hindrances(subject_of(life), life.created_at + timedelta(days=400))


def test_who_alone_speaks_for_an_open_shop_stays_until_somebody_else_does(shop, merchant, at):
    (said,) = rights.hindrances(subject_of(merchant), at)
    assert shop.name in said
    builders.give_role(builders.make_person("Second"), shop.town, Role.Kind.MERCHANT, shop.organisation)
    assert rights.hindrances(subject_of(merchant), at) == []


def test_a_rider_is_emptied_and_past_shifts_stay(hub, rider, at):
    from parvis.delivery.models import Shift

    assert rights.hindrances(subject_of(rider), at), "expected today"
    later = at + timedelta(days=30)
    rights.erase(subject=Subject(rider, rider.email), at=later)
    gone = Person.objects.get(pk=rider.pk)
    assert (gone.name, gone.is_active, gone.has_usable_password()) == ("—", False, False)
    assert "gone-" in gone.email
    assert Shift.objects.count() == 1


def text(answer):
    return " ".join(unescape(answer.content.decode()).split())


def test_a_wrong_code_erases_nothing(visit, citizen, clock):
    me = visit(citizen)
    me.cookies["language"] = "en"
    me.post("/me/erase/")
    right = code_of(citizen.email)
    wrong = "000000" if right != "000000" else "111111"
    for _ in range(5):
        answer = me.post("/me/erase/", {"code": wrong})
        assert answer.status_code == 422
        assert "This is not the code" in text(answer)
    assert me.post("/me/erase/", {"code": right}).status_code == 422, "five wrong ones end it"
    assert me.post("/me/erase/", {"code": ""}).status_code == 422
    me.post("/me/erase/")
    clock.shift(timedelta(minutes=16))
    assert me.post("/me/erase/", {"code": code_of(citizen.email)}).status_code == 422
    assert Person.objects.filter(pk=citizen.pk).exists()


def test_the_code_of_one_is_not_the_code_of_another(visit, citizen, merchant, clock):
    me, other = visit(citizen), visit(merchant)
    me.post("/me/erase/")
    other.post("/me/erase/", {"code": code_of(citizen.email)})
    assert Person.objects.filter(pk=merchant.pk).exists()


def test_the_page_is_mine_alone(visit, citizen):
    me = visit(citizen)
    me.cookies["language"] = "en"
    assert citizen.email in text(me.get("/me/"))
    for path in ("/me/", "/me/data.zip", "/me/erase/"):
        assert "/accounts/login/" in visit().get(path)["Location"]
        assert "no-store" in me.get(path)["Cache-Control"]
    assert me.post("/me/").status_code == 405


def test_a_guest_by_the_key_of_the_order(visit, product, merchant, stranger, other_town, clock, at):
    part = sold(product, at, "k")
    order = part.order
    key = f"?key={order.secret}"
    here = f"/orders/{order.code}/forget/{key}"
    guest = visit()
    guest.cookies["language"] = "en"
    held = json.loads(guest.get(f"/orders/{order.code}/data.json{key}").content)
    assert held["market.Order"][0]["name"] == SECRET
    for path in ("data.json", "forget/"):
        assert visit().get(f"/orders/{order.code}/{path}").status_code == 404
        assert visit(merchant).get(f"/orders/{order.code}/{path}").status_code == 404
        assert visit(stranger, other_town).get(f"/orders/{order.code}/{path}{key}").status_code == 404
    guest.post(here)
    answer = guest.post(here, {"code": code_of(order.email)})
    assert answer.status_code == 422
    assert "still under way" in text(answer)
    finish_part(part=part, at=at)
    guest.post(here)
    assert guest.post(here, {"code": code_of(order.email)})["Location"] == "/"
    assert everything_about(None, order.email) == []
    assert guest.get(f"/orders/{order.code}/{key}").status_code == 404, "the link of the mail ends"
