"""Which posts a page, a feed or a letter shows."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlencode

from django.db.models import Q
from django.utils.translation import gettext as _

from parvis.bulletin.cards import Card
from parvis.bulletin.models import Follower, Post, PostQuerySet
from parvis.bulletin.streets import say_street, street_name
from parvis.core.time import day_of
from parvis.places.categories import CATEGORIES, GROUPS
from parvis.places.models import Place
from parvis.towns.models import Town

TOWN = "town"  # the group of the town's own posts
LONGEST_WORD = 160
RECENT = timedelta(days=180)  # streets offered as a filter have had news since


@dataclass(frozen=True, slots=True)
class Asked:
    """What a reader wants to see; the address of the page, the feed and what can be followed say the same."""

    place: Place | None = None
    street: str = ""
    street_name: str = ""
    group: str = ""
    soon: bool = False

    @property
    def title(self) -> str:
        """The heading."""
        if self.place:
            return _("News of %(name)s") % {"name": self.place.name}
        if self.street:
            return _("News of %(name)s") % {"name": self.street_name}
        if self.group == TOWN:
            return _("News of the town")
        return str(GROUPS[self.group]) if self.group else _("News of the shops")

    @property
    def query(self) -> str:
        """The same as part of an address, ``"street=rue+du+rhone"``."""
        parts = {
            "place": self.place.slug if self.place else "",
            "street": self.street,
            "group": self.group,
            "when": "soon" if self.soon else "",
        }
        return urlencode({key: value for key, value in parts.items() if value})

    @property
    def thing(self) -> dict[str, str]:
        """What the button *follow* sends: the place, the street, or nothing for the whole town."""
        if self.place:
            return {"place": self.place.slug}
        return {"street": self.street} if self.street else {}


def typed(values: Mapping[str, str], name: str) -> str:
    """A word of an address or a form as the database can be asked for it: short, without the sign it refuses."""
    return str(values.get(name) or "").replace("\x00", "")[:LONGEST_WORD]


def asked_in(town: Town, values: Mapping[str, str]) -> Asked | None:
    """What the address of a page asks for; nonsense in a filter is left out, an unknown place or street is None."""
    slug, street = typed(values, "place"), typed(values, "street")
    place = Place.objects.of(town).filter(slug=slug).first() if slug else None
    name = street_name(town, street) if street and not slug else ""
    if (slug and place is None) or (street and not slug and not name):
        return None
    group = values.get("group", "")
    return Asked(
        place=place,
        street=street if name else "",
        street_name=name,
        group=group if group in GROUPS or group == TOWN else "",
        soon=values.get("when") == "soon",
    )


def find_posts(town: Town, asked: Asked, at: datetime) -> PostQuerySet:
    """The posts asked for, with their place; newest first, or the soonest first when dates are asked for."""
    posts = Post.objects.shown(town).for_cards()
    if asked.place:
        posts = posts.filter(place=asked.place)
    elif asked.street:
        posts = posts.filter(place__street=asked.street)
    if asked.group == TOWN:
        posts = posts.filter(place=None)
    elif asked.group:
        posts = posts.filter(place__category__in=[key for key, c in CATEGORIES.items() if c.group == asked.group])
    return posts.current(day_of(at, town.zone)) if asked.soon else posts


def latest(town: Town, at: datetime, limit: int = 3) -> list[Card]:
    """The newest posts, for the town's front page."""
    return cards_of(town, Post.objects.shown(town).for_cards()[:limit], at)


def posts_of(place: Place, at: datetime, limit: int = 3) -> list[Card]:
    """What a place has said lately: the newest first, what is over by its own dates left out."""
    today = day_of(at, place.town.zone)
    over = Q(ends_on__lt=today) | Q(ends_on=None, starts_on__lt=today)
    posts = Post.objects.shown(place.town).for_cards().filter(place=place).exclude(over)
    return cards_of(place.town, posts[:limit], at)


def posts_for(follower: Follower, since: datetime, until: datetime) -> PostQuerySet:
    """What somebody follows and has not been told yet, each post once however many ways lead to it."""
    things = list(follower.follows.values_list("place", "street"))
    posts = Post.objects.shown(follower.town).for_cards().filter(shown_at__gt=since, shown_at__lte=until)
    if any(not place and not street for place, street in things):
        return posts
    places, streets = [place for place, _s in things if place], [street for _p, street in things if street]
    return posts.filter(Q(place__in=places) | Q(place__street__in=streets))


def streets_with_news(town: Town, at: datetime) -> list[tuple[str, str]]:
    """Streets whose places had news lately: folded and as people write them, in order."""
    rows = (
        Post.objects.filter(town=town, shown_at__gt=at - RECENT, place__gone_on=None)
        .exclude(place=None)
        .exclude(place__street="")
        .order_by()
        .values_list("place__street", "place__address")
        .distinct()
    )
    names = {street: say_street(address, street) for street, address in rows}
    return sorted(names.items(), key=lambda pair: pair[0])


def groups_with_news(town: Town) -> set[str]:
    """The groups of trades that have a post."""
    rows = Post.objects.filter(town=town, shown_at__isnull=False).order_by().values_list("place__category").distinct()
    return {CATEGORIES[key].group if key in CATEGORIES else "shops" if key else TOWN for (key,) in rows}


def cards_of(town: Town, posts: Iterable[Post], at: datetime) -> list[Card]:
    """Cards of posts of one town, which is at hand in each without another query."""
    found = []
    for post in posts:
        post.town = town
        if post.place:
            post.place.town = town
        found.append(Card(post, at))
    return found
