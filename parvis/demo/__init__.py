"""Living towns to look at, and a day of one to play: ``parvis demo`` and ``parvis simulate``.

Everything here goes through the same actions as the pages. The builders are those of the tests. Shops, people and
orders are invented and the pages say so; public places are real. It knows all rooms below; none knows it.
"""
