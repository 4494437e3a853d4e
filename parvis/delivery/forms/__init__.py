"""Forms of the delivery room, one file for each person."""
