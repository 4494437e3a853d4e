"""The French address base (BAN): doors of a commune from its CSV, read, compared with what is there, written at once.

Main verb: ``import_base``. Licence Ouverte 2.0: the town's sources name it.
"""

from parvis.towns.ban.reading import BaseDoor, Reading, Wrong, read
from parvis.towns.ban.writing import Removals, Report, import_base

__all__ = ["BaseDoor", "Reading", "Removals", "Report", "Wrong", "import_base", "read"]
