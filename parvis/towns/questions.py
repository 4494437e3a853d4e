"""Questions in the words of a town: its synonyms beside what was typed, its vocabulary for mistakes of typing."""

from collections.abc import Iterator
from itertools import islice, product

from parvis.core.questions import Question, Term, telling
from parvis.core.text import words_of
from parvis.towns import synonyms, words
from parvis.towns.models import Town

MOST_GUESSES = 4  # of a whole question: each costs a query


def languages_of(town: Town) -> tuple[str, ...]:
    """The languages in which people of the town search: its own, and the visitors' English."""
    return tuple(dict.fromkeys([*town.languages, "en"]))


def ask(town: Town, text: str) -> Question:
    """What ``text`` asks of ``town``, with the other names that its words have there: one query."""
    typed = words_of(text[:400])
    table = synonyms.meanings(town, typed)
    terms: list[Term] = []
    rest: list[str] = []
    for term in _phrases(typed, table):
        terms.append(term)
        rest += term.words
    wanted = set(telling([word for term in terms for word in term.words]))
    kept = [term for term in terms if term.others or wanted.intersection(term.words)]
    return Question(tuple(dict.fromkeys(kept))[:8], languages_of(town))


def _phrases(typed: list[str], table: synonyms.Meanings) -> Iterator[Term]:
    """The words one after the other; those that make a phrase of the table together."""
    position = 0
    while position < len(typed):
        for length in range(min(synonyms.LONGEST_PHRASE, len(typed) - position), 0, -1):
            phrase = tuple(typed[position : position + length])
            if length == 1 or phrase in table:
                yield Term(phrase, table.get(phrase, ()))
                position += length
                break


def guesses(town: Town, question: Question) -> Iterator[Question]:
    """The question with its mistakes of typing mended by words of the town, the likeliest first; few of them."""
    known = words.vocabulary(town)
    doubtful = [
        term.words[0]
        for term in question.terms
        if len(term.words) == 1 and not term.others and not known.knows(term.words[0])
    ]
    choices = [known.guesses(word) for word in doubtful]
    if not doubtful or not all(choices):
        return
    for chosen in islice(product(*choices), MOST_GUESSES):
        mended = question
        for old, new in zip(doubtful, chosen, strict=True):
            mended = mended.with_word(old, new)
        yield ask(town, mended.text)  # a mended word has other names too
