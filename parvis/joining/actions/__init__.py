"""The verbs of joining."""
