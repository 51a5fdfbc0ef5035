"""Mail that did not arrive, for officers and the secretariat: of what kind, to whom, and nothing of what is in it.

A letter is named with its member only where officials may know that there is such a letter. That somebody voted, was
nominated or asked for something is not theirs to learn: those letters are counted.
"""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from governance.domain.membership import address
from governance.domain.signing_in import Role
from governance.services import officers, post
from governance.store.members import Member

SEVERAL: Final = 3
"""Tries after which a letter is listed, though it is tried on."""
SLOW: Final = timedelta(minutes=15)
"""A letter that nobody has tried to send for so long: the job that sends does not run."""
KINDS: Mapping[str, str] = {
    r"[0-9]{6} is your code to sign in": "to sign in",
    r"Your second step for signing in": "about a second step for signing in",
    r"Your e-mail address was changed": "to the old address, that it was changed",
    r"Your approval is asked for": "that an approval is asked for",
    r"A seat is offered to you": "that a seat is offered",
    r"Your declarations of interest, once a year": "to look over declarations of interest",
}
"""By their subjects, the letters of which officials may know to whom they go. What is not in it is counted alone."""
OTHER: Final = "about an election, or a decision"


@dataclass(frozen=True, slots=True)
class Line:
    """Letters of one kind to one person.

    Attributes:
        member: Id; empty where it is not told, or nobody on the list has the address.
        letters: How many; `given_up` of them are not tried any more.
    """

    kind: str
    member: str
    name: str
    letters: int
    given_up: int


@dataclass(frozen=True, slots=True)
class Told:
    """How the mail is doing.

    Attributes:
        waiting: Letters that wait to be sent.
        stuck: Since when one waits that nobody tries to send; None where none does.
        lines: What was tried several times, or given up.
    """

    waiting: int
    stuck: datetime | None
    lines: tuple[Line, ...]

    @property
    def given_up(self) -> int:
        """Letters that are not tried any more."""
        return sum(one.given_up for one in self.lines)


def look(session: Session, by: str, *, now: datetime) -> Told:
    """How the mail is doing, for officers, the secretariat, and whoever runs the server.

    Raises:
        NotPermittedError: Somebody else asks.
    """
    officers.require(session, by, Role.OFFICER, Role.SECRETARIAT)
    oldest = post.oldest(session)
    letters: Counter[tuple[str, str]] = Counter()
    given_up: Counter[tuple[str, str]] = Counter()
    for recipient, subject, tries in post.troubled(session, SEVERAL):
        kind = next((told for known, told in KINDS.items() if re.fullmatch(known, subject)), OTHER)
        line = kind, _member(session, recipient) if kind != OTHER else ""
        letters[line] += 1
        given_up[line] += tries >= post.TRIES
    names = officers.names(session, {member for _, member in letters})
    lines = [
        Line(kind, member, names.get(member, ""), number, given_up[kind, member])
        for (kind, member), number in sorted(letters.items())
    ]
    return Told(post.waiting(session), oldest if oldest and oldest <= now - SLOW else None, tuple(lines))


def _member(session: Session, recipient: str) -> str:
    return session.scalar(select(Member.id).filter_by(address=address(recipient))) or ""
