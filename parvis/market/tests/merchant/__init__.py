"""Pages of those who speak for a shop."""
