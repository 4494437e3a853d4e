"""One day of a town, played through the same actions as the pages.

``Day`` holds the parts (``orders``, ``shops``, ``depot``, ``road``) and a clock that jumps from event to event; what
people do beyond their own choice (late, out of stock, nobody home) is asked from ``Fates``. ``parvis simulate`` plays
a day to its end; ``parvis demo`` plays one until now.
"""
