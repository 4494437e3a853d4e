"""The front door: home page of a town, search over everything, navigation, legal pages, the list of towns.

It knows all rooms below and no room knows it. It keeps nothing of its own, personal or not.
"""
