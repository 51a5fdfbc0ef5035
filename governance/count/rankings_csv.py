"""Read a table of rankings: a column for each candidate, a line for each paper, in the cells the ranks (docs/counting.md 8.5)."""

import csv
import re
from collections.abc import Iterator
from io import StringIO

from governance.count.ballots import Paper
from governance.count.blt import Election, LoosePaper
from governance.count.blt_reader import MAX_CANDIDATES, MAX_PAPERS
from governance.count.plain_text import CONTROL_IN_NAME, plain, refuse, shown

PAPERS = "papers"
"""The head of a first column that says how many papers are alike."""

FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""A cell that begins so may be run as a formula by a spreadsheet program."""

_NUMBER = re.compile(r"[0-9]{1,12}")


def read(data: bytes) -> Election:
    """What the bytes of such a table say; its `seats` are 0, for the table does not know them, and it has no title.

    Raises:
        MalformedError: They are not such a table; the text names the line and what is wrong there.
    """
    lines = _lines(plain(data).decode())
    line, head = next(lines, (1, []))
    weighted = bool(head) and head[0].strip().casefold() == PAPERS
    names = _names(line, head[weighted:])
    papers: list[Paper] = []
    loose: list[LoosePaper] = []
    total = 0
    for line, cells in lines:
        if len(cells) != len(head):
            refuse(line, f"the line has {len(cells)} cells, but the first has {len(head)}")
        number = _number(line, cells[0]) if weighted else 1
        total += number
        if total > MAX_PAPERS:
            refuse(line, f"there are more than {MAX_PAPERS} papers")
        paper = _paper(line, number, names, cells[weighted:])
        if isinstance(paper, LoosePaper):
            loose.append(paper)
        else:
            papers.append(paper)
    return Election("", names, 0, papers=tuple(papers), loose=tuple(loose))


def _lines(text: str) -> Iterator[tuple[int, list[str]]]:
    """Each line's number, and its cells; empty lines are left out."""
    reader = csv.reader(StringIO(text, newline=""), strict=True)
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader, None)
        except csv.Error as error:
            refuse(line, f"the quotes of the line do not fit together ({error})")
        if cells is None:
            return
        if reader.line_num > line:
            refuse(line, "a cell holds a line end, or a quote is not closed")
        if cells:
            yield line, cells


def _names(line: int, cells: list[str]) -> tuple[str, ...]:
    names = tuple(cell.strip() for cell in cells)
    if not names:
        refuse(line, "the names of the candidates are expected")
    if len(names) > MAX_CANDIDATES:
        refuse(line, f"{len(names)} candidates: not between 1 and {MAX_CANDIDATES}")
    if len(names) == 1 and (";" in names[0] or "\t" in cells[0]):
        refuse(line, "the names must be divided by commas")
    for number, name in enumerate(names, 1):
        if not name:
            refuse(line, f"the name of candidate {number} is empty")
        if CONTROL_IN_NAME.search(name):
            refuse(line, f"the name of candidate {number} holds a control character")
        if name.startswith(FORMULA):
            refuse(line, f"the name {shown(name)} begins like a formula")
        if _NUMBER.fullmatch(name):
            refuse(line, f"{shown(name)} is a number, not a candidate's name; the first line must give the names")
    if len(set(names)) < len(names):
        twice = next(name for name in names if names.count(name) > 1)
        refuse(line, f"the name {shown(twice)} stands twice")
    return names


def _number(line: int, cell: str) -> int:
    word = cell.strip()
    if not _NUMBER.fullmatch(word) or not 1 <= int(word) <= MAX_PAPERS:
        refuse(line, f"{shown(word)} is not a whole number of papers from 1 to {MAX_PAPERS}")
    return int(word)


def _paper(line: int, number: int, names: tuple[str, ...], cells: list[str]) -> Paper | LoosePaper:
    """One paper: strict if its ranks are 1, 2, 3 …, each once."""
    ranks: dict[int, list[int]] = {}
    for candidate, cell in enumerate(cells):
        if word := cell.strip():
            rank = int(word) if _NUMBER.fullmatch(word) else 0
            if not 1 <= rank <= len(names):
                most = len(names)
                refuse(
                    line, f"the rank of {shown(names[candidate])} is {shown(word)}, not a whole number from 1 to {most}"
                )
            ranks.setdefault(rank, []).append(candidate)
    last = max(ranks, default=0)
    if len(ranks) == last and all(len(group) == 1 for group in ranks.values()):
        return number, tuple(ranks[rank][0] for rank in range(1, last + 1))
    return LoosePaper(number, tuple(tuple(ranks.get(rank, ())) for rank in range(1, last + 1)), line)
