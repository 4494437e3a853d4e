"""RSS, Atom and JSON Feed as readers of news are strict about them, and 304 for who has it all."""

import json
import re
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from xml.etree import ElementTree

import pytest
from django.core.files.base import ContentFile

from parvis.bulletin.actions.posts import withdraw_post

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture
def full(shown, write, at):
    picture = ContentFile(b"RIFF0000WEBP", name="p.webp")
    write(
        "Pain & « noix » <b>",
        title="Titre & fils",
        when=at + timedelta(minutes=1),
        picture=picture,
        picture_words="Pain",
    )
    return write("Troisième", when=at + timedelta(minutes=2))


def parse(answer):
    return ElementTree.fromstring(answer.content)  # noqa: S314 - our own answer


def get(visit, kind, query="", **headers):
    return visit().get(f"/news/feed.{kind}{query}", headers=headers)


def test_rss(full, visit):
    answer = get(visit, "rss")
    assert answer["Content-Type"] == "application/rss+xml; charset=utf-8"
    root = parse(answer)
    assert (root.tag, root.get("version")) == ("rss", "2.0")
    channel = root.find("channel")
    assert all(channel.findtext(name) for name in ("title", "link", "description", "language", "lastBuildDate"))
    assert channel.find(f"{ATOM}link").get("rel") == "self"
    assert channel.find(f"{ATOM}link").get("href") == "http://issy.localhost/news/feed.rss"
    items = channel.findall("item")
    assert [item.findtext("title") for item in items] == ["Troisième", "Titre & fils", "Galettes dès samedi", "Bonjour"]
    for item in items:
        assert item.find("guid").get("isPermaLink") == "false"
        assert item.findtext("guid").startswith("urn:uuid:")
        assert parsedate_to_datetime(item.findtext("pubDate")).tzinfo
        assert item.findtext("link").startswith("http://issy.localhost/news/")
    assert items[1].findtext("description") == "Pain & « noix » <b>"
    enclosure = items[1].find("enclosure")
    assert (enclosure.get("type"), enclosure.get("length")) == ("image/webp", "12")
    served = visit().get(enclosure.get("url"))
    assert b"".join(served.streaming_content) == b"RIFF0000WEBP"
    served.close()


def test_atom(full, visit):
    answer = get(visit, "atom")
    assert answer["Content-Type"] == "application/atom+xml; charset=utf-8"
    root = parse(answer)
    assert root.tag == f"{ATOM}feed"
    for name in ("id", "title", "updated"):
        assert root.findtext(ATOM + name)
    assert {link.get("rel") for link in root.findall(f"{ATOM}link")} >= {"self", "alternate"}
    entries = root.findall(f"{ATOM}entry")
    assert len(entries) == 4
    ids = [entry.findtext(f"{ATOM}id") for entry in entries]
    assert len(set(ids)) == 4
    for entry in entries:
        assert datetime.fromisoformat(entry.findtext(f"{ATOM}updated")).tzinfo
        assert datetime.fromisoformat(entry.findtext(f"{ATOM}published")).tzinfo
        assert entry.findtext(f"{ATOM}author/{ATOM}name")
        assert entry.findtext(f"{ATOM}title")
    assert any(link.get("rel") == "enclosure" for link in entries[1].findall(f"{ATOM}link"))
    again = [e.findtext(f"{ATOM}id") for e in parse(get(visit, "atom")).findall(f"{ATOM}entry")]
    assert again == ids


def test_json(full, visit):
    answer = get(visit, "json")
    assert answer["Content-Type"] == "application/feed+json; charset=utf-8"
    feed = json.loads(answer.content)
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert feed["feed_url"] == "http://issy.localhost/news/feed.json"
    assert feed["home_page_url"] == "http://issy.localhost/news/"
    for item in feed["items"]:
        assert re.fullmatch(r"urn:uuid:[0-9a-f-]{36}", item["id"])
        assert item["content_text"]
        assert datetime.fromisoformat(item["date_published"]).tzinfo
    assert feed["items"][1]["attachments"][0]["mime_type"] == "image/webp"
    assert answer["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize("kind", ["rss", "atom", "json"])
def test_an_empty_feed_is_a_feed(town, visit, kind):
    answer = get(visit, kind)
    assert answer.status_code == 200
    if kind == "json":
        assert json.loads(answer.content)["items"] == []
    else:
        parse(answer)
    assert get(visit, kind, **{"if-none-match": answer["ETag"]}).status_code == 304


@pytest.mark.parametrize("kind", ["rss", "atom", "json"])
def test_who_has_it_all_gets_304_until_something_happens(full, visit, merchant, at, kind, clock):
    first = get(visit, kind)
    assert get(visit, kind, **{"if-none-match": first["ETag"]}).status_code == 304
    assert get(visit, kind, **{"if-modified-since": first["Last-Modified"]}).status_code == 304
    withdraw_post(post=full, by=merchant, at=at + timedelta(minutes=9))
    assert get(visit, kind, **{"if-none-match": first["ETag"]}).status_code == 200
    assert get(visit, kind, **{"if-modified-since": first["Last-Modified"]}).status_code == 200, "one less is a change"


def test_of_a_place_and_of_a_street(full, place, visit, town, agent, at):
    from parvis.bulletin.actions.posts import Words, publish_post

    publish_post(town=town, place=None, author=agent, words=Words("La ville"), at=at)
    for query in (f"?place={place.slug}", "?street=place+de+la+mairie"):
        feed = json.loads(get(visit, "json", query).content)
        assert len(feed["items"]) == 4, query
        assert feed["feed_url"].endswith(query)
    assert get(visit, "rss", "?place=nowhere").status_code == 404


def test_the_feed_speaks_the_towns_language_to_everybody(full, visit):
    client = visit()
    client.cookies["language"] = "en"
    assert client.get("/news/feed.rss")["ETag"] == get(visit, "rss")["ETag"]


def test_of_another_town_nothing(full, other_town, visit):
    assert json.loads(visit(town=other_town).get("/news/feed.json").content)["items"] == []


@pytest.mark.parametrize("kind", ["rss", "atom", "json"])
def test_a_name_with_a_control_character_breaks_no_feed(full, place, visit, kind):
    type(place).objects.filter(pk=place.pk).update(name="Four\x08nil\x1f")
    answer = get(visit, kind, f"?place={place.slug}")
    assert answer.status_code == 200
    assert "Fournil" in answer.content.decode()
    if kind != "json":
        parse(answer)


def test_the_feed_asks_little(full, visit, django_assert_max_num_queries):
    with django_assert_max_num_queries(4):
        get(visit, "atom")
