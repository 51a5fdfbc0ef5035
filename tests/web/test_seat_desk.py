"""The desk of the register: bodies and their rules, seats and theirs; each is looked at, asked for, and approved by another."""

from collections.abc import Callable, Iterator
from datetime import date
from html import unescape
from pathlib import Path

import pytest

from governance.domain.seats import facts as f
from governance.domain.seats.facts import Limit, Method, SeatClass
from governance.services import seats
from tests.services import seated
from tests.services.stage import Stage, a_stage
from tests.web.asking import DESK, approve, asked, entries, requests, seen
from tests.web.browser import Someone, words

As = Callable[[str], Someone]
HISTORY = Path(__file__).parents[1] / "domain" / "bodies" / "seats" / "kubernetes-steering.txt"
WRONG = "Nothing was entered"
SEAT = {
    "name": "Seat 3",
    "chosen": "elected",
    "day": "2024-04-01",
    "office": "group",
    "constituency": "Youth",
    "months": "24",
    "anchor": "2024-04-01",
    "consecutive": "2",
    "lifetime": "0",
    "partial_days": "180",
    "gap_days": "31",
    "remainder_exempt": "y",
    "reserved": "region: Africa | Asia\n\nyouth: yes",
    "first": "countback",
    "second": "appointment",
    "third": "",
    "vacant_under": "60",
    "remainder": "y",
    "alternate_of": "e1",
    "why": "Decided in March.",
}


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    with a_stage(tmp_path) as made:
        seated.begin(made)
        yield made


@pytest.fixture
def desk(as_: As) -> Someone:
    return as_("secretary")


# ---- who may ---------------------------------------------------------------------------------------------------------

PAGES = ("", "/rules", "/seats/new", "/seats/e1", "/seats/e1/abolish", "/page", "/entries", "/entries/2")


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize(("member", "status"), [("m1", 403), ("m12", 403), ("officer", 200), ("secretary", 200)])
def test_the_desk_is_for_the_secretariat_and_officers(as_: As, path: str, member: str, status: int) -> None:
    assert as_(member).get(DESK + path).status_code == status


@pytest.mark.parametrize(
    "path", ["/rules", "/seats/new", "/seats/e1", "/seats/e1/abolish", "/page", "/entries/2", "/entries/2/strike"]
)
def test_nobody_else_can_send_anything(stage: Stage, as_: As, path: str) -> None:
    before = entries(stage), requests(stage)
    answer = as_("m1").post(DESK + path, SEAT | {"text": HISTORY.read_text(), "ask": "yes"})

    assert answer.status_code == 403
    assert (entries(stage), requests(stage)) == before


@pytest.mark.parametrize(
    "address",
    [
        "/officer/bodies/none",
        "/officer/bodies/none/page",
        "/officer/bodies/none/entries",
        "/officer/bodies/other/seats/e1",
        "/officer/bodies/other/entries/2",
        f"{DESK}/seats/e9",
        f"{DESK}/seats/e9/abolish",
        f"{DESK}/entries/99",
    ],
)
def test_what_is_of_another_body_or_not_there(desk: Someone, address: str) -> None:
    desk.post("/officer/bodies/", {"name": "Another", "id": "other"})

    assert desk.get(address).status_code == 404


# ---- bodies ----------------------------------------------------------------------------------------------------------


def test_a_body_is_added_once(desk: Someone) -> None:
    empty = desk.post("/officer/bodies/", {"name": "", "id": "a b"})
    done = desk.post("/officer/bodies/", {"name": "Chairs", "id": "chairs"}, follow_redirects=True)
    twice = desk.post("/officer/bodies/", {"name": "Other chairs", "id": "chairs"})

    assert (empty.status_code, 'value="a b"' in empty.text) == (422, True)
    assert "Now say which seats it has." in words(done)
    assert (twice.status_code, "There is a body of that id already." in words(twice)) == (409, True)
    assert 'value="Other chairs"' in twice.text
    assert "Chairs It has no seats yet." in words(desk.get("/officer/bodies/"))


def test_the_rules_of_a_body_from_a_day_on(stage: Stage, desk: Someone, anybody: Someone) -> None:
    form = {
        "name": "Advisory board",
        "day": "2026-02-24",
        "verifiers": "2",
        "declarations": "interests\npharma",
        "wanted": "region=Africa: 2",
        "why": "The board decided so.",
    }
    page = desk.get(f"{DESK}/rules").text
    assert "lived_experience=yes: 1\nregion=Africa: 1" in unescape(page)

    done = asked(desk, f"{DESK}/rules", form)

    assert "Asked." in words(done)
    assert "Number 2" in words(desk.get(DESK))
    approve(stage)
    assert "Advisory board" in words(anybody.get("/bodies/group"))
    assert "Advisory group" in words(anybody.get("/bodies/group?day=2026-02-23")).split("As it stood")[0]
    with stage.reading() as session:
        rules = seats.book(session).body("group", date(2026, 3, 1))
    assert (rules.verifiers, rules.declarations, dict(rules.wanted)) == (
        2,
        ("interests", "pharma"),
        {"region=Africa": 2},
    )


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"wanted": "Africa: 1"}, "region=Africa: 1"),
        ({"wanted": "region=Africa: many"}, "region=Africa: 1"),
        ({"declarations": "two words"}, "short name"),
        ({"declarations": "\n".join(f"d{i}" for i in range(21))}, "at most 20"),
        ({"day": "soon"}, "Please give a day"),
        ({"why": " "}, "Please say why"),
        ({"name": "a\u202eb"}, "signs in it that cannot be shown"),
        ({"verifiers": "-1"}, "A whole number"),
    ],
)
def test_what_is_wrong_with_the_rules_of_a_body_is_said_and_kept(
    stage: Stage, desk: Someone, change: dict[str, str], why: str
) -> None:
    form = {"name": "Kept name", "day": "2026-02-24", "verifiers": "2", "why": "Kept reason."} | change
    answer = desk.post(f"{DESK}/rules", form)

    assert (answer.status_code, why in words(answer), WRONG in words(answer)) == (422, True, True)
    assert all(value.strip() in unescape(answer.text) for value in form.values())
    assert requests(stage) == 0


