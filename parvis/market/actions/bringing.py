"""The life of goods that a merchant brings: read, shown, then written once or left.

Bringing writes nothing among the goods. Writing is one transaction under the shop's lock: the goods are compared once
more, and exactly what was shown is written; an import that is interrupted has not happened.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from parvis.core import audit
from parvis.core.errors import Refusal
from parvis.market.actions.many import Move, lock_goods, write_goods
from parvis.market.clients.sites import parts_of
from parvis.market.goods.compare import compare
from parvis.market.goods.difference import Difference
from parvis.market.goods.incoming import Incoming, Reading, errors_from_plain, from_plain
from parvis.market.goods.website import read_site
from parvis.market.models import GoodsChange, GoodsImport, Shop

MOST_WAITING = 20  # imports of one shop that nobody wrote: the oldest are forgotten


@transaction.atomic
def bring_goods(
    *,
    shop: Shop,
    way: str,
    name: str,
    reading: Reading,
    at: datetime,
    hide_missing: bool = False,
    by: Any = None,
) -> GoodsImport:
    """Keep what was read with the difference that it would make."""
    run = GoodsImport(
        town_id=shop.town_id,
        shop=shop,
        way=way,
        name=name[-200:],
        hide_missing=hide_missing,
        by=by,
        created_at=at,
    )
    _fill(run, reading, at)
    run.save(force_insert=True)
    _forget_old(shop, keep=run)
    audit.record("goods.brought", run, at=at, town_id=shop.town_id, actor=by, way=way, rows=len(reading.incoming))
    return run


MOST_SITES_AN_HOUR = 12  # of one shop: reading a site costs it and us


@transaction.atomic
def bring_website(*, shop: Shop, address: str, at: datetime, by: Any = None) -> GoodsImport:
    """Ask a worker to read the shop's own site. Raises Refusal for no address, or for too many in an hour."""
    from parvis.market.tasks import read_website

    parts_of(address)
    asked = GoodsImport.objects.filter(shop=shop, way=GoodsImport.Way.WEBSITE, created_at__gt=at - timedelta(hours=1))
    if asked.count() >= MOST_SITES_AN_HOUR:
        raise Refusal(_("Too many sites were read this hour. Try again later."))
    run = GoodsImport.objects.create(
        town_id=shop.town_id, shop=shop, way=GoodsImport.Way.WEBSITE, name=address[:200], by=by, created_at=at
    )
    read_website.defer(run_id=str(run.pk), language=get_language() or "fr")
    audit.record("goods.asked", run, at=at, town_id=shop.town_id, actor=by)
    return run


def read_brought(run_id: UUID, *, language: str, at: datetime) -> None:
    """Read the site that somebody asked for; what hinders it is kept as its sentence. Twice reads once."""
    run = GoodsImport.objects.select_related("shop__town", "shop__place").filter(pk=run_id).first()
    if run is None or run.state != "reading":
        return
    with override(language):
        try:
            reading, problem = read_site(run.name, run.shop), ""
        except Refusal as refusal:
            reading, problem = Reading(), str(refusal)
        except Exception:
            _read(run_id, Reading(), _("The site could not be read. Nothing was written."), at)
            raise
        _read(run_id, reading, problem, at)


@transaction.atomic
def _read(run_id: UUID, reading: Reading, problem: str, at: datetime) -> None:
    kept = GoodsImport.objects.select_for_update(of=("self",)).filter(pk=run_id).first()
    if kept is None or kept.state != "reading":
        return  # left meanwhile, or read by somebody else
    _fill(kept, reading, at)
    kept.problem = problem[:300]
    kept.save(update_fields=["rows", "errors", "notes", "report", "read_at", "problem"])


@transaction.atomic
def add_to_import(*, run: GoodsImport, reading: Reading, at: datetime) -> None:
    """Put more rows behind those that were brought. Raises Refusal with the sentence of a row that cannot be used."""
    run = _open(run)
    if reading.errors:
        raise Refusal(reading.errors[0].sentence)
    rows = reading.rows()
    last = max([row["row"] for row in [*run.rows, *run.errors]], default=0)
    for number, row in enumerate(rows, start=last + 1):
        row["row"] = number
    run.rows = [*run.rows, *rows]
    _compare(run)
    run.save(update_fields=["rows", "report"])


@transaction.atomic
def compare_again(*, run: GoodsImport, at: datetime) -> None:
    """Compare what was read with the goods as they stand now. Raises Refusal for an import that is over."""
    run = _open(run)
    for row in run.rows:
        row["was"] = {name: text for name, text in row["was"].items() if name != "stock" or row["own"]}
    _compare(run)
    run.save(update_fields=["rows", "report"])


