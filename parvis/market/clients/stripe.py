"""Stripe, through its own package: hosted payment page, manual capture, separate charges and transfers (Connect).

Every request is a dictionary made by one of the functions below, so that a test can hold it against Stripe's
published types. Stripe keeps an idempotency key for a day at least; ``sent`` and the key in ``metadata`` recognise
what was done longer ago.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from functools import wraps
from typing import Any

import stripe
from django.conf import settings

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

TIMEOUT_S = 15
_LATER = (stripe.APIConnectionError, stripe.RateLimitError)


def page_request(asked: Asked) -> dict[str, Any]:
    """The hosted page: one line with the whole amount, authorised and not yet taken."""
    about = {"payment": asked.payment, "order": asked.order}
    return {
        "mode": "payment",
        "client_reference_id": asked.payment,
        "locale": asked.language,
        "line_items": [
            {
                "quantity": 1,
                "price_data": {
                    "currency": asked.currency.lower(),
                    "unit_amount": asked.cents,
                    "product_data": {"name": asked.title},
                },
            }
        ],
        "payment_intent_data": {
            "capture_method": "manual",
            "description": asked.title,
            "transfer_group": asked.order,
            "metadata": about,
        },
        "metadata": about,
        "success_url": asked.back_url,
        "cancel_url": asked.back_url,
        "expires_at": int(asked.closes_at.timestamp()),
    }


def capture_request(cents: int) -> dict[str, Any]:
    """Take so much of what was authorised; the rest is let go."""
    return {"amount_to_capture": cents, "expand": ["latest_charge.balance_transaction"]}


def refund_request(key: str, reference: str, cents: int) -> dict[str, Any]:
    """Give so much back; the key stands in it, so that it is recognised later."""
    return {"payment_intent": reference, "amount": cents, "metadata": {"key": key}}


def transfer_request(key: str, account: str, cents: int, currency: str, group: str, charge: str) -> dict[str, Any]:
    """Hand a merchant's part on to its account, out of the buyer's own payment."""
    asked: dict[str, Any] = {
        "amount": cents,
        "currency": currency.lower(),
        "destination": account,
        "transfer_group": group,
        "metadata": {"key": key},
    }
    return asked | ({"source_transaction": charge} if charge else {})


def reversal_request(key: str, cents: int) -> dict[str, Any]:
    """Take so much of a transfer back."""
    return {"amount": cents, "metadata": {"key": key}}


def account_request(name: str, email: str, country: str) -> dict[str, Any]:
    """A merchant's account: Stripe asks them who they are and pays them out."""
    return {
        "type": "express",
        "country": country,
        "email": email,
        "business_profile": {"name": name},
        "capabilities": {"transfers": {"requested": True}},
    }


def link_request(reference: str, back_url: str) -> dict[str, Any]:
    """The page where a merchant tells Stripe who they are."""
    return {"account": reference, "type": "account_onboarding", "refresh_url": back_url, "return_url": back_url}


def movements_request(since: datetime) -> dict[str, Any]:
    """The lines of the account, with what each one belongs to."""
    return {"created": {"gte": int(since.timestamp())}, "limit": 100, "expand": ["data.source"]}


LOOK: dict[str, Any] = {"expand": ["payment_intent.latest_charge.balance_transaction"]}


