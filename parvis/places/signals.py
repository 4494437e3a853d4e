"""What other rooms may listen to. Receivers run in the same transaction."""

from django.dispatch import Signal

# Sent with ``kept`` and ``dropped`` (both ``Place``) when two entries are made one.
places_merged = Signal()
