"""From the town's yes to the first day: the shop is made, its steps are noted, it opens when all is done."""

from datetime import timedelta

import pytest

from parvis.core.errors import Refusal
from parvis.core.models import AuditEntry, OutboxMessage
from parvis.demo import builders
from parvis.joining.actions.inviting import MOST_A_DAY, accept_invitation, confirm_call, invite
from parvis.joining.actions.opening import NewShop, make_shop, note_step, open_all_that_are_ready, open_shop
from parvis.joining.actions.rules import save_checklist
from parvis.joining.checklist import Kind, Way, is_ready, states_of
from parvis.joining.invitations import digest_of
from parvis.joining.models import Invitation, Opening, Requirement, Rules
from parvis.market.actions import save_product
from parvis.market.models import Modality, Product, Shop
from parvis.people.actions import keep_bank_account
from parvis.people.models import BankAccount, Organisation, Person, Role
from parvis.places.actions.entries import check_place
from parvis.places.models import Place
from parvis.places.tests.test_claims import make_place

IBAN = "FR1420041010050500013M02606"
NUMBER = "73282932000074"


@pytest.fixture
def place(town):
    return make_place(town, "Fromagerie Nina", category="cheese", opening_hours="Mo-Sa 09:00-19:00", hours_read=True)


def made(town, at, agent, place=None, **extra):
    values = {"name": "Fromagerie Nina", "trade": "cheese", "place": place, "email": "nina@example.org"} | extra
    return make_shop(town=town, new=NewShop(**values), at=at, by=agent)


def again(opening):
    return Opening.objects.with_story().get(pk=opening.pk)


def left(opening):
    return [state.key for state in states_of(again(opening)) if not state.is_settled]


def secret_of(mail):
    return mail.body.partition("/join/invitation/")[2].partition("/")[0]


def do_everything(opening, person, agent, at):
    """What people do on all pages, by the actions that the pages call."""
    shop = opening.shop
    check_place(place=shop.place, at=at, checker="shop", by=person)
    note_step(opening=opening, key="ways", kind=Kind.DONE, way=Way.MERCHANT, at=at, by=person)
    save_product(product=Product(shop=shop, name="Comté", price_cents=2400, category="dairy"), at=at, by=person)
    keep_bank_account(organisation=shop.organisation, holder="Nina", iban=IBAN, at=at, by=person)
    note_step(opening=opening, key="terms", kind=Kind.DONE, way=Way.MERCHANT, at=at, by=person)
    note_step(opening=opening, key="identity", kind=Kind.DONE, way=Way.AGENT, at=at, by=agent)


def test_a_shop_is_made_at_its_entry_and_nobody_sees_it(town, hub, place, agent, at, visit):
    opening = made(town, at, agent, place, registration_number=NUMBER)
    shop, place = opening.shop, Place.objects.get(pk=place.pk)
    assert (shop.place, shop.slug, shop.is_open) == (place, "fromagerie-nina", False)
    assert place.organisation == shop.organisation
    assert shop.organisation.registration_number == NUMBER
    ways = dict(Modality.objects.filter(shop=shop).values_list("kind", "active"))
    assert ways == {"collect": True, "bike": True, "shop": False, "post": False}
    assert place.services == []
    assert visit().get("/shops/fromagerie-nina/").status_code == 404
    assert AuditEntry.objects.filter(verb="shop.made", actor_id=agent.pk).exists()


def test_without_a_depot_no_bikes_and_books_go_by_post(town, agent, at):
    builders.make_address(town, "3", "rue Hoche")
    opening = made(town, at, agent, trade="bookshop", address="3 rue Hoche")
    ways = dict(Modality.objects.filter(shop=opening.shop).values_list("kind", "active"))
    assert ways == {"collect": True, "bike": False, "shop": False, "post": True}
    place = opening.shop.place
    assert (place.category, place.address.startswith("3 rue Hoche"), place.hours_read) == ("bookshop", True, False)


