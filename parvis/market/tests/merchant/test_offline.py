"""The prepare screen without a network: what a device may keep, for whom, and what comes from there later."""

from datetime import datetime

import pytest

from parvis.core.offline import WHOSE, whose
from parvis.demo import builders
from parvis.market.models import PartEvent
from parvis.market.tests.merchant.test_orders import text
from parvis.people.models import Role

KEY, OTHER = "0f8fad5b-d9cb-469f-a165-70867728950e", "7c9e6679-7425-40de-944b-e07fc1f90ae7"
TAPPED = "2026-11-26T08:40:00.000Z"


def events(part):
    return list(PartEvent.objects.filter(part=part).exclude(kind="placed").values_list("kind", "key", "tapped_at"))


@pytest.fixture
def colleague(town, shop):
    """Somebody else of the same shop."""
    person = builders.make_person("Louise Petit", "louise@example.org")
    builders.give_role(person, town, Role.Kind.MERCHANT, shop.organisation)
    return person


def test_only_whole_pages_of_orders_are_kept(page_of, order_of, product, merchant, colleague):
    part = order_of(product)
    for path in ("", f"orders/{part.pk}/"):
        assert page_of(path)[WHOSE] == whose(merchant)
        assert f'data-whose="{whose(merchant)}"' in text(page_of(path))
        assert page_of(path, person=colleague)[WHOSE] == whose(colleague) != whose(merchant)
    assert WHOSE not in page_of("", headers={"HX-Request": "true"}), "a fragment is no page"
    for path in ("products/", "money/", "about/", f"orders/{part.pk}/refuse/"):
        assert WHOSE not in page_of(path), path


def test_it_says_nothing_of_the_person(merchant):
    assert len(whose(merchant)) == 16
    assert str(merchant.pk) not in whose(merchant)
    assert whose(None) == ""


def test_public_pages_say_that_they_are_nobodys(visit):
    page = visit().get("/").content.decode()
    assert 'data-whose=""' in page, "so that what was kept for somebody leaves the device"


def test_the_worker_reaches_only_the_pages_of_merchants(visit, page_of, shop):
    answer = visit().get("/merchant/offline-worker.js")
    assert answer["Content-Type"].startswith("text/javascript")
    assert "no-cache" in answer["Cache-Control"]
    assert "Service-Worker-Allowed" not in answer
    assert 'data-worker="/merchant/offline-worker.js"' in text(page_of())
    page = text(visit().get("/merchant/offline.html"))
    assert "réseau" in page
    assert "data-whose" not in page, "it does not know who reads it, so it takes no kept page away"


def test_a_tap_keeps_its_key_and_the_time_of_the_phone(post_to, order_of, product, at):
    part = order_of(product)
    post_to(f"orders/{part.pk}/accept/", key=KEY, tapped_at=TAPPED)
    post_to(f"orders/{part.pk}/ready/", key=OTHER, tapped_at="2026-11-26T10:45:00+02:00")
    moment = datetime.fromisoformat(TAPPED)
    assert events(part) == [("accepted", KEY, moment), ("ready", OTHER, moment.replace(minute=45))]
    assert PartEvent.objects.get(part=part, kind="ready").at == at, "the server's own time is the event's"


@pytest.mark.parametrize("nonsense", ["x" * 200, "\x00", "' or 1=1", "2026-13-45T99:00", "2026-11-26T08:40:00"])
def test_nonsense_in_the_hidden_boxes_loses_nothing(post_to, order_of, product, nonsense):
    part = order_of(product)
    assert post_to(f"orders/{part.pk}/ready/", key=nonsense, tapped_at=nonsense).status_code == 302
    assert events(part) == [("accepted", "", None), ("ready", "", None)]


def test_the_same_tap_again_is_quiet_and_another_one_is_told(page_of, post_to, order_of, product, colleague):
    part = order_of(product, quantity=3)
    line = part.lines.get()
    post_to(f"orders/{part.pk}/ready/", key=KEY, **{f"line-{line.pk}": 2})
    page_of(f"orders/{part.pk}/")  # reads what was said of the first
    post_to(f"orders/{part.pk}/ready/", key=KEY, **{f"line-{line.pk}": 2})
    assert "packed before" not in text(page_of(f"orders/{part.pk}/"))
    post_to(f"orders/{part.pk}/ready/", key=OTHER, person=colleague, **{f"line-{line.pk}": 3})
    assert "was packed before: this is what is in its bag" in text(page_of(f"orders/{part.pk}/", person=colleague))
    line.refresh_from_db()
    assert line.prepared_quantity == 2


def test_what_one_person_tapped_is_not_sent_by_another(post_to, order_of, product, merchant, colleague):
    part = order_of(product)
    for path in ("accept/", "ready/"):
        answer = post_to(f"orders/{part.pk}/{path}", person=colleague, headers={WHOSE: whose(merchant)})
        assert answer.status_code == 403
        assert WHOSE not in answer
    assert events(part) == []
    assert post_to(f"orders/{part.pk}/accept/", headers={WHOSE: whose(merchant)}).status_code == 302


def test_sent_after_the_session_has_ended_it_is_asked_for_again(visit, order_of, product, merchant):
    part = order_of(product)
    path = f"/merchant/{part.shop.slug}/orders/{part.pk}/ready/"
    answer = visit().post(path, {"key": KEY}, headers={WHOSE: whose(merchant)})
    assert answer.status_code == 302
    assert "/login" in answer["Location"]
    assert events(part) == []


def test_what_is_wrong_with_it_comes_back_as_the_same_persons_page(post_to, order_of, product, merchant):
    part = order_of(product)
    answer = post_to(f"orders/{part.pk}/ready/", key=KEY, **{f"line-{part.lines.get().pk}": "trois"})
    assert (answer.status_code, answer[WHOSE]) == (422, whose(merchant))
