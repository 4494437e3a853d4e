"""Pages of those who speak for a shop: orders, goods, hours, ways to serve, money."""
