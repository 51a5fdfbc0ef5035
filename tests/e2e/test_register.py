"""The register in a browser: a new secretariat enters eight years of a real body, mends what it got wrong, and looks at it."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.hall import Hall, served
from tests.e2e.looking import Looks
from tests.services import seated
from tests.services.stage import a_stage

pytestmark = [pytest.mark.browser, pytest.mark.slow]

HISTORY = Path(__file__).parents[1] / "domain" / "bodies" / "seats" / "kubernetes-steering.txt"
DESK, PUBLIC = "/officer/bodies/steering", "/bodies/steering"


@pytest.fixture
def hall(tmp_path: Path, browser: Browser) -> Iterator[Hall]:
    with a_stage(tmp_path) as stage:
        seated.begin(stage)
        with served(stage, browser) as opened:
            yield opened


def test_a_new_secretariat_enters_eight_years_of_a_real_body(hall: Hall) -> None:
    looks = Looks()
    with hall.tab("secretary") as page, hall.tab("officer") as second:
        begin(hall, page, looks)
        history(page, looks)
        approve(hall, second, looks)
        correct(hall, page, looks)
        approve(hall, second, looks)
        seat(hall, page, looks)
        term(hall, page, second, looks)
        others(hall, page, looks)
    with hall.tab("") as page:
        public(hall, page, looks)
    assert looks.wrong() == {}
    assert [
        one for one in hall.errors if "status of 422" not in one
    ] == []  # a browser tells of each page with a mistake


def begin(hall: Hall, page: Page, looks: Looks) -> None:
    page.goto(f"{hall.address}/officer/bodies/")
    looks.at(page, "register-desk")
    page.get_by_label("Name", exact=True).fill("Steering Committee")
    page.get_by_label("Short name").fill("steering")
    page.get_by_role("button", name="Add it").click()
    expect(page.get_by_text("Now say which seats it has.")).to_be_visible()
    looks.at(page, "register-desk-empty")


def history(page: Page, looks: Looks) -> None:
    """First with a slip in a line, as it happens; then mended in the page itself."""
    page.get_by_role("link", name="Enter history from a page of text").click()
    looks.at(page, "register-entering")
    text = HISTORY.read_text()
    page.get_by_label("The page").fill(text.replace("elected  Election of 2018", "voted  Election of 2018", 1))
    page.get_by_role("button", name="Show what would be entered").click()
    expect(page.get_by_role("alert")).to_contain_text("“voted” is not how one comes to a seat")
    looks.at(page, "register-entering-wrong")
    page.get_by_label("The page").fill(text)
    page.get_by_role("button", name="Show what would be entered").click()
    expect(page.get_by_text("New seats")).to_be_visible()
    looks.at(page, "register-entering-seen")
    page.get_by_label("Why, or from where").fill("As the committee published it.")
    page.get_by_role("button", name="Ask for exactly this").click()
    expect(page.get_by_text("Asked. It is entered once")).to_be_visible()


def approve(hall: Hall, page: Page, looks: Looks) -> None:
    page.goto(f"{hall.address}{DESK}")
    looks.at(page, "register-desk-waiting")
    page.get_by_role("link", name="Number").click()
    page.get_by_role("button", name="Approve").click()
    expect(page.get_by_text("Approved, and done.")).to_be_visible()


def correct(hall: Hall, page: Page, looks: Looks) -> None:
    """A name that was misspelt."""
    page.goto(f"{hall.address}{DESK}/entries")
    looks.at(page, "register-entries")
    page.get_by_label("Look for").fill("crickenberger is entered")
    page.get_by_role("button", name="Look").click()
    page.get_by_role("listitem").filter(has_text="Aaron Crickenberger is entered").get_by_role("link").click()
    looks.at(page, "register-mend")
    page.get_by_label("Name", exact=True).fill("Aaron Crickenberger-Smith")
    form = page.locator("form").first
    form.get_by_label("Why").fill("A slip.")
    form.get_by_role("button").click()
    expect(page.get_by_role("status")).to_contain_text("Instead of “Aaron Crickenberger is entered")
    looks.at(page, "register-mend-seen")
    page.get_by_role("button", name="Ask for exactly this").click()
    expect(page.get_by_text("Asked. It is entered once")).to_be_visible()


def seat(hall: Hall, page: Page, looks: Looks) -> None:
    page.goto(f"{hall.address}{DESK}/seats/new")
    looks.at(page, "register-seat-new")
    page.get_by_label("Name of the seat").fill("Seat 8")
    page.get_by_label("Why").fill("Decided in March.")
    page.get_by_role("button", name="Show what would be entered").click()
    expect(page.get_by_role("status")).to_contain_text("New seat “Seat 8”")
    looks.at(page, "register-seat-new-seen")


def term(hall: Hall, page: Page, second: Page, looks: Looks) -> None:
    """A single term, by a form; first with what is missing, then as it should be."""
    group = f"{hall.address}/officer/bodies/group"
    page.goto(group)
    page.get_by_role("link", name="Enter a single term").click()
    looks.at(page, "register-term")
    page.get_by_label("Name of the person").fill("Ada Before")
    page.get_by_label("First day in office").fill("2026-04-01")
    page.get_by_label("Last day in office").fill("2026-03-01")
    page.get_by_role("button", name="Show what would be entered").click()
    for field, why in (("Seat", "Please choose the seat."), ("Last day in office", "before the first day in office")):
        expect(page.get_by_label(field, exact=True)).to_have_accessible_description(re.compile(why))
    looks.at(page, "register-term-wrong")
    expect(page.get_by_label("Name of the person")).to_have_value("Ada Before")
    page.get_by_label("Seat", exact=True).select_option(label="Seat (e1)")
    page.get_by_label("Last day in office").fill("")
    page.get_by_label("How they came to it").select_option(label="By an appointment")
    page.get_by_label("By which vote, decision or record").fill("Minutes of 2026-02-20")
    page.get_by_label("Why").fill("From the minutes.")
    page.get_by_role("button", name="Show what would be entered").click()
    expect(page.get_by_role("status")).to_contain_text("Ada Before holds “Seat” for 2026-04-01 until 2028-04-01")
    looks.at(page, "register-term-seen")
    page.get_by_role("button", name="Ask for exactly this").click()
    expect(page.get_by_text("Asked. It is entered once")).to_be_visible()
    second.goto(group)
    second.get_by_role("link", name="Number").click()
    second.get_by_role("button", name="Approve").click()
    expect(second.get_by_text("Approved, and done.")).to_be_visible()
    second.goto(f"{hall.address}/bodies/group?day=2026-04-01")
    expect(second.get_by_role("link", name="Ada Before", exact=True)).to_be_visible()


def others(hall: Hall, page: Page, looks: Looks) -> None:
    for name, path in (
        ("rules", "/rules"),
        ("seat-change", "/seats/steering-seat-1"),
        ("abolish", "/seats/steering-seat-1/abolish"),
    ):
        page.goto(f"{hall.address}{DESK}{path}")
        looks.at(page, f"register-{name}")
    with hall.tab("m1") as mine:
        mine.goto(f"{hall.address}/declarations")
        mine.get_by_role("button").filter(has_text="This is so today").click()
        expect(mine.get_by_role("alert")).to_be_visible()
        looks.at(mine, "register-mine")
        mine.get_by_label("No", exact=True).check()
        mine.get_by_role("button").filter(has_text="This is so today").click()
        expect(mine.get_by_text("Saved, with today's date.")).to_be_visible()


def public(hall: Hall, page: Page, looks: Looks) -> None:
    page.goto(f"{hall.address}/bodies/")
    looks.at(page, "register-bodies")
    page.get_by_role("link", name="Steering Committee").click()
    looks.at(page, "register-page")
    page.get_by_label("As it stood on").fill("2018-06-01")
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_text("Aaron Crickenberger-Smith").first).to_be_visible()
    looks.at(page, "register-page-past")
    page.get_by_role("link", name="How was this person chosen? Aaron").click()
    looks.at(page, "register-holding")
    page.get_by_role("link", name="Aaron Crickenberger-Smith").first.click()
    looks.at(page, "register-person")
    page.get_by_role("link", name="May they serve again?").click()
    expect(page.get_by_role("heading", name="Yes: Aaron")).to_be_visible()
    looks.at(page, "register-again")
    page.goto(f"{hall.address}{PUBLIC}/seats/steering-seat-1")
    looks.at(page, "register-seat")
    page.get_by_label("As it was known on").fill("2026-02-24")
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_text("As the register had it on 2026-02-24")).to_be_visible()
    looks.at(page, "register-seat-known")
    page.goto(f"{hall.address}{PUBLIC}/due?years=10")
    looks.at(page, "register-due")
    page.goto(f"{hall.address}/bodies/group/declarations")
    expect(page.get_by_text("The answer is not published.")).to_be_visible()
    looks.at(page, "register-declared")
