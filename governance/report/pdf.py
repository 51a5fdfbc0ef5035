"""The report as PDF, for printing and keeping.

The letters come from DejaVu Sans, which lies beside this file (fonts/LICENSE.txt): Latin, Greek, Cyrillic, Armenian, Georgian,
Hebrew and Arabic, joined and from right to left where they should be. A name with other letters gets the candidate's number
beside it, and the report says so. For readers who listen the HTML is the better form: its tables have heads.
"""

from collections.abc import Callable, Container, Sequence
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime
from importlib.resources import as_file, files

from fpdf import FPDF
from fpdf.enums import XPos, YPos
from fpdf.fonts import TTFFont

from governance.report import table, words
from governance.report.layout import NODE, Drawing, Ribbon, drawings
from governance.report.moves import moves
from governance.report.subject import Subject

ROUNDS = 9
"""Columns of one table on a page that lies on its side."""

NO_DATE = datetime(1970, 1, 1, tzinfo=UTC)
"""The same report is the same bytes whenever it is made; a PDF must have a date."""

FONT = "DejaVu"
MARK = "\N{LEFT-TO-RIGHT MARK}"
UNKNOWN = "\N{REPLACEMENT CHARACTER}"

NAME = 58.0  # millimetres
LINE = 5.0
ROW = 5.2
INK, QUIET, PALE, STRONG = 0, 90, 215, 60


def write(subject: Subject) -> bytes:
    """The report."""
    return _Sheet(subject).write()


