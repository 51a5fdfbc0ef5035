"""Read BLT, the common file form of ranked papers, strictly (docs/counting.md 8.2).

The usual line, one whole strict paper, is read in one breath. Whatever is not usual (wrapped or
shared lines, comments, equal rankings, mistakes) goes token by token: slower, but it knows what
to say.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from itertools import chain

from governance.count.ballots import MAX_SEATS, Paper
from governance.count.blt import Election, LoosePaper
from governance.count.plain_text import CONTROL_IN_NAME, plain, refuse, shown

MAX_CANDIDATES = 2 * MAX_SEATS
"""A sheet of every candidate's tally at every stage must stay of a size to be kept and read."""

MAX_PAPERS = 10**9
_NUMBER = re.compile(r"[0-9]{1,12}")
_TOKEN = re.compile(r"\s*([^\s#]+)")
_MARK = re.compile(r"\s*\([^()]*\)(?=\s)")
_STRING = re.compile(r'\s*"((?:[^"\\]++|\\.)*+)"(?=[\s#]|$)')
_NICKNAME = re.compile(r'(?!-)(?![0-9]+$)[^\s="#\[\]()]+')


def read(data: bytes) -> Election:
    """What the bytes of a BLT file say.

    Raises:
        MalformedError: They are not a BLT file; the text names the line and what is wrong there.
    """
    return _Reader(plain(data)).election()


@dataclass(frozen=True, slots=True)
class _Option:
    """What stands between the header and the papers: `[name word …]`, or `-n` as withdrawn."""

    name: str
    words: list[str]
    line: int


