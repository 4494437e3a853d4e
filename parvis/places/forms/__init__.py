"""What the directory's pages ask: one form a file."""

from parvis.places.forms.filter import Filter
from parvis.places.forms.map import MapFilter

__all__ = ["Filter", "MapFilter"]
