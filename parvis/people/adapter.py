"""How allauth behaves here: mails through the outbox, redirects inside the town."""

from typing import Any
from uuid import uuid4

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from django.template.loader import render_to_string

from parvis.core import outbox


class ParvisAccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Account mails are queued like all others, so a slow mail server never holds a page."""

    def send_mail(self, template_prefix: str, email: str, context_: dict[str, Any]) -> None:
        request = context.request
        data = {"request": request, "town": getattr(request, "town", None), "email": email} | context_
        subject = render_to_string(f"{template_prefix}_subject.txt", data)
        body = render_to_string(f"{template_prefix}_message.txt", data)
        town = data["town"]
        outbox.send_mail(
            key=f"account:{uuid4()}", to=email, subject=subject, body=body, town_id=town.pk if town else None
        )
