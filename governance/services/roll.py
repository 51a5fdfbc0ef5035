"""The roll: who may vote in what, frozen at the cut-off; each voter can see their own line and its proof.

It is frozen with salts of ours. The registrar makes the codes for exactly these voters, with salts of their own, and
signs counts and roots; `credentials.take` then puts theirs in place.
"""

import csv
import io
import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from governance.board import making, merkle
from governance.board.own_line import OwnLine
from governance.domain import feasible_rolls, quorum
from governance.domain import roll as rules
from governance.domain.draft import Contest, Draft
from governance.domain.membership import disarmed
from governance.domain.signing_in import Role
from governance.errors import NotFoundError, NotPermittedError, RuleError
from governance.services import elections, members, officers, outstanding, rulebook
from governance.services.officers import Two
from governance.services.surroundings import around
from governance.store.elections import Election, RollLine, Style
from governance.store.members import Member

SALT = 16


@dataclass(frozen=True, slots=True)
class Frozen:
    """What was frozen: how many voters each style has."""

    styles: tuple[tuple[tuple[str, ...], int], ...]

    @property
    def voters(self) -> int:
        """How many there are."""
        return sum(count for _, count in self.styles)

    @property
    def rolls(self) -> Mapping[tuple[str, ...], int]:
        """The same, by style."""
        return dict(self.styles)


@dataclass(frozen=True, slots=True)
class MayVote:
    """Whether somebody may vote in a contest, and if not, why."""

    contest: str
    title: str
    why_not: str


def split(contests: str) -> tuple[str, ...]:
    """The contests of a style, from its column."""
    return tuple(contests.split(","))


def preview(session: Session, by: str, election: str) -> Frozen:
    """How many voters each style would have if the roll were frozen now, for those who ask for it or approve it."""
    officers.require(session, by, Role.OFFICER, Role.SECRETARIAT)
    row = elections.still_drafted(session, election)
    return _counted(_styles(session, row))


def check_freeze(session: Session, election: str, *, now: datetime) -> None:
    """Check that the roll may be frozen now.

    Raises:
        RuleError: It is frozen, the draft has problems, who stands is not settled, the cut-off has not come, voting
            would have begun, or nobody may vote in a contest, or fewer than have to.
    """
    _ready(session, election, now)


def _ready(session: Session, election: str, now: datetime) -> dict[tuple[str, ...], list[rules.Person]]:
    """Who would stand on the roll, once it is checked that it may be frozen: working it out takes a while."""
    row = elections.still_drafted(session, election)
    problems = elections.problems(session, election)
    if problems:
        raise RuleError(problems[0])
    outstanding.require_settled(session, election, now=now)
    calendar = elections.draft_of(row).calendar
    if now < calendar.cutoff:
        msg = f"Membership is cut off on {calendar.cutoff:%d %B %Y, %H:%M} UTC: the roll is frozen after that."
        raise RuleError(msg)
    if now >= calendar.opens:
        msg = "Voting was to open before now: move the calendar first."
        raise RuleError(msg)
    styles = _styles(session, row)
    if found := feasible_rolls.problems(elections.draft_of(row), _counted(styles).rolls):
        raise RuleError(found[0])
    return styles


def freeze(session: Session, by: Two, election: str, *, now: datetime, why: str = "") -> Frozen:
    """Freeze the roll: from now on the draft and who may vote in what are fixed.

    Raises:
        NotPermittedError: It takes an officer, and a second person.
        RuleError: As `check_freeze`.
    """
    elections.require_two(session, by, election)
    styles = _ready(session, election, now)
    row = elections.get(session, election)
    made = {
        contests: [making.Voter(one.id, one.listed_as, secrets.token_bytes(SALT)) for one in people]
        for contests, people in styles.items()
    }
    write(session, election, made)
    rulebook.freeze(session, by.asked, election, now=now)
    row.frozen = now
    frozen = _counted(styles)
    officers.note(session, by, f"froze the roll of {frozen.voters} voters", election=election, now=now, why=why)
    return frozen


def write(session: Session, election: str, styles: Mapping[tuple[str, ...], Sequence[making.Voter]]) -> None:
    """Write the voters of each style, and the roots of their rolls."""
    for number, (contests, voters) in enumerate(sorted(styles.items())):
        root = making.roll(voters).root
        session.add(
            Style(election_id=election, number=number, contests=",".join(contests), voters=len(voters), root=root)
        )
        session.flush()
        lines = [
            {"election_id": election, "member_id": v.member, "style": number, "name": v.name, "salt": v.salt}
            for v in voters
        ]
        session.execute(insert(RollLine), lines)


def _styles(session: Session, row: Election) -> dict[tuple[str, ...], list[rules.Person]]:
    draft = elections.draft_of(row)
    held, beside = rulebook.in_force(session, row.id).rules, around(session, draft)
    return rules.styles(members.everybody(session), draft, held, beside)


def would_be(session: Session, row: Election) -> bytes:
    """A hash of who would stand on the roll if it were frozen now, and for what: who approves it approves these."""
    styles = {
        ",".join(contests): sorted([one.id, one.listed_as] for one in people)
        for contests, people in _styles(session, row).items()
    }
    return sha256(json.dumps(styles, sort_keys=True).encode()).digest()


