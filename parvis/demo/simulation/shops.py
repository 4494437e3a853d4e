"""Shops: an answer, a bag, and whoever fetches it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from parvis.demo.simulation.day import Day
from parvis.demo.simulation.depot import Depot
from parvis.demo.simulation.fates import Work
from parvis.market.actions import accept_part, cancel_part, finish_part, prepare_part, refuse_part, send_part
from parvis.market.models import Modality, Part, PartEvent
from parvis.market.states import PartState
from parvis.people.models import Person, Role


class Shops:
    """What each shop does with what it is asked for."""

    def __init__(self, day: Day, depot: Depot) -> None:
        self.day, self.depot = day, depot
        self._merchants: dict[Any, Person | None] = {}

    def receive(self, part: Part, number: int) -> None:
        """A part has come in: plan its life as its fate has it."""
        self._live(part, self.day.fates.work(part, list(part.lines.all()), number), number)

    def finish(self, part: Part) -> None:
        """What was left undone with a part is done now, one step after the other."""
        order = [PartState.PLACED, PartState.ACCEPTED, PartState.READY, PartState.SENT]
        if part.state not in order:
            return
        done = order.index(part.state)
        soon = [self.day.now + timedelta(minutes=n) if n >= done else None for n in range(4)]
        number = self.day.number_of.get(part.order.delivery_id or part.pk, 0)
        self._live(part, Work(soon[0], soon[1], soon[2], soon[3]), number)

    def _live(self, part: Part, work: Work, number: int) -> None:
        for when, happens in (
            (work.cancelled, lambda: self.day.tried(cancel_part, part=part, by=part.order.person)),
            (work.answered, lambda: self._answer(part, work)),
            (work.ready, lambda: self._prepare(part, work)),
            (work.out, lambda: self._give(part, number)),
            (work.done, lambda: self._finish(part)),
        ):
            if when is not None:
                self.day.clock.at(when, happens)

    def _answer(self, part: Part, work: Work) -> None:
        if self._over(part):
            return
        if work.refusal:
            self.day.tried(refuse_part, part=part, reason=work.refusal, by=self._merchant(part))
        else:
            self.day.tried(accept_part, part=part, by=self._merchant(part))

    def _prepare(self, part: Part, work: Work) -> None:
        if self._over(part):
            return
        lines = list(part.lines.all())
        quantities = {lines[i].pk: max(0, lines[i].quantity - short) for i, short in work.missing.items()}
        if quantities and not any(quantities.get(line.pk, line.quantity) for line in lines):
            quantities = {}
        grams = {line.pk: line.grams * quantities.get(line.pk, line.quantity) for line in lines if line.by_weight}
        self.day.tried(prepare_part, part=part, quantities=quantities, grams=grams, by=self._merchant(part))

    def _give(self, part: Part, number: int) -> None:
        if self._over(part):
            return
        if part.kind == Modality.Kind.BIKE:
            if not self.depot.waits_for_rider(part):
                self.depot.receive(part, number)
        elif part.kind == Modality.Kind.COLLECT:
            self._do(finish_part, part)
        else:
            self._do(send_part, part)

    def _finish(self, part: Part) -> None:
        if part.kind in {Modality.Kind.SHOP, Modality.Kind.POST} and not self._over(part):
            self._do(finish_part, part)

    def _do(self, verb: Callable[..., None], part: Part) -> None:
        self.day.tried(verb, part=part, by=self._merchant(part))

    def _over(self, part: Part) -> bool:
        ended = (PartEvent.Kind.REFUSED, PartEvent.Kind.CANCELLED)
        return part.events.filter(kind__in=ended).exists()

    def _merchant(self, part: Part) -> Person | None:
        shop = part.shop
        if shop.organisation_id not in self._merchants:
            role = Role.objects.filter(town=part.town_id, organisation=shop.organisation_id).order_by("id").first()
            self._merchants[shop.organisation_id] = role.person if role else None
        return self._merchants[shop.organisation_id]
