"""The mail to those who may approve what somebody asked for; what it is about in full stands on the page alone."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from governance.services import officers, post
from governance.store.members import Member


def tell(
    session: Session, by: str, what: str, title: str, *, to: Collection[str], now: datetime, until: datetime
) -> None:
    """Write to each of them that somebody asked; no reason and no name but that of whoever asked is in it.

    Args:
        session: The database.
        by: Who asked.
        what: What would be done, like “freeze the roll”.
        title: Of the election; empty where it is about none.
        to: Members who may approve it.
        now: The time.
        until: When the request lapses: the mail is not sent after that.
    """
    ours = officers.organisation(session)
    who = officers.names(session, [by]).get(by, by)
    about = f" (“{title}”)" if title else ""
    text = (
        f"{who} asks for your approval to {what}{about}.\n\n"
        "It takes two people, because it cannot be undone. To read the reason, and to approve or decline, sign in and "
        "look at “What needs me now”.\n\n"
        f"If nobody answers until {until:%d %B %Y, %H:%M} UTC, the request lapses.\n\nQuestions: {ours.contact}\n"
    )
    for address in session.scalars(select(Member.email).where(Member.id.in_(to)).order_by(Member.id)):
        post.queue(session, address, "Your approval is asked for", text, now=now, expires=until)