def test_two_shops_of_one_name_have_two_addresses(town, agent, at, place):
    made(town, at, agent, place)
    second = made(town, at, agent, make_place(town, "Nina 2"))
    assert second.shop.slug == "fromagerie-nina-2"


@pytest.mark.parametrize("what", ["sells", "gone", "nowhere", "other number"])
def test_what_cannot_be_made_is_said_and_leaves_nothing(town, agent, at, place, what):
    extra, number = {}, ""
    if what == "sells":
        made(town, at, agent, place)
    elif what == "gone":
        Place.objects.filter(pk=place.pk).update(gone_on=at.date())
    elif what == "nowhere":
        extra, place = {"address": "999 rue qui n’existe pas"}, None
    else:
        number = NUMBER
        holder = Organisation.objects.create(town=town, name="Autre", registration_number="35600000000048")
        Place.objects.filter(pk=place.pk).update(organisation=holder)
    before = (Shop.objects.count(), Organisation.objects.count(), Place.objects.count())
    with pytest.raises(Refusal):
        made(town, at, agent, place, registration_number=number, **extra)
    assert (Shop.objects.count(), Organisation.objects.count(), Place.objects.count()) == before


def test_the_business_that_is_known_is_not_made_twice(town, agent, at, place):
    known = Organisation.objects.create(town=town, name="Nina SARL", registration_number=NUMBER)
    assert made(town, at, agent, place, registration_number=NUMBER).shop.organisation == known
    holder = Organisation.objects.create(town=town, name="Zoé")
    kept = make_place(town, "Chez Zoé", organisation=holder)
    assert made(town, at, agent, kept, name="Chez Zoé").shop.organisation == holder


def test_each_item_is_seen_or_said_with_who_and_when(town, hub, place, agent, merchant, at):
    opening = made(town, at - timedelta(days=1), agent, place)
    assert left(opening) == ["identity", "hours", "ways", "products", "bank", "terms"]
    do_everything(opening, merchant, agent, at)
    states = {state.key: state for state in states_of(again(opening))}
    assert left(opening) == []
    assert (states["identity"].way, states["identity"].by) == ("agent", "Agathe Mairie")
    assert (states["hours"].way, states["hours"].by, states["hours"].at) == ("merchant", "Rose Boulanger", at)
    assert (states["products"].way, states["products"].by) == ("itself", "")
    assert states["products"].at == Product.objects.get().created_at
    assert states["bank"].note == "FR14 •••• 2606"


def test_what_has_changed_since_is_open_again(town, hub, place, agent, merchant, at):
    opening = made(town, at, agent, place)
    do_everything(opening, merchant, agent, at)
    Product.objects.update(hidden=True)
    assert left(opening) == ["products"]
    Modality.objects.update(active=False)
    assert left(opening) == ["ways", "products"]
    Rules.objects.create(town=town, terms="New words.")
    assert left(opening) == ["ways", "products", "terms"], "other words are accepted anew"
    Place.objects.filter(pk=place.pk).update(opening_hours="")
    assert left(opening)[0] == "hours"


def test_hours_that_the_town_takes_back_are_checked_again(town, place, agent, merchant, at):
    opening = made(town, at, agent, place)
    later = at + timedelta(hours=1)
    check_place(place=place, at=at, checker="shop", by=merchant)
    assert "hours" not in left(opening)
    note_step(opening=opening, key="hours", kind=Kind.UNDONE, way=Way.AGENT, at=later, by=agent)
    assert "hours" in left(opening)
    check_place(place=place, at=later + timedelta(hours=1), checker="shop", by=merchant)
    assert "hours" not in left(opening)


def test_hours_checked_before_it_joined_do_not_count(town, place, agent, merchant, at):
    check_place(place=place, at=at - timedelta(days=1), checker="shop", by=merchant)
    opening = made(town, at, agent, place)
    check_place(place=place, at=at, checker="town", by=agent)
    assert "hours" in left(opening)


