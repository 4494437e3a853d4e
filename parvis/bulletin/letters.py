"""What people are told by mail about news, in their language; each letter has a key and leaves once."""

import textwrap
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.text import Truncator

from parvis.bulletin.cards import say_dates
from parvis.bulletin.models import Follower, Post
from parvis.core import outbox
from parvis.core.time import day_of
from parvis.towns.links import town_url
from parvis.towns.models import Town

MOST_POSTS = 40  # in one letter; the page has the rest


def post_url(post: Post) -> str:
    """The whole address of a post."""
    return town_url(post.town, reverse("news-post", args=[post.pk]))


def post_ended(post: Post, reason: str, *, refused: bool) -> None:
    """The writer reads why the town does not show the post."""
    author = post.author
    if author is None:
        return
    _send(
        f"post-ended:{post.pk}",
        "post_ended",
        post.town,
        author.email,
        author.language or post.town.default_language,
        post=post,
        reason=reason,
        refused=refused,
        mine_url=town_url(post.town, reverse("my-news")),
    )


def confirm_following(*, key: str, town: Town, to: str, what: str, link: str, language: str) -> None:
    """Whoever reads this mail box says that they want to follow; nothing is kept before that."""
    _send(key, "confirm_following", town, to, language, what=what, link=link)


def digest(follower: Follower, posts: list[Post], due: datetime) -> None:
    """What is new for one follower since the last one; leaves with the head that lets a mail box unsubscribe."""
    town = follower.town
    stop_url = town_url(town, reverse("news-stop", args=[follower.secret]))
    language = follower.language or town.default_language
    _send(
        f"digest:{follower.pk}:{due.astimezone(town.zone):%Y-%m-%d}",
        "digest",
        town,
        follower.address,
        language,
        headers={"List-Unsubscribe": f"<{stop_url}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"},
        rows=[_row(post, due, language) for post in posts[:MOST_POSTS]],
        first=posts[0],
        others=len(posts) - 1,
        more=len(posts) > MOST_POSTS,
        due=due,
        news_url=town_url(town, reverse("news")),
        following_url=f"{town_url(town, reverse('news-following'))}?key={follower.secret}",
        stop_url=stop_url,
    )


def _row(post: Post, due: datetime, language: str) -> dict[str, str]:
    """A post as a letter shows it, lines no longer than mail programs like."""
    with translation.override(language), timezone.override(post.town.zone):
        dates = say_dates(post.starts_on, post.ends_on, day_of(due, post.town.zone))
    text = " ".join(Truncator(post.rest).chars(220).split())
    words = textwrap.fill(text, 74, initial_indent="  ", subsequent_indent="  ", break_long_words=False)
    return {"head": f"{post.sender} – {post.headline}", "dates": dates, "words": words, "url": post_url(post)}


def _send(
    key: str, name: str, town: Town, to: str, language: str, *, headers: Mapping[str, str] | None = None, **context: Any
) -> None:
    if not outbox.is_wanted(to):
        return
    with translation.override(language), timezone.override(town.zone):
        text = render_to_string(f"bulletin/mail/{name}.txt", {"town": town} | context)
    subject, _, body = text.strip().partition("\n")
    outbox.send_mail(key=key, to=to, subject=subject, body=body.strip() + "\n", town_id=town.pk, headers=headers)
