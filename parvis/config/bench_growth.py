"""A town with a million orders behind it, for ``parvis bench checkout``: real orders, copied with their rows.

Some orders are placed, prepared and paid through the actions, then copied by PostgreSQL with new ids and earlier dates,
the same number for each day: a bigger table is an older town, not a busier one. Checks and triggers of the copies are
off: what is copied is right already.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import Model

from parvis.market.actions import accept_part, finish_part, prepare_part
from parvis.market.models import LedgerEntry, LedgerTransaction, Line, Order, Part, PartEvent, StockMovement

A_DAY = 500  # orders
NEW_ID = """
CREATE OR REPLACE FUNCTION bench_id(n bigint, old uuid) RETURNS uuid LANGUAGE sql IMMUTABLE AS $$
  SELECT (lpad(to_hex(1500000000000 + n * 172800), 12, '0') || '7' || substr(h, 1, 3) || '8' || substr(h, 4, 15))::uuid
  FROM (SELECT md5(n::text || old::text) AS h) AS hashed
$$
"""


def done(order: Order, at: datetime) -> Order:
    """The whole life of an order that is collected."""
    for part in order.parts.all():
        accept_part(part=part, at=at)
        prepare_part(part=part, quantities={}, at=at)
        finish_part(part=part, at=at)
    return order


def copy_orders(templates: Sequence[Order], first: int, last: int) -> None:
    """Copies number ``first`` to ``last`` (excluded) of the templates in turn; number 0 is the newest."""
    ids = ", ".join(f"'{order.pk}'::uuid" for order in templates)
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        cursor.execute(NEW_ID)
        cursor.execute("CREATE TEMPORARY TABLE IF NOT EXISTS bench_numbers (n bigint, old uuid)")
        cursor.execute("TRUNCATE bench_numbers")
        cursor.execute(
            f"INSERT INTO bench_numbers SELECT n, (ARRAY[{ids}])[1 + n %% %s] FROM generate_series(%s, %s) AS n",  # noqa: S608
            [len(templates), first, last - 1],
        )
        cursor.execute("SET session_replication_role = replica")
        try:
            for model, parent, changed in TREE:
                cursor.execute(_copy(model, parent, changed))
        finally:
            cursor.execute("SET session_replication_role = origin")
        for model, _parent, _changed in TREE:
            cursor.execute(f"VACUUM ANALYZE {model._meta.db_table}")


# Each table with what leads from it to its order, and the columns that must differ. ``earlier`` is a negative interval.
TREE: tuple[tuple[type[Model], str, dict[str, str]], ...] = (
    (Order, "t.id", {"code": "'Z' || lpad(to_hex(g.n), 7, '0')", "key": "'copy-' || g.n", "secret": "md5(g.n::text)"}),
    (Part, "t.order_id", {"order_id": "bench_id(g.n, t.order_id)"}),
    (Line, "(SELECT order_id FROM market_part WHERE id = t.part_id)", {"part_id": "bench_id(g.n, t.part_id)"}),
    (PartEvent, "(SELECT order_id FROM market_part WHERE id = t.part_id)", {"part_id": "bench_id(g.n, t.part_id)"}),
    (
        StockMovement,
        "(SELECT p.order_id FROM market_line l JOIN market_part p ON p.id = l.part_id WHERE l.id = t.line_id)",
        {"line_id": "bench_id(g.n, t.line_id)"},
    ),
    (LedgerTransaction, "t.order_id", {"order_id": "bench_id(g.n, t.order_id)", "key": "g.n || t.key"}),
    (
        LedgerEntry,
        "(SELECT order_id FROM market_ledgertransaction WHERE id = t.transaction_id)",
        {
            "transaction_id": "bench_id(g.n, t.transaction_id)",
            "account": "CASE WHEN t.account LIKE 'buyer:%%' THEN 'buyer:Z' || lpad(to_hex(g.n), 7, '0')"
            " ELSE t.account END",
        },
    ),
)
DATES = {"placed_at", "due_at", "at", "recorded_at", "work_at", "until"}
BETWEEN = timedelta(days=1) / A_DAY


def _copy(model: type[Model], parent: str, changed: dict[str, str]) -> str:
    """All rows of the template orders once more for each number, with their own ids."""
    earlier = f"interval '{int(BETWEEN.total_seconds())} seconds' * (g.n + 1)"
    values = {}
    for field in model._meta.concrete_fields:
        column = str(field.column)
        if column == "id":
            values[column] = "bench_id(g.n, t.id)"
        elif column in changed:
            values[column] = changed[column].replace("%%", "%")
        elif column in DATES:
            values[column] = f"t.{column} - {earlier}"
        else:
            values[column] = f't."{column}"'
    names = ", ".join(f'"{name}"' for name in values)
    table = model._meta.db_table
    return (
        f"INSERT INTO {table} ({names}) SELECT {', '.join(values.values())} "  # noqa: S608 - names of our own tables
        f"FROM {table} AS t JOIN bench_numbers AS g ON g.old = {parent}"
    )
