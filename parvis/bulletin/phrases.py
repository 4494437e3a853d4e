"""Where a post stands, in words: for its writer and for the agent."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from parvis.bulletin.models import Post
from parvis.bulletin.rules import has_link
from parvis.bulletin.standing import Standing, State


@dataclass(frozen=True, slots=True)
class Said:
    """A label, how it feels, and what follows."""

    label: str
    tone: str
    note: str = ""


def say_standing(standing: Standing) -> Said:
    """For the writer."""
    match standing.state:
        case State.SHOWN:
            return Said(_("Shown"), "go")
        case State.WAITING:
            return Said(_("Waits"), "wait", _("The town looks at it before it is shown."))
        case State.HIDDEN:
            return Said(_("Hidden for now"), "wait", _("Readers reported it. The town looks at it."))
        case State.REFUSED:
            return Said(_("Not shown"), "warn", standing.reason)
        case State.WITHDRAWN:
            return Said(_("Withdrawn"), "over", standing.reason)


def say_why(post: Post, *, looks_first: bool) -> str:
    """For the agent: why a post is in the queue."""
    standing = post.standing
    if standing.reports:
        count = len(standing.reports)
        return ngettext("%(count)d report by a reader", "%(count)d reports by readers", count) % {"count": count}
    if standing.state is State.SHOWN:
        return _("Shown at once, not looked at yet")
    if has_link(f"{post.title} {post.text} {post.picture_words}"):
        return _("Holds a link or an address")
    return _("Every post waits in this town") if looks_first else _("First post of this shop")
