"""From an id, a key or a cookie to a row of the bulletin, or 404."""

from collections.abc import Mapping
from uuid import UUID

from django.conf import settings
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404

from parvis.bulletin.actions.following import Thing
from parvis.bulletin.listing import typed
from parvis.bulletin.models import Follower, Post
from parvis.bulletin.streets import street_name
from parvis.people.access import organisations_of, roles_in
from parvis.people.models import Role
from parvis.people.requests import PersonRequest
from parvis.places.models import Place
from parvis.towns.requests import TownRequest

COOKIE = "follower"
DAYS = 400  # browsers keep no cookie longer


def post_for(request: TownRequest, pk: UUID) -> Post:
    """A post that anybody of this town may read."""
    return get_object_or_404(Post.objects.shown(request.town).select_related("place", "town"), pk=pk)


def my_places(request: PersonRequest) -> list[Place]:
    """The places for which the visitor may write."""
    mine = Place.objects.of(request.town).filter(organisation__in=organisations_of(request))
    return list(mine.order_by("name", "pk"))


def is_agent(request: TownRequest) -> bool:
    """Whether the visitor writes for the town and looks after its feed."""
    return Role.Kind.AGENT in roles_in(request)


def my_posts(request: PersonRequest) -> Q:
    """The posts that the visitor may change or withdraw: those of their places, and an agent those of the town."""
    mine = Q(place__organisation__in=organisations_of(request))
    return mine | Q(place=None) if is_agent(request) else mine


def my_post(request: PersonRequest, pk: UUID) -> Post:
    """A post that the visitor may change or withdraw; another shop's is 404."""
    posts = Post.objects.filter(my_posts(request), town=request.town).select_related("place", "town")
    return get_object_or_404(posts, pk=pk)


def post_to_judge(request: PersonRequest, pk: UUID) -> Post:
    """Any post of the town, for its agents."""
    return get_object_or_404(Post.objects.select_related("place", "town"), town=request.town, pk=pk)


def thing_for(request: TownRequest, values: Mapping[str, str]) -> Thing:
    """What a button says is followed; 404 for a place or a street that the town does not have."""
    slug, street = typed(values, "place"), typed(values, "street")
    if slug:
        return Thing(place=get_object_or_404(Place.objects.of(request.town), slug=slug))
    if street and not street_name(request.town, street):
        raise Http404
    return Thing(street=street)


def follower_for(request: TownRequest) -> Follower | None:
    """Who follows here: by the key of a link in a mail, the account, or the cookie of this browser."""
    followers = Follower.objects.filter(town=request.town).select_related("person", "town")
    if key := typed(request.GET, "key") or typed(request.POST, "key"):
        return followers.filter(secret=key).first()
    if request.user.is_authenticated:
        return followers.filter(person=request.user).first()
    value = request.get_signed_cookie(COOKIE, default="", salt=request.town.slug, max_age=DAYS * 86_400)
    try:
        return followers.filter(pk=UUID(value)).first() if value else None
    except ValueError:
        return None


def remember(response: HttpResponse, follower: Follower) -> None:
    """Give this browser the cookie of its follower."""
    response.set_signed_cookie(
        COOKIE,
        str(follower.pk),
        salt=follower.town.slug,
        max_age=DAYS * 86_400,
        httponly=True,
        samesite="Lax",
        secure=settings.SECURE,
    )
