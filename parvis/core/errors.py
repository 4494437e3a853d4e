"""Errors with a sentence fit for a citizen."""


class Refusal(Exception):
    """What was asked cannot be done; ``str(error)`` is the translated sentence to show, and nothing was written."""
