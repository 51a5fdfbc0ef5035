"""Two people for what is decided about seats: one asks and says why, another one approves, and then it is done.

As `consents` does it for elections: what is asked is checked twice, and shown in sentences to whoever approves.
"""

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from governance.domain.seats import facts as f
from governance.domain.seats import form
from governance.domain.seats.facts import Method
from governance.domain.seats.register import Wish
from governance.domain.signing_in import Role
from governance.errors import NotFoundError, NotPermittedError, RuleError
from governance.services import (
    appointment_decisions,
    certification,
    officers,
    seat_holders,
    seat_pages,
    seat_rules,
    seats,
    second_person,
    vacancies,
)
from governance.services.appointment_decisions import Decision
from governance.services.officers import Two
from governance.store.members import Body
from governance.store.seats import SeatRequest
from governance.store.vault import vault

LIFE = timedelta(days=14)
"""A request that nobody answered is no longer good after it."""
_MAX_WHY = 2000
SEALED = "what is asked for about seats"
_CHANGED = "Who would get which seat has changed since this was asked for. It has to be asked for anew."


class Act(StrEnum):
    """What takes two people."""

    ENTER = "enter"
    PAGE = "page"
    CERTIFY = "certify"
    FILL = "fill"
    APPOINT = "appoint"


NAMES: Mapping[Act, str] = {
    Act.ENTER: "change the register of seats",
    Act.PAGE: "enter the history of a group",
    Act.CERTIFY: "certify a result",
    Act.FILL: "fill a vacant seat",
    Act.APPOINT: "appoint somebody to a seat",
}
ASKING: Mapping[Act, tuple[Role, ...]] = {
    Act.ENTER: (Role.SECRETARIAT, Role.OFFICER),
    Act.PAGE: (Role.SECRETARIAT, Role.OFFICER),
    Act.CERTIFY: (Role.OFFICER,),
    Act.FILL: (Role.OFFICER, Role.SECRETARIAT),
    Act.APPOINT: (Role.APPOINTER,),
}
APPROVING: Mapping[Act, tuple[Role, ...]] = {
    act: (Role.OFFICER,) if act is Act.CERTIFY else (Role.OFFICER, Role.SECRETARIAT) for act in Act
}
"""Whose approval it takes; the deed itself checks it once more."""
_FOR_DECIDERS = (Act.ENTER, Act.PAGE)


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked for.

    Attributes:
        wishes: `ENTER`: facts for the register, and corrections.
        body: `PAGE`: of which body the page is; `page` is its text, `digest` that of the preview.
        election: `CERTIFY`: which result.
        seat: `FILL`: which vacancy, by which `method`: countback, or left vacant.
        appointment: `APPOINT`: which appointment, decided how.
    """

    act: Act
    wishes: tuple[Wish, ...] = ()
    body: str = ""
    page: str = field(default="", repr=False)
    digest: str = ""
    election: str = ""
    seat: str = ""
    method: Method | None = None
    appointment: int = 0
    decision: Decision | None = None


@dataclass(frozen=True, slots=True)
class Waiting:
    """A request that waits for a second person.

    Attributes:
        told: What would be done, in sentences; where it cannot be done any more, why.
        stale: Whether it can no longer be approved.
    """

    number: int
    request: Request
    told: tuple[str, ...]
    why: str
    asked_by: str
    name: str
    at: datetime
    until: datetime
    stale: bool


def ask(session: Session, by: str, request: Request, why: str, *, now: datetime) -> int:
    """Ask for something about seats; nothing is done yet. The number of the request.

    Raises:
        NotPermittedError: They have no such role, or it is about themselves.
        RuleError: It could not be done, there is no reason, or nobody could approve it.
    """
    if by == officers.COMMAND:
        msg = "Say who asks for it: it is kept in the log."
        raise NotPermittedError(msg)
    officers.require(session, by, *ASKING[request.act])
    _not_concerned(session, by, request, now)
    if not why.strip() or len(why) > _MAX_WHY:
        msg = "Say why, in a few words: everybody can read it in the register."
        raise RuleError(msg)
    check(session, request, now=now)
    whom = _whom(session, request, now)
    others = officers.deciders(session) - {by}
    if not others:
        msg = "A second officer, or somebody of the secretariat, has to approve this, and there is nobody yet."
        raise RuleError(msg)
    told = _plain(request) | ({"whom": whom} if whom is not None else {})
    same = session.scalars(select(SeatRequest).filter_by(act=request.act, settled=None))
    if any(now < one.asked + LIFE and _details(session, one) == told for one in same):
        msg = "This has been asked for already, and waits for a second person."
        raise RuleError(msg)
    row = SeatRequest(act=request.act, details={}, sealed=_seal(session, told), why=why.strip(), asked_by=by, asked=now)
    session.add(row)
    session.flush()
    officers.note(session, by, f"asked to {NAMES[request.act]} ({row.id})", now=now, why=row.why)
    second_person.tell(session, by, NAMES[request.act], "", to=others, now=now, until=now + LIFE)
    return row.id


def check(session: Session, request: Request, *, now: datetime) -> list[str]:
    """Check that something could be done now, and say in sentences what would be.

    Raises:
        RuleError: It could not, and why.
        NotFoundError: What it is about is not there.
    """
    match request.act:
        case Act.ENTER:
            if not request.wishes:
                msg = "Nothing is asked for."
                raise RuleError(msg)
            _known_bodies(session, request)
            _not_by_itself(request)
            for wish in request.wishes:
                if isinstance(wish.fact, f.Excepted | f.NotGiven) and not wish.supersedes:
                    seat_rules.check_open(session, wish.fact.holding, now=now)
            return seats.tried(session, request.wishes, now=now)
        case Act.PAGE:
            seen = seat_pages.look(session, request.body, request.page.encode(), now=now)
            seat_pages.check(seen)
            return list(seen.told)
        case Act.CERTIFY:
            certification.check_certify(session, request.election, now=now)
            given = certification.show(session, request.election, now=now).given
            return [f"{one.winner.name} is offered {one.seat} from {one.place.start} on." for one in given if one.place]
        case Act.FILL:
            return [vacancies.check_fill(session, request.seat, _method(request), now=now)]
        case Act.APPOINT:
            chosen = appointment_decisions.check_decide(session, request.appointment, _decision(request), now=now)
            until = f" until {chosen.place.end}" if chosen.place.end else ""
            return [f"{chosen.name} is offered {chosen.place.seat} from {chosen.place.start}{until}."]


def _known_bodies(session: Session, request: Request) -> None:
    for wish in request.wishes:
        if isinstance(wish.fact, f.BodyRuled | f.SeatCreated) and session.get(Body, wish.fact.body) is None:
            msg = f"There is no body “{wish.fact.body}”: add it first."
            raise RuleError(msg)


def _not_by_itself(request: Request) -> None:
    """People accept, decline and declare themselves, and vacancies follow: these can be corrected, not entered."""
    for wish in request.wishes:
        if isinstance(wish.fact, f.Accepted | f.Declined | f.Declared | f.Taken | f.Vacant) and not wish.supersedes:
            msg = "People accept, decline and declare themselves, and vacancies are entered by themselves."
            raise RuleError(msg)


def _method(request: Request) -> Method:
    if request.method is None:
        msg = "Say how the vacancy is filled."
        raise RuleError(msg)
    return request.method


def _decision(request: Request) -> Decision:
    if request.decision is None:
        msg = "Say what was decided."
        raise RuleError(msg)
    return request.decision


def _whom(session: Session, request: Request, now: datetime) -> list[str] | None:
    """Who would get which seat, where that is not in the request: what is approved is what was asked for."""
    if request.act is Act.CERTIFY:
        given = certification.show(session, request.election, now=now).given
        return [f"{one.winner.name} ({one.winner.member}): {one.seat}" for one in given]
    if request.act is Act.FILL and request.method is Method.COUNTBACK:
        found = vacancies.count_back(session, request.seat, now=now)
        return [f"{found.name} ({found.member}): {found.candidate}"]
    return None


def _not_concerned(session: Session, by: str, request: Request, now: datetime) -> None:
    """Nobody asks for, or approves, what is about their own seat: nor a correction of what is said of it."""
    kept = seats.load(session)
    found, standing = kept.book(), kept.standing
    people = _seated_by(session, request, now)
    corrected = (standing[wish.supersedes] for wish in request.wishes if wish.supersedes in standing)
    for fact in (*(wish.fact for wish in request.wishes), *corrected):
        if isinstance(fact, f.Offered | f.Seated | f.Named):
            people.add(fact.person)
            people.update([fact.member] if isinstance(fact, f.Named) else [])
        elif (
            isinstance(fact, f.Accepted | f.Declined | f.Declared | f.Excepted | f.NotGiven | f.Taken | f.Ended)
            and fact.holding in found.holdings
        ):
            people.add(found.holdings[fact.holding].person)
    if by in {*people, *(found.people[one].member for one in people if one in found.people)}:
        msg = "This is about your own seat, so somebody else has to do it."
        raise NotPermittedError(msg)


def _seated_by(session: Session, request: Request, now: datetime) -> set[str]:
    """Who would get a seat, or have one now, by a page of text or by a countback; what is over is everybody's history."""
    if request.act is Act.FILL and request.method is Method.COUNTBACK:
        with suppress(RuleError, NotFoundError):  # that it cannot be done is told by `check`
            return {vacancies.count_back(session, request.seat, now=now).member} - {""}
    if request.act is not Act.PAGE:
        return set()
    facts, day = seat_pages.look(session, request.body, request.page.encode(), now=now).plan.facts, seats.day_of(now)
    over = {one.holding for one in facts if isinstance(one, f.Ended) and one.day <= day}
    seated = [one for one in facts if isinstance(one, f.Seated) and one.holding not in over]
    people = {one.person for one in seated if one.until is None or one.until > day}
    return people | {one.member for one in facts if isinstance(one, f.Named) and one.person in people} - {""}


