"""Whether rows are still as they were: a mark of all that some queries would give."""

from typing import Any

from django.db import connection
from django.db.models import QuerySet


class Mark:
    """A question to the database that is written once and asked often: whether any of some rows has changed."""

    def __init__(self, *rows: QuerySet[Any]) -> None:
        parts, self._values = [], list[Any]()
        for asked in rows:
            sql, values = asked.order_by().query.sql_with_params()
            parts.append(f"SELECT coalesce(string_agg(md5(t::text), '' ORDER BY md5(t::text)), '') FROM ({sql}) AS t")  # noqa: S608 - written by the ORM
            self._values += values
        self._sql = f"SELECT md5(concat_ws(' ', {', '.join(f'({part})' for part in parts)}))"

    def read(self) -> str:
        """The same text as long as no column of any row changes, none comes and none goes. One query; what the rows
        hold does not leave the database. Their order is of no matter.
        """
        with connection.cursor() as cursor:
            cursor.execute(self._sql, self._values)
            return str(cursor.fetchone()[0])
