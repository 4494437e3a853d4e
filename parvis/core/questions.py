"""What a visitor typed, understood word by word, and how a row with a search vector answers it.

A word counts by itself, by its beginning, by its trunk ("boulangeries") and by its other names ("véto"). Rows whose
name says it come before rows whose category does, and those before rows where it only stands in the address.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from django.contrib.postgres.search import SearchQueryField
from django.db.models import BooleanField, Case, F, Func, IntegerField, Value, When

from parvis.core.stems import MARK, stems
from parvis.core.text import fold, words_of

LANGUAGES = ("fr", "nl", "en")  # of all towns
MOST_WORDS = 8
_WHOLE, _BEGUN, _ALIKE = range(3)  # how a word stands in a row
# Words that decide nothing, left out when others remain. "the" is French tea here.
_SMALL = frozenset(fold("a au aux d de des du een en et het l la le les of op van voor").split())


@dataclass(frozen=True, slots=True)
class Term:
    """Words typed that stand for one thing, and its other names, each of some words."""

    words: tuple[str, ...]
    others: tuple[tuple[str, ...], ...] = ()

    @property
    def text(self) -> str:
        """As typed, folded."""
        return " ".join(self.words)


@dataclass(frozen=True, slots=True)
class Question:
    """The terms that a row must all answer, and the languages in which they may be."""

    terms: tuple[Term, ...]
    languages: tuple[str, ...] = LANGUAGES

    def __bool__(self) -> bool:
        return bool(self.terms)

    @property
    def text(self) -> str:
        """The words that count."""
        return " ".join(term.text for term in self.terms)

    def with_word(self, old: str, new: str) -> "Question":
        """The same question with one word for another."""
        terms = tuple(Term((new,)) if term.words == (old,) else term for term in self.terms)
        return replace(self, terms=terms)

    def exactly(self, weights: str = "") -> str:
        """As a ``tsquery``: every word as it stands, in words of these weights (all when none is named)."""
        return _all(_all(_whole(word, weights) for word in term.words) for term in self.terms)

    def begun(self, weights: str = "") -> str:
        """As a ``tsquery``: every word by its beginning."""
        return _all(_all(_begun(word, weights) for word in term.words) for term in self.terms)

    def loosely(self, weights: str = "") -> str:
        """As a ``tsquery``: every word by its beginning or its trunk, or by another name of it."""
        return _all(self._term(term, weights) for term in self.terms)

    def fit(self, found: Mapping[str, str]) -> int | None:
        """``closeness`` of words weighed here (``core.text.weighed``), without a database; None: no answer."""
        if not self or not self._fits(found, "ABCD", _ALIKE):
            return None
        steps = ((_WHOLE, "A"), (_BEGUN, "A"), (_WHOLE, "AB"), (_ALIKE, "A"), (_ALIKE, "AB"))
        return next((n for n, (how, weights) in enumerate(steps) if self._fits(found, weights, how)), len(steps))

    def _fits(self, found: Mapping[str, str], weights: str, how: int) -> bool:
        heavy = [lexeme for lexeme, weight in found.items() if weight in weights]
        for term in self.terms:
            names = (term.words, *term.others) if how == _ALIKE else (term.words,)
            if not any(all(self._stands(word, heavy, how) for word in name) for name in names):
                return False
        return True

    def _stands(self, word: str, lexemes: list[str], how: int) -> bool:
        if word in lexemes or (how != _WHOLE and len(word) > 1 and any(one.startswith(word) for one in lexemes)):
            return True
        trunks = stems(word, self.languages) if how == _ALIKE else ()
        return any(MARK + trunk in lexemes or trunk in lexemes for trunk in trunks)

    def _term(self, term: Term, weights: str) -> str:
        names = [term.words, *term.others]
        single = [self._forms(name[0]) for name in names if len(name) == 1]
        phrases = [_all(self._word(word, weights) for word in name) for name in names if len(name) > 1]
        return _any([*_fewest(single, weights), *phrases])

    def _word(self, word: str, weights: str) -> str:
        return _any(_fewest([self._forms(word)], weights))

    def _forms(self, word: str) -> tuple[str, set[str]]:
        """The word, and its trunks: with their mark, and as a word that is its own trunk."""
        trunks = stems(word, self.languages)
        return word, {form for trunk in trunks for form in (MARK + trunk, trunk) if form != word}


def understand(text: str, languages: tuple[str, ...] = LANGUAGES) -> Question:
    """The first words of ``text``; those that decide nothing are left out when others remain."""
    return Question(tuple(Term((word,)) for word in telling(words_of(text[:400]))), languages)


def telling(words: list[str]) -> list[str]:
    """The words that decide something, each once and in order; all of them when none does."""
    once = list(dict.fromkeys(words))
    return ([word for word in once if word not in _SMALL] or once)[:MOST_WORDS]


class TsQuery(Func):
    """A ``tsquery`` as written above: our own trunks have a mark that ``to_tsquery`` would drop."""

    template = "%(expressions)s::tsquery"

    def __init__(self, text: str) -> None:
        super().__init__(Value(text), output_field=SearchQueryField())


class Answers(Func):
    """Whether a row's vector answers a query of ``Question``; stands in ``filter`` and in ``When``."""

    template = "(%(expressions)s)"
    arg_joiner = " @@ "

    def __init__(self, query: str, column: str = "search") -> None:
        super().__init__(F(column), TsQuery(query), output_field=BooleanField())


def closeness(question: Question, column: str = "search") -> Case:
    """How well a row that answers fits, 0 best: its name as typed or begun, its kind as typed, its name or kind
    by trunks and other names, then the rest of it.
    """
    steps = [
        question.exactly("A"),
        question.begun("A"),
        question.exactly("AB"),
        question.loosely("A"),
        question.loosely("AB"),
    ]
    whens = [When(Answers(query, column), then=number) for number, query in enumerate(steps)]
    return Case(*whens, default=len(steps), output_field=IntegerField())


def _fewest(forms: list[tuple[str, set[str]]], weights: str) -> list[str]:
    """Each word by its beginning, or any of its trunks; without those that another's beginning holds already.

    The same answers, and the database's estimate of how many there are stays right.
    """
    begun = [word for word, _ in forms if len(word) > 1]
    begun = [word for word in dict.fromkeys(begun) if not any(word != o and word.startswith(o) for o in begun)]
    whole = {word for word, _ in forms if len(word) == 1}.union(*(trunks for _, trunks in forms))
    left = sorted(one for one in whole if not one.startswith(tuple(begun) or MARK * 2))
    return [*(_begun(word, weights) for word in begun), *(_whole(one, weights) for one in left)]


def _quoted(lexeme: str, flags: str) -> str:
    return f"'{lexeme}':{flags}" if flags else f"'{lexeme}'"


def _whole(word: str, weights: str) -> str:
    return _quoted(word, weights)


def _begun(word: str, weights: str) -> str:
    """By its beginning; one letter is a word of its own ("l'abbé"), or it would begin everything."""
    return _quoted(word, ("*" if len(word) > 1 else "") + weights)


def _all(parts: Iterable[str]) -> str:
    return _joined(parts, " & ")


def _any(parts: Iterable[str]) -> str:
    return _joined(parts, " | ")


def _joined(parts: Iterable[str], sign: str) -> str:
    once = list(dict.fromkeys(parts))
    return once[0] if len(once) == 1 else f"({sign.join(once)})"
