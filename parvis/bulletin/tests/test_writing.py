"""A merchant writes, changes, withdraws; nobody else does; nonsense keeps what was typed."""

from datetime import timedelta
from io import BytesIO

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from parvis.bulletin.actions.posts import Words, change_post, withdraw_post
from parvis.bulletin.models import Post
from parvis.demo import builders

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def picture(name="x.jpg", size=(1600, 1200)):
    out = BytesIO()
    Image.new("RGB", size, "#ffeedd").save(out, "JPEG")
    return SimpleUploadedFile(name, out.getvalue(), "image/jpeg")


@pytest.fixture
def browser(visit, merchant):
    client = visit(merchant)
    client.cookies["language"] = "en"
    return client


def text(answer):
    return answer.content.decode()


def test_who_may(shop, visit, citizen, agent, stranger, merchant):
    assert visit().get("/my-news/").status_code == 302
    assert visit(citizen).get("/my-news/").status_code == 404
    assert visit(stranger).get("/my-news/").status_code == 404
    assert visit(merchant).get("/my-news/").status_code == 200
    assert visit(agent).get("/my-news/").status_code == 200


def test_a_post_with_a_picture(known, browser, place):
    answer = browser.post(
        "/my-news/", {"text": "Tartes aux poires", "picture": picture(), "picture_words": "Une tarte"}
    )
    assert answer.status_code == 302
    post = Post.objects.latest("created_at")
    assert (post.text, post.place, post.language) == ("Tartes aux poires", place, "fr")
    assert post.picture.name.startswith("posts/")
    assert post.picture_bytes == post.picture.size > 0
    with post.picture.open() as file, Image.open(file) as kept:
        assert kept.format == "WEBP"
        assert max(kept.size) == 800
    page = text(browser.get("/my-news/"))
    assert "Tartes aux poires" in page
    assert "Shown" in page
    assert 'alt="Une tarte"' in text(browser.get(f"/news/{post.pk}/"))
    served = browser.get(post.picture.url)
    assert served.status_code == 200
    served.close()


def looked_at(client, url):
    answer = client.get(url)
    answer.getvalue()  # read to its end, it is closed
    return answer.status_code


def test_a_picture_is_seen_as_long_as_its_post(known, browser, visit, agent, other_merchant, merchant, at):
    browser.post("/my-news/", {"text": "Tartes", "picture": picture(), "picture_words": "Une tarte"})
    post = Post.objects.latest("created_at")
    url = post.picture.url
    assert [looked_at(visit(who), url) for who in (None, other_merchant)] == [200, 200]
    withdraw_post(post=post, by=merchant, at=at)
    seen = [looked_at(visit(who), url) for who in (None, other_merchant, merchant, agent)]
    assert seen == [404, 404, 200, 200]
    answer = visit(agent).get(url)
    answer.getvalue()  # read to its end, it is closed
    assert answer["Cache-Control"] == "private, no-store"


def test_a_replaced_picture_is_deleted(known, browser, merchant, at, django_capture_on_commit_callbacks):
    browser.post("/my-news/", {"text": "Tartes", "picture": picture(), "picture_words": "Une tarte"})
    post = Post.objects.latest("created_at")
    storage, name = post.picture.storage, post.picture.name
    with django_capture_on_commit_callbacks(execute=True):
        change_post(post=post, words=Words("Tartes", drop_picture=True), by=merchant, at=at)
    assert not storage.exists(name)


def test_the_first_one_waits_and_says_so(shop, browser):
    page = text(browser.post("/my-news/", {"text": "Bonjour"}, follow=True))
    assert "The town looks at it before it is shown." in page


