"""Hours, days off, the switch, ways to serve, words: what a merchant says about the shop."""

from datetime import date, timedelta
from html import unescape
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from parvis.places.actions.entries import add_closure
from parvis.places.models import Closure


def text(response):
    return " ".join(unescape(response.content.decode()).split())


def week(**days):
    """Boxes of the grid: ``week(d0=[("09:00", "12:30")])``."""
    boxes = {"save": "1"}
    for day, spans in days.items():
        for number, (start, end) in enumerate(spans):
            boxes |= {f"{day}-{number}-from": start, f"{day}-{number}-to": end}
    return boxes


def hours_of(shop):
    shop.place.refresh_from_db()
    return shop.place.opening_hours


def test_the_grid_writes_the_words_of_the_map(post_to, page_of, shop, at):
    day = [("09:00", "12:30"), ("14:00", "19:00")]
    boxes = week(d0=day, d1=day, d2=day, d3=day, d4=day, d5=[("09:00", "19:00")])
    assert post_to("hours/", **boxes, **{"h-closed": "on"}).status_code == 302
    assert hours_of(shop) == "Mo-Fr 09:00-12:30,14:00-19:00; Sa 09:00-19:00; PH off"
    assert shop.place.hours_read
    assert shop.place.checked_at == at
    page = text(page_of("hours/"))
    assert 'name="d0-1-to" value="19:00"' in page
    assert "checked" in page


def test_midnight_and_a_week_off(post_to, shop):
    post_to("hours/", **week(d4=[("18:00", "00:00")]))
    assert hours_of(shop) == "Fr 18:00-24:00"
    post_to("hours/", **week())
    assert hours_of(shop) == "off"


def test_copying_a_day_writes_nothing_yet(post_to, shop):
    response = post_to("hours/", **week(d0=[("09:00", "12:30")]), copy="d0")
    page = text(response)
    assert "not saved yet" in page
    assert 'name="d6-0-from" value="09:00"' in page
    assert hours_of(shop) == "Mo-Su 08:00-20:00"
    assert post_to("hours/", **week(), copy="d99").status_code == 200
    assert hours_of(shop) == "Mo-Su 08:00-20:00"


@pytest.mark.parametrize(
    ("boxes", "sentence"),
    [
        (week(d1=[("09:00", "")]), "Write both an opening and a closing time"),
        (week(d1=[("19:00", "12:00")]), "Closing comes after opening"),
        (week(d1=[("09:00", "14:00"), ("13:00", "19:00")]), "Leave a pause between the two"),
        (week(d1=[("neuf heures", "14:00")]), "Write a time like 9:00"),
    ],
)
def test_impossible_days_explain_and_stay(post_to, shop, boxes, sentence):
    response = post_to("hours/", **boxes)
    assert response.status_code == 422
    assert sentence in text(response)
    assert boxes["d1-0-from"] in text(response)
    assert hours_of(shop) == "Mo-Su 08:00-20:00"


def test_what_the_grid_cannot_show_is_said_and_stays(post_to, page_of, shop):
    """The rules of the place are the directory's: the page of the market shows the same form."""
    kept = "Mo-Fr 09:00-18:00; Aug off; Dec 24 09:00-16:00"
    shop.place.opening_hours = kept
    shop.place.save()
    page = text(page_of("hours/"))
    assert "24 December: 9:00–16:00" in page
    assert 'name="s0-first-month"' in page
    boxes = week(d0=[("10:00", "12:00")]) | {"seasons": "1", "s0-first-day": "1", "s0-first-month": "8"}
    boxes |= {"s0-last-day": "31", "s0-last-month": "8"} | {f"s0-d{day}-closed": "on" for day in range(7)}
    post_to("hours/", **boxes)
    assert hours_of(shop) == "Mo 10:00-12:00; Aug off; Dec 24 09:00-16:00"


@pytest.mark.parametrize("nonsense", ["tous les jours", "Mo-Fr 25:99", "Mo-Fr 09:00-18:00 ;; ;"])
def test_text_that_nobody_understands_is_kept_and_refused(post_to, shop, nonsense):
    response = post_to("hours/", **{"as": "text", "opening_hours": nonsense})
    assert response.status_code == 422
    assert nonsense in text(response)
    assert hours_of(shop) == "Mo-Su 08:00-20:00"


