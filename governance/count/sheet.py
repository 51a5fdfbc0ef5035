"""A count as plain text: who is elected first, then what happened stage by stage, then every tally."""

from collections.abc import Iterable, Iterator
from unicodedata import combining, east_asian_width

from governance.count.progress import EXCLUSION, FINAL
from governance.count.report import Count, Stage

LEAST_WIDTH = 60
MOST_NAME = 30
GAP = "  "


def text(title: str, count: Count, width: int) -> str:
    """The sheet for a terminal of so many columns (at least `LEAST_WIDTH` are used)."""
    width = max(width, LEAST_WIDTH)
    parts = [_winners(count), _facts(title, count, width), _stages(count, width), _tallies(count, width)]
    if count.ties:
        parts.append(_ties(count, width))
    return "\n\n".join("\n".join(part) for part in parts)


def _winners(count: Count) -> list[str]:
    lines = [f"{place:3}. {name}" for place, name in enumerate(count.names(count.elected), 1)]
    filled = sum(candidate != count.reopen for candidate in count.elected)
    if filled < count.seats:
        lines.append(f"     ({count.seats - filled} of {_several(count.seats, 'seat')} not filled)")
    return ["Elected, in this order:", *lines]


def _several(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def _facts(title: str, count: Count, width: int) -> Iterator[str]:
    if title:
        yield from _wrapped(title, width)
    quota = count.votes(count.stages[-1].quota)
    numbers = ((count.seats, "seat"), (len(count.candidates), "candidate"), (count.valid, "valid paper"))
    facts = ", ".join(_several(number, what) for number, what in numbers)
    yield from _wrapped(f"{count.rule}: {facts}, quota {quota}", width)
    if count.withdrawn:
        yield from _wrapped(f"Withdrawn: {_listed(count, count.withdrawn)}", width)
    if count.unconstrained:
        yield from _wrapped("The constraints cannot be met, so they had no effect.", width)


def _stages(count: Count, width: int) -> Iterator[str]:
    digits = len(str(len(count.stages)))
    for stage in count.stages:
        head = f"Stage {stage.number:{digits}}  "
        whose = f" of {_listed(count, stage.candidates)}" if stage.candidates else ""
        if stage.action == EXCLUSION and not stage.excluded:
            whose += ", papers of a lower value"
        line = "; ".join([stage.action + whose, *_outcome(count, stage)])
        yield from _wrapped(line, width, head, " " * len(head))


def _outcome(count: Count, stage: Stage) -> Iterator[str]:
    # An exclusion says by itself who is excluded; the stage that ends the count without a transfer does not.
    excluded = stage.excluded if stage.action == FINAL else ()
    for what, candidates in (
        ("excluded", excluded),
        ("elected", stage.elected),
        ("guarded", stage.guarded),
        ("doomed", stage.doomed),
    ):
        if candidates:
            yield f"{what}: {_listed(count, candidates)}"


def _listed(count: Count, candidates: Iterable[int]) -> str:
    return ", ".join(count.names(candidates))


def _tallies(count: Count, width: int) -> Iterator[str]:
    """A row for each candidate and a column for each stage, in as many tables as the width asks for.

    `*` is whoever is elected by then, `-` whoever is out.
    """
    first = min(MOST_NAME, max(width_of(name) for name in [*count.candidates, "Non-transferable"]))
    column = max(len(count.votes(count.valid * 10**count.places)) + 1, len(f"Stage {len(count.stages)}"))
    fit = max(1, (width - first) // (column + len(GAP)))
    rows = _rows(count, first)
    for start in range(0, len(count.stages), fit):
        if start:
            yield ""
        for row in rows:
            cells = (cell.rjust(column) for cell in row[start + 1 : start + 1 + fit])
            yield GAP.join([row[0], *cells]).rstrip()
    yield "(* elected, - excluded or withdrawn)"


def _rows(count: Count, width: int) -> list[list[str]]:
    """The head, a row for each candidate, the rest: what it is, in that width, then a cell for each stage."""
    rows = [[" " * width, *(f"Stage {stage.number} " for stage in count.stages)]]
    rows += [[_fitted(name, width)] for name in count.candidates]
    elected: set[int] = set()
    out = {*count.withdrawn}
    for stage in count.stages:
        elected.update(stage.elected)
        out.update(stage.excluded)
        for candidate, votes in enumerate(stage.tallies):
            # Who is excluded may hold votes for some stages more (ERS97), or to the end (`final`).
            mark = "*" if candidate in elected else "-" if candidate in out else " "
            rows[candidate + 1].append("- " if candidate in out and not votes else count.votes(votes) + mark)
    rows.append(
        [_fitted("Non-transferable", width), *(count.votes(stage.non_transferable) + " " for stage in count.stages)]
    )
    return rows


def _ties(count: Count, width: int) -> Iterator[str]:
    for tie in count.ties:
        how = "drawn by lot" if tie.by == "lot" else f"chosen by the votes at {tie.by}"
        line = f"Tie for stage {tie.stage}: among {_listed(count, tie.among)}: {count.candidates[tie.chosen]}, {how}."
        yield from _wrapped(line, width, "", GAP)


def _wrapped(text: str, width: int, head: str = "", indent: str = "") -> Iterator[str]:
    """A text in lines of a width, the first after `head`; a word that is longer stays whole."""
    line = head
    for word in text.split():
        if line not in {head, indent} and width_of(line) + width_of(word) > width:
            yield line.rstrip()
            line = indent
        line += word + " "
    yield line.rstrip()


def width_of(name: str) -> int:
    """How many columns a terminal takes for a text."""
    if name.isascii():
        return len(name)
    return sum(0 if combining(letter) else 2 if east_asian_width(letter) in "WF" else 1 for letter in name)


def _fitted(name: str, width: int) -> str:
    """A text cut or filled up to a number of columns."""
    if width_of(name) > width:
        while width_of(name) > width - 1:
            name = name[:-1]
        name += "…"
    return name + " " * (width - width_of(name))
