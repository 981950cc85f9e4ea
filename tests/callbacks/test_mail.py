"""Mail: sent once, later when the server says so, given up where it never will be; a real SMTP server."""

import ssl
import subprocess
import warnings
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from callbacks import mail as module
from callbacks.mail import Post, send
from routing.floor import Floor
from routing.store.mails import DUE, MailState
from tests.callbacks.post_office import post_office
from tests.journeys.places import free_port

pytestmark = pytest.mark.filterwarnings(
    "ignore::DeprecationWarning:aiosmtpd", "ignore:Requiring AUTH:UserWarning"
)

TO = "Ana Example <ana@example.com>"
FROM = "Example Company <support@example.com>"
SENT, FAILED, WAITING = (MailState.SENT, ""), MailState.FAILED, MailState.WAITING


def a_post(port: int, *, user: str = "", scheme: str = "smtp", host: str = "127.0.0.1") -> Post:
    return Post(SecretStr(f"{scheme}://{user}{host}:{port}"), FROM)


def advance(floor: Floor, span: timedelta) -> None:
    floor.store.run(lambda redis: redis.incrby(floor.clock.offset_key, int(span.total_seconds() * 1000)))


def test_a_mail_with_an_id_of_one_s_own_is_written_once(floor: Floor) -> None:
    for words in ("first", "second"):
        assert floor.mails.write(TO, "A report", words, "m1") == "m1"
    found = floor.mails.claim("m1")
    assert found is not None
    assert (found.to, found.subject, found.text) == (TO, "A report", "first")
    floor.mails.settle(found, MailState.SENT)
    floor.mails.write(TO, "A report", "third", "m1")
    assert floor.mails.state("m1") == SENT


def test_a_mail_arrives_once_and_its_words_are_forgotten(floor: Floor) -> None:
    mail_id = floor.mails.write(TO, "Your call\r\nBcc: x@example.com", "Grüße.\nYours")
    assert [due.id for due in floor.deadlines.claim_due(5, 1000)] == [mail_id]
    with post_office() as (office, port):
        for _ in range(3):
            send(floor, a_post(port), mail_id)
    [message] = office.received
    assert (message["To"], message["From"]) == (TO, FROM)
    assert message["Subject"] == "Your call Bcc: x@example.com"
    assert message["Bcc"] is None
    assert message["Message-ID"] == f"<{mail_id}@example.com>"
    assert message.get_content().replace("\r", "") == "Grüße.\nYours\n"
    assert floor.mails.state(mail_id) == SENT
    assert floor.deadlines.next() is None
    kept = floor.store.run(lambda redis: redis.hgetall(floor.keys.mail(mail_id)))
    assert not {"to", "text", "subject"} & set(kept)


def test_a_server_that_is_busy_gets_it_later_under_the_same_id(floor: Floor) -> None:
    mail_id = floor.mails.write(TO, "Hello", "Text")
    with post_office() as (office, port):
        office.to_data = ["451 try again"]
        send(floor, a_post(port), mail_id)
        assert floor.mails.state(mail_id) == (WAITING, "mail refused with 451")
        due = floor.deadlines.next()
        assert due
        assert timedelta(seconds=55) < due - floor.clock.now(floor.store) <= timedelta(seconds=60)
        advance(floor, timedelta(minutes=1))
        assert [due.kind for due in floor.deadlines.claim_due(5, 1000)] == [DUE]
        send(floor, a_post(port), mail_id)
    assert floor.mails.state(mail_id) == SENT
    assert len(office.received) == 1


@pytest.mark.parametrize(
    ("recipient", "data", "stands"),
    [
        ("550 no such mailbox", "", (FAILED, "recipient refused with [550]")),
        ("450 mailbox busy", "", (WAITING, "recipient refused with [450]")),
        ("", "554 not wanted", (FAILED, "mail refused with 554")),
    ],
)
def test_what_is_refused_for_good_is_given_up_and_told(
    floor: Floor,
    logged: Callable[[], list[dict[str, Any]]],
    recipient: str,
    data: str,
    stands: tuple[MailState, str],
) -> None:
    mail_id = floor.mails.write(TO, "Hello", "Text")
    with post_office() as (office, port):
        office.to_recipient, office.to_data = [recipient] * bool(recipient), [data] * bool(data)
        send(floor, a_post(port), mail_id)
    assert floor.mails.state(mail_id) == stands
    assert floor.mails.failed() == ([mail_id] if stands[0] is FAILED else [])
    [told] = [line for line in logged() if line["event"] in ("mail_failed", "mail_delayed")]
    assert (told["mail"], told["because"]) == (mail_id, stands[1])
    assert "example.com" not in str(told)


