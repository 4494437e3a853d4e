"""What the directory's pages ask: one form a file."""

from parvis.places.forms.filter import Filter

__all__ = ["Filter"]