class _Reader:
    """Reads the parts of a file in their order: header, options, papers, names and title."""

    def __init__(self, text: bytes) -> None:
        self._lines: Iterator[tuple[int, bytes]] = enumerate(BytesIO(text), 1)
        self._line = 1
        self._candidates = 0
        self._index: dict[bytes, int] = {}
        self._numbers: dict[bytes, int] = {}
        self._papers: list[Paper] = []
        self._loose: list[LoosePaper] = []
        # Of a paper whose 0 has not come yet: where it began, how many, what it says so far.
        self._open: tuple[int, int, list[tuple[int, ...]]] | None = None

    def election(self) -> Election:
        """Read all.

        Raises:
            MalformedError: Something is wrong, on the line that is named.
        """
        seats = self._header()
        options = self._options()
        self._nicknames(options)
        withdrawn = {c for option in options if option.name == "withdrawn" for c in self._who(option)}
        tie = self._tie(options, {*range(self._candidates)} - withdrawn)
        *names, title = self._strings(self._read_papers())
        return Election(
            title=title,
            names=tuple(names),
            seats=seats,
            withdrawn=tuple(sorted(withdrawn)),
            tie=tie,
            papers=tuple(self._papers),
            loose=tuple(self._loose),
        )

    def _next(self, awaited: str) -> bytes:
        """The next line."""
        try:
            self._line, line = next(self._lines)
        except StopIteration:
            refuse(self._line, f"the file ends here, before {awaited}")
        return line

    def _content(self, awaited: str) -> str:
        """The next line that says something, without its comment."""
        while not (text := self._next(awaited).decode().partition("#")[0].strip()):
            pass
        return text

    def _header(self) -> int:
        """The number of candidates is kept, that of seats given back."""
        text = self._content("the numbers of candidates and seats")
        words = text.split()
        if len(words) != 2 or not all(map(_NUMBER.fullmatch, words)):  # noqa: PLR2004
            what = f"the numbers of candidates and seats are expected, not {shown(text)}"
            refuse(self._line, what)
        candidates, seats = map(int, words)
        if not 1 <= candidates <= MAX_CANDIDATES:
            refuse(self._line, f"{candidates} candidates: not between 1 and {MAX_CANDIDATES}")
        if not 1 <= seats <= MAX_SEATS:
            refuse(self._line, f"{seats} seats: not between 1 and {MAX_SEATS}")
        self._candidates = candidates
        self._index = {b"%d" % (candidate + 1): candidate for candidate in range(candidates)}
        return seats

    def _options(self) -> list[_Option]:
        """Everything up to the first paper, whose line is put back."""
        options: list[_Option] = []
        while True:
            line = self._next("the papers and the 0 that ends them")
            text = line.decode().partition("#")[0].strip()
            if text.startswith("-"):
                options.append(self._withdrawn_line(text.split()))
            elif text.startswith("["):
                options += self._bracketed(text)
            elif text:
                self._lines = chain([(self._line, line)], self._lines)
                return options

    def _withdrawn_line(self, words: list[str]) -> _Option:
        if not all(word.startswith("-") for word in words):
            what = "a number of papers is below 0, or -n (withdrawn) shares its line with more"
            refuse(self._line, what)
        return _Option("withdrawn", [word[1:] for word in words], self._line)

    def _bracketed(self, text: str) -> Iterator[_Option]:
        """The options that begin on this line; the last may run over several."""
        while text:
            line = self._line
            if not text.startswith("["):
                refuse(line, f"after an option comes {shown(text)}")
            parts = [text]
            while "]" not in parts[-1]:
                parts.append(self._content(f"the ] of the option that begins on line {line}"))
            option, _, text = " ".join(parts)[1:].partition("]")
            name, *words = option.split() or [""]
            if name not in {"withdrawn", "tie", "nick"}:
                refuse(line, f"the option {shown(name)} is none of withdrawn, tie and nick")
            yield _Option(name, words, line)
            text = text.strip()

    def _nicknames(self, options: list[_Option]) -> None:
        option = self._only(options, "nick")
        if option is None:
            return
        if not len(option.words) == len(set(option.words)) == self._candidates:
            refuse(option.line, f"[nick …] must give {self._candidates} different nicknames")
        for candidate, nickname in enumerate(option.words):
            if not _NICKNAME.fullmatch(nickname):
                refuse(option.line, f"{shown(nickname)} cannot be a nickname")
            self._index[nickname.encode()] = candidate

    def _tie(self, options: list[_Option], continuing: set[int]) -> tuple[int, ...]:
        option = self._only(options, "tie")
        if option is None:
            return ()
        order = self._who(option)
        if len(set(order)) != len(order) or not continuing.issubset(order):
            refuse(option.line, "[tie …] must name every candidate not withdrawn, once")
        return tuple(order)

    def _only(self, options: list[_Option], name: str) -> _Option | None:
        found = [option for option in options if option.name == name]
        if len(found) > 1:
            refuse(found[1].line, f"a second [{name} …]")
        return found[0] if found else None

    def _who(self, option: _Option) -> list[int]:
        self._line = option.line
        return [self._candidate(word) for word in option.words]

    def _candidate(self, token: str) -> int:
        """The index that a number or nickname means."""
        candidate = self._index.get(token.encode())
        if candidate is None and _NUMBER.fullmatch(token):
            candidate = self._index.get(b"%d" % int(token))
        if candidate is None:
            what = f"{shown(token)} is not a candidate; the file has {self._candidates}"
            refuse(self._line, what)
        return candidate

    def _read_papers(self) -> str:  # noqa: RET503  `refuse` never returns
        """All papers; what follows the 0 that ends them, on its line."""
        index = self._index.__getitem__
        numbers, append = self._numbers, self._papers.append
        for line, text in self._lines:
            tokens = text.split()
            if not tokens:
                continue
            if self._open is None and tokens[-1] == b"0" and tokens[0] in numbers:
                try:
                    ranking = tuple(map(index, tokens[1:-1]))
                except KeyError:
                    pass
                else:
                    if len(set(ranking)) == len(ranking):
                        append((numbers[tokens[0]], ranking))
                        continue
            self._line = line
            rest = self._read_tokens(text.decode())
            if rest is not None:
                return rest
        if self._open is not None:
            refuse(self._line, f"the file ends inside the paper that begins on line {self._open[0]}")
        refuse(self._line, "the file ends without the 0 that ends the papers")

    def _read_tokens(self, text: str) -> str | None:
        """The papers on this line, token by token; what follows, once all papers have ended."""
        at = 0
        while True:
            mark = _MARK.match(text, at) if self._open is None else None
            token = _TOKEN.match(text, mark.end() if mark else at)
            if token is None:
                return None
            at = token.end()
            if self._open is not None:
                self._read_preference(token[1], *self._open)
            elif token[1] == "0" and not mark:
                return text[at:]
            else:
                number = self._read_number(token[1], marked=mark is not None)
                self._open = (self._line, number, [])

    def _read_number(self, token: str, *, marked: bool) -> int:
        """How many papers are alike: the number a paper begins with."""
        if token.startswith('"'):
            refuse(self._line, "a name comes before the 0 that ends the papers")
        if not _NUMBER.fullmatch(token) or not 1 <= int(token) <= MAX_PAPERS:
            what = f"a paper begins with {shown(token)}, not a whole number of papers"
            refuse(self._line, f"{what} from 1 to {MAX_PAPERS}")
        number = int(token)
        if marked and number != 1:
            refuse(self._line, f"one paper has a mark of its own, but stands for {number}")
        self._numbers[token.encode()] = number
        return number

    def _read_preference(self, word: str, line: int, number: int, ranking: list[tuple[int, ...]]) -> None:
        """One preference of the open paper, or the 0 that ends it."""
        where = f"the paper that begins on line {line}"
        if word == "-":
            ranking.append(())
        elif word.startswith('"'):
            refuse(self._line, f"a name comes before the 0 that ends {where}")
        elif word != "0":
            ranking.append(tuple(map(self._candidate, word.split("="))))
        else:
            named = [candidate for group in ranking for candidate in group]
            if len(set(named)) != len(named):
                twice = next(c for at, c in enumerate(named) if c in named[:at]) + 1
                refuse(self._line, f"candidate {twice} stands twice on {where} (a 0 may be missing)")
            if all(len(group) == 1 for group in ranking):
                self._papers.append((number, tuple(named)))
            else:
                self._loose.append(LoosePaper(number, tuple(ranking), line))
            self._open = None
        if len(ranking) > self._candidates:
            refuse(self._line, f"{where} has more preferences than candidates (a 0 may be missing)")

    def _strings(self, text: str) -> list[str]:
        """The names and the title, from what follows the papers on."""
        number = sum(number for number, _ in self._papers) + sum(p.number for p in self._loose)
        if number > MAX_PAPERS:
            refuse(self._line, f"there are {number} papers, more than {MAX_PAPERS}")
        found: list[str] = []
        at = 0
        while len(found) <= self._candidates:
            last = len(found) == self._candidates
            awaited = "the title" if last else f"name {len(found) + 1} of {self._candidates}"
            if string := _STRING.match(text, at):
                at = string.end()
                found.append(self._name(string[1], awaited, may_be_empty=last))
            elif rest := text[at:].partition("#")[0].strip():
                what = f'{awaited} is expected, in double quotes (one within is \\")'
                refuse(self._line, f"{what}, not {shown(rest)}")
            else:
                text, at = self._next(awaited).decode(), 0
        return found

    def _name(self, string: str, awaited: str, *, may_be_empty: bool) -> str:
        name = re.sub(r'\\(["\\])', r"\1", string)
        if CONTROL_IN_NAME.search(name):
            refuse(self._line, f"{awaited} holds a control character")
        if not name.strip() and not may_be_empty:
            refuse(self._line, f"{awaited} is empty")
        return name
