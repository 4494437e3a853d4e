"""Addresses as mails and machines write them: whole, at the town's own host."""

from django.conf import settings

from parvis.towns.models import Town


def town_url(town: Town, path: str = "") -> str:
    """An address at the town's own host, for links in mails."""
    host = town.domains[0] if town.domains else f"{town.slug}.{settings.PUBLIC_HOST}"
    return f"{'https' if settings.SECURE else 'http'}://{host}{path}"
