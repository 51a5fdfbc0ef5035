"""The booklet of candidates as PDF, for printing and keeping.

The letters are those of the report (`pdf`). A statement in other letters is not printed: the file says where it can be read.
For readers who listen the page is the better form: a PDF from this library marks pictures and chapters, not languages.
"""

import io
import unicodedata
from collections.abc import Container, Iterator, Mapping
from contextlib import ExitStack
from importlib.resources import as_file, files

from fpdf import FPDF
from fpdf.enums import XPos, YPos
from fpdf.fonts import TTFFont

from governance.report import booklet as words
from governance.report.booklet import Booklet, Entry, Part, Said
from governance.report.pdf import FONT, INK, MARK, NO_DATE, QUIET

PHOTO = 28.0
"""Millimetres of its width, at most; of its height a quarter more."""
GAP = 5.0
_TALL = PHOTO * 1.25
_SMALL, _PLAIN, _NAME, _CONTEST, _TITLE = 9.0, 10.0, 13.0, 16.0, 22.0
_LETTERS = ("L", "M", "N")
"""Categories of signs without which a text says something else."""
_JOINED = ("R", "AL", "AN", "NSM")
"""Directions of letters that need to be joined, turned round or put above others: it takes most of the time."""


def write(booklet: Booklet, photos: Mapping[str, bytes], address: str) -> bytes:
    """The booklet.

    Args:
        booklet: What is in it.
        photos: JPEG files by the id of the candidate.
        address: Of the page, for whatever cannot be printed.
    """
    return _Sheet(booklet, photos, address).write()


class _Paper(FPDF):
    """A4 with a number on each page."""

    def __init__(self) -> None:
        super().__init__(format="A4")
        self.foot = ""
        with ExitStack() as stack:
            for style, name in (("", "DejaVuSans.ttf"), ("B", "DejaVuSans-Bold.ttf")):
                file = stack.enter_context(as_file(files("governance.report") / "fonts" / name))
                self.add_font(FONT, style, file)
        self.alias_nb_pages("")  # or else “{nb}” in a statement became a number
        self.set_creation_date(NO_DATE)
        self.set_lang("en")
        self.set_margins(18, 16)
        self.set_auto_page_break(auto=True, margin=20)
        self.set_text_shaping(use_shaping_engine=True)
        font = self.fonts[FONT.lower()]
        self.known: Container[int] = font.cmap if isinstance(font, TTFFont) else {}

    def footer(self) -> None:
        """What stands below each page; fpdf2 calls it."""
        shaped = _shapes(self.foot)
        self.set_text_shaping(use_shaping_engine=shaped)
        self.set_font(FONT, "", 8)
        self.set_text_color(QUIET)
        self.set_xy(self.r_margin, -14)
        self.cell(self.w - 2 * self.r_margin, 5, f"{self.foot}{MARK if shaped else ''} · {self.page_no()}", align="C")


