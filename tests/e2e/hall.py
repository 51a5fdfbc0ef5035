"""An election that is open, served: where voters of the booth's tests come."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page

from governance.board import entries as e
from governance.crypto import credentials
from governance.domain.draft import Contest
from governance.services import boards
from governance.store.elections import Statement
from tests.e2e.voter import pick
from tests.services.stage import ELECTION, Stage, a_draft, a_stage, standing
from tests.web.browser import AT, application, session_token
from tests.web.serving import serving

CANDIDATES = 20
ARABIC = "أعمل منذ اثني عشر عاما."
WORDS = "I have worked beside people with lived experience for twelve years. " * 12


@dataclass
class Hall:
    """An election that is open, served."""

    stage: Stage
    app: Flask
    browser: Browser
    address: str
    errors: list[str] = field(default_factory=list)
    hosts: set[str] = field(default_factory=set)

    def code(self, member: str) -> str:
        return credentials.show_code(self.stage.troupe.registrar.codes[member])

    def sign_in(self, context: BrowserContext, member: str) -> None:
        serializer = self.app.session_interface.get_signing_serializer(self.app)  # type: ignore[attr-defined]
        value = serializer.dumps({"_user_id": session_token(self.stage, member), "_fresh": True})
        context.add_cookies([{"name": "session", "value": value, "url": self.address}])

    @contextmanager
    def tab(self, member: str, **options: object) -> Iterator[Page]:
        context = self.browser.new_context(**options)  # type: ignore[arg-type]
        context.on("request", lambda request: self.hosts.add(urlsplit(request.url).netloc))
        if member:
            self.sign_in(context, member)
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.on("console", lambda message: self.errors.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        yield page
        context.close()

    def go(self, page: Page, member: str) -> None:
        """Open the link of the registrar's mail."""
        page.goto(f"{self.address}{AT}/vote#code={self.stage.troupe.registrar.codes[member]}")

    def ballots(self) -> list[e.Ballot]:
        with self.stage.reading() as session:
            parsed = (e.parse(raw) for _, raw in boards.entries(session, ELECTION))
            return [entry for entry in parsed if isinstance(entry, e.Ballot)]


@contextmanager
def served(stage: Stage, browser: Browser) -> Iterator[Hall]:
    """A stage as it stands, served."""
    app = application(stage)
    with serving(app) as address:
        yield Hall(stage, app, browser, address)


@contextmanager
def open_hall(folder: Path, browser: Browser, *, revotes: bool = True) -> Iterator[Hall]:
    with a_stage(folder) as stage:
        africa = Contest("africa", "Africa", 1, standing("b", 3), min_ballots=2, electorate={"region": ("Africa",)})
        at_large = Contest("board", "At large", 2, standing("a", CANDIDATES), min_ballots=2)
        stage.until_open(18, draft=a_draft(contests=(at_large, africa), revotes=revotes))
        with stage.writing() as session:
            session.add_all(
                Statement(election_id=ELECTION, candidate=f"a{i}", language="en", text=WORDS, changed=stage.now)
                for i in range(1, CANDIDATES)
            )
            session.add(Statement(election_id=ELECTION, candidate="a4", language="ar", text=ARABIC, changed=stage.now))
        with served(stage, browser) as opened:
            yield opened


def name(candidate: str) -> str:
    return f"Candidate {candidate.upper()}"


def choose(page: Page, *candidates: str, touch: bool = False) -> None:
    pick(page, *map(name, candidates), touch=touch)
