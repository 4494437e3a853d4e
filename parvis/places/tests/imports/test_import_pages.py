"""The agent's imports: brought, looked at, written or forgotten; conflicts settled."""

import uuid
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from parvis.core.errors import Refusal
from parvis.demo import builders
from parvis.people.models import Role
from parvis.places.actions import imports as actions
from parvis.places.actions.entries import change_place
from parvis.places.actions.imports import runs
from parvis.places.models import Change, Conflict, ImportRun, Place
from parvis.places.tests.imports.wrong_files import row

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

HEADER = "ref;name;category;lat;lon;phone\n"


def upload(content=None, name="shops.csv"):
    content = content if content is not None else HEADER + "1;Aux Miches;bakery;48.82;2.27;01\n"
    return SimpleUploadedFile(name, content.encode() if isinstance(content, str) else content)


@pytest.fixture
def browser(visit, agent):
    client = visit(agent)
    client.cookies["language"] = "en"
    return client


def bring(browser, content=None, name="shops.csv", follow=True, **values):
    data = {"file": upload(content, name), "missing": "keep", "source": "Chamber"} | values
    return browser.post("/agent/directory/imports/new/", data, follow=follow)


@pytest.fixture
def run(browser):
    bring(browser)
    return ImportRun.objects.get()


def text(answer):
    return answer.content.decode()


def test_a_file_is_shown_then_written(browser):
    answer = bring(browser)
    assert "Aux Miches" in text(answer)
    assert "Write this" in text(answer)
    assert not Place.objects.exists()
    run = ImportRun.objects.get()
    assert (run.state, run.done_rows, run.total_rows, run.source) == ("shown", 1, 1, "Chamber")
    stored = run.file
    answer = browser.post(reverse("import-apply", args=[run.pk]), follow=True)
    assert "Written" in text(answer)
    assert Place.objects.get().phone == "01"
    assert ImportRun.objects.get().state == "applied"
    assert "Write this" not in text(answer)
    assert browser.post(reverse("import-apply", args=[run.pk]), follow=True).status_code == 200
    assert Place.objects.count() == 1
    assert stored.name


def test_the_file_is_not_kept_once_it_is_applied(browser, run, django_capture_on_commit_callbacks):
    storage, name = run.file.storage, run.file.name
    assert storage.exists(name)
    with django_capture_on_commit_callbacks(execute=True):
        browser.post(reverse("import-apply", args=[run.pk]))
    assert not storage.exists(name)


def test_the_file_is_not_served(browser, run):
    assert browser.get(f"/media/{run.file.name}").status_code == 404


def test_each_change_is_shown_old_and_new(browser, run):
    browser.post(reverse("import-apply", args=[run.pk]))
    answer = bring(browser, HEADER + "1;Aux Miches;bakery;48.821;2.27;02\n2;X;zz;48.82;2.27;\n")
    said = text(answer)
    assert "Line 3" not in said
    assert "We do not know the kind “zz”." in said
    shown = text(browser.get(reverse("import", args=[ImportRun.objects.get(applied_at=None).pk]) + "?part=changed"))
    assert "111 m away" in shown.replace("\u00a0", " ")
    assert "<del>" in shown
    assert "02</ins>" in shown
    assert "1 of them moved" in shown


def test_nothing_new_says_so(browser, run):
    browser.post(reverse("import-apply", args=[run.pk]))
    answer = bring(browser)
    assert "The directory says already what this file says." in text(answer)
    assert "Write this" not in text(answer)


def test_a_wrong_file_says_what_is_wrong_and_keeps_what_was_typed(browser):
    answer = bring(browser, b"%PDF-1.7 ...", "x.pdf", source="Mes données")
    assert answer.status_code == 422
    assert "This is a PDF, not a table." in text(answer)
    assert "Mes données" in text(answer)
    assert not ImportRun.objects.exists()


