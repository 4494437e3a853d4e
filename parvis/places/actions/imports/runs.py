"""The life of one import: brought, read, shown, then applied or left.

Reading writes nothing in the directory, so a worker that is stopped leaves nothing behind: the file is read again.
Applying is one transaction: an import that is interrupted has not happened, and is applied again.
"""

import hashlib
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.files.base import File
from django.db import transaction
from django.utils.translation import gettext as _

from parvis.core import audit
from parvis.core.errors import Refusal
from parvis.core.tables import OSM, sniff
from parvis.people.models import Person
from parvis.places.actions.imports.applying import SOURCE, apply_difference
from parvis.places.imports import Difference, compare, read_file
from parvis.places.models import ImportRun
from parvis.towns.models import Town

READ_AT_ONCE_BYTES = 300_000  # what takes longer than a page may take is read by a worker
WRITE_AT_ONCE = 500
READ_AT = "read_at"  # among the options: when the file was compared with the directory
KEPT_LINES = 500  # of an applied import: what it changed is in the history of each entry


def bring_file(
    *, town: Town, name: str, content: "File[bytes]", options: dict[str, Any], source: str, at: datetime, by: Person
) -> ImportRun:
    """Keep a file to be read. Raises Refusal with a sentence for what is no source of places.

    ``options``: ``missing`` (keep or gone), ``kind`` (of rows that do not say theirs), ``add_alike``.
    """
    with _copied(content) as (path, digest):
        what = sniff(path)
        run = ImportRun(
            town=town,
            kind=ImportRun.Kind.OSM if what == OSM else ImportRun.Kind.TABLE,
            source=SOURCE if what == OSM else source,
            file_name=name[-200:],
            digest=digest,
            by=by,
            options=options,
            created_at=at,
        )
        with path.open("rb") as file, transaction.atomic():
            run.file.save(f"{town.slug}-{run.pk}", File(file), save=False)
            run.save(force_insert=True)
            audit.record("import.brought", run, at=at, town_id=town.pk, actor=by)
    small = run.file.size <= READ_AT_ONCE_BYTES and what != OSM
    if small:
        read_run(run.pk, at=at)
        run.refresh_from_db()
    else:
        queue_reading(run)
    return run


def queue_reading(run: ImportRun) -> None:
    """Ask a worker to read the file."""
    from parvis.places.tasks import read_import

    read_import.defer(run_id=str(run.pk))


def read_run(run_id: UUID, *, at: datetime) -> None:
    """Read the file and keep the difference to be shown; a file that cannot be used leaves its sentence."""
    run = ImportRun.objects.select_related("town").get(pk=run_id)
    if run.report or run.applied_at:
        return

    def progress(done: int, total: int | None) -> None:
        ImportRun.objects.filter(pk=run_id).update(done_rows=done, total_rows=total)

    try:
        with _copied(run.file) as (path, _digest):
            reading = read_file(path, run.town, at=at, kind=run.options.get("kind", ""), progress=progress)
        difference = compare(
            run.town,
            run.source,
            reading,
            missing=run.options.get("missing", "keep"),
            add_alike=run.options.get("add_alike", False),
            at=at,
        )
    except Refusal as refusal:
        _fail(run, str(refusal), at)
        return
    except Exception:
        _fail(run, _("The file could not be read. Nothing was written."), at)
        raise
    total = len(reading.incoming) + len(reading.errors)
    with transaction.atomic():
        kept = ImportRun.objects.select_for_update().filter(pk=run_id).first()
        if kept is None or kept.report or kept.applied_at:
            return  # left meanwhile, or read by somebody else
        kept.kind, kept.dated, kept.report = reading.kind, reading.dated, difference.to_json()
        kept.done_rows = kept.total_rows = total
        kept.failed_at, kept.problem = None, ""
        kept.options[READ_AT] = at.isoformat()
        kept.save(
            update_fields=[
                "kind", "dated", "report", "done_rows", "total_rows", "failed_at", "problem", "options"
            ]
        )  # fmt: skip


def read_again(run: ImportRun, *, at: datetime) -> None:
    """Forget what was shown and read the file once more: the directory has changed, or a worker was stopped.

    Raises Refusal for an import that is over, or that is being written.
    """
    if run.state == "applying":
        raise Refusal(_("It is being written."))  # without waiting for the worker, which holds the row
    with transaction.atomic():
        kept = ImportRun.objects.select_for_update().get(pk=run.pk)
        if kept.applied_at or not kept.file:
            raise Refusal(_("This import is over."))
        kept.report, kept.failed_at, kept.problem, kept.done_rows, kept.total_rows = {}, None, "", 0, None
        kept.options.pop("applying", None)
        kept.save(update_fields=["report", "failed_at", "problem", "done_rows", "total_rows", "options"])
    run.refresh_from_db()
    if run.file.size <= READ_AT_ONCE_BYTES and run.kind != ImportRun.Kind.OSM:
        read_run(run.pk, at=at)
        run.refresh_from_db()
    else:
        queue_reading(run)


