"""Towns of this installation: their names, zones, languages, boundaries, streets and addresses.

Main verbs: ``actions.create_town``, ``actions.import_streets`` (from an OpenStreetMap extract), ``addresses.search``.
It must not know people, shops or deliveries. Every row of a town, here and above, carries ``town``.
No personal data: an address here is a door of the town, not somebody's.
"""
