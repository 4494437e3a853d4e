"""Claiming an entry: where it stands follows from what happened; nobody gets in by a wrong code or a public number."""

from datetime import timedelta

import pytest
from django.utils.text import slugify

from parvis.core.errors import Refusal
from parvis.core.models import AuditEntry, OutboxMessage
from parvis.demo import builders
from parvis.people.models import Organisation, Role
from parvis.places.actions import claims as verbs
from parvis.places.actions.claims import (
    Tried,
    ask_claim,
    claim_state,
    confirm_claim,
    refuse_claim,
    send_codes,
    try_code,
)
from parvis.places.claims import CODE_LASTS, Standing, digest, is_right, may_be_claimed, new_code, spaced, state_of
from parvis.places.models import Claim, ClaimEvent, Place

SIRET = "73282932000074"


def make_place(town, name="Chez Zoé", **extra):
    values = {"slug": slugify(name), "category": "cafe", "lon": 2.27, "lat": 48.82}
    values |= {"address": "3 rue Verte, 92130 Issy", "phone": "01 23 45 67 89"}
    return Place.objects.create(town=town, name=name, **(values | extra))


@pytest.fixture
def place(town):
    return make_place(town)


def ask(place, person, at, way="letter", **extra):
    return ask_claim(place=place, person=person, way=way, business="Chez Zoé SARL", at=at, **extra)


def coded(claim, agent, at):
    [(claim, code)] = send_codes(claims=[claim], at=at, by=agent)
    return claim, code


@pytest.mark.parametrize(
    ("steps", "after_days", "standing"),
    [
        ("asked", 0, "waiting"),
        ("asked", 400, "waiting"),
        ("asked sent", 1, "sent"),
        ("asked sent", 59, "sent"),
        ("asked sent", 61, "expired"),
        ("asked sent wrong wrong wrong wrong", 1, "sent"),
        ("asked sent wrong wrong wrong wrong wrong", 1, "locked"),
        ("asked sent proved", 100, "proved"),
        ("asked sent confirmed", 100, "confirmed"),
        ("asked refused", 1, "refused"),
        ("asked sent withdrawn", 1, "withdrawn"),
    ],
)
def test_the_standing_follows_from_the_events(at, steps, after_days, standing):
    events = [(kind, at + timedelta(minutes=n)) for n, kind in enumerate(steps.split())]
    assert state_of(events, at + timedelta(days=after_days, hours=1)).standing == standing


def test_a_letter_printed_again_starts_its_sixty_days_again(at):
    events = [("asked", at), ("sent", at), ("sent", at + timedelta(days=50))]
    state = state_of(events, at + timedelta(days=70))
    assert state.standing is Standing.SENT
    assert state.until == at + timedelta(days=50) + CODE_LASTS


def test_codes_are_read_with_spaces_and_small_letters_and_kept_hashed(place, citizen, agent, at):
    claim, code = coded(ask(place, citizen, at), agent, at)
    assert len(code) == 8
    assert not set(code) & set("0O1IL5S2Z")
    kept = Claim.objects.get().code
    assert code not in kept
    assert is_right(claim.pk, f" {spaced(code).lower()} ", kept)
    assert not is_right(claim.pk, new_code(), kept)
    assert not is_right(claim.pk, "", "")
    assert digest(place.pk, code) != kept, "the same code is another secret for another claim"


def test_the_right_code_gives_the_entry(place, citizen, agent, at):
    claim, code = coded(ask(place, citizen, at, registration_number=SIRET, phone="+33612345678"), agent, at)
    assert try_code(claim=claim, typed=code, at=at) is Tried.CONFIRMED
    place.refresh_from_db()
    assert place.organisation.registration_number == SIRET
    assert place.organisation.email == citizen.email
    assert Role.objects.get(person=citizen).organisation == place.organisation
    assert OutboxMessage.objects.get(to=citizen.email).key == f"claim-confirmed:{claim.pk}"
    assert {"claim.asked", "claim.sent", "claim.confirmed", "place.claimed", "role.given"} <= set(
        AuditEntry.objects.values_list("verb", flat=True)
    )
    with pytest.raises(Refusal):
        try_code(claim=claim, typed=code, at=at)


