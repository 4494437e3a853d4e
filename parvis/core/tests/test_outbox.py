"""Mail leaves once, after commit, through a real SMTP server on loopback."""

import socket
from contextlib import contextmanager

import pytest
from aiosmtpd.controller import Controller
from django.db import transaction
from procrastinate.contrib.django.models import ProcrastinateJob

from parvis.core import outbox
from parvis.core.models import OutboxMessage


class Letterbox:
    """Keeps what arrives; can be told to refuse."""

    def __init__(self):
        self.letters, self.refuse = [], False

    async def handle_DATA(self, server, session, envelope):
        if self.refuse:
            return "451 Come back later"
        self.letters.append(envelope)
        return "250 Message accepted"


@contextmanager
def mail_server():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    letterbox = Letterbox()
    server = Controller(letterbox, hostname="127.0.0.1", port=port)
    server.start()
    try:
        yield letterbox, port
    finally:
        server.stop()


@pytest.fixture
def letterbox(settings):
    with mail_server() as (box, port):
        settings.MAILERS = {
            "default": {
                "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
                "OPTIONS": {"host": "127.0.0.1", "port": port, "timeout": 5},
            }
        }
        yield box


def queue(key="k1", to="camille@example.org"):
    outbox.send_mail(key=key, to=to, subject="Votre commande\nX-Evil: 1", body="Prête à 17 h", town_id=None)
    return OutboxMessage.objects.get(key=key)


@pytest.mark.django_db
def test_a_letter_arrives_once(letterbox):
    before = ProcrastinateJob.objects.count()
    message = queue()
    assert queue().pk == message.pk, "the same key is the same letter"
    assert ProcrastinateJob.objects.count() == before + 1
    assert outbox.deliver(message.pk)
    assert not outbox.deliver(message.pk)
    assert len(letterbox.letters) == 1
    letter = letterbox.letters[0]
    assert letter.rcpt_tos == ["camille@example.org"]
    assert b"\nX-Evil" not in letter.content


@pytest.mark.django_db
def test_a_server_that_refuses_is_asked_again(letterbox):
    message = queue()
    letterbox.refuse = True
    assert not outbox.deliver(message.pk)
    message.refresh_from_db()
    assert message.attempts == 1
    assert "451" in message.error
    letterbox.refuse = False
    assert outbox.deliver(message.pk)
    message.refresh_from_db()
    assert message.sent_at
    assert message.error == ""


@pytest.mark.django_db
def test_after_many_refusals_the_letter_is_given_up_and_kept(letterbox):
    message = queue()
    letterbox.refuse = True
    for _attempt in range(outbox.MAX_ATTEMPTS + 2):
        outbox.deliver(message.pk)
    message.refresh_from_db()
    assert message.given_up
    assert message.attempts == outbox.MAX_ATTEMPTS


@pytest.mark.django_db(transaction=True)
def test_nothing_leaves_when_the_transaction_is_rolled_back():
    before = ProcrastinateJob.objects.count()  # the queue's own tables outlive a test that commits
    try:
        with transaction.atomic():
            queue()
            raise LookupError
    except LookupError:
        pass
    assert not OutboxMessage.objects.exists()
    assert ProcrastinateJob.objects.count() == before


@pytest.mark.django_db
def test_without_an_address_nothing_is_queued():
    outbox.send_mail(key="none", to="", subject="s", body="b", town_id=None)
    assert not OutboxMessage.objects.exists()


@pytest.mark.django_db
def test_a_letter_carries_the_head_it_was_given(letterbox):
    stop = {
        "List-Unsubscribe": "<https://issy.example/news/stop/k/>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }
    outbox.send_mail(key="k", to="c@example.org", subject="s", body="b", town_id=None, headers=stop)
    outbox.deliver(OutboxMessage.objects.get(key="k").pk)
    content = letterbox.letters[0].content
    assert b"List-Unsubscribe: <https://issy.example/news/stop/k/>" in content
    assert b"List-Unsubscribe-Post: List-Unsubscribe=One-Click" in content
