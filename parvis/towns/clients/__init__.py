"""The outside world of the towns' room: the builder of street tiles."""
