"""The link of an invitation: it makes an account, or joins the one that is signed in, and leads to the first hour.

Mail programs open links by themselves to look for harm; a GET therefore changes nothing.
"""

from django.conf import settings
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods

from parvis.core.errors import Refusal
from parvis.joining.access import invitation_for
from parvis.joining.actions.inviting import accept_invitation
from parvis.joining.invitations import Standing, standing_of
from parvis.people.models import Person
from parvis.towns.requests import TownRequest


@login_not_required
@never_cache
@sensitive_variables("secret")
@require_http_methods(["GET", "POST"])
def invitation(request: TownRequest, secret: str) -> HttpResponse:
    """Who is invited to which shop; one press makes them its merchant.

    A stranger with the link of somebody who has an account signs in first; a signed-in person joins as they are.
    """
    at, found = timezone.now(), invitation_for(request, secret)
    shop, me = found.opening.shop, request.user if request.user.is_authenticated else None
    if standing_of(found, at) is not Standing.LIVING:
        if me is not None and found.used_by_id == me.pk:
            return redirect("opening", shop.slug)
        return render(request, "joining/invitation_over.html", {"shop": shop}, status=410)
    known = me is None and Person.objects.filter(email=found.email).exists()
    if known:
        return redirect(f"{reverse(settings.LOGIN_URL)}?{urlencode({'next': request.path})}")
    refused = ""
    if request.method == "POST":
        name, language = request.POST.get("name", "")[:120], (translation.get_language() or "")[:2]
        try:
            person = accept_invitation(invitation=found, person=me, name=name, language=language, at=at)
        except Refusal as refusal:
            refused = str(refusal)
        else:
            if me is None:
                login(request, person, backend=settings.AUTHENTICATION_BACKENDS[0])
            return redirect("opening", shop.slug)
    context = {"invitation": found, "shop": shop, "me": me, "refused": refused}
    return render(request, "joining/invitation.html", context, status=422 if refused else 200)
