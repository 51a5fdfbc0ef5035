"""One term by a form: looked at, asked for, approved by another; what is wrong stands beside its field, and nothing is lost."""

import re
from collections.abc import Callable, Iterator
from datetime import date
from html import unescape
from pathlib import Path

import pytest
from werkzeug.test import TestResponse

from governance.domain.seats import facts as f
from governance.domain.seats.facts import End, How
from governance.services import members, seat_requests, seats
from governance.services.seat_requests import Act
from tests.services import seated
from tests.services.stage import Stage, a_stage
from tests.web.asking import DESK, approve, asked, entries, requests, seen
from tests.web.browser import Someone, words

As = Callable[[str], Someone]
TERM = f"{DESK}/term"
FORM = {
    "seat": "e1",
    "name": "Ada Before",
    "member": "",
    "start": "2026-04-01",
    "last": "",
    "end": "",
    "how": "elected",
    "reference": "Vote of 2026-02-20",
    "exception": "",
    "why": "From the minutes.",
}
OLD = FORM | {"seat": "e9", "start": "2020-04-01", "last": "2021-06-30", "end": "resigned"}
"""In a seat that is older than the others."""


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    with a_stage(tmp_path) as made:
        seated.begin(made)
        seated.enter(made, f.SeatCreated("e9", "group", date(2020, 4, 1), seated.ELECTED), now=made.now)
        yield made


@pytest.fixture
def desk(as_: As) -> Someone:
    return as_("secretary")


