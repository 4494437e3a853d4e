"""A bike is loaded bag by bag: the right ones, the wrong ones with the right bike's name, and what is missing."""

import json
import os
import re
import shutil
import subprocess
import sys
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
import typst
from django.conf import settings
from PIL import Image

from parvis.core import documents
from parvis.core.errors import Refusal
from parvis.delivery import papers
from parvis.delivery.actions import (
    build_problem,
    leave_hub,
    load_bag,
    pack,
    pack_into,
    report_lost,
    unload,
)
from parvis.delivery.loading import Loading
from parvis.delivery.models import Bag, BagEvent, Bike, DeliveryEvent, Plan, Round
from parvis.delivery.papers import crate_labels, loading_lines
from parvis.delivery.slips import slip
from parvis.delivery.states import BagState, DeliveryState
from parvis.delivery.tests.dispatch_world import add_bikes

pytestmark = pytest.mark.usefixtures("clock")


def text_of(response):
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


@pytest.fixture
def keeper(visit, hub_keeper, hub):
    client = visit(hub_keeper)
    client.cookies["language"] = "en"
    return client


@pytest.fixture
def two(hub, rider, book, window, scan_all, plan_round, at):
    """A round to two doors, packed in the crates 1 and 2: the first door has two bags."""
    deliveries = [book(window, "Boulangerie", "Fromagerie"), book(window, "Primeur", name="Louis Petit")]
    for crate, delivery in enumerate(deliveries, start=1):
        scan_all(delivery)
        pack(delivery=delivery, crate=crate, at=at)
    return plan_round(hub, rider, *deliveries)


def deliveries_of(round_):
    return [stop.delivery for stop in round_.stops.select_related("delivery")]


def counts(round_):
    loading = Loading.of(round_)
    return loading.expected, loading.on, loading.missing


def test_expected_loaded_missing_at_a_glance(keeper, two):
    first, second = deliveries_of(two)
    page = text_of(keeper.get(f"/hub/rounds/{two.pk}/load/"))
    assert "3 bags are not on the bike" in page
    assert "expected 3 on the bike 0 missing 3" in page
    load = page[page.index("Load in this order") :]
    assert load.index(second.code) < load.index(first.code), "the last door goes in first"
    for bag in [*first.bags.all(), *second.bags.all()]:
        keeper.post(f"/hub/rounds/{two.pk}/load/scan/", {"code": bag.code})
    page = text_of(keeper.get(f"/hub/rounds/{two.pk}/load/"))
    assert "Everything is on the bike" in page
    assert "expected 3 on the bike 3 missing 0" in page
    keeper.post(f"/hub/rounds/{two.pk}/leave/")
    assert {bag.state for bag in Bag.objects.all()} == {BagState.LOADED}


def test_a_scan_answers_without_a_page_load(keeper, two):
    first, _second = deliveries_of(two)
    bag = first.bags.get(sender="Boulangerie")
    answer = keeper.post(f"/hub/rounds/{two.pk}/load/scan/", {"code": bag.code.lower()}, headers={"hx-request": "true"})
    assert "<html" not in answer.content.decode()
    assert f"{bag.code} · door 1 {first.code}: 1 of 2." in text_of(answer)
    again = keeper.post(f"/hub/rounds/{two.pk}/load/scan/", {"code": bag.code}, headers={"hx-request": "true"})
    assert "It was on the bike already." in text_of(again)
    assert bag.events.filter(kind="stowed").count() == 1
    last = first.bags.get(sender="Fromagerie")
    whole = keeper.post(f"/hub/rounds/{two.pk}/load/scan/", {"code": last.code}, headers={"hx-request": "true"})
    assert f"{first.code} is complete." in text_of(whole)


def test_without_javascript_the_answer_is_a_page(keeper, two):
    bag = deliveries_of(two)[1].bags.get()
    page = text_of(keeper.post(f"/hub/rounds/{two.pk}/load/scan/", {"code": bag.code}, follow=True))
    assert f"{bag.code} · door 2" in page
    assert "2 bags are not on the bike" in page


@pytest.mark.parametrize("what", ["crate", "delivery"])
def test_a_crate_or_a_delivery_puts_all_its_bags_on(keeper, two, what):
    first = deliveries_of(two)[0]
    code = "1" if what == "crate" else first.code
    keeper.post(f"/hub/rounds/{two.pk}/load/scan/", {"code": code})
    assert counts(two) == (3, 2, 1)


