"""Stripe's published request types, as its own package ships them, made strict: nothing unknown, no wrong type.

A request that these refuse, Stripe refuses.
"""

import sys
from collections.abc import Mapping
from functools import cache
from types import ModuleType
from typing import ForwardRef, NotRequired, get_args, get_origin

import stripe
import stripe._request_options
from pydantic import TypeAdapter
from pydantic_core import core_schema
from stripe._stripe_object import UntypedStripeObject
from stripe.params import (
    AccountCreateParams,
    AccountLinkCreateParams,
    BalanceTransactionListParams,
    PaymentIntentCancelParams,
    PaymentIntentCaptureParams,
    RefundCreateParams,
    TransferCreateParams,
    TransferCreateReversalParams,
)
from stripe.params.checkout import SessionCreateParams, SessionExpireParams
from typing_extensions import is_typeddict

# names that the package imports for type checkers only
stripe._request_options.StripeContext = str  # type: ignore[attr-defined]
stripe._request_options.Mapping = Mapping  # type: ignore[attr-defined]
# an object that was read from Stripe may stand where a dictionary may; we send dictionaries
UntypedStripeObject.__get_pydantic_core_schema__ = classmethod(  # type: ignore[attr-defined]
    lambda cls, source, handler: core_schema.is_instance_schema(cls)
)

REQUESTS = {
    "session": SessionCreateParams,
    "expire": SessionExpireParams,
    "capture": PaymentIntentCaptureParams,
    "cancel": PaymentIntentCancelParams,
    "refund": RefundCreateParams,
    "transfer": TransferCreateParams,
    "reversal": TransferCreateReversalParams,
    "account": AccountCreateParams,
    "link": AccountLinkCreateParams,
    "movements": BalanceTransactionListParams,
}


def _only_known_words(module: ModuleType) -> None:
    """Where the package lists Stripe's words "or any text" (it must stand words of next year), only the words."""
    for shape in vars(module).values():
        if not is_typeddict(shape):
            continue
        for field, kind in shape.__annotations__.items():
            inner = get_args(kind)[0] if get_origin(kind) is NotRequired else kind
            text = inner.__forward_arg__ if isinstance(inner, ForwardRef) else ""
            if text.startswith("Literal[") and text.endswith("|str"):
                words = ForwardRef(text.removesuffix("|str"), module=module.__name__)
                shape.__annotations__[field] = NotRequired[words] if inner is not kind else words


@cache
def adapter(name: str) -> TypeAdapter:
    wanted = REQUESTS[name]
    _only_known_words(sys.modules[wanted.__module__])
    found = TypeAdapter(wanted)
    if not found.pydantic_complete:
        names = vars(sys.modules[wanted.__module__]) | {"StripeContext": str, "Mapping": Mapping}
        found.rebuild(_types_namespace=names)
    return found


def check(name: str, request: dict, *, strict: bool = True) -> dict:
    """Raises ValidationError for what Stripe does not know. ``strict=False`` for a form, where numbers are text."""
    return adapter(name).validate_python(request, extra="forbid", strict=strict)
