"""A Django database engine: PostgreSQL from a wheel, started at the first connection."""