def beside(answer: TestResponse, field: str) -> str:
    """What stands beside a field."""
    found = re.search(rf'<ul id="{field}-errors" class="errors">(.*?)</ul>', answer.text, re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", found[1])).split()) if found else ""


def kept(answer: TestResponse, form: dict[str, str]) -> bool:
    """Whether all that was typed stands in the form still."""
    text = unescape(answer.text)
    return all(
        f'value="{value}"' in text or f">{value}</textarea>" in text.replace("\r\n", "")
        for value in form.values()
        if value
    )


def test_a_term_is_looked_at_asked_for_and_approved_by_another(stage: Stage, desk: Someone) -> None:
    before = entries(stage)
    looked = desk.post(TERM, OLD)
    assert (looked.status_code, entries(stage), requests(stage)) == (200, before, 0)
    told = words(looked)
    assert "Ada Before is entered, who is no member." in told
    assert "Ada Before, “Seat”: ended on 2021-07-01 (resigned)." in told
    assert "This would be entered" in told

    done = asked(desk, TERM, OLD)
    assert "Asked. It is entered once somebody else" in words(done)
    assert (entries(stage), requests(stage)) == (before, 1)
    assert desk.post(TERM, OLD | {"seen": seen(looked)}).status_code == 409
    approve(stage)

    with stage.reading() as session:
        book = seats.book(session)
    (one,) = book.of("e9")
    assert book.people[one.person].name == "Ada Before"
    assert (one.start, one.ended, one.how) == (date(2020, 4, 1), date(2021, 7, 1), End.RESIGNED)
    assert one.until == date(2022, 4, 1), "the planned end follows from the rule"
    assert (one.instrument.how, one.instrument.day) == (How.ELECTION, date(2026, 2, 20))
    again = desk.post(TERM, OLD)
    assert (again.status_code, "stands in the register already" in words(again)) == (409, True)


def test_the_form_and_a_page_of_text_say_the_same(stage: Stage, desk: Someone) -> None:
    """It goes the same way: one request, with one line of text, that is planned as any page is."""
    form = OLD | {"name": "", "member": "m5@example.org", "remainder": "y", "exception": "Board, 3 May"}
    looked = desk.post(TERM, form)
    assert desk.post(TERM, form | {"seen": seen(looked)}).status_code == 302

    with stage.reading() as session:
        (one,) = seat_requests.waiting(session, "officer", now=stage.now)
    assert one.request.act is Act.PAGE
    assert one.request.page == (
        "2020-04-01..2021-06-30  e9  Member 5 <m5>  elected  Vote of 2026-02-20  resigned  "
        "remainder=yes  exception=Board, 3 May"
    )
    assert "@" not in one.request.page, "a member is named by their id: the address is nobody's business"


@pytest.mark.parametrize(
    ("changed", "field", "why"),
    [
        ({"seat": ""}, "seat", "Please choose the seat."),
        ({"name": ""}, "name", "Please say who it was"),
        ({"name": "#1 Ada"}, "name", "begin it with a letter"),
        ({"name": "A" * 101}, "name", "At most 100 letters"),
        ({"member": "nobody@example.org"}, "member", "Nobody on the members' list is “nobody@example.org”."),
        ({"start": ""}, "start", "Please give their first day in office."),
        ({"start": "soon"}, "start", "Please give a day, like"),
        ({"last": "2019-01-01"}, "last", "This is before the first day in office."),
        ({"last": ""}, "end", "Then please give their last day in office, above."),
        ({"how": ""}, "how", "Please choose how they came to it."),
        ({"reference": "# of the minutes"}, "reference", "begin it with a letter"),
        ({"why": ""}, "why", "Please say why, in a few words."),
        ({"last": "2027-01-01"}, "end", "that day is still to come."),
        ({"start": "2019-01-01"}, "start", "begins on 2020-04-01, so nobody holds it before."),
        (
            {"seat": "e1", "start": "2025-01-01", "last": "2025-02-01"},
            "start",
            "one holder at a time: Member 1 holds it",
        ),
    ],
)
def test_what_is_wrong_stands_beside_its_field_and_nothing_is_lost(
    stage: Stage, desk: Someone, changed: dict[str, str], field: str, why: str
) -> None:
    before, form = (entries(stage), requests(stage)), OLD | changed

    answer = desk.post(TERM, form)

    assert answer.status_code in (409, 422)
    assert why in beside(answer, field)
    assert f'aria-describedby="{field}-' in answer.text
    assert "Nothing was entered" in words(answer)
    assert kept(answer, form)
    assert (entries(stage), requests(stage)) == before


def test_the_limit_of_terms_is_told_beside_the_decision_that_could_lift_it(stage: Stage, desk: Someone) -> None:
    seated.enter(stage, seated.seated("h9", "e9", "p1", date(2022, 4, 1), date(2024, 4, 1)), now=stage.now)
    form = FORM | {"seat": "e9", "name": "", "member": "m1", "how": "appointed"}

    refused = desk.post(TERM, form)
    assert "the rule says: at most 2 in a row" in beside(refused, "exception")
    assert "<details open>" in refused.text

    assert "This would be entered" in words(desk.post(TERM, form | {"exception": "Decision 12"}))


def test_what_should_be_looked_at_is_asked_and_does_not_stop_it(desk: Someone) -> None:
    told = words(desk.post(TERM, OLD | {"last": "", "end": ""}))

    assert "Is this meant?" in told
    assert "write 2022-03-31 as their last day" in told
    assert "This would be entered" in told


def test_words_that_mean_something_else_in_a_line_are_refused(desk: Someone) -> None:
    form = OLD | {"end": "", "reference": "resigned"}

    answer = desk.post(TERM, form)

    assert (answer.status_code, kept(answer, form)) == (422, True)
    assert "Please write it out more fully." in words(answer)


def test_a_seat_is_chosen_already_where_one_comes_from_its_page(desk: Someone) -> None:
    assert f'href="{TERM}"' in desk.get(DESK).text
    assert f'href="{TERM}?seat=e2"' in desk.get("/bodies/group/seats/e2").text

    page = desk.get(f"{TERM}?seat=e2").text

    assert 'selected value="e2"' in page
    assert "Seat (e2)" in page, "two seats are called the same, so each has its short name"
    assert "Appointed seat (" not in page


def test_a_group_without_seats_is_told_where_to_begin(stage: Stage, desk: Someone) -> None:
    with stage.writing() as session:
        members.add_body(session, "officer", "new", "New group", now=stage.now)

    page = desk.get("/officer/bodies/new/term")

    assert "This group has no seats yet." in words(page)
    assert "<select" not in page.text


@pytest.mark.parametrize("member", ["m1", "m12"])
def test_nobody_else_comes_here(stage: Stage, as_: As, member: str) -> None:
    before = entries(stage), requests(stage)

    assert as_(member).get(TERM).status_code == 403
    assert as_(member).post(TERM, OLD).status_code == 403
    assert (entries(stage), requests(stage)) == before