def test_the_wrong_bike_is_refused_with_the_right_one(keeper, hub, rider, two, book, window, scan_all, plan_round, at):
    add_bikes(hub, at, "Vélo Bleu")
    other = book(window)
    scan_all(other)
    pack(delivery=other, crate=9, at=at)
    bike = Bike.objects.get(name="Vélo Bleu")
    plan_round(hub, rider, other, number=2, bike=bike)
    bag = other.bags.get()
    page = text_of(keeper.post(f"/hub/rounds/{two.pk}/load/scan/", {"code": bag.code}))
    assert f"{bag.code} does not go on Vélo 1: it goes on Vélo Bleu, which leaves at 16:42." in page
    assert "said--warn" in keeper.post(f"/hub/rounds/{two.pk}/load/scan/", {"code": bag.code}).content.decode()
    assert not BagEvent.objects.filter(kind="stowed").exists()


def test_a_bag_of_no_round_is_put_aside(keeper, two, book, window, scan_all):
    other = book(window)
    scan_all(other)
    page = text_of(keeper.post(f"/hub/rounds/{two.pk}/load/scan/", {"code": other.bags.get().code}))
    assert "is on no round yet: not on Vélo 1. Put it aside for the dispatcher." in page


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "Type the code on the label"),
        ("QQQQQ", "No bag has the code “QQQQQ”"),
        ("77", "Crate 77 is empty"),
        ("'; drop table", "No bag has the code"),
        ("\x00", "No bag has the code"),
    ],
)
def test_nonsense_is_said_and_kept(keeper, two, typed, said):
    answer = keeper.post(f"/hub/rounds/{two.pk}/load/scan/", {"code": typed})
    assert answer.status_code == 200
    assert said in text_of(answer)
    if typed == "QQQQQ":
        assert 'value="QQQQQ"' in answer.content.decode()
    assert not BagEvent.objects.filter(kind="stowed").exists()


def test_a_bag_that_nobody_scanned_in_is_here_after_all(keeper, two, book, window, plan_round, hub, rider):
    late = book(window, "Boulangerie")
    two.stops.create(town=two.town, delivery=late, position=3, arrive_at=two.departs_at, leave_at=two.departs_at)
    bag = late.bags.get()
    keeper.post(f"/hub/rounds/{two.pk}/load/scan/", {"code": bag.code})
    assert [event.kind for event in bag.events.all()] == ["at_hub", "stowed"]


def test_leaving_without_a_bag_needs_a_reason_and_plans_it_anew(keeper, hub, two, at):
    first, second = deliveries_of(two)
    load_bag(round_=two, code=second.code, at=at)
    taken_off = first.bags.get(sender="Boulangerie")
    load_bag(round_=two, code=taken_off.code, at=at)
    asked = keeper.post(f"/hub/rounds/{two.pk}/leave/")
    assert "Vélo 1 leaves without one delivery?" in text_of(asked)
    assert Round.objects.get().left_at is None
    none = keeper.post(f"/hub/rounds/{two.pk}/leave/", {"anyway": "1"})
    assert "Say why the bike leaves without it." in text_of(none)
    empty = keeper.post(f"/hub/rounds/{two.pk}/leave/", {"anyway": "1", "why": "other"})
    assert "Write what happened." in text_of(empty)
    assert Round.objects.get().left_at is None
    keeper.post(f"/hub/rounds/{two.pk}/leave/", {"anyway": "1", "why": "lost", "words": "Crate 1 is nowhere"})
    assert Round.objects.get().left_at is not None
    assert Bag.objects.get(delivery=second).state == BagState.LOADED
    assert {bag.state for bag in first.bags.all()} == {BagState.PACKED}, "what was on the bike is in its crate again"
    behind = first.events.get(kind="left_behind")
    assert behind.detail["reason"] == "The bag cannot be found. Crate 1 is nowhere"
    problem = build_problem(hub=hub, day=two.plan.day, at=at).problem
    assert str(first.pk) in problem.drop
    assert Plan.objects.filter(state="computing").exists(), "a plan is asked for in which it rides with another"


def test_the_dispatcher_reads_why_it_stayed(visit, dispatcher, two, at):
    first, second = deliveries_of(two)
    load_bag(round_=two, code=second.code, at=at)
    leave_hub(round_=two, at=at, without="Crate 1 is nowhere")
    browser = visit(dispatcher)
    browser.cookies["language"] = "en"
    page = text_of(browser.get("/dispatch/"))
    assert first.code in page
    assert "Crate 1 is nowhere" in page


def test_nobody_leaves_something_behind_in_silence(two, at):
    load_bag(round_=two, code=deliveries_of(two)[0].code, at=at)
    with pytest.raises(Refusal, match="Say why"):
        leave_hub(round_=two, at=at)
    assert not DeliveryEvent.objects.exists()


def test_what_is_taken_off_is_at_the_hub_again(keeper, two, at):
    first = deliveries_of(two)[0]
    load_bag(round_=two, code=first.code, at=at)
    page = text_of(keeper.post(f"/hub/rounds/{two.pk}/load/off/", {"delivery": first.code}, follow=True))
    assert f"{first.code} is off the bike." in page
    assert counts(two) == (3, 0, 3)
    bag = first.bags.first()
    assert "Taken off the bike" in text_of(keeper.get(f"/hub/bags/{bag.code}/"))
    unload(round_=two, delivery=first, at=at)


