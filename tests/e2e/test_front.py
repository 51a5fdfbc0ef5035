"""What a reader does on the front page: go everywhere by keyboard, scroll the table, take the record home."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.conftest import Serve
from tests.services.a_record import NAMES, write_record

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def record(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_record(tmp_path_factory.mktemp("record"))


@pytest.fixture(scope="module")
def address(serve: Serve, record: Path) -> str:
    return serve(record.parent)


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 375, "height": 800})
    tab = context.new_page()
    tab.goto(address)
    yield tab
    context.close()


def test_the_keyboard_reaches_everything_in_order(page: Page) -> None:
    reached = []
    page.get_by_label("Choice 1").wait_for()
    for _ in range(page.locator("a, summary, select, button, [tabindex='0']").count()):
        page.keyboard.press("Tab")
        focus = page.locator(":focus")
        reached.append(focus.get_attribute("href") or focus.get_attribute("role") or focus.evaluate("e => e.localName"))
        assert focus.evaluate("e => getComputedStyle(e).outlineStyle") == "solid"

    kinds = ("pdf", "html", "blt", "json", "csv", "rctab")
    files = [f"/records/advisory-2026/board.{kind}" for kind in kinds]
    assert reached == [
        *("#content", "/", "region", "region"),
        *("summary", "select", "select", "select", "button", "button"),
        *files,
        "/records/advisory-2026.record.zip",
    ]


def test_a_ranking_is_followed_in_the_browser_and_sent_to_nobody(page: Page) -> None:
    page.wait_for_load_state("networkidle")
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url))

    page.get_by_label("Choice 1").select_option(NAMES[0])
    page.get_by_label("Choice 2").select_option(NAMES[0])
    page.get_by_role("button", name="Follow it").click()
    expect(page.get_by_role("status")).to_contain_text("stands there twice")
    page.get_by_label("Choice 2").select_option(NAMES[1])
    page.get_by_role("button", name="Follow it").click()

    expect(page.get_by_role("status")).to_contain_text(f"Round 1. It counts for {NAMES[0]} with 1 of its vote.")
    assert sent == []
    assert page.url.endswith("/")
    assert page.evaluate("document.documentElement.scrollWidth") == 375


def test_the_first_key_offers_to_skip_to_the_content(page: Page) -> None:
    skip = page.get_by_role("link", name="Skip to the content")
    page.keyboard.press("Tab")
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")

    assert page.evaluate("document.activeElement.id") == "content"


def test_the_table_scrolls_in_a_region_of_its_own_and_names_stay(page: Page) -> None:
    region = page.get_by_role("region", name="Votes after each round")
    region.focus()
    for _ in range(30):
        page.keyboard.press("ArrowRight")
    page.wait_for_function("document.querySelector('.scroll').scrollLeft > 50")

    expect(region.get_by_role("rowheader", name=NAMES[0])).to_be_in_viewport(ratio=1)


def test_places_that_are_all_zero_are_not_read_aloud(page: Page) -> None:
    row = page.get_by_role("row", name=NAMES[0])

    expect(row.get_by_role("cell", name="15", exact=True)).to_have_count(4)


def test_the_record_is_downloaded_as_it_is(page: Page, record: Path) -> None:
    with page.expect_download() as download:
        page.get_by_role("link", name="Download the record").click()

    assert download.value.suggested_filename == record.name
    assert Path(download.value.path()).read_bytes() == record.read_bytes()


def test_it_prints_without_cutting_the_table(page: Page) -> None:
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 700, "height": 900})

    assert page.evaluate("(e => e.scrollWidth - e.clientWidth)(document.querySelector('.scroll'))") <= 0


def test_forced_colours_still_tell_who_is_elected(page: Page) -> None:
    page.emulate_media(forced_colors="active")

    elected = page.get_by_role("rowheader", name=NAMES[0])
    assert "underline" in elected.evaluate("e => getComputedStyle(e).textDecorationLine")


def test_the_page_is_light(page: Page) -> None:
    sizes = page.evaluate("performance.getEntriesByType('resource').map(r => r.decodedBodySize)")
    page_size = page.evaluate("performance.getEntriesByType('navigation')[0].decodedBodySize")

    assert page_size + sum(sizes) < 50_000
