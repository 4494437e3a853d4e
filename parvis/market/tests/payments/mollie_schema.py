"""Mollie's published shapes, as its own package ships them, made strict: nothing unknown, no wrong type, no wrong word.

A request that these refuse, Mollie refuses; an answer of our double that these refuse, Mollie would never give.
"""

from typing import Any

from mollie import models

REQUESTS = {
    "payment": models.PaymentRequest,
    "capture": models.EntityCapture,
    "refund": models.RefundRequest,
    "route": models.RouteCreateRequest,
    "link": models.ClientLinkRequest,
}
ANSWERS = {
    "payment": models.PaymentResponse,
    "capture": models.CaptureResponse,
    "refund": models.RefundResponse,
    "route": models.RouteCreateResponse,
    "link": models.ClientLinkResponse,
    "chargeback": models.EntityChargeback,
    "line": models.EntityBalanceTransaction,
    "client": models.ListClientsClient,
    "error": models.ErrorResponseData,
}


def check(shape: type[Any], data: dict) -> dict:
    """Raises ValueError for what the shape does not know: what is read and written again must be the same."""
    known = shape.model_validate(data).model_dump(by_alias=True, mode="json", exclude_unset=True)
    if known != data:
        raise ValueError(f"unknown in {shape.__name__}: {_differing(data, known)}")
    return data


def _differing(said: Any, known: Any) -> object:
    if not (isinstance(said, dict) and isinstance(known, dict)):
        return said
    return {name: _differing(value, known.get(name)) for name, value in said.items() if value != known.get(name)}


def check_request(name: str, data: dict) -> dict:
    """What we send."""
    return check(REQUESTS[name], data)


def check_answer(name: str, data: dict) -> dict:
    """What a double answers; a wrong one is the double's own fault, not a request's."""
    try:
        return check(ANSWERS[name], data)
    except ValueError as error:
        raise AssertionError(f"the double is wrong: {error}") from error
