"""The pages of the portal."""

from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from parvis.portal.gallery import gallery_context
from parvis.towns.models import Town
from parvis.towns.requests import TownRequest


@login_not_required
def home(request: TownRequest) -> HttpResponse:
    """What is good and open near me now."""
    return render(request, "portal/home.html", {})


@login_not_required
def towns(request: HttpRequest) -> HttpResponse:
    """The towns of this installation."""
    return render(request, "portal/towns.html", {"towns": Town.objects.order_by("name")})


@login_not_required
def gallery(request: TownRequest) -> HttpResponse:
    """Every component with its states; a page of demonstration towns only."""
    if not request.town.is_demo:
        raise Http404
    return render(request, "portal/gallery.html", gallery_context(request.town))


@login_not_required
@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    """Remember the language chosen in the footer and go back to where the visitor was."""
    target = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()}):
        target = "/"
    response = HttpResponseRedirect(target)
    language = request.POST.get("language", "")
    if language in dict(settings.LANGUAGES):
        response.set_cookie(settings.LANGUAGE_COOKIE_NAME, language, max_age=365 * 86400, samesite="Lax")
    return response


def _error(request: HttpRequest, status: int) -> HttpResponse:
    return render(request, f"portal/errors/{status}.html", {}, status=status)


def bad_request(request: HttpRequest, exception: Any = None) -> HttpResponse:
    """400: what was sent cannot be read."""
    return _error(request, 400)


def forbidden(request: HttpRequest, exception: Any = None) -> HttpResponse:
    """403: this form is too old or comes from elsewhere."""
    return _error(request, 403)


def not_found(request: HttpRequest, exception: Any = None) -> HttpResponse:
    """404: no such page in this town, or not for you."""
    return _error(request, 404)


def server_error(request: HttpRequest) -> HttpResponse:
    """500: our fault; said without a context processor, a session or the database, so that it cannot fail again."""
    page = render_to_string("portal/errors/500.html", {"town": getattr(request, "town", None)})
    return HttpResponse(page, status=500)
