"""Handing letters to a mail server: SMTP, never in the clear over a network."""

import smtplib
import ssl
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email.message import EmailMessage
from urllib.parse import unquote, urlsplit

import click

from governance.errors import MalformedError, RuleError

_PORTS = {"smtp": 587, "smtps": 465}
_HERE = ("localhost", "127.0.0.1", "::1")
_SECONDS = 30
IN_A_ROW = 5
"""So many refusals one after the other are the server's, not the voters'."""


@dataclass(frozen=True, slots=True)
class Server:
    """A mail server and the account on it."""

    scheme: str
    host: str
    port: int
    user: str = ""
    password: str = field(default="", repr=False)


def read_server(text: str) -> Server:
    """Read smtp://user:password@host:port or smtps://…; a password that is left out is asked for.

    Raises:
        MalformedError: It is no such address; the sentence does not repeat it.
    """
    try:
        url = urlsplit(text)
        port = url.port
    except ValueError:
        url, port = urlsplit(""), None
    if url.scheme not in _PORTS or not url.hostname or url.path not in ("", "/") or url.query or url.fragment:
        msg = "--smtp: an address like smtp://user@mail.example.org:587 or smtps://… is needed"
        raise MalformedError(msg)
    user, password = unquote(url.username or ""), unquote(url.password or "")
    if user and url.password is None:
        password = click.prompt(f"Password of the account on {url.hostname}", hide_input=True, err=True)
    return Server(url.scheme, url.hostname, port or _PORTS[url.scheme], user, password)


@contextmanager
def connected(server: Server) -> Iterator[smtplib.SMTP]:
    """A connection, encrypted unless the server is this computer.

    Raises:
        RuleError: The server cannot be reached, offers no encryption, or refuses the account.
    """
    try:
        link = _connect(server)
    except ssl.SSLError:
        msg = f"{server.host} cannot show that it is the right server: its certificate does not hold"
        raise RuleError(msg) from None
    except smtplib.SMTPAuthenticationError:
        msg = f"{server.host} refuses the account"
        raise RuleError(msg) from None
    except (OSError, smtplib.SMTPException):
        msg = f"the mail server {server.host} cannot be reached, or does not answer as one"
        raise RuleError(msg) from None
    try:
        yield link
    finally:
        with suppress(smtplib.SMTPException, OSError):
            link.quit()


def _connect(server: Server) -> smtplib.SMTP:
    if server.scheme == "smtps":
        context = ssl.create_default_context()
        link: smtplib.SMTP = smtplib.SMTP_SSL(server.host, server.port, timeout=_SECONDS, context=context)
    else:
        link = smtplib.SMTP(server.host, server.port, timeout=_SECONDS)
    try:
        link.ehlo_or_helo_if_needed()
        if server.scheme == "smtp":
            _encrypt(link, server)
        if server.user:
            link.login(server.user, server.password)
    except BaseException:
        link.close()
        raise
    return link


def _encrypt(link: smtplib.SMTP, server: Server) -> None:
    """STARTTLS wherever it is offered; without it, nothing leaves this computer."""
    if link.has_extn("starttls"):
        link.starttls(context=ssl.create_default_context())
        link.ehlo()
    elif server.host not in _HERE:
        msg = f"{server.host} offers no encryption: no code is sent in the clear"
        raise RuleError(msg)


@dataclass(slots=True)
class Outcome:
    """What became of some letters."""

    sent: int = 0
    refused: list[str] = field(default_factory=list)
    """Which letters the server did not take."""


def send(
    server: Server, letters: Sequence[tuple[str, Callable[[], EmailMessage], Callable[[], None]]], per_minute: int
) -> Outcome:
    """Send letters one by one; each is noted as soon as the server has taken it, before the next begins.

    Args:
        server: Where to.
        letters: What a letter is called, its making, and its noting.
        per_minute: At most so many.

    Raises:
        RuleError: The server is gone, or refuses one after the other.
    """
    outcome = Outcome()
    waiting = list(letters)
    failed = 0
    lost = ""
    while waiting:
        with connected(server) as link:
            while waiting and failed < IN_A_ROW:
                name, make, note = waiting[0]
                try:
                    letter = make()
                    (to,) = letter["To"].addresses  # not what a name could make of that header
                    link.send_message(letter, to_addrs=[to.addr_spec])
                except smtplib.SMTPServerDisconnected:
                    # It may have been taken or not: try once more, so that nobody is sent more than two.
                    failed = IN_A_ROW if lost == name else failed
                    lost = name
                    break
                except smtplib.SMTPException:
                    failed += 1
                    outcome.refused.append(name)
                else:
                    failed = 0
                    note()
                    outcome.sent += 1
                waiting.pop(0)
                if waiting:
                    time.sleep(60 / per_minute)
        if failed >= IN_A_ROW:
            msg = f"{server.host} does not take the letters: so far {outcome.sent} went out; call again to go on with the rest"
            raise RuleError(msg)
    return outcome
