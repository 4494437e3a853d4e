"""Stripe on loopback: ``localstripe``, a public double that keeps state, and what it lacks.

``python -m parvis.market.tests.payments.stripe_double PORT``. Added to localstripe, each as Stripe documents it:
- idempotency keys: the same key gets the same answer, another request under it is refused;
- hosted pages (Checkout Sessions), transfers, reversals, merchants' accounts, disputes. What comes in is first held
  against Stripe's published types (``stripe_schema``), so that the double accepts nothing that Stripe does not know;
- a smaller capture takes only that much, and says so in ``amount_received``.
The buyer's side and accidents have addresses of their own under ``/_config/``: ``pay``, ``dispute``, ``faults``.
A fault is ``before`` (the request is lost), ``after`` (it is done, its answer is lost) or ``busy``.
"""

import sys
import time

from aiohttp import web
from localstripe import resources, server
from localstripe.errors import UserError
from localstripe.resources import BalanceTransaction, Charge, PaymentIntent, PaymentMethod, Refund, random_id

from parvis.market.tests.payments import stripe_schema

resources.Store.dump_to_disk = lambda self: None  # several doubles at once keep nothing on disk
STATE: dict[str, dict] = {"sessions": {}, "transfers": {}, "accounts": {}, "keys": {}, "disputes": {}}
FAULTS: list[str] = []
SEEN: list[dict] = []


# localstripe, nearer to the published behaviour


def _capture(self: Charge, amount, on_success=None) -> None:
    amount = self.amount if amount is None else int(amount)
    if not (0 < amount <= self.amount) or self.captured or self.status != "succeeded":
        raise UserError(400, "Bad request", {"code": "charge_already_captured"})
    self.captured, self.amount_captured = True, amount
    line = BalanceTransaction(
        amount=amount, currency=self.currency, exchange_rate=1.0, reporting_category="charge", source=self.id,
        type="charge",
    )  # fmt: skip
    line.fee = 25 + amount * 15 // 1000
    self.balance_transaction = line.id
    if on_success:
        on_success()


def _received(self: PaymentIntent) -> int:
    charge = self.latest_charge
    return getattr(charge, "amount_captured", 0) if charge and charge.captured else 0


def _capturable(self: PaymentIntent) -> int:
    return self.amount if self.status == "requires_capture" else 0


Charge._capture = _capture
PaymentIntent.amount_received = property(_received)
PaymentIntent.amount_capturable = property(_capturable)
_refund = Refund.__init__


def _refund_within(self, charge=None, payment_intent=None, amount=None, metadata=None, **kwargs) -> None:
    """No more is given back than was taken."""
    intent = PaymentIntent._api_retrieve(payment_intent)
    before = sum(r.amount for r in Refund._api_list_all("", payment_intent=payment_intent, limit=100)._list)
    if int(amount) + before > intent.amount_received:
        raise UserError(400, "Refund amount is greater than unrefunded amount", {"code": "amount_too_large"})
    _refund(self, payment_intent=payment_intent, amount=amount, metadata=metadata)
    self.charge = intent.latest_charge.id


Refund.__init__ = _refund_within


# what localstripe lacks


async def form(request: web.Request) -> dict:
    return server.unflatten_data(await request.post())


def checked(name: str, data: dict) -> dict:
    try:
        return stripe_schema.check(name, data, strict=False)
    except Exception as error:
        raise UserError(400, f"Stripe does not know this: {error}") from None


def export_session(session: dict, expand: object = None) -> dict:
    row = {name: value for name, value in session.items() if name != "intent"}
    row["payment_intent"] = session["intent"]
    if expand and session["intent"]:
        intent = PaymentIntent._api_retrieve(session["intent"])._export(["latest_charge.balance_transaction"])
        charge = intent.get("latest_charge")
        if charge:
            charge["disputed"] = any(d["charge"] == charge["id"] for d in STATE["disputes"].values())
        row["payment_intent"] = intent
    return row


async def create_session(request: web.Request) -> web.Response:
    data = checked("session", await form(request))
    line = data["line_items"][0]
    name = "cs_test_" + random_id(20)
    STATE["sessions"][name] = {
        "id": name, "object": "checkout.session", "status": "open", "intent": None, "mode": "payment",
        "url": f"http://localhost/pay/{name}", "currency": line["price_data"]["currency"],
        "amount_total": int(line["price_data"]["unit_amount"]) * int(line["quantity"]),
        "metadata": data.get("metadata", {}), "intent_data": data["payment_intent_data"],
    }  # fmt: skip
    return server.json_response(export_session(STATE["sessions"][name]))


def known(kind: str, name: str) -> dict:
    if name not in STATE[kind]:
        raise UserError(404, "Not Found", {"code": "resource_missing"})
    return STATE[kind][name]


async def get_session(request: web.Request) -> web.Response:
    expand = server.unflatten_data(request.query).get("expand")
    return server.json_response(export_session(known("sessions", request.match_info["id"]), expand))


