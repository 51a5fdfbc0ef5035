"""The second step in a browser, as somebody with a device passes it: set up if it has to be, else a code."""

from base64 import b32decode
from collections.abc import Callable
from datetime import datetime
from urllib.parse import urlsplit

from playwright.sync_api import Page, expect

from tests.e2e.looking import Looks
from tests.services import devices
from tests.services.stage import Stage


def confirm(
    page: Page,
    devices_: dict[str, bytes],
    who: str,
    now: datetime,
    rest: Callable[[], None],
    looks: Looks | None = None,
) -> None:
    """Pass it, if the browser is asked for it.

    Args:
        page: Where somebody has just signed in by mail.
        devices_: What is in people's devices.
        who: The key of theirs.
        now: The server's time.
        rest: Lets half a minute pass for this device.
        looks: What looks at the pages on the way.
    """
    page.wait_for_url(lambda url: not urlsplit(url).path.startswith(("/sign-in/code", "/sign-in/link")))
    path = urlsplit(page.url).path
    if path == "/second-step/set-up":
        if looks:
            looks.at(page, "second-step-set-up")
        devices_[who] = b32decode(page.locator(".key").inner_text().replace(" ", ""))
        page.get_by_label("The code").fill(devices.shows(devices_[who], now))
        page.get_by_role("button", name="Set it up").click()
        expect(page.get_by_role("heading", name="Keep these ten codes")).to_be_visible()
        if looks:
            looks.at(page, "recovery-codes")
        page.get_by_role("link", name="I have kept them: go on").click()
    elif path == "/sign-in/second-step":
        if looks:
            looks.at(page, "second-step")
        rest()
        page.get_by_label("The code").fill(devices.shows(devices_[who], now))
        page.get_by_role("button", name="Go on").click()


def confirm_on(stage: Stage, page: Page, member: str) -> None:
    """The same on a stage."""

    def rest() -> None:
        with stage.writing() as session:
            devices.rested(session, member)

    confirm(page, stage.authenticators, member, stage.now, rest)
