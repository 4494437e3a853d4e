"""The grammar's upper half: what a sentence's days, seasons and hours have to do with each other."""

import re
from dataclasses import dataclass, field

from parvis.places.french.account import Account, Clause, Exclusion, Fragment
from parvis.places.french.gathering import Gatherer
from parvis.places.french.items import (
    HOLIDAY,
    HOURLY,
    Bound,
    Days,
    Item,
    Limit,
    Mark,
    Odd,
    Season,
    Spans,
    Words,
)
from parvis.places.french.vocabulary import MONTHS, Kind
from parvis.places.french.words import Token, fold

# Hours of these are not those at which the place is open.
_SERVICES = (
    *("livraison", "happy", "brunch", "service", "afterwork", "consultation", "permanence", "culte", "messe", "office"),
    *("programme", "entree", "groupe", "visite", "cours", "atelier", "standard", "telephon", "caisse", "bureau"),
    *("secretariat", "dejeuner", "diner", "cuisine", "restauration", "spectacle", "seance", "concert", "depot"),
    *("retrait", "levee", "animation", "accueil", "formule", "menu", "parking", "reunion", "boutique", "guichet"),
)
# Words after hours that only say where: "au marché des Épinettes", "place de la Mairie".
_PLACE = re.compile(
    r"(?:(?:au|a|dans|devant|sur|face|pres|en)(?: (?:la|le|l'|du|au|de la))? ?)?"
    r"(?:marche|passage|parc|square|place|rue|avenue|boulevard|allee|quai|parvis|centre|gymnase|stade|mairie|esplanade)\b"
)
_OPENERS = (Kind.OPEN, Kind.CLOSED, Kind.EXCEPT, Kind.LATE, Kind.APPOINTMENT)
_SEPARATORS = {Kind.COMMA, Kind.DASH}
_JOINS = (Kind.COMMA, Kind.AND, Kind.COLON, Kind.DASH)


def account_of(tokens: list[Token], text: str) -> Account:
    """Reads every sentence of a cleaned text."""
    account = Account()
    carried: Days | None = None  # "Ouvert du lundi au samedi. De 9h à 19h."
    for tokens_of_one in _sentences(tokens):
        items = Gatherer(tokens_of_one).gather()
        sentence = _Sentence(items, account, text, tokens_of_one[0].start, tokens_of_one[-1].end, carried)
        carried = sentence.read()
    if carried is not None:
        account.fragments.append(Fragment(carried.start, carried.end, carried.refs, days_only=True))
    return account


def _sentences(tokens: list[Token]) -> list[list[Token]]:
    """The tokens between full stops; a stop before "et" or a new line inside a list of hours ends nothing."""
    sentences: list[list[Token]] = [[]]
    for n, token in enumerate(tokens):
        before = tokens[n - 1].kind if n else None
        after = tokens[n + 1].kind if n + 1 < len(tokens) else None
        open_ended = (Kind.COLON, Kind.COMMA, Kind.AND, Kind.TO, Kind.SMALL, Kind.OPEN)
        day_like = (Kind.DAY, Kind.HOLIDAYS, Kind.WEEKEND, Kind.DAILY, Kind.MONTH)
        broken_line = token.word == "\n" and (
            before in open_ended or (before in day_like and after in (Kind.TIME, Kind.COLON))
        )
        sentences[-1].append(token)
        if token.kind is Kind.STOP and not broken_line and not (token.word == "." and after is Kind.AND):
            sentences.append([])
    return [sentence for sentence in sentences if sentence]


def _past_bracket(items: list[Item]) -> list[Item]:
    """What follows the closing bracket."""
    ends = [n for n, item in enumerate(items) if isinstance(item, Mark) and item.kind is Kind.RIGHT]
    return items[ends[0] :] if ends else []


