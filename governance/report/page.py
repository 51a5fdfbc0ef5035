"""The report as one HTML file that needs nothing else: no script, no other file, nothing from the network."""

from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from governance.report import svg, table, words
from governance.report.layout import drawings
from governance.report.moves import moves
from governance.report.subject import Subject

ROUNDS = 12
"""Columns of one table: on a screen the rest is scrolled to, on paper it would be cut off."""


def write(subject: Subject) -> bytes:
    """The report."""
    count = subject.count
    return (
        _environment()
        .get_template("report.html")
        .render(
            subject=subject,
            style=Markup(_text("report.css") + _text("drawing.css")),  # noqa: S704  our own files
            rule=words.rule(subject),
            tables=[*table.blocks(subject, ROUNDS)],
            stages=[words.stage(subject, stage) for stage in count.stages],
            bars=[*svg.bars(subject, "bars")],
            flows=[
                {"first": one.first, "last": one.last, "svg": svg.sankey(one, f"flow-{number}")}
                for number, one in enumerate(drawings(subject))
            ],
            moves=[(one.stage.number, words.moved(subject, one)) for one in moves(count)],
            figures=[*words.figures(subject)],
            several=words.several,
        )
        .encode()
    )


def drawing_style() -> str:
    """The style sheet of the drawings, for a page that holds some."""
    return _text("drawing.css")


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("governance.report"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )


def _text(name: str) -> str:
    environment = _environment()
    if environment.loader is None:
        raise LookupError(name)
    return environment.loader.get_source(environment, name)[0]
