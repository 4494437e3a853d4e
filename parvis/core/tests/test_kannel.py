"""Text messages through Debian's Kannel with its fake SMSC, all of it on loopback."""

import shutil
import socket
import subprocess
import threading
import time
from contextlib import suppress

import pytest

from parvis.core import outbox
from parvis.core.clients import sms
from parvis.core.models import OutboxMessage

pytestmark = pytest.mark.skipif(
    not (shutil.which("bearerbox") and shutil.which("smsbox")),
    reason="Kannel is not here: apt-get install kannel",
)

CONF = """
group = core
admin-port = {admin}
admin-password = x
admin-interface = "127.0.0.1"
smsbox-port = {box}
smsbox-interface = "127.0.0.1"
box-allow-ip = "127.0.0.1"
box-deny-ip = "*.*.*.*"
store-type = file
store-location = "{folder}/store"
sms-resend-retry = 1

group = smsc
smsc = fake
smsc-id = FAKE
host = 127.0.0.1
port = {smsc}
connect-allow-ip = "127.0.0.1"

group = smsbox
bearerbox-host = "127.0.0.1"
sendsms-port = {http}
sendsms-interface = "127.0.0.1"

group = sendsms-user
username = parvis
password = secret
max-messages = 3
concatenation = true

group = sms-service
keyword = default
text = "no"
"""


def free_ports(count):
    probes = [socket.socket() for _ in range(count)]
    for probe in probes:
        probe.bind(("127.0.0.1", 0))
    ports = [probe.getsockname()[1] for probe in probes]
    for probe in probes:
        probe.close()
    return ports


def wait_for(port):
    for _ in range(150):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise AssertionError(f"nobody listens on {port}")


class Handset:
    """The other side of the fake SMSC: each line that Kannel sends is ``from to coding text``."""

    def __init__(self, port):
        self.lines = []
        for _ in range(150):
            try:
                self.socket = socket.create_connection(("127.0.0.1", port), timeout=20)
                self.socket.settimeout(None)
                break
            except OSError:
                time.sleep(0.1)
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self):
        with suppress(OSError), self.socket.makefile("rb") as lines:
            for line in lines:
                self.lines.append(line.rstrip(b"\r\n"))

    def close(self):
        with suppress(OSError):
            self.socket.shutdown(socket.SHUT_RDWR)
        self.reader.join(10)
        self.socket.close()

    def line(self, number=0):
        for _ in range(200):
            if len(self.lines) > number:
                return self.lines[number].decode("latin-1")
            time.sleep(0.1)
        raise AssertionError("no text message came")


@pytest.fixture(scope="module")
def kannel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("kannel")
    admin, box, smsc, http = free_ports(4)
    conf = folder / "kannel.conf"
    conf.write_text(CONF.format(admin=admin, box=box, smsc=smsc, http=http, folder=folder))
    log = (folder / "log").open("wb")
    boxes = []
    try:
        for program, port in (("bearerbox", box), ("smsbox", http)):
            boxes.append(subprocess.Popen([program, str(conf)], cwd=folder, stdout=log, stderr=log))
            wait_for(port)
        handset = Handset(smsc)
        try:
            yield http, handset
        finally:
            handset.close()
    finally:
        for process in reversed(boxes):
            process.terminate()
        for process in boxes:
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait(10)
        log.close()


@pytest.fixture
def handset(kannel, settings):
    http, handset = kannel
    settings.SMS_URL = f"http://127.0.0.1:{http}/cgi-bin/sendsms"
    settings.SMS_FORM = "kannel"
    settings.SMS_TOKEN = "parvis:secret"
    handset.lines.clear()
    return handset


@pytest.mark.django_db
def test_a_line_of_the_outbox_reaches_the_handset_once(handset):
    body = "Votre commande K7RVD est prete. http://issy.localhost/orders/K7RVD/?key=a_b-C&x=1"
    outbox.send_sms(key="k", to="+33612345678", body=body, town_id=None)
    message = OutboxMessage.objects.get()
    assert outbox.deliver(message.pk)
    assert not outbox.deliver(message.pk)
    sender, to, _coding, text = handset.line().split(" ", 3)
    assert (sender, to) == ("Parvis", "+33612345678")
    assert body in text.replace("%20", " ").replace("+", " ") or body.replace(" ", "+") in text
    time.sleep(1)
    assert len(handset.lines) == 1


def test_a_wrong_password_is_given_up(handset, settings):
    settings.SMS_TOKEN = "parvis:wrong"
    with pytest.raises(sms.GiveUp, match="403"):
        sms.send("+33612345678", "x", "r")


def test_a_kannel_that_is_away_is_tried_later(handset, settings):
    settings.SMS_URL = f"http://127.0.0.1:{free_ports(1)[0]}/cgi-bin/sendsms"
    with pytest.raises(sms.TryLater):
        sms.send("+33612345678", "x", "r")
