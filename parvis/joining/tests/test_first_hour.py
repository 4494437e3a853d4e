"""The link, the short questions one after the other, and the agent's side, in the pages."""

from datetime import timedelta

import pytest

from parvis.core.models import OutboxMessage
from parvis.demo import builders
from parvis.joining.actions.inviting import invite
from parvis.joining.actions.opening import open_shop
from parvis.joining.actions.rules import save_rules
from parvis.joining.models import Invitation, Opening, Requirement, Rules, StepEvent
from parvis.joining.models.rules import rules_of
from parvis.joining.tests.conftest import english, text_of
from parvis.joining.tests.test_opening import IBAN, do_everything, left, made, secret_of
from parvis.market.models import Modality, Shop
from parvis.people.models import BankAccount, Person, Role
from parvis.places.models import Check, Place
from parvis.places.tests.test_claims import make_place

pytestmark = pytest.mark.usefixtures("clock")
HOME = "/merchant/fromagerie-nina/opening/"
DESK = "/agent/callbacks/shops/fromagerie-nina/"


@pytest.fixture
def place(town):
    return make_place(town, "Fromagerie Nina", category="cheese", opening_hours="Mo-Sa 09:00-19:00", hours_read=True)


@pytest.fixture
def opening(town, hub, agent, at, place):
    return made(town, at, agent, place)


@pytest.fixture
def owner(opening, merchant):
    """The merchant speaks for the new shop."""
    builders.give_role(merchant, opening.town, Role.Kind.MERCHANT, opening.shop.organisation)
    return merchant


@pytest.fixture
def link(opening, agent, at):
    """The page of a living invitation to nina@example.org."""
    invite(opening=opening, email="nina@example.org", name="Nina Roux", at=at, by=agent)
    return f"/join/invitation/{secret_of(OutboxMessage.objects.latest('created_at'))}/"


def test_the_link_makes_an_account_and_leads_to_the_first_hour(visit, link):
    browser = english(visit())
    page = browser.get(link)
    assert page.headers["Cache-Control"].count("no-store")
    assert 'value="Nina Roux"' in text_of(page)
    assert not Person.objects.filter(email="nina@example.org").exists(), "mail programs open links by themselves"
    assert browser.post(link, {"name": "Nina R."}).headers["Location"] == HOME
    nina = Person.objects.get(email="nina@example.org")
    assert (nina.name, nina.has_usable_password()) == ("Nina R.", False)
    assert "Your shop opens in 5 steps" in text_of(browser.get(HOME))
    assert browser.get(link).headers["Location"] == HOME, "the link in the mail leads back as long as one is signed in"
    other = english(visit()).get(link)
    assert (other.status_code, "holds no more" in text_of(other)) == (410, True)


def test_who_has_an_account_signs_in_and_joins(visit, opening, agent, citizen, at):
    invite(opening=opening, email=citizen.email, name="", at=at, by=agent)
    link = f"/join/invitation/{secret_of(OutboxMessage.objects.latest('created_at'))}/"
    asked = visit().get(link)
    assert asked.headers["Location"].startswith("/accounts/login/?next=%2Fjoin%2Finvitation")
    visit().post(link)
    assert not Role.objects.filter(person=citizen).exists()
    browser = english(visit(citizen))
    assert f"signed in as {citizen.email}" in text_of(browser.get(link))
    assert browser.post(link).headers["Location"] == HOME
    assert Role.objects.get(person=citizen).organisation == opening.shop.organisation


def test_a_link_of_another_town_late_or_never_sent(visit, link, other_town, clock):
    assert visit(None, other_town).get(link).status_code == 404
    assert visit().get(f"{link[:-3]}xx/").status_code == 404
    clock.shift(timedelta(days=14))
    assert visit().get(link).status_code == 410
    assert visit().post(link).status_code == 410
    assert Invitation.objects.get().used_at is None


