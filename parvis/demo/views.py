"""Who you can be in a demonstration town: one button each."""

from dataclasses import dataclass
from uuid import UUID

from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from parvis.demo.access import demo_people, demo_person_for, refuse_unless_demo
from parvis.demo.profiles import PASSWORD
from parvis.demo.support import voucher_to_try
from parvis.people.models import Person, Role
from parvis.towns.requests import TownRequest

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@dataclass(frozen=True, slots=True)
class Part:
    """What a person does here: in words, drawn, and the page where they start."""

    label: Promise
    icon: str
    page: str
    text: Promise


RESIDENT = Part(_("Resident"), "shopping-basket", "orders", _("Has ordered from several shops."))
STRANGER = Part(_("Stranger"), "footprints", "home", _("Has an account and no order: sees what everybody sees."))
PARTS: dict[str, Part] = {
    Role.Kind.MERCHANT: Part(_("Merchant"), "store", "merchant", _("Accepts orders, prepares them, keeps the goods.")),
    Role.Kind.HUB: Part(_("Hub staff"), "warehouse", "hub", _("Scans bags in and packs them for the bikes.")),
    Role.Kind.DISPATCHER: Part(_("Dispatcher"), "route", "dispatch", _("Plans the rounds and mends the plan.")),
    Role.Kind.RIDER: Part(_("Rider"), "bike", "rider", _("Rides from door to door and hands over.")),
    Role.Kind.AGENT: Part(_("Town agent"), "chart-column", "agent", _("Reads the market’s day in figures.")),
}


def part_of(person: Person, role: Role | None) -> Part:
    """What the person does in the town."""
    if role is not None:
        return PARTS[role.kind]
    return STRANGER if person.email.startswith("stranger@") else RESIDENT


@login_not_required
@require_GET
def people(request: TownRequest) -> HttpResponse:
    """Everybody one may be here; public, in demonstration towns only."""
    refuse_unless_demo(request)
    roles = Role.objects.filter(town=request.town, person__is_demo=True).select_related("organisation")
    role_of = {role.person_id: role for role in roles}
    rows = [
        {"person": person, "part": part_of(person, role), "place": role.organisation if role else None}
        for person in demo_people(request.town)
        for role in [role_of.get(person.pk)]
    ]
    return render(
        request, "demo/people.html", {"rows": rows, "password": PASSWORD, "voucher": voucher_to_try(request.town)}
    )


@login_not_required
@require_POST
def enter(request: TownRequest, pk: UUID) -> HttpResponse:
    """Become one of them and start where that person starts."""
    person = demo_person_for(request, pk)
    role = Role.objects.filter(town=request.town, person=person).first()
    login(request, person, backend=BACKEND)
    try:
        return HttpResponseRedirect(reverse(part_of(person, role).page))
    except NoReverseMatch:
        return HttpResponseRedirect("/")
