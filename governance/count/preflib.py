"""Read PrefLib, the form in which researchers exchange rankings: .soc, .soi, .toc and .toi (docs/counting.md 8.5).

Such a file counts its own papers and orders, so that one that was cut short is found out. It does not say how many places
there are to fill.
"""

import re
from io import BytesIO

from governance.count.ballots import Paper
from governance.count.blt import Election, Groups, LoosePaper
from governance.count.blt_reader import MAX_CANDIDATES, MAX_PAPERS
from governance.count.plain_text import CONTROL_IN_NAME, plain, refuse, shown

KINDS = ("soc", "soi", "toc", "toi")
"""Strict or with ties, complete or incomplete orders."""

_FACT = re.compile(r"#\s*([A-Z][A-Z ]*?)(?:\s+([0-9]{1,12}))?\s*:(.*)")
_NUMBER = re.compile(r"[0-9]{1,12}")
_ORDER = re.compile(r"\s*([^:,\s]*)\s*:(.*)")
_GROUP = re.compile(r"\s*(?:\{([^{}]*)\}|([^,{}]*))\s*(,|$)")


def read(data: bytes, kind: str | None = None) -> Election:
    """What the bytes of a PrefLib file say; its `seats` are 0, for the file does not know them.

    Args:
        data: The file.
        kind: One of `KINDS`, as the file's name has it; None if that is not known.

    Raises:
        MalformedError: They are not such a file; the text names the line and what is wrong there.
    """
    reader = _Reader(kind)
    number = 1
    for number, line in enumerate(BytesIO(plain(data)), 1):
        reader.take(number, line.decode().strip())
    return reader.election(number)


