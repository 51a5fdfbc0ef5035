"""The second step in a browser: by keyboard, on a narrow phone, in both directions and both schemes; and on paper."""

from base64 import b32decode
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from governance.services import post
from tests.e2e.looking import Looks, found
from tests.services.devices import rested, shows
from tests.services.stage import ELECTION, START, Stage, a_stage
from tests.web.browser import application, session_token
from tests.web.serving import serving

pytestmark = pytest.mark.browser
NARROW = "document.scrollingElement.scrollWidth - document.scrollingElement.clientWidth"


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    with a_stage(tmp_path) as made:
        made.set_up()
        made.draft()
        made.now = START + timedelta(hours=1)
        yield made


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A tab that fails the test when the page logs an error, the policy's refusals among them."""
    errors: list[str] = []
    context = browser.new_context(viewport={"width": 320, "height": 800})
    tab = context.new_page()
    tab.set_default_timeout(15_000)
    tab.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    yield tab
    context.close()
    assert [one for one in errors if "403 (FORBIDDEN)" not in one and "422 (" not in one] == []


class Visit:
    """Somebody's way through the pages; each is looked at."""

    def __init__(self, stage: Stage, page: Page, address: str) -> None:
        self.stage, self.page, self.address, self.looks = stage, page, address, Looks()

    def look(self, name: str) -> None:
        expect(self.page.locator("h1")).to_be_visible()
        assert self.page.evaluate(NARROW) <= 0, name  # 320 px
        self.looks.at(self.page, name)
        self.page.emulate_media(color_scheme="dark")
        self.looks.told[name] += found(self.page)
        self.page.emulate_media(color_scheme="null")

    def by_mail(self, member: str) -> None:
        """To the button of the mail's link, by keyboard."""
        self.page.goto(f"{self.address}/home")
        self.page.get_by_label("Your e-mail address").fill(f"{member}@example.org")
        self.page.keyboard.press("Enter")
        expect(self.page.get_by_role("heading", name="Look at your mail")).to_be_visible()
        with self.stage.writing() as session:
            mails = [one for one in post.outbox(session) if one.recipient == f"{member}@example.org"]
            digits = next(one.subject[:6] for one in mails if one.subject[:6].isdigit())
            for one in mails:
                post.sent(session, one.id)
        self.page.get_by_label("The six digits from the mail").fill(digits)
        self.page.keyboard.press("Enter")

    def type_code(self, member: str, label: str = "The code") -> None:
        """Paste what the device shows, and press Enter."""
        with self.stage.writing() as session:
            rested(session, member)
        field = self.page.get_by_label(label)
        assert field.get_attribute("inputmode") == "numeric"
        assert field.get_attribute("autocomplete") == "one-time-code"
        field.focus()
        self.page.keyboard.insert_text(shows(self.stage.authenticators[member], self.stage.now))
        self.page.keyboard.press("Enter")


