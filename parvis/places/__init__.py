"""The directory: every place of the town, where it is and when it is open.

Main verbs: ``actions.import_places`` (from an OpenStreetMap extract), ``hours.status``. It must not know orders
or deliveries; a shop of the market points to its place, never the other way.
No personal data beyond what a business publishes about itself.
"""