def test_the_first_hour_question_by_question(visit, opening, owner, at):
    browser = english(visit(owner))
    page = text_of(browser.get(HOME))
    assert "Your shop opens in 5 steps" in page
    assert f'class="button button--big" href="{HOME}hours/"' in page
    said = text_of(browser.get(f"{HOME}hours/"))
    assert "Step 1 of 5" in said
    assert "Yes, that is right" in said
    assert browser.post(f"{HOME}hours/", {"right": "1"}).headers["Location"] == f"{HOME}ways/"
    ways = text_of(browser.get(f"{HOME}ways/"))
    assert ways.count("checked") == 2, "as a cheese shop usually serves"
    answer = browser.post(f"{HOME}ways/", {"ways": ["collect", "shop"]})
    assert answer.headers["Location"] == f"{HOME}products/"
    active = set(Modality.objects.filter(shop=opening.shop, active=True).values_list("kind", flat=True))
    assert active == {"collect", "shop"}
    goods = text_of(browser.get(f"{HOME}products/"))
    assert "Write down the first one" in goods
    assert "Step 3 of 5" in goods
    assert browser.post(f"{HOME}products/").status_code == 422
    browser.post("/merchant/fromagerie-nina/products/add/", {"name": "Comté", "price": "24"})
    assert "1 product is there" in text_of(browser.get(f"{HOME}products/"))
    assert browser.post(f"{HOME}products/").headers["Location"] == f"{HOME}bank/"
    assert 'value="Fromagerie Nina"' in text_of(browser.get(f"{HOME}bank/"))
    assert browser.post(f"{HOME}bank/", {"iban": IBAN, "holder": "Nina"}).headers["Location"] == f"{HOME}terms/"
    terms = text_of(browser.get(f"{HOME}terms/"))
    assert "You sell on the market of" in terms
    assert browser.post(f"{HOME}terms/", {"version": "standard-1"}).headers["Location"] == HOME
    done = text_of(browser.get(HOME))
    assert "Your part is done" in done
    assert "Who runs the shop is known" in done
    assert "FR14 •••• 2606" in done
    assert IBAN not in done
    assert left(opening) == ["identity"]


def test_any_step_can_be_left_and_taken_up_elsewhere(visit, opening, owner, at):
    english(visit(owner)).post(f"{HOME}terms/", {"version": "standard-1"})
    elsewhere = english(visit(owner))
    assert "Your shop opens in 4 steps" in text_of(elsewhere.get(HOME))
    assert "Opening" in text_of(elsewhere.get("/merchant/fromagerie-nina/products/")), "the tab leads back"


def test_hours_are_written_down_where_the_entry_has_none(visit, opening, owner):
    Place.objects.filter(pk=opening.shop.place_id).update(opening_hours="", hours_read=False)
    browser = english(visit(owner))
    page = text_of(browser.get(f"{HOME}hours/"))
    assert "Save the hours" in page
    assert "Yes, that is right" not in page
    assert browser.post(f"{HOME}hours/", {"right": "1"}).headers["Location"] == f"{HOME}hours/"
    assert not Check.objects.exists()
    assert "hours" in left(opening)
    week = {f"d{n}-0-from": "09:00" for n in range(6)} | {f"d{n}-0-to": "19:00" for n in range(6)}
    answer = browser.post(f"{HOME}hours/", week | {"seen": "", "seasons": "0", "save": "1"})
    assert answer.status_code == 302, text_of(answer)
    assert "hours" not in left(opening)


def test_hours_that_are_saved_as_they_stand_count_as_checked(visit, opening, owner):
    browser = english(visit(owner))
    assert "Save the hours" in text_of(browser.get(f"{HOME}hours/?change=1"))
    assert "Mo-Sa 09:00-19:00" in text_of(browser.get(f"{HOME}hours/?as=text"))
    answer = browser.post(f"{HOME}hours/?as=text", {"as": "text", "opening_hours": "Tu-Sa 09:00-19:00", "seen": ""})
    assert answer.status_code in {302, 422}
    assert ("hours" in left(opening)) is (answer.status_code == 422)


@pytest.mark.parametrize(
    ("key", "typed", "words"),
    [
        ("ways", {}, "Choose at least one way"),
        ("ways", {"ways": ["broom"]}, "broom"),
        ("bank", {"iban": "FR1420041010050500013M02607", "holder": "Kept"}, "mistake in this IBAN"),
        ("bank", {"iban": "FR14", "holder": "Kept"}, "begins with two letters"),
        ("bank", {"iban": "FR142004", "holder": "Kept"}, "too few or too many"),
        ("bank", {"iban": "US64SVBKUS6S3300958879", "holder": "Kept"}, "cannot pay into accounts"),
        ("bank", {"iban": IBAN, "holder": ""}, "required"),
        ("terms", {"version": "other"}, "has changed the terms"),
    ],
)
def test_nonsense_is_explained_and_kept(visit, opening, owner, key, typed, words):
    answer = english(visit(owner)).post(f"{HOME}{key}/", typed)
    assert answer.status_code == 422
    page = text_of(answer)
    assert words in page
    assert all(value in page for value in typed.values() if isinstance(value, str) and key == "bank")
    assert key in left(opening)


