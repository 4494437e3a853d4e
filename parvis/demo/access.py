"""Who a visitor of a demonstration town may be. Nowhere else, and nobody else."""

from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet
from django.http import Http404

from parvis.people.models import Person
from parvis.towns.models import Town
from parvis.towns.requests import TownRequest


def demo_people(town: Town) -> QuerySet[Person]:
    """The demonstration accounts of one town."""
    if not (settings.DEMO and town.is_demo):
        return Person.objects.none()
    return Person.objects.filter(is_demo=True, is_active=True, email__endswith=f"@{town.slug}.demo").order_by("pk")


def refuse_unless_demo(request: TownRequest) -> None:
    """404 in a real town, and wherever the demonstration is switched off."""
    if not (settings.DEMO and request.town.is_demo):
        raise Http404


def demo_person_for(request: TownRequest, pk: UUID) -> Person:
    """One of them, or 404."""
    refuse_unless_demo(request)
    person = demo_people(request.town).filter(pk=pk).first()
    if person is None:
        raise Http404
    return person
