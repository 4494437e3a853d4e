"""Verbs of the directory: one file a subject; each verb is one transaction with an audit row."""
