"""What makes the rider's page an application on a telephone: its manifest, and the position that they may share."""

from functools import cache
from pathlib import Path

from django.contrib.auth.decorators import login_not_required
from django.contrib.staticfiles import finders
from django.http import Http404, HttpResponse, JsonResponse
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from parvis.core.documents import png_of
from parvis.core.geo import Point
from parvis.core.offline import works_offline
from parvis.delivery.actions import agree, note_position, stop_sharing
from parvis.delivery.forms.rider import PositionForm
from parvis.delivery.views.rider import done
from parvis.people.access import require_role
from parvis.people.models import Role
from parvis.people.requests import PersonRequest
from parvis.towns.requests import TownRequest

ICONS = (180, 192, 512)  # iOS, Android, its splash screen


@login_not_required
@require_safe
def manifest(request: TownRequest) -> HttpResponse:
    """How the page installs itself (W3C Web Application Manifest); it names the town and nobody."""
    home = reverse("rider")
    return JsonResponse(
        {
            "id": home,
            "name": _("My round · %(town)s") % {"town": request.town.name},
            "short_name": _("My round"),
            "start_url": home,
            "scope": home,
            "display": "standalone",
            "orientation": "any",
            "background_color": "#f7f4ee",
            "theme_color": "#0e5a4a",
            "icons": [
                {"src": static("core/img/favicon.svg"), "sizes": "any", "type": "image/svg+xml"},
                *(
                    {"src": reverse("rider-icon", args=[size]), "sizes": f"{size}x{size}", "type": "image/png"}
                    for size in ICONS
                ),
            ],
        },
        content_type="application/manifest+json",
    )


@login_not_required
@require_safe
def icon(_request: TownRequest, size: int) -> HttpResponse:
    """The mark as a picture of points, for home screens that know no drawings."""
    if size not in ICONS:
        raise Http404
    return HttpResponse(_drawn(size), content_type="image/png", headers={"Cache-Control": "public, max-age=86400"})


@cache
def _drawn(size: int) -> bytes:
    mark = Path(str(finders.find("core/img/favicon.svg"))).read_text()
    return png_of(mark, size)


@require_role(Role.Kind.RIDER)
@require_POST
@works_offline
def share(request: PersonRequest) -> HttpResponse:
    """The rider agrees to be seen today by those who wait, or wants it no longer."""
    verb = agree if request.POST.get("share") == "yes" else stop_sharing
    verb(town=request.town, rider=request.user, at=timezone.now())
    return done(request)


@require_role(Role.Kind.RIDER)
@require_POST
def position(request: PersonRequest) -> HttpResponse:
    """Roughly where the rider is. 204 when it is kept, 409 when nobody wants it now, 422 for nonsense."""
    form = PositionForm(request.POST)
    if not form.is_valid():
        return HttpResponse(_("This is no place."), status=422, content_type="text/plain; charset=utf-8")
    point = Point(form.cleaned_data["lon"], form.cleaned_data["lat"])
    kept = note_position(town=request.town, rider=request.user, point=point, at=timezone.now())
    return HttpResponse(status=204 if kept else 409)