# ---- answering -------------------------------------------------------------------------------------------------------


def approve(session: Session, by: str, number: int, *, now: datetime) -> Waiting:
    """Approve what somebody else asked for, and do it.

    Raises:
        NotFoundError: There is no such request.
        NotPermittedError: They asked for it themselves, have no such role, or it is about themselves.
        RuleError: It was answered already, lapsed, or can no longer be done.
    """
    officers.require(session, by, Role.OFFICER, Role.SECRETARIAT)
    row = _open(session, number)
    one = _told(session, row, now)
    if row.asked_by == by:
        msg = "Nobody approves what they asked for: it takes a second person."
        raise NotPermittedError(msg)
    _not_concerned(session, by, one.request, now)
    if now >= one.until:
        msg = "Too much time has passed since this was asked for. It has to be asked for anew."
        raise RuleError(msg)
    check(session, one.request, now=now)
    if _changed(session, row, one.request, now):
        raise RuleError(_CHANGED)
    _do(session, Two(row.asked_by, by), one.request, row.why, now)
    row.settled, row.settled_by, row.approved = now, by, True
    return one


def _do(session: Session, by: Two, request: Request, why: str, now: datetime) -> None:
    """Do what was checked just now."""
    match request.act:
        case Act.ENTER:
            officers.require_two(session, by, *ASKING[Act.ENTER])
            made = seats.append(session, request.wishes, by=by, now=now, why=why)
            numbers = f"{made[0].number} to {made[-1].number}"
            officers.note(session, by, f"made the entries {numbers} of the register", now=now, why=why)
            for wish in request.wishes:
                if isinstance(wish.fact, f.Excepted):
                    seat_holders.seat_if_ready(session, wish.fact.holding, now)
        case Act.PAGE:
            data = request.page.encode()
            seat_pages.enter(session, by, request.body, data, request.digest, now=now, why=why)
        case Act.CERTIFY:
            certification.certify(session, by, request.election, now=now, why=why)
        case Act.FILL:
            vacancies.fill(session, by, request.seat, _method(request), now=now, why=why)
        case Act.APPOINT:
            appointment_decisions.decide(session, by, request.appointment, _decision(request), now=now)


