"""Mollie, through its own package: hosted payment page for cards, manual capture, routes to merchants (Connect).

Every request is a dictionary made by one of the functions below, so that a test can hold it against the shapes that
Mollie publishes. Mollie keeps an idempotency key for an hour only, so whatever moves money is looked up first: the key
stands in ``metadata`` of captures and refunds, and in the description of routes.

What Mollie cannot do, and what we do instead, stands in ``MollieClient.abilities`` and in ``docs/payments.md``.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from datetime import datetime
from decimal import Decimal
from functools import wraps
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qs, urlencode
from uuid import UUID

import httpx
from django.conf import settings
from mollie import ClientSDK, models
from mollie.utils import RetryConfig
from mollie.utils.retries import BackoffStrategy

from parvis.market.clients import (
    Abilities,
    Account,
    Asked,
    Back,
    Dispute,
    GiveUp,
    Merchant,
    Movement,
    News,
    Opened,
    Refund,
    Seen,
    TryLater,
)

TIMEOUT_MS = 15_000
ONCE = RetryConfig("none", BackoffStrategy(0, 0, 1, 0), False)  # our own rows know when to ask again
LOCALES = {"fr": "fr_FR", "nl": "nl_BE", "en": "en_GB"}
SCOPES = "onboarding.read organizations.read"
PAYMENT = re.compile(r"^tr_[A-Za-z0-9]{4,60}$")
MADE_HERE = "new:"  # until Mollie knows the merchant, the account's reference is our own
NUMBER_LENGTH = 9  # a SIREN is the first nine digits of a SIRET; a Belgian number has ten
Status = models.PaymentResponseStatus


def amount(cents: int, currency: str) -> dict[str, str]:
    """``{"currency": "EUR", "value": "12.30"}``."""
    return {"currency": currency, "value": f"{cents // 100}.{cents % 100:02d}"}


def page_request(asked: Asked) -> dict[str, Any]:
    """The hosted page: cards alone, because only what can be authorised first can be taken as weighed."""
    return {
        "description": asked.title,
        "amount": amount(asked.cents, asked.currency),
        "redirectUrl": asked.back_url,
        "cancelUrl": asked.back_url,
        "webhookUrl": asked.news_url,
        "locale": LOCALES.get(asked.language, "en_GB"),
        "method": "creditcard",
        "captureMode": "manual",
        "metadata": {"payment": asked.payment, "order": asked.order},
    }


def capture_request(key: str, cents: int, currency: str) -> dict[str, Any]:
    """Take so much of what was authorised."""
    return {"amount": amount(cents, currency), "metadata": {"key": key}}


def refund_request(key: str, cents: int, currency: str, back: Iterable[Back]) -> dict[str, Any]:
    """Give so much back, and take ``back`` what merchants have had of it already."""
    asked: dict[str, Any] = {"amount": amount(cents, currency), "metadata": {"key": key}}
    reversals = [
        {
            "amount": amount(one.cents, currency),
            "source": {"type": "organization", "organizationId": one.account},
        }
        for one in back
    ]
    return asked | ({"routingReversals": reversals} if reversals else {})


def route_request(key: str, account: str, cents: int, currency: str) -> dict[str, Any]:
    """Hand a merchant's part on to its account, out of the buyer's own payment."""
    destination = {"type": "organization", "organizationId": account}
    return {"amount": amount(cents, currency), "destination": destination, "description": key}


def link_request(merchant: Merchant) -> dict[str, Any]:
    """What Mollie's page for a new merchant is filled with."""
    given, _space, family = merchant.person.strip().rpartition(" ")
    asked: dict[str, Any] = {
        "owner": {
            "email": merchant.email,
            "givenName": given or merchant.name,
            "familyName": family or merchant.name,
        },
        "name": merchant.name,
        "address": {"country": merchant.country},
    }
    return asked | ({"registrationNumber": merchant.number} if merchant.number else {})


def once(key: str) -> str:
    """Our key in the form that Mollie wants its idempotency keys in: a UUID of version 4, always the same."""
    return str(UUID(bytes=sha256(key.encode()).digest()[:16], version=4))


