"""The terms of nominations, and what they lead to, in a browser: axe, a phone's width, and from right to left."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from governance.domain.draft import Contest
from governance.domain.terms import FILL, Terms
from tests.e2e.hall import Hall, served
from tests.e2e.looking import Looks
from tests.services.adopting import listed
from tests.services.nominating import DAY, DURING, NOTICED, a_nominating_draft
from tests.services.stage import a_stage
from tests.web.browser import AT

pytestmark = pytest.mark.browser


@pytest.fixture
def hall(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[Hall]:
    """A draft whose calendar dates nominations; one contest will have as many candidates as places."""
    with a_stage(tmp_path_factory.mktemp("terms")) as stage:
        stage.set_up()
        stage.now = NOTICED - DAY
        contests = (Contest("board", "At large", 2, min_ballots=2), Contest("africa", "Africa", 2, min_ballots=2))
        stage.draft(a_nominating_draft(Terms(fewer=FILL, quorum=20), contests=contests))
        with served(stage, browser) as opened:
            yield opened


def test_axe_finds_nothing_and_nothing_is_too_wide(hall: Hall) -> None:
    looks, desk = Looks(), f"{hall.address}/officer{AT}"
    with hall.tab("officer") as page:
        page.goto(f"{desk}/draft")
        page.get_by_role("link", name="Terms of nominations, caps, and a quorum").click()
        looks.at(page, "terms")
        page.get_by_label("Seconders that a nomination needs").fill("1")
        page.get_by_role("button", name="Save").click()
        expect(page.get_by_role("alert")).to_contain_text("1 seconder cannot have 2 different values of country.")
        looks.at(page, "terms-refused")
        page.get_by_label("In what they have to differ").fill("")
        page.get_by_role("group", name="At large").get_by_label("At most").fill("country: 1")
        page.get_by_role("button", name="Save").click()
        expect(page.get_by_text("Saved.")).to_be_visible()
    hall.stage.now = NOTICED
    hall.stage.advance()
    hall.stage.now = DURING
    with hall.tab("officer") as page:
        page.goto(f"{desk}/terms")
        expect(page.get_by_text("Since then the terms are fixed.")).to_be_visible()
        looks.at(page, "terms-fixed")
        page.goto(f"{desk}/contests/board")
        looks.at(page, "terms-contest")
        page.goto(f"{hall.address}{AT}/calendar")
        expect(page.get_by_text("At large: 2 places; at most 1 with the same country.")).to_be_visible()
        looks.at(page, "terms-read")
    listed(hall.stage, {"board": ("m1", "m3", "m6"), "africa": ("m9",)})
    hall.stage.freeze()
    with hall.tab("officer") as page:
        page.goto(f"{hall.address}{AT}")
        expect(page.get_by_role("heading", name="Elected without a vote")).to_be_visible()
        looks.at(page, "terms-unopposed")
        page.goto(desk)
        looks.at(page, "terms-desk")
    assert looks.wrong() == {}
