"""A seat and a person as the register had them on a day: later entries are left out, and a day is asked as for the group."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from governance.domain.seats import facts as f
from tests.services import seated
from tests.services.seated import enter
from tests.services.stage import START, Stage, a_stage
from tests.web.browser import Someone, words

BODY = "/bodies/group"
BEFORE = START.date() - timedelta(days=1)
"""The register was entered on 24 February; that Member 1 resigned, and Member 4 followed, on 1 March."""


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    with a_stage(tmp_path) as made:
        seated.begin(made)
        yield made


@pytest.mark.usefixtures("changed")
@pytest.mark.parametrize("path", ["seats/e1", "people/p1"])
def test_what_was_entered_later_is_left_out(anybody: Someone, path: str) -> None:
    now, then = (words(anybody.get(f"{BODY}/{path}{query}")) for query in ("", f"?known={BEFORE}"))

    assert "held the seat from 2024-04-01 until 2026-01-01 (resigned)" in now
    assert "As the register had it" not in now
    assert f"As the register had it on {BEFORE} : what was entered later is left out." in then
    assert "holds the seat from 2024-04-01 until 2026-04-01" in then
    assert "resigned" not in then
    assert words(anybody.get(f"{BODY}/{path}?known={START.date()}")).count("resigned") == now.count("resigned")


@pytest.mark.usefixtures("changed")
def test_the_entries_and_the_rules_of_a_seat_are_those_of_then(changed: Stage, anybody: Someone) -> None:
    other = f.SeatChanged("e1", date(2026, 6, 1), seated.APPOINTED)
    enter(changed, other, now=START)

    now, then = (words(anybody.get(f"{BODY}/seats/e1{query}")) for query in ("", f"?known={BEFORE}"))

    assert "Vacant from 2026-01-01 until 2026-01-20 (resigned)" in now
    assert "Vacant" not in then
    assert ("other rules from 2026-06-01" in now, "other rules from 2026-06-01" in then) == (True, False)
    assert "Member</b> 4" not in then


@pytest.mark.usefixtures("changed")
def test_a_name_that_was_given_later_was_not_known(changed: Stage, anybody: Someone) -> None:
    enter(changed, f.Named("p1", START.date(), "Member Once", "m1"), now=START)

    then = words(anybody.get(f"{BODY}/people/p1?known={BEFORE}"))

    assert "Member 1" in then
    assert "Member Once" not in then


@pytest.mark.usefixtures("changed")
def test_links_stay_in_what_was_known(anybody: Someone) -> None:
    group, seat, person = (anybody.get(f"{BODY}{path}?known={BEFORE}").text for path in ("", "/seats/e1", "/people/p1"))

    for page, link in (
        (group, "seats/e1"),
        (group, "people/p1"),
        (seat, "people/p1"),
        (person, "seats/e1"),
    ):
        assert f'href="{BODY}/{link}?known={BEFORE}"' in page
    for page in (seat, person):
        assert f'href="{BODY}?known={BEFORE}"' in page
    assert "known=" not in anybody.get(f"{BODY}/seats/e1").text


@pytest.mark.usefixtures("changed")
@pytest.mark.parametrize(
    ("path", "known", "what"),
    [("seats/e1", "2020-01-01", "seat"), ("people/p1", "2020-01-01", "person"), ("people/p4", str(BEFORE), "person")],
)
def test_before_the_register_knew_of_it_today_is_shown_and_said(
    anybody: Someone, path: str, known: str, what: str
) -> None:
    answer = anybody.get(f"{BODY}/{path}?known={known}")

    assert answer.status_code == 404
    told = words(answer)
    assert f"On {known} the register had nothing about this {what} yet. This is what it says today." in told
    assert "As the register had it" not in told
    assert f'value="{known}"' in answer.text


@pytest.mark.parametrize("path", ["seats/e1", "people/p1"])
@pytest.mark.parametrize("day", ["yesterday", "2026-02-30", "0001-01-01", "9999-01-01"])
def test_a_day_that_is_none_is_asked_again_and_kept(anybody: Someone, path: str, day: str) -> None:
    answer = anybody.get(f"{BODY}/{path}?known={day}")

    assert answer.status_code == 422
    assert "Please give a day" in words(answer)
    assert f'value="{day}"' in answer.text


@pytest.mark.parametrize("path", ["seats/e9", "people/p9"])
def test_what_was_never_there_is_not_there(anybody: Someone, path: str) -> None:
    answer = anybody.get(f"{BODY}/{path}?known={BEFORE}")

    assert answer.status_code == 404
    assert "There is no such page" in words(answer)


def test_declarations_are_of_today_so_they_are_left_out(anybody: Someone) -> None:
    assert "Declarations of interest Do you" in words(anybody.get(f"{BODY}/people/p1"))
    assert "Declarations of interest Do you" not in words(anybody.get(f"{BODY}/people/p1?known={BEFORE}"))