def decline(session: Session, by: str, number: int, why: str, *, now: datetime) -> None:
    """Say no to what was asked for; whoever asked takes it back so.

    Raises:
        NotFoundError: There is no such request.
        NotPermittedError: They are neither officer nor of the secretariat, and did not ask for it.
        RuleError: It was answered already.
    """
    row = _open(session, number)
    if by != row.asked_by:
        officers.require(session, by, Role.OFFICER, Role.SECRETARIAT)
    row.settled, row.settled_by, row.approved = now, by, False
    told = "took back" if by == row.asked_by else "declined"
    officers.note(
        session, by, f"{told} the request {number} to {NAMES[Act(row.act)]}", now=now, why=why.strip()[:_MAX_WHY]
    )


# ---- what waits ------------------------------------------------------------------------------------------------------


def waiting(session: Session, by: str, *, now: datetime) -> list[Waiting]:
    """Requests that nobody has answered, the oldest first.

    The appointing authority sees those about appointments, results and vacancies: an entry can say of somebody's health
    what those alone read who approve it.

    Raises:
        NotPermittedError: Only officers, the secretariat and the appointing authority may see them.
    """
    officers.require(session, by, Role.OFFICER, Role.SECRETARIAT, Role.APPOINTER)
    rows = session.scalars(select(SeatRequest).filter_by(settled=None).order_by(SeatRequest.id)).all()
    every = by in officers.deciders(session)
    return [_told(session, row, now) for row in rows if every or Act(row.act) not in _FOR_DECIDERS]


