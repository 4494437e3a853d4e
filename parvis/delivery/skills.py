"""What not every bike can do, and what goods ask for: one table for fleet, bags, promises and plans.

A bike says what it can (the page of the fleet). Goods say what they ask for by themselves where the program can know,
from weight and size of one piece; the hub ticks the rest on a bag. A promise is made, and a round planned, only on a
bike that can do all that is asked.
"""

from collections.abc import Collection, Iterable, Sequence

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

HEAVY_GRAMS = 25_000
"""One piece that weighs more is not lifted by one person: 25 kg is the reference mass of EN 1005-2. A bag may weigh
more where it can be carried in parts."""
BULKY_MILLILITRES = 120_000
"""One piece that is larger than two crates leaves no room for any in a cargo box: it goes on the trailer."""


class Skill(models.TextChoices):
    """What a bike may be able to do; the label is what a bike that can says of itself."""

    TRAILER = "trailer", _("Pulls the trailer")
    LIFT = "lift", _("Heavy lifting, for two")
    UPRIGHT = "upright", _("Carries gently and upright")


ASKS = {
    Skill.TRAILER: _("Needs the trailer"),
    Skill.LIFT: _("Takes two to lift"),
    Skill.UPRIGHT: _("Keep upright"),
}
"""What is asked for, as it stands on a bag."""

LACKS = {
    Skill.TRAILER: _("%(bike)s pulls no trailer."),
    Skill.LIFT: _("It takes two to lift, and nobody on %(bike)s can."),
    Skill.UPRIGHT: _("%(bike)s cannot keep it upright."),
}
"""Why a bike cannot take it."""

ONLY = {
    Skill.TRAILER: ngettext_lazy(
        "Only %(bikes)s pulls the trailer that it needs.", "Only %(bikes)s pull the trailer that it needs.", "count"
    ),
    Skill.LIFT: ngettext_lazy(
        "It takes two to lift, which only %(bikes)s has.", "It takes two to lift, which only %(bikes)s have.", "count"
    ),
    Skill.UPRIGHT: ngettext_lazy("Only %(bikes)s keeps it upright.", "Only %(bikes)s keep it upright.", "count"),
}
"""Which bikes can, where not all of them can."""


def piece_needs(grams: int, millilitres: int) -> frozenset[str]:
    """What one piece of goods asks for by its weight and volume."""
    asked = {Skill.LIFT: grams > HEAVY_GRAMS, Skill.TRAILER: millilitres > BULKY_MILLILITRES}
    return frozenset(skill.value for skill, asks in asked.items() if asks)


def together(needs: Iterable[Collection[str]]) -> tuple[str, ...]:
    """What several things ask for together, in a fixed order; a word that the table does not know is left out."""
    asked = {need for each in needs for need in each}
    return tuple(skill.value for skill in Skill if skill in asked)


def can_carry(skills: Collection[str], needs: Iterable[str]) -> bool:
    """Whether a bike that can do ``skills`` may take what asks for ``needs``."""
    return set(needs) <= set(skills)


def asked(needs: Iterable[str]) -> list[str]:
    """``Needs the trailer``, ``Keep upright``: in words, in the order of the table."""
    return [str(ASKS[skill]) for skill in Skill if skill in set(needs)]


def why_not(bike: object, skills: Collection[str], needs: Iterable[str]) -> str:
    """Why a bike cannot take what asks for ``needs``, in sentences; nothing where it can."""
    lacking = set(needs) - set(skills)
    return " ".join(str(LACKS[skill]) % {"bike": bike} for skill in Skill if skill in lacking)


def who_can(bikes: Sequence[tuple[str, Collection[str]]], needs: Iterable[str]) -> list[str]:
    """For each thing asked that some bikes can do and others not, which can: bikes are names with their skills."""
    said = []
    for skill in (skill for skill in Skill if skill in set(needs)):
        able = sorted({name for name, skills in bikes if skill in skills})
        if able and len(able) < len({name for name, _skills in bikes}):
            said.append(ONLY[skill] % {"count": len(able), "bikes": ", ".join(able)})
    return said
