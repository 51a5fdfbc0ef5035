"""Scrutiny: officers look at each nomination, and admit or reject it, with a reason for every point that is not yes.

Until a nomination is accepted, officers see its number and contest alone. Whoever is concerned takes no part. What they
write is encrypted, never in the log, and erased after the time for appeals. Challenges are in `challenges`, the list in
`adoption`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from governance.domain.draft import Draft
from governance.domain.nominations.points import Point, against, title
from governance.domain.nominations.record import Event, Kind, Nomination, Reason, Status
from governance.domain.signing_in import Role
from governance.errors import RuleError
from governance.services import declarations, members, officers, photos, scrutiny_points, statements, views
from governance.services import nomination_records as records
from governance.services.declarations import Declared
from governance.services.nomination_records import Filed
from governance.services.photos import Photo
from governance.services.scrutiny_rules import Here, look, refusal, tell, told
from governance.services.statements import Statement

MAX_TEXT = 5000


@dataclass(frozen=True, slots=True)
class Line:
    """One nomination in the officers' list.

    Attributes:
        contest: Its title.
        name: Of the nominee; empty until they have accepted, and if they never did.
        due: Whether it waits for scrutiny.
        challenged: Challenges that wait for an answer.
        adopted: Whether it stands on the list that was adopted.
        why_not: Why whoever looks may not decide about it; empty if they may.
    """

    number: int
    contest: str
    name: str
    status: Status
    due: bool
    challenged: int
    adopted: bool
    why_not: str


@dataclass(frozen=True, slots=True)
class Seconder:
    """A seconder, with what the rule of independence looks at."""

    name: str
    attributes: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Decision:
    """A decision as the nominee reads it: points by their titles, each with a sentence."""

    admitted: bool
    at: datetime
    reasons: tuple[tuple[str, str], ...]
    exceptions: tuple[tuple[str, str], ...]
    text: str
    erased: bool


@dataclass(frozen=True, slots=True)
class Case:
    """A nomination with all that a decision needs.

    Attributes:
        by: Name of the nominator; empty where they nominated themselves.
        seen: How many events there are: whoever decides gives it back.
        why_not: Why whoever looks may not decide; empty if they may.
    """

    number: int
    contest: str
    candidate: str
    name: str
    by: str
    at: datetime
    status: Status
    said: tuple[Statement, ...]
    photo: Photo | None
    declared: tuple[Declared, ...]
    seconders: tuple[Seconder, ...]
    points: tuple[Point, ...]
    decision: Decision | None
    decided_by: str
    challenged: int
    adopted: bool
    seen: int
    why_not: str

    @property
    def failed(self) -> tuple[Point, ...]:
        """The points that need a reason."""
        return against(self.points)


# ---- what officers see -----------------------------------------------------------------------------------------------


def every(session: Session, by: str, election: str, *, now: datetime) -> list[Line]:
    """All nominations of an election, the oldest first.

    Raises:
        NotPermittedError: Only officers see them.
    """
    officers.require(session, by, Role.OFFICER)
    here = look(session, election, now)
    names = officers.names(session, {one.nomination.nominee for one in here.filed if one.nomination.accepted})
    until = records.accepted_until(here.draft.calendar)
    found = []
    for one in here.filed:
        it = one.nomination
        status = it.status(now, until)
        found.append(
            Line(
                number=it.number,
                contest=here.title(one),
                name=names.get(it.nominee, ""),
                status=status,
                due=status is Status.STANDS and here.row.frozen is None,
                challenged=len(it.waiting),
                adopted=bool(it.candidate),
                why_not=told(refusal(by, one, here)),
            )
        )
    return found


def case(session: Session, by: str, election: str, number: int, *, now: datetime) -> Case:
    """One nomination that was accepted, with every point; the log says who looked, since it shows personal data.

    Raises:
        NotPermittedError: Only officers see it; of one that is challenged, the secretariat too.
        NotFoundError: There is none of this number.
        RuleError: It was not accepted: then officers see its number and contest alone.
    """
    officers.require(session, by, Role.OFFICER, Role.SECRETARIAT)
    here, filed = look(session, election, now), records.get(session, election, number)
    it, draft = filed.nomination, here.draft
    if not it.challenges:
        officers.require(session, by, Role.OFFICER)
    if it.accepted is None:
        msg = "This nomination was not accepted by the nominee. Until it is, nobody else sees more than its number."
        raise RuleError(msg)
    views.note(session, by, f"looked at nomination {number}", election=election, now=now)
    people = officers.names(session, {it.nominee, it.by, *it.took_part})
    return Case(
        number=number,
        contest=here.title(filed),
        candidate=filed.row.candidate,
        name=people.get(it.nominee, it.nominee),
        by="" if it.itself else people.get(it.by, it.by),
        at=it.at,
        status=it.status(now, records.accepted_until(draft.calendar)),
        said=tuple(statements.every(session, election).get(filed.row.candidate, ())),
        photo=photos.get(session, election, filed.row.candidate),
        declared=tuple(declarations.answers(session, it.nominee, draft.nominations.questions)),
        seconders=_seconders(session, draft, it),
        points=scrutiny_points.of(session, election, filed, here.filed, now=now),
        decision=decided(it),
        decided_by=people.get(it.decision.by, it.decision.by) if it.decision else "",
        challenged=len(it.waiting),
        adopted=bool(it.candidate),
        seen=it.seen,
        why_not=told(refusal(by, filed, here)),
    )


def _seconders(session: Session, draft: Draft, it: Nomination) -> tuple[Seconder, ...]:
    names = [one.attribute for one in draft.nominations.independent]
    people = members.facts_of(session, it.seconders)
    found = [people[one] for one in it.seconders]
    return tuple(Seconder(one.name, tuple((name, one.value(name)) for name in names)) for one in found)


def decided(it: Nomination) -> Decision | None:
    """The decision that an officer made, in the words that the nominee reads; None while there is none."""
    return _read(it.decision) if it.decision else None


def _read(event: Event) -> Decision:
    reasons, exceptions = (tuple((title(r.point), r.sentence) for r in of) for of in (event.reasons, event.exceptions))
    texts = [event.text, *(sentence for _, sentence in (*reasons, *exceptions))]
    blank = bool(reasons or exceptions) and not any(texts)
    return Decision(event.yes, event.at, reasons, exceptions, event.text, blank)


# ---- deciding --------------------------------------------------------------------------------------------------------


def may_decide(session: Session, by: str, election: str, number: int, *, now: datetime) -> str:
    """Why somebody may not decide about a nomination now, in a sentence; empty if they may."""
    return told(refusal(by, records.get(session, election, number), look(session, election, now)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """What an officer decides.

    Attributes:
        why: By the name of each point that is not yes, a sentence: of a rejection the reason, of an admission why there
            is an exception.
        text: What else the nominee is told; needed where a decision changes, or every point is yes and it is rejected.
        seen: How many events the form saw.
    """

    admitted: bool
    why: Mapping[str, str]
    text: str
    seen: int

    @property
    def sentences(self) -> dict[str, str]:
        """Those that say something, without what nobody sees."""
        tidied = {point: statements.tidy(sentence) for point, sentence in self.why.items()}
        return {point: sentence for point, sentence in tidied.items() if sentence}


def as_read(session: Session, by: str, election: str, number: int, ruling: Ruling, *, now: datetime) -> Decision:
    """What nominee and nominator would read; nothing is decided yet.

    Raises:
        GovernanceError: As `decide`.
    """
    filed = records.get(session, election, number)
    event = _event(session, by, filed, ruling, look(session, election, now))
    return _read(event)


def decide(session: Session, by: str, election: str, number: int, ruling: Ruling, *, now: datetime) -> None:
    """Admit or reject a nomination, or change what was decided; the same thing sent twice is done once.

    Raises:
        NotPermittedError: No officer, or whom it concerns.
        NotFoundError: There is none of this number.
        RuleError: Not now, something happened meanwhile, or a reason is missing or too long.
    """
    filed = records.get(session, election, number)
    it = filed.nomination
    if _again(it, by, ruling):
        return
    event = _event(session, by, filed, ruling, look(session, election, now))
    records.add(session, filed, event)
    what = f"{'admitted' if event.yes else 'rejected'} nomination {number}"
    what += f", exceptions: {len(event.exceptions)}" if event.exceptions else ""
    officers.note(session, by, what, election=election, now=now)
    tell(session, {it.nominee, it.by}, election, "a decision", now=now)


def _event(session: Session, by: str, filed: Filed, ruling: Ruling, here: Here) -> Event:
    """The decision, once it is checked that it may be made."""
    if refused := refusal(by, filed, here):
        raise refused
    it, text = filed.nomination, statements.tidy(ruling.text)
    records.require_seen(filed, ruling.seen)
    if it.decision is not None and not text:
        msg = "Say why the decision changes."
        raise RuleError(msg)
    failed = against(scrutiny_points.of(session, here.row.id, filed, here.filed, now=here.now))
    reasons = _reasons(failed, ruling, text)
    exceptions, against_it = (reasons, ()) if ruling.admitted else ((), reasons)
    return Event(
        0, Kind.DECIDED, here.now, by, yes=ruling.admitted, reasons=against_it, exceptions=exceptions, text=text
    )


def _reasons(failed: Sequence[Point], ruling: Ruling, text: str) -> tuple[Reason, ...]:
    given = ruling.sentences
    if missing := [one.title for one in failed if one.name not in given]:
        what = "why there is an exception" if ruling.admitted else "the reason"
        msg = f"Please give {what} for each point that is not yes: {', '.join(missing)}."
        raise RuleError(msg)
    if not ruling.admitted and not failed and not text:
        msg = "Every point is yes. If it is rejected all the same, please say why."
        raise RuleError(msg)
    found = tuple(Reason(one.name, given[one.name]) for one in failed)
    if any(len(said) > MAX_TEXT for said in (text, *(one.sentence for one in found))):
        msg = "A reason is too long."
        raise RuleError(msg)
    return found


def _again(it: Nomination, by: str, ruling: Ruling) -> bool:
    """Whether this very decision is the newest thing that happened."""
    event = it.decision
    if event is None or (event.number, event.by, ruling.seen) != (it.seen, by, it.seen - 1):
        return False
    said = {one.point: one.sentence for one in (*event.reasons, *event.exceptions)}
    same = (event.yes, event.text) == (ruling.admitted, statements.tidy(ruling.text))
    return same and said.items() <= ruling.sentences.items()
