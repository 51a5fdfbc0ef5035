"""A frozen roll put right after an objection was upheld, before the election is announced: one line, by the rules.

Where the list and the rules can never give what was upheld, two people can leave the line as it is, for a reason that
everybody reads; else no election could be announced after it.

Nobody writes a line by hand. The members' list is mended first; then the line is made anew from it by the rules that were
frozen with the roll, by two people whom it does not concern. Lists of credentials that were handed in before are void.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from governance.board import entries as e
from governance.board import making
from governance.domain import roll as rules
from governance.domain.plain import text
from governance.errors import NotPermittedError, RuleError
from governance.services import boards, elections, members, objections, officers, roll, rulebook, running
from governance.services.officers import Two
from governance.services.surroundings import around
from governance.store.elections import RollLine, Style
from governance.store.objections import Objection

SUBJECT = "An objection to the roll was upheld, and the roll stays as it is"
"""Of the notice."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the roll: the name on it, and the contests; none if there is no line."""

    name: str
    contests: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Correction:
    """What a correction would change."""

    before: Line
    after: Line


def preview(session: Session, election: str, member: str) -> Correction:
    """What the rules make of a member now, beside what the roll has.

    Raises:
        NotFoundError: There is no such election or member.
    """
    draft = elections.draft_of(elections.get(session, election))
    person = members.facts(session, member)
    contests = rules.style(person, draft, rulebook.in_force(session, election).rules, around(session, draft))
    row = session.get(RollLine, (election, member))
    before = Line(row.name, roll.contests_of(session, election, member)) if row else Line("", ())
    return Correction(before, Line(person.listed_as if contests else "", contests))


def check(session: Session, election: str, member: str) -> None:
    """Check that a line may be put right now.

    Raises:
        RuleError: No objection to it was upheld in time and waits; the election is announced; the rules make the very
            same line; or nobody would be left to vote in a contest.
    """
    _require_upheld(session, election, member)
    if why := stuck(session, election, member):
        raise RuleError(why)


def _require_upheld(session: Session, election: str, member: str) -> None:
    if not objections.may_lodge(session, election):
        msg = "A roll is put right after it was frozen and before the election is announced."
        raise RuleError(msg)
    if not _waiting(session, election, member):
        msg = "No objection to this line was upheld and waits for a correction."
        raise RuleError(msg)


def stuck(session: Session, election: str, member: str) -> str:
    """Why a line cannot be put right as the members' list is now, in a sentence; empty if it can."""
    told = preview(session, election, member)
    if told.before == told.after:
        return "The members' list and the rules give the very same line: mend the members' list first."
    voters = _voters(session, election)
    for contest in elections.draft_of(elections.get(session, election)).contests:
        others = (one for contests, people in voters.items() if contest.id in contests for one in people)
        if contest.id not in told.after.contests and all(one.member == member for one in others):
            return f"Nobody would be left who may vote in {contest.title}."
    return ""


def correct(session: Session, by: Two, election: str, member: str, *, now: datetime, why: str = "") -> Correction:
    """Put one line of the roll right.

    Raises:
        NotPermittedError: It takes an officer, and a second person, and neither may be concerned.
        RuleError: As `check`.
    """
    _require_two(session, by, election, member)
    check(session, election, member)
    told = preview(session, election, member)
    voters = _voters(session, election)
    salt = next((one.salt for people in voters.values() for one in people if one.member == member), None)
    kept = {contests: [one for one in people if one.member != member] for contests, people in voters.items()}
    if told.after.contests:
        line = making.Voter(member, told.after.name, salt or secrets.token_bytes(roll.SALT))
        kept.setdefault(told.after.contests, []).append(line)
    session.execute(delete(RollLine).filter_by(election_id=election))
    session.execute(delete(Style).filter_by(election_id=election))
    roll.write(session, election, {contests: people for contests, people in kept.items() if people})
    session.execute(
        update(Objection).where(Objection.id.in_(_waiting(session, election, member))).values(corrected=now)
    )
    which = ", ".join(map(str, _numbers(session, election, member)))
    officers.note(session, by, f"put the roll right after objection {which}", election=election, now=now, why=why)
    return told


def _require_two(session: Session, by: Two, election: str, member: str) -> None:
    elections.require_two(session, by, election)
    if {by.asked, by.approved} & objections.concerned_by(session, election, member):
        msg = "This correction concerns you, so somebody else has to make it."
        raise NotPermittedError(msg)


# ---- leaving it as it is ---------------------------------------------------------------------------------------------


def check_leave(session: Session, election: str, member: str) -> None:
    """Check that a line may be left as it is, though an objection to it was upheld.

    Raises:
        RuleError: No objection to it was upheld in time and waits; the election is announced; the line can be put right;
            or there is no board yet on which everybody could read why.
    """
    _require_upheld(session, election, member)
    if not stuck(session, election, member):
        msg = "The members' list and the rules give another line now: put the roll right."
        raise RuleError(msg)
    if elections.progress(session, elections.get(session, election)).ceremony is None:
        msg = "The reason is published on the board, which begins with the key ceremony. Begin that first."
        raise RuleError(msg)


def leave(session: Session, by: Two, election: str, member: str, *, now: datetime, why: str) -> None:
    """Leave a line as it is, though an objection to it was upheld; a notice tells everybody why, and names nobody.

    Raises:
        NotPermittedError: It takes an officer, and a second person, and neither may be concerned.
        RuleError: As `check_leave`, or there is no reason.
    """
    _require_two(session, by, election, member)
    check_leave(session, election, member)
    reason = running.said(why)
    numbers = _waiting(session, election, member)
    session.execute(update(Objection).where(Objection.id.in_(numbers)).values(left=now))
    session.flush()
    which = ", ".join(map(str, numbers))
    body = (
        f"Upheld, and the roll stays as it is: objection {which}. The members' list and the rules that were frozen with the "
        f"roll give the very line that is there. Two people decided to go on without a change.\n\nWhy: {reason}"
    )
    boards.opened(session, election).append(e.Notice(text(now), SUBJECT, body))
    officers.note(
        session, by, f"left the roll as it is after objection {which}", election=election, now=now, why=reason
    )
    objections.tell_left(session, election, numbers, now=now)


def _numbers(session: Session, election: str, member: str) -> list[int]:
    """Numbers of the objections to a line that were upheld in time."""
    query = select(Objection.id).filter_by(election_id=election, line_id=member, upheld=True, late=False)
    return list(session.scalars(query.order_by(Objection.id)))


def _waiting(session: Session, election: str, member: str) -> list[int]:
    query = select(Objection.id).filter_by(
        election_id=election, line_id=member, upheld=True, late=False, corrected=None, left=None
    )
    return list(session.scalars(query.order_by(Objection.id)))


def _voters(session: Session, election: str) -> dict[tuple[str, ...], list[making.Voter]]:
    styles = roll.styles_of(session, election)
    return {roll.split(style.contests): roll.voters(session, election, style.number) for style in styles}
