"""The words that things in a town are called by: what a mistyped word is compared with.

Rooms above ``learn`` the names they write; a nightly ``recount`` makes the figures right. Each process keeps the
vocabulary of the towns it was asked about, and looks whether it has changed before it uses it.
"""

from bisect import bisect_left
from collections import Counter, OrderedDict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import cached_property
from threading import Lock
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Count, Sum
from rapidfuzz import process
from rapidfuzz.distance import OSA

from parvis.core.stems import stems
from parvis.core.text import words_of
from parvis.towns.models import Town, Word
from parvis.towns.synonyms import defaults

SHORTEST = 3  # shorter words are beginnings of too much to mend anything
BATCH = 2000
MOST_TOWNS = 64  # vocabularies kept by a process, a few megabytes each
MOST_GUESSES = 3  # of one word
_LOCK_KEY = 7_203_000  # first half of the advisory lock, the second is the town's

type Edition = tuple[int, int]


@dataclass(frozen=True)
class Vocabulary:
    """The words of one town with how often each is used."""

    edition: Edition
    uses: dict[str, int]
    languages: tuple[str, ...]

    @cached_property
    def ordered(self) -> list[str]:
        """All words in the order of the alphabet."""
        return sorted(self.uses)

    @cached_property
    def _trunks(self) -> set[str]:
        return {trunk for word in self.uses for trunk in stems(word, self.languages)}

    def knows(self, word: str) -> bool:
        """Whether something in the town is called so, by the word, its beginning or its trunk."""
        place = bisect_left(self.ordered, word)
        if place < len(self.ordered) and self.ordered[place].startswith(word):
            return True
        return not self._trunks.isdisjoint(stems(word, self.languages))

    def guesses(self, word: str, limit: int = MOST_GUESSES) -> list[str]:
        """Words that ``word`` may be a mistake for: fewest mistakes first, then the same first letter, then use.

        One mistake (a letter wrong, missing, too many, or two swapped) from four letters on, two from eight. A word
        that is still being typed is compared with the beginnings of words.
        """
        allowed = _allowed(word)
        if not allowed:
            return []
        found = _near(word, self.ordered, allowed)
        if found:
            return sorted(found, key=lambda one: self._rank(word, one, found[one]))[:limit]
        begun = self._begun(word, allowed)
        best = sorted(begun, key=lambda one: self._rank(word, one, begun[one]))
        return list(dict.fromkeys(self._beginnings(len(one))[one] for one in best))[:limit]

    def alike(self, word: str, limit: int = 20) -> list[str]:
        """Words and beginnings of words that ``word`` may be a mistake for, the likeliest first."""
        allowed = _allowed(word)
        if not allowed:
            return []
        found = self._begun(word, allowed) | _near(word, self.ordered, allowed)
        found.pop(word, None)
        return sorted(found, key=lambda one: self._rank(word, one, found[one]))[:limit]

    def _begun(self, word: str, allowed: int) -> dict[str, float]:
        lengths = range(len(word) - 1, len(word) + 2)
        return {
            beginning: distance
            for length in lengths
            for beginning, distance in _near(word, self._beginnings(length), allowed).items()
        }

    def _beginnings(self, length: int) -> dict[str, str]:
        """The first ``length`` letters of all longer words, each with the most used word that has them."""
        if length not in self._by_length:
            found: dict[str, str] = {}
            for word in self.ordered:
                if len(word) > length and self.uses[word] > self.uses.get(found.get(word[:length], ""), -1):
                    found[word[:length]] = word
            self._by_length[length] = found
        return self._by_length[length]

    @cached_property
    def _by_length(self) -> dict[int, dict[str, str]]:
        return {}

    def _rank(self, word: str, guess: str, distance: float) -> tuple[float, bool, int, str]:
        return distance, guess[0] != word[0], -self.uses.get(guess, 0), guess


def _allowed(word: str) -> int:
    return 0 if len(word) < 4 or not word.isalpha() else 1 if len(word) < 8 else 2


def _near(word: str, choices: Collection[str], allowed: int) -> dict[str, float]:
    found = process.extract(word, list(choices), scorer=OSA.distance, score_cutoff=allowed, limit=None)
    return {choice: distance for choice, distance, _ in found}


_kept: OrderedDict[UUID, Vocabulary] = OrderedDict()
_keeping = Lock()


def vocabulary(town: Town) -> Vocabulary:
    """The words of ``town``: one small query when nothing has changed since this process read them, else two."""
    counted = Word.objects.filter(town=town).aggregate(count=Count("pk"), uses=Sum("uses"))
    edition = (counted["count"], counted["uses"] or 0)
    with _keeping:
        kept = _kept.get(town.pk)
        if kept and kept.edition == edition:
            _kept.move_to_end(town.pk)
            return kept
    languages = (*town.languages, "en")
    ours = {word: 0 for phrase in defaults(town.languages) for word in phrase if len(word) >= SHORTEST}
    own = dict(Word.objects.filter(town=town).values_list("word", "uses"))
    fresh = Vocabulary(edition, ours | own, languages)
    with _keeping:
        _kept[town.pk] = fresh
        while len(_kept) > MOST_TOWNS:
            _kept.popitem(last=False)
    return fresh


def count(texts: Iterable[str]) -> Counter[str]:
    """The words of ``texts`` that a mistake may be mended with: letters only, at least three."""
    return Counter(word for text in texts for word in words_of(text) if len(word) >= SHORTEST and word.isalpha())


def learn(town: Town, texts: Iterable[str]) -> None:
    """Add the words of ``texts`` that the town has not got yet; how often they are used is counted at night.

    Never waits: while another transaction adds words of the town, these are left for the night.
    """
    found = count(texts)
    kept = _kept.get(town.pk)
    fresh = [word for word in sorted(found) if kept is None or not kept.uses.get(word)]
    if not fresh:
        return
    with transaction.atomic():
        if _alone(town):
            rows = [Word(town=town, word=word, uses=found[word]) for word in fresh]
            Word.objects.bulk_create(rows, batch_size=BATCH, ignore_conflicts=True)


@transaction.atomic
def recount(town: Town, texts: Iterable[str]) -> int:
    """Make the vocabulary that of ``texts``, all that there is in the town; returns how many words it has."""
    found = count(texts)
    if not _alone(town):
        return len(found)
    known = {word.word: word for word in Word.objects.filter(town=town)}
    gone = [word.pk for text, word in known.items() if text not in found]
    moved = [word for text, word in known.items() if text in found and word.uses != found[text]]
    for word in moved:
        word.uses = found[word.word]
    Word.objects.filter(pk__in=gone).delete()
    Word.objects.bulk_update(moved, ["uses"], batch_size=BATCH)
    new = [Word(town=town, word=text, uses=found[text]) for text in sorted(found.keys() - known.keys())]
    Word.objects.bulk_create(new, batch_size=BATCH)
    return len(found)


def _alone(town: Town) -> bool:
    """Whether this transaction may write words of the town: the first to ask, until it ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", [_LOCK_KEY, town.pk.int % 2**31])
        return bool(cursor.fetchone()[0])
