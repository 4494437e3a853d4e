"""The whole directory as a file, for everybody: CSV, GeoJSON, Excel."""

from collections.abc import Iterator
from datetime import datetime

from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse, StreamingHttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from parvis.core.time import day_of
from parvis.places import exports
from parvis.towns.requests import TownRequest


@login_not_required
@require_safe
def as_csv(request: TownRequest) -> StreamingHttpResponse:
    """A table that opens in a spreadsheet."""
    at = timezone.now()
    return _streamed(request, exports.csv_lines(request.town, at), "text/csv; charset=utf-8", "csv", at)


@login_not_required
@require_safe
def as_geojson(request: TownRequest) -> StreamingHttpResponse:
    """Points for a map."""
    at = timezone.now()
    return _streamed(request, exports.geojson_pieces(request.town, at), "application/geo+json", "geojson", at)


@login_not_required
@require_safe
def as_excel(request: TownRequest) -> HttpResponse:
    """A workbook, kept on the disk until something changes."""
    at = timezone.now()
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    answer = HttpResponse(exports.excel_file(request.town, at).read_bytes(), content_type=kind)
    answer.headers["Content-Disposition"] = f'attachment; filename="{_name(request, "xlsx", at)}"'
    return answer


def _streamed(
    request: TownRequest, pieces: Iterator[str], kind: str, ending: str, at: datetime
) -> StreamingHttpResponse:
    answer = StreamingHttpResponse(pieces, content_type=kind)
    answer.headers["Content-Disposition"] = f'attachment; filename="{_name(request, ending, at)}"'
    return answer


def _name(request: TownRequest, ending: str, at: datetime) -> str:
    return f"{request.town.slug}-places-{day_of(at, request.town.zone):%Y-%m-%d}.{ending}"
