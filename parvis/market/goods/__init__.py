"""Goods of a shop in bulk, in and out; nothing is written here.

``columns.COLUMNS`` is the one table of what a file may say of a product. Every way in (``reading`` a table, ``eans``,
``photos``, ``website``) gives a ``Reading``; ``compare`` gives the ``Difference`` that ``actions.goods`` writes;
``exports`` writes the same columns, so that a file goes out, is edited, and comes back.
"""
