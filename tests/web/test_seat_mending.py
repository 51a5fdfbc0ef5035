"""Corrections of the register, and history from a page of text: looked at, asked for, approved by another."""

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest

from governance.domain.seats import facts as f
from governance.domain.seats.facts import End, Method
from governance.domain.seats.page import HOWS, MORE
from governance.domain.seats.register import Wish
from governance.services import seats
from governance.web.seat_entering import CAME, SAYS
from tests.services import seated
from tests.services.seated import enter
from tests.services.stage import Stage, a_stage
from tests.web.asking import DESK, approve, asked, entries, number, requests, seen, values
from tests.web.browser import Someone, words

As = Callable[[str], Someone]
HISTORY = Path(__file__).parents[1] / "domain" / "bodies" / "seats" / "kubernetes-steering.txt"
TAG = HISTORY.with_name("w3c-tag.txt")


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    with a_stage(tmp_path) as made:
        seated.begin(made)
        yield made


@pytest.fixture
def desk(as_: As) -> Someone:
    return as_("secretary")


# ---- corrections -----------------------------------------------------------------------------------------------------


def test_every_kind_of_entry_has_a_form_that_says_it_again(stage: Stage, desk: Someone) -> None:
    wishes = (
        f.Ended("h1", date(2026, 1, 1), End.RESIGNED),
        f.Named("p4", date(2026, 1, 1), "Member 4", "m4"),
        f.Offered("h4", "e1", "p4", date(2026, 2, 1), date(2026, 2, 10), date(2026, 4, 1), seated.VOTE, remainder=True),
        f.Accepted("h4", date(2026, 2, 2)),
        f.Declared("h4", date(2026, 2, 3), "interests"),
        f.Taken("h4", date(2026, 2, 10)),
        f.SeatChanged("e2", date(2026, 6, 1), seated.ELECTED),
        f.SeatAbolished("e2", date(2027, 1, 1)),
    )
    with stage.writing() as session:
        seats.append(session, wishes, by="secretary", now=stage.now)
        seats.append(session, [f.Planned("e1", date(2026, 1, 1), Method.COUNTBACK, "Told.")], by="clock", now=stage.now)
    with stage.reading() as session:
        standing = seats.load(session).standing

    for one, fact in standing.items():
        page = desk.get(f"{DESK}/entries/{one}")
        if isinstance(fact, f.Vacant):
            assert (page.status_code, "follows by itself" in words(page)) == (403, True)
            continue
        assert page.status_code == 200, fact
        same = desk.post(f"{DESK}/entries/{one}", values(page) | {"why": "A slip."})
        assert (same.status_code, "what the register says already" in words(same)) == (409, True), fact
    assert requests(stage) == 0


def corrected(stage: Stage, desk: Someone, one: int, change: dict[str, str]) -> str:
    """A correction as one makes it; the public page of the seat afterwards."""
    address = f"{DESK}/entries/{one}"
    form = values(desk.get(address)) | change | {"why": "A slip."}
    done = asked(desk, address, form)
    assert "Asked." in words(done)
    approve(stage)
    return words(desk.get("/bodies/group/seats/e1"))


def test_a_term_is_corrected(stage: Stage, desk: Someone) -> None:
    one = number(stage, f.Seated, "h1")
    told = corrected(
        stage, desk, one, {"until": "2026-01-01", "reference": "Minutes of March", "decided": "", "how": "election"}
    )

    assert "Elected (Minutes of March); held the seat from 2024-04-01 until 2026-01-01 (expired)" in told
    assert f"Corrected by entry {one + 3}" in told
    gone = desk.get(f"{DESK}/entries/{one}")
    assert (gone.status_code, f"correct entry {one + 3} instead" in words(gone)) == (403, True)


def test_an_outsider_turns_out_to_be_a_member(stage: Stage, desk: Someone) -> None:
    address = f"{DESK}/entries/{number(stage, f.Named, 'p3')}"
    nobody = desk.post(address, values(desk.get(address)) | {"member": "nobody@example.org", "why": "So it is."})
    taken = desk.post(address, values(desk.get(address)) | {"member": "m1", "why": "So it is."})
    assert (nobody.status_code, "Nobody among the members" in words(nobody)) == (409, True)
    assert 'value="nobody@example.org"' in nobody.text
    assert (taken.status_code, "stands in the register already" in words(taken)) == (409, True)

    corrected(stage, desk, number(stage, f.Named, "p3"), {"member": "m9@example.org", "name": "Member 9"})

    with stage.reading() as session:
        assert seats.person_of(seats.book(session), "m9") == "p3"


