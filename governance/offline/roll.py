"""The roll as a spreadsheet gives it: CSV, one line a person, read strictly, with the line in every complaint.

UTF-8, with or without a byte order mark; columns divided by commas or by semicolons, in any order, named in the first
line: `member` (the member's id, distinct over all rolls), `name`, `email` (empty: the code is printed), and `contests`
(ids divided by spaces: who votes in the same contests has the same style of ballot). No other column: what is not needed
should not travel.
"""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from email.errors import HeaderParseError
from email.headerregistry import Address
from pathlib import Path

from governance.domain.membership import armed
from governance.domain.names import printable
from governance.errors import MalformedError
from governance.offline import files
from governance.offline.asking import shown

COLUMNS = ("member", "name", "email", "contests")
MAX_SIZE = 2**26
MAX_TEXT = 200
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Line:
    """One person on the roll."""

    member: str
    name: str
    email: str
    """Empty: the code is printed."""
    contests: tuple[str, ...]
    """In the order of the manifest."""


def read_contests(text: str) -> tuple[str, ...]:
    """The ids of all contests, in the order in which the manifest will have them.

    Raises:
        MalformedError: They are no ids, or one stands twice.
    """
    ids = tuple(text.replace(",", " ").split())
    wrong = next((one for one in ids if not _ID.fullmatch(one)), None)
    if not ids or wrong is not None or len(set(ids)) < len(ids):
        msg = "--contests: give the ids of all contests, each once, in the order of the manifest"
        raise MalformedError(msg)
    return ids


def read(paths: Sequence[Path], contests: Sequence[str]) -> list[Line]:
    """Everybody on the rolls, in the order of the files.

    Raises:
        MalformedError: What is wrong, in which file and line; or a member stands twice.
    """
    people: list[Line] = []
    where: dict[str, str] = {}
    for path in paths:
        for number, line in _lines(path, contests):
            here = f"{path.name}, line {number}"
            if line.member in where:
                msg = (
                    f"{here}: member {shown(line.member)} stands at {where[line.member]} already: one person, one roll"
                )
                raise MalformedError(msg)
            where[line.member] = here
            people.append(line)
    if not people:
        msg = "there is nobody on the roll"
        raise MalformedError(msg)
    unvoted = [one for one in contests if not any(one in line.contests for line in people)]
    if unvoted:
        msg = f"nobody on the roll votes in contest {unvoted[0]}"
        raise MalformedError(msg)
    return people


def _text(path: Path) -> str:
    data = files.read(path, MAX_SIZE)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        msg = f"{path.name}, line {line}: this is not UTF-8: save the sheet as CSV in UTF-8"
        raise MalformedError(msg) from None


def _lines(path: Path, contests: Sequence[str]) -> Iterator[tuple[int, Line]]:
    text = _text(path)
    first = text.partition("\n")[0]
    rows = csv.reader(
        io.StringIO(text, newline=""), delimiter=";" if first.count(";") > first.count(",") else ",", strict=True
    )
    try:
        header = [cell.strip().lower() for cell in next(rows, [])]
        if sorted(header) != sorted(COLUMNS):
            msg = f"{path.name}, line 1: the columns must be {', '.join(COLUMNS)}, each once and no other"
            raise MalformedError(msg)
        for row in rows:
            number = rows.line_num
            if not any(cell.strip() for cell in row):
                continue
            try:
                yield number, _line(dict(zip(header, row, strict=True)), contests)
            except ValueError:
                msg = f"{path.name}, line {number}: {len(row)} columns instead of {len(COLUMNS)}"
                raise MalformedError(msg) from None
            except MalformedError as error:
                msg = f"{path.name}, line {number}: {error}"
                raise MalformedError(msg) from None
    except csv.Error as error:
        msg = f"{path.name}, line {rows.line_num}: {error}"
        raise MalformedError(msg) from None


def _line(cells: dict[str, str], contests: Sequence[str]) -> Line:
    cells = {name: armed(cell.strip()) for name, cell in cells.items()}
    for name in ("member", "name"):
        if not cells[name]:
            msg = f"the {name} is missing"
            raise MalformedError(msg)
    for name, cell in cells.items():
        if len(cell) > MAX_TEXT or not (printable(cell) if name == "name" else cell.isprintable()):
            msg = f"the {name} is too long, or has a letter that cannot be printed"
            raise MalformedError(msg)
        if "=?" in cell:  # RFC 2047: mail programs would decode it, line breaks included
            msg = f"the {name} has the two characters =? together, which mail programs read as a code"
            raise MalformedError(msg)
    if cells["email"]:
        check_address(cells["email"])
    chosen = cells["contests"].split()
    unknown = [one for one in chosen if one not in contests]
    if unknown:
        msg = f"there is no contest {shown(unknown[0])}"
        raise MalformedError(msg)
    if not chosen or len(set(chosen)) < len(chosen):
        msg = "the contests are missing, or one stands twice"
        raise MalformedError(msg)
    return Line(cells["member"], cells["name"], cells["email"], tuple(one for one in contests if one in chosen))


def check_address(text: str) -> None:
    """Check that a text is one plain mail address.

    Raises:
        MalformedError: It is not.
    """
    try:
        address = Address(addr_spec=text)
    except (ValueError, IndexError, HeaderParseError):
        address = Address()
    if address.addr_spec != text or not address.domain or not address.username:
        msg = "the email is no mail address"
        raise MalformedError(msg)