@transaction.atomic
def write_import(
    *, run: GoodsImport, at: datetime, typed: Mapping[int, Mapping[str, Any]] | None = None, by: Any = None
) -> GoodsChange:
    """Write exactly what was shown, wholly or not at all, and the rows that waited for what was ``typed``.

    Rows that lack a name or a price still become an import of their own. Raises Refusal when it was written already,
    or when the goods have changed since it was shown.
    """
    lock_goods(run.shop)
    run = _open(run)
    shown = Difference.from_json(run.report)
    lock_goods(run.shop, [change.product for change in shown.changed] + [gone.product for gone in shown.missing])
    now = _difference(run)
    if not _same(shown, now):
        raise Refusal(_("Your goods have changed since this was shown. Here is the difference as it is now."))
    if typed:
        for row in run.rows:
            row["values"] |= typed.get(row["row"], {})
        now = _difference(run)
    if not now.writes:
        raise Refusal(_("There is nothing to write."))
    moves = [Move(one.product, one.before, one.after, one.stock_by) for one in now.changed]
    if now.hides:
        moves += [Move(one.product, {"hidden": False}, {"hidden": True}) for one in now.missing]
    change = write_goods(
        shop=run.shop,
        new=[new.values for new in now.new],
        moves=moves,
        kind=GoodsChange.Kind.IMPORT,
        at=at,
        by=by,
    )
    _leave_the_rest(run, now, at)
    run.written_at, run.rows, run.errors = at, [], []
    run.report = {"counts": now.counts()}
    run.save(update_fields=["written_at", "rows", "errors", "report"])
    return change


@transaction.atomic
def leave_import(*, run: GoodsImport, at: datetime, by: Any = None) -> None:
    """Forget what was brought and not written, its pictures included. Raises Refusal when it was written."""
    run = _open(run, any_state=True)
    audit.record("goods.left", run, at=at, town_id=run.town_id, actor=by)
    forget(run)


def forget(run: GoodsImport) -> None:
    """Delete an import, and the pictures that no product shows."""
    from parvis.market.models import Product

    storage = Product._meta.get_field("picture").storage
    names = {row["values"]["picture"] for row in run.rows if row["values"].get("picture")}
    names -= set(Product.objects.filter(picture__in=names).values_list("picture", flat=True))
    for name in names:
        transaction.on_commit(lambda name=name: storage.delete(name))  # type: ignore[misc]
    run.delete()


def _open(run: GoodsImport, *, any_state: bool = False) -> GoodsImport:
    """The row, locked, with its shop; Refusal when it is over."""
    shop = run.shop
    kept = GoodsImport.objects.select_for_update(of=("self",)).filter(pk=run.pk).first()
    if kept is None or kept.written_at:
        raise Refusal(_("This was written already."))
    if kept.state != "shown" and not any_state:
        raise Refusal(_("It cannot be used."))
    kept.shop = shop
    return kept


def _fill(run: GoodsImport, reading: Reading, at: datetime) -> None:
    run.rows, run.errors, run.notes = reading.rows(), reading.wrong(), [note[:300] for note in reading.notes]
    run.read_at = at
    _compare(run)


def _difference(run: GoodsImport) -> Difference:
    return compare(run.shop, from_plain(run.rows), errors_from_plain(run.errors), hide_missing=run.hide_missing)


def _compare(run: GoodsImport) -> None:
    """Keep the difference, and the stock that it was made with: what is sold until it is written stays sold."""
    difference = _difference(run)
    seen = {change.row: change.seen for change in difference.changed if change.seen is not None}
    for row in run.rows:
        if row["row"] in seen and "stock" not in row["was"]:
            row["was"]["stock"] = str(seen[row["row"]])
    run.report = difference.to_json()


def _same(shown: Difference, now: Difference) -> bool:
    """Whether two differences write the same; mistakes and what waits do not count."""
    return (shown.new, shown.changed, shown.hides, shown.missing if shown.hides else []) == (
        now.new,
        now.changed,
        now.hides,
        now.missing if now.hides else [],
    )


def _leave_the_rest(run: GoodsImport, now: Difference, at: datetime) -> None:
    """Rows that lack a name or a price become an import of their own."""
    waiting = {one.row for one in now.incomplete}
    rest = [row for row in run.rows if row["row"] in waiting]
    if rest:
        left = GoodsImport(town_id=run.town_id, shop=run.shop, way=run.way, name=run.name, by=run.by, created_at=at)
        _fill(left, Reading([Incoming(**row) for row in rest]), at)
        left.save(force_insert=True)


def _forget_old(shop: Shop, *, keep: GoodsImport) -> None:
    waiting = GoodsImport.objects.filter(shop=shop, written_at=None).exclude(pk=keep.pk).order_by("-created_at")
    for run in waiting[MOST_WAITING:]:
        forget(run)
