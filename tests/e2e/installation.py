"""An installation as an operator makes it: its database, its web server, its mail; and people at browsers of their own."""

import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import urlsplit

from click.testing import CliRunner
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, expect

from governance.cli.main import main
from governance.services import members
from governance.web.app import create_app
from governance.web.extensions import transaction
from tests.e2e.looking import Looks
from tests.e2e.second_steps import confirm
from tests.offline.post_office import Box, office
from tests.services import devices
from tests.web.serving import serving

KEY = bytes(range(32))


@dataclass
class Clock:
    """The server's clock, moved by hand."""

    now: datetime

    def __call__(self) -> datetime:
        return self.now


@dataclass
class Site:
    """What runs, and what came of it."""

    app: Flask
    clock: Clock
    browser: Browser
    box: Box
    smtp: str
    address: str = ""
    looks: Looks = field(default_factory=Looks)
    authenticators: dict[str, bytes] = field(default_factory=dict)
    """What is in the devices of those who have a second step, by address."""
    errors: list[str] = field(default_factory=list)
    hosts: set[str] = field(default_factory=set)

    def command(self, *words: object) -> str:
        """Run one of the operator's commands on this installation."""
        done = CliRunner().invoke(main, [str(word) for word in words], obj=self.app)
        assert done.exit_code == 0, done.output
        return done.output

    def mail_to(self, email: str, subject: str) -> EmailMessage:
        """The newest mail to somebody with this in its subject, once all that waited was sent."""
        self.command("mail")
        mine = [
            one for one in self.box.mails if one["To"].addresses[0].addr_spec == email and subject in one["Subject"]
        ]
        assert mine, (email, subject)
        return mine[-1]

    def context(self, **options: object) -> BrowserContext:
        """A browser of somebody's own."""
        made = self.browser.new_context(**options)  # type: ignore[arg-type]
        made.set_default_timeout(15_000)
        made.on("request", lambda request: self.hosts.add(urlsplit(request.url).netloc))
        made.on("page", self._listen)
        return made

    def _listen(self, page: Page) -> None:
        page.on("console", lambda message: self.errors.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: self.errors.append(str(error)))

    def sign_in(self, page: Page, email: str) -> None:
        """From the page where one types an address to the page that one wanted: by the mail's link, in this browser."""
        self.ask(page, email)
        link = re.search(r"http://\S+/sign-in/link/\S+", self.mail_to(email, "code to sign in").get_content())
        assert link
        page.goto(link[0])
        self.looks.at(page, "sign-in-link")
        page.get_by_role("button", name="Sign in").click()
        self.second_step(page, email)

    def second_step(self, page: Page, email: str) -> None:
        """Set it up, or pass it, if it is asked for."""

        def rest() -> None:
            with self.app.app_context(), transaction() as session:
                devices.rested(session, str(members.find(session, email)))

        confirm(page, self.authenticators, email, self.clock.now, rest, self.looks)

    def ask(self, page: Page, email: str) -> None:
        """Ask for the mail."""
        self.looks.at(page, "sign-in")
        page.get_by_label("Your e-mail address").fill(email)
        page.get_by_role("button", name="Send me the mail").click()
        expect(page.get_by_role("heading", name="Look at your mail")).to_be_visible()
        self.looks.at(page, "sign-in-code")

    def digits(self, email: str) -> str:
        """The six digits of the newest mail."""
        return str(self.mail_to(email, "code to sign in")["Subject"])[:6]

    def desk(self, email: str) -> Page:
        """A browser in which somebody has just signed in."""
        page = self.context().new_page()
        page.goto(f"{self.address}/home")
        self.sign_in(page, email)
        expect(page.get_by_role("heading", name="What needs me now")).to_be_visible()
        return page


@contextmanager
def a_site(folder: Path, browser: Browser, now: datetime) -> Iterator[Site]:
    """An empty installation, served on a free port."""
    with ExitStack() as stack:
        box, smtp = stack.enter_context(office(folder))
        clock = Clock(now)
        url = f"sqlite:///{folder / 'governance.sqlite'}"
        app = create_app({"SECRET": KEY, "DATABASE_URL": url, "RECORDS": folder, "CLOCK": clock, "MAIL_URL": smtp})
        app.instance_path = str(folder)
        yield Site(app, clock, browser, box, smtp, stack.enter_context(serving(app)))
