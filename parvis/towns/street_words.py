"""The words that streets are made of: kinds of streets, small words, and how people shorten them."""

from parvis.core.text import fold, words_of

KINDS = set(
    fold(
        "rue r avenue av ave boulevard bd bld blvd chemin che ch place pl route rte quai allee all impasse imp square "
        "sq passage pass cours cite villa voie ruelle sente sentier residence res rond point esplanade mail "
        "straat str laan lei weg plein steenweg dreef"
    ).split()
)
SMALL = set(
    fold("de du des d la le les l a au aux et en sur van der den het de st saint sainte grand grande petite").split()
)
# What people shorten; ways of shortening that are beginnings of the word ("imp", "all") are found anyway.
SHORT = {
    "bd": "boulevard", "bld": "boulevard", "blvd": "boulevard", "bvd": "boulevard", "boul": "boulevard",
    "rte": "route", "st": "saint", "ste": "sainte", "fbg": "faubourg", "fg": "faubourg", "ave": "avenue",
    "cr": "cours", "qu": "quai", "str": "straat", "stwg": "steenweg", "pce": "place", "psg": "passage",
    "gal": "general", "mal": "marechal", "dr": "docteur", "pdt": "president", "cdt": "commandant",
    "lt": "lieutenant", "cne": "capitaine", "sgt": "sergent", "mgr": "monseigneur", "rpt": "rond",
}  # fmt: skip
_WRITTEN_SHORT = SHORT | {"av": "avenue", "pl": "place", "all": "allee", "imp": "impasse", "sq": "square", "r": "rue"}


def spelled_out(street: str) -> list[str]:
    """The whole words behind what a street's own name shortens: "Av Suzanne Buisson" is also an avenue."""
    return [_WRITTEN_SHORT[word] for word in words_of(street) if word in _WRITTEN_SHORT]