def test_five_wrong_codes_end_it(place, citizen, agent, at):
    claim, code = coded(ask(place, citizen, at), agent, at)
    tried = [try_code(claim=claim, typed=f"WRONG{n}", at=at) for n in range(5)]
    assert tried == [Tried.WRONG] * 4 + [Tried.LOCKED]
    with pytest.raises(Refusal):
        try_code(claim=claim, typed=code, at=at)
    assert not Role.objects.filter(person=citizen).exists()


def test_a_code_that_is_too_old_or_was_replaced_holds_no_more(place, citizen, agent, at):
    claim, old = coded(ask(place, citizen, at), agent, at)
    claim, new = coded(claim, agent, at + timedelta(days=1))
    assert try_code(claim=claim, typed=old, at=at + timedelta(days=2)) is Tried.WRONG
    with pytest.raises(Refusal):
        try_code(claim=claim, typed=new, at=at + timedelta(days=62))


def test_a_code_of_another_claim_does_not_fit(place, town, citizen, merchant, agent, at):
    mine, _ = coded(ask(place, citizen, at), agent, at)
    _, theirs = coded(ask(make_place(town, "Ailleurs"), merchant, at), agent, at)
    assert try_code(claim=mine, typed=theirs, at=at) is Tried.WRONG


def test_two_who_ask_are_settled_by_an_agent(place, citizen, merchant, agent, at):
    first, second = ask(place, citizen, at), ask(place, merchant, at)
    first, code = coded(first, agent, at)
    assert verbs.reasons_for_agent(first, at) == ["rivals"]
    assert try_code(claim=first, typed=code, at=at) is Tried.PROVED
    place.refresh_from_db()
    assert place.organisation is None
    confirm_claim(claim=first, at=at, by=agent)
    [waiting] = verbs.open_claims(place.town, at)
    assert waiting.pk == second.pk
    assert verbs.reasons_for_agent(waiting, at) == ["owned"]


def test_a_place_that_has_an_owner_asks_the_agent_and_tells_the_owner(town, citizen, merchant, agent, at):
    place = builders.make_shop(town, owner=merchant).place
    claim, code = coded(ask(place, citizen, at), agent, at)
    assert try_code(claim=claim, typed=code, at=at) is Tried.PROVED
    former = place.organisation
    confirm_claim(claim=claim, at=at, by=agent, joins=False)
    place.refresh_from_db()
    assert place.organisation != former
    told = set(OutboxMessage.objects.values_list("to", flat=True))
    assert {citizen.email, merchant.email, former.email} <= told


def test_a_second_person_of_the_same_shop_joins(town, citizen, merchant, agent, at):
    place = builders.make_shop(town, owner=merchant).place
    claim = ask(place, citizen, at, way="phone")
    organisation = confirm_claim(claim=claim, at=at, by=agent, joins=True)
    place.refresh_from_db()
    assert place.organisation == organisation
    assert Role.objects.filter(organisation=organisation, kind="merchant").count() == 2
    assert not OutboxMessage.objects.filter(to=merchant.email).exists()


def test_a_public_number_does_not_open_somebody_elses_shop(town, citizen, merchant, agent, at):
    """The claimant's own shop sends them a code, but they typed the number of another business."""
    other = builders.make_shop(town, owner=merchant)
    Organisation.objects.filter(pk=other.organisation_id).update(registration_number=SIRET)
    claim, code = coded(ask(make_place(town), citizen, at, registration_number=SIRET), agent, at)
    assert try_code(claim=claim, typed=code, at=at) is Tried.PROVED
    assert not Role.objects.filter(person=citizen).exists()


