"""The members' list as a CSV file: read with an error for each bad line, compared with what is there, written disarmed.

Columns: email, name, country, region, joined (a date), and if wanted id, status, kind and delegate; every other column is
a declared attribute. A line is about the member with its id, or without one about the member with its e-mail address.
A column that is not there changes nothing in those who are: a list without declarations does not erase them.
"""

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum

from governance.domain.capacity import Kind, listed_as
from governance.domain.feasible import ID
from governance.domain.names import printable
from governance.errors import MalformedError

MAX_BYTES = 2**24
MAX_CELL = 200
NEEDED = ("email", "name", "country", "region", "joined")
_OWN = (*NEEDED, "id", "status", "kind", "delegate")
_ADDRESS = re.compile(r"\w[^@\s,;:<>()\[\]\\\"]{0,63}@[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63})+")
_ATTRIBUTE = re.compile(r"[a-z][a-z0-9_]{0,39}", re.ASCII)
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What a cell begins with that a spreadsheet would run."""


class Status(StrEnum):
    """Whether a membership stands."""

    ACTIVE = "active"
    SUSPENDED = "suspended"
    LEFT = "left"


def address(email: str) -> str:
    """The form in which addresses are compared: one mailbox, one member."""
    return email.strip().casefold()


@dataclass(frozen=True, slots=True)
class Row:
    """A member as the list has them; `id` is empty on a line that names none."""

    id: str
    email: str
    name: str
    country: str
    region: str
    joined: date
    status: Status = Status.ACTIVE
    attributes: Mapping[str, str] = field(default_factory=dict)
    kind: Kind = Kind.INDIVIDUAL
    delegate: str = ""
    """Who votes for an organisation; empty for a person."""

    def differences(self, other: "Row") -> tuple[str, ...]:
        """The names of the fields in which two rows of one member differ."""
        names = ("email", "name", "country", "region", "joined", "status", "kind", "delegate")
        changed = [name for name in names if getattr(self, name) != getattr(other, name)]
        attributes = sorted({*self.attributes, *other.attributes})
        changed += [name for name in attributes if self.attributes.get(name, "") != other.attributes.get(name, "")]
        return tuple(changed)


@dataclass(frozen=True, slots=True)
class Mistake:
    """What is wrong with one line of the file; line 1 has the names of the columns."""

    line: int
    why: str


@dataclass(frozen=True, slots=True)
class Listed:
    """A file as read."""

    rows: tuple[tuple[int, Row], ...] = ()
    """(line, row)."""
    mistakes: tuple[Mistake, ...] = ()
    columns: frozenset[str] = frozenset(_OWN)


@dataclass(frozen=True, slots=True)
class Change:
    """A member as they are, and as the file has them."""

    line: int
    before: Row
    after: Row

    @property
    def fields(self) -> tuple[str, ...]:
        """What changes."""
        return self.before.differences(self.after)

    @property
    def told(self) -> tuple[tuple[str, str, str], ...]:
        """(field, before, after) of what changes; what was declared is named alone, for some of it is about health."""
        return tuple(
            (name, str(getattr(self.before, name)), str(getattr(self.after, name))) if name in _OWN else (name, "", "")
            for name in self.fields
        )


@dataclass(frozen=True, slots=True)
class Plan:
    """What a file would do; nothing may be done while there are mistakes or conflicts."""

    additions: tuple[tuple[int, Row], ...]
    changes: tuple[Change, ...]
    removals: tuple[Row, ...]
    """Members who are not in the file."""
    unchanged: int
    mistakes: tuple[Mistake, ...]
    conflicts: tuple[Mistake, ...]
    """Lines that are well formed, and contradict each other or what is there."""
    doubts: tuple[Mistake, ...] = ()
    """Lines that somebody should look at; they do not stop the file."""


def read(data: bytes) -> Listed:
    """Read a file; what is wrong is said line by line, and nothing is guessed.

    Raises:
        MalformedError: It is no CSV file with the columns that are needed.
    """
    if len(data) > MAX_BYTES:
        msg = "The file is larger than a list of members can be."
        raise MalformedError(msg)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        msg = "The file is not UTF-8 text: save it as “CSV UTF-8”."
        raise MalformedError(msg) from None
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    rows: list[tuple[int, Row]] = []
    mistakes: list[Mistake] = []
    columns: list[str] = []
    try:
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            if not columns:
                columns = _columns(cells)
                continue
            try:
                rows.append((reader.line_num, _row(columns, cells)))
            except MalformedError as error:
                mistakes.append(Mistake(reader.line_num, str(error)))
    except csv.Error as error:
        mistakes.append(Mistake(reader.line_num, f"the line cannot be read ({error})"))
    if not columns:
        msg = "The file is empty."
        raise MalformedError(msg)
    return Listed(tuple(rows), tuple(mistakes), frozenset(columns))


def _delimiter(text: str) -> str:
    """A comma, or the semicolon that spreadsheets write in many countries."""
    first = text.partition("\n")[0]
    return ";" if first.count(";") > first.count(",") else ","


def _columns(cells: Sequence[str]) -> list[str]:
    columns = [cell.strip().casefold().replace(" ", "_") for cell in cells]
    missing = [name for name in NEEDED if name not in columns]
    if missing:
        msg = f"The first line must name the columns; missing: {', '.join(missing)}."
        raise MalformedError(msg)
    if len(set(columns)) < len(columns):
        msg = "Two columns have one name."
        raise MalformedError(msg)
    for name in columns:
        if name not in _OWN and not _ATTRIBUTE.fullmatch(name):
            msg = f"The column {name[:40]!r} cannot be an attribute: use small letters, digits and underscores."
            raise MalformedError(msg)
    return columns


def _row(columns: Sequence[str], cells: Sequence[str]) -> Row:
    if len(cells) != len(columns):
        msg = f"it has {len(cells)} cells, and there are {len(columns)} columns"
        raise MalformedError(msg)
    values = {name: armed(" ".join(cell.split())) for name, cell in zip(columns, cells, strict=True)}
    long = [name for name, value in values.items() if len(value) > MAX_CELL or not printable(value)]
    if long:
        msg = f"{long[0]} is too long, or has letters that cannot be shown"
        raise MalformedError(msg)
    _refuse_coded(values)
    if not (_ADDRESS.fullmatch(values["email"]) and values["email"].isprintable()):
        msg = "the e-mail address is not one"
        raise MalformedError(msg)
    if not values["name"]:
        msg = "the name is missing"
        raise MalformedError(msg)
    if values["name"].startswith(_FORMULA):
        msg = "the name begins with a sign that a spreadsheet would run"
        raise MalformedError(msg)
    if values.get("id") and not ID.fullmatch(values["id"]):
        msg = "an id has 1 to 64 letters, digits, hyphens and underscores"
        raise MalformedError(msg)
    try:
        joined = date.fromisoformat(values["joined"])
    except ValueError:
        msg = "joined is not a date like 2026-03-01"
        raise MalformedError(msg) from None
    status = values.get("status") or Status.ACTIVE
    if status not in list(Status):
        msg = f"status is not one of {', '.join(Status)}"
        raise MalformedError(msg)
    return Row(
        id=values.get("id", ""),
        email=values["email"],
        name=values["name"],
        country=values["country"],
        region=values["region"],
        joined=joined,
        status=Status(status),
        attributes={name: value for name, value in values.items() if name not in _OWN and value},
        kind=_kind(values.get("kind", "")),
        delegate=values.get("delegate", ""),
    )


def _refuse_coded(values: Mapping[str, str]) -> None:
    coded = [name for name in ("email", "name", "delegate") if "=?" in values.get(name, "")]
    if coded:  # RFC 2047: mail programs would decode it
        msg = f"{coded[0]} has the two characters =? together, which mail programs read as a code"
        raise MalformedError(msg)


def _kind(told: str) -> Kind:
    kind = told.casefold().replace("organization", Kind.ORGANISATION) or Kind.INDIVIDUAL
    if kind not in list(Kind):
        msg = f"kind is not one of {', '.join(Kind)}"
        raise MalformedError(msg)
    return Kind(kind)


def plan(listed: Listed, existing: Iterable[Row]) -> Plan:
    """What a file would change."""
    by_id = {row.id: row for row in existing}
    by_address = {address(row.email): row for row in by_id.values()}
    additions: list[tuple[int, Row]] = []
    changes: list[Change] = []
    conflicts: list[Mistake] = []
    seen_ids: dict[str, int] = {}
    seen_addresses: dict[str, int] = {}
    unchanged = 0
    for line, given in listed.rows:
        there = by_address.get(address(given.email))
        before = by_id.get(given.id) if given.id else there
        row = _completed(given, before, listed.columns) if before else given
        who = before.id if before else row.id
        why = ""
        if address(row.email) in seen_addresses:
            why = f"the address stands on line {seen_addresses[address(row.email)]} already"
        elif who and who in seen_ids:
            why = f"this member stands on line {seen_ids[who]} already"
        elif there and there is not before:
            why = "another member has this address (an organisation needs one of its own)"
        else:
            why = _capacity(row)
        seen_addresses.setdefault(address(row.email), line)
        if who:
            seen_ids.setdefault(who, line)
        if why:
            conflicts.append(Mistake(line, why))
        elif before is None:
            additions.append((line, row))
        elif row.differences(before):
            changes.append(Change(line, before, row))
        else:
            unchanged += 1
    removals = tuple(row for row in by_id.values() if row.id not in seen_ids and row.status is not Status.LEFT)
    new = [*additions, *((change.line, change.after) for change in changes)]
    kept = [row for row in by_id.values() if row.id not in {row.id for _, row in new}]
    doubts = _doubts(new, kept)
    return Plan(tuple(additions), tuple(changes), removals, unchanged, listed.mistakes, tuple(conflicts), doubts)


def _completed(row: Row, before: Row, columns: frozenset[str]) -> Row:
    """A line about somebody who is there: what its file has no column for stays.

    Without a column for it, whoever stands in the list is a member again, unless the membership is suspended.
    """
    kept = {name: value for name, value in before.attributes.items() if name not in columns}
    kind = row.kind if "kind" in columns else before.kind
    delegate = row.delegate if "delegate" in columns or kind is Kind.INDIVIDUAL else before.delegate
    status = before.status if "status" not in columns and before.status is Status.SUSPENDED else row.status
    return replace(row, status=status, kind=kind, delegate=delegate, attributes={**row.attributes, **kept})


def _capacity(row: Row) -> str:
    """What is wrong with a person or an organisation as a voter; empty if nothing."""
    if row.kind is Kind.INDIVIDUAL and row.delegate:
        return "only an organisation has a delegate: is its kind missing?"
    if row.kind is Kind.ORGANISATION and not row.delegate:
        return "an organisation votes through one named delegate, and none is named"
    if row.delegate.startswith(_FORMULA):
        return "the delegate's name begins with a sign that a spreadsheet would run"
    if len(listed_as(row.name, row.delegate)) > MAX_CELL:
        return "the names of the organisation and of its delegate are too long together"
    return ""


def _doubts(new: Sequence[tuple[int, Row]], kept: Iterable[Row]) -> tuple[Mistake, ...]:
    """Delegates of more than one organisation: names do not prove that it is one person, so somebody has to look."""
    speaks: dict[str, str] = {row.delegate.casefold(): row.name for row in kept if row.delegate}
    doubts = []
    for line, row in new:
        if row.delegate:
            other = speaks.setdefault(row.delegate.casefold(), row.name)
            if other != row.name:
                why = f"{row.delegate} is the delegate of {other} too: one person speaks for one organisation"
                doubts.append(Mistake(line, why))
    return tuple(doubts)


def write(rows: Iterable[Row]) -> bytes:
    """The list as a CSV file that a spreadsheet opens without running anything in it."""
    members = list(rows)
    attributes = sorted({name for row in members for name in row.attributes})
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["id", *NEEDED, "status", "kind", "delegate", *attributes])
    for row in members:
        own = [row.id, row.email, row.name, row.country, row.region, row.joined.isoformat(), row.status]
        own += [row.kind, row.delegate]
        writer.writerow(map(disarmed, [*own, *(row.attributes.get(name, "") for name in attributes)]))
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def disarmed(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula: it begins with an apostrophe then."""
    return "'" + cell if cell.lstrip(" '").startswith(_FORMULA) or cell.startswith(_FORMULA) else cell


def armed(cell: str) -> str:
    """What was disarmed on its way out, as it was."""
    return cell[1:] if cell.startswith("'") and disarmed(cell[1:]) == cell else cell
