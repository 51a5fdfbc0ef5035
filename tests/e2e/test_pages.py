"""Each page as people meet it: on a phone, in the dark, from right to left, by keyboard, by screen reader."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.e2e.conftest import Serve
from tests.e2e.looking import found
from tests.services.a_record import write_record

pytestmark = pytest.mark.browser

PAGES = {"front": ("record", "/"), "none": ("empty", "/"), "missing": ("empty", "/nowhere")}
WIDTHS = (320, 375, 768, 1280)


@pytest.fixture(scope="module", params=["ltr", "rtl"])
def sites(serve: Serve, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> dict[str, str]:
    """Addresses of a site with a record and of one without, in one direction of writing."""
    rtl = request.param == "rtl"
    record, empty = tmp_path_factory.mktemp("record"), tmp_path_factory.mktemp("empty")
    write_record(record)
    return {
        "direction": request.param,
        "record": serve(record, PSEUDO_RTL=rtl),
        "empty": serve(empty, PSEUDO_RTL=rtl),
    }


@pytest.fixture(params=["light", "dark"])
def scheme(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def page(browser: Browser, scheme: str) -> Iterator[Page]:
    """A tab that fails the test when the page logs an error, the policy's refusals among them."""
    errors: list[str] = []
    context = browser.new_context(color_scheme="dark" if scheme == "dark" else "light")
    tab = context.new_page()
    tab.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    tab.on("pageerror", lambda error: errors.append(str(error)))
    yield tab
    context.close()
    unexpected = [text for text in errors if "404 (NOT FOUND)" not in text]
    assert unexpected == []


@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing(page: Page, sites: dict[str, str], name: str) -> None:
    site, address = PAGES[name]
    page.set_viewport_size({"width": 375, "height": 800})
    page.goto(sites[site] + address)

    assert found(page) == ""


@pytest.mark.parametrize("name", PAGES)
def test_no_page_scrolls_sideways(page: Page, sites: dict[str, str], scheme: str, screenshots: Path, name: str) -> None:
    site, address = PAGES[name]
    page.goto(sites[site] + address)
    wider = {}
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        wider[width] = page.evaluate("document.scrollingElement.scrollWidth - document.scrollingElement.clientWidth")
        page.screenshot(path=screenshots / f"{name}-{width}-{scheme}-{sites['direction']}.png", full_page=True)

    assert wider == dict.fromkeys(WIDTHS, 0)


@pytest.mark.parametrize("width", [375, 1280])
def test_every_word_of_a_drawing_is_in_it(page: Page, sites: dict[str, str], width: int) -> None:
    """In both directions: SVG counts its places from the left, and text from where the page begins."""
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(sites["record"])

    drawn = page.evaluate("""() => [...document.querySelectorAll("svg.drawing")].map((svg) => {
      const whole = svg.getBoundingClientRect();
      const boxes = [...svg.querySelectorAll("text")].map((one) => one.getBoundingClientRect());
      return [boxes.length, boxes.filter((one) => one.left < whole.left - 1 || one.right > whole.right + 1).length];
    })""")
    starts = page.evaluate("[...document.querySelectorAll('.scroll:has(> svg)')].map((one) => one.scrollLeft)")

    assert len(drawn) == 2
    assert all(texts > 10 for texts, _ in drawn)
    assert [out for _, out in drawn] == [0, 0]
    assert starts == [0]
