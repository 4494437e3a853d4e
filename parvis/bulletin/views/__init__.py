"""The bulletin's pages: one kind of visitor a file."""
