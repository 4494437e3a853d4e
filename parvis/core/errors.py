"""Errors with a sentence fit for a citizen."""


class Refusal(Exception):  # noqa: N818 - a refusal is not a fault of the program
    """What was asked cannot be done; ``str(error)`` is the translated sentence to show, and nothing was written."""
