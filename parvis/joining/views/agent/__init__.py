"""The town's side of joining: calls to make, shops about to open, the rules."""
