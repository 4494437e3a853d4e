"""Pages of the delivery room, one file for each person: hub, dispatcher, rider."""
