"""Calendars in a browser: the reader's own time beside UTC, what stands without JavaScript, axe, a phone's width."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest
from playwright.sync_api import Browser, Page, expect

from governance.services import calendars
from tests.e2e.hall import Hall, served
from tests.e2e.looking import Looks
from tests.services.stage import ELECTION, TWO, a_draft, a_stage
from tests.services.test_calendars import AFTER, WHOLE, P, span
from tests.web.browser import AT

pytestmark = pytest.mark.browser
CLOSES = "10 March 2026, 09:00 UTC"


@pytest.fixture(scope="module")
def changed(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[Hall]:
    """An election that is open, whose calendar was changed once."""
    with a_stage(tmp_path_factory.mktemp("calendar")) as stage:
        stage.until_open(draft=a_draft(calendar=replace(WHOLE, periods=AFTER)))
        with stage.writing() as session:
            after = replace(WHOLE, periods=(*AFTER[:-1], span(P.SEATING, 41)))
            calendars.change(session, TWO, ELECTION, after, "The tenth is a holiday.", now=stage.now)
        with served(stage, browser) as opened:
            yield opened


@contextmanager
def tab(hall: Hall, member: str, **options: object) -> Iterator[Page]:
    hall.errors.clear()
    with hall.tab(member, **options) as page:
        yield page
    assert hall.errors == []


def test_the_readers_own_time_stands_beside_utc(changed: Hall) -> None:
    with tab(changed, "m1", timezone_id="Asia/Kathmandu", locale="de-DE") as page:
        for address in (AT, f"{AT}/calendar", "/home", f"{AT}/vote"):
            page.goto(changed.address + address)
            moment = page.locator("time", has_text=CLOSES).first
            expect(moment).to_have_text(f"{CLOSES} (10 March 2026 at 14:45 GMT+5:45, your time)")
            expect(page.locator("time:not([data-shown])")).to_have_count(0)


def test_where_the_clock_shows_utc_nothing_is_said_twice(changed: Hall) -> None:
    with tab(changed, "", timezone_id="UTC") as page:
        page.goto(f"{changed.address}{AT}/calendar")
        expect(page.locator("time[data-shown]").first).to_be_visible()

        expect(page.get_by_text("your time")).to_have_count(0)


def test_without_javascript_utc_and_anywhere_on_earth_stand_alone(changed: Hall) -> None:
    with tab(changed, "", timezone_id="Asia/Tokyo", java_script_enabled=False) as page:
        page.goto(f"{changed.address}{AT}/calendar")

        told = page.locator("main li", has_text="Voting").first.inner_text()
    assert " ".join(told.split()) == (
        "Voting, going on now From 3 March 2026, 09:00 UTC until 10 March 2026, 09:00 UTC"
        " (9 March 2026, 21:00 anywhere on Earth)"
    )


def test_axe_finds_nothing_and_nothing_is_too_wide(changed: Hall) -> None:
    looks = Looks()
    with tab(changed, "officer", timezone_id="America/Lima") as page:
        page.goto(f"{changed.address}{AT}/calendar")
        expect(page.get_by_text("Because: The tenth is a holiday.")).to_be_visible()
        looks.at(page, "calendar")
        page.goto(f"{changed.address}{AT}")
        looks.at(page, "calendar-election")
        page.goto(f"{changed.address}/officer{AT}/calendar")
        looks.at(page, "calendar-officer")
        seats = page.get_by_role("group", name="The elected take their seats")
        seats.get_by_label("When").fill("2026-03-15T12:00")
        seats.get_by_label("Anywhere on Earth").check()
        page.get_by_label("Why").fill("The hall is free.")
        changed.errors.clear()
        page.get_by_role("button", name="Ask for the change").click()
        expect(page.get_by_role("alert")).to_contain_text("Nobody takes a seat before the result is certified.")
        looks.at(page, "calendar-refused")
        expect(page.get_by_label("Why")).to_have_value("The hall is free.")
        changed.errors[:] = [one for one in changed.errors if "409 (CONFLICT)" not in one]
        seats.get_by_label("When").fill("2026-04-14T23:59")
        page.get_by_role("button", name="Ask for the change").click()
        page.get_by_role("link", name="Change the calendar: The elected take their seats").click()
        expect(page.get_by_text("15 April 2026, 11:59 UTC")).to_be_visible()
        looks.at(page, "calendar-decision")
    assert looks.wrong() == {}
