"""Eligibility of an election: its rules saved and compared before, and what they answer of a member.

Whoever's membership is not active is on no roll, whatever the rules say. Once the roll is frozen, it says who votes.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from governance.domain import roll as rolls
from governance.domain.draft import Contest, Draft
from governance.domain.eligibility.answers import Answer, Verdict, answer, verdict
from governance.domain.eligibility.contradictions import contradictions
from governance.domain.eligibility.facts import Days
from governance.domain.eligibility.language import Node, Purpose, RuleSet, both, needs
from governance.domain.person import Around, Person, facts
from governance.domain.signing_in import Role
from governance.errors import NotFoundError, RuleError
from governance.services import elections, fixed, members, nomination_records, officers, roll, rulebook
from governance.services.rulebook import Book
from governance.services.surroundings import around
from governance.store.elections import Election
from governance.store.eligibility import RuleVersion

ROLL = "roll"
"""The name of the answer that a frozen roll gives."""


@dataclass(frozen=True, slots=True)
class Version:
    """One version of the rules, for the list of them."""

    number: int
    saved: datetime
    by: str
    """A name."""
    why: str
    digest: str


@dataclass(frozen=True, slots=True)
class Told:
    """What the rules answer for one purpose.

    Attributes:
        contest: Title of the contest; empty where the answer is the same for all.
    """

    purpose: Purpose
    contest: str
    answer: Answer


@dataclass(frozen=True, slots=True)
class Difference:
    """Who gains and who loses something by other rules: names of members, in order."""

    purpose: Purpose
    contest: str
    before: int
    after: int
    gain: tuple[str, ...]
    lose: tuple[str, ...]
    unknown: int
    """How many are refused by the new rules because something is not known of them."""


# ---- the rules -------------------------------------------------------------------------------------------------------


def book(session: Session, by: str, election: str) -> Book:
    """The rules that hold, for an officer.

    Raises:
        NotPermittedError: Only officers may.
        NotFoundError: There is no such election.
    """
    officers.require(session, by, Role.OFFICER)
    elections.get(session, election)
    return rulebook.in_force(session, election)


def versions(session: Session, by: str, election: str) -> list[Version]:
    """Every version that was saved, the newest first."""
    officers.require(session, by, Role.OFFICER)
    rows = session.scalars(
        select(RuleVersion).filter_by(election_id=election).order_by(RuleVersion.number.desc())
    ).all()
    names = officers.names(session, {row.saved_by for row in rows})
    return [
        Version(row.number, row.saved, names.get(row.saved_by, row.saved_by), row.why, row.digest.hex()) for row in rows
    ]


def check(session: Session, election: str, rules: RuleSet, *, now: datetime) -> None:
    """Check that rules can be saved for an election.

    Raises:
        RuleError: They name a contest that is not there, or nobody can ever fulfil them; and where.
    """
    draft = elections.draft_of(elections.get(session, election))
    known = {one.id for one in draft.plan}
    for contest in rules.contests:
        if contest not in known:
            msg = f"The rules name a contest “{contest}”, which this election does not have."
            raise RuleError(msg)
    if found := contradictions(rules, _days(draft, now)):
        raise RuleError(found[0])


def save(
    session: Session, by: str, election: str, rules: RuleSet, version: int, *, now: datetime, why: str = ""
) -> int:
    """Save a version of the rules; gives its number.

    Args:
        session: The database.
        by: Who does it.
        election: Its id.
        rules: All of them.
        version: Of the draft that was looked at: who approves a freeze approves these rules too.
        now: The time.
        why: For the log.

    Raises:
        NotPermittedError: Only officers may.
        RuleError: The roll is frozen, somebody changed the election meanwhile, what differs is fixed since nominations
            began (`fixed`), or the rules cannot be saved (`check`).
    """
    row = elections.drafted(session, by, election)
    if row.version != version:
        msg = "Somebody has changed this election meanwhile. Look at it again before you change it."
        raise RuleError(msg)
    check(session, election, rules, now=now)
    held = rulebook.in_force(session, election)
    out = elections.announced(session, row)
    fixed.check_rules(elections.draft_of(row), held.rules, rules, announced=out, now=now)
    before = held.number
    number = rulebook.keep(session, by, election, rules, now=now, why=why.strip())
    if number != before:
        row.version += 1
        told = f"saved version {number} of the rules of {election}"
        officers.note(session, by, told, election=election, now=now, why=why.strip())
    return number


# ---- what they answer ------------------------------------------------------------------------------------------------


def open_to_members(session: Session, election: str) -> bool:
    """Whether members may ask: once rules were saved, or the roll is frozen; not of what was given up."""
    row = session.get(Election, election)
    if row is None or row.abandoned is not None:
        return False
    return row.frozen is not None or rulebook.latest(session, election) is not None


def in_preparation(session: Session) -> list[tuple[str, str]]:
    """(id, title) of the elections that are drafts and whose rules members may read."""
    drafts = session.scalars(select(Election).filter_by(frozen=None, abandoned=None).order_by(Election.created))
    return [(row.id, elections.draft_of(row).title) for row in drafts if rulebook.latest(session, row.id) is not None]


def may_i(session: Session, member: str, election: str, *, now: datetime) -> list[Told]:
    """What a member may in an election, with every reason: for themselves.

    Raises:
        NotFoundError: There is no such member, or no election that members may ask about.
    """
    if not open_to_members(session, election):
        msg = "There is no such election, or its rules are not published yet."
        raise NotFoundError(msg)
    return _all_of(session, member, elections.get(session, election), now)


def look_up(session: Session, by: str, election: str, member: str, *, now: datetime) -> list[Told]:
    """What somebody may in an election, for an officer: it is in the log, because it shows what they declared.

    Raises:
        NotPermittedError: Only officers may.
        NotFoundError: There is no such election or member.
    """
    officers.require(session, by, Role.OFFICER)
    found = _all_of(session, member, elections.get(session, election), now)
    officers.note(session, by, f"looked up what {member} may", election=election, now=now)
    return found


def asking(session: Session, election: str, *, now: datetime) -> Callable[[str, Purpose, str], Answer]:
    """What tells what the rules answer of a member, however many are asked about; who may know it is up to whoever asks.

    Returns:
        The answer to (id of a member, purpose, contest). The contest is the id as it was before the list was adopted, or
        empty for what holds in all; NotFoundError where there is no such member.

    Raises:
        NotFoundError: There is no such election.
    """
    row = elections.get(session, election)
    draft, rules = elections.draft_of(row), rulebook.in_force(session, election).rules
    beside, days = _around(session, row, draft, rules), _days(draft, now)
    people: dict[str, Person] = {}

    def told(member: str, purpose: Purpose, contest: str) -> Answer:
        one = draft.contest(contest)
        node = rolls.rule(one, rules) if one and purpose is Purpose.VOTE else both(rules.of(purpose, contest))
        person = people.get(member) or people.setdefault(member, members.facts(session, member))
        return answer(node, facts(person, beside, needs(node)), days)

    return told


def _around(session: Session, row: Election, draft: Draft, *rules: RuleSet) -> Around:
    """Until the roll is frozen, whoever accepted a nomination stands; who does is read where a rule looks at it."""
    if not any(map(_looks_at_others, rules)):
        draft = replace(draft, contests=(), unopposed=())
        return around(session, draft, body=row.body_id)
    nominated = () if row.frozen is not None else nomination_records.standing(session, row.id)
    return around(session, draft, nominated, row.body_id)


def _trees(rules: RuleSet) -> Iterator[Node]:
    yield from rules.purposes.values()
    for more in rules.contests.values():
        yield from more.values()


def _looks_at_others(rules: RuleSet) -> bool:
    names = {name.partition(":")[0] for node in _trees(rules) for name in needs(node)}
    return not names.isdisjoint(("standing", "sharing"))


def _all_of(session: Session, member: str, row: Election, now: datetime) -> list[Told]:
    draft, rules = elections.draft_of(row), rulebook.in_force(session, row.id).rules
    person, beside, days = members.facts(session, member), _around(session, row, draft, rules), _days(draft, now)

    def told(node: Node) -> Answer:
        return answer(node, facts(person, beside, needs(node)), days)

    found = [Told(p, title, told(node)) for p in Purpose for title, node in _asked(draft, rules, p)]
    if row.frozen is None:
        return found
    mine = roll.contests_of(session, row.id, member)
    voting = [_by_the_roll(one, told(rolls.rule(one, rules)), on=one.id in mine) for one in draft.contests]
    return [*voting, *(one for one in found if one.purpose is not Purpose.VOTE)]


def _by_the_roll(contest: Contest, now: Answer, *, on: bool) -> Told:
    """Since it was frozen, the roll says who votes; what the rules would say now stands under it."""
    verdict = Verdict.YES if on else Verdict.NO
    told = "You are on the roll, which is frozen." if on else "You were not on the roll when it was frozen."
    return Told(Purpose.VOTE, contest.title, Answer(ROLL, verdict, told, parts=(now,)))


def _asked(draft: Draft, rules: RuleSet, purpose: Purpose) -> list[tuple[str, Node]]:
    """(title of a contest, its rule), or one rule without a title where all contests have the same."""
    nodes = [(contest.title, _rule(contest, rules, purpose)) for contest in _contests(draft, purpose)]
    if not nodes:
        return [("", rules.of(purpose))]
    return [("", nodes[0][1])] if all(node == nodes[0][1] for _, node in nodes) else nodes


def _contests(draft: Draft, purpose: Purpose) -> tuple[Contest, ...]:
    """One votes on what is on the ballot, and stands in what was planned."""
    return draft.contests if purpose is Purpose.VOTE else draft.plan


def _rule(contest: Contest, rules: RuleSet, purpose: Purpose) -> Node:
    if purpose is Purpose.VOTE:
        return rolls.rule(contest, rules)
    return both(rules.of(purpose, contest.planned_as))


def _days(draft: Draft, now: datetime) -> Days:
    return {**rolls.days(draft), "today": now.date()}


# ---- what if ---------------------------------------------------------------------------------------------------------


def what_if(session: Session, by: str, election: str, rules: RuleSet, *, now: datetime) -> list[Difference]:
    """Who gains and who loses by other rules, among the active members; it is in the log, since it shows their data.

    Raises:
        NotPermittedError: Only officers may.
        RuleError: The roll is frozen, or the rules could not be saved.
    """
    row = elections.drafted(session, by, election)
    check(session, election, rules, now=now)
    draft, old = elections.draft_of(row), rulebook.in_force(session, election).rules
    people = sorted(members.everybody(session), key=lambda one: (one.name, one.id))
    beside, days = _around(session, row, draft, old, rules), _days(draft, now)
    found = [
        _difference(purpose, title, pair, people, beside, days)
        for purpose in Purpose
        for title, pair in _pairs(draft, old, rules, purpose).items()
        if pair[0] != pair[1]
    ]
    changed = ", ".join(dict.fromkeys(one.purpose.value for one in found)) or "nothing"
    told = f"looked who would gain and lose by other rules ({changed})"
    officers.note(session, by, told, election=election, now=now)
    return found


def _pairs(draft: Draft, old: RuleSet, new: RuleSet, purpose: Purpose) -> Mapping[str, tuple[Node, Node]]:
    """The old and the new rule by the title of the contest; one pair where all contests have the same."""
    asked = _contests(draft, purpose)
    pairs = {one.title: (_rule(one, old, purpose), _rule(one, new, purpose)) for one in asked}
    if not pairs:
        return {"": (old.of(purpose), new.of(purpose))}
    first = next(iter(pairs.values()))
    return {"": first} if all(pair == first for pair in pairs.values()) else pairs


def _difference(  # noqa: PLR0917  one call
    purpose: Purpose, title: str, pair: tuple[Node, Node], people: list[Person], beside: Around, days: Days
) -> Difference:
    before, after = pair
    names = needs(before) | needs(after)
    gain: list[str] = []
    lose: list[str] = []
    had = have = unknown = 0
    for person in people:
        known = facts(person, beside, names)
        was, will = verdict(before, known, days) is Verdict.YES, verdict(after, known, days)
        had += was
        have += will is Verdict.YES
        unknown += will is Verdict.UNKNOWN
        if was is not (will is Verdict.YES):
            (lose if was else gain).append(person.name)
    return Difference(purpose, title, had, have, tuple(gain), tuple(lose), unknown)
