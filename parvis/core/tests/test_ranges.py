"""Parts of files: what a reader of tiles asks, and what it must never get."""

import pytest
from django.test import RequestFactory

from parvis.core.ranges import file_in_ranges


@pytest.fixture
def ask(tmp_path):
    """``ask(range)``: the answer for a file of ten bytes."""
    path = tmp_path / "ten.bin"
    path.write_bytes(b"0123456789")

    def answer(asked="", **headers):
        if asked:
            headers["Range"] = asked
        return file_in_ranges(RequestFactory(headers=headers).get("/"), path, etag='"ten"')

    return answer


@pytest.mark.parametrize(
    ("asked", "body", "said"),
    [
        ("bytes=0-3", b"0123", "bytes 0-3/10"),
        ("bytes=8-", b"89", "bytes 8-9/10"),
        ("bytes=-2", b"89", "bytes 8-9/10"),
        ("bytes=-99", b"0123456789", "bytes 0-9/10"),
        ("bytes=9-99", b"9", "bytes 9-9/10"),
    ],
)
def test_a_range_is_given(ask, asked, body, said):
    answer = ask(asked)
    assert (answer.status_code, answer.content, answer["Content-Range"]) == (206, body, said)
    assert answer["ETag"] == '"ten"'
    assert "immutable" in answer["Cache-Control"]


@pytest.mark.parametrize(
    "asked", ["", "bytes=-", "bytes=5-2", "bytes=0-1,3-4", "lines=0-1", "bytes=a-b", "bytes=0x1-2", "bytes=" + "9" * 40]
)
def test_what_is_no_single_range_gets_the_whole_file(ask, asked):
    answer = ask(asked)
    assert (answer.status_code, answer.content) == (200, b"0123456789")


@pytest.mark.parametrize("asked", ["bytes=10-", "bytes=99-200", "bytes=-0"])
def test_beyond_the_end(ask, asked):
    answer = ask(asked)
    assert (answer.status_code, answer["Content-Range"]) == (416, "bytes */10")


def test_a_range_of_another_version_gets_the_whole_file(ask):
    assert ask("bytes=0-3", **{"If-Range": '"old"'}).status_code == 200
    assert ask("bytes=0-3", **{"If-Range": '"ten"'}).status_code == 206


def test_a_file_already_known_is_not_sent_again(ask):
    answer = ask(**{"If-None-Match": '"ten"'})
    assert (answer.status_code, answer.content) == (304, b"")
