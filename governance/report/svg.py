"""The drawings as SVG, by hand: classes for a style sheet and no style of its own, patterns beside colours, words beside both."""

from collections.abc import Iterable, Iterator

from markupsafe import Markup

from governance.report import words
from governance.report.layout import LABELS, NODE, Drawing, Ribbon
from governance.report.subject import Subject

HATCH = '<path class="flow-line" d="M0 6 6 0M-1 1 1 -1M5 7 7 5"/>'

MOST_NAME = 22
"""Letters of a name beside a drawing; the table has it whole."""

BAR = 205.0
BAR_HEIGHT = 11.0
BAR_ROW = 46.0
BARS_AT_ONCE = 15
"""Candidates of one drawing of bars: what a page takes."""


def sankey(drawing: Drawing, prefix: str) -> Markup:
    """How votes moved between the rounds of a drawing; `prefix` keeps the ids of a page apart."""
    title = f"How votes moved, rounds {drawing.first} to {drawing.last}"
    hatch, dots = f"{prefix}-hatch", f"{prefix}-dots"
    parts = [
        _pattern(hatch, "flow-ground", HATCH),
        _pattern(dots, "flow-paper", '<circle class="flow-dot" cx="3" cy="3" r="1.1"/>'),
        *(_text(x, 12, head, "flow-head") for x, head in drawing.heads),
        *(_text(0, lane.y + 11, _cut(lane.name), "flow-name", lane.name) for lane in drawing.lanes),
        *_ribbons(drawing, hatch, dots),
    ]
    for node in drawing.nodes:
        kind = "flow-node elected" if node.elected else "flow-node"
        parts.append(_rect(node.x, node.y, NODE, max(node.height, 1), kind))
        parts.append(_text(node.x + NODE + 2, node.y + 10, f"{node.votes} {node.mark}".strip(), "flow-votes"))
    return _svg(drawing.width, drawing.height, title, parts)


def _pattern(name: str, ground: str, figure: str) -> Markup:
    return Markup(
        '<defs><pattern id="{}" width="6" height="6" patternUnits="userSpaceOnUse">'
        '<rect class="{}" width="6" height="6"/>{}</pattern></defs>'
    ).format(name, ground, Markup(figure))  # noqa: S704  only the figures above


def _ribbons(drawing: Drawing, hatch: str, dots: str) -> Iterator[Markup]:
    lowest = drawing.lanes[-1].y
    for ribbon in drawing.ribbons:
        fill = hatch if ribbon.moved else dots if ribbon.y1 >= lowest else None
        kind = "flow-moved" if ribbon.moved else "flow-lost" if fill else "flow-kept"
        paint = Markup(' fill="url(#{})"').format(fill) if fill else ""
        # What stayed is written beside the lanes anyhow.
        title = Markup("<title>{}</title>").format(ribbon.said) if ribbon.moved else ""
        yield Markup('<path class="{}"{} d="{}">{}</path>').format(kind, paint, _path(ribbon), title)


def _path(ribbon: Ribbon) -> str:
    """Two curves that leave and arrive level; a thin ribbon is drawn at least half a point thick, to be seen."""
    x1, y1, x2, y2 = ribbon.x1, ribbon.y1, ribbon.x2, ribbon.y2
    height, middle = max(ribbon.height, 0.5), (x1 + x2) / 2
    low1, low2 = y1 + height, y2 + height
    there = f"M{_n(x1)} {_n(y1)}C{_n(middle)} {_n(y1)} {_n(middle)} {_n(y2)} {_n(x2)} {_n(y2)}"
    return f"{there}V{_n(low2)}C{_n(middle)} {_n(low2)} {_n(middle)} {_n(low1)} {_n(x1)} {_n(low1)}Z"


def _n(length: float) -> str:
    """A length with one place at most."""
    return f"{length:.1f}".removesuffix(".0")


def bars(subject: Subject, prefix: str) -> Iterator[Markup]:
    """First preferences and the votes at the end of each candidate, beside each other, some candidates at a time."""
    order = [one for one in subject.order() if one not in subject.count.withdrawn]
    for start in range(0, len(order), BARS_AT_ONCE):
        yield _bars(subject, order[start : start + BARS_AT_ONCE], start + 1, f"{prefix}-{start}")


def _bars(subject: Subject, candidates: list[int], number: int, hatch: str) -> Markup:
    count = subject.count
    stages = [count.stages[0], count.stages[-1]]
    most = max(votes for stage in stages for votes in (*stage.tallies, stage.quota)) or 1
    boxes = [_pattern(hatch, "flow-ground", HATCH)]
    texts: list[Markup] = []
    for row, one in enumerate(candidates):
        top = row * BAR_ROW
        texts.append(_text(0, top + 12, _cut(subject.names[one], 44), "flow-name", subject.names[one]))
        end = "at the end, elected" if one in count.elected else "at the end"
        for line, (stage, kind, what) in enumerate(
            ((stages[0], "bar-first", "first choices"), (stages[1], "bar-last", end))
        ):
            y = top + 17 + line * (BAR_HEIGHT + 1)
            length = stage.tallies[one] * BAR / most
            fill = f"url(#{hatch})" if line == 0 else ""
            boxes.append(_rect(0, y, max(length, 0.5), BAR_HEIGHT, kind, fill))
            votes = words.short(count.votes(stage.tallies[one]))
            texts.append(_text(length + 4, y + 9.5, f"{votes} {what}", "flow-votes"))
    quota = stages[1].quota * BAR / most
    height = len(candidates) * BAR_ROW
    line_up = Markup('<path class="bar-quota" d="M{} 0V{}"/>').format(_n(quota), _n(height))
    title = f"Votes of candidates {number} to {number + len(candidates) - 1}"
    return _svg(BAR + LABELS, height + 4, title, [*boxes, line_up, *texts], "drawing bars")


def _svg(width: float, height: float, title: str, parts: Iterable[Markup], kind: str = "drawing") -> Markup:
    return Markup(
        '<svg class="{4}" viewBox="0 0 {0:.0f} {1:.0f}" width="{0:.0f}" height="{1:.0f}" role="img" aria-label="{2}">{3}</svg>'
    ).format(width, height, title, Markup("").join(parts), kind)


def _rect(x: float, y: float, width: float, height: float, kind: str, fill: str = "") -> Markup:  # noqa: PLR0913, PLR0917  SVG's own
    paint = Markup(' fill="{}"').format(fill) if fill else ""
    return Markup('<rect class="{}"{} x="{}" y="{}" width="{}" height="{}"/>').format(
        kind, paint, _n(x), _n(y), _n(width), _n(height)
    )


def _text(x: float, y: float, text: str, kind: str, whole: str = "") -> Markup:
    title = Markup("<title>{}</title>").format(whole) if whole and whole != text else ""
    return Markup('<text class="{}" x="{}" y="{}">{}{}</text>').format(kind, _n(x), _n(y), title, text)


def _cut(name: str, most: int = MOST_NAME) -> str:
    return name if len(name) <= most else name[: most - 1] + "…"
