"""Pictures by their address: those that anybody may see, and those that only their people and the town see still.

Proofs of delivery are shown by the delivery room, to those who may see them.
"""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db.models import Q
from django.http import FileResponse, Http404
from django.http.response import HttpResponseBase
from django.views.static import serve

from parvis.bulletin.access import is_agent, my_posts
from parvis.bulletin.models import Post
from parvis.people.requests import PersonRequest
from parvis.places.access import may_edit
from parvis.places.models import Change, Place
from parvis.towns.requests import TownRequest

FOREVER = "public, max-age=31536000, immutable"  # a name changes with its content
SHOWN = "public, max-age=3600"  # what is withdrawn leaves shared caches within the hour
OURS = "private, no-store"


@login_not_required
def picture(request: TownRequest, path: str) -> HttpResponseBase:
    """A picture of a shop or a product; of a place or a post as long as it is shown, or for those who look after it."""
    caching = FOREVER
    if path.startswith("posts/"):
        caching = _of_post(request, path)
    elif path.startswith("places/"):
        caching = _of_place(request, path)
    if not caching:
        raise Http404
    response = serve(request, path, document_root=str(settings.MEDIA_ROOT))
    if isinstance(response, FileResponse):
        response.headers["Cache-Control"] = caching
    return response


def _of_post(request: TownRequest, path: str) -> str:
    if Post.objects.shown(request.town).filter(picture=path).exists():
        return SHOWN
    if not request.user.is_authenticated:
        return ""
    posts = Post.objects.filter(town=request.town, picture=path)
    person: PersonRequest = request  # type: ignore[assignment]
    return OURS if (posts if is_agent(request) else posts.filter(my_posts(person))).exists() else ""


def _of_place(request: TownRequest, path: str) -> str:
    if Place.objects.of(request.town).filter(picture=path).exists():
        return SHOWN
    if not request.user.is_authenticated:
        return ""
    named = Change.objects.filter(Q(before__picture=path) | Q(after__picture=path), town=request.town)
    places = Place.objects.filter(Q(picture=path) | Q(pk__in=named.values("place")), town=request.town)
    return OURS if any(may_edit(request, place) for place in places) else ""
