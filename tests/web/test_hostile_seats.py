"""The pages of the register of seats, attacked: from outside, by members, and by those who work with it."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask

from governance.domain.seats import facts as f
from governance.domain.seats.facts import End
from governance.domain.seats.register import Wish
from governance.services import appointments, seat_requests, seats
from governance.services.appointments import Plan
from governance.services.seat_requests import Act, Request
from tests.services import seated
from tests.services.seated import AFTER, BEGIN, ELECTED, at, enter
from tests.services.stage import Stage, a_stage
from tests.web.browser import Someone, words
from tests.web.test_appointments import a_decision

LATER = at(2026, 4, 12)
BODY = "/bodies/group"
As = Callable[[str], Someone]


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    with a_stage(tmp_path) as made:
        seated.begin_and_end(made)
        yield made


@pytest.fixture
def as_(site: Flask, stage: Stage) -> As:
    return lambda member: Someone(site, stage).let_in(member)


def called(stage: Stage) -> int:
    """A call for the appointed seat, with one application, closed since."""
    with stage.writing() as session:
        plan = Plan("a1", "Who knows Africa?", at(2026, 5, 1).date(), closes=at(2026, 4, 10))
        number = appointments.begin(session, "m12", plan, now=AFTER)
        appointments.apply(session, "m9", number, "A private reason.", now=AFTER)
    stage.now = LATER
    return number


# ---- odd questions ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", ["", "/register.json", "/register.csv", "/register.ics", "/again"])
@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01", "-1", "2026-02-30", "1" * 5000, "x\r\ny: z"])
def test_a_day_that_cannot_be_meant_breaks_nothing(anybody: Someone, page: str, day: str) -> None:
    answer = anybody.client.get(f"{BODY}{page}", query_string={"day": day, "known": day})
    assert answer.status_code in {400, 422}
    assert "y" not in answer.headers


@pytest.mark.parametrize("years", ["9" * 400, "-1", "x", "1e9", ""])
def test_a_number_of_years_that_is_none_of_the_choices_is_five(anybody: Someone, years: str) -> None:
    assert "5 years ahead" in words(anybody.get(f"{BODY}/due?years={years}"))


def test_a_seat_that_lasts_for_ages_hangs_no_page(stage: Stage, anybody: Someone) -> None:
    enter(stage, f.SeatCreated("e9", "group", BEGIN, replace(ELECTED, months=10**5)), now=AFTER)
    for page in ("", "/due", "/due?years=10", "/seats/e9", "/again?seat=e9&person=-", "/register.ics"):
        assert anybody.get(f"{BODY}{page}").status_code == 200, page


# ---- what is another one's -------------------------------------------------------------------------------------------


def test_nobody_reaches_what_is_elsewhere_by_its_id(stage: Stage, as_: As, anybody: Someone) -> None:
    called(stage)
    for address in ("/bodies/board/seats/e1", "/bodies/board/holdings/h1", "/bodies/board/people/p1"):
        assert anybody.get(address).status_code == 404, address
    other = as_("m8")
    assert "A private reason." not in other.get("/appointments/1/apply").text
    assert other.post("/appointments/1/withdraw", {"application": "1"}).status_code == 404
    for act in ("accept", "decline", "declare", "resign"):
        assert other.post(f"/my-seats/h1/{act}", {"sure": "y", "day": "2026-05-01"}).status_code == 404, act
    assert other.get("/my-seats/h1").status_code == 404
    for address in ("/officer/appointments/1", "/officer/bodies/group/entries", "/officer/vacancies"):
        assert other.get(address).status_code == 403, address


def test_the_appointing_authority_reads_no_request_about_health(stage: Stage, as_: As) -> None:
    enter(stage, f.Seated("h9", "e1", "p1", AFTER.date(), None, seated.VOTE), now=AFTER)
    stage.now = LATER
    with stage.writing() as session:
        wish = Request(Act.ENTER, (Wish(f.Ended("h9", LATER.date(), End.INCAPACITY)),))
        number = seat_requests.ask(session, "secretary", wish, "As decided.", now=LATER)
    address = f"/decisions/seats/{number}"
    assert "incapacity" in as_("officer").get(address).text
    authority = as_("m12")
    assert authority.get(address).status_code == 403
    assert authority.post(f"{address}/approve").status_code == 403
    for page in ("/officer/vacancies", "/home"):
        assert "incapacity" not in authority.get(page).text


# ---- files -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "data", [b"<script>alert(1)</script>", b"<svg xmlns='http://www.w3.org/2000/svg' onload='x()'/>", b"%PDF-<script>"]
)
def test_a_file_of_markup_is_saved_and_never_shown(stage: Stage, as_: As, anybody: Someone, data: bytes) -> None:
    called(stage)
    as_("m12").post("/officer/appointments/1/decide", a_decision(file=data))
    with stage.reading() as session:
        (asked,) = seat_requests.waiting(session, "officer", now=LATER)
    assert as_("officer").post(f"/decisions/seats/{asked.number}/approve").status_code == 302
    assert asked.request.decision is not None
    answer = anybody.get(f"/appointments/files/{asked.request.decision.file}")
    assert answer.mimetype in {"text/plain", "application/pdf"}
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")


@pytest.mark.parametrize("name", ["..%2f..%2fetc%2fpasswd", "0" * 64, "G" * 64, "%00" * 64])
def test_no_other_file_is_reached(anybody: Someone, name: str) -> None:
    assert anybody.get(f"/appointments/files/{name}").status_code == 404


def test_names_run_nothing_and_add_nothing_to_the_files(stage: Stage, anybody: Someone) -> None:
    evil = '=HYPERLINK("http://x")<script>x()</script>\\nBEGIN:VEVENT;X="'
    enter(stage, f.Named("p1", BEGIN, evil, "m1"), now=AFTER)
    day = "day=2025-01-01"
    table = anybody.get(f"{BODY}/register.csv?{day}")
    assert not any(line.startswith(("=", '"=')) or ",=" in line or ',"=' in line for line in table.text.splitlines())
    told = anybody.get(f"{BODY}/register.json?{day}").json
    assert told is not None
    assert evil in {one["name"] for one in told["people"]}
    calendar = anybody.get(f"{BODY}/register.ics?{day}").text
    assert calendar.count("\r\nBEGIN:VEVENT") == calendar.count("\r\nEND:VEVENT") == calendar.count("\r\nUID:") > 0
    for page in ("", "/people/p1", "/holdings/h1", "/seats/e1", "/due"):
        assert "<script>x()" not in anybody.get(f"{BODY}{page}?{day}").text


# ---- twice, late, after it was struck out ----------------------------------------------------------------------------


def test_nobody_ends_the_register_by_resigning_in_another_age(stage: Stage, as_: As, anybody: Someone) -> None:
    open_ = f.Seated("h9", "e9", "p1", BEGIN, None, seated.VOTE)
    enter(stage, f.SeatCreated("e9", "group", BEGIN, replace(ELECTED, office="", months=0)), open_, now=AFTER)
    answer = as_("m1").post("/my-seats/h9/resign", {"day": "9999-12-31", "sure": "y"})
    assert answer.status_code in {400, 409, 422}
    assert anybody.get(BODY).status_code == 200


def test_every_page_stands_when_a_decided_seat_was_struck_out(stage: Stage, as_: As, anybody: Someone) -> None:
    called(stage)
    as_("m12").post("/officer/appointments/1/decide", a_decision())
    with stage.writing() as session:
        (asked,) = seat_requests.waiting(session, "officer", now=LATER)
        seat_requests.approve(session, "officer", asked.number, now=LATER)
        made = appointments.show(session, 1, now=LATER).decided
    with stage.writing() as session:
        seated.approved(session, seated.struck(session, made, LATER.date()), now=LATER)
    pages = ("/appointments", "/appointments/1", "/officer/appointments", "/officer/appointments/1", "/home", BODY)
    for page in pages:
        assert as_("m12").get(page).status_code in {200, 302}, page
    with stage.writing() as session:
        kept = seats.load(session)
        wishes = {
            one.supersedes: one
            for holding in [h.id for h in kept.book().holdings.values() if h.seat == "a1"]
            for one in seated.struck(session, holding, LATER.date()).wishes
        } | {one.supersedes: one for one in seated.struck(session, "a1", LATER.date()).wishes}
        seated.approved(session, Request(Act.ENTER, tuple(wishes.values())), now=LATER)
    assert anybody.get("/appointments/1").status_code == 404
    for page in ("/appointments", "/officer/appointments", "/home", BODY):
        assert as_("m12").get(page).status_code in {200, 302}, page
