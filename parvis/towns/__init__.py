"""Towns of this installation: their names, zones, languages, boundaries, streets and addresses.

Main verbs: ``actions.create_town``, ``actions.import_addresses``, ``addresses.search``, ``addresses.geocode``,
``clients.tiles.build_tiles`` (street tiles of an OpenStreetMap extract).
It must not know people, shops or deliveries. Every row of a town, here and above, carries ``town``.
No personal data: an address here is a door of the town, not somebody's.
"""
