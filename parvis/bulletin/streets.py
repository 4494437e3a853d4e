"""Streets as news know them: the folded name that a place keeps, and how people write it."""

from parvis.core.text import fold, street_of
from parvis.places.models import Place
from parvis.towns.models import Town


def say_street(address: str, street: str) -> str:
    """The street as ``address`` writes it: ``"12 bis, rue du Rhône, 1204 Genève"`` gives ``"rue du Rhône"``."""
    for part in address.split(","):
        if street_of(part) != street:
            continue
        words = part.split()
        while len(words) > 1 and street_of(" ".join(words[1:])) == street and fold(words[0]) != street.split()[0]:
            words = words[1:]
        return " ".join(words)
    return street.capitalize()


def street_name(town: Town, street: str) -> str:
    """How the town writes a folded street; "" where no place of the directory stands in it."""
    if not street:
        return ""
    address = Place.objects.of(town).filter(street=street).order_by("pk").values_list("address", flat=True).first()
    return say_street(address, street) if address is not None else ""
