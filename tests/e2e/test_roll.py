"""The roll's pages in a browser: a member objects, an officer decides, the growth report; axe, four widths, light, dark."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from governance.services import members, officers, post
from tests.e2e.conftest import Serve
from tests.e2e.looking import found
from tests.e2e.second_steps import confirm_on
from tests.e2e.test_desk import wider
from tests.services.stage import ELECTION, KEY, Stage, a_list, a_stage

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with a_stage(tmp_path_factory.mktemp("roll")) as made:
        made.set_up(9)
        many = [f"n{i},n{i}@new.example,New {i},Nowhere,Americas,2026-02-20," for i in range(30)]
        with made.writing() as session:
            data = a_list(many)
            seen = members.preview(session, officers.COMMAND, data)
            members.apply(session, officers.COMMAND, data, seen.digest, now=made.now)
        made.draft()
        made.freeze()
        yield made


@pytest.fixture(scope="module")
def address(serve: Serve, stage: Stage) -> str:
    url = stage.engine.url.render_as_string(hide_password=False)
    folder = Path(str(stage.engine.url.database)).parent
    return serve(folder, SECRET=KEY, DATABASE_URL=url, CLOCK=lambda: stage.now, DEVELOPMENT=True)


def signed_in(page: Page, stage: Stage, address: str, member: str) -> None:
    """By the mail's link, which the development page shows."""
    with stage.writing() as session:
        for mail in post.outbox(session):
            post.sent(session, mail.id)
    page.goto(f"{address}/home")
    page.get_by_label("Your e-mail address").fill(f"{member}@example.org")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="See the mail that waits.").click()
    page.get_by_role("link", name="/sign-in/link/").first.click()
    page.get_by_role("button", name="Sign in").click()
    confirm_on(stage, page, member)
    expect(page.get_by_role("heading", name="What needs me now")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_an_objection_from_lodging_to_the_decision(
    browser: Browser, stage: Stage, address: str, screenshots: Path, scheme: str
) -> None:
    stage.now += timedelta(minutes=30)
    member, officer = ("m1", "m2")[scheme == "dark"], "officer"
    reports, errors = {}, list[str]()
    pages = {}
    for who in (member, officer):
        context = browser.new_context(color_scheme="dark" if scheme == "dark" else "light")
        pages[who] = context.new_page()
        pages[who].on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
        signed_in(pages[who], stage, address, who)

    def look(page: Page, name: str) -> None:
        reports[name] = (found(page), wider(page))
        page.set_viewport_size({"width": 375, "height": 800})
        page.screenshot(path=screenshots / f"roll-{name}-{scheme}-375.png", full_page=True)
        page.set_viewport_size({"width": 1280, "height": 800})
        page.screenshot(path=screenshots / f"roll-{name}-{scheme}.png", full_page=True)

    page = pages[member]
    page.goto(f"{address}/elections/{ELECTION}")
    page.get_by_role("link", name="My line on the roll").click()
    look(page, "page")
    page.get_by_label("What is wrong, and why").fill("I have moved to Nairobi.")
    page.get_by_role("button", name="Object").click()
    expect(page.get_by_role("status")).to_contain_text("Your objection is here")
    look(page, "objected")

    desk = pages[officer]
    desk.goto(f"{address}/officer/elections/{ELECTION}")
    desk.get_by_role("link", name="Objections to the roll").click()
    look(desk, "objections")
    desk.get_by_role("link", name="Number").last.click()
    look(desk, "objection")
    desk.get_by_label("Yes, it is upheld").check()
    desk.get_by_label("The reason").fill("The form of last May says so.")
    desk.get_by_role("button", name="Decide").click()
    expect(desk.get_by_role("heading", name="Put the roll right")).to_be_visible()
    look(desk, "upheld")
    page.reload()
    expect(page.get_by_text("The form of last May says so.")).to_be_visible()

    desk.goto(f"{address}/members/growth?until=2026-02-21")
    look(desk, "growth")

    assert {name: told for name, told in reports.items() if told != ("", [])} == {}
    assert errors == []