# ---- seats -----------------------------------------------------------------------------------------------------------


def test_a_seat_is_looked_at_asked_for_and_approved(stage: Stage, desk: Someone, anybody: Someone) -> None:
    before = entries(stage)
    look = desk.post(f"{DESK}/seats/new", SEAT)

    assert "This would be entered: New seat “Seat 3” from 2024-04-01 on: elected, terms of 24 months" in words(look)
    assert "“Seat 3” is vacant from 2024-04-01 on (new seat)." in words(look)
    assert (entries(stage), requests(stage)) == (before, 0)

    done = desk.post(f"{DESK}/seats/new", SEAT | {"seen": seen(look)}, follow_redirects=True)
    assert "Asked." in words(done)
    assert (entries(stage), requests(stage)) == (before, 1)
    assert "somebody else has to approve it" in words(done)

    approve(stage)
    with stage.reading() as session:
        made = seats.book(session).seats["group-seat-3"].on(date(2024, 4, 1))
    assert made == f.Seat(
        "Seat 3",
        SeatClass.ELECTED,
        "group",
        "Youth",
        24,
        date(2024, 4, 1),
        Limit(2, 0, 180, 31, remainder_exempt=True),
        {"region": ("Africa", "Asia"), "youth": ("yes",)},
        (Method.COUNTBACK, Method.APPOINTMENT),
        60,
        alternate_of="e1",
    )
    assert "Seat 3 (Youth): vacant since 2024-04-01" in words(anybody.get("/bodies/group")).replace(
        "( Youth )", "(Youth)"
    ).replace(" :", ":")


def test_only_what_was_seen_is_asked_for(stage: Stage, desk: Someone) -> None:
    look = desk.post(f"{DESK}/seats/new", SEAT)

    other = desk.post(f"{DESK}/seats/new", SEAT | {"seen": seen(look), "months": "36"})

    assert (other.status_code, "terms of 36 months" in words(other), requests(stage)) == (200, True, 0)
    assert seen(other) != seen(look)


def test_the_same_is_not_asked_for_twice(stage: Stage, desk: Someone) -> None:
    look = desk.post(f"{DESK}/seats/new", SEAT)
    first, last = (desk.post(f"{DESK}/seats/new", SEAT | {"seen": seen(look)}) for _ in range(2))

    assert first.status_code == 302
    assert (last.status_code, requests(stage)) == (409, 1)
    approve(stage)
    late = desk.post(f"{DESK}/seats/new", SEAT | {"seen": seen(look)})
    assert (late.status_code, "so much like this" in words(late)) == (409, True)


@pytest.mark.parametrize(
    ("change", "status", "why"),
    [
        ({"name": " "}, 422, "Please give it a name"),
        ({"day": "2026-13-01"}, 422, "Please give a day"),
        ({"day": "9999-01-01"}, 422, "from 1900 to 2199"),
        ({"anchor": "x"}, 422, "Please give a day"),
        ({"months": "1000"}, 422, "A whole number"),
        ({"months": "two"}, 422, "integer"),
        ({"chosen": "chosen by lot"}, 422, "Not a valid choice"),
        ({"alternate_of": "e9"}, 422, "Not a valid choice"),
        ({"reserved": "Africa"}, 422, "region: Africa | Asia"),
        ({"name": "x" * 201}, 422, "longer than 200"),
        ({"why": ""}, 422, "Please say why"),
    ],
)
def test_what_is_wrong_with_a_seat_is_said_and_kept(
    stage: Stage, desk: Someone, change: dict[str, str], status: int, why: str
) -> None:
    form = SEAT | change
    answer = desk.post(f"{DESK}/seats/new", form)

    assert (answer.status_code, why in words(answer), WRONG in words(answer)) == (status, True, True)
    assert 'value="Youth"' in answer.text
    assert form["reserved"].splitlines()[0] in unescape(answer.text)
    assert requests(stage) == 0


def test_a_seat_gets_other_rules_and_is_abolished(stage: Stage, desk: Someone, anybody: Someone) -> None:
    page = desk.get(f"{DESK}/seats/e1").text
    assert 'selected value="countback"' in page
    rules = {**SEAT, "name": "Seat one", "day": "2026-04-01", "alternate_of": ""}

    asked(desk, f"{DESK}/seats/e1", rules)
    approve(stage)
    assert "Rules from 2026-04-01 on Seat one" in words(anybody.get("/bodies/group/seats/e1"))

    done = asked(desk, f"{DESK}/seats/e2/abolish", {"day": "2026-02-01", "why": "The group is smaller."})
    assert "Asked." in words(done)
    approve(stage)
    told = words(anybody.get("/bodies/group/seats/e2"))
    assert "It was abolished on 2026-02-01" in told
    assert "held the seat from 2024-04-01 until 2026-02-01 (seat abolished)" in told
    assert "its rules can no longer change" in words(desk.get(f"{DESK}/seats/e2"))
    assert "2 of 2 seats are held" in words(anybody.get("/bodies/group"))
    late = desk.post(f"{DESK}/seats/e2", rules)
    assert late.status_code == 409
