"""How goods fill boxes and crates."""

MILLILITRES_FILLED = 0.85  # goods never fill a cargo box to its last corner
CRATE_MILLILITRES = 60_000


def crates_for(millilitres: int) -> int:
    """How many crates a volume fills; at least one."""
    return max(1, -(-millilitres // CRATE_MILLILITRES))
