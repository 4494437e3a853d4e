"""The directory's pages: the list, the editor of an entry, its history; one subject a file."""
