"""What every page's frame needs: the town, the languages, where this visitor may go."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def shell(request: HttpRequest) -> dict[str, Any]:
    """Context of ``core/base.html``; works on error pages, where town and user may be missing."""
    town = getattr(request, "town", None)
    offered = [*town.languages, "en"] if town else [code for code, _ in settings.LANGUAGES]
    return {
        "town": town,
        "languages": [(code, name) for code, name in settings.LANGUAGES if code in offered],
        "demo": settings.DEMO,
    }
