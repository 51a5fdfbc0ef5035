"""A nomination as a fold over its events (docs/nominations.md, sections 2 and 3)."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from governance.errors import RuleError


class Kind(StrEnum):
    """What can happen to a nomination."""

    NOMINATED = "nominated"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    SECONDED = "seconded"
    UNSECONDED = "unseconded"
    WITHDRAWN = "withdrawn"
    DECIDED = "decided"
    CHALLENGED = "challenged"
    REPLIED = "replied"
    RETRACTED = "retracted"
    ANSWERED = "answered"
    ADOPTED = "adopted"
    DROPPED = "dropped"


class Status(StrEnum):
    """Where a nomination stands."""

    ASKED = "waits for the nominee"
    LAPSED = "was not accepted in time"
    DECLINED = "was declined"
    WITHDRAWN = "was withdrawn"
    STANDS = "waits for scrutiny"
    ADMITTED = "was admitted"
    REJECTED = "was rejected"


@dataclass(frozen=True, slots=True)
class Reason:
    """A point of scrutiny by its name, and a sentence; of an exception, why it was granted."""

    point: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Recusal:
    """Somebody who could have answered a challenge and took no part in it; member and reason are erased in time.

    Attributes:
        office: Which they hold: what is published.
    """

    member: str
    office: str
    why: str


@dataclass(frozen=True, slots=True)
class Event:
    """One event; which of the details have a meaning hangs on its kind.

    Attributes:
        number: Of the event within the nomination, from 1.
        by: Id of the member who did it.
        contest: Of `nominated`.
        candidate: Of `adopted` and `dropped`.
        yes: Of `decided`, admitted; of `challenged`, an appeal (else an objection); of `answered`, upheld.
        about: Of `replied`, `retracted` and `answered`, the number of the challenge.
        text: What was written; empty once it was erased.
    """

    number: int
    kind: Kind
    at: datetime
    by: str
    contest: str = ""
    candidate: str = ""
    yes: bool = False
    reasons: tuple[Reason, ...] = ()
    exceptions: tuple[Reason, ...] = ()
    about: int = 0
    text: str = ""
    recused: tuple[Recusal, ...] = ()


@dataclass(frozen=True, slots=True)
class Challenge:
    """An appeal against a rejection, or an objection to an admission.

    Attributes:
        about: Id of whom it is about: the nominee, or of an appeal whoever decided what holds.
        reply: What they said to it; None while they have not.
        retracted: When it was taken back, if it was.
        answer: The decision about it; None while it waits.
    """

    number: int
    appeal: bool
    by: str
    at: datetime
    text: str
    about: str
    reply: Event | None = None
    retracted: Event | None = None
    answer: Event | None = None

    @property
    def waits(self) -> bool:
        """Whether it is still to be decided, as far as it goes by itself."""
        return self.answer is None and self.retracted is None


@dataclass(slots=True)
class Nomination:
    """What the events say.

    Attributes:
        number: Of the nomination in this installation.
        nominee: Id of a member; empty where nobody on the list has the address that was given.
        seconders: Ids, in the order in which they came.
        backers: Ids of all who ever seconded, also of those who took it back.
        decision: The scrutiny; what holds after challenges is `admitted`.
        decider: Id of whoever made the decision that holds; empty while there is none.
        took_part: Ids of those who decided, or turned a decision around: they answer no challenge to it.
        candidate: Its id in the draft, while it is adopted.
        seen: How many events there are: a form that saw fewer is stale.
    """

    number: int
    contest: str
    nominee: str
    by: str
    at: datetime
    accepted: datetime | None = None
    declined: datetime | None = None
    withdrawn: datetime | None = None
    seconders: list[str] = field(default_factory=list)
    backers: set[str] = field(default_factory=set)
    decision: Event | None = None
    admitted: bool | None = None
    decider: str = ""
    took_part: set[str] = field(default_factory=set)
    challenges: dict[int, Challenge] = field(default_factory=dict)
    candidate: str = ""
    seen: int = 0

    @property
    def itself(self) -> bool:
        """Whether the nominee nominated themselves."""
        return self.by == self.nominee != ""

    @property
    def waiting(self) -> list[Challenge]:
        """Challenges that are to be decided; none once the nominee is out of it."""
        return [] if self.ended else [one for one in self.challenges.values() if one.waits]

    @property
    def challenged(self) -> bool:
        """Whether somebody challenged a decision, and did not take it back."""
        return any(one.retracted is None for one in self.challenges.values())

    @property
    def ended(self) -> bool:
        """Whether the nominee is out of it by their own will."""
        return self.declined is not None or self.withdrawn is not None

    @property
    def stands(self) -> bool:
        """Whether the nominee has accepted, and is not out of it by their own will."""
        return self.accepted is not None and not self.ended

    def status(self, now: datetime, until: datetime) -> Status:
        """Where it stands; `until` is when acceptance ends."""
        if self.withdrawn is not None or self.declined is not None:
            return Status.WITHDRAWN if self.withdrawn is not None else Status.DECLINED
        if self.accepted is None:
            return Status.ASKED if now < until else Status.LAPSED
        if self.admitted is None:
            return Status.STANDS
        return Status.ADMITTED if self.admitted else Status.REJECTED

    @property
    def concerned(self) -> set[str]:
        """Members who take no part in deciding about it."""
        return {self.nominee, self.by, *self.backers} - {""}


def fold(number: int, nominee: str, events: Iterable[Event]) -> Nomination:
    """The nomination that its events make; both it and `nominee` are without ids where these were erased.

    Raises:
        RuleError: An event cannot follow those before it.
    """
    found: Nomination | None = None
    for event in events:
        if found is None:
            if event.kind is not Kind.NOMINATED or event.number != 1:
                raise _wrong(event)
            found = Nomination(number, event.contest, nominee, event.by, event.at, seen=1)
            if event.by == nominee != "":
                found.accepted = event.at
            continue
        _take(found, event)
        found.seen = event.number
    if found is None:
        msg = "A nomination begins with somebody who nominates."
        raise RuleError(msg)
    return found


def follow(nomination: Nomination, event: Event) -> None:
    """Add one event to a nomination.

    Raises:
        RuleError: It cannot follow what is there.
    """
    _take(nomination, event)
    nomination.seen = event.number


def _take(one: Nomination, event: Event) -> None:
    if event.number != one.seen + 1 or event.kind is Kind.NOMINATED or (one.ended and event.kind is not Kind.DROPPED):
        raise _wrong(event)
    if event.kind in (Kind.ACCEPTED, Kind.DECLINED, Kind.WITHDRAWN):
        _take_nominees(one, event)
    elif event.kind in (Kind.SECONDED, Kind.UNSECONDED):
        _take_seconders(one, event)
    elif one.accepted is None:
        raise _wrong(event)
    else:
        _take_officials(one, event)


def _take_nominees(one: Nomination, event: Event) -> None:
    answered = one.accepted is not None
    if event.by != one.nominee or answered is not (event.kind is Kind.WITHDRAWN):
        raise _wrong(event)
    setattr(one, event.kind.value, event.at)


def _take_seconders(one: Nomination, event: Event) -> None:
    there = event.by in one.seconders
    if one.accepted is None or event.by in (one.nominee, one.by) or there is (event.kind is Kind.SECONDED):
        raise _wrong(event)
    if there:
        one.seconders.remove(event.by)
    else:
        one.seconders.append(event.by)
        one.backers.add(event.by)


def _take_officials(one: Nomination, event: Event) -> None:
    match event.kind:
        case Kind.DECIDED if not one.challenged and event.by not in one.concerned:
            one.decision, one.admitted, one.decider = event, event.yes, event.by
            one.took_part.add(event.by)
        case Kind.CHALLENGED if one.admitted is not None and event.yes is not one.admitted:
            about = one.decider if event.yes else one.nominee
            one.challenges[event.number] = Challenge(event.number, event.yes, event.by, event.at, event.text, about)
        case Kind.REPLIED | Kind.RETRACTED | Kind.ANSWERED:
            _take_challenged(one, event)
        case Kind.ADOPTED if one.admitted:
            one.candidate = event.candidate
        case Kind.DROPPED if one.candidate:
            one.candidate = ""
        case _:
            raise _wrong(event)


def _take_challenged(one: Nomination, event: Event) -> None:
    """What follows a challenge that waits: whom it is about replies, it is taken back, or it is decided."""
    asked = one.challenges.get(event.about)
    if asked is None or not asked.waits:
        raise _wrong(event)
    match event.kind:
        case Kind.REPLIED if event.by == asked.about and asked.reply is None:
            one.challenges[event.about] = replace(asked, reply=event)
        case Kind.RETRACTED if event.by == asked.by:
            one.challenges[event.about] = replace(asked, retracted=event)
        case Kind.ANSWERED:
            one.challenges[event.about] = replace(asked, answer=event)
            if event.yes:
                one.admitted, one.decider = asked.appeal, event.by
                one.took_part.add(event.by)
        case _:
            raise _wrong(event)


def _wrong(event: Event) -> RuleError:
    return RuleError(f"“{event.kind}” cannot follow what happened to this nomination before.")
