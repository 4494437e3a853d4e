"""What people type when a shop joins."""
