"""Objections to lines of a frozen roll: lodged by members, decided by an officer whom it does not concern.

In the window, from the freezing of the roll to the announcement of the election, every objection has to be decided, and
the roll put right where one was upheld (`corrections`), before the election can be announced. Later ones are recorded and
answered; the roll is bound by then, so they admit nobody. What people wrote is encrypted, and erased after the appeals;
published is how many there were.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Select, select, update
from sqlalchemy.orm import Session

from governance.domain.membership import address
from governance.domain.names import alike
from governance.domain.phases import Phase
from governance.domain.signing_in import Role
from governance.errors import NotFoundError, NotPermittedError, RuleError
from governance.services import elections, members, officers, post
from governance.store.members import Member, MemberRole
from governance.store.objections import Objection
from governance.store.vault import vault

IN_TIME = (Phase.ROLL, Phase.CEREMONY, Phase.CREDENTIALS)
LATE = (Phase.READINESS, Phase.OPEN, Phase.TALLY, Phase.COUNTED)
MOST = 5
"""Objections of one member that wait for their decision."""
MAX_TEXT = 5000
MAX_NAME = 200
_SEALED = "objections to the roll"


class Standing(StrEnum):
    """What became of an objection."""

    WAITS = "waits for its decision"
    WITHDRAWN = "taken back"
    DISMISSED = "not upheld"
    UPHELD = "upheld; the roll is yet to be put right"
    CORRECTED = "upheld, and the roll was put right"
    LEFT = "upheld; the roll stays as it is, for a reason that was published"
    NOTED = "upheld, too late for this roll"


@dataclass(frozen=True, slots=True)
class Said:
    """One objection, for whoever lodged it, officers and the secretariat.

    Attributes:
        own: Whether it is about the line of whoever objects; else `whom` says whose, in their words.
        line: Id of the member whose line it is about, as far as it is known.
        erased: Whether the texts were destroyed after the appeals.
    """

    number: int
    own: bool
    whom: str
    reason: str
    by: str
    name: str
    at: datetime
    late: bool
    standing: Standing
    answer: str
    decided: datetime | None
    line: str
    line_name: str
    erased: bool


@dataclass(frozen=True, slots=True)
class Numbers:
    """What is public; `left` are those of the upheld for which the roll stays as it is."""

    lodged: int
    waiting: int
    upheld: int
    dismissed: int
    withdrawn: int
    late: int
    left: int


# ---- members ---------------------------------------------------------------------------------------------------------


def may_lodge(session: Session, election: str) -> bool | None:
    """Whether an objection would be in time (True) or late (False); None where there can be none."""
    phase = elections.progress(session, row := elections.get(session, election)).phase
    if row.forgotten is not None or phase not in IN_TIME + LATE:
        return None
    return phase in IN_TIME


def lodge(
    session: Session, by: str, election: str, reason: str, *, own: bool = True, whom: str = "", now: datetime
) -> int:
    """Object to one's own line (also to there being none), or to somebody else's.

    Returns:
        The number of the objection.

    Raises:
        NotPermittedError: They are no active member.
        RuleError: The roll is not frozen or the election is over; no reason, nobody named; said already, or too many
            wait.
    """
    officers.require(session, by, Role.MEMBER)
    in_time = may_lodge(session, election)
    if in_time is None:
        msg = "Objections to the roll are possible from its freezing until the time for appeals is over."
        raise RuleError(msg)
    reason, whom = reason.strip(), "" if own else alike(whom)
    if not reason or (not own and not whom):
        msg = "Please say why." if not reason else "Please say whose line you mean."
        raise RuleError(msg)
    if len(reason) > MAX_TEXT or len(whom) > MAX_NAME:
        msg = "The text is too long."
        raise RuleError(msg)
    mine = list(session.scalars(_of(election).filter_by(by_id=by, withdrawn=None)))
    same = [row.id for row in mine if row.own == own and _read(session, row) == (whom, reason)]
    if same:
        msg = f"You have said this already: it is objection {same[0]}."
        raise RuleError(msg)
    if sum(row.decided is None for row in mine) >= MOST:
        msg = f"{MOST} objections of yours wait for their decisions. Please wait for these."
        raise RuleError(msg)
    sealed = vault(session).seal(_SEALED, json.dumps([whom, reason], ensure_ascii=False).encode())
    row = Objection(
        election_id=election,
        by_id=by,
        line_id=by if own else None,
        own=own,
        said=sealed,
        at=now,
        late=not in_time,
    )
    session.add(row)
    session.flush()
    officers.note(session, by, f"lodged objection {row.id} to the roll", election=election, now=now)
    return row.id


def withdraw(session: Session, by: str, election: str, number: int, *, now: datetime) -> None:
    """Take back an objection of one's own that is not decided.

    Raises:
        NotFoundError: They have lodged none of this number.
        RuleError: It was decided or taken back already.
    """
    row = _get(session, election, number)
    if row.by_id != by:
        raise _nothing()
    _require_open(row)
    row.withdrawn = now
    officers.note(session, by, f"took back objection {number} to the roll", election=election, now=now)


def mine(session: Session, by: str, election: str) -> list[Said]:
    """A member's own objections, the oldest first."""
    return [_told(session, row) for row in session.scalars(_of(election).filter_by(by_id=by))]


