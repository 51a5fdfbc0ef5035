"""An entry of the register in a sentence: for whoever approves it, and for the history that everybody reads."""

import unicodedata
from datetime import date

from governance.domain.seats import facts as f
from governance.domain.seats.book import Book
from governance.domain.seats.facts import Fact, Seat


def tell(fact: Fact, book: Book, *, whole: bool = False) -> str:  # noqa: C901, PLR0911, PLR0912  one line for each kind
    """A fact as a sentence; names are those of the book, and ids where it has none.

    `whole` is for those who approve it: what is about somebody's health is not told to everybody.
    """
    match fact:
        case f.BodyRuled():
            return f"{fact.name}: rules of the group from {fact.day} on."
        case f.SeatCreated():
            return f"New seat “{fact.rules.name}” from {fact.day} on: {rules(fact.rules)}."
        case f.SeatChanged():
            return f"“{fact.rules.name}”: other rules from {fact.day} on: {rules(fact.rules)}."
        case f.SeatAbolished():
            return f"{seat(book, fact.seat, fact.day)} is abolished on {fact.day}."
        case f.Named():
            return f"{fact.name} is entered{'' if fact.member else ', who is no member'}."
        case f.Offered():
            return (
                f"{seat(book, fact.seat, fact.start)} is offered to {person(book, fact.person)} for "
                f"{span(fact.start, fact.until)} ({_by(fact)}){_exception(fact.exception)}."
            )
        case f.Seated():
            return (
                f"{person(book, fact.person)} holds {seat(book, fact.seat, fact.day)} for "
                f"{span(fact.day, fact.until)} ({_by(fact)}){_exception(fact.exception)}."
            )
        case f.Accepted():
            return f"{who(book, fact.holding)} accepted on {fact.day}."
        case f.Declined():
            return f"{who(book, fact.holding)} declined on {fact.day}."
        case f.Declared():
            return f"{who(book, fact.holding)} made the declaration “{fact.what}” on {fact.day}."
        case f.Excepted():
            return f"{who(book, fact.holding)}: may take it, although its rules say no (decided on {fact.day})."
        case f.NotGiven():
            return f"{who(book, fact.holding)}: not given on {fact.day}, because the rules for taking it say no."
        case f.Taken():
            return f"{who(book, fact.holding)} has the seat from {fact.day} on."
        case f.Ended():
            return f"{who(book, fact.holding)}: ended on {fact.day} ({fact.how if whole else fact.how.told})."
        case f.Vacant():
            return f"{seat(book, fact.seat, fact.day)} is vacant from {fact.day} on ({fact.cause})."
        case f.Planned():
            told = f": {fact.told}" if fact.told else ""
            return f"The vacancy of {seat(book, fact.seat, fact.day)} since {fact.day}: {fact.method}{told}."
        case f.Struck():
            return "Struck out: it never was so."


def _by(fact: f.Offered | f.Seated) -> str:
    """By what, so that whoever approves it can look it up, and whether it is the rest of a term."""
    told = [str(fact.instrument.how), fact.instrument.reference]
    return ", ".join(one for one in (*told, "the rest of a term" if fact.remainder else "") if one)


def _exception(text: str) -> str:
    return f", beyond the limit of terms by {text}" if text else ""


def spelt(name: str) -> tuple[str, ...]:
    """The words of a name by which two spellings are one: without case, accents, marks, and what is invisible."""
    flat = unicodedata.normalize("NFKD", name.casefold())
    kept = (one for one in flat if unicodedata.category(one) not in {"Mn", "Cf"})
    return tuple("".join(one if one.isalnum() else " " for one in kept).split())


def seat(book: Book, name: str, day: date) -> str:
    """A seat by its name on a day."""
    line = book.seats.get(name)
    return f"“{line.on(day).name if line else name}”"


def person(book: Book, name: str) -> str:
    """A person by their name."""
    found = book.people.get(name)
    return found.name if found else name


def who(book: Book, holding: str) -> str:
    """A holding by its person and its seat."""
    one = book.holdings.get(holding)
    return f"{person(book, one.person)}, {seat(book, one.seat, one.start)}" if one else f"The holding {holding}"


def span(start: date, until: date | None) -> str:
    """A time, with the day on which it ends."""
    return f"{start} until {until}" if until else f"{start} without an end"


def rules(made: Seat) -> str:
    """The rules of a seat in a line."""
    told = [str(made.chosen), f"terms of {made.months} months" if made.months else "without end"]
    told += [f"of the office {made.office}"] if made.office else []
    told += [made.constituency] if made.constituency else []
    told += [f"regular terms since {made.anchor}"] if made.anchor else []
    told += [f"reserved: {name} {' or '.join(values)}" for name, values in sorted(made.reserved.items())]
    if made.limit.consecutive or made.limit.lifetime:
        told.append(f"limit {made.limit.consecutive or 'none'} in a row, {made.limit.lifetime or 'none'} in all")
    told += [f"vacancies: {', then '.join(made.filling)}"] if made.filling else []
    told += [f"left vacant under {made.vacant_under} days"] if made.vacant_under else []
    told += [f"alternate of {made.alternate_of}"] if made.alternate_of else []
    told += [f"appointed by {made.appointed_by}"] if made.appointed_by else []
    told += [f"ratified by {made.ratified_by}"] if made.ratified_by else []
    return ", ".join(told)
