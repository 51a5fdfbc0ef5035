"""From a result to seats: which seats a contest fills, verifiers' reports, certification by two officers, offers.

Challenges are in `result_challenges`, verifiers' reports in `verifier_reports`. What follows a certificate, accepting and taking a seat, is in `seat_holders`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from governance.board import checkpoint
from governance.crypto import lots
from governance.domain import calendar as dates
from governance.domain.calendar import Period
from governance.domain.draft import Draft
from governance.domain.phases import Progress
from governance.domain.seats import filling
from governance.domain.seats.book import Book
from governance.domain.seats.facts import How, Instrument, SeatClass
from governance.domain.seats.filling import Place, Step
from governance.domain.signing_in import Role
from governance.errors import NotPermittedError, RuleError
from governance.services import boards, elections, officers, result_challenges, seat_offers, seats, verifier_reports
from governance.services.officers import Two
from governance.services.seat_offers import Chosen
from governance.store.elections import Election
from governance.store.seats import Certificate, SeatContest


@dataclass(frozen=True, slots=True)
class Winner:
    """Somebody who was elected, in the order of their election; `member` is empty for an outsider."""

    contest: str
    name: str
    member: str
    how: How


@dataclass(frozen=True, slots=True)
class Given:
    """A seat that a winner gets once the result is certified; `seat` is empty where there is none for them."""

    winner: Winner
    seat: str
    place: Place | None


@dataclass(frozen=True, slots=True)
class Result:
    """How far a result has come on its way to seats.

    Attributes:
        window: When the time for challenges is over.
        needed: Reports that the rules of the body ask for.
        certified: When, and by whom (names); None while it is not.
        given: Who gets which seat; of a certified result, what was given stands in the register.
    """

    step: Step
    window: datetime
    challenges: result_challenges.Numbers
    reports: tuple[verifier_reports.Report, ...]
    needed: int
    certified: tuple[datetime, str, str] | None
    given: tuple[Given, ...]


# ---- which seats a contest fills -------------------------------------------------------------------------------------


def assign(session: Session, by: str, election: str, contest: str, chosen: Sequence[str], *, now: datetime) -> None:
    """Say which seats a contest fills, before the roll is frozen; this replaces what was said before.

    Raises:
        NotPermittedError: Only officers may.
        RuleError: The roll is frozen, there is no such contest or seat, a seat is of another body, is not elected, or
            is filled by another contest; or there are more or fewer seats than the contest has places.
    """
    row = elections.drafted(session, by, election)
    plan = next((one for one in elections.draft_of(row).plan if one.id == contest), None)
    if plan is None:
        msg = "There is no such contest in this election."
        raise RuleError(msg)
    found, taken = seats.book(session), seats_of(session, election)
    for seat in chosen:
        line = found.seats.get(seat)
        if line is None or line.body != row.body_id or line.rules[-1][1].chosen is not SeatClass.ELECTED:
            msg = f"“{seat}” is no elected seat of this body."
            raise RuleError(msg)
        if other := next((name for name, held in taken.items() if name != contest and seat in held), ""):
            msg = f"“{seat}” is filled by the contest {other} already."
            raise RuleError(msg)
    if len(set(chosen)) != plan.seats:
        msg = f"“{plan.title}” fills {plan.seats} places, and {len(set(chosen))} seats are named."
        raise RuleError(msg)
    before = _instead_of(session, election)
    session.execute(delete(SeatContest).filter_by(election_id=election, contest=contest))
    session.add_all(SeatContest(election_id=election, contest=contest, seat=one, instead_of=before) for one in chosen)
    session.flush()
    told = f"said that {contest} of {election} fills {', '.join(chosen)}"
    officers.note(session, by, told, election=election, now=now)


def seats_of(session: Session, election: str) -> Mapping[str, tuple[str, ...]]:
    """The seats that each contest fills, by the contest's planned id."""
    found: dict[str, tuple[str, ...]] = {}
    query = select(SeatContest).filter_by(election_id=election).order_by(SeatContest.contest, SeatContest.seat)
    for row in session.scalars(query):
        found[row.contest] = (*found.get(row.contest, ()), row.seat)
    return found


# ---- the way to the certificate --------------------------------------------------------------------------------------


def show(session: Session, election: str, *, now: datetime) -> Result:
    """How far a result has come on its way to seats: public.

    Raises:
        NotFoundError: There is no such election.
    """
    row = elections.get(session, election)
    draft, stands = elections.draft_of(row), elections.progress(session, row)
    said, declared = verifier_reports.every(session, election), result_challenges.declared(session, election)
    asked = seats.book(session).body(row.body_id, seats.day_of(now)).verifiers
    needed = asked if draft.contests else 0
    numbers = result_challenges.numbers(session, election)
    made = session.get(Certificate, election)
    step = filling.step(
        counted=declared,
        window_over=now >= draft.calendar.appeals,
        undecided=numbers.waiting + numbers.upheld,
        reports=sum(one.counts for one in said),
        needed=needed,
        certified=made is not None,
    )
    names = officers.names(session, [made.first_id, made.second_id]) if made else {}
    return Result(
        step=step,
        window=draft.calendar.appeals,
        challenges=numbers,
        reports=said,
        needed=needed,
        certified=(made.at, names.get(made.first_id, ""), names.get(made.second_id, "")) if made else None,
        given=tuple(_given(session, row, draft, stands, now)) if declared else (),
    )