def _said[**P, T](verb: Callable[P, T]) -> Callable[P, T]:
    """The package's many errors become two: try later, give up."""

    @wraps(verb)
    def asked(*args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return verb(*args, **kwargs)
        except _LATER as error:
            raise TryLater(_short(error)) from None
        except stripe.StripeError as error:
            status = error.http_status or 0
            # 409: the same key is being done at this very moment; 401 and 403: a wrong key of ours is mended by hand
            if status >= 500 or status in {0, 401, 403, 409, 429}:
                raise TryLater(_short(error)) from None
            raise GiveUp(_short(error)) from None

    return asked


def _short(error: stripe.StripeError) -> str:
    """What went wrong, without anything of the buyer's."""
    return f"{type(error).__name__} {error.http_status or ''} {error.code or ''}".strip()


class StripeClient:
    """One town's account at Stripe."""

    abilities = Abilities(takes_back=True, says_fees=True, signs_news=True)

    def __init__(self, key: str, hook_secret: str = "") -> None:
        self._hook_secret = hook_secret
        options: dict[str, Any] = {"base_addresses": {"api": settings.STRIPE_URL}} if settings.STRIPE_URL else {}
        http = stripe.RequestsClient(timeout=TIMEOUT_S)
        self._v1 = stripe.StripeClient(key, http_client=http, max_network_retries=0, **options).v1

    @_said
    def open(self, asked: Asked) -> Opened:
        """Make the hosted page."""
        request: Any = page_request(asked)
        session = self._v1.checkout.sessions.create(request, {"idempotency_key": asked.key})
        return Opened(session.id, session.url or "")

    @_said
    def look(self, session: str) -> Seen:
        """What has become of a page and its payment."""
        return self._look(session)

    def _look(self, session: str) -> Seen:
        params: Any = LOOK
        found = _plain(self._v1.checkout.sessions.retrieve(session, params))
        intent = found.get("payment_intent")
        if not isinstance(intent, dict):
            return Seen(cancelled=found["status"] == "expired")
        return self._seen(intent, page_closed=found["status"] == "expired")

    def _seen(self, intent: dict[str, Any], *, page_closed: bool = False) -> Seen:
        charge = intent.get("latest_charge") or {}
        charge = charge if isinstance(charge, dict) else {}
        status = intent["status"]
        taken = intent.get("amount_received") or 0
        held = taken if status == "succeeded" else intent.get("amount_capturable") or 0
        authorised = charge.get("amount", held) if held else 0
        balance = charge.get("balance_transaction")
        error = intent.get("last_payment_error") or {}
        return Seen(
            reference=intent["id"],
            authorised_cents=authorised,
            captured_cents=taken,
            cancelled=status == "canceled" or (page_closed and not held),
            reason=str(error.get("code") or ""),
            charge=charge.get("id", ""),
            capture_before=_capture_before(charge),
            fee_cents=balance.get("fee", 0) if isinstance(balance, dict) else 0,
            refunds=tuple(self._refunds(intent["id"])) if taken else (),
            disputes=tuple(self._disputes(intent["id"])) if charge.get("disputed") else (),
        )

    def _refunds(self, reference: str) -> Iterator[Refund]:
        """What was given back. What a smaller capture lets go is no refund: no money moved for it."""
        listed = self._v1.refunds.list({"payment_intent": reference, "limit": 100})
        for refund in listed.auto_paging_iter():
            row = _plain(refund)
            if row["status"] in {"succeeded", "pending"} and row.get("balance_transaction"):
                yield Refund(row["id"], row["amount"], (row.get("metadata") or {}).get("key", ""))

    def _disputes(self, reference: str) -> Iterator[Dispute]:
        for dispute in self._v1.disputes.list({"payment_intent": reference, "limit": 100}).auto_paging_iter():
            if dispute.status not in {"warning_needs_response", "warning_under_review", "warning_closed"}:
                yield Dispute(dispute.id, dispute.amount, won=dispute.status == "won")

    @_said
    def close(self, key: str, session: str) -> Seen:
        """Nobody can pay on this page any more; if somebody already has, that is what is answered."""
        with suppress(stripe.InvalidRequestError):  # complete or expired already: looking says which
            self._v1.checkout.sessions.expire(session, {}, {"idempotency_key": key})
        return self._look(session)

    @_said
    def capture(self, key: str, session: str, reference: str, cents: int) -> Seen:
        """Take what was prepared."""
        request: Any = capture_request(cents)
        try:
            self._v1.payment_intents.capture(reference, request, {"idempotency_key": key})
        except stripe.InvalidRequestError:
            if not (seen := self._look(session)).captured_cents:
                raise
            return seen
        return self._look(session)

    @_said
    def cancel(self, key: str, session: str, reference: str) -> Seen:
        """Let an authorisation go."""
        try:
            self._v1.payment_intents.cancel(reference, {}, {"idempotency_key": key})
        except stripe.InvalidRequestError:
            seen = self._look(session)
            if not (seen.cancelled or seen.captured_cents):
                raise
            return seen
        return self._look(session)

    @_said
    def refund(self, key: str, session: str, reference: str, cents: int, back: tuple[Back, ...] = ()) -> Seen:
        """Give back, unless this key already has; what merchants have had comes back by ``reverse``."""
        seen = self._look(session)
        if key not in {refund.key for refund in seen.refunds}:
            request: Any = refund_request(key, reference, cents)
            self._v1.refunds.create(request, {"idempotency_key": key})
            seen = self._look(session)
        return seen

    @_said
    def transfer(self, key: str, *, account: str, cents: int, currency: str, group: str, charge: str) -> str:
        """Hand on to a merchant; the number of the transfer."""
        request: Any = transfer_request(key, account, cents, currency, group, charge)
        return self._v1.transfers.create(request, {"idempotency_key": key}).id

    @_said
    def reverse(self, key: str, transfer: str, cents: int) -> str:
        """Take back from a merchant; the number of the reversal."""
        request: Any = reversal_request(key, cents)
        return self._v1.transfers.reversals.create(transfer, request, {"idempotency_key": key}).id

    @_said
    def sent(self, key: str, *, group: str, charge: str, transfer: str = "") -> str:
        """The number of what this key has already moved; empty when it has not."""
        listed: Any = (
            self._v1.transfers.reversals.list(transfer, {"limit": 100})
            if transfer
            else self._v1.transfers.list({"transfer_group": group, "limit": 100})
        )
        rows = (_plain(row) for row in listed.auto_paging_iter())
        return next((row["id"] for row in rows if (row.get("metadata") or {}).get("key") == key), "")

    @_said
    def movements(self, since: datetime) -> Iterator[Movement]:
        """The lines of the town's account since then."""
        request: Any = movements_request(since)
        listed = self._v1.balance_transactions.list(request)
        return iter([_movement(_plain(row)) for row in listed.auto_paging_iter()])

    def news(self, body: bytes, signature: str) -> News:
        """Check who sent a web hook. Raises GiveUp for anybody but Stripe."""
        try:
            stripe.WebhookSignature.verify_header(body.decode(), signature, self._hook_secret)
            event = json.loads(body)
            return News(event["id"], event["type"], _about(event["data"]["object"]))
        except (stripe.SignatureVerificationError, ValueError, KeyError, TypeError):
            raise GiveUp("not a message of the provider") from None

    @_said
    def open_account(self, merchant: Merchant) -> Account:
        """An account for a merchant, still to be filled by them."""
        request: Any = account_request(merchant.name, merchant.email, merchant.country)
        return _account(_plain(self._v1.accounts.create(request, {"idempotency_key": merchant.key})))

    @_said
    def account(self, reference: str, merchant: Merchant) -> Account:
        """How far a merchant's account is."""
        return _account(_plain(self._v1.accounts.retrieve(reference)))

    @_said
    def account_url(self, reference: str, back_url: str, merchant: Merchant) -> str:
        """Where a merchant goes to fill it."""
        request: Any = link_request(reference, back_url)
        return self._v1.account_links.create(request).url


def _plain(row: Any) -> dict[str, Any]:
    """Stripe's object as a dictionary all the way down."""
    plain: dict[str, Any] = row.to_dict()
    return plain


def _account(row: dict[str, Any]) -> Account:
    active = (row.get("capabilities") or {}).get("transfers") == "active"
    return Account(row["id"], active and bool(row.get("payouts_enabled")))


def _about(row: dict[str, Any]) -> dict[str, str]:
    """Which objects a piece of news names; names, addresses and cards in it are left out."""
    known = {"payment_intent": row.get("payment_intent"), "charge": row.get("charge"), row["object"]: row["id"]}
    metadata = row.get("metadata") or {}
    known |= {name: metadata.get(name) for name in ("payment", "order")}
    return {name: str(value["id"] if isinstance(value, dict) else value) for name, value in known.items() if value}


def _capture_before(charge: dict[str, Any]) -> datetime | None:
    card = (charge.get("payment_method_details") or {}).get("card") or {}
    return datetime.fromtimestamp(card["capture_before"], tz=UTC) if card.get("capture_before") else None


def _movement(row: dict[str, Any]) -> Movement:
    source = row.get("source")
    source = source if isinstance(source, dict) else {"id": source or ""}
    names = [source.get(name) for name in ("payment_intent", "charge", "source_transaction", "id", "transfer")]
    sources = tuple(str(name) for name in names if isinstance(name, str) and name)
    at = datetime.fromtimestamp(row["created"], tz=UTC)
    return Movement(row["id"], row["type"], row["amount"], row.get("fee", 0), at, sources)
