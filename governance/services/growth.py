"""How the membership grows, for officers, the secretariat, and auditors to whom they give the file."""

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from governance.domain import growth
from governance.domain.growth import Joined, Report
from governance.domain.signing_in import Role
from governance.errors import RuleError
from governance.services import members, officers
from governance.store.members import Member
from governance.store.vault import vault

EMPLOYER = "employer"
"""The declared attribute that is looked at, where members have one."""


def report(session: Session, by: str, last: date, *, now: datetime) -> Report:
    """How the membership grew up to a day.

    Raises:
        NotPermittedError: Only officers and the secretariat may.
        RuleError: The day is to come, or centuries ago.
    """
    officers.require(session, by, Role.OFFICER, Role.SECRETARIAT)
    if not date(1900, 1, 1) <= last <= now.date():
        msg = "Choose today, or a day before."
        raise RuleError(msg)
    box = vault(session)
    people = (
        Joined(
            row.joined,
            row.address.rpartition("@")[2] if row.email else "",
            members.declared(row, box).get(EMPLOYER, ""),
            row.country,
            row.entered.date() if row.entered else None,
        )
        for row in session.scalars(select(Member))
    )
    return growth.report(people, last)


def export(session: Session, by: str, last: date, *, now: datetime) -> bytes:
    """The same as a CSV file; nobody can be found in it. It is noted in the log.

    Raises:
        NotPermittedError: Only officers and the secretariat may.
        RuleError: The day is to come, or centuries ago.
    """
    data = growth.write(report(session, by, last, now=now))
    officers.note(session, by, f"took the growth report up to {last.isoformat()}", now=now)
    return data