def _winners(session: Session, draft: Draft, stands: Progress, election: str, planned: str) -> list[Winner]:
    """The winners of a contest as it was planned: of its votes in their order, then those elected without one by lot."""
    found = []
    for contest in draft.contests:
        known = {one.id: one for one in contest.candidates}
        elected = stands.elected.get(contest.id, ()) if contest.planned_as == planned else ()
        found += [(known[name], _how(session, election)) for name in elected]
    for unopposed in draft.unopposed:
        if unopposed.contest == planned:
            people = {one.id: one for one in unopposed.candidates}
            seed = lots.seed(b"", planned, _root(session, election, draft))
            found += [(people[name], How.UNOPPOSED) for name in lots.order(seed, people)]
    return [Winner(planned, one.name, one.member, how) for one, how in found if not one.reopen]


def _root(session: Session, election: str, draft: Draft) -> bytes:
    """The root of the record; zeros where nobody had to vote, so that there is none."""
    return checkpoint.parse(boards.head(session, election)).root if draft.contests else bytes(32)


def _how(session: Session, election: str) -> How:
    return How.BY_ELECTION if _instead_of(session, election) else How.ELECTION


def _instead_of(session: Session, election: str) -> str | None:
    """Of a by-election, the election before."""
    return session.scalar(select(SeatContest.instead_of).filter_by(election_id=election).limit(1))


def _given(session: Session, row: Election, draft: Draft, stands: Progress, now: datetime) -> list[Given]:
    found, given = seats.book(session), list[Given]()
    seating = dates.find(draft.calendar, Period.SEATING)
    day = max(seats.day_of(now), seats.day_of(seating.begins)) if seating else seats.day_of(now)
    for plan in draft.plan:
        people = _winners(session, draft, stands, row.id, plan.id)
        here = [seat for seat in seats_of(session, row.id).get(plan.id, ()) if seat in found.seats]  # else struck out
        places = [_place(found, seat, day) for seat in here]
        pairs = dict(zip(range(len(people)), filling.assign([one.name for one in people], places), strict=False))
        for number, winner in enumerate(people):
            place = pairs[number][1] if number in pairs else None
            given.append(Given(winner, place.seat if place else "", place))
    return given


def _place(found: Book, seat: str, day: date) -> Place:
    """The term for which a seat is filled: from the seating on, or from the end of whoever sits there still."""
    held = found.holder(seat, day)
    start = held.end if held is not None and held.end is not None else day
    left = found.gap(seat, start)
    if left is not None and left.after is not None:
        return filling.way(found, left, start).term
    return filling.place(found, seat, start)


def check_certify(session: Session, election: str, *, now: datetime) -> None:
    """Check that a result can be certified now.

    Raises:
        RuleError: It cannot, and why.
        NotFoundError: There is no such election.
    """
    result = show(session, election, now=now)
    why = {
        Step.OPEN: "There is no result to certify: every contest needs its count.",
        Step.DECLARED: f"The time for challenges ends on {dates.in_utc(result.window)}: a result is certified after it.",
        Step.CHALLENGED: "A challenge to this result is undecided, or was upheld: so it is not certified.",
        Step.REPORTS: f"The rules of the body ask for {result.needed} reports of independent verifiers.",
        Step.CERTIFIED: "This result is certified already.",
    }.get(result.step, "")
    if why:
        raise RuleError(why)
    if without := [one.winner.name for one in result.given if not one.seat]:
        msg = f"There is no seat for {without[0]}: say first which seats each contest fills."
        raise RuleError(msg)
    found = seats.book(session)
    for one in result.given:
        held = found.holder(one.seat, seats.day_of(now))
        if held is not None and held.end is None:
            msg = f"{found.people[held.person].name} holds “{one.seat}” without an end: enter first when that ends."
            raise RuleError(msg)


def certify(session: Session, by: Two, election: str, *, now: datetime, why: str = "") -> list[str]:
    """Certify a result, and offer the winners their seats; the ids of the holdings.

    Raises:
        NotPermittedError: It is not two officers, or one of them stands.
        RuleError: As `check_certify`.
    """
    elections.require_two(session, by, election)
    officers.require(session, by.approved, Role.OFFICER)
    row = elections.get(session, election)
    if {one.member for one in elections.draft_of(row).standing} & {by.asked, by.approved}:
        msg = "Whoever stands in an election has no part in certifying it."
        raise NotPermittedError(msg)
    check_certify(session, election, now=now)
    result = show(session, election, now=now)
    session.add(
        Certificate(
            election_id=election,
            at=now,
            first_id=by.asked,
            second_id=by.approved,
            root=_root(session, election, elections.draft_of(row)),
            reports=sum(one.counts for one in result.reports),
            why=why,
        )
    )
    title, day = elections.show(session, election).title, seats.day_of(now)
    chosen = [_chosen(session, one, title, election, day) for one in result.given if one.place]
    made = seat_offers.offer(session, by, chosen, now=now, why=f"Certified result of “{title}”")
    officers.note(session, by, f"certified the result of {election}", election=election, now=now, why=why)
    return made


def _chosen(session: Session, one: Given, title: str, election: str, day: date) -> Chosen:
    assert one.place is not None  # noqa: S101  the caller left out who has none
    found = seats.book(session)
    left = found.gap(one.seat, one.place.start)
    return Chosen(
        name=one.winner.name,
        member=one.winner.member,
        place=one.place,
        instrument=Instrument(one.winner.how, title, day, election, one.winner.contest),
        remainder=left is not None and filling.remainder(found, left, one.place.start),
    )