def test_nonsense_keeps_what_was_typed(known, browser):
    answer = browser.post(
        "/my-news/", {"text": "x" * 501, "title": "Mon titre", "starts_on": "2026-12-02", "ends_on": "2026-12-01"}
    )
    assert answer.status_code == 422
    page = text(answer)
    assert "x" * 501 in page
    assert "Mon titre" in page
    assert "The last day comes before the first." in page
    answer = browser.post("/my-news/", {"text": "Avec photo", "picture": SimpleUploadedFile("a.jpg", b"no picture")})
    assert answer.status_code == 422
    assert "Avec photo" in text(answer)
    assert "Choose the picture again" in text(answer)
    answer = browser.post("/my-news/", {"text": "Passé", "ends_on": "2026-11-01"})
    assert answer.status_code == 422
    assert "already past" in text(answer)
    assert Post.objects.count() == 1


def test_for_one_of_several_places(known, town, merchant, browser, other_merchant):
    second = builders.make_shop(town, "Deuxième boutique", owner=merchant)
    assert "Deuxième boutique" in text(browser.get("/my-news/"))
    browser.post("/my-news/", {"text": "Ici aussi", "place": second.place.slug})
    assert Post.objects.get(text="Ici aussi").place == second.place
    answer = browser.post("/my-news/", {"text": "Pas chez moi", "place": "primeurs-de-la-place"})
    assert answer.status_code == 422
    assert not Post.objects.filter(text="Pas chez moi").exists()


def test_the_agent_writes_for_the_town(town, agent, visit):
    visit(agent).post("/my-news/", {"text": "Marché de Noël"})
    post = Post.objects.get()
    assert post.place is None
    assert post.shown_at


def test_changing_and_too_late(shown, browser, at):
    url = f"/my-news/{shown.pk}/"
    assert "Galettes dès samedi" in text(browser.get(url))
    assert browser.post(url, {"text": " "}).status_code == 422
    assert browser.post(url, {"text": "Galettes dès vendredi"}).status_code == 302
    shown.refresh_from_db()
    assert shown.text == "Galettes dès vendredi"
    with time_machine.travel(at + timedelta(minutes=16), tick=False):
        assert browser.get(url).status_code == 302
        answer = browser.post(url, {"text": "Trop tard"})
        assert answer.status_code == 422
        assert "People have read it by now" in text(answer)


def test_the_picture_goes(known, browser):
    browser.post("/my-news/", {"text": "Photo", "picture": picture()})
    post = Post.objects.get(text="Photo")
    browser.post(f"/my-news/{post.pk}/", {"text": "Photo", "drop_picture": "on"})
    post.refresh_from_db()
    assert not post.picture
    assert post.picture_bytes == 0


def test_withdrawing_asks_first(shown, browser):
    url = f"/my-news/{shown.pk}/withdraw/"
    assert "Withdraw this post?" in text(browser.get(url))
    assert Post.objects.get(pk=shown.pk).shown_at
    browser.post(url)
    assert Post.objects.get(pk=shown.pk).shown_at is None
    assert "already" in text(browser.post(url, follow=True))


def test_others_do_not_touch_it(shown, visit, other_merchant, citizen, stranger, agent):
    for person in (other_merchant, citizen, stranger, agent):
        for url in (f"/my-news/{shown.pk}/", f"/my-news/{shown.pk}/withdraw/"):
            assert visit(person).get(url).status_code == 404, person
            assert visit(person).post(url, {"text": "Piraté"}).status_code == 404, person
    shown.refresh_from_db()
    assert shown.text == "Galettes dès samedi"


def test_a_merchant_without_a_place_is_told_what_to_do(town, visit, citizen):
    organisation = builders.Organisation.objects.create(town=town, name="Sans lieu")
    builders.give_role(citizen, town, "merchant", organisation)
    answer = visit(citizen).get("/my-news/")
    assert answer.status_code == 200
    assert "/places/" in text(answer)
    assert visit(citizen).post("/my-news/", {"text": "x"}).status_code == 200
    assert not Post.objects.exists()


def test_the_list_asks_little(known, write, browser, at, django_assert_max_num_queries):
    for number in range(5):
        write(f"Nouvelle {number}", when=at - timedelta(hours=number + 1))
    with django_assert_max_num_queries(10):
        browser.get("/my-news/")
