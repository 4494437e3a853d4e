"""The town's feed: short news by its shops and the town, followed by residents.

It must not know orders or products; a post belongs to a place of the directory, or to the town.
Personal data: who follows what, their mail address and the browser they allowed; deleted when they stop.
"""