def test_a_bike_that_has_left_is_not_loaded(keeper, two, at):
    leave_hub(round_=two, at=at)
    page = text_of(keeper.post(f"/hub/rounds/{two.pk}/load/scan/", {"code": "1"}))
    assert "This round has already left." in page
    Plan.objects.update(state="superseded")
    Round.objects.update(left_at=None)
    page = text_of(keeper.post(f"/hub/rounds/{two.pk}/load/scan/", {"code": "1"}))
    assert "The plan has changed meanwhile." in page


def test_a_trip_that_does_not_fit_says_so(keeper, hub, two):
    hub.bikes.update(max_crates=1, max_grams=3000)
    page = text_of(keeper.get(f"/hub/rounds/{two.pk}/load/"))
    assert "One crate is too much for Vélo 1, which takes 1." in page
    assert "It is 1.5 kg too heavy for Vélo 1." in page
    hub.bikes.update(max_crates=9, max_grams=80_000, cold_crates=0)
    Bag.objects.filter(sender="Primeur").update(temperature="cool")
    page = text_of(keeper.get(f"/hub/rounds/{two.pk}/load/"))
    assert "One cold box is too much for Vélo 1, which takes 0." in page


def test_cold_bags_go_into_cold_boxes_only(keeper, hub, window, book, scan_all, at):
    delivery = book(window, "Boulangerie", "Fromagerie", "Glacier")
    for sender, temperature in (("Fromagerie", "cool"), ("Glacier", "frozen")):
        delivery.bags.filter(sender=sender).update(temperature=temperature)
    scan_all(delivery)
    page = keeper.get(f"/hub/deliveries/{delivery.code}/").content.decode()
    assert 'value="1, 500, 501"' in page
    where = f"/hub/deliveries/{delivery.code}/pack/"
    assert "goes into a cold box: those are numbered from 500 on" in text_of(keeper.post(where, {"crates": "1"}))
    assert "needs two cold boxes" in text_of(keeper.post(where, {"crates": "1, 500"}))
    assert "it needs another crate, below 500" in text_of(keeper.post(where, {"crates": "500, 501"}))
    assert not BagEvent.objects.filter(kind="packed").exists()
    keeper.post(where, {"crates": "1, 500, 501"})
    crates = {event.bag.sender: event.detail["crate"] for event in BagEvent.objects.filter(kind="packed")}
    assert crates["Boulangerie"] == 1
    assert {crates["Fromagerie"], crates["Glacier"]} == {500, 501}


def test_a_cold_box_is_not_taken_for_bread(window, book, scan_all, at):
    delivery = book(window)
    scan_all(delivery)
    with pytest.raises(Refusal, match="is a cold box"):
        pack_into(delivery=delivery, crates=[1, 500], at=at)


def test_a_lost_bag_on_the_bike_leaves_the_rest_to_go(keeper, two, at):
    first, second = deliveries_of(two)
    load_bag(round_=two, code=first.code, at=at)
    load_bag(round_=two, code=second.code, at=at)
    report_lost(bag=first.bags.get(sender="Boulangerie"), at=at + timedelta(minutes=1))
    assert counts(two) == (2, 2, 0)
    leave_hub(round_=two, at=at + timedelta(minutes=2))
    assert first.bags.get(sender="Fromagerie").state == BagState.LOADED
    assert first.__class__.objects.with_story().get(pk=first.pk).state == DeliveryState.ON_THE_WAY


@pytest.mark.parametrize("paper", ["loading.pdf", "crates.pdf", "slips.pdf"])
def test_papers_are_tagged(keeper, two, paper):
    answer = keeper.get(f"/hub/rounds/{two.pk}/{paper}")
    assert answer["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF-")
    assert b"/StructTreeRoot" in answer.content
    assert b"pdfuaid" in answer.content


def test_papers_name_crate_door_and_cold(two):
    first, second = deliveries_of(two)
    first.bags.filter(sender="Fromagerie").update(temperature="cool")
    loading = Loading.of(two)
    lines = [(line["code"], line["crate"], line["door"], line["warmth"]) for line in loading_lines(loading)]
    assert lines == [(second.code, "2", "2", ""), (first.code, "1", "1", ""), (first.code, "1", "1", "Keep cool")]
    labels = crate_labels(loading)
    assert [label["name"] for label in labels] == ["Louis Petit", "Camille Martin", "Camille Martin"]
    assert first.bags.get(sender="Fromagerie").code in labels[2]["bags"][0]
    assert "Keep cool" in next(line["note"] for line in slip(loading.rows[1].parcel)["lines"] if "Keep" in line["note"])


