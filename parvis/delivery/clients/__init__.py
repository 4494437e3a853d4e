"""The outside world of the delivery room: the streets."""
