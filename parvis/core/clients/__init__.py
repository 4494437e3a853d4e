"""The outside world as the ground floor meets it: each with a time-out and two errors, try later and give up."""
