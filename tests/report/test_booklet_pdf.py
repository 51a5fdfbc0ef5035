"""The booklet as a file for printing: its words can be read out of it, long ones go on, strange letters are told."""

import io
from dataclasses import replace
from typing import Any

import pytest
from pypdf import PdfReader

from governance.report import booklet_pdf
from governance.report.booklet import ORDER, Answer, Booklet, Entry, Kind, Part, Picture, Said
from tests.services.booklets import PICTURE

ADDRESS = "https://vote.example.org/elections/board/booklet"
LISTEN = "I listen first, and then I speak. "
ARABIC = "أنا أستمع أولاً، ثم أتكلم."
PHOTO = Picture("00" * 32, 480, 600, "A woman with short hair")


def said(*paragraphs: str, language: str = "en", name: str = "English", dir_: str = "ltr") -> Said:
    return Said(language, name, dir_, paragraphs)


def a_booklet(*entries: Entry, **changes: object) -> Booklet:
    parts = (
        Part("board", "At large", 2, Kind.VOTE, entries, reopen=True),
        Part("youth", "Youth", 2, Kind.ELECTED, (Entry("only", "Only One"),), vacant=1),
        Part("africa", "Africa", 1, Kind.ELECTED, ()),
    )
    return replace(Booklet("board", "Advisory group 2026", parts, public=True), **changes)  # type: ignore[arg-type]


def read(booklet: Booklet, photos: dict[str, bytes] | None = None) -> PdfReader:
    return PdfReader(io.BytesIO(booklet_pdf.write(booklet, photos or {}, ADDRESS)), strict=True)


def text(reader: PdfReader) -> str:
    """All of it but the feet of the pages."""
    return " ".join(" ".join(page.extract_text().rpartition("\n")[0] for page in reader.pages).split())


AMINA = Entry(
    "amina",
    "Amina Otieno",
    (said("I listen.", "And I write.", name="English"),),
    PHOTO,
    itself=True,
    nominators=("Member 7",),
    seconders=("Member 5", "Zoë Łukasz"),
    answers=(Answer("Money from a company?", yes=True, text="Travel, 2024"), Answer("Another?", yes=False, text="")),
)


def test_all_that_is_in_the_booklet_can_be_read_out_of_the_file() -> None:
    told = text(read(a_booklet(AMINA, others=("12 were received.",)), {"amina": PICTURE.jpeg}))

    for wanted in (
        "Advisory group 2026 The candidates",
        ORDER,
        ADDRESS,
        "2 places, filled by a vote. Voters can also choose to open nominations again.",
        "Amina Otieno Nominated by themselves, Member 7. Seconded by Member 5, Zoë Łukasz.",
        "Money from a company? Yes: Travel, 2024 Another? No.",
        "I listen. And I write.",
        "they are elected without a vote. 1 place stays empty. Only One Elected without a vote. There is no statement.",
        "1 place. Nobody stands.",
        "12 were received.",
    ):
        assert wanted in told
    assert "For members alone" not in told
    assert "For members alone" in text(read(a_booklet(AMINA, public=False)))


def test_it_has_a_title_a_language_chapters_and_says_what_a_photo_shows() -> None:
    reader = read(a_booklet(AMINA), {"amina": PICTURE.jpeg})

    assert reader.metadata is not None
    assert reader.metadata.title == "Candidates: Advisory group 2026"
    root: Any = reader.root_object
    assert root["/Lang"] == "en"
    titles = [one if isinstance(one, list) else one.title for one in reader.outline]
    assert [one for one in titles if isinstance(one, str)] == ["At large", "Youth", "Africa"]
    assert pictures(reader) == [PICTURE.jpeg]  # as it is, not encoded again
    assert alternatives(reader) == ["A woman with short hair"]


def pictures(reader: PdfReader) -> list[bytes]:
    """The files of the pictures, as they lie in it."""
    resources: list[Any] = [page["/Resources"].get_object() for page in reader.pages]
    found = [one.get_object() for each in resources for one in each.get("/XObject", {}).values()]
    assert {str(one["/Filter"]) for one in found} == {"/DCTDecode"}
    return [one._data for one in found]  # noqa: SLF001  pypdf would decode and encode it


