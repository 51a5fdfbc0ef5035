"""Hands waiting mail to a mail server; what a background job calls now and then, in as many processes as there are."""

import smtplib
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime

from sqlalchemy.orm import Session

from governance.offline.post import connected, read_server
from governance.services import post
from governance.services.post import Mail

Transaction = Callable[[], AbstractContextManager[Session]]


def deliver(transaction: Transaction, url: str, sender: str, *, now: datetime) -> tuple[int, int]:
    """Send what is due, each letter noted as soon as the server has taken it.

    Args:
        transaction: Begins a transaction that writes, and commits it at its end.
        url: smtp://user:password@host:port or smtps://…
        sender: The address that mail comes from.
        now: The time.

    Returns:
        How many were sent, and how many failed and will be tried later.

    Raises:
        MalformedError: The url is none.
        RuleError: The server cannot be reached; the letters wait until their claim is over.
    """
    server = read_server(url)
    with transaction() as session:
        mails = post.claim(session, now)
    done = failures = 0
    if not mails:
        return done, failures
    with connected(server) as link:
        for mail in mails:
            try:
                link.send_message(message(mail, sender, now))
            except (smtplib.SMTPException, OSError, ValueError):  # the last: what cannot stand in a header
                failures += 1
                with transaction() as session:
                    post.failed(session, mail.id, now)
            else:
                done += 1
                with transaction() as session:
                    post.sent(session, mail.id)
    return done, failures


def message(mail: Mail, sender: str, now: datetime) -> EmailMessage:
    """A mail as it travels: plain text; the same letter has the same Message-ID each time."""
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = sender, mail.recipient, mail.subject
    made["Date"] = format_datetime(now)
    made["Message-ID"] = f"<{mail.id}@{sender.rpartition('@')[2].strip('>')}>"
    made["Auto-Submitted"] = "auto-generated"
    made.set_content(mail.text)
    return made
