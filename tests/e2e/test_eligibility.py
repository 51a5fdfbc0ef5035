"""The pages of eligibility in a browser: an officer adds a rule in the form, looks and saves; a member asks “May I?”."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.conftest import Serve
from tests.e2e.looking import Looks
from tests.e2e.second_steps import confirm_on
from tests.services.stage import ELECTION, KEY, Stage, a_stage

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with a_stage(tmp_path_factory.mktemp("eligibility")) as made:
        made.set_up(9)
        made.draft()
        yield made


@pytest.fixture(scope="module")
def address(serve: Serve, stage: Stage) -> str:
    url = stage.engine.url.render_as_string(hide_password=False)
    folder = Path(str(stage.engine.url.database)).parent
    return serve(folder, SECRET=KEY, DATABASE_URL=url, CLOCK=lambda: stage.now, DEVELOPMENT=True)


def tab(browser: Browser, errors: list[str]) -> Page:
    page = browser.new_context().new_page()
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    return page


def signed_in(page: Page, stage: Stage, address: str, member: str) -> None:
    """By the mail's link, which the development page shows."""
    page.goto(f"{address}/home")
    page.get_by_label("Your e-mail address").fill(f"{member}@example.org")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="See the mail that waits.").click()
    page.get_by_role("link", name="/sign-in/link/").first.click()
    page.get_by_role("button", name="Sign in").click()
    confirm_on(stage, page, member)
    expect(page.get_by_role("heading", name="What needs me now")).to_be_visible()


def test_a_rule_is_added_in_the_form_and_a_member_reads_what_it_says(
    browser: Browser, stage: Stage, address: str
) -> None:
    errors, looks = list[str](), Looks()
    desk, page = tab(browser, errors), tab(browser, errors)
    signed_in(desk, stage, address, "officer")
    desk.goto(f"{address}/officer/elections/{ELECTION}")
    desk.get_by_role("link", name="Who may vote, nominate and stand").click()
    looks.at(desk, "rules")
    desk.get_by_role("link", name="Change who may stand").click()
    desk.get_by_label("Add a rule", exact=True).select_option(label="Member for so many days")
    desk.get_by_role("button", name="Add or take away").click()
    desk.get_by_role("group", name="4: Member for so many days").get_by_label("How many days before").fill("90")
    looks.at(desk, "edit")
    desk.get_by_role("button", name="See what would change").click()
    expect(desk.get_by_text("Membership must have begun by 90 days before")).to_have_count(1)
    looks.at(desk, "look")
    desk.get_by_role("button", name="Save these rules").click()
    expect(desk.get_by_role("status")).to_contain_text("Members can read these rules now")

    signed_in(page, stage, address, "m3")
    page.get_by_role("link", name="May I vote, nominate, stand?").click()
    page.get_by_text("Every rule, and what was found (stand)").click()
    expect(page.get_by_text("this membership began on").first).to_be_attached()
    looks.at(page, "may-i")

    assert looks.wrong() == {}
    assert errors == []
