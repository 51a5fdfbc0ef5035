"""From a result to seats, and from a vacancy to its filling: which rule applies (docs/seats.md, sections 4 and 5)."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from governance.domain.seats import terms
from governance.domain.seats.book import Book, Gap
from governance.domain.seats.facts import End, How, Method, SeatClass

_OPEN_END = date.max


@dataclass(frozen=True, slots=True)
class Place:
    """A seat that is to be filled: its term `[start, end)`; `end` is None for one without end."""

    seat: str
    start: date
    end: date | None


def assign(elected: Sequence[str], places: Sequence[Place]) -> list[tuple[str, Place]]:
    """The elected in the order of their election, each with a seat: the longest terms first.

    So the shortest term goes to the last of them, and where there are fewer than seats, short terms stay free
    (W3C Process, 2.5.2).
    """
    longest = sorted(places, key=lambda one: (-(one.end or _OPEN_END).toordinal(), one.seat))
    return list(zip(elected, longest, strict=False))


def place(book: Book, seat: str, start: date) -> Place:
    """The term for which a seat is filled by a regular election that seats people on a day."""
    return Place(seat, start, terms.ends(book.seats[seat].on(start), start))


# ---- the way from a result to a seat ---------------------------------------------------------------------------------


class Step(StrEnum):
    """How far a result has come."""

    OPEN = "no result yet"
    DECLARED = "declared"
    """In the challenge window."""
    CHALLENGED = "challenged"
    """The window is over, and a challenge is undecided."""
    REPORTS = "waits for verifiers"
    DUE = "can be certified"
    CERTIFIED = "certified"


def step(  # noqa: PLR0913  all that a result waits for
    *, counted: bool, window_over: bool, undecided: int, reports: int, needed: int, certified: bool
) -> Step:
    """How far a result has come."""
    if certified or not counted:
        return Step.CERTIFIED if certified else Step.OPEN
    if not window_over:
        return Step.DECLARED
    if undecided:
        return Step.CHALLENGED
    return Step.REPORTS if reports < needed else Step.DUE


# ---- vacancies -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Way:
    """How a vacancy is filled now, why, and for which term.

    Attributes:
        method: None where the rule has no way left: then the organisation decides.
        others: The ways that come after it.
    """

    method: Method | None
    why: str
    term: Place
    others: tuple[Method, ...] = ()


def way(book: Book, gap: Gap, day: date, *, failed: Collection[Method] = (), counted: bool = False) -> Way:
    """How a vacancy is filled.

    Args:
        book: The register.
        gap: The vacancy.
        day: The day on which somebody asks; a new holder would begin then, or on its first day.
        failed: The ways that were tried in vain.
        counted: Whether the votes of an election lie here that elected a holder before.
    """
    start = max(day, gap.start)
    rules = book.seats[gap.seat].on(start)
    end = _end(book, gap, start)
    term = Place(gap.seat, start, end)
    if (regular := _regular(book, gap)) is not None:
        return Way(*regular, term)
    left = (end - start).days if end else None
    if left is not None and left < rules.vacant_under:
        why = f"{left} days of the term remain, fewer than {rules.vacant_under}: the seat is left vacant."
        return Way(Method.LEFT_VACANT, why, term)
    ways = [one for one in rules.filling if one not in failed and (counted or one is not Method.COUNTBACK)]
    if not ways:
        return Way(None, "The rule of this seat names no way that is left.", term)
    return Way(ways[0], f"The rule of this seat names: {', then '.join(rules.filling)}.", term, tuple(ways[1:]))


def _regular(book: Book, gap: Gap) -> tuple[Method | None, str] | None:
    """How a seat is filled whose term was over, or that is new: as it always is; None of a casual vacancy.

    It is a casual one too where somebody was chosen for it, and declined.
    """
    if gap.after is not None and gap.after.how not in (None, End.EXPIRED):
        return None
    if any(one.seat == gap.seat and one.declined and one.start >= gap.start for one in book.holdings.values()):
        return None
    told = {
        SeatClass.ELECTED: (None, "No term runs: the next election fills this seat."),
        SeatClass.APPOINTED: (Method.APPOINTMENT, "No term runs: this seat is filled by appointment."),
        SeatClass.EX_OFFICIO: (None, "No term runs: this seat follows another office."),
    }
    return told[book.seats[gap.seat].on(gap.start).chosen]


def _end(book: Book, gap: Gap, start: date) -> date | None:
    """When the term of who fills a vacancy ends: with the term that was begun, where only its rest is filled."""
    rules = book.seats[gap.seat].on(start)
    before = gap.after
    if rules.remainder and before is not None and before.until is not None and before.until > start:
        return before.until
    return terms.ends(rules, start)


def remainder(book: Book, gap: Gap, start: date) -> bool:
    """Whether who fills a vacancy on a day only finishes somebody else's term."""
    rules = book.seats[gap.seat].on(start)
    if gap.after is not None and gap.after.until is not None:
        return rules.remainder and start < gap.after.until
    return False


def sources(book: Book, seat: str) -> tuple[str, str, str] | None:
    """Election, contest and holding by whose votes a vacancy of a seat can be filled: of whom the votes gave it to last.

    That is the last holder who was elected, or the last winner who declined.
    """
    held = [one for one in book.holdings.values() if one.seat == seat and (one.seated or one.declined)]
    for one in sorted(held, key=lambda one: (one.start, one.entry), reverse=True):
        made = one.instrument
        if made.election and made.contest and made.how is not How.APPOINTMENT:
            return made.election, made.contest, one.id
    return None