def test_another_account_is_told_to_everybody_of_the_shop(visit, opening, owner, citizen):
    builders.give_role(citizen, opening.town, Role.Kind.MERCHANT, opening.shop.organisation)
    browser = english(visit(owner))
    browser.post(f"{HOME}bank/", {"iban": IBAN, "holder": "Nina"})
    assert not OutboxMessage.objects.exists()
    assert "FR14 •••• 2606" in text_of(browser.get(f"{HOME}bank/"))
    browser.post(f"{HOME}bank/", {"iban": "BE68 5390 0754 7034", "holder": "Nina"})
    told = {owner.email, citizen.email, opening.shop.organisation.email}
    assert {mail.to for mail in OutboxMessage.objects.all()} == told
    assert not any("5390" in mail.body for mail in OutboxMessage.objects.all())
    assert BankAccount.objects.get(replaced_at=None).iban == "BE68539007547034"


def test_it_opens_on_the_last_answer_where_the_town_lets_it(visit, opening, owner, agent, at):
    do_everything(opening, owner, agent, at)
    rules = rules_of(opening.town)
    rules.opens = Rules.Opens.ITSELF
    save_rules(rules=rules, at=at, by=agent)
    browser = english(visit(owner))
    assert browser.post(f"{HOME}ways/", {"ways": ["collect"]}).headers["Location"] == HOME
    assert Shop.objects.get(pk=opening.shop_id).is_open
    assert "Fromagerie Nina is open" in text_of(browser.get(HOME))
    assert browser.get(f"{HOME}bank/").status_code == 404, "its shop pages change it from now on"


def test_the_agent_confirms_invites_notes_waives_and_opens(visit, ask, town, hub, place, agent, merchant, at):
    asked = ask(place=place)
    browser = english(visit(agent))
    url = f"/agent/callbacks/{asked.pk}/confirm/"
    page = text_of(browser.get(url))
    assert 'value="Fromagerie Nina"' in page
    assert '<option value="cheese" selected' in page
    form = {"shop_name": "Fromagerie Nina", "trade": "cheese", "email": "nina@example.org", "contact": "Nina"}
    for wrong, words in (
        ({"email": "nina"}, "no e-mail"),
        ({"trade": ""}, "required"),
        ({"trade": "x"}, "valid choice"),
        ({"registration_number": "73282932000075"}, "mistake in this number"),
        ({"shop_name": ""}, "required"),
    ):
        answer = browser.post(url, form | wrong)
        assert (answer.status_code, words in text_of(answer)) == (422, True), wrong
    assert not Shop.objects.exists()
    assert browser.post(url, form).headers["Location"] == DESK
    assert browser.get(url).headers["Location"] == f"/agent/callbacks/{asked.pk}/", "said once"
    assert "on its way" in text_of(browser.get(f"/agent/callbacks/{asked.pk}/"))
    page = text_of(browser.get(DESK))
    assert "What Fromagerie Nina still needs" in page
    assert "waits for its reader until Thursday 10 December" in page
    assert "0 of 6 done" in text_of(browser.get("/agent/callbacks/shops/"))
    assert browser.post(f"{DESK}open/").status_code == 302
    assert not Shop.objects.get().is_open, "not before its time"
    browser.post(f"{DESK}items/identity/", {"kind": "done"})
    assert browser.post(f"{DESK}items/bank/", {"kind": "waived", "reason": ""}).status_code == 422
    assert browser.post(f"{DESK}items/bank/", {"kind": "nonsense"}).status_code == 422
    for key in ("hours", "ways", "products", "bank", "terms"):
        browser.post(f"{DESK}items/{key}/", {"kind": "waived", "reason": "Opens at the fair"})
    page = text_of(browser.get(DESK))
    assert "Opens at the fair" in page
    assert "Open the shop now" in page
    browser.post(f"{DESK}open/")
    assert Shop.objects.get().is_open
    assert list(StepEvent.objects.filter(kind="opened").values_list("by", flat=True)) == [agent.pk]
    assert "No shop is on its way" in text_of(browser.get("/agent/callbacks/shops/"))


