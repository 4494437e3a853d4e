"""An address typed into a form: which door it is, or the sentence that it is none that we know."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from parvis.towns import addresses
from parvis.towns.models import Address, Town


def no_such_door(town: Town) -> ValidationError:
    """What people read of an address that is none in town."""
    said = _("We do not find this address in %(town)s. Check the number and the street.")
    return ValidationError(said % {"town": town.name}, code="unknown")


def door_of(town: Town, text: str) -> Address:
    """The door that a text names for certain. Raises ValidationError with the sentence for a form."""
    door = addresses.geocode(town, text)
    if door is None:
        raise no_such_door(town)
    return door
