"""What trustees and the registrar hand in, in one file: whose it is, and which step it belongs to."""

from datetime import datetime

from sqlalchemy.orm import Session

from governance.board import contribution
from governance.board import entries as e
from governance.domain.signing_in import Role
from governance.errors import MalformedError
from governance.services import ceremony, elections, officers, tally


def take(
    session: Session, by: str, election: str, data: bytes, *, now: datetime, rolls: bytes | None = None
) -> list[int]:
    """Take in a contribution; the same file again changes nothing.

    Args:
        session: The database.
        by: Who hands it in.
        election: Of which election.
        data: The file that the official's tool wrote.
        now: The time.
        rolls: With the registrar's lists, the private roll that the tool wrote beside them.

    Returns:
        Where its entries stand on the board.

    Raises:
        MalformedError: It is no contribution, or mixes steps.
        NotPermittedError: It is somebody else's to hand in.
        RuleError: It is not due.
        CheckError: The judge refuses it, and says why.
    """
    given = contribution.read(data)
    row = elections.get(session, election)
    if given.credentials:
        if given.entries or given.shares or rolls is None:
            msg = "The registrar's lists come by themselves, together with the private roll."
            raise MalformedError(msg)
        ceremony.take_lists(session, by, election, given, contribution.read_rolls(rolls), now=now)
        return []
    kinds = {type(e.parse(raw)) for raw in given.entries}
    key_steps = kinds <= ceremony.STEPS.keys()
    if not kinds or (not key_steps and kinds & ceremony.STEPS.keys()) or len(kinds) > 1:
        msg = "This file has no step in it, or more than one."
        raise MalformedError(msg)
    index = ceremony.index_of(elections.draft_of(row), by)
    officers.require(session, by, Role.TRUSTEE)
    step = kinds.pop().kind
    if key_steps:
        placed = ceremony.take_key_entry(session, row, index, given)
    else:
        placed = tally.take(session, row, index, given, now=now)
    officers.note(session, by, f"handed in {step}", election=election, now=now)
    return placed
