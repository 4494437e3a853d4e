"""Who asked to join, who was invited, and accounts that are used no more go when their time is over."""

from datetime import timedelta

from parvis.config import retention
from parvis.demo import builders
from parvis.joining.actions.calls import Asked, note_outcome, preregister
from parvis.joining.actions.inviting import invite
from parvis.joining.models import CallEvent, Invitation, Opening, Preregistration
from parvis.people.actions import keep_bank_account
from parvis.people.models import BankAccount

DAY = timedelta(days=1)


def purge(at):
    return {rule.what: rule.remove(at - rule.keep) for rule in retention.RULES}


def test_pre_registrations_go_a_year_after_their_last_step(town, agent, at):
    asked = preregister(
        town=town, asked=Asked("Nina", phone="+33199001234"), sender="digest", language="fr", at=at - 100 * DAY
    )
    note_outcome(preregistration=asked, outcome="missed", at=at, by=agent)
    purge(at)
    asked.refresh_from_db()
    assert asked.sender == ""
    purge(at + 365 * DAY)
    assert CallEvent.objects.count() == 2
    purge(at + 366 * DAY)
    assert not Preregistration.objects.exists()


def test_invitations_and_replaced_accounts(town, agent, merchant, at):
    shop = builders.make_shop(town)
    opening = Opening.objects.create(town=town, shop=shop, at=at)
    invite(opening=opening, email="nina@example.org", name="Nina", at=at, by=agent)
    for day, iban in enumerate(("FR1420041010050500013M02606", "BE68539007547034")):
        keep_bank_account(organisation=shop.organisation, holder="N", iban=iban, at=at + day * DAY, by=merchant)
    purge(at + 365 * DAY)
    assert Invitation.objects.exists()
    purge(at + 366 * DAY)
    assert not Invitation.objects.exists()
    assert BankAccount.objects.count() == 2
    purge(at + 397 * DAY)
    assert BankAccount.objects.get().iban == "BE68539007547034"
