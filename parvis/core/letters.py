"""A mail whose head keeps long addresses whole.

Python folds a line of the head at 78 letters, and writes what has no space in an encoding that mail programs do not
read as an address. ``List-Unsubscribe`` (RFC 2369) must hold the address as it is; RFC 5322 allows 998 letters a line.
"""

import email.policy
from email.headerregistry import HeaderRegistry, UnstructuredHeader
from typing import Any

from django.core.mail import EmailMessage


class _Whole(UnstructuredHeader):
    """A line that is not folded."""

    max_count = 1

    def fold(self, *, policy: Any) -> str:
        return f"{self.name}: {self}{policy.linesep}"  # type: ignore[attr-defined]


_HEADERS = HeaderRegistry()
_HEADERS.map_to_type("list-unsubscribe", _Whole)  # type: ignore[arg-type]


class Letter(EmailMessage):
    """A mail of the outbox."""

    def message(self, *, policy: Any = email.policy.default) -> Any:
        """The mail as it is handed over."""
        return super().message(policy=policy.clone(header_factory=_HEADERS))
