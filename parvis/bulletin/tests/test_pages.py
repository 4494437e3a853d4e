"""What anybody reads: the feed and its filters, one post, reporting; how many questions the database is asked."""

from datetime import timedelta

import pytest
from django.urls import reverse

from parvis.bulletin.actions.posts import Words, publish_post, withdraw_post
from parvis.bulletin.listing import latest, posts_of
from parvis.bulletin.models import Post, PostEvent
from parvis.demo import builders

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


@pytest.fixture
def browser(visit):
    client = visit()
    client.cookies["language"] = "en"
    return client


def text(answer):
    return answer.content.decode()


def test_an_empty_feed_says_so(town, browser):
    answer = browser.get("/news/")
    assert answer.status_code == 200
    assert "No news yet" in text(answer)


def test_newest_first_and_only_what_is_shown(shown, write, browser, at):
    write("Brioche du dimanche", when=at + timedelta(minutes=1))
    write("Voir www.x.fr", when=at + timedelta(minutes=2))
    page = text(browser.get("/news/"))
    assert page.index("Brioche du dimanche") < page.index("Galettes dès samedi")
    assert "www.x.fr" not in page
    assert 'type="application/rss+xml"' in page
    assert 'type="application/atom+xml"' in page
    assert 'type="application/feed+json"' in page


def test_filters(shown, write, town, place, agent, browser, at):
    other = builders.make_shop(town, "Pharmacie du Marché", category="pharmacy", address="4 rue du Temple").place
    publish_post(town=town, place=None, author=agent, words=Words("Le marché ferme à midi"), at=at)
    hidden = publish_post(town=town, place=other, author=agent, words=Words("Vaccins"), at=at)
    from parvis.bulletin.actions.posts import approve_post

    approve_post(post=hidden, by=agent, at=at)
    today = at.date()
    write("Soldes", starts_on=today + timedelta(days=3))
    write("Loin", starts_on=today + timedelta(days=40))

    def seen(query):
        page = text(browser.get(f"/news/?{query}"))
        words = ("Galettes", "marché ferme", "Vaccins", "Soldes", "Loin")
        return {word for word in words if f">{word}" in page or f" {word}" in page.split("<main", 1)[1]}

    assert seen("") == {"Galettes", "marché ferme", "Vaccins", "Soldes", "Loin"}
    assert seen(f"place={other.slug}") == {"Vaccins"}
    assert seen("street=rue+du+temple") == {"Vaccins"}
    assert seen("group=health") == {"Vaccins"}
    assert seen("group=town") == {"marché ferme"}
    assert seen("when=soon") == {"Soldes"}
    assert seen("group=nonsense&when=perhaps&page=-7") == {"Galettes", "marché ferme", "Vaccins", "Soldes", "Loin"}
    assert browser.get("/news/?street=rue+nulle").status_code == 404
    assert browser.get("/news/?place=nowhere").status_code == 404
    assert "rue du Temple" in text(browser.get("/news/?street=rue+du+temple"))


def test_pages_of_the_feed(shown, write, town, browser, at):
    Post.objects.bulk_create(
        Post(town=town, text=f"Nouvelle {n}", language="fr", created_at=at, changed_at=at, shown_at=at)
        for n in range(30)
    )
    assert "Page 1 of 3" in text(browser.get("/news/"))
    assert browser.get("/news/?page=3").status_code == 200


def test_the_number_of_questions_does_not_grow(known, write, town, browser, at, django_assert_max_num_queries):
    for number in range(5):
        write(f"Nouvelle {number}", when=at + timedelta(hours=number - 24))
    with django_assert_max_num_queries(8):
        browser.get("/news/")


def test_one_post(shown, browser):
    page = text(browser.get(f"/news/{shown.pk}/"))
    assert "Galettes dès samedi" in page
    assert shown.place.name in page


def test_what_is_withdrawn_or_of_another_town_is_not_there(shown, merchant, other_town, visit, at):
    assert visit(town=other_town).get(f"/news/{shown.pk}/").status_code == 404
    withdraw_post(post=shown, by=merchant, at=at)
    for client in (visit(), visit(merchant)):
        assert client.get(f"/news/{shown.pk}/").status_code == 404


def test_a_reader_reports(shown, browser, visit, citizen):
    url = reverse("news-report", args=[shown.pk], urlconf="parvis.config.urls")
    assert "What is wrong" in text(browser.get(url))
    answer = browser.post(url, {"note": " "})
    assert answer.status_code == 422
    assert "few words" in text(answer)
    for _again in range(2):
        assert browser.post(url, {"note": "Ce n'est pas vrai"}).status_code == 302
    assert visit(citizen).post(url, {"note": "Faux"}).status_code == 302
    reports = PostEvent.objects.filter(kind="reported")
    assert [event.note for event in reports] == ["Ce n'est pas vrai", "Faux"]
    assert all(event.by is None and len(event.reporter) == 43 for event in reports), "nobody is named"


def test_reading_writes_nothing(shown, browser, django_assert_num_queries):
    before = PostEvent.objects.count()
    for url in ("/news/", f"/news/{shown.pk}/", f"/news/{shown.pk}/report/"):
        browser.get(url)
    assert PostEvent.objects.count() == before


def test_what_other_rooms_show(shown, write, place, at, django_assert_num_queries):
    write("Hier seulement", ends_on=at.date(), when=at - timedelta(days=1))
    with django_assert_num_queries(1):
        cards = latest(place.town, at)
        assert cards[0].post.headline == "Galettes dès samedi"
        assert all((card.icon, card.street, card.href) for card in cards)
    later = at + timedelta(days=2)
    assert [card.post.headline for card in posts_of(place, later)] == ["Galettes dès samedi", "Bonjour"]


def test_the_front_page_has_the_newest(shown, browser):
    page = text(browser.get("/"))
    assert "Galettes dès samedi" in page
    assert "All news" in page


@pytest.mark.parametrize(
    ("text", "headline", "rest"),
    [
        ("Les galettes sortent à 16 h. Vingt pièces.", "Les galettes sortent à 16 h.", "Vingt pièces."),
        ("Ouvert lundi", "Ouvert lundi", ""),
        ("Nouveau !\nDes tartes", "Nouveau !", "Des tartes"),
        ("Une première ligne sans point\nla suite", "Une première ligne sans point", "la suite"),
        ("mot " * 40, "mot " * 22 + "m…", "mot " * 40),
    ],
)  # fmt: skip
def test_the_first_sentence_stands_as_a_title(text, headline, rest):
    post = Post(text=text.strip())
    assert post.rest == rest.strip()
    assert post.headline == headline or (len(text) > 100 and post.headline.endswith("…") and len(post.headline) <= 90)


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        (None, None, ""),
        (0, None, "Today"),
        (1, 1, "Tomorrow"),
        (None, 3, "Until Sunday 29 November"),
        (-2, 3, "Until Sunday 29 November"),
        (-2, 0, "Last day today"),
        (4, 6, "Monday 30 November to Wednesday 2 December"),
        (300, None, "Wednesday 22 September 2027"),
    ],
)
def test_days_in_words(at, first, last, words):
    from parvis.bulletin.cards import say_dates

    days = [None if n is None else at.date() + timedelta(days=n) for n in (first, last)]
    assert say_dates(*days, at.date()) == words