def test_what_never_was_is_struck_out_with_all_that_hangs_on_it(stage: Stage, desk: Someone, anybody: Someone) -> None:
    address = f"{DESK}/entries/{number(stage, f.Named, 'p1')}/strike"
    look = desk.post(address, {"why": "Entered by mistake."})
    assert "Instead of “Member 1 is entered.”: Struck out: it never was so." in words(look)
    assert "Instead of “Member 1 holds “Seat”" in words(look)

    asked(desk, address, {"why": "Entered by mistake."})
    approve(stage)

    assert anybody.get("/bodies/group/people/p1").status_code == 404
    assert "vacant since 2024-04-01 (new seat)" in words(anybody.get("/bodies/group"))
    assert "Struck out" in words(anybody.get("/bodies/group/seats/e1"))
    assert "Entered by mistake." in words(desk.get(f"{DESK}/entries"))
    assert desk.post(address, {"why": "Again."}).status_code == 403


def test_a_correction_that_breaks_a_law_is_refused_and_kept(stage: Stage, desk: Someone) -> None:
    address = f"{DESK}/entries/{number(stage, f.Seated, 'h1')}"
    form = values(desk.get(address)) | {"start": "2027-01-01", "why": "Kept reason."}
    answer = desk.post(address, form)

    assert (answer.status_code, "before it has begun" in words(answer)) == (409, True)
    assert "Kept reason." in answer.text
    assert 'value="2027-01-01"' in answer.text
    none = desk.post(f"{address}/strike", {"why": " "})
    assert (none.status_code, "Please say why" in words(none)) == (422, True)


def test_a_form_that_has_become_stale_changes_nothing(stage: Stage, desk: Someone) -> None:
    one = number(stage, f.Seated, "h1")
    address = f"{DESK}/entries/{one}"
    form = values(desk.get(address)) | {"reference": "Other minutes", "why": "A slip."}
    look = desk.post(address, form)
    enter(stage, Wish(seated.seated("h1", "e1", "p1", date(2024, 4, 2), date(2026, 4, 1)), one), now=stage.now)
    before = entries(stage)

    late = desk.post(address, form | {"seen": seen(look)})

    assert (late.status_code, "corrected already" in words(late), entries(stage), requests(stage)) == (
        403,
        True,
        before,
        0,
    )


def test_nobody_corrects_what_is_about_their_own_seat(stage: Stage, as_: As) -> None:
    enter(
        stage,
        f.Named("p8", date(2026, 2, 1), "An official", "m11"),
        f.SeatCreated("x1", "group", date(2026, 2, 1), seated.APPOINTED),
        f.Seated("h8", "x1", "p8", date(2026, 2, 1), None, seated.VOTE),
        now=stage.now,
    )
    address = f"{DESK}/entries/{number(stage, f.Seated, 'h8')}"
    own = as_("m11")
    form = values(own.get(address)) | {"until": "2030-01-01", "why": "I want to stay."}

    answer = own.post(address, form | {"seen": seen(own.post(address, form))})

    assert (answer.status_code, "about your own seat" in words(answer), requests(stage)) == (403, True, 0)


def test_entries_are_found_by_a_word(desk: Someone) -> None:
    found = words(desk.get(f"{DESK}/entries?find=MEMBER+1+holds"))

    assert "Member 1 holds “Seat”" in found
    assert "Member 2" not in found
    assert "There is no such entry." in words(desk.get(f"{DESK}/entries?find=zzz"))
    assert desk.get(f"{DESK}/entries?start=-5").status_code == 200


# ---- a page of text --------------------------------------------------------------------------------------------------