@pytest.mark.parametrize("name", ["loading", "crates", "slips"])
def test_a_real_decoder_reads_the_code_off_the_paper(two, name, at, tmp_path, monkeypatch):
    """The paper is drawn as it would be printed, and its first code is read by the decoder that pages use."""
    made = {}
    monkeypatch.setattr(papers, "pdf", lambda *args, **given: made.update(given) or b"")
    loading = Loading.of(two)
    parcels = [row.parcel for row in loading.rows]
    {"loading": papers.loading_pdf, "crates": papers.crates_pdf}.get(name, papers.slips_pdf)(
        parcels if name == "slips" else loading, at
    )
    if name == "loading":
        made["data"]["rows"] = made["data"]["rows"][:1]  # the decoder reads one code of a picture
    inputs = {"data": json.dumps({"title": made["title"], "language": "en", **made["data"]})}
    pages = typst.compile(documents._source(name), format="png", ppi=110, sys_inputs=inputs)
    picture = Image.open(BytesIO(pages[0] if isinstance(pages, list) else pages)).convert("RGBA")
    (tmp_path / "page.rgba").write_bytes(picture.tobytes())
    script = f"""
        import {{ decodeQR }} from "{settings.NODE_MODULES}/qr/decode.js";
        import {{ readFileSync }} from "node:fs";
        const data = new Uint8ClampedArray(readFileSync("{tmp_path}/page.rgba"));
        console.log(decodeQR({{ width: {picture.width}, height: {picture.height}, data }}));
    """
    node = shutil.which("node", path=f"{os.environ['PATH']}:{Path(sys.executable).parent}")
    assert node, "npm has put fonts and icons here, so node is not far"
    read = subprocess.run([node, "--input-type=module", "-e", script], capture_output=True, text=True, check=True)
    assert read.stdout.strip() == parcels[0].delivery.code


def test_the_slip_of_one_delivery(keeper, two):
    answer = keeper.get(f"/hub/deliveries/{deliveries_of(two)[0].code}/slip.pdf")
    assert b"pdfuaid" in answer.content


def test_nothing_to_print_is_not_found(keeper, hub, rider, plan_round):
    empty = plan_round(hub, rider)
    for paper in ("loading.pdf", "crates.pdf", "slips.pdf"):
        assert keeper.get(f"/hub/rounds/{empty.pk}/{paper}").status_code == 404


def test_many_doors_cost_no_more_questions(
    keeper, hub, rider, book, window, plan_round, scan_all, at, django_assert_max_num_queries
):
    add_bikes(hub, at, *"ABCDEFGH")
    deliveries = [book(window, "Boulangerie", "Fromagerie") for _ in range(20)]
    for crate, delivery in enumerate(deliveries, start=1):
        scan_all(delivery)
        pack(delivery=delivery, crate=crate, at=at)
    round_ = plan_round(hub, rider, *deliveries)
    with django_assert_max_num_queries(18):
        assert keeper.get(f"/hub/rounds/{round_.pk}/load/").status_code == 200
    with django_assert_max_num_queries(45):
        keeper.post(f"/hub/rounds/{round_.pk}/load/scan/", {"code": "7"}, headers={"hx-request": "true"})


def test_only_pages_that_scan_may_use_the_camera(keeper, two):
    for page in ("/hub/", f"/hub/rounds/{two.pk}/load/"):
        assert "camera=(self)" in keeper.get(page)["Permissions-Policy"]
    for page in ("/", "/hub/rounds/", "/shops/"):
        assert "camera=()" in keeper.get(page)["Permissions-Policy"]


def test_who_may_look_and_who_may_load(visit, two, dispatcher, agent, rider, citizen, stranger, other_town):
    code = deliveries_of(two)[0].code
    paths = [f"/hub/rounds/{two.pk}/load/", *(f"/hub/rounds/{two.pk}/{p}" for p in ("loading.pdf", "crates.pdf"))]
    for person in (dispatcher, agent):
        for path in paths:
            assert visit(person).get(path).status_code == 200
        assert "load/scan/" not in visit(person).get(paths[0]).content.decode()
        assert visit(person).post(f"/hub/rounds/{two.pk}/load/scan/", {"code": code}).status_code == 404
    for browser in (visit(rider), visit(citizen), visit(stranger), visit(stranger, town=other_town)):
        for path in [*paths, f"/hub/deliveries/{code}/slip.pdf"]:
            assert browser.get(path).status_code == 404
        for verb in ("scan", "off"):
            data = {"code": code, "delivery": code}
            assert browser.post(f"/hub/rounds/{two.pk}/load/{verb}/", data).status_code == 404
    assert not BagEvent.objects.filter(kind="stowed").exists()
