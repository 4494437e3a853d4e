"""Addresses of pages that may not be there: a link is drawn where the page exists."""

from django.urls import NoReverseMatch, reverse


def link(name: str, *args: str) -> str:
    """The address of the page ``name``, or nothing."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""