def test_ten_years_from_a_page_are_looked_at_asked_for_and_approved(
    stage: Stage, desk: Someone, anybody: Someone
) -> None:
    desk.post("/officer/bodies/", {"name": "Steering", "id": "steering"})
    page, text = "/officer/bodies/steering/page", HISTORY.read_text()
    look = desk.post(page, {"text": text, "look": "yes"})
    assert (look.status_code, "New seats 14 New people 30 New terms 41" in words(look)) == (200, True)
    form = {"text": text, "digest": seen(look), "ask": "yes", "why": "As it was published."}

    bare = desk.post(page, form | {"why": " "})
    done = desk.post(page, form, follow_redirects=True)
    twice = desk.post(page, form)

    assert (bare.status_code, "Please say why" in words(bare)) == (422, True)
    assert "Asked." in words(done)
    assert (twice.status_code, requests(stage)) == (409, 1)
    approve(stage)
    assert "Kubernetes Steering Committee" in words(anybody.get("/bodies/"))
    assert "Timothy St. Clair" in words(anybody.get("/bodies/steering?day=2018-01-01"))
    again = desk.post(page, {"text": text, "look": "yes"})
    assert (again.status_code, "there is nothing to do" in words(again)) == (200, True)


def test_a_page_with_mistakes_is_kept_with_each_line_that_is_wrong(stage: Stage, desk: Someone) -> None:
    text = "2024-04-01..  Seat  Ann <b>\r\n2020-99-01..  Seat  Ben Example  elected\n"
    answer = desk.post(f"{DESK}/page", {"text": text, "look": "yes", "why": "Kept reason."})

    assert answer.status_code == 422
    assert "2 lines have to be mended first" in words(answer)
    assert "Line 2:" in words(answer)
    assert "2020-99-01.. Seat Ben Example elected" in words(answer)
    assert "Ann &lt;b&gt;" in answer.text
    assert "Kept reason." in answer.text
    assert requests(stage) == 0


def test_lines_to_mend_stand_in_their_order(desk: Someone) -> None:
    text = (
        "seat  Spare  elected\n2020-99-01..  Seat  Ben Example  elected\n2024-04-01..  Other  Ann Example  appointed\n"
    )
    told = words(desk.post(f"{DESK}/page", {"text": "# First\n" + text, "look": "yes"}))

    assert told.index("Line 2: nobody on this page ever held “Spare”") < told.index("Line 3: “2020-99-01” is no day")


def test_the_help_says_what_each_word_of_a_line_means(desk: Someone) -> None:
    told = words(desk.get(f"{DESK}/page"))

    assert set(SAYS) == {*MORE, "last-day"}
    assert set(CAME) <= set(HOWS)
    assert all(f"{one}= {meant}" in told for one, meant in SAYS.items())
    assert all(f"{one} ({meant})" in told for one, meant in CAME.items())


def test_all_that_falls_due_in_a_year_is_on_the_page_of_the_body(stage: Stage, desk: Someone, anybody: Someone) -> None:
    desk.post("/officer/bodies/", {"name": "TAG", "id": "tag"})
    form = {"text": TAG.read_text(), "look": "yes"}
    look = desk.post("/officer/bodies/tag/page", form)
    asked_for = desk.post(
        "/officer/bodies/tag/page",
        form | {"digest": seen(look), "ask": "yes", "why": "Published."},
        follow_redirects=True,
    )
    approve(stage)

    due = words(anybody.get("/bodies/tag?day=2024-01-31")).split("What falls due")[1]

    assert "by-election, Special election of May 2015, the rest of a term" in words(asked_for)
    assert due.count("The term of") == 5


def test_a_page_that_was_changed_after_the_look_is_shown_again(stage: Stage, desk: Someone) -> None:
    desk.post("/officer/bodies/", {"name": "Steering", "id": "steering"})
    page, text = "/officer/bodies/steering/page", HISTORY.read_text()
    look = desk.post(page, {"text": text, "look": "yes"})
    other = text.replace("Aaron", "Aron")

    answer = desk.post(page, {"text": other, "digest": seen(look), "ask": "yes", "why": "So."})

    assert (answer.status_code, "has changed since you looked" in words(answer), requests(stage)) == (409, True, 0)
    assert "Aron" in answer.text


def test_a_file_takes_the_place_of_what_was_typed(desk: Someone) -> None:
    look = desk.post(
        f"{DESK}/page", {"text": "typed", "file": b"2020-01-01..2020-12-31  Old seat  Ann Example  elected\n"}
    )
    bad = desk.post(f"{DESK}/page", {"text": "typed", "file": b"\xff\xfe\x00"})
    empty = desk.post(f"{DESK}/page", {"text": ""})

    assert (look.status_code, "Old seat" in words(look), "is that so?" in words(look)) == (200, True, True)
    assert (bad.status_code, "not UTF-8" in words(bad), "typed" in bad.text) == (422, True, True)
    assert (empty.status_code, "The page is empty" in words(empty)) == (422, True)
