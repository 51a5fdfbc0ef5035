"""Challenges to a result: made by members in the window, decided by an officer whom they do not concern.

What is written is encrypted; published is how many there were. A challenge that is upheld stops the certificate for good:
then the election has to begin again, or the organisation decides otherwise.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from governance.domain import limits
from governance.domain.phases import CALLED_OFF, Phase
from governance.domain.signing_in import Role
from governance.errors import NotFoundError, NotPermittedError, RuleError
from governance.services import elections, officers, often, post
from governance.store.members import Member
from governance.store.seats import Certificate, ResultChallenge
from governance.store.vault import vault

MAX_TEXT = 5000
KEPT = timedelta(days=180)
"""What was written is kept so long after the certificate; without one, after the window and the decision."""
MOST = 3
"""Of one member that wait for their decision."""
_SEALED = "challenges to a result"


@dataclass(frozen=True, slots=True)
class Numbers:
    """What is public."""

    lodged: int
    waiting: int
    upheld: int
    dismissed: int


@dataclass(frozen=True, slots=True)
class Said:
    """One challenge, for whoever made it, officers and the secretariat."""

    number: int
    by: str
    name: str
    at: datetime
    text: str
    withdrawn: bool
    upheld: bool | None
    answer: str
    decided: datetime | None


def declared(session: Session, election: str) -> bool:
    """Whether there is a result: every contest has its count, or nobody had to vote at all."""
    row = elections.get(session, election)
    draft, phase = elections.draft_of(row), elections.progress(session, row).phase
    return phase is Phase.COUNTED or (phase is Phase.DRAFT and bool(draft.unopposed) and not draft.contests)


def open_now(session: Session, election: str, *, now: datetime) -> bool:
    """Whether a result can be challenged: it is declared, and the time for it is not over."""
    over = now >= elections.draft_of(elections.get(session, election)).calendar.appeals
    return not over and declared(session, election)


def lodge(session: Session, by: str, election: str, text: str, *, now: datetime) -> int:
    """Challenge a result; the number of the challenge.

    Raises:
        NotPermittedError: They are no active member.
        RuleError: It is not the time, nothing is said, too many of theirs wait, or it was very often.
    """
    officers.person(session, by)
    if not open_now(session, election, now=now):
        msg = "A result can be challenged from its declaration until the time for appeals is over."
        raise RuleError(msg)
    text = text.strip()
    if not text or len(text) > MAX_TEXT:
        msg = "Please say what is wrong with the result." if not text else "The text is too long."
        raise RuleError(msg)
    mine = session.scalars(_of(election).filter_by(by_id=by, decided=None, withdrawn=None)).all()
    if len(mine) >= MOST:
        msg = f"{MOST} challenges of yours wait for their decisions. Please wait for these."
        raise RuleError(msg)
    if not often.count(session, limits.WRITE, by, now):
        raise limits.WRITE.refuse()
    row = ResultChallenge(election_id=election, by_id=by, said=vault(session).seal(_SEALED, text.encode()), at=now)
    session.add(row)
    session.flush()
    officers.note(session, by, f"lodged challenge {row.id} to the result", election=election, now=now)
    return row.id


def withdraw(session: Session, by: str, election: str, number: int, *, now: datetime) -> None:
    """Take back a challenge of one's own that is not decided.

    Raises:
        NotFoundError: They have made none of this number.
        RuleError: It was decided or taken back already.
    """
    row = _get(session, election, number)
    if row.by_id != by:
        raise _nothing()
    _require_open(row)
    row.withdrawn = now
    officers.note(session, by, f"took back challenge {number} to the result", election=election, now=now)


def decide(session: Session, by: str, election: str, number: int, answer: str, *, upheld: bool, now: datetime) -> None:
    """Decide a challenge, with the reason, which the member reads.

    Raises:
        NotPermittedError: They are no officer, made it themselves, or stand in the election.
        NotFoundError: There is none of this number.
        RuleError: It was decided or taken back, or there is no reason.
    """
    officers.require(session, by, Role.OFFICER)
    row = _get(session, election, number)
    standing = {one.member for one in elections.draft_of(elections.get(session, election)).standing}
    if by in {officers.COMMAND, row.by_id, *standing}:
        msg = "An officer whom it does not concern decides, under their own name."
        raise NotPermittedError(msg)
    _require_open(row)
    answer = answer.strip()
    if not answer or len(answer) > MAX_TEXT:
        msg = "Please give the reason: the member reads it." if not answer else "The reason is too long."
        raise RuleError(msg)
    row.decided, row.decided_by, row.upheld = now, by, upheld
    row.answer = vault(session).seal(_SEALED, answer.encode())
    told = f"decided challenge {number} to the result: {'' if upheld else 'not '}upheld"
    officers.note(session, by, told, election=election, now=now)
    person, ours = session.get_one(Member, row.by_id), officers.organisation(session)
    text = (
        f"Dear {person.name},\n\nYour challenge to the result of “{elections.show(session, election).title}” was decided. "
        f"To read the decision and its reason, sign in and open the page of the election.\n\nQuestions: {ours.contact}\n"
    )
    post.queue(session, person.email, "Your challenge to a result was decided", text, now=now)


def mine(session: Session, by: str, election: str) -> list[Said]:
    """A member's own challenges, the oldest first."""
    return [_told(session, row) for row in session.scalars(_of(election).filter_by(by_id=by))]


