"""Vacancies, and how the rule of the seat says that they are filled: countback, by-election, appointment, or left vacant."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from hashlib import sha256, sha512

from sqlalchemy import select
from sqlalchemy.orm import Session

from governance.board import canonical
from governance.board import entries as e
from governance.count import countback
from governance.count.ballots import profile
from governance.count.constraints import Constraint
from governance.count.countback import Countback
from governance.crypto import lots
from governance.domain.draft import Candidate, Draft
from governance.domain.membership import Status
from governance.domain.phases import CALLED_OFF
from governance.domain.seats import facts as f
from governance.domain.seats import filling, terms, words
from governance.domain.seats.book import Book, Gap, Holding, Person, Stage
from governance.domain.seats.facts import Fact, How, Instrument, Method
from governance.domain.seats.filling import Way
from governance.domain.seats.register import Wish
from governance.domain.signing_in import Role
from governance.errors import MalformedError, NotFoundError, RuleError
from governance.services import boards, elections, officers, seat_offers, seats
from governance.services.officers import Two
from governance.services.seat_offers import Chosen
from governance.store.boards import Blob
from governance.store.elections import Election
from governance.store.members import Member
from governance.store.seats import Certificate


@dataclass(frozen=True, slots=True)
class Vacancy:
    """A seat that nobody holds.

    Attributes:
        way: How it is filled now, and why.
        planned: What was decided about it.
        offered: To whom it is offered now (names).
        election: The by-election that is under way for it; empty for none.
    """

    gap: Gap
    body: str
    name: str
    way: Way
    planned: Method | None
    offered: tuple[str, ...]
    election: str


@dataclass(frozen=True, slots=True)
class Next:
    """Who a countback says takes a seat; `candidate` and `name` are empty where nobody is left."""

    election: str
    contest: str
    vacating: str
    candidate: str
    name: str
    member: str
    count: Countback


def waiting(session: Session, body: str, *, now: datetime) -> list[Vacancy]:
    """The vacancies of a body on this day, by seat."""
    found, day = seats.book(session), seats.day_of(now)
    lines = sorted(one.id for one in found.seats.values() if one.body == body and one.there(day))
    return [_told(session, found, gap, now) for seat in lines if (gap := found.gap(seat, day))]


def show(session: Session, seat: str, *, now: datetime) -> Vacancy:
    """The vacancy of a seat.

    Raises:
        NotFoundError: There is no such seat, or somebody holds it.
    """
    return _told(session, found := seats.book(session), _gap(found, seat, now), now)


def _gap(found: Book, seat: str, now: datetime) -> Gap:
    gap = found.gap(seat, seats.day_of(now)) if seat in found.seats else None
    if gap is None:
        msg = "This seat has a holder, or there is no such seat."
        raise NotFoundError(msg)
    return gap


def _told(session: Session, found: Book, gap: Gap, now: datetime) -> Vacancy:
    line, plan = found.seats[gap.seat], found.planned.get((gap.seat, gap.start))
    open_ = [
        one for one in found.holdings.values() if one.seat == gap.seat and one.stage in (Stage.OFFERED, Stage.ACCEPTED)
    ]
    return Vacancy(
        gap=gap,
        body=line.body,
        name=line.on(gap.start).name,
        way=_way(session, found, gap, now),
        planned=plan.method if plan else None,
        offered=tuple(found.people[one.person].name for one in open_),
        election=_under_way(session, plan),
    )


def _under_way(session: Session, plan: f.Planned | None) -> str:
    """The by-election that was begun for a vacancy: until its result is certified, or it is given up."""
    row = session.get(Election, plan.told) if plan and plan.method is Method.BY_ELECTION else None
    if row is None or session.get(Certificate, row.id) is not None:
        return ""
    return "" if elections.progress(session, row).phase in CALLED_OFF else row.id


def _way(session: Session, found: Book, gap: Gap, now: datetime) -> Way:
    rules, plan = found.seats[gap.seat].on(max(gap.start, seats.day_of(now))), found.planned.get((gap.seat, gap.start))
    done = (
        rules.filling.index(plan.method) + _gave_nobody(session, found, plan)
        if plan and plan.method in rules.filling
        else 0
    )
    tried = rules.filling[:done]
    source = filling.sources(found, gap.seat)
    counted = source is not None and _has_papers(session, source[0], source[1])
    return filling.way(found, gap, seats.day_of(now), failed=tried, counted=counted)


def _gave_nobody(session: Session, found: Book, plan: f.Planned) -> bool:
    """Whether a by-election was held and certified, and nobody was elected by it."""
    if plan.method is not Method.BY_ELECTION or session.get(Certificate, plan.told) is None:
        return False
    return not any(one.seat == plan.seat and one.instrument.election == plan.told for one in found.holdings.values())


def _has_papers(session: Session, election: str, contest: str) -> bool:
    row = elections.get(session, election)
    stands, draft = elections.progress(session, row), elections.draft_of(row)
    return any(
        one.planned_as == contest and one.id in stands.elected and one.id not in stands.void for one in draft.contests
    )


# ---- countback -------------------------------------------------------------------------------------------------------


def count_back(session: Session, seat: str, *, now: datetime) -> Next:
    """Who takes a vacant seat by the papers of the contest that filled it before; nothing is entered.

    Passed over is who left or declined a seat of this contest, holds another seat of the body, is at the limit of terms, or
    is no active member any more.

    Raises:
        NotFoundError: The seat has a holder, or is none.
        RuleError: No votes lie here by which it could be filled, or the constraints leave nobody.
    """
    found = seats.book(session)
    _gap(found, seat, now)
    source = filling.sources(found, seat)
    if source is None or not _has_papers(session, source[0], source[1]):
        msg = "No votes lie here by which this seat could be filled."
        raise RuleError(msg)
    election, contest, holding = source
    draft = elections.draft_of(elections.get(session, election))
    people = _people(session, found, draft, election, contest, seat, now)
    vacating = _candidate(found, draft, contest, found.holdings[holding])
    out = {name for name, why in people.items() if why == "out"} - {vacating}
    sitting = {name for name, why in people.items() if why == "sits"} - {vacating}
    made = _recount(session, election, contest, vacating=vacating, sitting=sitting, declined=out)
    known = {one.id: one for one in draft.standing}
    winner = known.get(made.filled or "")
    return Next(
        election=election,
        contest=contest,
        vacating=known[vacating].name,
        candidate=made.filled or "",
        name=winner.name if winner else "",
        member=winner.member if winner else "",
        count=made,
    )


def _candidate(found: Book, draft: Draft, contest: str, one: Holding) -> str:
    person = found.people[one.person]
    candidate = next((other for other in _stood(draft, contest) if _same(person, other)), None)
    if candidate is None:
        msg = f"{person.name} did not stand in this contest, so its votes cannot be counted back."
        raise RuleError(msg)
    return candidate.id


def _stood(draft: Draft, contest: str) -> Iterator[Candidate]:
    return (one for each in draft.contests if each.planned_as == contest for one in each.candidates)


def _same(person: Person, candidate: Candidate) -> bool:
    """Whether a person of the register is a candidate: the same member, or outsiders of one name, however it is spelt."""
    if person.member or candidate.member:
        return person.member == candidate.member
    return words.spelt(candidate.name) in {words.spelt(name) for _, name in person.names}


def _people(  # noqa: PLR0917  one call
    session: Session, found: Book, draft: Draft, election: str, contest: str, seat: str, now: datetime
) -> Mapping[str, str]:
    """Of each candidate who cannot be chosen: “sits” by this contest, or is “out”."""
    day, body = seats.day_of(now), found.seats[seat].body
    told: dict[str, str] = {}
    for candidate in _stood(draft, contest):
        person = next((one.id for one in found.people.values() if _same(one, candidate)), "")
        held = [one for one in found.holdings.values() if one.person == person]
        here = [one for one in held if (one.instrument.election, one.instrument.contest) == (election, contest)]
        busy = any(found.seats[one.seat].body == body and _keeps(one, day) for one in held)
        if any(_keeps(one, day) for one in here):
            told[candidate.id] = "sits"
        elif not candidate.reopen and (here or busy or not _may(session, found, candidate.member, seat, now)):
            told[candidate.id] = "out"
    return told


def _keeps(one: Holding, day: date) -> bool:
    """Whether somebody has a seat, or shall have it, or may still take it."""
    if one.seated:
        return one.end is None or day < one.end
    return one.stage in (Stage.OFFERED, Stage.ACCEPTED)


def _may(session: Session, found: Book, member: str, seat: str, now: datetime) -> bool:
    row = session.get(Member, member) if member else None
    if row is not None and row.status is not Status.ACTIVE:
        return False
    person = seats.person_of(found, member) if member else ""
    return terms.may_serve(found, person, seat, seats.day_of(now)).allowed


def _recount(
    session: Session, election: str, planned: str, *, vacating: str, sitting: set[str], declined: set[str]
) -> Countback:
    """As `governance countback` does it of a record: docs/counting.md 7.1."""
    draft, board = elections.draft_of(elections.get(session, election)), list(boards.but_ballots(session, election))
    elected = {one.contest: one.elected for one in board if isinstance(one, e.Count)}
    name = next(one.id for one in draft.contests if one.planned_as == planned and one.id in elected)
    raw = boards.manifest(session, election)
    manifest = e.parse(raw)
    assert isinstance(manifest, e.Manifest)  # noqa: S101  so the board says
    known = {one.id: one for one in manifest.contests}
    contest, result = known[name], _papers(session, election, board, name)
    before = {
        one
        for other in contest.after
        for one in elected.get(other, ())
        if not any(candidate.id == one and candidate.reopen for candidate in known[other].candidates)
    }
    gone = {one.candidate for one in board if isinstance(one, e.Withdraw) and one.contest == name} | before
    ids = [one.id for one in contest.candidates]
    rules = [
        Constraint(c.attribute, c.value, c.min, c.max, c.candidates, c.seated).after(before)
        for c in contest.constraints
    ]
    seed = lots.seed(sha512(raw).digest(), name, result)
    return countback.recount(
        contest.rule["id"],
        profile(ids, canonical.parse(result)["papers"]),
        vacating=vacating,
        sitting=sitting,
        order=[ids.index(one) for one in lots.order(seed, ids)],
        declined=declined,
        withdrawn=gone.intersection(ids) - {vacating} - sitting - declined,
        reopen=next((one.id for one in contest.candidates if one.reopen), None),
        constraints=[replace(one, candidates=tuple(c for c in one.candidates if c in ids)) for one in rules],
    )


def _papers(session: Session, election: str, board: Iterable[e.Entry], contest: str) -> bytes:
    """The result of a contest as it was published: every counted ranking."""
    ref = next(one.ballots for one in board if isinstance(one, e.Result) and one.contest == contest)
    data = session.scalar(select(Blob.data).filter_by(election_id=election, sha256=ref.sha256)) or b""
    if sha256(data).digest() != ref.sha256:
        msg = "The votes in the database differ from what was published."
        raise MalformedError(msg)
    return data


def check_fill(session: Session, seat: str, method: Method, *, now: datetime) -> str:
    """Check that a vacancy can be filled in this way, and say what would happen.

    Raises:
        RuleError: The rule of the seat names another way first, or it is offered to somebody.
        NotFoundError: The seat has a holder, or is none.
    """
    vacancy = show(session, seat, now=now)
    if vacancy.offered:
        msg = f"The seat is offered to {vacancy.offered[0]}: wait for the answer."
        raise RuleError(msg)
    if vacancy.way.method is not method and not (vacancy.way.method is None and method is Method.LEFT_VACANT):
        raise RuleError(vacancy.way.why)
    match method:
        case Method.COUNTBACK:
            found = count_back(session, seat, now=now)
            return f"A countback gives the seat to: {found.name or 'nobody'}."
        case Method.LEFT_VACANT:
            return f"{vacancy.name} is left vacant."
        case _:
            msg = "Open the call or the by-election itself."
            raise RuleError(msg)


def fill(session: Session, by: Two, seat: str, method: Method, *, now: datetime, why: str = "") -> list[str]:
    """Fill a vacancy by countback, or leave it vacant; the holdings that are offered.

    Raises:
        NotPermittedError: It is not two people who may.
        RuleError: As `check_fill`.
    """
    officers.require_two(session, by, Role.OFFICER, Role.SECRETARIAT)
    check_fill(session, seat, method, now=now)
    if method is Method.LEFT_VACANT:
        plan(session, by, seat, method, now=now, told=why)
        return []
    found, kept = count_back(session, seat, now=now), seats.book(session)
    gap = _gap(kept, seat, now)
    if not found.candidate:
        left = show(session, seat, now=now).way.others
        plan(session, by, seat, left[0] if left else Method.LEFT_VACANT, now=now, told="the countback found nobody")
        return []
    title = elections.show(session, found.election).title
    day = seats.day_of(now)
    made = Instrument(How.COUNTBACK, f"{title}, seat of {found.vacating}", day, found.election, found.contest)
    place = filling.way(kept, gap, day).term
    rest = filling.remainder(kept, gap, place.start)
    plan(session, by, seat, method, now=now)
    return seat_offers.offer(session, by, [Chosen(found.name, found.member, place, made, rest)], now=now, why=why)


def plan(session: Session, by: str | Two, seat: str, method: Method, *, now: datetime, told: str = "") -> None:
    """Enter how a vacancy is filled; for services alone."""
    found = seats.load(session)
    gap = _gap(found.book(), seat, now)
    old = [
        n
        for n, one in found.standing.items()
        if isinstance(one, f.Planned) and (one.seat, one.day) == (seat, gap.start)
    ]
    fact: Fact = f.Planned(seat, gap.start, method, told)
    wish = Wish(fact, old[-1] if old else 0)
    if old and found.standing[old[-1]] == fact:
        return
    seats.append(session, [wish], by=by, now=now)
    officers.note(session, by, f"the vacancy of {seat}: {method}", now=now, why=told)