# ---- officers --------------------------------------------------------------------------------------------------------


def every(session: Session, by: str, election: str) -> list[Said]:
    """All objections of an election, the oldest first, for officers and the secretariat.

    Raises:
        NotPermittedError: Somebody else asks.
    """
    officers.require(session, by, Role.OFFICER, Role.SECRETARIAT)
    elections.get(session, election)
    return [_told(session, row) for row in session.scalars(_of(election))]


def show(session: Session, by: str, election: str, number: int) -> Said:
    """One objection, for officers and the secretariat.

    Raises:
        NotPermittedError: Somebody else asks.
        NotFoundError: There is none of this number.
    """
    officers.require(session, by, Role.OFFICER, Role.SECRETARIAT)
    return _told(session, _get(session, election, number))


def may_decide(session: Session, by: str, election: str, number: int) -> str:
    """Why somebody may not decide an objection, in a sentence; empty if they may."""
    row = _get(session, election, number)
    concerned = _concerned(session, row)
    if by in concerned:
        return "This objection concerns you, so somebody else has to decide it."
    deciders = _holders(session, Role.OFFICER) - concerned or _holders(session, Role.SECRETARIAT) - concerned
    if by != officers.COMMAND and by not in deciders:
        return "Returning officers decide objections; the secretariat does where all of them are concerned."
    return ""


def decide(
    session: Session, by: str, election: str, number: int, answer: str, *, upheld: bool, line: str = "", now: datetime
) -> None:
    """Decide an objection, with the reason, which the member is told.

    Args:
        session: The database.
        by: Who decides.
        election: Of which election.
        number: Which.
        answer: The reason.
        upheld: Whether the objection is right.
        line: The address of the member whose line it is, where an objection about somebody else's is upheld in time.
        now: The time.

    Raises:
        NotPermittedError: They are no officer, or it concerns them.
        NotFoundError: There is none of this number, or no member of that address.
        RuleError: It was decided or taken back, or there is no reason.
    """
    if by == officers.COMMAND:
        msg = "Say who decides it: it is kept in the log."
        raise NotPermittedError(msg)
    officers.require(session, by, Role.OFFICER, Role.SECRETARIAT)
    row = _get(session, election, number)
    if why := may_decide(session, by, election, number):
        raise NotPermittedError(why)
    _require_open(row)
    answer = answer.strip()
    if not answer or len(answer) > MAX_TEXT:
        msg = "Please give the reason: the member reads it." if not answer else "The reason is too long."
        raise RuleError(msg)
    if upheld and not row.late and row.line_id is None:
        row.line_id = _whose(session, line)
        session.flush()
        if why := may_decide(session, by, election, number):
            raise NotPermittedError(why)
    row.decided, row.decided_by, row.upheld = now, by, upheld
    row.answer = vault(session).seal(_SEALED, answer.encode())
    what = f"decided objection {number} to the roll: {'' if upheld else 'not '}upheld"
    officers.note(session, by, what, election=election, now=now)
    _mail(session, row, now)


def concerned_by(session: Session, election: str, line: str) -> set[str]:
    """Members whom the open corrections of a line concern: they take no part in them."""
    rows = session.scalars(_of(election).filter_by(line_id=line, upheld=True))
    return {line}.union(*(_concerned(session, row) for row in rows))


def unsettled(session: Session, election: str) -> list[int]:
    """Numbers of the objections that came in time, and have to be settled before the election is announced."""
    rows = session.scalars(_of(election).filter_by(late=False, withdrawn=None))
    return [row.id for row in rows if _standing(row) in (Standing.WAITS, Standing.UPHELD)]


def require_settled(session: Session, election: str) -> None:
    """Check that every objection that came in time is settled.

    Raises:
        RuleError: One is not.
    """
    if numbers := unsettled(session, election):
        which = ", ".join(map(str, numbers))
        msg = f"Objections to the roll have to be settled before the election is announced: number {which}."
        raise RuleError(msg)


