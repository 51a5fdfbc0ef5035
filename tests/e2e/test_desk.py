"""Signing in with a browser, and the pages of members and officials: axe, four widths, light and dark."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from governance.services import consents, post
from governance.services.consents import Act, Wish
from tests.e2e.conftest import Serve
from tests.e2e.looking import found
from tests.e2e.second_steps import confirm_on
from tests.e2e.test_pages import WIDTHS
from tests.services.stage import ELECTION, KEY, START, Stage, a_stage

pytestmark = [pytest.mark.browser, pytest.mark.slow]

DESK, FILES = f"/officer/elections/{ELECTION}", f"/officials/{ELECTION}"
PAGES = {
    "m1": ["/home"],
    "officer": [
        "/officer/",
        "/officer/new",
        "/officer/log",
        DESK,
        f"{DESK}/extend",
        f"{DESK}/withdraw",
        "/officer/elections/next/draft",
        "/officer/elections/next/contests/board",
        "/officer/elections/next/contests/board/limits/1",
        "/officer/elections/next/freeze",
        f"/elections/{ELECTION}/candidates/a1/write",
        "/members/",
        "/members/import",
        "/members/roles/",
    ],
    "secretary": ["/home", "/decisions/", "/decisions/1", f"/elections/{ELECTION}/candidates/a1"],
    "t1": ["/officials/", FILES],
}


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with a_stage(tmp_path_factory.mktemp("desk")) as made:
        made.until_open(6)
        made.draft(election="next")
        with made.writing() as session:
            consents.ask(session, "officer", Wish(Act.FREEZE, "next"), "It is time.", now=START + timedelta(hours=1))
        yield made


@pytest.fixture(scope="module")
def address(serve: Serve, stage: Stage) -> str:
    url = stage.engine.url.render_as_string(hide_password=False)
    folder = Path(str(stage.engine.url.database)).parent
    return serve(folder, SECRET=KEY, DATABASE_URL=url, CLOCK=lambda: stage.now, DEVELOPMENT=True)


def arrived(page: Page, heading: str) -> None:
    expect(page.get_by_role("heading", name=heading)).to_be_visible()
    page.wait_for_load_state()


def wider(page: Page) -> list[int]:
    beyond = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        if page.evaluate("document.scrollingElement.scrollWidth > document.scrollingElement.clientWidth"):
            beyond.append(width)
    return beyond


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("member", PAGES)
def test_pages_of_those_who_are_signed_in(
    browser: Browser, stage: Stage, address: str, screenshots: Path, member: str, scheme: str
) -> None:
    context = browser.new_context(color_scheme="dark" if scheme == "dark" else "light")
    page, errors = context.new_page(), list[str]()
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    reports = {}

    def look(name: str) -> None:
        reports[name] = (found(page), wider(page))
        page.screenshot(path=screenshots / f"desk-{name}-{scheme}.png", full_page=True)

    with stage.writing() as session:
        for mail in post.outbox(session):
            post.sent(session, mail.id)
    page.goto(f"{address}/home")
    look("sign-in")
    page.get_by_label("Your e-mail address").fill(f"{member}@example.org")
    page.keyboard.press("Enter")
    arrived(page, "Look at your mail")
    look("code")
    page.get_by_role("link", name="See the mail that waits.").click()
    arrived(page, "Mail that waits")
    look("outbox")
    page.get_by_role("link", name="/sign-in/link/").first.click()
    arrived(page, "Welcome back")
    look("link")
    page.get_by_role("button", name="Sign in").click()
    confirm_on(stage, page, member)
    arrived(page, "What needs me now")
    for one in PAGES[member]:
        answer = page.goto(address + one)
        assert answer is not None
        assert answer.status == 200, one
        look(one.strip("/").replace("/", "-"))
    context.close()

    assert {name: told for name, told in reports.items() if told != ("", [])} == {}
    assert errors == []