async def expire_session(request: web.Request) -> web.Response:
    session = known("sessions", request.match_info["id"])
    if session["status"] != "open":
        raise UserError(400, "Only open sessions can be expired")
    session["status"] = "expired"
    if session["intent"]:
        PaymentIntent._api_retrieve(session["intent"])._canceled = True
    return server.json_response(export_session(session))


async def pay(request: web.Request) -> web.Response:
    """The buyer fills the hosted page with a card; says whether the page took it."""
    session = known("sessions", request.match_info["id"])
    number = (await request.json()).get("number", "4242424242424242")
    if session["status"] != "open":
        return web.json_response({"paid": False, "why": session["status"]})
    card = {"number": number, "exp_month": 12, "exp_year": 2035, "cvc": "123"}
    intent = PaymentIntent(
        amount=session["amount_total"], currency=session["currency"], capture_method="manual",
        payment_method=PaymentMethod(type="card", card=card).id, metadata=session["intent_data"].get("metadata"),
    )  # fmt: skip
    session["intent"] = intent.id
    try:
        intent._confirm(on_failure_now=lambda: intent.latest_charge._raise_failure())
    except UserError as error:
        return web.json_response({"paid": False, "why": error.body["error"].get("code")})
    session["status"] = "complete"
    return web.json_response({"paid": True, "intent": intent.id, "charge": intent.latest_charge.id})


def page(rows: list[dict], url: str) -> web.Response:
    return server.json_response({"object": "list", "data": rows, "has_more": False, "url": url})


async def create_transfer(request: web.Request) -> web.Response:
    data = checked("transfer", await form(request))
    account = known("accounts", data["destination"])
    if not account["payouts_enabled"]:
        raise UserError(
            400, "The account may not receive transfers", {"code": "insufficient_capabilities_for_transfer"}
        )
    if source := data.get("source_transaction"):
        charge = Charge._api_retrieve(source)
        sent = sum(t["amount"] for t in STATE["transfers"].values() if t["source_transaction"] == source)
        if not charge.captured or sent + int(data["amount"]) > charge.amount_captured:
            raise UserError(400, "Transfers may not exceed the charge", {"code": "transfer_source_balance_too_low"})
    name = "tr_" + random_id(20)
    STATE["transfers"][name] = {
        "id": name, "object": "transfer", "amount": int(data["amount"]), "destination": data["destination"],
        "source_transaction": data.get("source_transaction"), "transfer_group": data.get("transfer_group"),
        "metadata": data.get("metadata", {}), "reversed": 0, "created": int(time.time()), "currency": data["currency"],
        "reversal_rows": [],
    }  # fmt: skip
    return server.json_response(STATE["transfers"][name])


async def list_transfers(request: web.Request) -> web.Response:
    group = request.query.get("transfer_group")
    return page([t for t in STATE["transfers"].values() if t["transfer_group"] == group], "/v1/transfers")


async def create_reversal(request: web.Request) -> web.Response:
    transfer, data = known("transfers", request.match_info["id"]), checked("reversal", await form(request))
    if int(data["amount"]) + transfer["reversed"] > transfer["amount"]:
        raise UserError(400, "Nothing left to reverse")
    transfer["reversed"] += int(data["amount"])
    row = {
        "id": "trr_" + random_id(20), "object": "transfer_reversal", "amount": int(data["amount"]),
        "transfer": transfer["id"], "metadata": data.get("metadata", {}), "created": int(time.time()),
    }  # fmt: skip
    transfer["reversal_rows"].append(row)
    return server.json_response(row)


async def list_reversals(request: web.Request) -> web.Response:
    return page(known("transfers", request.match_info["id"])["reversal_rows"], "/v1/transfers/reversals")


async def create_account(request: web.Request) -> web.Response:
    data = checked("account", await form(request))
    name = "acct_" + random_id(16)
    STATE["accounts"][name] = {
        "id": name, "object": "account", "country": data["country"], "payouts_enabled": False,
        "capabilities": {"transfers": "inactive"},
    }  # fmt: skip
    return server.json_response(STATE["accounts"][name])


async def get_account(request: web.Request) -> web.Response:
    return server.json_response(known("accounts", request.match_info["id"]))


async def create_link(request: web.Request) -> web.Response:
    data = checked("link", await form(request))
    known("accounts", data["account"])
    return server.json_response({"object": "account_link", "url": f"http://localhost/who/{data['account']}"})


async def list_disputes(request: web.Request) -> web.Response:
    intent = request.query.get("payment_intent")
    return page([d for d in STATE["disputes"].values() if d["payment_intent"] == intent], "/v1/disputes")


async def list_movements(request: web.Request) -> web.Response:
    rows = []
    for key, value in resources.store.items():
        if key.startswith("balance_transaction:"):
            row = value._export()
            source = row["source"]
            kind = Charge if source.startswith("ch_") else Refund
            rows.append(row | {"source": kind._api_retrieve(source)._export()})
    for transfer in STATE["transfers"].values():
        rows.append(line("transfer", -transfer["amount"], transfer))
        rows += [line("transfer_refund", row["amount"], row) for row in transfer["reversal_rows"]]
    for dispute in STATE["disputes"].values():
        rows.append(line("adjustment", -dispute["amount"], dispute))
        if dispute["status"] == "won":
            rows.append(line("adjustment", dispute["amount"], dispute, "back"))
    checked("movements", server.unflatten_data(request.query))
    return page(sorted(rows, key=lambda row: row["created"]), "/v1/balance_transactions")


