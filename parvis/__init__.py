"""Parvis, the digital main street of a town. The map of the house is in docs/map.md."""

__version__ = "0.1.0"