def alternatives(reader: PdfReader) -> list[str]:
    """What is said of pictures, in the tree of marked content."""
    found: list[str] = []
    rest: list[Any] = [reader.root_object["/StructTreeRoot"]]
    while rest:
        one = rest.pop()
        one = one.get_object() if hasattr(one, "get_object") else one
        if isinstance(one, list):
            rest += one
        elif isinstance(one, dict):
            found += [str(one["/Alt"])] if "/Alt" in one else []
            rest += [one["/K"]] if "/K" in one else []
    return found


def test_long_statements_go_on_over_pages_and_lose_nothing() -> None:
    paragraphs = tuple(f"Paragraph {number}. {LISTEN * 12}" for number in range(30))
    reader = read(a_booklet(replace(AMINA, said=(said(*paragraphs),))), {"amina": PICTURE.jpeg})

    told = text(reader)

    assert len(reader.pages) > 5
    assert [f"Paragraph {number}. I listen first" in told for number in range(30)] == [True] * 30
    feet = [page.extract_text().splitlines()[-1].strip() for page in reader.pages]
    assert feet == [f"Advisory group 2026 · {number}" for number in range(1, len(feet) + 1)]


def test_facts_that_are_longer_than_the_photo_and_the_page_stay_whole() -> None:
    many = tuple(f"Member Number {number}" for number in range(400))
    reader = read(a_booklet(replace(AMINA, seconders=many)), {"amina": PICTURE.jpeg})

    told = text(reader)

    assert all(f"{name}" in told for name in many)
    assert told.index("Member Number 399") < told.index("I listen.")


def test_right_to_left_is_joined_and_other_letters_are_not_boxes() -> None:
    strange = (
        said(ARABIC, language="ar", name="العربية", dir_="rtl"),
        said("मैं सुनूँगा।", language="hi", name="हिन्दी"),
        said("我会倾听。", language="zh", name="中文"),
        said("I listen 😀 first."),
    )
    one = replace(AMINA, said=strange)
    other = Entry("c-2", "李小龙", seconders=("王芳", "Bo"))
    reader = read(a_booklet(one, other))

    told = text(reader)

    assert any(0xFB50 <= ord(letter) <= 0xFEFF or 0x600 <= ord(letter) <= 0x6FF for letter in told)
    assert (
        f"The statement in another language (hi) has letters that this file cannot print. Read it at: {ADDRESS}" in told
    )
    assert told.count("cannot print. Read it at:") == 3  # Hindi, Chinese, the name
    assert "I listen first." in told.replace("  ", " ")
    assert "“c-2” The name has letters that this file cannot print." in told
    assert f"{ADDRESS}#board-c-2" in told
    assert "Seconded by (a name in letters that this file cannot print), Bo." in told
    notes: list[Any] = [one.get_object() for page in reader.pages for one in page.get("/Annots", ())]
    links = {str(one["/A"]["/URI"]) for one in notes if "/A" in one}
    assert links == {ADDRESS, f"{ADDRESS}#board-amina", f"{ADDRESS}#board-c-2"}
    for letter in "李小龙मै我\N{REPLACEMENT CHARACTER}":
        assert letter not in told


def test_who_has_withdrawn_is_marked_in_the_contents_too() -> None:
    told = text(read(a_booklet(replace(AMINA, withdrawn=True))))

    assert told.count("Amina Otieno (has withdrawn)") == 2


def test_what_looks_like_a_command_is_words() -> None:
    odd = "{nb} **bold** __line__ %s \\n (a) <b>x</b>"

    assert odd in text(read(a_booklet(replace(AMINA, said=(said(odd),)))))


def test_the_same_booklet_is_the_same_bytes() -> None:
    made = [booklet_pdf.write(a_booklet(AMINA), {"amina": PICTURE.jpeg}, ADDRESS) for _ in range(2)]

    assert made[0] == made[1]


def test_no_letter_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    text(read(a_booklet(replace(AMINA, name="李小龙", said=(said("我会倾听。 😀 \u200d \u00ad"),)))))

    assert not [record for record in caplog.records if record.levelname == "WARNING" and "fpdf" in record.name]
