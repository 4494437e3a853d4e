"""Mollie on loopback: a small double that keeps state, since no public one exists.

``python -m parvis.market.tests.payments.mollie_double PORT``. It is spoken to through Mollie's own package, takes
only requests of the published shapes and gives only answers of them (``mollie_schema``); what it does is what Mollie's
pages say (docs.mollie.com: Create payment, Place a hold for a payment, Release authorization, Refunds, Delayed routing,
Webhooks, API idempotency):
- a card payment waits on its page, cannot be cancelled by us and expires by itself;
- a smaller capture leaves it authorised until the rest is released; then it is paid;
- only what is paid can be routed; a refund may pull back what was routed, and nothing else does;
- the same idempotency key gets the same answer for an hour of the double's own clock.
The buyer's and the merchants' side, the clock and accidents have addresses under ``/_config/``. A fault is ``before``
(the request is lost), ``after`` (it is done, its answer is lost) or ``busy``.
"""

import sys
from datetime import datetime, timedelta
from itertools import count

from aiohttp import web

from parvis.market.tests.payments.mollie_schema import check_answer, check_request

LIVES = timedelta(minutes=15)
REMEMBERS = timedelta(hours=1)
STATE: dict[str, dict] = {"payments": {}, "captures": {}, "refunds": {}, "routes": {}, "chargebacks": {}, "keys": {}}
CLIENTS: dict[str, dict] = {}
LINES: list[dict] = []
FAULTS: list[str] = []
SEEN: list[dict] = []
CLOCK = {"now": datetime.fromisoformat("2026-01-01T00:00:00+00:00"), "captures wait": False}
NUMBERS = count(1)


class Refused(Exception):
    """An answer of 4xx."""

    def __init__(self, status: int, detail: str, field: str = "") -> None:
        super().__init__(detail)
        self.status, self.detail, self.field = status, detail, field


def named(kind: str) -> str:
    return f"{kind}_{next(NUMBERS):08d}Dbl"


def cents(amount: dict) -> int:
    whole, part = amount["value"].split(".")
    return int(whole) * 100 + int(part)


def amount(value: int) -> dict:
    sign = "-" if value < 0 else ""
    return {"currency": "EUR", "value": f"{sign}{abs(value) // 100}.{abs(value) % 100:02d}"}


def moment() -> str:
    return CLOCK["now"].isoformat()


def url(path: str) -> dict:
    return {"href": f"https://api.mollie.com/v2{path}", "type": "application/hal+json"}


def links(path: str, payment: str = "") -> dict:
    found = {"self": url(path), "documentation": url("/docs")}
    return found | ({"payment": url(f"/payments/{payment}")} if payment else {})


def sum_of(kind: str, payment: str) -> int:
    ended = {"failed", "canceled", "pending"} if kind == "captures" else {"failed", "canceled"}
    rows = [row for row in STATE[kind].values() if row["paymentId"] == payment and row.get("status") not in ended]
    return sum(cents(row["amount"]) for row in rows)


def known(kind: str, name: str) -> dict:
    if name not in STATE[kind]:
        raise Refused(404, "No payment exists with this token.")
    return STATE[kind][name]


def grow_old() -> None:
    for payment in STATE["payments"].values():
        if payment["status"] == "open" and datetime.fromisoformat(payment["expiresAt"]) <= CLOCK["now"]:
            payment |= {"status": "expired", "expiredAt": moment()}


def shown(payment: dict) -> dict:
    """A payment as Mollie answers it now."""
    name = payment["id"]
    row = {key: value for key, value in payment.items() if value is not None}
    taken, back = sum_of("captures", name), sum_of("refunds", name)
    lost = sum(cents(c["amount"]) for c in STATE["chargebacks"].values() if c["paymentId"] == name)
    if taken:
        row |= {"amountCaptured": amount(taken)}
    if payment["status"] == "paid":
        row |= {"amountRefunded": amount(back), "amountRemaining": amount(taken - back)}
    if lost:
        row["amountChargedBack"] = amount(lost)
    return check_answer("payment", row)


def answer(kind: str, row: dict, status: int = 201) -> web.Response:
    return web.json_response(check_answer(kind, row), status=status, content_type="application/hal+json")