def line(kind: str, cents: int, source: dict, more: str = "") -> dict:
    return {
        "id": f"txn_{source['id']}{more}", "object": "balance_transaction", "type": kind, "amount": cents, "fee": 0,
        "net": cents, "created": source["created"], "source": source, "currency": "eur",
    }  # fmt: skip


# what happens to a town


async def approve(request: web.Request) -> web.Response:
    account = known("accounts", request.match_info["id"])
    account |= {"payouts_enabled": True, "capabilities": {"transfers": "active"}}
    return web.json_response({})


async def dispute(request: web.Request) -> web.Response:
    data = await request.json()
    charge = Charge._api_retrieve(data["charge"])
    name = "dp_" + charge.id[3:]
    STATE["disputes"][name] = {
        "id": name, "object": "dispute", "charge": charge.id, "payment_intent": charge.payment_intent,
        "amount": data["amount"], "status": data.get("status", "needs_response"), "created": int(time.time()),
    }  # fmt: skip
    return web.json_response({"id": name})


async def faults(request: web.Request) -> web.Response:
    FAULTS[:] = await request.json()
    return web.json_response({})


async def everything(request: web.Request) -> web.Response:
    """What has really happened, for the tests to count."""
    stored = [value._export() for key, value in resources.store.items() if key.split(":")[0] in {"payment_intent"}]
    refunds = [value._export() for key, value in resources.store.items() if key.startswith("refund:")]
    return web.json_response(
        {"intents": stored, "refunds": refunds, "seen": SEEN}
        | {k: STATE[k] for k in ("sessions", "transfers", "disputes")}
    )


async def reset(request: web.Request) -> web.Response:
    for rows in STATE.values():
        rows.clear()
    FAULTS.clear()
    SEEN.clear()
    resources.store.clear()
    return web.json_response({})


@web.middleware
async def accidents(request: web.Request, handler) -> web.StreamResponse:
    """Idempotency as documented, and the faults that a test asked for."""
    if request.path.startswith("/_config/"):
        return await handler(request)
    fault = FAULTS.pop(0) if FAULTS else ""
    key = request.headers.get("Idempotency-Key", "") if request.method == "POST" else ""
    SEEN.append({"method": request.method, "path": request.path, "key": key, "fault": fault})
    if fault == "before":
        request.transport.close()
        return web.Response(status=503)
    if fault == "busy":
        return web.json_response({"error": {"type": "api_error", "message": "busy"}}, status=503)
    answer = await once(request, handler, key) if key else await handler(request)
    if fault == "after":
        request.transport.close()
    return answer


async def once(request: web.Request, handler, key: str) -> web.StreamResponse:
    asked = (request.path, (await request.read()).decode())
    if key in STATE["keys"]:
        before, status, body = STATE["keys"][key]
        if before != asked:
            error = {"type": "idempotency_error", "message": "Keys for idempotent requests belong to one request"}
            return web.json_response({"error": error}, status=400)
        return web.Response(status=status, body=body, content_type="application/json")
    try:
        answer = await handler(request)
    except UserError as error:
        answer = error.to_response()
    if answer.status < 500:
        STATE["keys"][key] = (asked, answer.status, answer.body)
    return answer


ROUTES = [
    ("POST", "/v1/checkout/sessions", create_session),
    ("GET", "/v1/checkout/sessions/{id}", get_session),
    ("POST", "/v1/checkout/sessions/{id}/expire", expire_session),
    ("POST", "/v1/transfers", create_transfer),
    ("GET", "/v1/transfers", list_transfers),
    ("POST", "/v1/transfers/{id}/reversals", create_reversal),
    ("GET", "/v1/transfers/{id}/reversals", list_reversals),
    ("POST", "/v1/accounts", create_account),
    ("GET", "/v1/accounts/{id}", get_account),
    ("POST", "/v1/account_links", create_link),
    ("GET", "/v1/disputes", list_disputes),
    ("GET", "/v1/balance_transactions", list_movements),
    ("POST", "/_config/pay/{id}", pay),
    ("POST", "/_config/approve/{id}", approve),
    ("POST", "/_config/dispute", dispute),
    ("POST", "/_config/faults", faults),
    ("GET", "/_config/everything", everything),
    ("POST", "/_config/reset", reset),
]


def app() -> web.Application:
    """localstripe's own routes after ours."""
    made = web.Application(middlewares=[accidents, server.error_middleware, server.auth_middleware])
    for method, path, handler in ROUTES:
        made.router.add_route(method, path, handler)
    for route in server.app.router.routes():
        if route.method != "HEAD" and route.resource is not None:
            made.router.add_route(route.method, route.resource.canonical, route.handler)
    return made


if __name__ == "__main__":
    web.run_app(app(), host="127.0.0.1", port=int(sys.argv[1]), print=None)