def every(session: Session, by: str, election: str) -> list[Said]:
    """All challenges, the oldest first, for officers and the secretariat.

    Raises:
        NotPermittedError: Somebody else asks.
    """
    officers.require(session, by, Role.OFFICER, Role.SECRETARIAT)
    return [_told(session, row) for row in session.scalars(_of(election))]


def numbers(session: Session, election: str) -> Numbers:
    """What is published: how many there were, and what became of them."""
    rows = [row for row in session.scalars(_of(election)) if row.withdrawn is None]
    return Numbers(
        lodged=len(rows),
        waiting=sum(row.decided is None for row in rows),
        upheld=sum(row.upheld is True for row in rows),
        dismissed=sum(row.upheld is False for row in rows),
    )


def erase(session: Session, *, now: datetime) -> int:
    """Destroy what was written about results long ago; that there were challenges stays.

    Of a result that was never certified what waits for its decision stays: else it could be dismissed unread.
    """
    certified = {one.election_id: one.at for one in session.scalars(select(Certificate))}
    rows = session.scalars(select(ResultChallenge).where(ResultChallenge.said != b"")).all()
    done = [row for row in rows if _over(session, row, certified.get(row.election_id)) < now - KEPT]
    for row in done:
        row.said, row.answer = b"", None
    return len(done)


def _over(session: Session, row: ResultChallenge, certified: datetime | None) -> datetime:
    """When a challenge was over; far away while it waits."""
    if certified is not None:
        return certified
    election = elections.get(session, row.election_id)
    ended = row.decided or row.withdrawn
    if ended is None and elections.progress(session, election).phase not in CALLED_OFF:
        return datetime.max.replace(tzinfo=UTC)
    appeals = elections.draft_of(election).calendar.appeals
    return max(appeals, ended) if ended else appeals


def _of(election: str) -> Select[ResultChallenge]:
    return select(ResultChallenge).filter_by(election_id=election).order_by(ResultChallenge.id)


def _get(session: Session, election: str, number: int) -> ResultChallenge:
    row = session.get(ResultChallenge, number, with_for_update=True)
    if row is None or row.election_id != election:
        raise _nothing()
    return row


def _nothing() -> NotFoundError:
    return NotFoundError("There is no such challenge.")


def _require_open(row: ResultChallenge) -> None:
    if row.withdrawn is not None or row.decided is not None:
        msg = f"This challenge was {'taken back' if row.withdrawn else 'decided'} already."
        raise RuleError(msg)


def _told(session: Session, row: ResultChallenge) -> Said:
    box = vault(session)
    return Said(
        number=row.id,
        by=row.by_id,
        name=officers.names(session, [row.by_id]).get(row.by_id, row.by_id),
        at=row.at,
        text=box.open(_SEALED, row.said).decode() if row.said else "",
        withdrawn=row.withdrawn is not None,
        upheld=row.upheld,
        answer=box.open(_SEALED, row.answer).decode() if row.answer else "",
        decided=row.decided,
    )