def listed(name: str, rows: list[dict], kind: str) -> web.Response:
    for row in rows:
        check_answer(kind, row)
    body = {
        "count": len(rows),
        "_embedded": {name: rows},
        "_links": {"self": url("/"), "previous": None, "next": None, "documentation": url("/docs")},
    }
    return web.json_response(body, content_type="application/hal+json")


def line(kind: str, value: int, fee: int = 0, **context: str) -> None:
    """A movement of the town's own balance."""
    row = {
        "resource": "balance-transaction",
        "id": named("baltr"),
        "type": kind,
        "resultAmount": amount(value - fee),
        "initialAmount": amount(value),
        "createdAt": moment(),
    }
    row |= {"deductions": amount(-fee)} if fee else {}
    LINES.append(check_answer("line", row | {"context": {kind: context}}))


# payments


async def create_payment(request: web.Request) -> web.Response:
    data = check_request("payment", await request.json())
    if cents(data["amount"]) < 1:
        raise Refused(422, "The amount is lower than the minimum", "amount")
    name = named("tr")
    STATE["payments"][name] = {
        "resource": "payment", "id": name, "mode": "test", "status": "open", "isCancelable": False,
        "createdAt": moment(), "expiresAt": (CLOCK["now"] + LIVES).isoformat(), "sequenceType": "oneoff",
        "profileId": "pfl_double", "routing": None,
        **{key: data[key] for key in ("description", "amount", "redirectUrl", "webhookUrl", "metadata", "captureMode")},
        "_links": links(f"/payments/{name}") | {
            "dashboard": {"href": "https://my.mollie.com/", "type": "text/html"},
            "checkout": {"href": f"http://localhost/pay/{name}", "type": "text/html"},
        },
    }  # fmt: skip
    return answer("payment", shown(STATE["payments"][name]))


async def get_payment(request: web.Request) -> web.Response:
    return answer("payment", shown(known("payments", request.match_info["id"])), 200)


async def cancel_payment(request: web.Request) -> web.Response:
    raise Refused(422, "The payment cannot be canceled")


async def release(request: web.Request) -> web.Response:
    payment = known("payments", request.match_info["id"])
    if payment["status"] != "authorized":
        raise Refused(422, "The payment is not authorized")
    taken = sum_of("captures", payment["id"])
    payment |= {"status": "paid", "paidAt": moment()} if taken else {"status": "canceled", "canceledAt": moment()}
    return web.Response(status=202, text="", content_type="application/hal+json")


async def create_capture(request: web.Request) -> web.Response:
    payment, data = known("payments", request.match_info["id"]), check_request("capture", await request.json())
    if payment["status"] != "authorized":
        raise Refused(422, "The payment is not authorized")
    if sum_of("captures", payment["id"]) + cents(data["amount"]) > cents(payment["amount"]):
        raise Refused(422, "The amount is higher than what is left", "amount")
    name = named("cpt")
    capture = {
        "resource": "capture", "id": name, "mode": "test", "amount": data["amount"], "status": "pending",
        "paymentId": payment["id"], "createdAt": moment(), "metadata": data.get("metadata"),
        "_links": links(f"/payments/{payment['id']}/captures/{name}", payment["id"]),
    }  # fmt: skip
    STATE["captures"][name] = capture
    if not CLOCK["captures wait"]:
        succeed(capture)
    return answer("capture", capture)