class _Sheet:
    def __init__(self, booklet: Booklet, photos: Mapping[str, bytes], address: str) -> None:
        self._booklet, self._photos, self._address = booklet, photos, address
        self._pdf = pdf = _Paper()
        pdf.foot = self._shown(booklet.title)
        pdf.set_title(f"Candidates: {booklet.title}")
        pdf.add_page()

    def write(self) -> bytes:
        booklet = self._booklet
        self._say(self._shown(booklet.title), size=_TITLE, bold=True)
        self._say("The candidates", size=_CONTEST)
        self._say(words.ORDER)
        if not booklet.public:
            self._say("For members alone, until the election is announced.", bold=True)
        self._say("This booklet as a page, with every statement in every language:")
        self._say(self._address, link=self._address)
        self._contents()
        for part in booklet.parts:
            self._part(part)
        if booklet.others:
            self._pdf.add_page()
            self._chapter("Nominations in numbers", 0)
            for sentence in booklet.others:
                self._say(self._shown(sentence))
        return bytes(self._pdf.output())

    def _contents(self) -> None:
        for part in self._booklet.parts:
            self._pdf.ln(2)
            self._say(self._shown(part.title), bold=True)
            names = [self._name(one) for one in part.entries]
            self._say(", ".join(names) if names else "Nobody stands.")

    def _part(self, part: Part) -> None:
        self._pdf.add_page()
        self._chapter(self._shown(part.title), 0, size=_CONTEST)
        self._say(words.kind(part))
        for entry in part.entries:
            self._entry(part, entry)

    def _entry(self, part: Part, entry: Entry) -> None:
        pdf = self._pdf
        self._room(_TALL + 30)
        pdf.ln(4)
        pdf.set_draw_color(QUIET)
        pdf.line(pdf.l_margin, pdf.get_y(), pdf.w - pdf.r_margin, pdf.get_y())
        pdf.ln(3)
        anchor = f"{part.id}-{entry.id}"
        self._chapter(self._name(entry), 1, size=_NAME)
        if not self._prints(entry.name):
            self._elsewhere("The name", anchor)
        page, bottom = pdf.page, self._photo(entry)
        if part.kind is words.Kind.ELECTED:
            self._say("Elected without a vote.", bold=True)
        for line in self._facts(entry):
            self._say(line, size=_SMALL)
        if bottom:
            pdf.set_left_margin(pdf.l_margin - PHOTO - GAP)
            if pdf.page == page:  # what stands beside it may go on further than it
                pdf.set_y(max(pdf.get_y(), bottom))
            pdf.set_x(pdf.l_margin)
        for said in entry.said:
            self._said(said, anchor, alone=len(entry.said) == 1)
        if not entry.said:
            self._say("There is no statement.", grey=QUIET)

    def _photo(self, entry: Entry) -> float:
        """Draw the photo, and move the left margin beside it; gives where it ends, or 0 where there is none."""
        jpeg, pdf = self._photos.get(entry.id), self._pdf
        if entry.photo is None or jpeg is None:
            return 0.0
        scale = min(PHOTO / entry.photo.width, _TALL / entry.photo.height)
        wide, tall = entry.photo.width * scale, entry.photo.height * scale
        top = pdf.get_y() + 1
        pdf.image(io.BytesIO(jpeg), pdf.l_margin, top, wide, tall, alt_text=entry.photo.about)
        pdf.set_left_margin(pdf.l_margin + PHOTO + GAP)
        pdf.set_xy(pdf.l_margin, top)
        return top + tall + 2

    def _said(self, said: Said, anchor: str, *, alone: bool) -> None:
        if not self._prints("".join(said.paragraphs)):
            name = self._shown(said.name, f"another language ({said.language})")
            self._elsewhere(f"The statement in {name}{MARK}", anchor)
            return
        self._room(20)
        if not alone and self._prints(said.name):
            self._put(said.name, said.dir, _SMALL, bold=True)
        for line in said.paragraphs:
            text = self._without(line)
            if said.dir == "rtl":
                self._put(text, said.dir, _PLAIN)
            else:
                self._say(text)

    def _facts(self, entry: Entry) -> Iterator[str]:
        """Who nominated and seconded, and what was declared, line by line."""
        who = (*(("themselves",) if entry.itself else ()), *entry.nominators)
        for what, names in (("Nominated", who), ("Seconded", entry.seconders)):
            if names:
                yield f"{what} by {', '.join(self._shown(one) + MARK for one in names)}."
        for answer in entry.answers:
            told = self._shown(answer.text) if answer.yes and answer.text else ""
            yield f"{self._shown(answer.question)}{MARK} {'Yes' if answer.yes else 'No'}{f': {told}' if told else '.'}"

    # ---- words -------------------------------------------------------------------------------------------------------

    def _prints(self, text: str) -> bool:
        """Whether the font has every letter of a text; other signs, as emoji, may be left out."""
        known = self._pdf.known
        return all(ord(one) in known or one.isspace() or unicodedata.category(one)[0] not in _LETTERS for one in text)

    def _without(self, text: str) -> str:
        """A text without the signs that the font lacks."""
        text = " ".join(text.split())
        return "".join(one for one in text if ord(one) in self._pdf.known)

    def _shown(self, text: str, instead: str = "(a name in letters that this file cannot print)") -> str:
        """A name or a sentence; something else where its letters lack."""
        return self._without(text) if self._prints(text) else instead

    def _name(self, entry: Entry) -> str:
        return self._shown(entry.name, f"“{entry.id}”") + MARK + (" (has withdrawn)" if entry.withdrawn else "")

    def _elsewhere(self, what: str, anchor: str) -> None:
        """Say where something can be read that cannot be printed."""
        self._room(15)
        self._say(f"{what} has letters that this file cannot print. Read it at:", grey=QUIET)
        self._say(f"{self._address}#{anchor}", grey=QUIET, link=f"{self._address}#{anchor}")

    def _chapter(self, text: str, level: int, size: float = _CONTEST) -> None:
        self._pdf.start_section(text.replace(MARK, ""), level)
        self._say(text, size=size, bold=True)

    def _say(self, text: str, *, size: float = _PLAIN, bold: bool = False, grey: int = INK, link: str = "") -> None:
        shaped = _shapes(text)
        self._put(
            text if shaped else text.replace(MARK, ""), "ltr", size, shaped=shaped, bold=bold, grey=grey, link=link
        )

    def _put(  # noqa: PLR0913  as fpdf2 wants it
        self,
        text: str,
        dir_: str,
        size: float,
        *,
        shaped: bool = True,
        bold: bool = False,
        grey: int = INK,
        link: str = "",
    ) -> None:
        pdf = self._pdf
        pdf.set_font(FONT, "B" if bold else "", size)
        pdf.set_text_color(grey)
        pdf.set_text_shaping(use_shaping_engine=shaped, direction=dir_)
        align = "R" if dir_ == "rtl" else "L"
        pdf.multi_cell(0, size * 0.52, text, align=align, new_x=XPos.LMARGIN, new_y=YPos.NEXT, link=link or None)
        pdf.ln(size / 8)

    def _room(self, height: float) -> None:
        if self._pdf.get_y() + height > self._pdf.page_break_trigger:
            self._pdf.add_page()


def _shapes(text: str) -> bool:
    return any(unicodedata.bidirectional(one) in _JOINED for one in text)