def test_an_item_is_waived_with_a_reason_and_taken_back(town, place, agent, at):
    opening = made(town, at, agent, place)
    with pytest.raises(Refusal, match="Say why"):
        note_step(opening=opening, key="bank", kind=Kind.WAIVED, way=Way.AGENT, at=at, by=agent, note="  ")
    note_step(opening=opening, key="bank", kind=Kind.WAIVED, way=Way.AGENT, at=at, by=agent, note="Paid in the shop")
    assert "bank" not in left(opening)
    [state] = [state for state in states_of(again(opening)) if state.key == "bank"]
    assert (state.done, state.waived, state.note, state.by) == (False, True, "Paid in the shop", "Agathe Mairie")
    note_step(opening=opening, key="bank", kind=Kind.UNDONE, way=Way.AGENT, at=at, by=agent)
    assert "bank" in left(opening)


@pytest.mark.parametrize("key", ["products", "bank", "nonsense", "own-nothing"])
def test_what_shows_by_itself_or_is_not_asked_cannot_be_said(town, place, agent, at, key):
    opening = made(town, at, agent, place)
    with pytest.raises(Refusal):
        note_step(opening=opening, key=key, kind=Kind.DONE, way=Way.AGENT, at=at, by=agent)


def test_the_town_writes_its_own_list(town, place, agent, at):
    opening = made(town, at, agent, place)
    list_ = {"bank": ("", "optional"), "identity": ("", "off"), "own-visit": ("Visit of the shop", "required")}
    save_checklist(town=town, standings=list_, at=at, by=agent)
    states = {state.key: state for state in states_of(again(opening))}
    assert list(states) == ["hours", "ways", "products", "bank", "terms", "own-visit"]
    assert not states["bank"].is_required
    assert str(states["own-visit"].item.label) == "Visit of the shop"
    note_step(opening=opening, key="own-visit", kind=Kind.DONE, way=Way.AGENT, at=at, by=agent)
    assert "own-visit" not in left(opening)
    assert Requirement.objects.count() == 3


def test_it_opens_once_when_all_is_done(town, hub, place, agent, merchant, at, visit):
    opening = made(town, at, agent, place)
    Role.objects.create(town=town, person=merchant, kind="merchant", organisation=opening.shop.organisation)
    with pytest.raises(Refusal, match="Still to do: Who runs the shop"):
        open_shop(opening=opening, at=at, by=agent)
    do_everything(opening, merchant, agent, at)
    open_shop(opening=opening, at=at, by=agent)
    assert visit().get("/shops/fromagerie-nina/").status_code == 200
    assert set(Place.objects.get(pk=place.pk).services) == {"click-collect", "bike-delivery"}
    mail = OutboxMessage.objects.get(key__startswith="shop-opened")
    assert mail.to == merchant.email
    assert "/shops/fromagerie-nina/" in mail.body
    with pytest.raises(Refusal, match="open already"):
        open_shop(opening=opening, at=at, by=agent)


def test_it_opens_by_itself_where_the_town_says_so(town, hub, place, agent, merchant, at):
    opening = made(town, at, agent, place)
    do_everything(opening, merchant, agent, at)
    assert open_all_that_are_ready(at) == 0, "this town opens by hand"
    Rules.objects.create(town=town, opens="itself")
    note_step(opening=opening, key="terms", kind=Kind.DONE, way=Way.MERCHANT, at=at, by=merchant)
    assert open_all_that_are_ready(at) == 0, "nobody could answer an order"
    Role.objects.create(town=town, person=merchant, kind="merchant", organisation=opening.shop.organisation)
    assert is_ready(states_of(again(opening)))
    assert open_all_that_are_ready(at) == 1
    assert open_all_that_are_ready(at) == 0
    assert again(opening).steps.last().by is None
    assert Shop.objects.get(pk=opening.shop_id).is_open