def succeed(capture: dict) -> None:
    payment = STATE["payments"][capture["paymentId"]]
    capture["status"] = "succeeded"
    taken = cents(capture["amount"])
    line("capture", taken, 25 + taken * 18 // 1000, paymentId=payment["id"], captureId=capture["id"])
    if sum_of("captures", payment["id"]) == cents(payment["amount"]):
        payment |= {"status": "paid", "paidAt": moment()}


async def list_captures(request: web.Request) -> web.Response:
    name = known("payments", request.match_info["id"])["id"]
    return listed("captures", [c for c in STATE["captures"].values() if c["paymentId"] == name], "capture")


# refunds, routes, chargebacks


def routed(payment: str, organisation: str) -> int:
    """What a merchant has of a payment: routed to it, and not pulled back."""
    to = [r for r in STATE["routes"].values() if r["paymentId"] == payment]
    back = [
        reversal
        for refund in STATE["refunds"].values()
        if refund["paymentId"] == payment
        for reversal in refund.get("routingReversals", [])
        if reversal["source"]["organizationId"] == organisation
    ]
    mine = [r for r in to if r["destination"]["organizationId"] == organisation]
    return sum(cents(r["amount"]) for r in mine) - sum(cents(r["amount"]) for r in back)


async def create_refund(request: web.Request) -> web.Response:
    payment, data = known("payments", request.match_info["id"]), check_request("refund", await request.json())
    value = cents(data["amount"])
    if payment["status"] != "paid" or sum_of("refunds", payment["id"]) + value > sum_of("captures", payment["id"]):
        raise Refused(422, "The specified amount cannot be refunded", "amount")
    reversals = data.get("routingReversals", [])
    for one in reversals:
        if cents(one["amount"]) > routed(payment["id"], one["source"]["organizationId"]):
            raise Refused(422, "The routing reversal is higher than what was routed", "routingReversals")
    if sum(cents(one["amount"]) for one in reversals) > value:
        raise Refused(422, "The reversals are higher than the refund", "routingReversals")
    name = named("re")
    refund = {
        "resource": "refund", "id": name, "mode": "test", "description": None, "amount": data["amount"],
        "metadata": data.get("metadata"), "paymentId": payment["id"], "status": "pending", "createdAt": moment(),
        "_links": links(f"/payments/{payment['id']}/refunds/{name}", payment["id"]),
    }  # fmt: skip
    if reversals:
        refund["routingReversals"] = [
            {"amount": r["amount"], "source": {"organizationId": r["source"]["organizationId"]}} for r in reversals
        ]
    STATE["refunds"][name] = refund
    line("refund", -value, paymentId=payment["id"], refundId=name)
    for one in reversals:
        line("refund-compensation", cents(one["amount"]), paymentId=payment["id"], refundId=name)
    return answer("refund", refund)


async def list_refunds(request: web.Request) -> web.Response:
    name = known("payments", request.match_info["id"])["id"]
    return listed("refunds", [r for r in STATE["refunds"].values() if r["paymentId"] == name], "refund")


async def create_route(request: web.Request) -> web.Response:
    payment, data = known("payments", request.match_info["id"]), check_request("route", await request.json())
    to = data["destination"]["organizationId"]
    if to not in CLIENTS:
        raise Refused(422, "The organization is not connected to your account", "destination.organizationId")
    routes = [r for r in STATE["routes"].values() if r["paymentId"] == payment["id"]]
    gone = sum(routed(payment["id"], name) for name in {r["destination"]["organizationId"] for r in routes})
    left = sum_of("captures", payment["id"]) - sum_of("refunds", payment["id"]) - gone
    if payment["status"] != "paid" or cents(data["amount"]) > left:
        raise Refused(422, "The amount is higher than what is left of the payment", "amount")
    name = named("crt")
    STATE["routes"][name] = {
        "resource": "route", "id": name, "paymentId": payment["id"], "createdAt": moment(), **data,
        "_links": links(f"/payments/{payment['id']}/routes/{name}", payment["id"]),
    }  # fmt: skip
    line("post-payment-split-payment", -cents(data["amount"]), paymentId=payment["id"])
    return answer("route", STATE["routes"][name])


async def list_routes(request: web.Request) -> web.Response:
    name = known("payments", request.match_info["id"])["id"]
    return listed("routes", [r for r in STATE["routes"].values() if r["paymentId"] == name], "route")


async def list_chargebacks(request: web.Request) -> web.Response:
    name = known("payments", request.match_info["id"])["id"]
    return listed("chargebacks", [c for c in STATE["chargebacks"].values() if c["paymentId"] == name], "chargeback")


async def list_lines(request: web.Request) -> web.Response:
    return listed("balance_transactions", list(reversed(LINES)), "line")


# merchants


async def create_link(request: web.Request) -> web.Response:
    check_request("link", await request.json())
    name = named("cl")
    page = {"href": f"http://localhost/who/{name}", "type": "text/html"}
    row = {"resource": "client-link", "id": name, "_links": {"self": url("/"), "clientLink": page}}
    return answer("link", row)


def client(name: str) -> dict:
    row = CLIENTS[name]
    organisation = {
        "resource": "organization", "id": name, "name": row["name"], "email": "shop@example.org", "locale": "fr_FR",
        "registrationNumber": row["number"], "_links": {"self": url(f"/organizations/{name}")},
    }  # fmt: skip
    onboarding = {
        "resource": "onboarding", "name": row["name"], "status": "completed" if row["ready"] else "in-review",
        "canReceivePayments": row["ready"], "canReceiveSettlements": row["ready"], "signedUpAt": moment(),
        "_links": {"self": url("/onboarding/me")},
    }  # fmt: skip
    return {
        "resource": "client", "id": name, "_links": {"self": url(f"/clients/{name}")},
        "_embedded": {"organization": organisation, "onboarding": onboarding},
    }  # fmt: skip


async def list_clients(request: web.Request) -> web.Response:
    return listed("clients", [client(name) for name in CLIENTS], "client")


async def get_client(request: web.Request) -> web.Response:
    if request.match_info["id"] not in CLIENTS:
        raise Refused(404, "No client exists with this token.")
    return answer("client", client(request.match_info["id"]), 200)


# what happens to a town


async def pay(request: web.Request) -> web.Response:
    """The buyer fills the hosted page with a card; says whether the page took it."""
    payment, good = known("payments", request.match_info["id"]), (await request.json()).get("good", True)
    grow_old()
    if payment["status"] != "open":
        return web.json_response({"paid": False, "why": payment["status"]})
    ended = {"status": "authorized", "authorizedAt": moment()} if good else {"status": "failed", "failedAt": moment()}
    payment |= {"method": "creditcard"} | ended
    return web.json_response({"paid": good})


async def join(request: web.Request) -> web.Response:
    """A merchant fills Mollie's page, with this registration number; ``ready``: Mollie has checked them."""
    data = await request.json()
    name = next((name for name, row in CLIENTS.items() if row["number"] == data["number"]), named("org"))
    CLIENTS[name] = {"name": data["name"], "number": data["number"], "ready": data["ready"]}
    return web.json_response({"id": name})


async def charge_back(request: web.Request) -> web.Response:
    data = await request.json()
    if name := data.get("reversed"):
        STATE["chargebacks"][name]["reversedAt"] = moment()
        row = STATE["chargebacks"][name]
        line("chargeback-reversal", cents(row["amount"]), paymentId=row["paymentId"], chargebackId=name)
        return web.json_response({"id": name})
    name = named("chb")
    STATE["chargebacks"][name] = {
        "resource": "chargeback", "id": name, "amount": amount(data["amount"]), "paymentId": data["payment"],
        "createdAt": moment(), "_links": links("/chargebacks", data["payment"]),
    }  # fmt: skip
    line("chargeback", -data["amount"], paymentId=data["payment"], chargebackId=name)
    return web.json_response({"id": name})


async def clock(request: web.Request) -> web.Response:
    CLOCK["now"] = datetime.fromisoformat((await request.json())["now"])
    grow_old()
    return web.json_response({})


async def captures(request: web.Request) -> web.Response:
    """``{"wait": true}``: captures stay pending from now on; false: those that wait succeed.

    ``{"fail": true}``: those that wait, and those that had succeeded, have failed after all.
    """
    asked = await request.json()
    if asked.get("fail"):
        for capture in STATE["captures"].values():
            payment = STATE["payments"][capture["paymentId"]]
            if capture["status"] == "succeeded":
                LINES[:] = [row for row in LINES if row["context"].get("capture", {}).get("captureId") != capture["id"]]
            capture["status"] = "failed"
            payment |= {"status": "authorized", "paidAt": None}
        return web.json_response({})
    CLOCK["captures wait"] = asked["wait"]
    for capture in STATE["captures"].values():
        if capture["status"] == "pending" and not CLOCK["captures wait"]:
            succeed(capture)
    return web.json_response({})


async def faults(request: web.Request) -> web.Response:
    FAULTS[:] = await request.json()
    return web.json_response({})


async def everything(request: web.Request) -> web.Response:
    """What has really happened, for the tests to count."""
    found = {kind: list(rows.values()) for kind, rows in STATE.items() if kind != "keys"}
    return web.json_response(found | {"payments": [shown(p) for p in STATE["payments"].values()], "seen": SEEN})


async def reset(request: web.Request) -> web.Response:
    for rows in STATE.values():
        rows.clear()
    for rows in (CLIENTS, LINES, FAULTS, SEEN):
        rows.clear()
    CLOCK["captures wait"] = False
    return web.json_response({})


@web.middleware
async def accidents(request: web.Request, handler) -> web.StreamResponse:
    """Idempotency as documented, and the faults that a test asked for."""
    if request.path.startswith("/_config/"):
        return await handler(request)
    fault = FAULTS.pop(0) if FAULTS else ""
    key = request.headers.get("Idempotency-Key", "") if request.method == "POST" else ""
    SEEN.append({"method": request.method, "path": request.path, "key": key, "fault": fault})
    if not request.headers.get("Authorization", "").startswith("Bearer "):
        return web.json_response({}, status=401)
    if fault == "before":
        request.transport.close()
        return web.Response(status=503)
    if fault == "busy":
        return web.Response(status=503, text="busy")
    grow_old()
    answered = await once(request, handler, key) if key else await refused(request, handler)
    if fault == "after":
        request.transport.close()
    return answered


async def refused(request: web.Request, handler) -> web.StreamResponse:
    try:
        return await handler(request)
    except Refused as error:
        body = {
            "status": error.status, "title": "Unprocessable Entity", "detail": error.detail,
            "_links": {"documentation": {"href": "https://docs.mollie.com", "type": "text/html"}},
        }  # fmt: skip
        body |= {"field": error.field} if error.field else {}
        return answer("error", body, error.status)
    except ValueError as error:  # a shape that Mollie does not know
        print(error, file=sys.stderr)
        return web.json_response({"status": 400, "detail": str(error)}, status=400)


async def once(request: web.Request, handler, key: str) -> web.StreamResponse:
    asked = (request.path, (await request.read()).decode())
    before = STATE["keys"].get(key)
    if before and CLOCK["now"] - before[0] < REMEMBERS:
        _when, said, status, body = before
        if said != asked:
            return web.Response(status=409, text="another request under the same key")
        return web.Response(status=status, body=body, content_type="application/hal+json")
    answered = await refused(request, handler)
    if answered.status < 400:
        STATE["keys"][key] = (CLOCK["now"], asked, answered.status, answered.body)
    return answered


ROUTES = [
    ("POST", "/v2/payments", create_payment),
    ("GET", "/v2/payments/{id}", get_payment),
    ("DELETE", "/v2/payments/{id}", cancel_payment),
    ("POST", "/v2/payments/{id}/release-authorization", release),
    ("POST", "/v2/payments/{id}/captures", create_capture),
    ("GET", "/v2/payments/{id}/captures", list_captures),
    ("POST", "/v2/payments/{id}/refunds", create_refund),
    ("GET", "/v2/payments/{id}/refunds", list_refunds),
    ("POST", "/v2/payments/{id}/routes", create_route),
    ("GET", "/v2/payments/{id}/routes", list_routes),
    ("GET", "/v2/payments/{id}/chargebacks", list_chargebacks),
    ("GET", "/v2/balances/primary/transactions", list_lines),
    ("POST", "/v2/client-links", create_link),
    ("GET", "/v2/clients", list_clients),
    ("GET", "/v2/clients/{id}", get_client),
    ("POST", "/_config/pay/{id}", pay),
    ("POST", "/_config/join", join),
    ("POST", "/_config/chargeback", charge_back),
    ("POST", "/_config/clock", clock),
    ("POST", "/_config/captures", captures),
    ("POST", "/_config/faults", faults),
    ("GET", "/_config/everything", everything),
    ("POST", "/_config/reset", reset),
]


def app() -> web.Application:
    """Every address of the double."""
    made = web.Application(middlewares=[accidents])
    for method, path, handler in ROUTES:
        made.router.add_route(method, path, handler)
    return made


if __name__ == "__main__":
    web.run_app(app(), host="127.0.0.1", port=int(sys.argv[1]), print=None)
