"""An election under way: the clock opens and closes it; officers extend, cancel, withdraw candidates, publish notices."""

from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from governance.board import entries as e
from governance.domain.nominations import announcement
from governance.domain.phases import CALLED_OFF, Phase, Progress
from governance.domain.plain import moment, text
from governance.domain.signing_in import Role
from governance.errors import NotPermittedError, RuleError
from governance.services import (
    adoption,
    boards,
    calendars,
    elections,
    nomination_records,
    objections,
    officers,
    photos,
    release,
    statements,
    tally,
)
from governance.services.boards import Board
from governance.services.officers import Two
from governance.store.boards import BallotLink
from governance.store.elections import Election

_MAX_TEXT = 20_000
_MAX_LINE = 500
_DEEDS: dict[type[e.Entry], str] = {
    e.Extend: "let voting close later",
    e.Cancel: "cancelled the election",
    e.Withdraw: "took a candidate out of a contest",
    e.Notice: "published a notice",
}
"""How the log tells them."""
_FORGET = "forget who cast"
GIVEN_UP = "The key ceremony ends here, without a key"
"""Subject of the notice."""


def due(session: Session, now: datetime) -> list[str]:
    """Elections for which the clock has something to do; cheap enough to ask before a request."""
    found = set(calendars.due(session, now))
    for row in session.scalars(select(Election).filter_by(forgotten=None)):
        waits = row.frozen is not None or _appeals(row) <= now
        if waits and _next(session, row.id, now):
            found.add(row.id)
    return sorted(found)


def advance(session: Session, election: str, *, now: datetime) -> list[str]:
    """Do what the clock has to do: pass the calendar's moments, open, close, publish results, forget who cast.

    Doing it again changes nothing; whoever died in the middle did nothing.

    Returns:
        The kinds of what was done, in order.
    """
    passed, done = calendars.advance(session, election, now=now), list[str]()
    while (step := _next(session, election, now)) and step not in done:
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
    return [*passed, *done]


def _appeals(row: Election) -> datetime:
    """When the time for appeals ends; cheaper than reading the whole draft."""
    return moment(row.draft["calendar"]["appeals"])


def _next(session: Session, election: str, now: datetime) -> str:
    """What the clock has to do now, if anything."""
    row, shown = elections.get(session, election), elections.show(session, election)
    stands = shown.progress
    for one in shown.due:
        if one.step == "open" and one.at is not None and one.at <= now < moment(stands.closes):
            return "open"
        if one.step == "close" and one.at is not None and one.at <= now:
            return "close"
        if one.step == "result":
            return "result"
        if one.step == "appeals" and one.at is not None and one.at <= now:
            return _FORGET
    return _FORGET if _is_lost(session, row, stands.phase) and row.forgotten is None and _appeals(row) <= now else ""


def _is_lost(session: Session, row: Election, phase: Phase) -> bool:
    """Whether an election has no result and can have none: given up, cancelled, or announced and left until it was too late."""
    return phase in CALLED_OFF or (phase is Phase.DRAFT and elections.announced(session, row))


def close(board: Board, now: datetime) -> None:
    """Close voting, and declare void what too few voted in."""
    board.append(e.Close(text(now), board.judge.ballots))
    for name, contest in board.judge.tallies.items():
        if contest.size < contest.contest.min_ballots:
            board.append(e.Void(name, contest.size))


def _forget(session: Session, election: str, now: datetime) -> None:
    """Destroy the pairing of members and credentials (docs/protocol.md, section 12), and what people wrote.

    What candidates say stays of those who stood to the end; of an election without a result, of nobody.
    """
    session.execute(delete(BallotLink).filter_by(election_id=election))
    objections.erase(session, election)
    kept = _stood(session, election)
    nomination_records.erase(session, election)
    adoption.forget_lost(session, election)
    photos.erase_others(session, election, kept)
    statements.erase_others(session, election, kept)
    session.execute(update(Election).filter_by(id=election).values(forgotten=now))


