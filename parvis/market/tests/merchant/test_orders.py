"""What must I prepare? Accept, refuse, fill the bag, label it, hand it over."""

from datetime import timedelta
from html import unescape

import pytest

from parvis.core.models import OutboxMessage
from parvis.delivery.actions import scan_bag_in
from parvis.delivery.models import Bag
from parvis.demo import builders
from parvis.market import ledger
from parvis.market.actions import accept_part, prepare_part
from parvis.market.models import Part, PartEvent
from parvis.market.states import PartState


def text(response):
    return " ".join(unescape(response.content.decode()).split())


def fresh(part):
    return Part.objects.of_shop(part.shop).get(pk=part.pk)


def test_most_urgent_first_in_groups(page_of, order_of, product, window, at):
    later = order_of(product, ago=5)
    urgent = order_of(product, ago=90)
    packed = order_of(product, "bike", window=window)
    prepare_part(part=packed, quantities={}, at=at)
    accepted = order_of(product, ago=1)
    accept_part(part=accepted, at=at)
    page = text(page_of())
    assert "2 orders wait for your answer" in page
    assert "(2) Orders" in page
    order = [page.index(p.order.code) for p in (urgent, later, accepted, packed)]
    assert order == sorted(order)
    assert "30 min late" in page
    assert "for 16:00" in page, "goods for the bike are due an hour before the window"
    assert Bag.objects.get().code in page


def test_tomorrow_and_done_have_their_own_headings(page_of, order_of, product, hub, at, post_to):
    tomorrow = order_of(product, "bike", window=builders.make_window(hub, at + timedelta(days=1)))
    accept_part(part=tomorrow, at=at)
    part = order_of(product)
    post_to(f"orders/{part.pk}/ready/")
    post_to(f"orders/{part.pk}/done/")
    page = text(page_of())
    assert "Another day" in page
    assert "for tomorrow, 9:00" in page
    assert "Done today" in page
    assert "Nothing to prepare right now" in page


def test_yesterday_is_gone_and_what_is_open_stays(page_of, order_of, product, at):
    old = order_of(product, ago=60 * 24 * 2)
    prepare_part(part=old, quantities={}, at=at - timedelta(days=2))
    gone = order_of(product, ago=60 * 24 * 2)
    PartEvent.objects.create(town=gone.town, part=gone, kind="refused", at=at - timedelta(days=1), reason="x")
    page = text(page_of())
    assert old.order.code in page
    assert gone.order.code not in page


def test_the_list_refreshes_by_itself_and_alone(page_of, order_of, product):
    part = order_of(product)
    whole, alone = page_of(), page_of(headers={"hx-request": "true"})
    assert 'hx-trigger="every 20s"' in text(whole)
    assert part.order.code in text(alone)
    assert "<title>(1) Orders" in text(alone)
    assert '<header class="header">' not in text(alone)
    inside = text(whole).split('id="board"')[1].split('class="footer"')[0]
    assert part.order.code in inside


def test_no_orders_says_what_comes(page_of, shop):
    assert "No orders yet today" in text(page_of())
    shop.takes_orders = False
    shop.save()
    assert "The shop takes no orders at the moment" in text(page_of())


def test_queries_do_not_grow_with_orders(page_of, order_of, product, window, django_assert_max_num_queries):
    for n in range(10):
        order_of(product, "bike" if n % 2 else "collect", quantity=1, window=window if n % 2 else None)
    page_of("about/")  # sign-in has its own queries
    with django_assert_max_num_queries(14):
        assert page_of().status_code == 200


def test_accept_in_one_tap_and_a_second_tap_is_harmless(post_to, page_of, order_of, product):
    part = order_of(product)
    for _ in range(2):
        response = post_to(f"orders/{part.pk}/accept/")
        assert response["Location"] == "/merchant/boulangerie-du-parvis/"
    assert fresh(part).state == PartState.ACCEPTED
    assert PartEvent.objects.filter(part=part, kind="accepted").count() == 1
    assert OutboxMessage.objects.filter(key=f"part-accepted:{part.pk}").count() == 1


def test_accepting_what_the_buyer_cancelled_says_so(visit, merchant, order_of, product, clock, at):
    from parvis.market.actions import cancel_part

    part = order_of(product)
    cancel_part(part=part, at=at)
    client = visit(merchant)
    client.cookies["language"] = "en"
    response = client.post(f"/merchant/boulangerie-du-parvis/orders/{part.pk}/accept/", follow=True)
    assert "has moved on meanwhile" in text(response)
    assert fresh(part).state == PartState.CANCELLED


def test_refusing_needs_a_reason_and_keeps_what_was_typed(post_to, order_of, product):
    part = order_of(product)
    response = post_to(f"orders/{part.pk}/refuse/", text="Le four est en panne")
    assert response.status_code == 422
    assert "Le four est en panne" in text(response)
    assert fresh(part).state == PartState.PLACED
    response = post_to(f"orders/{part.pk}/refuse/", choice="other", text="  ")
    assert "Write a reason" in text(response)
    response = post_to(f"orders/{part.pk}/refuse/", choice="nonsense", text="Encore")
    assert response.status_code == 422
    assert "Encore" in text(response)


