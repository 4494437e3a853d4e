"""Reading places from any source and comparing them with the directory; nothing is written here.

``reading.read_file`` (or ``osm_places.read_things``) gives a ``Reading``; ``compare`` gives the ``Difference`` that
``parvis.places.actions.imports.apply_difference`` writes.
"""

from parvis.core.tables import UnreadableFile
from parvis.places.imports.compare import GONE, KEEP, compare
from parvis.places.imports.difference import Difference
from parvis.places.imports.incoming import Incoming, Reading
from parvis.places.imports.reading import read_file

__all__ = ["GONE", "KEEP", "Difference", "Incoming", "Reading", "UnreadableFile", "compare", "read_file"]