class _Reader:
    """Takes the lines in their order: facts first, then one line for each different order."""

    def __init__(self, kind: str | None) -> None:
        self._kind = kind
        self._title = ""
        self._numbers: dict[str, int] = {}
        self._names: dict[int, str] = {}
        self._papers: list[Paper] = []
        self._loose: list[LoosePaper] = []
        self._sum = 0

    def take(self, line: int, text: str) -> None:
        """The next line."""
        if text.startswith("#"):
            self._fact(line, text)
        elif text:
            self._order(line, text)

    def election(self, last: int) -> Election:
        """All that was read.

        Raises:
            MalformedError: The numbers that the file gives of itself do not hold: it may have been cut short.
        """
        self._need_names(last)
        orders = len(self._papers) + len(self._loose)
        for key, found in (("NUMBER VOTERS", self._sum), ("NUMBER UNIQUE ORDERS", orders)):
            if key not in self._numbers:
                refuse(last, f"the file ends without saying its {key}")
            if self._numbers[key] != found:
                refuse(last, f"{key} is {self._numbers[key]}, but the file has {found}: it may have been cut short")
        names = tuple(self._names[number] for number in sorted(self._names))
        return Election(self._title, names, 0, papers=tuple(self._papers), loose=tuple(self._loose))

    def _fact(self, line: int, text: str) -> None:
        found = _FACT.fullmatch(text)
        if found is None:
            return  # a remark
        key, index, value = found[1], found[2], found[3].strip()
        if key == "TITLE":
            self._title = "" if CONTROL_IN_NAME.search(value) else value
        elif key == "DATA TYPE":
            self._data_type(line, value)
        elif key in {"NUMBER ALTERNATIVES", "NUMBER VOTERS", "NUMBER UNIQUE ORDERS"}:
            self._number(line, key, value)
        elif key == "ALTERNATIVE NAME" and index is not None:
            self._name(line, int(index), value)

    def _data_type(self, line: int, value: str) -> None:
        if value not in KINDS:
            refuse(line, f"the DATA TYPE is {shown(value)}, none of {', '.join(KINDS)}")
        if self._kind not in {None, value}:
            refuse(line, f"the DATA TYPE is {value}, but the file is called .{self._kind}")
        self._kind = value

    def _number(self, line: int, key: str, value: str) -> None:
        if key in self._numbers:
            refuse(line, f"a second {key}")
        if not _NUMBER.fullmatch(value):
            refuse(line, f"{key} is {shown(value)}, not a whole number")
        number = int(value)
        if key == "NUMBER ALTERNATIVES" and not 1 <= number <= MAX_CANDIDATES:
            refuse(line, f"{number} candidates: not between 1 and {MAX_CANDIDATES}")
        self._numbers[key] = number

    def _name(self, line: int, number: int, name: str) -> None:
        most = self._numbers.get("NUMBER ALTERNATIVES")
        if most is None:
            refuse(line, "a name comes before the NUMBER ALTERNATIVES")
        if not 1 <= number <= most:
            refuse(line, f"a name for candidate {number}, but there are {most}")
        if number in self._names:
            refuse(line, f"a second name for candidate {number}")
        if not name:
            refuse(line, f"the name of candidate {number} is empty")
        if CONTROL_IN_NAME.search(name):
            refuse(line, f"the name of candidate {number} holds a control character")
        self._names[number] = name

    def _need_names(self, line: int) -> None:
        most = self._numbers.get("NUMBER ALTERNATIVES")
        if most is None:
            refuse(line, "no NUMBER ALTERNATIVES: this is no PrefLib file, or one of the form before 2022")
        if len(self._names) < most:
            missing = next(number for number in range(1, most + 1) if number not in self._names)
            refuse(line, f"candidate {missing} of {most} has no name (# ALTERNATIVE NAME {missing}: …)")

    def _order(self, line: int, text: str) -> None:
        if not self._papers and not self._loose:
            self._need_names(line)
        found = _ORDER.fullmatch(text)
        if found is None:
            refuse(line, f"'number: candidate, candidate, …' is expected, not {shown(text)}")
        if not _NUMBER.fullmatch(found[1]) or not 1 <= int(found[1]) <= MAX_PAPERS:
            refuse(line, f"an order begins with {shown(found[1])}, not a whole number of papers from 1 to {MAX_PAPERS}")
        number = int(found[1])
        self._sum += number
        if self._sum > MAX_PAPERS:
            refuse(line, f"there are more than {MAX_PAPERS} papers")
        groups = self._groups(line, found[2])
        if all(len(group) == 1 for group in groups):
            self._papers.append((number, tuple(candidate for (candidate,) in groups)))
        else:
            self._loose.append(LoosePaper(number, groups, line))

    def _groups(self, line: int, text: str) -> Groups:
        """The candidates of an order, those who are tied together."""
        groups: list[tuple[int, ...]] = []
        seen: set[int] = set()
        at = 0
        while text.strip():
            found = _GROUP.match(text, at)
            if found is None:
                refuse(line, f"candidates divided by commas are expected, not {shown(text[at:].strip())}")
            tied = found[1] is not None
            group = tuple(self._candidate(line, word, seen) for word in (found[1] or found[2] or "").split(","))
            groups.append(group)
            at = found.end()
            if tied and len(group) > 1 and self._kind in {"soc", "soi"}:
                refuse(line, f"candidates are tied ({{…}}), which a .{self._kind} file does not allow")
            if not found[3]:
                break
        if self._kind in {"soc", "toc"} and len(seen) < len(self._names):
            refuse(
                line, f"the order names {len(seen)} of {len(self._names)} candidates; a .{self._kind} file names all"
            )
        return tuple(groups)

    def _candidate(self, line: int, word: str, seen: set[int]) -> int:
        word = word.strip()
        number = int(word) if _NUMBER.fullmatch(word) else 0
        if number not in self._names:
            refuse(line, f"{shown(word)} is not a candidate; the file has {len(self._names)}")
        if number in seen:
            refuse(line, f"candidate {number} stands twice in the order")
        seen.add(number)
        return number - 1
