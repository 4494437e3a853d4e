"""What follows here when the directory makes one entry of two."""

from typing import Any

from parvis.bulletin.models import Follow
from parvis.places.models import Place


def on_places_merged(*, kept: Place, dropped: Place, **_signal: Any) -> None:
    """Who followed the entry that went follows the one that stayed, once. In the transaction of the merge."""
    already = Follow.objects.filter(place=kept).values("follower")
    Follow.objects.filter(place=dropped).exclude(follower__in=already).update(place=kept)
    Follow.objects.filter(place=dropped).delete()
