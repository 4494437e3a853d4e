"""Parts of a file over HTTP (RFC 9110, section 14): what readers of map tiles ask for."""

import re
from http import HTTPStatus
from pathlib import Path

from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response

FOR_GOOD = "public, max-age=31536000, immutable"
_ONE_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")


def file_in_ranges(
    request: HttpRequest, path: Path, *, etag: str, content_type: str = "application/octet-stream"
) -> HttpResponse:
    """The file, or the one range of bytes that is asked for; ``etag`` names its content, quotes included.

    Several ranges at once, or what cannot be read, are answered with the whole file as the RFC allows; a range beyond
    the end with 416. The address must change with the content: browsers keep the answer for good.
    """
    size = path.stat().st_size
    wanted = _wanted(request, etag, size)
    if wanted is not None and wanted[0] >= wanted[1]:
        response = HttpResponse(status=HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE)
        response["Content-Range"] = f"bytes */{size}"
        return response
    start, end = wanted or (0, size)
    with path.open("rb") as file:
        file.seek(start)
        response = HttpResponse(file.read(end - start), content_type=content_type)
    if wanted:
        response.status_code = HTTPStatus.PARTIAL_CONTENT
        response["Content-Range"] = f"bytes {start}-{end - 1}/{size}"
    response["Accept-Ranges"] = "bytes"
    response["Cache-Control"] = FOR_GOOD
    response["ETag"] = etag
    response["Content-Encoding"] = "identity"  # a range of a packed answer would not be a range of the file
    return response if wanted else _unless_known(request, etag, response)


def _unless_known(request: HttpRequest, etag: str, response: HttpResponse) -> HttpResponse:
    known = get_conditional_response(request, etag=etag, response=response)
    return known if isinstance(known, HttpResponse) else response


def _wanted(request: HttpRequest, etag: str, size: int) -> tuple[int, int] | None:
    """Start and end (behind the last byte) of the range asked for, an empty one when the file has none of it."""
    asked = _ONE_RANGE.fullmatch(request.headers.get("Range", "").strip())
    if asked is None or request.headers.get("If-Range", etag) != etag:
        return None
    first, last = asked.groups()
    if not first:  # the last n bytes
        return (max(size - int(last), 0), size) if last else None
    if last and int(last) < int(first):
        return None
    return int(first), min(int(last) + 1, size) if last else size