def _stood(session: Session, election: str) -> frozenset[str]:
    """Ids of the candidates who stood to the end; nobody's where there is no result."""
    row, shown = elections.get(session, election), elections.show(session, election)
    if _is_lost(session, row, shown.phase):
        return frozenset()
    draft, gone = shown.draft, set(shown.progress.withdrawn)
    voted = {who.id for one in draft.contests for who in one.candidates if (one.id, who.id) not in gone}
    stood = voted | {who.id for one in draft.unopposed for who in one.candidates}
    nominations = nomination_records.every(session, election)
    wished = {one.row.candidate for one in nominations if one.nomination.ended}
    return frozenset(stood - (wished - {one.row.candidate for one in nominations if one.nomination.stands}))


# ---- what an officer decides -----------------------------------------------------------------------------------------


def check_extend(session: Session, election: str, closes: datetime, *, now: datetime) -> None:
    """Check that voting may be extended to a time.

    Raises:
        RuleError: Voting is not open, has reached its close, or the time is not later.
    """
    stands = _stands(session, election)
    if not stands.is_voting(now):
        msg = "Voting can be extended only while it is open."
        raise RuleError(msg)
    if text(closes) <= stands.closes:
        msg = "Voting can be extended only to a later time."
        raise RuleError(msg)
    if closes >= elections.draft_of(elections.get(session, election)).calendar.appeals:
        msg = "The time for appeals would end before voting closes. Change the calendar first."
        raise RuleError(msg)


def extend(session: Session, by: Two, election: str, closes: datetime, reason: str, *, now: datetime) -> None:
    """Let voting close later than announced; everybody reads the reason.

    Raises:
        NotPermittedError: It takes an officer, and a second person.
        RuleError: As `check_extend`, or there is no reason.
    """
    elections.require_two(session, by, election)
    check_extend(session, election, closes, now=now)
    _append(session, by, election, e.Extend(text(now), text(closes), said(reason)), now, why=reason)


def check_cancel(session: Session, election: str) -> None:
    """Check that an election may be cancelled.

    Raises:
        RuleError: It has not been announced, was cancelled already, or has its result.
    """
    stands = _stands(session, election)
    if stands.phase is Phase.CANCELLED:
        msg = "This election was cancelled already."
        raise RuleError(msg)
    if stands.manifest is None:
        msg = "An election is cancelled only after it was announced."
        raise RuleError(msg)
    if stands.phase is Phase.COUNTED:
        msg = "This election has its result: what is wrong with it is for an appeal and a notice."
        raise RuleError(msg)


def cancel(session: Session, by: Two, election: str, reason: str, *, now: datetime) -> None:
    """End an election without a result; everybody reads the reason.

    Raises:
        NotPermittedError: It takes an officer, and a second person.
        RuleError: As `check_cancel`, or there is no reason.
    """
    elections.require_two(session, by, election)
    check_cancel(session, election)
    _append(session, by, election, e.Cancel(text(now), said(reason)), now, why=reason)


def check_withdraw(session: Session, election: str, contest: str, candidate: str, *, now: datetime) -> None:
    """Check that a candidate may be taken out of a contest.

    Raises:
        RuleError: Not now, no such candidate, or they withdrew already.
    """
    stands = _stands(session, election)
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


def withdraw(
    session: Session, by: Two, election: str, *, contest: str, candidate: str, reason: str, now: datetime
) -> None:
    """Take a candidate out of a contest, between the announcement and the close; papers pass over them.

    Raises:
        NotPermittedError: It takes an officer, and a second person.
        RuleError: As `check_withdraw`.
    """
    elections.require_two(session, by, election)
    check_withdraw(session, election, contest, candidate, now=now)
    _append(session, by, election, e.Withdraw(contest, candidate), now, why=reason)


def check_abandon(session: Session, election: str) -> None:
    """Check that an election may be given up.

    Raises:
        RuleError: It is a draft that nobody was told of, has its manifest, or was given up already.
    """
    row = elections.get(session, election)
    phase = elections.progress(session, row).phase
    if phase is Phase.DRAFT and not elections.announced(session, row):
        msg = "This election is still a draft: change it instead."
        raise RuleError(msg)
    if phase is Phase.ABANDONED:
        msg = "This election was given up already."
        raise RuleError(msg)
    if phase not in (Phase.DRAFT, Phase.ROLL, Phase.CEREMONY, Phase.CREDENTIALS):
        msg = "This election was announced: it can only be cancelled."
        raise RuleError(msg)


