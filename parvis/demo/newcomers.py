"""Shops that would like to join a demonstration town: a few to call, one of them late, and one halfway to its opening.

Invented names and numbers kept for fiction. Found or made; what a visitor has settled is asked again the next time the
town is brought up to date.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from parvis.core.workdays import working_days_after
from parvis.demo.profiles import Account
from parvis.demo.towns import make_account
from parvis.joining.actions.calls import Asked, note_outcome, preregister
from parvis.joining.actions.inviting import accept_invitation, confirm_call
from parvis.joining.actions.opening import NewShop, note_step
from parvis.joining.checklist import Kind, Way
from parvis.joining.models import Opening, Preregistration
from parvis.people.models import Person, Role
from parvis.places.actions.entries import change_place
from parvis.places.models import Change, Place
from parvis.towns.models import Address, Town


@dataclass(frozen=True, slots=True)
class Newcomer:
    """An invented shop; ``asked_days`` ago it asked to join."""

    name: str
    asked_days: float
    phone: str = ""
    email: str = ""
    outcome: str = ""
    agreed: bool = False
    note: str = ""


WAITING = (
    Newcomer("Savonnerie du Canal", 9, phone="0"),
    Newcomer("Atelier Vélo Pignon", 0.2, phone="1"),
    Newcomer("Épicerie des Deux Ponts", 1.1, email="bonjour@deuxponts.example", phone="2"),
    Newcomer("La Théière Bleue", 2, phone="3", outcome="later", agreed=True, note="Préfère le matin."),
    Newcomer("Pépinière du Talus", 3, phone="4", outcome="missed", note="Répondeur."),
)
ENDED = (Newcomer("Pressing Éclair", 6, phone="5", outcome="no", note="Ferme en janvier."),)
HALFWAY = {
    "issy": ("Les Fromages de Nina", "cheese", "Nina Roux"),
    "ivry": ("La Librairie du Quai", "bookshop", "Salomé Vidal"),
}
OTHERWISE = ("Thés et Cafés Mistral", "tea-coffee", "Elise Maes")
DOOR = 60  # in the order of streets and numbers


def welcome_newcomers(town: Town, *, at: datetime) -> None:
    """Calls to make, and one shop that is halfway through its checklist."""
    agent = Person.objects.filter(roles__town=town, roles__kind=Role.Kind.AGENT, is_demo=True).order_by("pk").first()
    if agent is None:
        return
    if not Preregistration.objects.waiting(town).exists():
        for row in (*WAITING, *ENDED):
            _ask(town, row, at, agent)
    if not Opening.objects.under_way(town).exists():
        _halfway(town, at, agent)


def _morning(town: Town, at: datetime) -> datetime:
    """Ten o'clock on the working day after ``at``: agents do not call at night."""
    return working_days_after(at, 1, town.zone, town.country) - timedelta(hours=8)


def _phone(town: Town, last: str) -> str:
    """Numbers that ARCEP keeps for fiction, and their like."""
    start = {"FR": "+3319900124", "BE": "+3247000009"}.get(town.country, "+4179000009")
    return f"{start}{last}"


def _ask(town: Town, row: Newcomer, at: datetime, agent: Person) -> None:
    asked = preregister(
        town=town,
        asked=Asked(shop_name=row.name, phone=_phone(town, row.phone) if row.phone else "", email=row.email),
        sender="",
        language=town.default_language,
        at=at - timedelta(days=row.asked_days),
    )
    called = _morning(town, at - timedelta(days=row.asked_days / 2 + 1))  # on a Sunday this may be tomorrow
    if row.outcome and not asked.events.filter(kind=row.outcome).exists():
        note_outcome(
            preregistration=asked,
            outcome=row.outcome,
            at=max(asked.at + timedelta(hours=1), min(called, at)),
            by=agent,
            note=row.note,
            next_at=_morning(town, at) if row.agreed else None,
        )


def _halfway(town: Town, at: datetime, agent: Person) -> None:
    name, trade, owner = HALFWAY.get(town.slug, OTHERWISE)
    door = Address.objects.filter(town=town).order_by("street", "number_sort", "pk")[DOOR : DOOR + 1].first()
    if door is None or Place.objects.filter(town=town, name=name).exists():  # it has opened meanwhile
        return
    then = _morning(town, at - timedelta(days=5))
    email = f"newcomer@{town.slug}.demo"
    asked = preregister(
        town=town,
        asked=Asked(shop_name=name, phone=_phone(town, "9"), email=email),
        sender="",
        language=town.default_language,
        at=then - timedelta(days=1),
    )
    new = NewShop(name, trade, address=str(door), email=email)
    opening = confirm_call(preregistration=asked, new=new, contact=owner, note="", at=then, by=agent)
    newcomer = make_account(town, Account("newcomer", owner))
    [invitation] = opening.invitations.all()
    later = then + timedelta(hours=5)
    accept_invitation(invitation=invitation, person=newcomer, name=owner, language="", at=later)
    note_step(opening=opening, key="identity", kind=Kind.DONE, way=Way.AGENT, at=then, by=agent)
    place = opening.shop.place
    Place.objects.filter(pk=place.pk).update(invented=True)
    week = {"opening_hours": "Tu-Sa 09:30-13:00,15:00-19:00"}
    change_place(place=place, values=week, origin=Change.Origin.SHOP, at=later, by=newcomer)
    note_step(opening=opening, key="ways", kind=Kind.DONE, way=Way.MERCHANT, at=later, by=newcomer)