def _counted(styles: dict[tuple[str, ...], list[rules.Person]]) -> Frozen:
    return Frozen(tuple((contests, len(people)) for contests, people in sorted(styles.items())))


def may_vote(session: Session, election: str, member: str) -> list[MayVote]:
    """In which contests a member may vote, and why not in the others: by the roll once it is frozen.

    Raises:
        NotFoundError: There is no such election or member.
    """
    row = elections.get(session, election)
    draft = elections.draft_of(row)
    person = members.facts(session, member)
    held, beside = rulebook.in_force(session, election).rules, around(session, draft)
    if row.frozen is None:
        return [MayVote(c.id, c.title, rules.why_not(person, draft, c, held, beside)) for c in draft.contests]
    mine = contests_of(session, election, member)
    answers = []
    for contest in draft.contests:
        why = "" if contest.id in mine else rules.why_not(person, draft, contest, held, beside)
        answers.append(MayVote(contest.id, contest.title, why if contest.id in mine else why or _FROZEN))
    return answers


ERASED = "The names on this roll were erased, some time after the appeals. Whoever saved their line can still check it."
_FROZEN = "You were not on the roll when it was frozen."


def contests_of(session: Session, election: str, member: str) -> tuple[str, ...]:
    """The contests that a member is on the roll for; () if for none."""
    found = session.scalar(
        select(Style.contests)
        .join(RollLine, (RollLine.election_id == Style.election_id) & (RollLine.style == Style.number))
        .where(RollLine.election_id == election, RollLine.member_id == member)
    )
    return split(found) if found else ()


def voters(session: Session, election: str, style: int) -> list[making.Voter]:
    """A style's roll in the order of its leaves."""
    rows = session.execute(
        select(RollLine.member_id, RollLine.name, RollLine.salt).filter_by(election_id=election, style=style)
    )
    return sorted((making.Voter(*row) for row in rows), key=lambda voter: voter.member.encode())


def my_line(session: Session, election: str, member: str) -> OwnLine:
    """A member's own line on the roll with its inclusion proof.

    Raises:
        NotFoundError: They are not on it, it is not frozen, or its names were erased.
    """
    row = session.get(RollLine, (election, member))
    style = session.get(Style, (election, row.style)) if row else None
    if row is None or style is None:
        msg = "You are not on the roll of this election."
        raise NotFoundError(msg)
    if row.leaf is not None:
        raise NotFoundError(ERASED)
    listed = voters(session, election, style.number)
    index = next(i for i, voter in enumerate(listed) if voter.member == member)
    path = merkle.inclusion([merkle.leaf(voter.leaf()) for voter in listed], index)
    contests = split(style.contests)
    return OwnLine(election, contests, listed[index].leaf(), index, len(listed), style.root, tuple(path))


def styles_of(session: Session, election: str) -> Sequence[Style]:
    """The styles of a frozen roll, in the order of the manifest."""
    return session.scalars(select(Style).filter_by(election_id=election).order_by(Style.number)).all()


def require_openable(session: Session, election: str) -> None:
    """Check that so many stand on the frozen roll of every contest as have to vote, so that it can be opened.

    Raises:
        RuleError: A line was taken off it, or it was frozen before this was a rule.
    """
    rolls = {split(one.contests): one.voters for one in styles_of(session, election)}
    if found := feasible_rolls.problems(elections.draft_of(elections.get(session, election)), rolls):
        msg = f"{found[0]} The roll is frozen: give the election up, and begin again."
        raise RuleError(msg)


def with_quorum(session: Session, election: str, draft: Draft) -> tuple[Contest, ...]:
    """The contests as they are announced: opened are so many ballots as the quorum of their frozen roll asks for."""
    rolls = {split(one.contests): one.voters for one in styles_of(session, election)}
    percent = draft.nominations.quorum
    return tuple(
        replace(one, min_ballots=quorum.least(one.min_ballots, percent, quorum.on_rolls(rolls, one.id)))
        for one in draft.contests
    )


def for_registrar(session: Session, by: str, election: str, *, now: datetime) -> bytes:
    """The roll as `governance-registrar codes` reads it: CSV of member, name, email and contests.

    Raises:
        NotPermittedError: Somebody else than this election's registrar asks.
        RuleError: The roll is not frozen, or voting is over.
    """
    row = elections.get(session, election)
    if by != elections.draft_of(row).registrar:
        msg = "Only the registrar of this election is given the roll."
        raise NotPermittedError(msg)
    stands = elections.progress(session, row)
    if row.frozen is None or stands.closed or stands.cancelled or stands.abandoned:
        msg = "The roll is given out from its freezing until voting closes."
        raise RuleError(msg)
    officers.require(session, by, Role.REGISTRAR)
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["member", "name", "email", "contests"])
    query = (
        select(RollLine.member_id, RollLine.name, Member.email, Style.contests)
        .join(Member, Member.id == RollLine.member_id)
        .join(Style, (RollLine.election_id == Style.election_id) & (RollLine.style == Style.number))
        .where(RollLine.election_id == election)
        .order_by(RollLine.member_id)
    )
    for member, name, email, contests in session.execute(query):
        writer.writerow(map(disarmed, [member, name, email, contests.replace(",", " ")]))
    officers.note(session, by, "was given the roll with addresses", election=election, now=now)
    return out.getvalue().encode()
