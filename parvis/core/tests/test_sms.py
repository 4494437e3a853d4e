"""Text messages: what they cost, and how they leave; the gateway is a real HTTP server on loopback."""

import json
import socket
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from parvis.core import outbox
from parvis.core.models import OutboxMessage
from parvis.core.sms import fitted, is_gsm, plain, segments


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 1),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("é" * 160, 1),
        ("ç" * 70, 1),  # the small letter is not in the alphabet
        ("ç" * 71, 2),
        ("ç" * 134, 2),
        ("ç" * 135, 3),
        ("🥖" * 35, 1),  # two units each
        ("🥖" * 36, 2),
    ],
)
def test_segments(text, count):
    assert segments(text) == count


def test_letters_that_have_a_plain_twin_are_written_plainly():
    assert plain("L’hôtel, ça va – 9\u00a0h… œuf à l’été") == "L'hotel, ca va - 9 h... oeuf à l'été"
    assert is_gsm(plain("Ÿ ñ ü ß ê î ô û ç"))
    assert plain("日本") == "日本"


def test_a_name_is_shortened_and_a_link_is_not():
    link = " http://issy.example/still-right/" + "x" * 70
    said = fitted("Issy: ", "Boulangerie " * 40, link)
    assert segments(said) == 2
    assert said.endswith(link)
    assert fitted("Issy: ", "Chez Zoé", link) == "Issy: Chez Zoé" + link
    assert segments(fitted("Issy: ", "日本" * 60, link)) == 2
    with pytest.raises(ValueError, match="too long"):
        fitted("", "a", "x" * 400)


class Gateway(BaseHTTPRequestHandler):
    """Keeps what it is given and answers what it is told."""

    answer, given = 200, []

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        type(self).given.append((dict(self.headers), body))
        self.send_response(type(self).answer)
        if type(self).answer == 302:
            self.send_header("Location", "/elsewhere")
        self.end_headers()

    def log_message(self, *args):
        pass


@pytest.fixture
def gateway(settings):
    Gateway.answer, Gateway.given = 200, []
    server = HTTPServer(("127.0.0.1", 0), Gateway)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    settings.SMS_URL = f"http://127.0.0.1:{server.server_port}/send"
    settings.SMS_TOKEN, settings.SMS_FROM = "secret", "Issy"
    yield Gateway
    server.shutdown()
    server.server_close()
    thread.join()


def queue(key="s1", to="+33612345678", body="Vos horaires sont-ils justes ?"):
    outbox.send_sms(key=key, to=to, body=body, town_id=None)
    return OutboxMessage.objects.get(key=key)


@pytest.mark.django_db
def test_a_message_reaches_the_gateway_once(gateway):
    jobs = ProcrastinateJob.objects.count()
    message = queue()
    assert queue().pk == message.pk
    assert ProcrastinateJob.objects.count() == jobs + 1
    assert outbox.deliver(message.pk)
    assert not outbox.deliver(message.pk)
    [(head, body)] = gateway.given
    assert head["Authorization"] == "Bearer secret"
    assert body == {"from": "Issy", "to": "+33612345678", "text": message.body, "reference": "s1"}


@pytest.mark.django_db
@pytest.mark.parametrize("answer", [500, 503, 429, 408])
def test_a_busy_gateway_is_asked_again(gateway, answer):
    gateway.answer = answer
    message = queue()
    assert not outbox.deliver(message.pk)
    message.refresh_from_db()
    assert not message.given_up
    assert str(answer) in message.error
    gateway.answer = 200
    assert outbox.deliver(message.pk)


@pytest.mark.django_db
@pytest.mark.parametrize("answer", [400, 401, 403, 422, 302])
def test_a_refusal_is_final_and_kept(gateway, answer):
    gateway.answer = answer
    message = queue()
    assert not outbox.deliver(message.pk)
    message.refresh_from_db()
    assert message.given_up
    assert len(gateway.given) == 1, "a redirection is not followed: the token stays here"
    gateway.answer = 200
    assert not outbox.deliver(message.pk)


@pytest.mark.django_db
def test_a_gateway_that_is_away_is_asked_again(settings):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    settings.SMS_URL = f"http://127.0.0.1:{port}/"
    message = queue()
    assert not outbox.deliver(message.pk)
    message.refresh_from_db()
    assert not message.given_up
    assert "does not answer" in message.error


@pytest.mark.django_db
def test_without_a_gateway_messages_become_files(settings, tmp_path):
    settings.VAR_DIR, settings.SMS_URL = tmp_path, ""
    assert outbox.deliver(queue().pk)
    [file] = (tmp_path / "sms").iterdir()
    assert "+33612345678" in file.read_text()
    assert "horaires" in file.read_text()


@pytest.mark.django_db
def test_what_costs_too_much_or_goes_nowhere_is_not_queued():
    with pytest.raises(ValueError, match="segments"):
        queue(body="a" * 307)
    outbox.send_sms(key="none", to="", body="b", town_id=None)
    assert not OutboxMessage.objects.exists()
