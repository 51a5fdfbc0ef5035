"""The laws of the register, and what follows from them by itself (docs/seats.md, section 2)."""

from collections.abc import Iterator, Mapping
from datetime import date
from itertools import pairwise

from governance.domain.seats import facts as f
from governance.domain.seats import terms
from governance.domain.seats.book import Book, Gap, Holding
from governance.domain.seats.facts import End
from governance.errors import RuleError

NEW = "new seat"
NOT_FILLED = "not filled"


def check(book: Book, upto: date) -> None:
    """Check every law.

    Args:
        book: The register.
        upto: The day on which something was recorded last: up to it, every gap is a recorded vacancy.

    Raises:
        RuleError: One does not hold; the sentence says what to do.
    """
    for why in broken(book, upto):
        raise RuleError(why)


def broken(book: Book, upto: date) -> Iterator[str]:
    """What breaks a law, in sentences."""
    yield from _names(book)
    yield from _rules(book)
    for one in book.holdings.values():
        if why := _shape(book, one):
            yield why
            return  # what follows asks for seats and people that are there
    for seat in book.seats:
        yield from _one_holder(book, seat)
        yield from _no_unrecorded_gap(book, seat, upto)
    yield from _limits(book)


def _names(book: Book) -> Iterator[str]:
    """One member is one person of the register."""
    seen: dict[str, str] = {}
    for one in book.people.values():
        if one.member and seen.setdefault(one.member, one.id) != one.id:
            yield f"{one.name} stands in the register already, as {seen[one.member]}."
        if not all(name.strip() for _, name in one.names):
            yield "A person needs a name."


def _rules(book: Book) -> Iterator[str]:
    for line in book.seats.values():
        for _, rules in line.rules:
            if not rules.name.strip():
                yield "A seat needs a name."
            if rules.alternate_of and (rules.alternate_of == line.id or rules.alternate_of not in book.seats):
                yield f"“{rules.name}” is the alternate of a seat that is not there."


def _shape(book: Book, one: Holding) -> str:
    line = book.seats.get(one.seat)
    if line is None or one.person not in book.people:
        return "A holding is of a seat and a person that stand in the register."
    who, seat = book.people[one.person].name, line.on(one.start).name
    if one.until is not None and one.until <= one.start:
        return f"{who}: the term in “{seat}” would end on {one.until}, before it has begun."
    if one.ended is not None and (one.ended <= one.start or (one.until is not None and one.ended > one.until)):
        last = f" and at the latest on {one.until}" if one.until else ""
        return f"{who}: a holding that begins on {one.start} ends after that day{last}, and not on {one.ended}."
    if one.seated and one.start < line.created:
        return f"{who}: “{seat}” begins on {line.created}, so nobody holds it before."
    if one.seated and line.abolished is not None and (one.end is None or one.end > line.abolished):
        return f"{who} would hold “{seat}” on and after {line.abolished}, the day on which it is abolished."
    return ""


def _one_holder(book: Book, seat: str) -> Iterator[str]:
    for one, other in pairwise(book.of(seat)):
        if one.end is None or one.end > other.start:
            a, b = (book.people[each.person].name for each in (one, other))
            name = book.seats[seat].on(other.start).name
            till = f"until {one.end}" if one.end else "without an end"
            yield (
                f"“{name}” has one holder at a time: {a} holds it from {one.start} {till}, {b} would from {other.start}."
            )


def _no_unrecorded_gap(book: Book, seat: str, upto: date) -> Iterator[str]:
    starts = {gap.start: gap for gap in book.gaps(seat)}
    name = book.seats[seat].on(upto).name
    for day in starts:
        if day <= upto and (seat, day) not in book.vacant:
            yield f"Nobody holds “{name}” from {day} on, and no vacancy is recorded."
    for which, day in (*book.vacant, *book.planned):
        if which == seat and day not in starts:
            yield f"No vacancy of “{name}” begins on {day}."


def _limits(book: Book) -> Iterator[str]:
    for one in book.holdings.values():
        if not one.seated or one.exception:
            continue
        rules = book.seats[one.seat].on(one.start)
        before = terms.served(book, one.person, one.seat, one.start, but=one.id)
        if not terms.within(rules.limit, before, one.start):
            who = book.people[one.person].name
            row = terms.in_a_row(rules.limit, before, one.start)
            all_ = terms.whole(rules.limit, before, one.start)
            yield (
                f"{who} has served {row} in a row and {all_} in all before {one.start}, and for “{rules.name}” the "
                f"rule says: {terms.says(rules.limit)}. If it was decided otherwise, name the decision."
            )


# ---- what follows by itself ------------------------------------------------------------------------------------------


def due(book: Book, upto: date) -> list[f.Fact]:
    """The ends that have come by themselves: of terms, and of seats that were abolished."""
    found: list[f.Fact] = []
    for one in book.holdings.values():
        line = book.seats.get(one.seat)
        if not one.seated or one.ended or line is None:
            continue
        if line.abolished is not None and (one.until is None or line.abolished < one.until):
            found.append(f.Ended(one.id, line.abolished, End.ABOLISHED))
        elif one.until is not None and one.until <= upto:
            found.append(f.Ended(one.id, one.until, End.EXPIRED))
    return found


def vacancies(book: Book, upto: date) -> list[f.Fact]:
    """The vacancies that are to be recorded: every gap that has begun."""
    gaps = (gap for seat in book.seats for gap in book.gaps(seat))
    return [
        f.Vacant(gap.seat, gap.start, cause(gap))
        for gap in gaps
        if gap.start <= upto and (gap.seat, gap.start) not in book.vacant
    ]


def cause(gap: Gap) -> str:
    """Why a seat is vacant, in a word or two."""
    if gap.after is None:
        return NEW
    return gap.after.how.told if gap.after.how else NOT_FILLED


def moot(book: Book, standing: Mapping[int, f.Fact]) -> list[int]:
    """Numbers of the entries that a correction or a successor has made untrue: ends by expiry, vacancies, their plans."""
    starts = {(gap.seat, gap.start): gap for seat in book.seats for gap in book.gaps(seat)}
    found = []
    for number, one in standing.items():
        match one:
            case f.Vacant():
                gap = starts.get((one.seat, one.day))
                if gap is None or cause(gap) != one.cause:
                    found.append(number)
            case f.Planned() if (one.seat, one.day) not in starts:
                found.append(number)
            case _:
                pass
    return found


def outlived(book: Book, standing: Mapping[int, f.Fact]) -> list[int]:
    """Numbers of the ends by expiry whose term has another planned end now."""
    return [
        number
        for number, one in standing.items()
        if isinstance(one, f.Ended)
        and one.how is End.EXPIRED
        and one.holding in book.holdings
        and book.holdings[one.holding].until != one.day
    ]
