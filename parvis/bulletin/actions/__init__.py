"""What people do with news: one subject a file."""
