"""The month's question to the shops: is your entry still right? Asked by mail and text message, answered by a tap."""

from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from parvis.core import audit
from parvis.people.models import Person
from parvis.places import letters
from parvis.places.actions.entries import check_place
from parvis.places.models import Place, PlaceQuerySet, Reminder, ReminderWish
from parvis.places.reminding import FRESH, month_to_ask
from parvis.towns.models import Town

MAIL, SMS = "mail", "sms"


def ask_all_towns(at: datetime) -> int:
    """Ask the shops of every town whose hour has come; how many questions left. Asking twice asks once."""
    return sum(ask_town(town, at) for town in Town.objects.defer("backdrop", "boundary").order_by("slug"))


def ask_town(town: Town, at: datetime) -> int:
    """Ask the shops of one town, on its first working day of the month from nine o'clock."""
    due = month_to_ask(at, town.zone, town.country)
    if due is None:
        return 0
    month, moment = due
    keys = list(to_ask(town, month, moment).values_list("pk", flat=True))
    return sum(_ask(key, month, at) for key in keys)


def to_ask(town: Town, month: date, due: datetime) -> PlaceQuerySet:
    """Entries that somebody speaks for, not checked in the 25 days before, and not asked about this month."""
    old = Q(checked_at=None) | Q(checked_at__lt=due - FRESH)
    places = Place.objects.of(town).exclude(organisation=None).filter(old)
    return places.exclude(pk__in=Reminder.objects.filter(town=town, month=month).values("place_id")).order_by("pk")


@transaction.atomic
def _ask(key: UUID, month: date, at: datetime) -> int:
    """One shop in one transaction, so that one that cannot be asked does not stop the others."""
    place = Place.objects.select_related("town", "organisation").get(pk=key)
    wish = wish_of(place)
    people = letters.people_of(place.organisation) if place.organisation else []
    to = place.organisation.email if place.organisation else ""
    to = to or next((person.email for person in people), "")
    language = next((person.language for person in people if person.language), place.town.default_language)
    asked = 0
    if wish.by_mail and to:
        reminder = _reminder(place, month, MAIL, at)
        letters.still_right_mail(reminder, to, language, at)
        asked += 1
    if wish.by_sms and wish.phone:
        reminder = _reminder(place, month, SMS, at)
        letters.still_right_sms(reminder, wish.phone, language)
        asked += 1
    return asked


@transaction.atomic
def answer_right(*, reminder: Reminder, at: datetime) -> None:
    """The shop says that its entry is right. A second tap changes nothing."""
    Place.objects.select_for_update(of=("self",)).get(pk=reminder.place_id)
    answered = Reminder.objects.filter(pk=reminder.pk, answered_at=None).update(answered_at=at)
    if answered:
        check_place(place=reminder.place, at=at, checker=Place.Checker.SHOP, way=reminder.channel)
        audit.record("place.still_right", reminder.place, at=at, town_id=reminder.town_id, way=reminder.channel)


@transaction.atomic
def stop_asking(*, reminder: Reminder, at: datetime) -> None:
    """No more questions by the channel of ``reminder`` about its place."""
    wish = wish_of(reminder.place)
    setattr(wish, f"by_{reminder.channel}", False)
    wish.save()
    audit.record("place.reminders_stopped", reminder.place, at=at, town_id=reminder.town_id, way=reminder.channel)


@transaction.atomic
def set_wishes(*, place: Place, by_mail: bool, by_sms: bool, phone: str, at: datetime, by: Person) -> None:
    """How the people of a shop want to be asked; ``phone`` is E.164, kept only while text messages are wanted."""
    wish = wish_of(place)
    wish.by_mail, wish.by_sms, wish.phone = by_mail, by_sms, phone if by_sms else ""
    wish.save()
    audit.record("place.reminder_wishes", place, at=at, town_id=place.town_id, actor=by, mail=by_mail, sms=by_sms)


def wish_of(place: Place) -> ReminderWish:
    """How the shop wants to be asked; a row that is not written yet says by mail."""
    known = ReminderWish.objects.filter(place=place).first()
    return known or ReminderWish(town_id=place.town_id, place=place)


def _reminder(place: Place, month: date, channel: str, at: datetime) -> Reminder:
    reminder, _created = Reminder.objects.get_or_create(
        town_id=place.town_id, place=place, month=month, channel=channel, defaults={"asked_at": at}
    )
    return reminder
