"""The outside world: the push services of browsers."""
