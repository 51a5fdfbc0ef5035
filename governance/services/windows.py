"""How long objections and appeals about nominations last at least: the organisation's rule, and an election's own terms.

An election keeps what its terms said when it was announced: a change of the rule reaches those alone that are not.
"""

from datetime import datetime

from sqlalchemy.orm import Session

from governance.domain.draft import Draft
from governance.domain.terms import LEAST_WINDOW, MOST_WINDOW
from governance.errors import RuleError
from governance.services import officers
from governance.store.members import Organisation


def rule(session: Session) -> int:
    """The organisation's rule, in days."""
    row = session.get(Organisation, 1)
    return row.challenge_days if row else LEAST_WINDOW


def set_rule(session: Session, by: str, days: int, *, now: datetime) -> None:
    """Change the organisation's rule.

    Raises:
        NotFoundError: The installation has not been set up.
        RuleError: It is shorter than anybody needs to object, or longer than an election can wait.
    """
    row = officers.organisation(session)
    if not LEAST_WINDOW <= days <= MOST_WINDOW:
        msg = f"Objections and appeals last {LEAST_WINDOW} to {MOST_WINDOW} days at least."
        raise RuleError(msg)
    row.challenge_days = days
    officers.note(session, by, f"set the least time for objections and appeals to {days} days", now=now)


def least(session: Session, draft: Draft, *, announced: bool) -> int:
    """In days, how long the calendar's objections have to last."""
    own = draft.nominations.window
    return own if announced else max(own, rule(session))


def problem(session: Session, draft: Draft, *, announced: bool) -> str:
    """Why the terms are too short for the organisation's rule, in a sentence; empty if they are not."""
    days = least(session, draft, announced=announced)
    if draft.nominations.window >= days:
        return ""
    return (
        f"Nominations: the rule of this organisation is that decisions can be challenged for {days} days at least; these "
        f"terms say {draft.nominations.window}."
    )