def show(session: Session, by: str, number: int, *, now: datetime) -> Waiting:
    """One request that waits.

    Raises:
        NotPermittedError: As `waiting`.
        NotFoundError: There is no such request.
        RuleError: It was answered already.
    """
    officers.require(session, by, Role.OFFICER, Role.SECRETARIAT, Role.APPOINTER)
    row = _open(session, number)
    if Act(row.act) in _FOR_DECIDERS:
        officers.require(session, by, Role.OFFICER, Role.SECRETARIAT)
    return _told(session, row, now)


def _told(session: Session, row: SeatRequest, now: datetime) -> Waiting:
    request = _read(row.act, _details(session, row))
    stale = now >= row.asked + LIFE
    try:
        told = check(session, request, now=now)
        if _changed(session, row, request, now):
            told, stale = [_CHANGED], True
    except (RuleError, NotFoundError) as error:
        told, stale = [str(error)], True
    return Waiting(
        number=row.id,
        request=request,
        told=tuple(told),
        why=row.why,
        asked_by=row.asked_by,
        name=officers.names(session, [row.asked_by]).get(row.asked_by, row.asked_by),
        at=row.asked,
        until=row.asked + LIFE,
        stale=stale,
    )


def _changed(session: Session, row: SeatRequest, request: Request, now: datetime) -> bool:
    told = _details(session, row)
    return "whom" in told and told["whom"] != _whom(session, request, now)


def _open(session: Session, number: int) -> SeatRequest:
    row = session.get(SeatRequest, number, with_for_update=True)
    if row is None:
        msg = "There is no such request."
        raise NotFoundError(msg)
    if row.settled is not None:
        msg = f"This was {'approved' if row.approved else 'declined or taken back'} already."
        raise RuleError(msg)
    return row


# ---- as the database keeps it ----------------------------------------------------------------------------------------

_TEXTS = ("body", "page", "digest", "election", "seat")


def _plain(request: Request) -> dict[str, Any]:
    told: dict[str, Any] = {name: getattr(request, name) for name in _TEXTS if getattr(request, name)}
    if request.wishes:
        told["wishes"] = [[form.plain(wish.fact), wish.supersedes] for wish in request.wishes]
    if request.method:
        told["method"] = request.method.value
    if request.decision:
        told |= {"appointment": request.appointment, "application": request.decision.application}
        told |= {"decision": appointment_decisions.plain(request.decision), "file": request.decision.file}
    return told


def _seal(session: Session, told: Mapping[str, Any]) -> bytes:
    return vault(session).seal(SEALED, json.dumps(told).encode())


def _details(session: Session, row: SeatRequest) -> Mapping[str, Any]:
    if row.sealed is None:
        return row.details
    told: Mapping[str, Any] = json.loads(vault(session).open(SEALED, row.sealed))
    return told


def seal(session: Session) -> int:
    """Encrypt the requests from before they were; how many. Doing it again changes nothing."""
    rows = session.scalars(select(SeatRequest).filter_by(sealed=None)).all()
    for row in rows:
        row.sealed, row.details = _seal(session, row.details), {}
    session.flush()
    return len(rows)


def _read(act: str, told: Mapping[str, Any]) -> Request:
    return Request(
        Act(act),
        wishes=tuple(Wish(form.read(fact), number) for fact, number in told.get("wishes", ())),
        method=Method(told["method"]) if "method" in told else None,
        appointment=told.get("appointment", 0),
        decision=appointment_decisions.read(told["decision"], told["application"], told["file"])
        if "decision" in told
        else None,
        **{name: told.get(name, "") for name in _TEXTS},
    )