def test_an_officer_sets_it_up_passes_it_and_is_asked_once_more(stage: Stage, page: Page) -> None:
    with serving(application(stage, DEVELOPMENT=False)) as address:
        visit = Visit(stage, page, address)
        visit.by_mail("officer")
        expect(page.get_by_text("You look after other people's votes.")).to_be_visible()
        visit.look("set-up")
        assert page.get_by_role("img", name="QR code. The same stands below as text.").bounding_box()
        page.get_by_label("The code").fill("12")
        page.keyboard.press("Enter")
        expect(page.get_by_text("This is not the code that goes with this picture.")).to_be_visible()
        visit.look("set-up-wrong")
        stage.authenticators["officer"] = b32decode(page.locator(".key").inner_text().replace(" ", ""))
        page.get_by_label("The code").fill(shows(stage.authenticators["officer"], stage.now))
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", name="Keep these ten codes")).to_be_visible()
        visit.look("codes")
        page.emulate_media(media="print")
        assert page.locator(".codes li").count() == 10
        assert all(one.is_visible() for one in page.locator(".codes li").all())
        page.emulate_media(media="screen")
        page.get_by_role("link", name="I have kept them: go on").click()
        expect(page.get_by_role("heading", name="What needs me now")).to_be_visible()
        page.get_by_role("link", name="A second step").click()
        visit.look("mine")
        page.goto(f"{address}/members/second-steps")
        visit.look("others")

        page.goto(f"{address}/officer/elections/{ELECTION}/freeze")
        stage.now += timedelta(minutes=31)
        page.get_by_label("Why").fill("Membership was cut off.")
        page.get_by_role("button", name="Ask").click()
        expect(page.get_by_role("heading", name="Is it still you?")).to_be_visible()
        visit.look("once-more")
        page.get_by_label("The code").fill("12")
        page.keyboard.press("Enter")
        expect(page.get_by_text("This is not the code that your app shows now.")).to_be_visible()
        visit.look("once-more-wrong")
        visit.type_code("officer")
        expect(page.get_by_role("status")).to_contain_text("Asked.")

        page.context.clear_cookies()
        visit.by_mail("officer")
        expect(page.get_by_role("heading", name="One more step")).to_be_visible()
        visit.look("second-step")
        page.get_by_label("The code").fill("12")
        page.keyboard.press("Enter")
        expect(page.get_by_text("You have 4 more tries.")).to_be_visible()
        visit.look("second-step-wrong")
        visit.type_code("officer")
        expect(page.get_by_role("heading", name="What needs me now")).to_be_visible()
    assert visit.looks.wrong() == {}


def test_a_member_and_a_demonstration(stage: Stage, page: Page) -> None:
    with serving(application(stage)) as address:
        visit = Visit(stage, page, address)
        visit.by_mail("m1")
        expect(page.get_by_role("heading", name="What needs me now")).to_be_visible()
        page.get_by_role("link", name="A second step").click()
        visit.look("member-mine-off")
        page.get_by_role("link", name="Set it up").click()
        visit.look("member-set-up-demonstration")
        shown = page.locator(".note strong").inner_text()
        page.get_by_label("The code").fill(shown)
        page.get_by_role("button", name="Set it up").click()
        page.get_by_role("link", name="I have kept them: go on").click()
        visit.look("member-mine-on")
        stage.now += timedelta(minutes=2)
        page.get_by_label("The code").fill("1")
        page.get_by_role("button", name="Switch it off").click()
        expect(page.get_by_text("This is not the code that your app shows now.")).to_be_visible()
        page.context.clear_cookies()
        visit.by_mail("m1")
        page.get_by_role("link", name="See what an authenticator would show now.").click()
        visit.look("outbox")
        code = page.locator("dd").first.inner_text()
        page.go_back()
        page.get_by_label("The code").fill(code)
        page.get_by_role("button", name="Go on").click()
        expect(page.get_by_role("heading", name="What needs me now")).to_be_visible()
    assert visit.looks.wrong() == {}


def test_a_reset_is_asked_for_and_read_before_it_is_approved(stage: Stage, page: Page) -> None:
    session_token(stage, "t1")
    session_token(stage, "officer")
    session_token(stage, "secretary")
    with serving(application(stage)) as address:
        visit = Visit(stage, page, address)
        visit.by_mail("officer")
        visit.type_code("officer")
        expect(page.get_by_role("heading", name="What needs me now")).to_be_visible()
        page.goto(f"{address}/members/second-steps")
        page.get_by_label("Member (e-mail or id)").fill("t1@example.org")
        page.get_by_label("Why, and how you know that it is them").fill("We spoke by phone.")
        page.get_by_role("button", name="Ask to reset it").click()
        expect(page.get_by_role("status")).to_contain_text("Asked.")
        page.context.clear_cookies()
        visit.by_mail("secretary")
        visit.type_code("secretary")
        page.get_by_role("link", name="Approve or decline: Reset the second step").click()
        visit.look("reset-approve")
        page.get_by_role("button", name="Approve, and do it").click()
        expect(page.get_by_role("status")).to_contain_text("Approved, and done.")
    assert visit.looks.wrong() == {}
