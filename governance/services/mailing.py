"""Hands waiting mail to a mail server; what a background job calls now and then, in as many processes as there are."""

import smtplib
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr

from sqlalchemy.orm import Session

from governance.errors import RuleError
from governance.offline.letters import display
from governance.offline.post import connected, read_server
from governance.services import post
from governance.services.post import Mail
from governance.store.members import Organisation

Transaction = Callable[[], AbstractContextManager[Session]]


def deliver(transaction: Transaction, url: str, sender: str, *, now: datetime) -> tuple[int, int]:
    """Send what is due, each letter noted as soon as the server has taken it.

    Args:
        transaction: Begins a transaction that writes, and commits it at its end.
        url: smtp://user:password@host:port or smtps://…
        sender: The address that mail comes from; the organisation's name stands before it, unless it has one.
        now: The time.

    Returns:
        How many were sent, and how many failed and will be tried later.

    Raises:
        MalformedError: The url is none.
        RuleError: The server cannot be reached; the letters wait, and it counts as no try.
    """
    server = read_server(url)
    with transaction() as session:
        mails, name = post.claim(session, now), _organisation(session)
    if not mails:
        return 0, 0
    taken = 0
    with ExitStack() as closing:
        try:
            link = closing.enter_context(connected(server))
        except RuleError:
            with transaction() as session:
                post.released(session, mails, now)
            raise
        for mail in mails:
            taken += _handed(transaction, link, mail, sender, name, now=now)
    return taken, len(mails) - taken


def _organisation(session: Session) -> str:
    found = session.get(Organisation, 1)
    return found.name if found else ""


def _handed(transaction: Transaction, link: smtplib.SMTP, mail: Mail, sender: str, name: str, *, now: datetime) -> bool:
    """Whether the server took a letter; what became of it is noted."""
    try:
        link.send_message(message(mail, sender, now, name))
    except (smtplib.SMTPException, OSError, ValueError):  # the last: what cannot stand in a header
        with transaction() as session:
            post.failed(session, mail.id, now)
        return False
    with transaction() as session:
        post.sent(session, mail.id)
    return True


def message(mail: Mail, sender: str, now: datetime, name: str = "") -> EmailMessage:
    """A mail as it travels: plain text; the same letter has the same Message-ID each time.

    There is no List-Unsubscribe: nobody subscribes to it, each letter goes to one person about something of their own, and
    who switched them off would not learn that somebody voted or signed in as them.

    Raises:
        ValueError: Something in it cannot stand in a header.
    """
    given, address = parseaddr(sender)
    made = EmailMessage()
    made["From"] = Address(display(given or name), addr_spec=address)
    made["To"], made["Subject"] = mail.recipient, mail.subject
    made["Date"] = format_datetime(now)
    made["Message-ID"] = f"<{mail.id}@{address.rpartition('@')[2]}>"
    made["Auto-Submitted"] = "auto-generated"
    made.set_content(mail.text)
    return made
