"""The directory: every place of the town, where it is and when it is open, and who says so.

Main verbs: ``actions.entries.change_place`` (every change of an entry goes through it and can be undone),
``actions.imports.import_places``, ``actions.claims``, ``actions.reminders``, ``spans.rewrite_spans``,
``hours.status``. It must not know orders or deliveries; a shop of the market points to its place, never the other way.
Personal data: the account of who claimed or changed an entry, deleted with the account; claims and their telephone
number for a year; a mobile number while its shop wants text messages; the address of who reported a mistake until it
is settled. ``parvis purge`` keeps to it.
"""