def abandon(session: Session, by: Two, election: str, reason: str, *, now: datetime) -> None:
    """Give an election up before its manifest: a trustee dropped out, a share is bad, or its terms cannot be kept.

    Until its calendar was announced it is a draft, and simply changed. A notice ends its board, if it has one; another
    ceremony needs another election (`elections.begin_again`).

    Raises:
        NotPermittedError: It takes an officer, and a second person.
        RuleError: As `check_abandon`, or there is no reason.
    """
    elections.require_two(session, by, election)
    check_abandon(session, election)
    row = elections.get(session, election)
    why = said(reason)
    if elections.progress(session, row).ceremony is not None:
        boards.opened(session, election).append(e.Notice(text(now), GIVEN_UP, why))
    row.abandoned, row.abandoned_why = now, why
    officers.note(session, by, "gave the election up before it was announced", election=election, now=now, why=why)


def notice(session: Session, by: str, election: str, subject: str, body: str, *, now: datetime) -> None:
    """Publish a notice on the board; it can never be taken back.

    Raises:
        NotPermittedError: Only officers, the secretariat and the registrar of this election may; nobody who stands.
        RuleError: There is no board yet, no subject, that of who is elected without a vote, or it was sent twice.
    """
    require_notice(session, by, election)
    row = elections.get(session, election)
    if elections.progress(session, row).ceremony is None:
        msg = "There is no board yet: it begins with the key ceremony."
        raise RuleError(msg)
    if not 0 < len(subject.strip()) <= _MAX_LINE or len(body) > _MAX_TEXT:
        msg = "A notice has a subject of one line, and is not longer than a few pages."
        raise RuleError(msg)
    if " ".join(subject.split()).casefold() in (announcement.SUBJECT.casefold(), release.SUBJECT.casefold()):
        msg = "The server publishes a notice of this subject by itself. Please give yours another one."
        raise RuleError(msg)
    last = next(
        (one for one in reversed(list(boards.but_ballots(session, election))) if isinstance(one, e.Notice)), None
    )
    if last is not None and (last.subject, last.body) == (subject.strip(), body):
        msg = "This very notice stands on the board already, as the newest one."
        raise RuleError(msg)
    _append(session, by, election, e.Notice(text(now), subject.strip(), body), now, why=subject)


def require_notice(session: Session, by: str, election: str) -> None:
    """Check that somebody may publish notices of an election.

    Raises:
        NotFoundError: There is no such election.
        NotPermittedError: Only officers, the secretariat and the registrar of this election may; nobody who stands.
    """
    officers.require(session, by, Role.OFFICER, Role.SECRETARIAT, Role.REGISTRAR)
    draft = elections.draft_of(elections.get(session, election))
    if by != draft.registrar:
        officers.require(session, by, Role.OFFICER, Role.SECRETARIAT)
    if any(one.member == by for one in draft.standing):
        msg = "Whoever stands in an election has no part in running it."
        raise NotPermittedError(msg)


def _stands(session: Session, election: str) -> Progress:
    return elections.progress(session, elections.get(session, election))


def said(reason: str) -> str:
    """A reason as it will be published.

    Raises:
        RuleError: There is none, or it is longer than a few pages.
    """
    if not 0 < len(reason.strip()) <= _MAX_TEXT:
        msg = "Say why: everybody will read it."
        raise RuleError(msg)
    return reason.strip()


def _append(session: Session, by: str | Two, election: str, entry: e.Entry, now: datetime, *, why: str) -> None:
    boards.opened(session, election).append(entry)
    whom = f": {entry.candidate} out of {entry.contest}" if isinstance(entry, e.Withdraw) else ""
    officers.note(session, by, _DEEDS[type(entry)] + whom, election=election, now=now, why=why)