def test_the_agent_sends_another_link(visit, link, agent, clock):
    browser = english(visit(agent))
    answer = browser.post(f"{DESK}invite/", {"email": "nobody", "name": "Kept"})
    assert (answer.status_code, "no e-mail" in text_of(answer), "Kept" in text_of(answer)) == (422, True, True)
    clock.shift(timedelta(minutes=1))
    assert browser.post(f"{DESK}invite/", {"email": "new@example.org"}).status_code == 302
    assert english(visit()).get(link).status_code == 410
    assert OutboxMessage.objects.latest("created_at").to == "new@example.org"


def test_the_town_keeps_its_list_on_the_page(visit, town, agent):
    browser = english(visit(agent))
    standings = dict.fromkeys(("identity", "hours", "ways", "products", "bank", "terms"), "required")
    form = standings | {"do": "list", "bank": "optional", "own": "Visit of the shop"}
    assert browser.post("/agent/callbacks/rules/", form | {"bank": "perhaps"}).status_code == 422
    assert browser.post("/agent/callbacks/rules/", form).status_code == 302
    assert Requirement.objects.get(key="bank").standing == "optional"
    page = text_of(browser.get("/agent/callbacks/rules/"))
    assert "Visit of the shop" in page
    off = standings | {"do": "list", "own-visit-of-the-shop": "off", "own": ""}
    assert browser.post("/agent/callbacks/rules/", off).status_code == 302
    assert Requirement.objects.get(key="own-visit-of-the-shop").standing == "off"


MINE = [HOME, f"{HOME}hours/", f"{HOME}ways/", f"{HOME}products/", f"{HOME}bank/", f"{HOME}terms/"]
AGENTS = ["/agent/callbacks/shops/", DESK]
BUTTONS = [f"{DESK}invite/", f"{DESK}open/", f"{DESK}items/bank/"]


def test_the_first_hour_is_for_the_people_of_the_shop(
    visit, opening, owner, citizen, other_merchant, agent, stranger, other_town
):
    for who, where in ((citizen, opening.town), (other_merchant, opening.town), (stranger, other_town)):
        browser = visit(who, where)
        for path in MINE:
            assert browser.get(path).status_code == 404
        assert browser.post(f"{HOME}ways/", {"ways": ["post"]}).status_code == 404
    for who in (agent, stranger):
        assert visit(who).get(f"{HOME}bank/").status_code == 404
    assert "/accounts/login/" in visit().get(HOME).headers["Location"]
    assert visit(owner).get(f"{HOME}identity/").status_code == 404, "the town does that"
    assert visit(owner).get(f"{HOME}nonsense/").status_code == 404
    assert not StepEvent.objects.exists()


def test_the_agents_side_is_for_the_agents_of_the_town(visit, opening, owner, citizen, stranger, other_town):
    for who, where in (
        (citizen, opening.town),
        (owner, opening.town),
        (stranger, opening.town),
        (stranger, other_town),
    ):
        for path in [*AGENTS, *BUTTONS]:
            if where == other_town and path == AGENTS[0]:
                continue
            assert visit(who, where).get(path).status_code in {404, 405}
            assert visit(who, where).post(path, {"kind": "done"}).status_code in {404, 405}
    assert not StepEvent.objects.exists()
    assert not OutboxMessage.objects.exists()


def test_reading_writes_nothing_and_asks_little(
    visit, town, opening, owner, agent, at, link, django_assert_max_num_queries
):
    for number in range(5):
        made(town, at, agent, make_place(town, f"Lieu {number}"), name=f"Boutique {number}")
    browser, desk = visit(owner), visit(agent)
    browser.get(HOME), desk.get("/agent/callbacks/shops/")
    with django_assert_max_num_queries(30):
        browser.get(HOME)
    with django_assert_max_num_queries(60):
        desk.get("/agent/callbacks/shops/")
    for path in MINE:
        assert browser.get(path).status_code == 200
    for path in BUTTONS:
        assert desk.get(path).status_code == 405
    assert desk.get(DESK).status_code == 200
    assert not StepEvent.objects.exists()
    assert Opening.objects.count() == 6


def test_a_shop_that_opened_or_that_the_town_took_away(visit, opening, owner, agent, at, shop):
    do_everything(opening, owner, agent, at)
    open_shop(opening=opening, at=at, by=agent)
    assert "is open" in text_of(english(visit(owner)).get(HOME))
    assert "Open the shop now" not in text_of(english(visit(agent)).get(DESK))
    Shop.objects.filter(pk=shop.pk).update(is_open=False)
    page = text_of(english(visit(owner)).get(f"/merchant/{shop.slug}/opening/"))
    assert "not on the market now" in page
