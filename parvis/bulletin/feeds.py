"""The feed for readers of news: RSS 2.0, Atom 1.0 and JSON Feed 1.1, all of the same posts."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.feedgenerator import Atom1Feed, Enclosure, Rss201rev2Feed, SyndicationFeed

from parvis.bulletin.models import Post
from parvis.core.printable import printable

PICTURES = "image/webp"  # what clean_picture makes of all


@dataclass(frozen=True, slots=True)
class Channel:
    """What a feed says of itself."""

    title: str
    description: str
    language: str
    page_url: str
    feed_url: str
    absolute: Callable[[str], str]
    link: Callable[[Post], str]


def rss(channel: Channel, posts: Sequence[Post]) -> str:
    """RSS 2.0."""
    return _xml(Rss201rev2Feed, channel, posts)


def atom(channel: Channel, posts: Sequence[Post]) -> str:
    """Atom 1.0 (RFC 4287)."""
    return _xml(Atom1Feed, channel, posts)


def _xml(kind: type[SyndicationFeed], channel: Channel, posts: Sequence[Post]) -> str:
    feed = kind(
        title=printable(channel.title),
        link=channel.page_url,
        description=channel.description,
        subtitle=channel.description,
        language=channel.language,
        feed_url=channel.feed_url,
        feed_guid=channel.feed_url,
    )
    for post in posts:
        enclosures = []
        if post.picture:
            enclosures = [Enclosure(channel.absolute(post.picture.url), str(post.picture_bytes), PICTURES)]
        feed.add_item(
            title=printable(post.headline),
            link=channel.link(post),
            description=printable(post.text),
            author_name=printable(post.sender),
            pubdate=post.shown_at,
            updateddate=max(filter(None, (post.changed_at, post.shown_at))),
            unique_id=post.pk.urn,
            unique_id_is_permalink=False,
            enclosures=enclosures,
        )
    return feed.writeString("utf-8")


def json_feed(channel: Channel, posts: Sequence[Post]) -> str:
    """JSON Feed 1.1 (https://www.jsonfeed.org/version/1.1/)."""
    return json.dumps(
        {
            "version": "https://jsonfeed.org/version/1.1",
            "title": printable(channel.title),
            "description": channel.description,
            "home_page_url": channel.page_url,
            "feed_url": channel.feed_url,
            "language": channel.language,
            "items": [_item(channel, post) for post in posts],
        },
        ensure_ascii=False,
    )


def _item(channel: Channel, post: Post) -> dict[str, Any]:
    item: dict[str, Any] = {
        "id": post.pk.urn,
        "url": channel.link(post),
        "title": post.headline,
        "content_text": post.text,
        "date_published": post.shown_at.isoformat() if post.shown_at else "",
        "date_modified": max(filter(None, (post.changed_at, post.shown_at))).isoformat(),
        "authors": [{"name": printable(post.sender)}],
        "language": post.language,
    }
    if post.picture:
        address = channel.absolute(post.picture.url)
        attachment = {"url": address, "mime_type": PICTURES, "size_in_bytes": post.picture_bytes}
        item |= {"image": address, "attachments": [attachment]}
    return item


KINDS = {
    "rss": (rss, "application/rss+xml; charset=utf-8"),
    "atom": (atom, "application/atom+xml; charset=utf-8"),
    "json": (json_feed, "application/feed+json; charset=utf-8"),
}