def test_the_yes_of_a_call_makes_invites_and_ends_the_call(town, ask, place, agent, at):
    asked = ask(place=place)
    new = NewShop("Fromagerie Nina", "cheese", place, email="nina@example.org")
    opening = confirm_call(preregistration=asked, new=new, contact="Nina Roux", note="", at=at, by=agent)
    assert asked.events.last().kind == "confirmed"
    assert opening.preregistration == asked
    mail = OutboxMessage.objects.get()
    assert (mail.to, "Hello Nina Roux," in mail.body) == ("nina@example.org", True)
    kept = Invitation.objects.get()
    assert kept.digest == digest_of(secret_of(mail))
    assert secret_of(mail) not in str(kept.__dict__), "of the secret only a digest is kept"
    with pytest.raises(Refusal):
        confirm_call(preregistration=asked, new=new, contact="", note="", at=at, by=agent)
    assert Shop.objects.count() == 1


def test_a_yes_that_cannot_be_made_leaves_the_call_open(town, ask, place, agent, at):
    made(town, at, agent, place)
    asked = ask(place=place)
    new = NewShop("Fromagerie Nina", "cheese", place, email="nina@example.org")
    with pytest.raises(Refusal, match="a shop on the market already"):
        confirm_call(preregistration=asked, new=new, contact="", note="", at=at, by=agent)
    assert list(asked.events.values_list("kind", flat=True)) == ["asked", "entry"]
    assert not OutboxMessage.objects.exists()


def test_a_later_link_ends_the_earlier_one(town, place, agent, at):
    opening = made(town, at, agent, place)
    first = invite(opening=opening, email="a@example.org", name="", at=at, by=agent)
    second = invite(opening=opening, email="B@Example.org", name="", at=at, by=agent)
    with pytest.raises(Refusal, match="holds no more"):
        accept_invitation(invitation=first, person=None, name="", language="fr", at=at)
    person = accept_invitation(invitation=second, person=None, name="Bea", language="fr", at=at)
    assert (person.email, person.name, person.has_usable_password()) == ("b@example.org", "Bea", False)
    assert Role.objects.get(person=person).organisation == opening.shop.organisation
    with pytest.raises(Refusal, match="holds no more"):
        accept_invitation(invitation=second, person=None, name="", language="fr", at=at)
    for _n in range(MOST_A_DAY - 2):
        invite(opening=opening, email="a@example.org", name="", at=at, by=agent)
    with pytest.raises(Refusal, match="until tomorrow"):
        invite(opening=opening, email="a@example.org", name="", at=at, by=agent)


def test_a_link_ends_by_itself(town, place, agent, at):
    opening = made(town, at, agent, place)
    invitation = invite(opening=opening, email="a@example.org", name="", at=at, by=agent)
    with pytest.raises(Refusal, match="holds no more"):
        accept_invitation(invitation=invitation, person=None, name="", language="", at=at + timedelta(days=14))
    assert not Person.objects.filter(email="a@example.org").exists()


def test_an_account_that_exists_is_not_entered_by_the_link_alone(town, place, agent, citizen, at):
    opening = made(town, at, agent, place)
    invitation = invite(opening=opening, email=citizen.email, name="", at=at, by=agent)
    with pytest.raises(Refusal, match="sign in first"):
        accept_invitation(invitation=invitation, person=None, name="", language="", at=at)
    assert accept_invitation(invitation=invitation, person=citizen, name="", language="", at=at) == citizen


def test_a_new_account_number_takes_the_place_of_the_former(town, place, agent, merchant, at):
    opening = made(town, at, agent, place)
    business = opening.shop.organisation
    keep = {"organisation": business, "holder": "Nina", "at": at, "by": merchant}
    assert keep_bank_account(iban=IBAN, **keep) is False
    assert keep_bank_account(iban=IBAN, **keep) is False
    assert keep_bank_account(iban="BE68539007547034", **keep) is True
    accounts = list(BankAccount.objects.order_by("pk").values_list("iban", "replaced_at"))
    assert accounts == [(IBAN, at), ("BE68539007547034", None)]


def test_a_shop_called_town_has_accounts_of_its_own(town, at, agent, place):
    """``till:town`` is what riders bring: a shop of that name must not share it."""
    assert made(town, at, agent, place, name="Town").shop.slug == "town-2"
