"""An election under way: the clock opens and closes it; officers extend, cancel, withdraw candidates, publish notices."""

from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from governance.board import entries as e
from governance.domain.phases import Phase, Progress
from governance.domain.plain import moment, text
from governance.domain.signing_in import Role
from governance.errors import RuleError
from governance.services import boards, elections, officers, tally
from governance.services.boards import Board
from governance.store.boards import BallotLink
from governance.store.elections import Election

_MAX_TEXT = 20_000
_MAX_LINE = 500


def due(session: Session, now: datetime) -> list[str]:
    """Elections for which the clock has something to do; cheap enough to ask before a request."""
    found = []
    for election, frozen in session.execute(select(Election.id, Election.frozen).filter_by(forgotten=None)):
        if frozen is not None and _next(elections.show(session, election), now):
            found.append(election)
    return sorted(found)


def advance(session: Session, election: str, *, now: datetime) -> list[str]:
    """Do what the clock has to do: open, close, publish results that are complete, forget who cast after the appeals.

    Doing it again changes nothing; whoever died in the middle did nothing.

    Returns:
        The kinds of what was done, in order.
    """
    done: list[str] = []
    while (step := _next(elections.show(session, election), now)) and step not in done:
        done.append(step)
        match step:
            case "open":
                boards.opened(session, election).append(e.Open(text(now)))
            case "close":
                close(boards.opened(session, election), now)
            case "result":
                tally.publish_due(session, election)
            case _:
                _forget(session, election, now)
        officers.note(session, officers.CLOCK, step, election=election, now=now)
        session.flush()
    return done


def _next(shown: elections.Shown, now: datetime) -> str:
    """What the clock has to do now, if anything."""
    stands = shown.progress
    for one in shown.due:
        if one.step == "open" and one.at is not None and one.at <= now < moment(stands.closes):
            return "open"
        if one.step == "close" and one.at is not None and one.at <= now:
            return "close"
        if one.step == "result":
            return "result"
        if one.step == "appeals" and one.at is not None and one.at <= now:
            return "forget who cast"
    return ""


def close(board: Board, now: datetime) -> None:
    """Close voting, and declare void what too few voted in."""
    board.append(e.Close(text(now), board.judge.ballots))
    for name, contest in board.judge.tallies.items():
        if contest.size < contest.contest.min_ballots:
            board.append(e.Void(name, contest.size))


def _forget(session: Session, election: str, now: datetime) -> None:
    """Destroy the pairing of members and credentials (docs/protocol.md, section 12)."""
    session.execute(delete(BallotLink).filter_by(election_id=election))
    session.execute(update(Election).filter_by(id=election).values(forgotten=now))


# ---- what an officer decides -----------------------------------------------------------------------------------------


def extend(session: Session, by: str, election: str, closes: datetime, reason: str, *, now: datetime) -> None:
    """Let voting close later than announced; everybody reads the reason.

    Raises:
        NotPermittedError: Only officers may.
        RuleError: Voting is not open, has reached its close, or the time is not later; or there is no reason.
    """
    stands = _stands(session, by, election)
    if not stands.is_voting(now):
        msg = "Voting can be extended only while it is open."
        raise RuleError(msg)
    if text(closes) <= stands.closes:
        msg = "Voting can be extended only to a later time."
        raise RuleError(msg)
    _append(session, by, election, e.Extend(text(now), text(closes), _said(reason)), now, why=reason)


def cancel(session: Session, by: str, election: str, reason: str, *, now: datetime) -> None:
    """End an election without a result; everybody reads the reason.

    Raises:
        NotPermittedError: Only officers may.
        RuleError: It has not been announced, was cancelled already, or there is no reason.
    """
    stands = _stands(session, by, election)
    if stands.phase is Phase.CANCELLED:
        msg = "This election was cancelled already."
        raise RuleError(msg)
    if stands.manifest is None:
        msg = "An election is cancelled only after it was announced."
        raise RuleError(msg)
    if stands.phase is Phase.COUNTED:
        msg = "This election has its result: what is wrong with it is for an appeal and a notice."
        raise RuleError(msg)
    _append(session, by, election, e.Cancel(text(now), _said(reason)), now, why=reason)


def withdraw(
    session: Session, by: str, election: str, *, contest: str, candidate: str, reason: str, now: datetime
) -> None:
    """Take a candidate out of a contest, between the announcement and the close; papers pass over them.

    Raises:
        NotPermittedError: Only officers may.
        RuleError: Not now, no such candidate, or they withdrew already.
    """
    stands = _stands(session, by, election)
    if stands.phase is not Phase.READINESS and not stands.is_voting(now):
        msg = "Candidates can withdraw between the announcement of the election and the close of voting."
        raise RuleError(msg)
    contests = stands.manifest.contests if stands.manifest else ()
    standing = {(one.id, c.id) for one in contests for c in one.candidates if not c.reopen}
    if (contest, candidate) not in standing:
        msg = "Nobody of that id stands in this contest."
        raise RuleError(msg)
    if (contest, candidate) in stands.withdrawn:
        msg = "This candidate has withdrawn already."
        raise RuleError(msg)
    _append(session, by, election, e.Withdraw(contest, candidate), now, why=reason)


def notice(session: Session, by: str, election: str, subject: str, body: str, *, now: datetime) -> None:
    """Publish a notice on the board; it can never be taken back.

    Raises:
        NotPermittedError: Only officers and the registrar may.
        RuleError: There is no board yet, or no subject.
    """
    officers.require(session, by, Role.OFFICER, Role.REGISTRAR)
    row = elections.get(session, election)
    if elections.progress(session, row).ceremony is None:
        msg = "There is no board yet: it begins with the key ceremony."
        raise RuleError(msg)
    if not 0 < len(subject.strip()) <= _MAX_LINE or len(body) > _MAX_TEXT:
        msg = "A notice has a subject of one line, and is not longer than a few pages."
        raise RuleError(msg)
    _append(session, by, election, e.Notice(text(now), subject.strip(), body), now, why=subject)


def _stands(session: Session, by: str, election: str) -> Progress:
    officers.require(session, by, Role.OFFICER)
    return elections.progress(session, elections.get(session, election))


def _said(reason: str) -> str:
    if not 0 < len(reason.strip()) <= _MAX_TEXT:
        msg = "Say why: everybody will read it."
        raise RuleError(msg)
    return reason.strip()


def _append(session: Session, by: str, election: str, entry: e.Entry, now: datetime, *, why: str) -> None:
    boards.opened(session, election).append(entry)
    officers.note(session, by, entry.kind, election=election, now=now, why=why)