def test_the_second_shop_of_one_business_joins_by_its_number(town, citizen, agent, at):
    confirm_claim(claim=ask(make_place(town), citizen, at, registration_number=SIRET), at=at, by=agent)
    claim, code = coded(ask(make_place(town, "Zoé bis"), citizen, at, registration_number=SIRET), agent, at)
    assert try_code(claim=claim, typed=code, at=at) is Tried.CONFIRMED
    assert Organisation.objects.filter(town=town).count() == 1


def test_the_same_number_in_another_town_is_another_organisation(town, other_town, citizen, agent, at):
    Organisation.objects.create(town=other_town, name="Ailleurs", registration_number=SIRET)
    made = confirm_claim(claim=ask(make_place(town), citizen, at, registration_number=SIRET), at=at, by=agent)
    assert made.town == town


@pytest.mark.parametrize(
    ("way", "change", "words"),
    [
        ("letter", {"address": ""}, "no address"),
        ("phone", {"phone": ""}, "no telephone"),
        ("letter", {"gone_on": "2026-01-01"}, "closed for good"),
    ],
)
def test_a_way_that_the_entry_does_not_allow(place, citizen, at, way, change, words):
    Place.objects.filter(pk=place.pk).update(**change)
    with pytest.raises(Refusal, match=words):
        ask(place, citizen, at, way=way)
    assert not Claim.objects.exists()


def test_nobody_asks_for_the_whole_town(town, citizen, merchant, agent, at):
    places = [make_place(town, f"Boutique {n}") for n in range(8)]
    for place in places[:3]:
        ask(place, citizen, at)
    with pytest.raises(Refusal, match="several places"):
        ask(places[3], citizen, at)
    with pytest.raises(Refusal, match="already"):
        ask(places[0], citizen, at)
    ask(places[3], merchant, at)
    for claim in Claim.objects.filter(person=citizen):
        refuse_claim(claim=claim, reason="No", at=at, by=agent)
    for n, place in enumerate(places[4:7]):
        refuse_claim(
            claim=ask(place, citizen, at + timedelta(days=n)), reason="No", at=at + timedelta(days=n), by=agent
        )
    with pytest.raises(Refusal, match="several places"):
        ask(places[7], citizen, at + timedelta(days=20))
    ask(places[7], citizen, at + timedelta(days=31))


def test_one_who_speaks_for_the_place_need_not_ask(town, merchant, at):
    place = builders.make_shop(town, owner=merchant).place
    with pytest.raises(Refusal, match="already"):
        ask(place, merchant, at)


def test_a_refusal_needs_a_reason_and_ends_it(place, citizen, agent, at):
    claim = ask(place, citizen, at)
    with pytest.raises(Refusal):
        refuse_claim(claim=claim, reason="  ", at=at, by=agent)
    refuse_claim(claim=claim, reason="The register names somebody else.", at=at, by=agent)
    assert "The register names somebody else." in OutboxMessage.objects.get(to=citizen.email).body
    for act in (
        lambda: refuse_claim(claim=claim, reason="Again", at=at, by=agent),
        lambda: confirm_claim(claim=claim, at=at, by=agent),
        lambda: send_codes(claims=[claim], at=at, by=agent),
        lambda: verbs.withdraw_claim(claim=claim, at=at),
    ):
        with pytest.raises(Refusal):
            act()
    assert ClaimEvent.objects.filter(claim=claim).count() == 2


def test_an_agent_may_still_settle_a_lost_letter(place, citizen, agent, at):
    claim, _code = coded(ask(place, citizen, at), agent, at)
    later = at + timedelta(days=90)
    assert claim_state(claim, later).standing is Standing.EXPIRED
    confirm_claim(claim=claim, at=later, by=agent)
    assert claim_state(Claim.objects.get(), later).standing is Standing.CONFIRMED


def test_a_park_is_nobodys_shop():
    assert may_be_claimed("bakery")
    assert may_be_claimed("other")
    assert not may_be_claimed("park")
    assert not may_be_claimed("defibrillator")
