"""Withdrawing a nomination, at any time until voting closes (docs/nominations.md, section 2).

While the draft can change, the list of candidates is taken off it, and adopted anew without them. After the freeze the wish
is kept, officers are told, and once the manifest stands two of them put the protocol's `withdraw` on the board
(`adoption.gone`).
"""

from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.orm import Session

from governance.domain.nominations.record import Event, Kind, Nomination
from governance.domain.phases import Phase
from governance.errors import RuleError
from governance.services import adoption, nomination_mail, nomination_records, nomination_rules, officers
from governance.services.nomination_records import Filed
from governance.services.nomination_rules import Setting
from governance.store.elections import Statement
from governance.store.nominations import Photo


def why_not(here: Setting, one: Nomination) -> str:
    """Why a nomination cannot be withdrawn, in a sentence; empty if it can."""
    if one.declined is not None or one.accepted is None:
        return "You do not stand by this nomination, so there is nothing to withdraw."
    phase = here.progress.phase
    if phase in (Phase.ABANDONED, Phase.CANCELLED):
        return "This election was given up, so there is nothing to withdraw from."
    if phase in (Phase.TALLY, Phase.COUNTED) or (phase is Phase.OPEN and not here.progress.is_voting(here.now)):
        return "Voting has closed, so nobody can withdraw any more. If you are elected, you can say no to the seat."
    return ""


def withdraw(session: Session, here: Setting, filed: Filed, *, now: datetime) -> None:
    """Withdraw a nomination for its nominee; done already, it is not done twice.

    Raises:
        RuleError: It was not accepted, or voting has closed.
    """
    one = filed.nomination
    if one.withdrawn is not None:
        return
    if why := why_not(here, one):
        raise RuleError(why)
    nomination_records.add(session, filed, Event(0, Kind.WITHDRAWN, now, one.nominee))
    officers.note(session, one.nominee, f"withdrew nomination {one.number}", election=here.id, now=now)
    if one.candidate:
        nomination_mail.withdrawn(session, here, one, now=now)
        adoption.undo_if_adopted(session, one.nominee, here.id, now=now)
    if here.row.frozen is None and not nomination_rules.standing_of(session, here.id, one.nominee):
        for kept in (Statement, Photo):  # nobody reads them any more
            session.execute(delete(kept).filter_by(election_id=here.id, candidate=filed.row.candidate))
