"""The officers' log by pages: every line stands on exactly one of them, whatever is written meanwhile."""

import re
from collections.abc import Callable, Sequence
from html import unescape

import pytest

from governance.services import officers
from governance.services.officers import LINES
from tests.services.stage import ELECTION, Stage
from tests.web.browser import Someone, words

As = Callable[[str], Someone]
LOG, OF_ONE = "/officer/log", f"/officer/elections/{ELECTION}/log"


def write(stage: Stage, deeds: Sequence[str], election: str | None = None) -> None:
    with stage.writing() as session:
        for what in deeds:
            officers.note(session, "officer", what, election=election, now=stage.now)
            session.flush()


def read(reader: Someone, address: str) -> tuple[list[str], str]:
    """What the lines of a page say of deeds like “did 7.”, and where older ones are."""
    page = reader.get(address)
    assert page.status_code == 200
    link = re.search(r'<a href="([^"]*)">Older lines</a>', page.text)
    return re.findall(r"did ([0-9]+)\.", words(page)), unescape(link[1]) if link else ""


def walk(reader: Someone, address: str) -> list[list[str]]:
    pages = []
    while address:
        found, address = read(reader, address)
        pages.append(found)
    return pages


def numbered(count: int) -> list[str]:
    return [f"did {number}." for number in range(count)]


@pytest.mark.parametrize("count", [LINES - 1, LINES, LINES + 1, 2 * LINES + 30])
def test_each_line_is_on_one_page_the_newest_first(stage: Stage, as_: As, count: int) -> None:
    stage.draft()
    write(stage, numbered(count), ELECTION)
    write(stage, [f"did {number}." for number in range(1000, 1030)])  # of no election
    with stage.reading() as session:
        lines = len(officers.log(session, "officer", election=ELECTION, limit=10**6))
    pages = walk(as_("officer"), OF_ONE)

    found = [one for page in pages for one in page]
    assert found == [str(number) for number in reversed(range(count))]
    assert len(pages) == -(-lines // LINES)
    both = [one for page in walk(as_("secretary"), LOG) for one in page]
    assert sorted(both) == sorted([*found, *map(str, range(1000, 1030))])


def test_what_is_written_meanwhile_moves_nothing(stage: Stage, as_: As) -> None:
    write(stage, numbered(2 * LINES + 5))
    reader = as_("officer")
    first, older = read(reader, LOG)
    write(stage, [f"did {number}." for number in range(1000, 1010)])

    second, _ = read(reader, older)
    assert not set(first) & set(second)
    assert second[0] == str(int(first[-1]) - 1)
    page = words(reader.get(older))
    assert "Older lines, the newest of them first." in page
    assert "The newest lines" in page
    assert read(reader, LOG)[0][0] == "1009"


@pytest.mark.parametrize("before", ["", "x", "-1", "1.5", "²", "9" * 30])
def test_what_is_no_number_of_a_line_shows_the_newest(stage: Stage, as_: As, before: str) -> None:
    write(stage, numbered(3))

    assert read(as_("officer"), f"{LOG}?before={before}")[0] == ["2", "1", "0"]


def test_before_the_first_line_there_is_nothing(stage: Stage, as_: As) -> None:
    write(stage, numbered(3))
    reader = as_("officer")

    assert "Nothing older." in words(reader.get(f"{LOG}?before=1"))
    assert read(reader, f"{LOG}?before={'9' * 18}")[0] == ["2", "1", "0"]
    assert as_("m1").get(f"{LOG}?before=3").status_code == 403