@pytest.mark.parametrize("to", ["nobody\nBcc: x@example.com", "ä@example.com", "no address"])
def test_an_address_that_is_none_is_given_up(floor: Floor, to: str) -> None:
    mail_id = floor.mails.write(to, "Hello", "Text")
    with post_office(enable_SMTPUTF8=False) as (office, port):
        office.to_recipient = ["501 no address"]
        send(floor, a_post(port), mail_id)
    assert (floor.mails.state(mail_id) or ("",))[0] == FAILED
    assert office.received == []


def test_without_a_server_it_waits_for_three_days(floor: Floor) -> None:
    mail_id = floor.mails.write(TO, "Hello", "Text")
    gone = a_post(free_port())
    send(floor, Post(None, None), mail_id)
    assert floor.mails.state(mail_id) == (WAITING, "SMTP_URL or MAIL_FROM is not set")
    for _ in range(6):
        advance(floor, timedelta(hours=11))
        send(floor, gone, mail_id)
        assert floor.mails.state(mail_id) == (WAITING, "the mail server: ConnectionRefusedError")
    advance(floor, timedelta(hours=11))
    send(floor, gone, mail_id)
    assert floor.mails.state(mail_id) == (FAILED, "the mail server: ConnectionRefusedError")


def test_a_worker_that_died_while_sending_is_followed_by_another_after_its_lease(floor: Floor) -> None:
    mail_id = floor.mails.write(TO, "Hello", "Text")
    dead = floor.mails.claim(mail_id)
    assert dead
    with post_office() as (office, port):
        send(floor, a_post(port), mail_id)
        assert office.received == [], "somebody is sending it"
        advance(floor, timedelta(seconds=91))
        send(floor, a_post(port), mail_id)
        assert len(office.received) == 1
        assert not floor.mails.settle(dead, WAITING), "the first one woke up: it has no say any more"
    assert floor.mails.state(mail_id) == SENT


def test_user_and_password_are_used_and_a_wrong_one_waits_for_the_operator(floor: Floor) -> None:
    right, wrong = (floor.mails.write(TO, "Hello", "Text") for _ in range(2))
    with post_office(auth_require_tls=False) as (office, port):
        send(floor, a_post(port, user="ann%40x:p%3Aw%40d@"), right)
        send(floor, a_post(port, user="ann:guess@"), wrong)
    assert office.logins[0] == ("ann@x", "p:w@d")
    assert floor.mails.state(right) == SENT
    assert floor.mails.state(wrong) == (WAITING, "the mail server: SMTPAuthenticationError")


def test_a_password_does_not_travel_in_clear_to_another_machine(
    floor: Floor, monkeypatch: pytest.MonkeyPatch
) -> None:
    mail_id = floor.mails.write(TO, "Hello", "Text")
    monkeypatch.setattr(module, "_HERE", ())
    with post_office(auth_require_tls=False) as (office, port):
        send(floor, a_post(port, user="ann:p%3Aw%40d@"), mail_id)
    assert office.logins == []
    assert floor.mails.state(mail_id) == (WAITING, "no STARTTLS, and a password does not travel in clear")


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A key and a certificate for 127.0.0.1, signed by itself."""
    folder = tmp_path_factory.mktemp("tls")
    words = (
        "req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=127.0.0.1 -addext subjectAltName=IP:127.0.0.1"
    )
    made = ["-keyout", str(folder / "key"), "-out", str(folder / "certificate")]
    subprocess.run(["openssl", *words.split(), *made], check=True, capture_output=True)
    return folder


@pytest.mark.parametrize("trusted", [True, False])
def test_starttls_is_used_where_it_is_offered_and_the_certificate_must_be_good(
    floor: Floor, certificate: Path, monkeypatch: pytest.MonkeyPatch, trusted: bool
) -> None:
    if trusted:
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate / "certificate"))
    mail_id = floor.mails.write(TO, "Hello", "Text")
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate / "certificate", certificate / "key")
    with warnings.catch_warnings(), post_office(tls_context=tls, require_starttls=True) as (office, port):
        warnings.simplefilter("ignore")
        send(floor, a_post(port, user="ann:p%3Aw%40d@"), mail_id)
    assert len(office.received) == int(trusted)
    assert floor.mails.state(mail_id) == (
        SENT if trusted else (WAITING, "the mail server: SSLCertVerificationError")
    )