def test_a_file_that_fails_later_keeps_its_sentence(browser):
    answer = bring(browser, "hello\nworld\n")
    assert "No column holds the names of the places" in text(answer)
    assert "Nothing was written" in text(answer)
    assert "Write this" not in text(answer)


def test_nonsense_in_the_form(browser):
    answer = browser.post("/agent/directory/imports/new/", {"missing": "perhaps"})
    assert answer.status_code == 422
    assert not ImportRun.objects.exists()


def test_ten_gigabytes_are_refused_before_they_are_received(browser):
    answer = browser.generic(
        "POST", "/agent/directory/imports/new/", b"x", content_type="multipart/form-data; boundary=x",
        CONTENT_LENGTH="10000000000",
    )  # fmt: skip
    assert answer.status_code == 413
    assert "bigger than 200 MB" in text(answer)


def test_a_form_from_elsewhere_is_refused(agent, town):
    from django.test import Client

    client = Client(enforce_csrf_checks=True, headers={"host": "issy.localhost"})
    client.force_login(agent)
    answer = client.post("/agent/directory/imports/new/", {"file": upload(), "missing": "keep"})
    assert answer.status_code == 403
    assert not ImportRun.objects.exists()


def test_what_changed_meanwhile_is_refused_and_read_again(browser, run, merchant, at):
    browser.post(reverse("import-apply", args=[run.pk]))
    bring(browser, HEADER + "1;Aux Miches;bakery;48.82;2.27;02\n")
    second = ImportRun.objects.get(applied_at=None)
    place = Place.objects.get()
    change_place(place=place, values={"phone": "99"}, origin=Change.Origin.SHOP, at=at, by=merchant)
    answer = browser.post(reverse("import-apply", args=[second.pk]), follow=True)
    assert "has changed since this difference was shown" in text(answer)
    assert Place.objects.get().phone == "99"
    answer = browser.post(reverse("import-again", args=[second.pk]), follow=True)
    assert "To be settled" in text(answer)


