"""Goods in bulk: in, out, changed, undone."""
