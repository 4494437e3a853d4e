"""Pages of the market, one file for each visitor's errand."""
