"""The agent's desk of the directory: who waits, and which entries to look at; one list a file."""
