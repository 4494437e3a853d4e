"""The fourteen substances that must be named wherever food is sold, also at a distance and before the purchase.

Regulation (EU) No 1169/2011, annex II, with articles 14 and 44; Switzerland names the same (OIDAl, annex 6).
"""

from collections.abc import Iterable

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

ALLERGENS: dict[str, Promise] = {  # in the order of the annex
    "gluten": _("Cereals with gluten"),
    "crustaceans": _("Crustaceans"),
    "eggs": _("Eggs"),
    "fish": _("Fish"),
    "peanuts": _("Peanuts"),
    "soy": _("Soy"),
    "milk": _("Milk"),
    "nuts": _("Nuts"),
    "celery": _("Celery"),
    "mustard": _("Mustard"),
    "sesame": _("Sesame"),
    "sulphites": _("Sulphites"),
    "lupin": _("Lupin"),
    "molluscs": _("Molluscs"),
}
FOOD_SHELVES = frozenset({"bread", "fruit-vegetables", "meat-fish", "dairy", "grocery", "drinks", "prepared", "sweets"})


def named(keys: Iterable[str]) -> list[str]:
    """The names of ``keys`` in the active language, in the order of the annex; what is unknown is left out."""
    wanted = set(keys)
    return [str(label) for key, label in ALLERGENS.items() if key in wanted]