def test_forgetting_a_file(browser, run, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        answer = browser.post(reverse("import-leave", args=[run.pk]), follow=True)
    assert "Nothing was written" in text(answer)
    assert not ImportRun.objects.exists()
    assert not Place.objects.exists()


def test_what_was_applied_cannot_be_forgotten(browser, run):
    browser.post(reverse("import-apply", args=[run.pk]))
    browser.post(reverse("import-leave", args=[run.pk]))
    browser.post(reverse("import-again", args=[run.pk]))
    assert ImportRun.objects.get().state == "applied"


def big_file(rows=700):
    lines = [f"{n};Lieu {n};bakery;{48.81 + n / 1e6:.6f};2.27;{n};{'x' * 450}" for n in range(rows)]
    return HEADER.strip() + ";notes de travail\n" + "\n".join(lines) + "\n"


def jobs():
    from procrastinate.contrib.django.models import ProcrastinateJob

    return list(ProcrastinateJob.objects.order_by("id").values_list("task_name", "args"))


def test_a_big_file_is_read_and_written_by_a_worker(browser, agent, at):
    answer = bring(browser, big_file())
    run = ImportRun.objects.get()
    assert run.state == "reading"
    assert "every 2s" in text(answer)
    assert '<meta http-equiv="refresh"' in text(answer)
    assert jobs() == [("parvis.places.tasks.read_import", {"run_id": str(run.pk)})]
    seen = []
    update = ImportRun.objects.filter

    class Watched:
        def __init__(self, **kwargs):
            self.rows = update(**kwargs)

        def update(self, **values):
            seen.append((values["done_rows"], values["total_rows"]))
            return self.rows.update(**values)

    from unittest.mock import patch

    with patch.object(ImportRun.objects, "filter", lambda **kwargs: Watched(**kwargs)):
        actions.read_run(run.pk, at=at)
    assert seen[0] == (0, 700)
    assert seen[3] == (600, 700)
    run.refresh_from_db()
    assert (run.state, run.done_rows) == ("shown", 700)
    page = text(browser.get(reverse("import", args=[run.pk])))
    assert page.count("Lieu ") < 120
    assert "every 2s" not in page
    answer = browser.post(reverse("import-apply", args=[run.pk]), follow=True)
    assert "It is being written" in text(answer)
    run.refresh_from_db()
    assert run.state == "applying"
    assert browser.post(reverse("import-apply", args=[run.pk])).status_code == 302
    assert [name for name, _ in jobs()] == ["parvis.places.tasks.read_import", "parvis.places.tasks.apply_import"]
    from parvis.places.tasks import apply_import

    apply_import(run_id=str(run.pk), person_id=str(agent.pk))
    assert Place.objects.count() == 700
    assert ImportRun.objects.get().state == "applied"


def test_a_worker_that_was_stopped(browser, at, clock):
    bring(browser, big_file())
    run = ImportRun.objects.get()
    assert "Read the file again" not in text(browser.get(reverse("import", args=[run.pk])))
    clock.move_to(at + timedelta(minutes=11))
    assert "Nothing has moved for a while" in text(browser.get(reverse("import", args=[run.pk])))
    browser.post(reverse("import-again", args=[run.pk]))
    assert len(jobs()) == 2


def test_a_writing_that_was_interrupted_is_asked_for_again(browser, agent, at, clock, monkeypatch):
    bring(browser, big_file())
    run = ImportRun.objects.get()
    actions.read_run(run.pk, at=at)
    browser.post(reverse("import-apply", args=[run.pk]))
    browser.post(reverse("import-again", args=[run.pk]))
    assert ImportRun.objects.get().state == "applying"  # nobody reads again what is being written
    clock.move_to(at + timedelta(minutes=11))
    assert ImportRun.objects.get().state == "shown"  # the worker was stopped
    browser.post(reverse("import-apply", args=[run.pk]))
    assert ImportRun.objects.get().state == "applying"

    def breaks(*args, **kwargs):
        raise OSError("the disk is full")

    monkeypatch.setattr(runs, "apply_difference", breaks)
    with pytest.raises(OSError, match="disk"):
        runs.apply_asked(run.pk, agent.pk, at=at)
    run.refresh_from_db()
    assert run.state == "shown"
    assert "could not be written" in run.problem


def test_reading_again_does_not_undo_the_record_of_what_was_applied(browser, run, monkeypatch, at):
    browser.post(reverse("import-again", args=[run.pk]))
    ImportRun.objects.update(report={})
    real = runs.compare

    def applied_meanwhile(*args, **kwargs):
        found = real(*args, **kwargs)
        ImportRun.objects.update(applied_at=at, report={"counts": {}})
        return found

    monkeypatch.setattr(runs, "compare", applied_meanwhile)
    runs.read_run(run.pk, at=at)
    assert (ImportRun.objects.get().applied_at, ImportRun.objects.get().report) == (at, {"counts": {}})
    with pytest.raises(Refusal):
        actions.read_again(run, at=at)  # a page that was opened before
    assert ImportRun.objects.get().applied_at == at


def test_the_list_counts_its_queries(browser, town, agent, at, django_assert_max_num_queries):
    for number in range(12):
        ImportRun.objects.create(town=town, kind="table", source="x", file_name=f"{number}.csv", digest="", by=agent,
                                 created_at=at, report={"counts": dict.fromkeys(
                                     ("new", "changed", "same", "gone", "errors"), number)})  # fmt: skip
    with django_assert_max_num_queries(24):
        said = text(browser.get("/agent/directory/imports/"))
    assert "11.csv" in said
    assert "To be looked at" in said


@pytest.fixture
def conflict(browser, run, merchant, at):
    browser.post(reverse("import-apply", args=[run.pk]))
    change_place(place=Place.objects.get(), values={"phone": "99"}, origin=Change.Origin.SHOP, at=at, by=merchant)
    bring(browser, HEADER + "1;Aux Miches;bakery;48.82;2.27;02\n")
    browser.post(reverse("import-apply", args=[ImportRun.objects.get(applied_at=None).pk]))
    return Conflict.objects.get()


@pytest.mark.parametrize(("answer", "phone"), [("ours", "99"), ("theirs", "02")])
def test_an_agent_settles(browser, conflict, agent, answer, phone):
    said = text(browser.get("/agent/directory/conflicts/"))
    assert "1 value to settle" in said
    assert "99" in said
    assert "02" in said
    browser.post(reverse("conflict-settle", args=[conflict.pk]), {"answer": answer})
    conflict.refresh_from_db()
    assert (Place.objects.get().phone, conflict.settled_by) == (phone, agent)
    assert "Nothing to settle" in text(browser.get("/agent/directory/conflicts/"))
    said = text(browser.post(reverse("conflict-settle", args=[conflict.pk]), {"answer": answer}, follow=True))
    assert "This was settled already." in said
    assert browser.post(reverse("conflict-settle", args=[conflict.pk]), {"answer": "maybe"}).status_code == 404


def test_conflicts_count_their_queries(browser, town, at, django_assert_max_num_queries):
    for number in range(10):
        place = Place.objects.create(
            town=town, slug=f"p{number}", name=f"P{number}", category="bakery", lon=2.27, lat=48.82
        )
        Conflict.objects.create(town=town, place=place, field="spot", theirs=[2.27, 48.83], found_at=at)
        Conflict.objects.create(town=town, place=place, field="gone_on", theirs="2026-11-01", found_at=at)
    with django_assert_max_num_queries(24):
        said = text(browser.get("/agent/directory/conflicts/"))
    assert "It has closed" in said


ADDRESSES = ["imports", "import-new", "conflicts"]
OF_A_RUN = ["import", "import-apply", "import-again", "import-leave"]


@pytest.mark.parametrize("name", ADDRESSES + OF_A_RUN + ["conflict-settle"])
def test_only_the_agent_of_this_town(name, visit, citizen, merchant, stranger, run, other_town):
    address = reverse(name, args=[run.pk] if name in OF_A_RUN else [uuid.uuid4()] if name == "conflict-settle" else [])
    assert visit().get(address).status_code in {302, 405}
    for person in (citizen, merchant, stranger):
        for ask in (visit(person).get, visit(person).post):
            assert ask(address).status_code in {404, 405}, (name, person)
    assert ImportRun.objects.get().state == "shown"


def test_an_agent_elsewhere_does_not_see_it(visit, stranger, other_town, run):
    browser = visit(stranger, town=other_town)
    assert browser.get("/agent/directory/imports/").status_code == 200
    for name in OF_A_RUN:
        address = reverse(name, args=[run.pk])
        assert {browser.get(address).status_code, browser.post(address).status_code} <= {404, 405}


def test_getting_writes_nothing(browser, run):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as asked:
        for address in ("/agent/directory/imports/", f"/agent/directory/imports/{run.pk}/",
                        "/agent/directory/imports/new/", "/agent/directory/conflicts/"):  # fmt: skip
            assert browser.get(address).status_code == 200
        assert browser.get(f"/agent/directory/imports/{run.pk}/apply/").status_code == 405
    assert not [q for q in asked if q["sql"].split(" ", 1)[0] in {"INSERT", "UPDATE", "DELETE"}]


def test_an_agent_of_both_towns_keeps_them_apart(visit, agent, other_town, run):
    builders.give_role(agent, other_town, Role.Kind.AGENT)
    assert visit(agent, town=other_town).get(reverse("import", args=[run.pk])).status_code == 404


def test_wrong_rows_alone_leave_nothing_to_write(browser):
    said = text(bring(browser, row(lat="2.27", lon="48.82")))
    assert "No row of this file can be used." in said
    assert "Write this" not in said
    browser.post(reverse("import-apply", args=[ImportRun.objects.get().pk]))
    assert ImportRun.objects.get().applied_at is None
