"""A neighbour without bikes, and the agreement by which those of a demonstration town ride for it too.

Both agents signed some weeks ago, so that the months of the agreement tell what the bikes really did. Found again by
what they are, so doing it twice changes nothing; what a visitor has ended stays ended.
"""

from datetime import datetime, time, timedelta

from parvis.core.time import day_of, moment
from parvis.delivery.actions.agreements import issue_month, propose_agreement, sign_agreement
from parvis.delivery.models import Agreement, Hub
from parvis.delivery.shared_months import last_of, months_of
from parvis.demo.desk import fill_desk
from parvis.demo.fees import bring_fees
from parvis.demo.news import bring_news
from parvis.demo.past import WEEKS
from parvis.demo.profiles import NEIGHBOURS
from parvis.demo.towns import build_town
from parvis.people.models import Person, Role
from parvis.towns.models import Town

BEFORE = timedelta(weeks=WEEKS, days=5)  # the earliest of the evenings that are remembered
CLOSED_AFTER = timedelta(days=7)  # a host closes a month when the next has begun some days ago
TITLE = "Convention de partage des vélos-cargos (inventée)"
TEXT = (
    "Les deux communes partagent le dépôt, les cyclistes et les vélos-cargos de la première. Chacune garde son marché,"
    " ses commerçants et ses recettes. Le coût de chaque journée est réparti selon les portes desservies."
)


def neighbour_of(town: Town, hub: Hub, *, at: datetime, build: bool = True) -> Town | None:
    """The neighbour for which the town's bikes ride too, made with the agreement if it is not there.

    None where there is none, or where it is not to be built, or where a real town has its name.
    """
    profile = NEIGHBOURS.get(town.slug)
    if profile is None:
        return None
    known = Town.objects.filter(slug=profile.slug).first()
    if (known is None and not build) or (known is not None and not known.is_demo):
        return None
    neighbour = known or build_town(profile, at=at)
    bring_fees(neighbour, at=at)
    bring_news(neighbour, at=at)
    fill_desk(neighbour, at=at)
    if not Agreement.objects.filter(town=town, guest=neighbour).exists():
        _agree(town, neighbour, hub, at)
    held = Agreement.objects.between(day_of(at, town.zone), day_of(at, town.zone))
    return neighbour if held.filter(town=town, guest=neighbour).exists() else None


def _agree(town: Town, neighbour: Town, hub: Hub, at: datetime) -> None:
    begins = day_of(at - BEFORE, town.zone).replace(day=1)
    proposed = at - BEFORE - timedelta(days=60)
    agreement = propose_agreement(
        town=town,
        guest=neighbour,
        title=TITLE,
        voted_on=day_of(proposed - timedelta(days=9), town.zone),
        text=TEXT,
        starts_on=begins,
        ends_on=None,
        notice_days=90,
        hubs=[hub],
        rule=Agreement.Rule.DROPS,
        guest_percent=None,
        at=proposed,
        by=_agent(town),
    )
    sign_agreement(agreement=agreement, at=proposed + timedelta(days=12), by=_agent(neighbour))


def close_months(town: Town, *, at: datetime) -> None:
    """The town's agent has closed the months that ended some days ago."""
    today = day_of(at, town.zone)
    for agreement in Agreement.objects.signed().filter(town=town).select_related("town", "guest"):
        for first in months_of(agreement, today):
            day = last_of(first) + CLOSED_AFTER
            if day < today:
                then = moment(day, time(10, 20), town.zone)
                issue_month(agreement=agreement, first=first, at=then, by=_agent(town))


def _agent(town: Town) -> Person | None:
    return Person.objects.filter(roles__town=town, roles__kind=Role.Kind.AGENT, is_demo=True).order_by("pk").first()
