"""Online payment, against a provider that keeps state and has accidents."""