def test_refusing_gives_stock_back_and_tells_why(post_to, order_of, product):
    part = order_of(product)
    for _ in range(2):
        response = post_to(f"orders/{part.pk}/refuse/", choice="sold-out", text="La dernière est partie")
        assert response.status_code == 302
    product.refresh_from_db()
    assert product.stock == 10
    event = PartEvent.objects.get(part=part, kind="refused")
    assert event.reason.endswith("La dernière est partie")
    assert OutboxMessage.objects.filter(key=f"part-refused:{part.pk}").count() == 1


def test_the_bag_is_ready_with_everything(post_to, page_of, order_of, product, town):
    part = order_of(product, quantity=3)
    page = text(page_of(f"orders/{part.pk}/"))
    assert "Sonner deux fois" in page
    assert 'href="tel:0612345678"' in page
    assert 'value="3" min="0" max="3"' in page
    for _ in range(2):
        response = post_to(f"orders/{part.pk}/ready/", **{f"line-{part.lines.get().pk}": "3"})
        assert response["Location"].endswith(f"/orders/{part.pk}/")
    assert fresh(part).state == PartState.READY
    assert ledger.town_sum(town) == 0
    assert "Print the label" in text(page_of(f"orders/{part.pk}/"))


def test_what_is_missing_is_told_and_not_charged(post_to, page_of, order_of, product):
    part = order_of(product, quantity=3)
    post_to(f"orders/{part.pk}/ready/", **{f"line-{part.lines.get().pk}": "2"})
    page = text(page_of(f"orders/{part.pk}/"))
    assert "1 missing, not charged" in page
    assert "€8.40" in page


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("4", "less than or equal to 3"),
        ("-1", "greater than or equal to 0"),
        ("deux", "Write a whole number"),
        ("0", "Nothing is left"),
    ],
)
def test_impossible_quantities_explain_and_stay(post_to, order_of, product, typed, sentence):
    part = order_of(product, quantity=3)
    response = post_to(f"orders/{part.pk}/ready/", **{f"line-{part.lines.get().pk}": typed})
    assert response.status_code == 422
    assert sentence in text(response)
    assert f'value="{typed}"' in text(response)
    assert fresh(part).state == PartState.PLACED


def test_collected_here(post_to, page_of, order_of, product, town):
    part = order_of(product)
    post_to(f"orders/{part.pk}/ready/")
    for _ in range(2):
        post_to(f"orders/{part.pk}/done/", **{"from": "order"})
    assert fresh(part).state == PartState.DONE
    assert ledger.balances(town)["till:boulangerie-du-parvis"] == 840
    assert "Handed over and paid" in text(page_of(f"orders/{part.pk}/"))


@pytest.mark.parametrize("kind", ["shop", "post"])
def test_sent_then_paid(kind, post_to, page_of, order_of, product, town):
    part = order_of(product, kind)
    post_to(f"orders/{part.pk}/ready/")
    assert ("Posted" if kind == "post" else "It has left") in text(page_of())
    for _ in range(2):
        post_to(f"orders/{part.pk}/sent/")
    assert fresh(part).state == PartState.SENT
    assert "Handed over and paid" in text(page_of())
    post_to(f"orders/{part.pk}/done/")
    assert fresh(part).state == PartState.DONE
    assert ledger.balances(town)["till:boulangerie-du-parvis"] == 840 + {"shop": 250, "post": 690}[kind]


def test_the_bike_takes_it_from_the_hub(post_to, page_of, order_of, product, window, at):
    part = order_of(product, "bike", window=window)
    post_to(f"orders/{part.pk}/ready/")
    page = text(page_of(f"orders/{part.pk}/"))
    assert "Bring it to the hub, for 16:00." in page
    assert "Handed over and paid" not in page
    post_to(f"orders/{part.pk}/done/")
    assert fresh(part).state == PartState.READY, "the rider hands it over, not the shop"
    scan_bag_in(town=part.town, code=Bag.objects.get().code, at=at + timedelta(minutes=5))
    assert "On their way" in text(page_of())


def test_the_label_on_the_page(post_to, page_of, order_of, product, window):
    part = order_of(product, "bike", window=window)
    assert page_of(f"orders/{part.pk}/label/").status_code == 404, "nothing is packed yet"
    post_to(f"orders/{part.pk}/ready/")
    page = text(page_of(f"orders/{part.pk}/label/"))
    for word in (Bag.objects.get().code, part.order.code, "Camille Martin", "17:00–19:00", "800 g", "1/1", "<svg"):
        assert word in page
    assert "rue du Général" not in page, "the address of a bike's buyer stays inside the hub"


def test_the_label_as_a_tagged_pdf(post_to, page_of, order_of, product):
    part = order_of(product, "post", name='Ana "#eval" $x$ *Souza*')
    post_to(f"orders/{part.pk}/ready/")
    response = page_of(f"orders/{part.pk}/label.pdf")
    assert response["Content-Type"] == "application/pdf"
    assert response.content.startswith(b"%PDF-")
    assert b"/StructTreeRoot" in response.content
    assert b"pdfuaid" in response.content
