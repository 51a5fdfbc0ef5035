"""A frozen roll put right after an objection was upheld, before the election is announced: one line, by the rules.

Nobody writes a line by hand. The members' list is mended first; then the line is made anew from it by the rules that were
frozen with the roll, by two people whom it does not concern. Lists of credentials that were handed in before are void.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from governance.board import making
from governance.domain import roll as rules
from governance.errors import NotPermittedError, RuleError
from governance.services import elections, members, objections, officers, roll, rulebook
from governance.services.officers import Two
from governance.services.surroundings import around
from governance.store.elections import RollLine, Style
from governance.store.objections import Objection


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
    if not objections.may_lodge(session, election):
        msg = "A roll is put right after it was frozen and before the election is announced."
        raise RuleError(msg)
    if not _waiting(session, election, member):
        msg = "No objection to this line was upheld and waits for a correction."
        raise RuleError(msg)
    told = preview(session, election, member)
    if told.before == told.after:
        msg = "The members' list and the rules give the very same line: mend the members' list first."
        raise RuleError(msg)
    voters = _voters(session, election)
    for contest in elections.draft_of(elections.get(session, election)).contests:
        others = (one for contests, people in voters.items() if contest.id in contests for one in people)
        if contest.id not in told.after.contests and all(one.member == member for one in others):
            msg = f"Nobody would be left who may vote in {contest.title}."
            raise RuleError(msg)


def correct(session: Session, by: Two, election: str, member: str, *, now: datetime, why: str = "") -> Correction:
    """Put one line of the roll right.

    Raises:
        NotPermittedError: It takes an officer, and a second person, and neither may be concerned.
        RuleError: As `check`.
    """
    elections.require_two(session, by, election)
    concerned = objections.concerned_by(session, election, member)
    if {by.asked, by.approved} & concerned:
        msg = "This correction concerns you, so somebody else has to make it."
        raise NotPermittedError(msg)
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
    settled = update(Objection).filter_by(election_id=election, line_id=member, upheld=True, corrected=None, late=False)
    session.execute(settled.values(corrected=now))
    which = ", ".join(map(str, _numbers(session, election, member)))
    officers.note(session, by, f"put the roll right after objection {which}", election=election, now=now, why=why)
    return told


def _numbers(session: Session, election: str, member: str) -> list[int]:
    """Numbers of the objections to a line that were upheld in time."""
    query = select(Objection.id).filter_by(election_id=election, line_id=member, upheld=True, late=False)
    return list(session.scalars(query.order_by(Objection.id)))


def _waiting(session: Session, election: str, member: str) -> list[int]:
    query = select(Objection.id).filter_by(
        election_id=election, line_id=member, upheld=True, late=False, corrected=None
    )
    return list(session.scalars(query))


def _voters(session: Session, election: str) -> dict[tuple[str, ...], list[making.Voter]]:
    styles = roll.styles_of(session, election)
    return {roll.split(style.contests): roll.voters(session, election, style.number) for style in styles}
