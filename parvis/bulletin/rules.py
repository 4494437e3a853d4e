"""Which posts wait before anybody reads them. Pure, so that the rule can be read and tried.

The town's own posts never wait. A shop's post appears at once and an agent looks after it later, except:
- the town looks at every post first (``Newsroom.looks_first``);
- no agent has found a post of this shop fine yet: its first ones;
- it holds a link or a mail address: that is how advertising and fraud come.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

# "www.x.be", "http://…", "x@y.fr", and a bare "shop.com/…"; "12.30", "etc." and "M.Dupont" are none.
_LINK = re.compile(
    r"https?:|www\.|[\w.+-]+@[\w-]+\.\w{2,}"
    r"|\b[\w-]+\.(?:com|net|org|info|biz|shop|store|site|online|xyz|app|io|me|ly|gl|fr|be|ch|nl|de|eu|uk|lu|brussels|paris)\b",
    re.IGNORECASE,
)


class Wait(StrEnum):
    """Why a post waits."""

    EVERY = "every"
    FIRST = "first"
    LINK = "link"


@dataclass(frozen=True, slots=True)
class Facts:
    """What the rule looks at."""

    by_town: bool
    looks_first: bool
    known_shop: bool
    words: str


def why_wait(facts: Facts) -> Wait | None:
    """The reason for which a post waits; None when it appears at once."""
    if facts.by_town:
        return None
    if facts.looks_first:
        return Wait.EVERY
    if not facts.known_shop:
        return Wait.FIRST
    return Wait.LINK if has_link(facts.words) else None


def has_link(words: str) -> bool:
    """Whether a text leads somewhere else."""
    return _LINK.search(words) is not None
