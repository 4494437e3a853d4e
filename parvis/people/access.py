"""Who may open a page. The wrong person gets the same 404 as a page that does not exist."""

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.db.models import QuerySet
from django.http import Http404, HttpResponse

from parvis.people.models import Organisation, Role
from parvis.people.requests import PersonRequest
from parvis.towns.requests import TownRequest


def roles_in(request: TownRequest) -> set[str]:
    """The kinds of role that the visitor has in the town of the request; asked once per request."""
    known: set[str] | None = getattr(request, "_roles", None)
    if known is None:
        known = set(Role.objects.of(request.user, request.town).values_list("kind", flat=True))
        request._roles = known  # type: ignore[attr-defined]
    return known


def require_role(*kinds: Role.Kind) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """A view for people with one of these roles in this town; others get 404, strangers sign in first."""

    def decorate(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def guarded(request: TownRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not roles_in(request) & set(kinds):
                raise Http404
            return view(cast(PersonRequest, request), *args, **kwargs)

        return guarded

    return decorate


def organisations_of(request: TownRequest) -> QuerySet[Organisation]:
    """The organisations of this town that the visitor speaks for."""
    if not request.user.is_authenticated:
        return Organisation.objects.none()
    return Organisation.objects.filter(
        town=request.town, roles__person=request.user, roles__kind=Role.Kind.MERCHANT
    ).distinct()
