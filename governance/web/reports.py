"""Reports on the page of a result and as files, each made once: they are for everybody, and a large one takes seconds."""

import json
from collections.abc import Callable
from pathlib import Path
from threading import Lock
from typing import Any, NamedTuple, TypeVar

from markupsafe import Markup

from governance.report import svg, words
from governance.report.layout import drawings
from governance.report.moves import moves
from governance.services import reports
from governance.services.records import Contest

MOST_ROUNDS = 16
"""A page with more rounds than these names the report in place of drawing how votes moved."""

KEPT = 32

Key = tuple[str, int, str, str, bool]
Made = TypeVar("Made")

_made: dict[Key, Any] = {}
_lock = Lock()


class Drawn(NamedTuple):
    """What the page of a result shows beside its table.

    Attributes:
        flows: None where there are too many rounds.
        trail: What the browser needs to follow a ranking, as JSON; None where the record does not tell it.
    """

    bars: list[Markup]
    flows: list[tuple[int, int, Markup]] | None
    moved: list[tuple[int, str]]
    figures: list[tuple[str, str]]
    trail: str | None


def drawn(path: Path, contest: Contest, *, made_up: bool) -> Drawn:
    """The drawings of a contest of a record."""
    return _once(path, contest, "drawn", made_up=made_up, make=lambda: _draw(path, contest, made_up=made_up))


def file(kind: str, *, made_up: bool) -> Callable[[Path, Contest], bytes | None]:
    """What makes a report of that kind; None where a contest has no count."""

    def make(path: Path, contest: Contest) -> bytes | None:
        if contest.count is None:
            return None
        return _once(path, contest, kind, made_up=made_up, make=lambda: _write(kind, path, contest, made_up=made_up))

    return make


def _draw(path: Path, contest: Contest, *, made_up: bool) -> Drawn:
    subject = reports.subject(path, contest, made_up=made_up)
    found = reports.travels(path, contest, subject)
    few = len(subject.count.stages) <= MOST_ROUNDS
    return Drawn(
        bars=[*svg.bars(subject, f"{contest.id}-bars")],
        flows=[
            (one.first, one.last, svg.sankey(one, f"{contest.id}-flow-{number}"))
            for number, one in enumerate(drawings(subject))
        ]
        if few
        else None,
        moved=[(one.stage.number, words.moved(subject, one)) for one in moves(subject.count)],
        figures=[*words.lengths(subject)],
        trail=None if found is None else json.dumps(found, ensure_ascii=False, separators=(",", ":")),
    )


def _write(kind: str, path: Path, contest: Contest, *, made_up: bool) -> bytes:
    return reports.write(kind, reports.subject(path, contest, made_up=made_up), contest.ballots)


def _once(path: Path, contest: Contest, kind: str, *, made_up: bool, make: Callable[[], Made]) -> Made:
    """What was made of this very file before, or what is made now; one at a time, so that nobody makes the server busy."""
    key = (str(path), path.stat().st_mtime_ns, contest.id, kind, made_up)
    with _lock:
        if key not in _made:
            while len(_made) >= KEPT:
                del _made[next(iter(_made))]
            _made[key] = make()
        made: Made = _made[key]
        return made