class _Sheet:
    def __init__(self, subject: Subject) -> None:
        self._pdf = pdf = FPDF(orientation="landscape", format="A4")
        with ExitStack() as stack:
            for style, name in (("", "DejaVuSans.ttf"), ("B", "DejaVuSans-Bold.ttf")):
                file = stack.enter_context(as_file(files("governance.report") / "fonts" / name))
                pdf.add_font(FONT, style, file)
        pdf.set_creation_date(NO_DATE)
        pdf.set_lang("en")
        pdf.set_title(subject.title or "Result")
        pdf.set_auto_page_break(auto=True, margin=12)
        pdf.set_margins(12, 12)
        pdf.set_text_shaping(use_shaping_engine=True)
        pdf.add_page()
        font = pdf.fonts[FONT.lower()]
        known = font.cmap if isinstance(font, TTFFont) else {}
        names = [_printable(name, known) for name in subject.names]
        self._strange = any(printable != name for printable, name in zip(names, subject.names, strict=True))
        self._subject = replace(
            subject,
            title=_printable(subject.title, known),
            names=tuple(
                name if name == subject.names[at] else f"{name} (no. {at + 1})" for at, name in enumerate(names)
            ),
        )

    def write(self) -> bytes:
        subject = self._subject
        self._first_page(subject)
        self._room(70)
        self._head("Round by round")
        for block in table.blocks(subject, ROUNDS):
            self._table(block)
        for stage in subject.count.stages:
            self._say(f"Round {stage.number}. {words.stage(subject, stage)}")
        self._bars()
        flows = [*drawings(subject)]
        for drawing in flows:
            self._flow(drawing)
        if flows:
            self._head("How votes moved, in words")
            for one in moves(subject.count):
                self._say(f"Round {one.stage.number}: {words.moved(subject, one)}")
        figures = [*words.figures(subject)]
        if figures:
            self._head("Ballots")
            for name, figure in figures:
                self._say(f"{name}: {figure}")
        return bytes(self._pdf.output())

    def _first_page(self, subject: Subject) -> None:
        if subject.made_up:
            self._say("This is a demonstration. The people and their votes are made up.")
        self._say(subject.title or "Result", size=20, bold=True)
        self._say("Elected" if subject.winners else "Nobody is elected.", size=13)
        for place, name in enumerate(subject.winners, 1):
            self._say(f"{place}. {words.apart(name)}", size=16, bold=True)
        if subject.count.reopen in subject.count.elected:
            self._say("The voters chose to open nominations again.")
        if empty := subject.count.seats - len(subject.winners):
            self._say(f"{words.several(empty, 'place stays', 'places stay')} empty.")
        if subject.count.unconstrained:
            self._say("The limits for groups could not be met, so they had no effect.")
        if self._strange:
            self._say(
                "Some names have letters that this file cannot print; those have the candidate's number beside them."
            )
        self._head("How the places were filled")
        for sentence in words.rule(subject):
            self._say(sentence)
        if subject.count.withdrawn:
            self._say(
                f"Passed over on every ballot, because they withdrew: {words.listed(subject, subject.count.withdrawn)}."
            )

    # ---- words --------------------------------------------------------------------------------------------------------

    def _font(self, size: float, *, bold: bool = False, grey: int = INK) -> None:
        self._pdf.set_font(FONT, "B" if bold else "", size)
        self._pdf.set_text_color(grey)

    def _say(self, text: str, *, size: float = 10, bold: bool = False) -> None:
        self._font(size, bold=bold)
        # The font has no isolates; marks of direction do where each name stands between other words.
        text = text.replace(words.ISOLATE, MARK).replace(words.POP, MARK)
        self._pdf.multi_cell(0, size * LINE / 10, text, new_x=XPos.LMARGIN, new_y=YPos.NEXT, align="L")
        self._pdf.ln(size / 10)

    def _head(self, text: str) -> None:
        self._room(25)
        self._pdf.ln(3)
        self._say(text, size=14, bold=True)

    def _room(self, height: float) -> None:
        """Go on to the next page if this one has not so much room."""
        if self._pdf.get_y() + height > self._pdf.page_break_trigger:
            self._pdf.add_page()

    def _fitted(self, name: str, width: float) -> str:
        """A name cut to a width in the font that is set."""
        pdf = self._pdf
        if pdf.get_string_width(name) <= width:
            return name
        while name and pdf.get_string_width(name + "…") > width:
            name = name[:-1]
        return name + "…"

    def _name(self, x: float, y: float, name: str) -> None:
        """A name on a line at y: of what fpdf2 offers, only a cell joins letters and turns them round."""
        pdf = self._pdf
        pdf.set_xy(x - pdf.c_margin, y - 0.8 * pdf.font_size)
        pdf.cell(None, pdf.font_size, name)

    # ---- the table ----------------------------------------------------------------------------------------------------

    def _table(self, block: table.Table) -> None:
        column = (self._pdf.epw - NAME) / ROUNDS
        self._room(ROW * 6)

        def head() -> None:
            self._row("Candidate", [f"Round {stage.number}" for stage in block.stages], column, bold=True)

        head()
        for row in (*block.rows, *block.foot):
            if self._pdf.get_y() + ROW > self._pdf.page_break_trigger:
                self._pdf.add_page()
                head()
            cells = [" ".join(filter(None, (_mark(cell.mark), cell.votes))) for cell in row.cells]
            self._row(row.name, cells, column, bold=row.elected)
        self._font(7, grey=QUIET)
        self._pdf.cell(0, ROW, "✓ elected in this round", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        self._pdf.ln(3)

    def _row(self, name: str, cells: Sequence[str], column: float, *, bold: bool) -> None:
        pdf = self._pdf
        pdf.set_draw_color(PALE)
        pdf.line(pdf.l_margin, pdf.get_y() + ROW, pdf.l_margin + NAME + column * len(cells), pdf.get_y() + ROW)
        self._font(8, bold=bold)
        pdf.cell(NAME, ROW, self._fitted(name, NAME - 2), align="L")
        self._font(7, bold=bold)
        # Figures need no joining of letters, which takes most of the time.
        pdf.set_text_shaping(use_shaping_engine=False)
        for cell in cells:
            pdf.cell(column, ROW, cell, align="R")
        pdf.set_text_shaping(use_shaping_engine=True)
        pdf.ln(ROW)

    # ---- drawings -----------------------------------------------------------------------------------------------------

    def _bars(self) -> None:
        subject, pdf = self._subject, self._pdf
        count = subject.count
        first, last = count.stages[0], count.stages[-1]
        most = max(*first.tallies, *last.tallies, last.quota, 1)
        self._head("First choices (outlined) and votes at the end (filled)")
        length = pdf.epw - NAME - 40
        for one in subject.order():
            if one in count.withdrawn:
                continue
            self._room(10)
            y = pdf.get_y()
            self._font(8, bold=one in count.elected)
            self._name(pdf.l_margin, y + 5, self._fitted(subject.names[one], NAME - 2))
            for line, (stage, style) in enumerate(((first, "D"), (last, "DF"))):
                top, width = y + 1 + line * 3.4, max(0.1, stage.tallies[one] * length / most)
                pdf.set_draw_color(STRONG)
                pdf.set_fill_color(STRONG)
                pdf.rect(pdf.l_margin + NAME, top, width, 2.8, style=style)
                self._font(6.5)
                pdf.text(pdf.l_margin + NAME + width + 1.5, top + 2.5, words.short(count.votes(stage.tallies[one])))
            quota = pdf.l_margin + NAME + last.quota * length / most
            pdf.set_draw_color(INK)
            pdf.line(quota, y, quota, y + 8.6)
            pdf.set_y(y + 8.6)
        self._font(7, grey=QUIET)
        pdf.cell(
            0, ROW, "The line across: what was needed to be elected, at the end", new_x=XPos.LMARGIN, new_y=YPos.NEXT
        )

    def _flow(self, drawing: Drawing) -> None:
        """One drawing on a page of its own, as large as fits."""
        pdf = self._pdf
        pdf.add_page()
        self._say(f"How votes moved, rounds {drawing.first} to {drawing.last}", size=14, bold=True)
        left, top = pdf.l_margin, pdf.get_y()
        scale = min(pdf.epw / drawing.width, (pdf.page_break_trigger - top - 6) / drawing.height)

        def place(x: float, y: float) -> tuple[float, float]:
            return left + x * scale, top + y * scale

        for ribbon in drawing.ribbons:
            self._ribbon(ribbon, place, scale)
        # Text no smaller than can be read: where the drawing shrinks, it does not shrink along.
        size = max(4.5, min(8.0, 11 * scale * 2.6))
        pdf.set_text_shaping(use_shaping_engine=False)
        for node in drawing.nodes:
            x, y = place(node.x, node.y)
            grey = INK if node.elected else QUIET
            pdf.set_fill_color(grey)
            pdf.rect(x, y, NODE * scale, max(0.2, node.height * scale), style="F")
            self._font(size * 0.85)
            pdf.text(x + (NODE + 2) * scale, y + 9 * scale, f"{node.votes} {node.mark}".strip())
        pdf.set_text_shaping(use_shaping_engine=True)
        self._font(size, bold=True)
        for x, head in drawing.heads:
            pdf.text(*place(x, 12), head)
        for lane in drawing.lanes:
            self._name(*place(0, lane.y + 10), self._fitted(lane.name, 146 * scale))
        pdf.set_y(pdf.page_break_trigger - 5)
        self._font(7, grey=QUIET)
        pdf.cell(0, 4, "Grey: votes that stayed. Outlined: votes that moved.", new_x=XPos.LMARGIN, new_y=YPos.NEXT)

    def _ribbon(self, ribbon: Ribbon, place: Callable[[float, float], tuple[float, float]], scale: float) -> None:
        height = max(0.15, ribbon.height * scale)
        (x1, y1), (x2, y2) = place(ribbon.x1, ribbon.y1), place(ribbon.x2, ribbon.y2)
        middle = (x1 + x2) / 2
        with self._pdf.new_path() as path:
            path.style.fill_color = "#ffffff" if ribbon.moved else "#d7d7d7"
            path.style.fill_opacity = 0.4 if ribbon.moved else 1
            path.style.stroke_color = "#000000" if ribbon.moved else None
            path.style.stroke_width = 0.15
            path.move_to(x1, y1)
            path.curve_to(middle, y1, middle, y2, x2, y2)
            path.line_to(x2, y2 + height)
            path.curve_to(middle, y2 + height, middle, y1 + height, x1, y1 + height)
            path.close()


def _printable(text: str, known: Container[int]) -> str:
    """A text with another sign for every letter that the font lacks."""
    return "".join(letter if ord(letter) in known or letter.isspace() else UNKNOWN for letter in text)


def _mark(mark: str) -> str:
    return {"elected": "✓"}.get(mark, mark)
