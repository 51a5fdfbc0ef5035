"""The booklet in a browser: on a phone, from right to left, on paper; a photo is given, and seen by a reader."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.looking import Looks
from tests.services.booklets import a_face, adopted, file_of, nominated, spoken
from tests.services.stage import Stage, a_stage
from tests.web.browser import AT, application, session_token
from tests.web.serving import serving

pytestmark = pytest.mark.browser


@pytest.fixture
def told(tmp_path: Path) -> Iterator[Stage]:
    with a_stage(tmp_path) as made:
        nominated(made)
        spoken(made)
        yield made


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A tab that fails the test when the page logs an error, the policy's refusals among them."""
    errors: list[str] = []
    context = browser.new_context(viewport={"width": 320, "height": 800})
    tab = context.new_page()
    tab.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    yield tab
    context.close()
    assert errors == []


def test_a_photo_is_given_by_its_owner_and_seen_by_everybody(told: Stage, page: Page, tmp_path: Path) -> None:
    file, looks = tmp_path / "me.png", Looks()
    file.write_bytes(file_of(a_face((1200, 900)), "PNG"))
    app = application(told)
    with serving(app) as address:
        serializer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
        value = serializer.dumps({"_user_id": session_token(told, "m3"), "_fresh": True})
        page.context.add_cookies([{"name": "session", "value": value, "url": address}])
        page.goto(f"{address}{AT}/candidates/emile/photo")
        looks.at(page, "photo-none")
        page.get_by_label("A picture file").set_input_files(file)
        page.get_by_label("What it shows").fill("Émile in a boat")
        page.get_by_role("button", name="Save the photo").click()
        expect(page.get_by_role("img", name="Émile in a boat")).to_be_visible()
        looks.at(page, "photo")
        adopted(told)
        told.freeze()
        page.context.clear_cookies()

        page.goto(f"{address}{AT}/booklet")

        for image in page.get_by_role("img").all():
            image.scroll_into_view_if_needed()
            expect(image).to_have_js_property("complete", value=True)
            assert image.evaluate("image => image.naturalWidth") > 0
        assert page.get_by_role("img").count() == 3
        looks.at(page, "booklet")
        page.get_by_role("link", name="محمد الفاتح").click()
        expect(page.get_by_role("heading", name="محمد الفاتح")).to_be_in_viewport()
        page.emulate_media(media="print")
        assert page.locator(".printed").is_visible()
        assert not page.get_by_role("link", name="The same as a PDF file").is_visible()
    assert {name: one.strip() for name, one in looks.told.items() if one.strip()} == {}
