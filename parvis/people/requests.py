"""Requests of signed-in people, typed."""

from parvis.people.models import Person
from parvis.towns.requests import TownRequest


class PersonRequest(TownRequest):
    """A request by somebody who is signed in."""

    user: Person