@dataclass(slots=True)
class _Sentence:
    items: list[Item]
    account: Account
    text: str
    start: int
    end: int
    carried: Days | None
    at: int = 0
    pending: Days | None = None  # days that wait for their hours
    bound: Bound | None = None  # a limit that waits for its days
    season: Season | None = None
    mode: Kind | None = None  # within "fermé ..." or "sauf ..."
    is_more: bool = False
    is_late: bool = False
    words: str = ""
    own: list[Clause] = field(default_factory=list)
    since_hours: list[Kind] = field(default_factory=list)
    stopped: bool = False

    def read(self) -> Days | None:
        """Adds what the sentence says to the account; days left without hours are handed to the next one."""
        if not self._is_about_hours():
            self._read_plain()
            return self.carried
        self.account.hourly.append((self.start, self.end))
        if self._begins_well():
            self._take_carried()
            self._walk()
            return self._finish()
        return self.carried

    def _is_about_hours(self) -> bool:
        """Whether there is more than a month in passing: "Réplique de la tour du Champ de Mars"."""
        if any(isinstance(item, Days | Spans | Bound) for item in self.items):
            return True
        marked = any(isinstance(i, Mark) and i.kind in _OPENERS for i in self.items) or not self._has_words()
        return (marked and any(isinstance(item, HOURLY) for item in self.items)) or self._has_odd_hours()

    def _has_odd_hours(self) -> bool:
        odd = [self.text[item.start : item.end] for item in self.items if isinstance(item, Odd)]
        return any(word for word in odd if fold(word) not in MONTHS)

    def _read_plain(self) -> None:
        """A sentence without hours: "Bar, brasserie.", "Sur rendez-vous.", "Fermé."."""
        if not self.items:
            return
        start = self.start
        kinds = {item.kind if isinstance(item, Mark) else Kind.WORD for item in self.items}
        if Kind.APPOINTMENT in kinds and kinds <= {Kind.APPOINTMENT, Kind.COMMA, Kind.LEFT, Kind.RIGHT, Kind.DASH}:
            self.account.words = next(self._said(i) for i in self.items if self._is_mark(i, Kind.APPOINTMENT))
            self.account.hourly.append((start, self.end))
        elif self._is_mark(self.items[0], Kind.CLOSED):
            self.account.hourly.append((start, self.end))
            self.account.fragments.append(Fragment(start, self.end))
        else:
            self.account.rest.append((start, self.end))

    def _begins_well(self) -> bool:
        """Whether the hours are those of the place; words before them are set aside."""
        first = next(n for n, item in enumerate(self.items) if self._begins_hours(item))
        lead = [n for n in range(first) if isinstance(self.items[n], Words)]
        opener = self.items[first]
        opens = isinstance(opener, Mark) or (isinstance(opener, Bound) and self.text[opener.start].isalpha())
        between = {i.kind for i in self.items[lead[-1] : first] if isinstance(i, Mark)} if lead else set()
        apart = bool(between & _SEPARATORS) and Kind.COLON not in between
        of_service = any(self._names_service(self.items[n]) for n in lead) and not self._says(Kind.OPEN)
        self.at = first
        if not self._says_opening():
            self._leave(self.start, of_service=self._has_words())
            return False
        if lead and (of_service or not (opens or apart)):
            self._leave(self.start, of_service=of_service)
            return False
        if lead and opens and not apart:
            self.account.subjects += 1
            self._drop_carried()
        if lead:
            self.account.rest.append((self.start, self.items[lead[-1]].end))
        return True

    def _drop_carried(self) -> None:
        """ "Ouvert 7j/7. Bureau ouvert de 9h à 17h": the days are not those of the office."""
        if self.carried:
            self.account.fragments.append(Fragment(self.carried.start, self.carried.end, self.carried.refs))
        self.carried = None

    def _says_opening(self) -> bool:
        """Whether hours, or that it is open or closed, are said at all: "le jeudi, couscous" says neither."""
        return any(
            isinstance(i, Spans | Bound | Season)
            or (isinstance(i, Mark) and i.kind in (Kind.OPEN, Kind.CLOSED, Kind.EXCEPT))
            for i in self.items
        )

    def _is_days_only(self) -> bool:
        """ "Ouvert du lundi au samedi." waits for the hours of the next sentence."""
        days = [item for item in self.items if isinstance(item, Days)]
        kinds = {item.kind for item in self.items if isinstance(item, Mark)} - set(_JOINS)
        return len(days) == 1 and kinds <= {Kind.OPEN, Kind.APPOINTMENT}

    def _take_carried(self) -> None:
        first = next(item for item in self.items if isinstance(item, HOURLY))
        if self.carried and isinstance(first, Spans):
            self.pending = self.carried
        else:
            self._drop_carried()

    def _walk(self) -> None:
        days_last, season_last = self._is_last(Days), self._is_last(Season)
        while self.at < len(self.items) and not self.stopped:
            item = self.items[self.at]
            self.at += 1
            match item:
                case Mark():
                    self._take_mark(item)
                case Days():
                    self._take_days(item, days_last)
                case Season():
                    self._take_season(item, season_last)
                case Spans():
                    self._take_spans(item)
                case Bound():
                    self.bound = item
                case Words():
                    self._take_words(item)
                case _:
                    self._leave(item.start)

    def _finish(self) -> Days | None:
        if self.stopped:
            return None
        if self.pending and not self.own and not self._is_days_only():
            self._leave(self.start)
        if self.bound or (self.is_late and not self.account.limits) or (self.season and not self.own):
            self._leave(self.start)
            return None
        if self.pending and self.own:
            self._leave(self.pending.start)
        return self.pending

    def _is_last(self, sort: type[Days] | type[Season]) -> bool:
        """Whether hours come before their days: "de 9h à 12h le lundi, de 10h à 13h le mardi"."""
        order = ""
        aside = False
        for item in self.items:
            if isinstance(item, Mark):
                aside = item.kind in (Kind.EXCEPT, Kind.CLOSED) or (aside and item.kind in _JOINS)
            elif isinstance(item, Bound):
                aside = True
            elif isinstance(item, Spans):
                order += "h"
                aside = False
            elif isinstance(item, sort) and not aside:
                order += "d"
        return bool(re.fullmatch(r"(?:hd+)+", order)) and not re.search("dd", order)

    def _take_mark(self, mark: Mark) -> None:
        self.since_hours.append(mark.kind)
        if mark.kind is Kind.CLOSED and self.pending and self._ends_part():
            self.account.exclusions.append(Exclusion(self.pending.refs, self.season))  # "Lundi : fermé"
            self.pending = None
        elif mark.kind in (Kind.CLOSED, Kind.EXCEPT):
            self.mode = mark.kind
        elif mark.kind in (Kind.OPEN, Kind.RIGHT):
            self.mode = None
        elif mark.kind is Kind.ALSO:
            self.is_more = True
        elif mark.kind is Kind.LATE:
            self.is_late = True
        elif mark.kind is Kind.APPOINTMENT:
            self._take_appointment(mark)

    def _ends_part(self) -> bool:
        after = self._after(skip_comma=False)
        return after is None or (isinstance(after, Mark) and after.kind is Kind.COMMA)

    def _take_appointment(self, mark: Mark) -> None:
        """Hours by appointment keep the words beside them; days by appointment have no hours."""
        if self.pending and not self.own and not self.mode and self.at == len(self.items):
            self.account.words = self._said(mark)  # "du lundi au vendredi sur rendez-vous"
        elif self.pending or self.mode:
            self._leave(self.pending.start if self.pending else mark.start)
        elif self.own:
            self.own[-1].words = self._said(mark)
            if len(self.own) > 1:  # of the last hours, or of all?
                self._leave(mark.start)
        else:
            self.words = self._said(mark)

    def _take_days(self, days: Days, days_last: bool) -> None:
        after = self._after(skip_comma=self.is_late)
        self.account.whole_week |= days.whole_week
        if self.bound:
            self.account.limits.append(Limit(self.bound.is_end, self.bound.at, days.refs, (self.bound.start, days.end)))
            self.bound = None
        elif self.mode is Kind.EXCEPT and isinstance(after, Spans) and not self.pending:
            self._take_clause(days, self._jump_to(after), by_exception=True)
        elif self.mode is Kind.CLOSED and isinstance(after, Spans):
            self.account.exclusions.append(Exclusion(days.refs, self.season, self._jump_to(after).hours))
        elif self.mode:
            self.account.exclusions.append(Exclusion(days.refs, self.season))
            self.mode = None if self.mode is Kind.EXCEPT else self.mode
        elif isinstance(after, Bound):
            self._jump_to(after)
            self.account.limits.append(Limit(after.is_end, after.at, days.refs, (days.start, after.end)))
        elif self._are_holidays_too(days):
            self.is_more = False  # "du lundi au samedi de 8h à 20h, même les jours fériés": those days are open anyway
        elif self.is_more and {ref.day for ref in days.refs} == {HOLIDAY}:
            self._leave(days.start)
        elif days_last:
            for clause in self.own:
                clause.refs = days.refs if clause.refs is None else clause.refs
        elif self.pending:
            self._leave(self.pending.start)
        else:
            self.pending = days

    def _are_holidays_too(self, days: Days) -> bool:
        said = bool(self.own) and self.own[-1].refs is not None
        return self.is_more and said and self._ends_part() and {ref.day for ref in days.refs} == {HOLIDAY}

    def _take_season(self, season: Season, season_last: bool) -> None:
        if self.mode:
            self.account.exclusions.append(Exclusion(None, season))
        elif season.is_date:
            self._leave(season.start)
        elif season_last:
            for clause in self.own:
                clause.season = clause.season or season
        elif self.season and not any(clause.season is self.season for clause in self.own):
            self._leave(self.season.start)
        else:
            self.season = season

    def _take_spans(self, spans: Spans) -> None:
        if self.mode is Kind.CLOSED:
            self.account.exclusions.append(Exclusion(None, self.season, spans.hours))
            return
        self.mode = None
        is_continued = set(self.since_hours) <= {Kind.LEFT, Kind.RIGHT, Kind.NO_MATTER, Kind.AND, Kind.COMMA}
        if self.own and self.pending is None and is_continued and Kind.RIGHT in self.since_hours:
            self.own[-1].hours += spans.hours
            return
        self._take_clause(self.pending, spans)
        self.pending = None

    def _take_clause(self, days: Days | None, spans: Spans, *, by_exception: bool = False) -> None:
        refs = days.refs if days else None
        clause = Clause(refs, self.season, spans.hours, self.is_more, by_exception, self.words)
        self.own.append(clause)
        self.account.clauses.append(clause)
        self.is_more, self.mode = False, None
        self.since_hours.clear()

    def _take_words(self, words: Words) -> None:
        """Words after hours: harmless, unless more hours follow them or they restrict the ones before."""
        later = self.items[self.at :]
        in_brackets = self.at >= 2 and self._is_mark(self.items[self.at - 2], Kind.LEFT)
        if self._is_aside(words, later):
            self._leave(words.start, of_service=True)
        elif in_brackets or "uniquement" in self._lower(words) or "seulement" in self._lower(words):
            self._leave(words.start)
        elif (
            not _PLACE.match(fold(self.text[words.start : words.end]))
            or any(isinstance(item, HOURLY) for item in later)
            or self.pending
        ):
            self._leave(self.pending.start if self.pending else words.start)
        elif not self.own and not self.account.exclusions and not self.account.limits:
            self._leave(words.start)
        else:
            self.account.places += 1
            self.account.rest.append((words.start, self.end))
            self.stopped = True

    def _is_aside(self, words: Words, later: list[Item]) -> bool:
        """``(service du midi de 12h à 14h30)`` at the end."""
        opened = self.at >= 2 and self._is_mark(self.items[self.at - 2], Kind.LEFT)
        return opened and self._names_service(words) and not any(isinstance(i, HOURLY) for i in _past_bracket(later))

    def _leave(self, start: int, *, of_service: bool = False) -> None:
        """The rest of the sentence, from ``start``, is not read."""
        refs = tuple(ref for i in self.items if i.end > start and isinstance(i, Days) for ref in i.refs)
        start = max((item.end for item in self.items if item.end <= start), default=self.start)
        if self.pending and self.pending.end <= start:
            refs += self.pending.refs
        joints = {item.kind for item in self.items if isinstance(item, Mark) and item.end == start}
        if self.own and not joints & {Kind.AND, Kind.COMMA} and self.own[-1].refs:
            refs += self.own[-1].refs  # words right after hours speak of them
        self.account.fragments.append(Fragment(start, self.end, refs, of_service))
        self.pending = self.bound = None
        self.stopped = True

    def _after(self, *, skip_comma: bool) -> Item | None:
        """The item that follows, past a colon."""
        for item in self.items[self.at :]:
            if isinstance(item, Mark) and (item.kind is Kind.COLON or (skip_comma and item.kind is Kind.COMMA)):
                continue
            return item
        return None

    def _jump_to[T: Item](self, item: T) -> T:
        self.at = next(n for n, other in enumerate(self.items) if other is item) + 1
        return item

    def _begins_hours(self, item: Item) -> bool:
        return isinstance(item, HOURLY) or (isinstance(item, Mark) and item.kind in _OPENERS)

    def _has_words(self) -> bool:
        return any(isinstance(item, Words) for item in self.items)

    @staticmethod
    def _is_mark(item: Item, kind: Kind) -> bool:
        return isinstance(item, Mark) and item.kind is kind

    @staticmethod
    def _is_odd(item: Item) -> bool:
        return not isinstance(item, Days | Mark | Words)

    def _says(self, kind: Kind) -> bool:
        return any(self._is_mark(item, kind) for item in self.items)

    def _names_service(self, item: Item) -> bool:
        words = fold(self.text[item.start : item.end]).replace("-", " ").split()
        return any(word.startswith(_SERVICES) for word in words)

    def _lower(self, item: Item) -> str:
        """The item and what follows it, in small letters."""
        return self.text[item.start : self.end].lower()

    def _said(self, item: Item) -> str:
        """``sur rendez-vous``, as it should have been written."""
        said = self.text[item.start : item.end].lower()
        return re.sub(r"rdvs?|r\.d\.v\.?|rendez vous", "rendez-vous", re.sub(r"^uniquement ", "", said)).replace(
            '"', ""
        )