def numbers(session: Session, election: str) -> Numbers:
    """What is published of the objections: how many, and what became of them."""
    rows = list(session.scalars(_of(election)))
    stands = [_standing(row) for row in rows]
    return Numbers(
        lodged=len(rows),
        waiting=stands.count(Standing.WAITS),
        upheld=sum(row.upheld is True for row in rows),
        dismissed=stands.count(Standing.DISMISSED),
        withdrawn=stands.count(Standing.WITHDRAWN),
        late=sum(row.late for row in rows),
        left=stands.count(Standing.LEFT),
    )


def erase(session: Session, election: str) -> None:
    """Destroy what was written, and whose line was meant; that there were objections, and what became of them, stays."""
    session.execute(update(Objection).filter_by(election_id=election).values(said=b"", answer=None, line_id=None))


# ---- rows ------------------------------------------------------------------------------------------------------------


def _of(election: str) -> Select[Objection]:
    return select(Objection).filter_by(election_id=election).order_by(Objection.id)


def _get(session: Session, election: str, number: int) -> Objection:
    row = session.get(Objection, number, with_for_update=True)
    if row is None or row.election_id != election:
        raise _nothing()
    return row


def _nothing() -> NotFoundError:
    return NotFoundError("There is no such objection.")


def _require_open(row: Objection) -> None:
    if row.withdrawn is not None or row.decided is not None:
        msg = f"This objection was {'taken back' if row.withdrawn else 'decided'} already."
        raise RuleError(msg)


def _standing(row: Objection) -> Standing:
    if row.withdrawn is not None:
        return Standing.WITHDRAWN
    if row.decided is None:
        return Standing.WAITS
    if not row.upheld:
        return Standing.DISMISSED
    if row.late:
        return Standing.NOTED
    if row.left is not None:
        return Standing.LEFT
    return Standing.UPHELD if row.corrected is None else Standing.CORRECTED


def _read(session: Session, row: Objection) -> tuple[str, str]:
    if not row.said:
        return "", ""
    whom, reason = json.loads(vault(session).open(_SEALED, row.said))
    return whom, reason


def _told(session: Session, row: Objection) -> Said:
    whom, reason = _read(session, row)
    names = officers.names(session, [row.by_id, *([row.line_id] if row.line_id else [])])
    return Said(
        number=row.id,
        own=row.own,
        whom=whom,
        reason=reason,
        by=row.by_id,
        name=names.get(row.by_id, row.by_id),
        at=row.at,
        late=row.late,
        standing=_standing(row),
        answer=vault(session).open(_SEALED, row.answer).decode() if row.answer else "",
        decided=row.decided,
        line=row.line_id or "",
        line_name=names.get(row.line_id or "", ""),
        erased=not row.said,
    )


def _concerned(session: Session, row: Objection) -> set[str]:
    """Whoever objects, whose line it is or may be, and those who vote for these if they are organisations."""
    found = {row.by_id} | ({row.line_id} if row.line_id else set())
    whom, _ = _read(session, row)
    people = session.execute(select(Member.id, Member.address, Member.name, Member.delegate)).all()
    if whom:
        found |= {one.id for one in people if whom == one.id or address(whom) in (one.address, one.name.casefold())}
    delegates = {one.delegate.casefold() for one in people if one.id in found and one.delegate}
    return found | {one.id for one in people if one.name.casefold() in delegates}


def _holders(session: Session, role: Role) -> set[str]:
    ids = session.scalars(select(MemberRole.member_id).filter_by(role=role))
    return officers.deciders(session).intersection(ids)


def _whose(session: Session, line: str) -> str:
    found = members.find(session, line) if line.strip() else None
    if found is None:
        msg = "Give the e-mail address of the member whose line it is: nobody on the list has this one."
        raise RuleError(msg)
    return found


def tell_left(session: Session, election: str, numbers: Sequence[int], *, now: datetime) -> None:
    """Mail whoever lodged these objections, which were upheld, that the roll stays as it is."""
    told = (
        "was upheld, but by the members' list and the rules the line cannot become another one. Two people decided that the "
        "roll stays as it is. Their reason stands on the board of the election, where everybody reads it"
    )
    for row in session.scalars(_of(election).where(Objection.id.in_(numbers))).all():
        _send(session, row, "The roll stays as it is", told, now)


def _mail(session: Session, row: Objection, now: datetime) -> None:
    """Tell whoever objected that there is an answer; what it says stands on the page alone."""
    told = (
        "was decided. To read the decision and its reason, sign in, open the page of the election, and there “The roll”"
    )
    _send(session, row, "Your objection to the roll was decided", told, now)


def _send(session: Session, row: Objection, subject: str, told: str, now: datetime) -> None:
    person, ours = session.get_one(Member, row.by_id), officers.organisation(session)
    title = elections.show(session, row.election_id).title
    text = f"Dear {person.name},\n\nYour objection to the roll of “{title}” {told}.\n\nQuestions: {ours.contact}\n"
    post.queue(session, person.email, subject, text, now=now)
