"""An agreement of two towns in words: where it stands, and its terms as sentences."""

from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from parvis.core.words import say_day
from parvis.delivery.clients.streets import streets_for
from parvis.delivery.models import Agreement
from parvis.delivery.models.agreements import Standing
from parvis.towns.models import Town

TONES = {
    Standing.PROPOSED: "wait",
    Standing.CLOSED: "over",
    Standing.AHEAD: "calm",
    Standing.IN_FORCE: "go",
    Standing.OVER: "over",
}


def say_date(day: date) -> str:
    """``Thursday 26 November 2026``: an agreement outlives its year."""
    return f"{say_day(day)} {day.year}"


def say_standing(agreement: Agreement, town: Town, today: date) -> str:
    """Where it stands, for one of its two towns."""
    standing = agreement.standing(today)
    if standing == Standing.PROPOSED:
        return (
            _("waits for you")
            if town.pk == agreement.signer.pk
            else _("waits for %(town)s") % {"town": agreement.signer.name}
        )
    if standing == Standing.CLOSED:
        back = agreement.closed_from_id == agreement.proposer.pk
        said = _("taken back by %(town)s") if back else _("refused by %(town)s")
        return said % {"town": agreement.proposer.name if back else agreement.signer.name}
    return {
        Standing.AHEAD: _("signed"),
        Standing.IN_FORCE: _("in force"),
        Standing.OVER: _("has ended"),
    }[standing]


def say_in_short(agreement: Agreement, town: Town, today: date) -> str:
    """Whose bikes ride for whom since when, for one of its two towns; or would ride, where both have not signed."""
    said = {"town": agreement.other(town).name, "day": say_date(agreement.starts_on)}
    if agreement.standing(today) in {Standing.PROPOSED, Standing.CLOSED}:
        if agreement.town_id == town.pk:
            return _("Our bikes would ride for %(town)s, from %(day)s on") % said
        return _("%(town)s would let its bikes ride for us, from %(day)s on") % said
    if agreement.town_id == town.pk:
        return _("Our bikes ride for %(town)s, from %(day)s on") % said
    return _("%(town)s lets its bikes ride for us, from %(day)s on") % said


def say_rule(agreement: Agreement) -> str:
    """How costs are shared, in a sentence."""
    guest = agreement.guest.name
    if agreement.rule == Agreement.Rule.PERCENT:
        said = _("%(guest)s bears %(percent)d%% of the costs of each day on which bikes ride.")
        return said % {"guest": guest, "percent": agreement.guest_percent or 0}
    if agreement.rule == Agreement.Rule.METRES:
        said = _("The costs of each day are shared by the kilometres ridden for each town.")
    else:
        said = _("The costs of each day are shared by the doors served for each town.")
    alone = _("A day on which no door is served is borne by %(host)s.") % {"host": agreement.town.name}
    return f"{said} {alone}"


def map_warning(agreement: Agreement) -> str:
    """What is wrong with the ways to the guest's doors; "" where the host's street map reaches its middle."""
    streets, said = streets_for(agreement.town), {"host": agreement.town.name, "guest": agreement.guest.name}
    if streets.said:
        return ""  # its dispatcher reads it every day: all ways are rough, at home too
    if streets.knows(agreement.guest.centre):
        return ""
    missing = _(
        "The street map of %(host)s does not reach %(guest)s: ways there are reckoned in straight lines, and may be"
        " longer. Make the map from an extract that holds both towns."
    )
    return missing % said


def say_terms(agreement: Agreement) -> list[str]:
    """What the towns agree on: who rides for whom, from where, how long, at whose cost."""
    host, guest = agreement.town.name, agreement.guest.name
    hubs = ", ".join(str(shared.hub) for shared in agreement.shared_hubs.select_related("hub").order_by("pk"))
    rides = _("%(host)s lets its bikes ride for %(guest)s too, from: %(hubs)s.")
    if not hubs:
        rides = _("%(host)s lets its bikes ride for %(guest)s too, from the hubs that it names when it signs.")
    return [
        rides % {"host": host, "guest": guest, "hubs": hubs},
        _("%(guest)s has its shops bring their bags there; its buyers choose among the same times and places.")
        % {"guest": guest},
        _("From %(first)s on.") % {"first": say_date(agreement.starts_on)}
        if agreement.ends_on is None
        else _("From %(first)s to %(last)s.")
        % {"first": say_date(agreement.starts_on), "last": say_date(agreement.ends_on)},
        *([] if agreement.signed_at else [_("Nothing is shared before both towns have signed.")]),
        ngettext(
            "Either town may end it with %(days)d day of notice; what is promised by then is still brought.",
            "Either town may end it with %(days)d days of notice; what is promised by then is still brought.",
            agreement.notice_days,
        )
        % {"days": agreement.notice_days},
        say_rule(agreement),
    ]