def ask_to_apply(run: ImportRun, *, at: datetime, by: Person) -> None:
    """Apply at once what is small, and have a worker apply the rest. Raises Refusal."""
    if run.state != "shown":
        raise Refusal(_("There is nothing to apply."))
    if Difference.from_json(run.report).writes <= WRITE_AT_ONCE:
        apply_run(run.pk, at=at, by=by)
        return
    from parvis.places.tasks import apply_import

    with transaction.atomic():
        run.options["applying"] = at.isoformat()
        run.save(update_fields=["options"])
        apply_import.defer(run_id=str(run.pk), person_id=str(by.pk))


def apply_asked(run_id: UUID, person_id: UUID, *, at: datetime) -> None:
    """What a worker does for ``ask_to_apply``: what hindered it is kept to be read on the page."""
    by = Person.objects.filter(pk=person_id).first()
    try:
        apply_run(run_id, at=at, by=by)
    except Refusal as refusal:
        _not_written(run_id, str(refusal))
    except Exception:
        _not_written(run_id, _("It could not be written. Nothing has changed; try again."))
        raise


@transaction.atomic
def apply_run(run_id: UUID, *, at: datetime, by: Person | None) -> None:
    """Write exactly the difference that was shown, wholly or not at all. Raises Refusal."""
    run = ImportRun.objects.select_for_update(of=("self",)).select_related("town").get(pk=run_id)
    if run.applied_at:
        raise Refusal(_("This import was applied already."))
    difference = Difference.from_json(run.report) if run.report else None
    if difference is None or not (difference.writes or difference.quiet or difference.settled):
        raise Refusal(_("There is nothing to apply."))
    since = datetime.fromisoformat(run.options[READ_AT]) if READ_AT in run.options else run.created_at
    apply_difference(difference, town=run.town, at=at, since=since, run=run, by=by)
    _over(run, difference, at)
    run.save()
    audit.record("import.applied", run, at=at, town_id=run.town_id, actor=by, **difference.counts())


def record_run(difference: Difference, *, town: Town, path: Path, options: dict[str, Any], at: datetime) -> ImportRun:
    """Apply a difference that was computed just now, and keep what it was: for the command line. One transaction."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    with transaction.atomic():
        run = ImportRun(
            town=town,
            kind=difference.kind,
            source=difference.source,
            file_name=path.name[-200:],
            digest=digest,
            options=options,
            created_at=at,
        )
        _over(run, difference, at)
        run.save(force_insert=True)
        apply_difference(difference, town=town, at=at, run=run)
        audit.record("import.applied", run, at=at, town_id=town.pk, **difference.counts())
    return run


def leave_run(run: ImportRun, *, at: datetime, by: Person | None) -> None:
    """Forget an import that was not applied, its file included. Raises Refusal for one that was."""
    with transaction.atomic():
        run = ImportRun.objects.select_for_update().get(pk=run.pk)
        if run.applied_at:
            raise Refusal(_("This import was applied already."))
        audit.record("import.left", run, at=at, town_id=run.town_id, actor=by)
        _forget_file(run)
        run.delete()


def _over(run: ImportRun, difference: Difference, at: datetime) -> None:
    """The run is applied: what it did is kept short, and its file is not needed any more."""
    report = difference.to_json()
    report["quiet"], report["settled"] = [], []
    for name in ("new", "changed", "gone", "alike", "errors"):
        report[name] = report[name][:KEPT_LINES]
    for new in report["new"]:
        new["values"] = {"name": new["values"]["name"]}
    for change in report["changed"]:
        change["received"] = None
    run.report, run.applied_at, run.problem, run.failed_at = report, at, "", None
    run.options.pop("applying", None)
    run.total_rows = run.done_rows = len(difference.new) + len(difference.changed) + difference.same
    _forget_file(run)


def _forget_file(run: ImportRun) -> None:
    storage, name = run.file.storage, run.file.name
    run.file = ""
    if name:
        transaction.on_commit(lambda: storage.delete(name))


@transaction.atomic
def _not_written(run_id: UUID, sentence: str) -> None:
    run = ImportRun.objects.select_for_update().filter(pk=run_id, applied_at=None).first()
    if run is not None:
        run.options.pop("applying", None)
        run.problem = sentence[:300]
        run.save(update_fields=["options", "problem"])


def _fail(run: ImportRun, sentence: str, at: datetime) -> None:
    """Unless somebody else has read it, or applied it, meanwhile."""
    unread = ImportRun.objects.filter(pk=run.pk, applied_at=None, report={})
    unread.update(failed_at=at, problem=sentence[:300])


@contextmanager
def _copied(content: Any) -> Iterator[tuple[Path, str]]:
    """The content as a file of this machine, wherever it is stored, and its SHA-256; gone afterwards."""
    digest = hashlib.sha256()
    with tempfile.TemporaryDirectory(prefix="parvis-") as folder:
        path = Path(folder) / "brought"
        with path.open("wb") as target, content.open("rb") as file:
            for piece in iter(lambda: file.read(1 << 20), b""):
                digest.update(piece)
                target.write(piece)
        yield path, digest.hexdigest()
