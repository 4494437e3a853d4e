"""News of the demonstration towns: invented, read from a table, dated from the clock, through the same actions."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from parvis.bulletin.actions.posts import Words, approve_post, publish_post, report_post
from parvis.bulletin.models import Post
from parvis.core.pictures import clean_picture
from parvis.core.time import day_of, moment
from parvis.demo.drawings import drawing
from parvis.demo.reading import DATA
from parvis.market.models import Shop
from parvis.people.models import Person, Role
from parvis.towns.models import Town

FRESH = timedelta(hours=30)  # older than that, the news of a living town are told anew
EARLIEST, LATEST = time(7, 30), time(20)


@dataclass(frozen=True, slots=True)
class Row:
    """One post. ``state`` is "waits" (for the agent), "new" (shown, not looked at), "reported", or "" (all is well)."""

    shop: str  # "" is the town
    ago: int  # hours
    words: Words
    picture: str
    language: str
    state: str


def rows(slug: str, today: date) -> Iterator[Row]:
    """The posts of a town's table, oldest first; days are counted from ``today``."""
    with (DATA / "news" / f"{slug}.csv").open(newline="", encoding="utf-8") as file:
        found = list(csv.DictReader(file, delimiter="|"))
    for row in sorted(found, key=lambda row: -int(row["ago"])):
        days = [today + timedelta(days=int(row[key])) if row[key].strip() else None for key in ("starts", "ends")]
        words = Words(row["text"], row["title"], days[0], days[1], picture_words=row["picture_words"])
        yield Row(row["shop"], int(row["ago"]), words, row["picture"], row["language"].strip(), row["state"])


def bring_news(town: Town, *, at: datetime) -> int:
    """Tell the town's news anew when the last ones are old; how many were written."""
    newest = Post.objects.filter(town=town, created_at__lte=at).order_by("-created_at").first()
    if newest is not None and newest.created_at > at - FRESH:
        return 0
    for old in Post.objects.filter(town=town):
        old.picture.delete(save=False)
        old.delete()
    shops = {shop.name: shop for shop in Shop.objects.filter(town=town).select_related("place")}
    agent = Person.objects.filter(roles__town=town, roles__kind=Role.Kind.AGENT).order_by("email").first()
    merchants = {
        role.organisation_id: role.person
        for role in Role.objects.filter(town=town, kind=Role.Kind.MERCHANT).select_related("person")
    }
    written = 0
    for row in rows(town.slug, day_of(at, town.zone)):
        shop = shops.get(row.shop)
        if agent is None or (row.shop and shop is None):
            continue
        author = merchants.get(shop.organisation_id) if shop else agent
        _write(town, row, shop, author, agent, at)
        written += 1
    return written


def _write(town: Town, row: Row, shop: Shop | None, author: Person | None, agent: Person, at: datetime) -> None:
    then = _by_day(at - timedelta(hours=row.ago), at, town)
    words = row.words
    if row.picture:
        picture = clean_picture(drawing(row.picture))
        words = Words(words.text, words.title, words.starts_on, words.ends_on, picture, words.picture_words)
    place = shop.place if shop else None
    if row.state == "new" and place is not None:  # known to the agent by an earlier post
        hello = Words("Bienvenue chez nous." if row.language == "fr" else "Welkom bij ons.")
        early = then - timedelta(days=40)
        first = publish_post(town=town, place=place, author=author, words=hello, at=early, language=row.language)
        approve_post(post=first, by=agent, at=early + timedelta(minutes=50))
    if words.ends_on and words.ends_on < day_of(then, town.zone):
        return
    post = publish_post(town=town, place=place, author=author, words=words, at=then, language=row.language)
    if row.state == "reported":
        approve_post(post=post, by=agent, at=min(then + timedelta(minutes=5), at))
        report_post(
            post=post, note="Le prix en vitrine n’est pas celui-là.", reporter="demo", at=at - timedelta(minutes=40)
        )
    elif row.state == "" and place is not None:
        approve_post(post=post, by=agent, at=min(then + timedelta(minutes=25), at))


def _by_day(then: datetime, at: datetime, town: Town) -> datetime:
    """Shops write by day: what falls into the night was written the evening before."""
    local = then.astimezone(town.zone)
    if local.time() < EARLIEST:
        return moment(local.date() - timedelta(days=1), time(18, local.minute), town.zone)
    return moment(local.date(), time(19, local.minute), town.zone) if local.time() > LATEST else then
