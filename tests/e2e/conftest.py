"""A browser, and our application served to it on a free port."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from governance.web.app import create_app
from tests.e2e.hall import Hall, open_hall
from tests.web.serving import serving

FLAGS = (  # the first, because Chromium refuses to run as root with its sandbox; the others, so that it calls nobody
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
)
Serve = Callable[..., str]
expect.set_options(timeout=15_000)  # a busy machine is not a failure


@pytest.fixture(scope="session")
def browser(chromium: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=chromium, args=list(FLAGS))
        yield launched
        launched.close()


@pytest.fixture(scope="module")
def serve() -> Iterator[Serve]:
    """Serve the records of a folder; the answer is the address of the front page."""
    with ExitStack() as stack:

        def start(folder: Path, **config: object) -> str:
            return stack.enter_context(serving(create_app({"RECORDS": folder, **config})))

        yield start


@pytest.fixture(scope="session")
def screenshots() -> Path:
    """A folder that git ignores, for people to look at."""
    folder = Path(__file__).parents[2] / "screenshots"
    folder.mkdir(exist_ok=True)
    return folder


@pytest.fixture(scope="session")
def hall(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[Hall]:
    """An election in which voting is open; each test has voters of its own."""
    with open_hall(tmp_path_factory.mktemp("hall"), browser) as made:
        yield made


@pytest.fixture
def quiet(hall: Hall) -> Iterator[None]:
    """No page logs an error, the policy's refusals among them, and none asks another host."""
    hall.errors.clear()
    yield
    lost = ("ERR_FAILED", "ERR_INTERNET_DISCONNECTED", "404 (NOT FOUND)")
    assert [text for text in hall.errors if not any(one in text for one in lost)] == []
    assert hall.hosts <= {urlsplit(hall.address).netloc, ""}
