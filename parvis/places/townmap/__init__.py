"""The map of the town: what a window of it shows, said three times from the same rows.

``window`` is the arithmetic of views and windows, ``pins`` what stands in a window (for the drawn map and for the live
one), ``page`` what the page and its list need. The views are ``places.views.map`` and ``places.views.embed``.
"""
