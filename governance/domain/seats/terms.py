"""The term calculator: who may serve again, when, and why; when a seat's terms begin and end (docs/seats.md, section 3)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import MAXYEAR, MINYEAR, date, timedelta

from governance.domain.eligibility.facts import Term
from governance.domain.seats.book import Book, Holding, SeatLine
from governance.domain.seats.facts import Limit, Seat

_MONTHS = 12


def months_later(day: date, months: int) -> date:
    """The same day of the month so many months later, or the last one of a shorter month; no later than days go."""
    years, month = divmod(day.month - 1 + months, _MONTHS)
    year, last = day.year + years, 31
    if not MINYEAR <= year <= MAXYEAR:
        return date.max if year > MAXYEAR else date.min
    while True:
        try:
            return date(year, month + 1, min(day.day, last))
        except ValueError:
            last -= 1


def regular(rules: Seat, day: date) -> tuple[date, date] | None:
    """The regular term that a day lies in, `[begin, end)`; None where terms begin as they come, or have no end."""
    if rules.anchor is None or not rules.months:
        return None
    turns = ((day.year - rules.anchor.year) * _MONTHS + day.month - rules.anchor.month) // rules.months - 1
    while (later := months_later(rules.anchor, (turns + 1) * rules.months)) <= day and later < date.max:
        turns += 1
    return months_later(rules.anchor, turns * rules.months), months_later(rules.anchor, (turns + 1) * rules.months)


def ends(rules: Seat, start: date) -> date | None:
    """When a term that begins on a day ends; None for never."""
    if not rules.months:
        return None
    cycle = regular(rules, start)
    return cycle[1] if cycle else months_later(start, rules.months)


# ---- limits ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Served:
    """A term, and whether it only finished somebody else's."""

    term: Term
    remainder: bool = False


@dataclass(frozen=True, slots=True)
class Again:
    """Whether somebody may serve another term in a seat that begins on a day.

    Attributes:
        row: Terms in a row before that day; `whole` are all that count.
        rule: What the rule says.
        why: The answer with its facts, as a sentence.
        terms: The terms that were looked at, the first one first.
        earliest: The first day, from the day asked about on, on which the answer is yes; None for never.
    """

    allowed: bool
    row: int
    whole: int
    rule: str
    why: str
    terms: tuple[Term, ...]
    earliest: date | None


def counts(limit: Limit, one: Served, at: date) -> bool:
    """Whether a term counts, as it is on a day."""
    if limit.remainder_exempt and one.remainder:
        return False
    return (min(one.term.ended or at, at) - one.term.began).days > limit.partial_days


def in_a_row(limit: Limit, served: Sequence[Served], at: date) -> int:
    """How many terms that count follow each other up to a day; what does not count breaks no row.

    Without `remainder_exempt` it is `eligibility.of_offices.in_a_row`.
    """
    count, later = 0, at
    for one in reversed([one for one in served if one.term.began < at]):
        if (later - min(one.term.ended or at, at)).days > limit.gap_days:
            break
        count += counts(limit, one, at)
        later = one.term.began
    return count


def whole(limit: Limit, served: Iterable[Served], at: date) -> int:
    """How many terms count, up to a day."""
    return sum(counts(limit, one, at) for one in served if one.term.began < at)


def within(limit: Limit, served: Sequence[Served], at: date) -> bool:
    """Whether a term that begins on a day keeps the limit."""
    return (not limit.consecutive or in_a_row(limit, served, at) < limit.consecutive) and (
        not limit.lifetime or whole(limit, served, at) < limit.lifetime
    )


def says(limit: Limit) -> str:
    """A limit as a sentence without its full stop."""
    if not limit.consecutive and not limit.lifetime:
        return "there is no limit of terms"
    told = [
        f"{number} {words}" for number, words in ((limit.consecutive, "in a row"), (limit.lifetime, "in all")) if number
    ]
    exempt = [f"terms of up to {limit.partial_days} days"] if limit.partial_days else []
    exempt += ["terms that only finish somebody else's"] if limit.remainder_exempt else []
    return f"at most {' and '.join(told)}" + (f" ({' and '.join(exempt)} do not count)" if exempt else "")


def again(limit: Limit, served: Sequence[Served], at: date) -> Again:
    """Whether somebody with these terms may begin another one on a day, and why."""
    row, total = in_a_row(limit, served, at), whole(limit, served, at)
    allowed = within(limit, served, at)
    facts = f"served {row} in a row and {total} in all before {at.isoformat()}"
    rule, verb = says(limit), "may" if allowed else "may not"
    return Again(
        allowed=allowed,
        row=row,
        whole=total,
        rule=rule,
        why=f"They {verb}: {facts}; the rule says: {rule}.",
        terms=tuple(one.term for one in served),
        earliest=_earliest(limit, served, at),
    )


def _earliest(limit: Limit, served: Sequence[Served], at: date) -> date | None:
    """The first day from `at` on; only the end of a gap can make a no a yes."""
    if within(limit, served, at):
        return at
    if any(one.term.ended is None for one in served):
        return None
    last = max((one.term.ended for one in served if one.term.ended), default=at)
    day = max(at, last + timedelta(days=limit.gap_days + 1))
    return day if within(limit, served, day) else None


# ---- of the register -------------------------------------------------------------------------------------------------


def key(name: str) -> str:
    """An id as the rules of eligibility name it."""
    return name.casefold().replace("-", "_")


def _alike(line: SeatLine, rules: Seat, other: SeatLine, day: date) -> bool:
    return line.id == other.id or (bool(rules.office) and other.on(day).office == rules.office)


def served(book: Book, person: str, seat: str, day: date, *, but: str = "") -> list[Served]:
    """The terms of a person that count together for a seat whose rules are those of a day.

    Args:
        book: The register.
        person: Whose.
        seat: Which seat.
        day: Of the rules that say which seats are of one office.
        but: A holding that is left out.
    """
    line = book.seats[seat]
    rules = line.on(day)
    held = [
        one
        for one in book.holdings.values()
        if one.person == person
        and one.seated
        and one.id != but
        and _alike(line, rules, book.seats[one.seat], one.start)
    ]
    return [Served(Term(one.start, one.end), one.remainder) for one in sorted(held, key=_when)]


def _when(one: Holding) -> tuple[date, int]:
    return one.start, one.entry


def may_serve(book: Book, person: str, seat: str, day: date) -> Again:
    """Whether a person may begin a term in a seat on a day."""
    return again(book.seats[seat].on(day).limit, served(book, person, seat, day), day)


def of_members(book: Book) -> dict[str, dict[str, tuple[Term, ...]]]:
    """The terms of every member by their id, under each key that a rule can name: a seat, an office, a body."""
    found: dict[str, dict[str, list[Term]]] = {}
    for one in sorted(book.holdings.values(), key=_when):
        member = book.people[one.person].member
        if not one.seated or not member:
            continue
        line = book.seats[one.seat]
        for name in {key(line.id), key(line.on(one.start).office), key(line.body)} - {""}:
            found.setdefault(member, {}).setdefault(name, []).append(Term(one.start, one.end))
    return {member: {name: tuple(terms) for name, terms in held.items()} for member, held in found.items()}


def known(book: Book) -> frozenset[str]:
    """The keys of which the register knows who served: of all others it says nothing."""
    lines = book.seats.values()
    offices = {key(rules.office) for line in lines for _, rules in line.rules}
    return frozenset({key(line.id) for line in lines} | {key(line.body) for line in lines} | offices) - {""}
