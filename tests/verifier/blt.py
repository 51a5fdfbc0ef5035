"""Reads the BLT files of ../shared/stv-cases, apart from the server's reader."""

import gzip
import shlex
from dataclasses import dataclass
from pathlib import Path

from governance.verifier.count import Terms, count


@dataclass(frozen=True)
class Poll:
    """What a file says; `order` is its order of ties, else that of the candidates."""

    seats: int
    names: tuple[str, ...]
    papers: list[tuple[int, tuple[str, ...]]]
    order: tuple[str, ...]

    def terms(self, *order: str) -> Terms:
        return Terms(self.seats, self.names, order or self.order)

    def counted(self, rule: str, *order: str) -> dict[str, object]:
        return count(self.papers, self.terms(*order), rule)


def read_blt(path: Path) -> Poll:
    """Read a plain file: one paper a line, no equal ranks, nobody withdrawn.

    Raises:
        ValueError: the file is not as plain as that.
    """
    data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    lines = [line.strip() for line in data.decode().splitlines() if line.strip()]
    size, seats = map(int, lines[0].split())
    at, order = 1, list(range(size))
    if lines[at].startswith("[tie"):
        order = [int(number) - 1 for number in lines[at].strip("[] ").split()[1:]]
        at += 1
    numbered = []
    while lines[at] != "0":
        weight, *preferences, end = map(int, lines[at].split())
        if end or weight < 1:
            raise ValueError(lines[at])
        numbered.append((weight, preferences))
        at += 1
    names = tuple(shlex.split(line)[0] if line.startswith('"') else line for line in lines[at + 1 : at + 1 + size])
    if len(names) != size:
        raise ValueError(path)
    papers = [(weight, tuple(names[place - 1] for place in preferences)) for weight, preferences in numbered]
    return Poll(seats, names, papers, tuple(names[place] for place in order))
