"""What an entry of the register can say: a fact, with its day (docs/seats.md, section 1)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import ClassVar


class SeatClass(StrEnum):
    """How a seat comes to its holder."""

    ELECTED = "elected"
    APPOINTED = "appointed"
    EX_OFFICIO = "ex officio"


class Method(StrEnum):
    """How a vacancy is filled."""

    COUNTBACK = "countback"
    BY_ELECTION = "by-election"
    APPOINTMENT = "appointment"
    CO_OPTION = "co-option"
    """The group chooses somebody itself; it goes the way of an appointment."""
    LEFT_VACANT = "left vacant"

    @property
    def chosen(self) -> bool:
        """Whether somebody is chosen by a decision, with a call or without."""
        return self in (Method.APPOINTMENT, Method.CO_OPTION)


class How(StrEnum):
    """By what somebody holds a seat."""

    ELECTION = "election"
    UNOPPOSED = "unopposed"
    COUNTBACK = "countback"
    BY_ELECTION = "by-election"
    APPOINTMENT = "appointment"
    CO_OPTED = "co-option"
    EX_OFFICIO = "ex officio"
    EARLIER = "earlier record"


class End(StrEnum):
    """How a holding ends."""

    EXPIRED = "expired"
    RESIGNED = "resigned"
    REMOVED = "removed"
    DIED = "died"
    INCAPACITY = "incapacity"
    EARLY = "ended early"
    """As the register has it, and everybody reads it, where the cause tells of somebody's health."""
    ABOLISHED = "seat abolished"

    @property
    def kept(self) -> "End":
        """As the register keeps it: that somebody could no longer serve is read by those alone who approve it."""
        return End.EARLY if self is End.INCAPACITY else self

    @property
    def told(self) -> str:
        """As everybody reads it; entries from before the register kept it so are told so too."""
        return self.kept.value


@dataclass(frozen=True, slots=True)
class Limit:
    """How long somebody may serve; 0 is no limit.

    Attributes:
        consecutive: Terms in a row.
        lifetime: Terms in all.
        partial_days: Terms of up to so many days count for nothing, and break no row.
        gap_days: Terms are in a row with up to so many days between them.
        remainder_exempt: Whether a term that only finishes somebody else's counts for nothing.
    """

    consecutive: int = 0
    lifetime: int = 0
    partial_days: int = 0
    gap_days: int = 31
    remainder_exempt: bool = False


@dataclass(frozen=True, slots=True)
class Seat:
    """What the rules say of a seat, from a day on.

    Attributes:
        office: Seats of one office count together for limits; empty for the seat alone.
        months: Length of a term; 0 for one without end.
        anchor: A day on which a regular term of this seat begins; None where terms begin as they come.
        reserved: Of each attribute, the values of which a holder has one.
        filling: How a vacancy is filled: the ways in their order.
        vacant_under: Left vacant while fewer than so many days of the term remain.
        remainder: Whether who fills a vacancy serves to the end of that term.
        alternate_of: The seat whose alternate this is; empty for none.
        appointed_by: The appointing authority, in words.
        ratified_by: Whose vote ratifies an appointment, in words; empty where none does.
    """

    name: str
    chosen: SeatClass
    office: str = ""
    constituency: str = ""
    months: int = 24
    anchor: date | None = None
    limit: Limit = field(default_factory=Limit)
    reserved: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    filling: tuple[Method, ...] = ()
    vacant_under: int = 0
    remainder: bool = True
    alternate_of: str = ""
    appointed_by: str = ""
    ratified_by: str = ""


@dataclass(frozen=True, slots=True)
class Instrument:
    """By what somebody holds a seat.

    Attributes:
        day: Of the instrument; None where it is not known.
        election: Its id, and `contest` that of the contest, where it is one of ours.
        file: SHA-256 of its file in hexadecimal; empty without one.
    """

    how: How
    reference: str = ""
    day: date | None = None
    election: str = ""
    contest: str = ""
    file: str = ""


@dataclass(frozen=True, slots=True)
class BodyRuled:
    """The rules of a body, from a day on.

    Attributes:
        verifiers: Independent verifiers' reports that a result needs.
        declarations: What is declared before a seat is taken.
        wanted: Of each attribute and value, how many of the group should have it: “region=Africa” to 1.
    """

    kind: ClassVar[str] = "body"
    body: str
    day: date
    name: str
    verifiers: int = 0
    declarations: tuple[str, ...] = ()
    wanted: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SeatCreated:
    """A seat begins."""

    kind: ClassVar[str] = "seat"
    seat: str
    body: str
    day: date
    rules: Seat


