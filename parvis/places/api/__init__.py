"""The directory for machines: JSON and GeoJSON by OpenAPI, a calendar of hours, schema.org."""