def test_days_off_come_and_go(post_to, page_of, shop, at):
    first, last = at.date() + timedelta(days=10), at.date() + timedelta(days=20)
    typed = {"first_day": first.isoformat(), "last_day": last.isoformat(), "reason": "Vacances d'hiver"}
    for _ in range(2):
        assert post_to("hours/", do="close", **typed).status_code == 302
    closure = Closure.objects.get()
    assert "Vacances d'hiver" in text(page_of("hours/"))
    assert "Closed from Sunday 6 December to Wednesday 16 December" in text(page_of("hours/"))
    post_to("hours/", do="reopen", closure=str(closure.pk))
    assert not Closure.objects.exists()
    assert post_to("hours/", do="reopen", closure=str(closure.pk)).status_code == 422


def test_another_shop_cannot_remove_them(post_to, shop, other_merchant, at):
    closure = add_closure(place=shop.place, first_day=at.date(), last_day=at.date(), reason="", at=at)
    asked = {"do": "reopen", "closure": str(closure.pk)}
    assert post_to("hours/", person=other_merchant, shop="primeurs-de-la-place", **asked).status_code == 422
    assert Closure.objects.exists()


@pytest.mark.parametrize(
    ("first", "last", "sentence"),
    [
        ("2026-12-10", "2026-12-01", "The last day comes before the first"),
        ("2026-01-01", "2026-01-02", "already past"),
        ("demain", "2026-12-01", "Enter a valid date"),
    ],
)
def test_days_in_disorder_explain_and_stay(post_to, shop, first, last, sentence):
    response = post_to("hours/", do="close", first_day=first, last_day=last, reason="Fête")
    assert response.status_code == 422
    assert sentence in text(response)
    assert "Fête" in text(response)
    assert not Closure.objects.exists()


def test_the_master_switch(post_to, page_of, shop):
    post_to("takes-orders/", takes_orders="0")
    shop.refresh_from_db()
    assert not shop.takes_orders
    assert "The shop takes no orders" in text(page_of("hours/"))
    post_to("takes-orders/", takes_orders="1")
    shop.refresh_from_db()
    assert shop.takes_orders


def test_ways_to_serve(post_to, page_of, shop):
    shop.modalities.filter(kind="post").delete()
    typed = {
        "collect-active": "on",
        "shop-active": "on",
        "shop-fee": "3,50",
        "shop-minimum": "20",
        "shop-note": "Le soir",
    }
    assert post_to("ways/", **typed).status_code == 302
    ways = {way.kind: way for way in shop.modalities.all()}
    assert ways["collect"].active
    assert not ways["bike"].active
    assert not ways["post"].active
    assert (ways["shop"].fee_cents, ways["shop"].minimum_cents, ways["shop"].note) == (350, 2000, "Le soir")
    assert "3.50" in text(page_of("ways/"))


def test_no_way_at_all_warns(post_to, page_of, shop):
    post_to("ways/")
    assert "nobody can order" in text(page_of("ways/"))


def test_a_wrong_fee_stays_with_its_sentence(post_to, shop):
    response = post_to("ways/", **{"shop-active": "on", "shop-fee": "trois", "post-fee": "quatre"})
    assert response.status_code == 422
    assert text(response).count("Write an amount like 4.20") >= 2
    assert 'value="trois"' in text(response)
    assert shop.modalities.get(kind="shop").fee_cents == 250


def test_words_and_picture(post_to, page_of, shop):
    out = BytesIO()
    Image.new("RGB", (900, 600), "#0e5a4a").save(out, "PNG")
    picture = SimpleUploadedFile("shop.png", out.getvalue())
    typed = {"tagline": "Au levain", "description": "Depuis 1952.", "picture": picture}
    assert post_to("about/", **typed).status_code == 302
    shop.refresh_from_db()
    assert shop.tagline == "Au levain"
    assert shop.picture.name.endswith(".webp")
    response = post_to("about/", tagline="x" * 141)
    assert response.status_code == 422
    assert "x" * 141 in text(response)


def test_the_day_is_a_date():
    assert date(2026, 11, 26).weekday() == 3
