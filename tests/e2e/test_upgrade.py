"""A browser that knows the booth of one version meets the next one: nothing old is mixed with anything new."""

import shutil
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from governance.web import files
from governance.web.app import create_app
from tests.e2e.looking import found
from tests.web.serving import serving
from tests.web.test_files import STATIC, upgrade

pytestmark = pytest.mark.browser


def opened(page: Page) -> dict[str, int]:
    """Open the booth; what came over the network, and how many bytes."""
    page.wait_for_load_state("networkidle")
    expect(page.get_by_role("heading", name="Rank the names")).to_be_visible()
    entries = page.evaluate("performance.getEntriesByType('resource').map((one) => [one.name, one.transferSize])")
    return {str(name).rpartition("/static/")[2]: int(size) for name, size in entries if "/static/" in str(name)}


def test_an_upgrade_reaches_a_browser_that_has_the_old_booth_in_its_cache(browser: Browser, tmp_path: Path) -> None:
    static = shutil.copytree(STATIC, tmp_path / "static")
    app = create_app({"RECORDS": tmp_path})
    app.static_folder = str(static)
    files.load(app)
    errors: list[str] = []
    with serving(app) as address:
        context = browser.new_context(viewport={"width": 375, "height": 800})
        page = context.new_page()
        page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)

        page.goto(f"{address}/practice")
        first = opened(page)
        page.goto(f"{address}/practice")
        again = opened(page)
        upgrade(static)
        page.goto(f"{address}/practice")
        during = opened(page)
        files.load(app)
        page.goto(f"{address}/practice")
        after = opened(page)
        context.close()

    assert {name.partition("/")[2] for name in first} >= {"style.css", "booth.css", "dist/booth.js"}
    assert all(first.values())
    assert again.keys() == first.keys()
    assert dict.fromkeys(again, 0) == again == during  # nothing was asked for
    assert {name.partition("/")[2] for name in set(after) - set(again)} == {
        "style.css",
        "dist/booth.js",
        "dist/sealing.js",
    }
    assert errors == []


def test_a_booth_whose_script_is_of_another_version_says_what_to_do(browser: Browser, tmp_path: Path) -> None:
    """As in the moment in which two versions are served at once."""
    app = create_app({"RECORDS": tmp_path})
    with serving(app) as address:
        context = browser.new_context(viewport={"width": 375, "height": 800})
        page = context.new_page()
        page.route("**/booth.js", lambda route: route.fulfill(status=404))
        page.goto(f"{address}/practice")

        expect(page.get_by_text("please load the page again")).to_be_visible()
        assert found(page) == ""
        page.unroute("**/booth.js")
        page.reload()
        opened(page)
        context.close()