def _said[**P, T](verb: Callable[P, T]) -> Callable[P, T]:
    """The package's many errors become two: try later, give up."""

    @wraps(verb)
    def asked(*args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return verb(*args, **kwargs)
        except (httpx.HTTPError, models.NoResponseError) as error:
            raise TryLater(type(error).__name__) from None
        except models.ClientError as error:
            status = error.status_code
            # below 400: done, in a shape that is not known, so it must be looked up; 401 and 403: a wrong key of ours
            if status < 400 or status >= 500 or status in {401, 403, 409, 429}:
                raise TryLater(_short(error)) from None
            raise GiveUp(_short(error)) from None

    return asked


def _short(error: models.ClientError) -> str:
    """What went wrong: about fields and states, nothing of the buyer's."""
    data = getattr(error, "data", None)
    said = f"{data.title} {data.field or ''}" if isinstance(data, models.ErrorResponseData) else type(error).__name__
    return f"{error.status_code} {said}".strip()


class MollieClient:
    """One town's account at Mollie."""

    abilities = Abilities(takes_back=False, says_fees=False, signs_news=False)

    def __init__(self, key: str, *, currency: str, profile: str = "", app: str = "") -> None:
        self._currency, self._app = currency, app
        token = key.startswith("access_")
        security = models.Security(advanced_access_token=key) if token else models.Security(api_key=key)
        self._sdk = ClientSDK(
            security=security,
            profile_id=(profile or None) if token else None,
            server_url=settings.MOLLIE_URL or None,
            retry_config=ONCE,
            timeout_ms=TIMEOUT_MS,
        )

    @_said
    def open(self, asked: Asked) -> Opened:
        """Make the hosted page."""
        request: Any = page_request(asked)
        made = self._sdk.payments.create(payment_request=request, idempotency_key=once(asked.key))
        return Opened(made.id, made.links.checkout.href if made.links.checkout else "")

    @_said
    def look(self, session: str) -> Seen:
        """What has become of a payment."""
        return self._look(session)

    def _look(self, session: str) -> Seen:
        return self._seen(self._sdk.payments.get(payment_id=session))

    def _seen(self, payment: models.PaymentResponse) -> Seen:
        paid, held = payment.status == Status.PAID, payment.status == Status.AUTHORIZED
        taken = _cents(payment.amount_captured) if payment.amount_captured else _cents(payment.amount) * paid
        ended = payment.status in {Status.CANCELED, Status.EXPIRED}
        charged_back = payment.amount_charged_back and _cents(payment.amount_charged_back)
        return Seen(
            reference=payment.id,
            authorised_cents=_cents(payment.amount) if paid or held else 0,
            captured_cents=taken,
            capture_failed=held and not taken and self._capture_failed(payment.id),
            # a buyer who leaves the page, or whose card is refused, ends this payment there, and may begin another
            cancelled=ended and bool(payment.authorized_at),
            failed=payment.status == Status.FAILED or (ended and not payment.authorized_at),
            reason=str(payment.status_reason.code) if payment.status_reason else "",
            charge=payment.id,
            capture_before=_moment(payment.capture_before),
            refunds=tuple(self._refunds(payment.id)) if taken else (),
            disputes=tuple(self._disputes(payment.id)) if charged_back else (),
        )

    def _refunds(self, reference: str) -> Iterator[Refund]:
        ended = {models.RefundResponseStatus.FAILED, models.RefundResponseStatus.CANCELED}
        for page in _pages(self._sdk.refunds.list(payment_id=reference, limit=250)):
            for row in page.result.embedded.refunds:
                if row.status not in {status.value for status in ended}:
                    yield Refund(row.id, _cents(row.amount), _key_in(row.metadata))

    def _disputes(self, reference: str) -> Iterator[Dispute]:
        for page in _pages(self._sdk.chargebacks.list(payment_id=reference, limit=250)):
            for row in page.result.embedded.chargebacks:
                yield Dispute(row.id, _cents(row.amount), won=bool(row.reversed_at))

    @_said
    def close(self, key: str, session: str) -> Seen:
        """Nobody can pay on this page any more, where Mollie lets it be closed; a card's page ends by itself."""
        payment = self._sdk.payments.get(payment_id=session)
        if payment.status in {Status.OPEN, Status.PENDING} and payment.is_cancelable:
            with suppress(models.ErrorResponse):  # paid or ended this very moment: looking says which
                self._sdk.payments.cancel(payment_id=session, idempotency_key=once(key))
        return self._look(session)

    @_said
    def capture(self, key: str, session: str, reference: str, cents: int) -> Seen:
        """Take what was prepared, unless it is taken already, and let the rest go."""
        tries = self._captures(reference)
        if not any(capture.status != "failed" for capture in tries):
            request: Any = capture_request(key, cents, self._currency)
            made = self._sdk.captures.create(
                payment_id=reference, entity_capture=request, idempotency_key=once(f"{key}:{len(tries)}")
            )
            if made.status == models.CaptureResponseStatus.FAILED:
                raise GiveUp("the capture failed")
        seen = self._look(session)
        if cents < seen.authorised_cents:
            self._release(key, session)
            seen = self._look(session)
        return seen

    def _captures(self, reference: str) -> list[models.ListCaptureResponse]:
        pages = _pages(self._sdk.captures.list(payment_id=reference, limit=250))
        return [capture for page in pages for capture in page.result.embedded.captures]

    def _capture_failed(self, reference: str) -> bool:
        """Mollie accepts a capture, and may find only later that it failed: the payment is authorised as before."""
        tries = self._captures(reference)
        return bool(tries) and all(capture.status == "failed" for capture in tries)

    def _release(self, key: str, reference: str) -> None:
        """What is not taken goes back to the card now rather than when the authorisation ends.

        Until then the payment is not paid, and nothing of it can be routed: a provider that is busy is asked again.
        """
        try:
            self._sdk.payments.release_authorization(payment_id=reference, idempotency_key=once(f"{key}:release"))
        except models.ClientError as error:
            if error.status_code >= 500 or error.status_code == 429:
                raise
            # refused: it then ends by itself; no money moves either way

    @_said
    def cancel(self, key: str, session: str, reference: str) -> Seen:
        """Let an authorisation go; Mollie may say so only later."""
        payment = self._sdk.payments.get(payment_id=session)
        if payment.status == Status.AUTHORIZED:
            self._sdk.payments.release_authorization(payment_id=session, idempotency_key=once(key))
        return self._look(session)

    @_said
    def refund(self, key: str, session: str, reference: str, cents: int, back: tuple[Back, ...] = ()) -> Seen:
        """Give back, unless this key already has; ``back`` comes from merchants in the same step."""
        seen = self._look(session)
        if key not in {refund.key for refund in seen.refunds}:
            request: Any = refund_request(key, cents, self._currency, back)
            self._sdk.refunds.create(payment_id=reference, refund_request=request, idempotency_key=once(key))
            seen = self._look(session)
        return seen

    @_said
    def transfer(self, key: str, *, account: str, cents: int, currency: str, group: str, charge: str) -> str:
        """Hand on to a merchant; the number of the route. Only what is paid can be routed."""
        if self._sdk.payments.get(payment_id=charge).status != Status.PAID:
            raise TryLater("not paid yet")
        request: Any = route_request(key, account, cents, currency)
        made = self._sdk.delayed_routing.create(
            payment_id=charge, route_create_request=request, idempotency_key=once(key)
        )
        return made.id

    def reverse(self, key: str, transfer: str, cents: int) -> str:
        """Mollie takes nothing back from a merchant by itself: somebody must agree on it with the shop."""
        raise GiveUp("Mollie takes money back from a shop only together with a refund")

    @_said
    def sent(self, key: str, *, group: str, charge: str, transfer: str = "") -> str:
        """The number of what this key has already routed; empty when it has not."""
        routes = self._sdk.delayed_routing.list(payment_id=charge).embedded.routes
        return next((route.id for route in routes if route.description == key), "")

    @_said
    def movements(self, since: datetime) -> Iterator[Movement]:
        """The lines of the town's account since then; Mollie gives the newest first."""
        return iter(list(self._movements(since)))

    def _movements(self, since: datetime) -> Iterator[Movement]:
        for page in _pages(self._sdk.balances.list_transactions(balance_id="primary", limit=250)):
            for row in page.result.embedded.balance_transactions:
                line = _movement(row)
                if line.at < since:
                    return
                yield line

    def news(self, body: bytes, signature: str) -> News:
        """Which payment has news. Anybody can send this, so it is only ever a reason to ask."""
        try:
            number = parse_qs(body.decode("ascii"), strict_parsing=True)["id"][0]
        except (ValueError, KeyError):
            raise GiveUp("not a message of the provider") from None
        if not PAYMENT.match(number):
            raise GiveUp("not a message of the provider")
        return News("", "payment", {"session": number})

    def open_account(self, merchant: Merchant) -> Account:
        """Nothing is made yet: Mollie makes the merchant's organisation on its own page."""
        return Account(f"{MADE_HERE}{merchant.key}", charges_enabled=False)

    @_said
    def account(self, reference: str, merchant: Merchant) -> Account:
        """How far a merchant is; found by its registration number once it has been on Mollie's page."""
        if reference.startswith(MADE_HERE):
            found = self._find(merchant.number)
            if not found:
                return Account(reference, charges_enabled=False)
            reference = found
        known = self._sdk.clients.get(organization_id=reference, embed="onboarding")
        status = known.embedded.onboarding if known.embedded else None
        ready = bool(status and status.can_receive_payments and status.can_receive_settlements)
        return Account(reference, charges_enabled=ready)

    def _find(self, number: str) -> str:
        wanted = _digits(number)
        if len(wanted) < NUMBER_LENGTH:
            return ""
        for page in _pages(self._sdk.clients.list(embed="organization", limit=250)):
            for client in (page.result.embedded and page.result.embedded.clients) or []:
                organisation = client.embedded.organization if client.embedded else None
                said = _digits(str(organisation.registration_number or "")) if organisation else ""
                if len(said) >= NUMBER_LENGTH and (wanted.startswith(said) or said.startswith(wanted)):
                    return str(client.id)
        return ""

    @_said
    def account_url(self, reference: str, back_url: str, merchant: Merchant) -> str:
        """Where a merchant tells Mollie who they are. The way back is the one of the town's app at Mollie."""
        request: Any = link_request(merchant)
        made = self._sdk.client_links.create(client_link_request=request)
        link = made.links.client_link
        if link is None:
            raise TryLater("no link")
        query = urlencode({"client_id": self._app, "state": once(merchant.key), "scope": SCOPES})
        return str(link.href) + f"?{query}"


def _pages(first: Any) -> Iterator[Any]:
    """A list's answer and those that follow it."""
    page = first
    while page is not None:
        yield page
        page = page.next()


def _cents(said: Any) -> int:
    """The cents of an amount as Mollie writes it, ``-0.29`` too."""
    return int(Decimal(said.value) * 100)


def _moment(said: Any) -> datetime | None:
    return datetime.fromisoformat(said) if isinstance(said, str) and said else None


def _key_in(metadata: Any) -> str:
    return str(metadata.get("key", "")) if isinstance(metadata, dict) else ""


def _digits(number: str) -> str:
    return re.sub(r"\D", "", number)


def _movement(row: models.EntityBalanceTransaction) -> Movement:
    """A line of the account. A fee that stands by itself is a line of nothing but its fee."""
    kind, cents = str(getattr(row.type, "value", row.type)), _cents(row.initial_amount)
    fee = -_cents(row.deductions) if row.deductions else 0
    if kind == "payment-fee":
        cents, fee = 0, fee - cents
    context = row.context.model_dump() if row.context else {}
    named = [value for about in context.values() if isinstance(about, dict) for value in about.values()]
    sources = tuple(value for value in named if isinstance(value, str) and re.match(r"^(tr|re|cpt|chb)_", value))
    return Movement(row.id, kind, cents, fee, datetime.fromisoformat(row.created_at), sources)