@dataclass(frozen=True, slots=True)
class SeatChanged:
    """Other rules hold for a seat, from a day on."""

    kind: ClassVar[str] = "change"
    seat: str
    day: date
    rules: Seat


@dataclass(frozen=True, slots=True)
class SeatAbolished:
    """A seat ends; that day nobody holds it any more."""

    kind: ClassVar[str] = "abolished"
    seat: str
    day: date


@dataclass(frozen=True, slots=True)
class Named:
    """A person, or another name of theirs, from a day on; `member` is their id among the members, empty for outsiders."""

    kind: ClassVar[str] = "person"
    person: str
    day: date
    name: str
    member: str = ""


@dataclass(frozen=True, slots=True)
class Offered:
    """A seat is offered to somebody for a time; `remainder` says that it finishes somebody else's term."""

    kind: ClassVar[str] = "offered"
    holding: str
    seat: str
    person: str
    day: date
    start: date
    until: date | None
    instrument: Instrument
    remainder: bool = False
    exception: str = ""
    """The decision by which the limit of terms does not hold for them."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """They will take it."""

    kind: ClassVar[str] = "accepted"
    holding: str
    day: date


@dataclass(frozen=True, slots=True)
class Declined:
    """They will not."""

    kind: ClassVar[str] = "declined"
    holding: str
    day: date


@dataclass(frozen=True, slots=True)
class Declared:
    """They made a declaration."""

    kind: ClassVar[str] = "declared"
    holding: str
    day: date
    what: str


@dataclass(frozen=True, slots=True)
class Excepted:
    """They may take the seat although its rules say no: two people decided so; the entry's reason is why."""

    kind: ClassVar[str] = "excepted"
    holding: str
    day: date


@dataclass(frozen=True, slots=True)
class NotGiven:
    """The rules for taking the seat say no, and two people decided that somebody else gets it."""

    kind: ClassVar[str] = "not given"
    holding: str
    day: date


@dataclass(frozen=True, slots=True)
class Taken:
    """What was offered, accepted and declared is theirs: from that day on, or from the offer's if that is later."""

    kind: ClassVar[str] = "taken"
    holding: str
    day: date


@dataclass(frozen=True, slots=True)
class Seated:
    """Somebody holds a seat, from `day` until the day before `until`: without an offer, as older records say."""

    kind: ClassVar[str] = "seated"
    holding: str
    seat: str
    person: str
    day: date
    until: date | None
    instrument: Instrument
    remainder: bool = False
    exception: str = ""


@dataclass(frozen=True, slots=True)
class Ended:
    """A holding ends: from that day on it is no longer theirs."""

    kind: ClassVar[str] = "ended"
    holding: str
    day: date
    how: End


@dataclass(frozen=True, slots=True)
class Vacant:
    """A seat has no holder, from a day on; `cause` in a word or two."""

    kind: ClassVar[str] = "vacant"
    seat: str
    day: date
    cause: str


@dataclass(frozen=True, slots=True)
class Planned:
    """It was decided how the vacancy of that day is filled."""

    kind: ClassVar[str] = "planned"
    seat: str
    day: date
    method: Method
    told: str = ""


@dataclass(frozen=True, slots=True)
class Struck:
    """A correction that replaces a fact by nothing: it never was so."""

    kind: ClassVar[str] = "struck"
    day: date


Fact = (
    BodyRuled
    | SeatCreated
    | SeatChanged
    | SeatAbolished
    | Named
    | Offered
    | Accepted
    | Declined
    | Declared
    | Excepted
    | NotGiven
    | Taken
    | Seated
    | Ended
    | Vacant
    | Planned
    | Struck
)
KINDS: Mapping[str, type[Fact]] = {
    one.kind: one
    for one in (
        BodyRuled,
        SeatCreated,
        SeatChanged,
        SeatAbolished,
        Named,
        Offered,
        Accepted,
        Declined,
        Declared,
        Excepted,
        NotGiven,
        Taken,
        Seated,
        Ended,
        Vacant,
        Planned,
        Struck,
    )
}
