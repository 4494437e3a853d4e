"""A mark changes with each change of the rows, and with nothing else."""

from datetime import UTC, datetime

import pytest

from parvis.core.marks import Mark
from parvis.core.models import AuditEntry

AT = datetime(2026, 11, 26, 7, 0, tzinfo=UTC)
pytestmark = pytest.mark.django_db


def entry(verb: str, **changes: object) -> AuditEntry:
    return AuditEntry.objects.create(verb=verb, at=AT, **changes)


def test_a_mark_is_of_what_rows_say(django_assert_num_queries):
    entry("a")
    entry("b")
    mark = Mark(AuditEntry.objects.filter(verb__in=["a", "b", "%s", "c"]))
    before = mark.read()
    with django_assert_num_queries(1):
        assert mark.read() == before
    assert Mark(AuditEntry.objects.filter(verb__in=["a", "b"]).order_by("-verb")).read() == before
    entry("of another")
    assert mark.read() == before
    new = entry("c")
    grown = mark.read()
    assert grown != before
    AuditEntry.objects.filter(pk=new.pk).update(town_id=new.pk)
    assert mark.read() not in {before, grown}
    new.delete()
    assert mark.read() == before


def test_rows_do_not_pass_from_one_query_to_another():
    entry("a")
    one, none = AuditEntry.objects.filter(verb="a"), AuditEntry.objects.filter(verb="nothing")
    assert len({Mark(one, none).read(), Mark(none, one).read(), Mark(none, none).read(), Mark(one, one).read()}) == 4
