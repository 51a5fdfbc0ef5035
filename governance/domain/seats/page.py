"""A page of text with the history of a body, read line by line (docs/seats.md, section 7); what is wrong is said by line."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from governance.domain.eligibility.facts import read_date
from governance.domain.names import printable
from governance.domain.seats.facts import End, How, Instrument, Limit, Method, Seat, SeatClass
from governance.errors import MalformedError

MAX_BYTES = 2**20
MAX_CELL = 200
_COLUMNS = re.compile(r"\t+| {2,}")
_DAYS = re.compile(r"(\d{4}-\d{2}-\d{2})\s?\.\.\s?(\d{4}-\d{2}-\d{2})?", re.ASCII)
_MEMBER = re.compile(r"(.+?) <([^<>]+)>")
_DATE_IN = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_MONTHS = re.compile(r"(\d{1,3}) (month|year)s?", re.ASCII)

HOWS: Mapping[str, How] = {
    "elected": How.ELECTION,
    "unopposed": How.UNOPPOSED,
    "countback": How.COUNTBACK,
    "by-election": How.BY_ELECTION,
    "appointed": How.APPOINTMENT,
    "co-opted": How.CO_OPTED,
    "ex officio": How.EX_OFFICIO,
    "earlier": How.EARLIER,
}
ENDS: Mapping[str, End] = {end.value: end for end in End if end is not End.ABOLISHED}


@dataclass(frozen=True, slots=True)
class Mistake:
    """What is wrong with a line; `part` names the part of it, as `Held` does, where it is one."""

    line: int
    why: str
    part: str = ""


@dataclass(frozen=True, slots=True)
class SeatSaid:
    """A line that says more of a seat."""

    line: int
    name: str
    rules: Seat
    last: date | None = None
    """Its last day, where the seat is no more."""


@dataclass(frozen=True, slots=True)
class Held:
    """A line about one holding.

    Attributes:
        last: The last day in office; None where they still sit.
        seat: Its name; or its id, where two are called the same.
        member: The id or address by which the members' list knows them; empty for outsiders.
        end: How it ended; None where the line does not say.
    """

    line: int
    start: date
    last: date | None
    seat: str
    person: str
    member: str
    instrument: Instrument
    end: End | None = None
    remainder: bool = False
    exception: str = ""

    @property
    def until(self) -> date | None:
        """The first day that is no longer theirs."""
        return self.last + timedelta(days=1) if self.last else None


@dataclass(frozen=True, slots=True)
class Page:
    """What a page says."""

    name: str
    seats: tuple[SeatSaid, ...]
    held: tuple[Held, ...]
    mistakes: tuple[Mistake, ...]


def read(data: bytes) -> Page:
    """Read a page.

    Raises:
        MalformedError: It is too large, no text, or empty.
    """
    if len(data) > MAX_BYTES:
        msg = "The page is longer than a history of a body can be."
        raise MalformedError(msg)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        msg = "The page is not UTF-8 text."
        raise MalformedError(msg) from None
    name, seats, held, mistakes = "", list[SeatSaid](), list[Held](), list[Mistake]()
    for number, columns in _lines(text):
        try:
            word = columns[0].casefold()
            if word == "body":
                (name,) = _exactly(columns[1:], "a body line is: body, then its name")
            elif word == "seat":
                seats.append(_seat(number, columns[1:]))
            else:
                held.append(_held(number, columns))
        except MalformedError as error:
            mistakes.append(Mistake(number, str(error)))
    if not (seats or held or mistakes):
        msg = "The page is empty. One line is like: 2016-05-01..2019-04-30  Seat 1  Ann Example  elected  Vote of 2016"
        raise MalformedError(msg)
    return Page(name, tuple(seats), tuple(held), tuple(mistakes))


def _lines(text: str) -> Iterator[tuple[int, list[str]]]:
    for number, line in enumerate(text.splitlines(), 1):
        said = line.split("#", 1)[0].strip() if line.lstrip().startswith("#") else line.split("  #", 1)[0].strip()
        if said:
            yield number, [one.strip() for one in _COLUMNS.split(said) if one.strip()]


def _exactly(columns: Sequence[str], why: str) -> Sequence[str]:
    if len(columns) != 1:
        raise MalformedError(why)
    return [_cell(columns[0])]


def _cell(text: str) -> str:
    if len(text) > MAX_CELL or not printable(text):
        msg = f"“{text[:40]}” is too long, or has letters that cannot be shown"
        raise MalformedError(msg)
    return text


def write(one: Held) -> str:
    """The line that says this, so that `read` gives it back; the day of the instrument is the one in its reference.

    Raises:
        MalformedError: No line does: a word of it means something else there.
    """
    who = f"{one.person} <{one.member}>" if one.member else one.person
    how = next(name for name, how in HOWS.items() if how is one.instrument.how)
    columns = [f"{one.start}..{one.last or ''}", one.seat, who, how, one.instrument.reference, one.end or ""]
    columns += ["remainder=yes"] * one.remainder + [f"exception={one.exception}"] * bool(one.exception)
    line = "  ".join(filter(None, columns))
    held = read(line.encode()).held
    day = held[0].instrument.day if held else None
    if held != (replace(one, line=1, instrument=replace(one.instrument, day=day)),):
        msg = "One of these words means something else in the register's own language. Please write it out more fully."
        raise MalformedError(msg)
    return line


# ---- a holding -------------------------------------------------------------------------------------------------------


def _held(number: int, columns: Sequence[str]) -> Held:
    extras = {one.partition("=")[0]: one.partition("=")[2] for one in columns if _is_extra(one)}
    columns = [_cell(one) for one in columns if not _is_extra(one)]
    if len(columns) < 4 or len(columns) > 6:  # noqa: PLR2004  days, seat, person, how; instrument, end
        msg = (
            f"it has {len(columns)} columns; a line has days, seat, person, how they came to it, and if known the "
            "instrument and how it ended, with two blanks or a tab between them"
        )
        raise MalformedError(msg)
    start, last = _days(columns[0])
    end = ENDS.get(columns[-1].casefold()) if len(columns) > 4 else None  # noqa: PLR2004
    rest = columns[4:-1] if end else columns[4:]
    if len(rest) > 1:
        msg = f"“{columns[-1]}” is not how a term ends; that is one of: {', '.join(ENDS)}"
        raise MalformedError(msg)
    who = _MEMBER.fullmatch(columns[2])
    if columns[3].casefold() not in HOWS:
        msg = f"“{columns[3]}” is not how one comes to a seat; that is one of: {', '.join(HOWS)}"
        raise MalformedError(msg)
    if end and last is None:
        msg = f"it says “{end}”, but not the last day: write it after the two dots"
        raise MalformedError(msg)
    reference = rest[0] if rest else ""
    dated = _DATE_IN.search(reference)
    day = read_date(dated.group()) if dated else None
    return Held(
        line=number,
        start=start,
        last=last,
        seat=columns[1],
        person=who.group(1) if who else columns[2],
        member=who.group(2) if who else "",
        instrument=Instrument(HOWS[columns[3].casefold()], reference, day),
        end=end,
        remainder=extras.get("remainder", "").casefold() == "yes",
        exception=extras.get("exception", ""),
    )


def _is_extra(text: str) -> bool:
    return text.partition("=")[0] in ("exception", "remainder")


def _days(text: str) -> tuple[date, date | None]:
    found = _DAYS.fullmatch(text)
    if found is None:
        msg = f"“{text[:40]}” are no days; they are like 2016-05-01..2019-04-30, or 2024-05-01.. for who still sits"
        raise MalformedError(msg)
    start, last = read_date(found.group(1)), read_date(found.group(2)) if found.group(2) else None
    if last is not None and last < start:
        msg = f"the last day, {last}, is before the first, {start}"
        raise MalformedError(msg)
    return start, last


# ---- a seat ----------------------------------------------------------------------------------------------------------


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 5):  # noqa: PLR2004
        msg = f"“{text[:40]}” is not a number; write one, like 2, or leave this out"
        raise MalformedError(msg)
    return int(text)


def _filling(text: str) -> tuple[Method, ...]:
    names = [one.strip().casefold() for one in text.split(",")]
    if wrong := [one for one in names if one not in list(Method)]:
        msg = f"“{wrong[0]}” is no way to fill a vacancy; that is one of: {', '.join(Method)}"
        raise MalformedError(msg)
    return tuple(map(Method, names))


def _reserved(seat: Seat, text: str) -> Seat:
    attribute, _, values = text.partition(":")
    return replace(seat, reserved={**seat.reserved, attribute.strip(): tuple(v.strip() for v in values.split("|"))})


def _day_of(name: str, text: str) -> date:
    try:
        return read_date(text)
    except MalformedError as error:
        msg = f"{name} is a day: {error}"
        raise MalformedError(msg) from None


def _rest(text: str) -> bool:
    if text not in ("rest", "new"):
        msg = "vacancy-term is “rest” (of the term that was begun) or “new”"
        raise MalformedError(msg)
    return text == "rest"


MORE: Mapping[str, Callable[[Seat, str], Seat]] = {
    "office": lambda seat, text: replace(seat, office=text),
    "constituency": lambda seat, text: replace(seat, constituency=text),
    "anchor": lambda seat, text: replace(seat, anchor=_day_of("anchor", text)),
    "consecutive": lambda seat, text: replace(seat, limit=replace(seat.limit, consecutive=_number(text))),
    "lifetime": lambda seat, text: replace(seat, limit=replace(seat.limit, lifetime=_number(text))),
    "partial-days": lambda seat, text: replace(seat, limit=replace(seat.limit, partial_days=_number(text))),
    "gap-days": lambda seat, text: replace(seat, limit=replace(seat.limit, gap_days=_number(text))),
    "filling": lambda seat, text: replace(seat, filling=_filling(text)),
    "vacant-under": lambda seat, text: replace(seat, vacant_under=_number(text)),
    "appointed-by": lambda seat, text: replace(seat, appointed_by=text),
    "ratified-by": lambda seat, text: replace(seat, ratified_by=text),
    "reserved": _reserved,
    "vacancy-term": lambda seat, text: replace(seat, remainder=_rest(text)),
}


def _seat(number: int, columns: Sequence[str]) -> SeatSaid:
    if len(columns) < 2 or columns[1].casefold() not in list(SeatClass):  # noqa: PLR2004
        msg = f"a seat line is: seat, its name, one of {', '.join(SeatClass)}, and more if you like"
        raise MalformedError(msg)
    made, last = Seat(_cell(columns[0]), SeatClass(columns[1].casefold()), limit=Limit()), None
    for one in columns[2:]:
        name, equals, text = one.partition("=")
        if not equals and (found := _MONTHS.fullmatch(one.casefold())):
            made = replace(made, months=int(found.group(1)) * (12 if found.group(2) == "year" else 1))
        elif equals and name.strip().casefold() == "last-day":
            last = _day_of("last-day", text.strip())
        elif equals and name.strip().casefold() in MORE:
            made = MORE[name.strip().casefold()](made, _cell(text.strip()))
        else:
            msg = f"“{one[:40]}” says nothing of a seat; write “24 months” (“0 months” for one without an end), or one of: {', '.join(MORE)}, last-day, with = after it"
            raise MalformedError(msg)
    return SeatSaid(number, made.name, made, last)
