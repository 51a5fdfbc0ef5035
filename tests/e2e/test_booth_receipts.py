"""“Is my vote in the box?”: what was never acknowledged, before the close and after it; a receipt from elsewhere."""

import json
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from governance.board import canonical
from tests.e2e.hall import Hall, choose, open_hall
from tests.e2e.voter import cast, heading, review
from tests.web.browser import AT

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("quiet")]


def left_behind(page: Page, candidate: str, *, arrives: bool) -> None:
    """Cast, but no answer comes; the ballot box may have taken it."""

    def lose(route: Route) -> None:
        if arrives:
            route.fetch()
        route.abort()

    choose(page, candidate)
    review(page)
    page.route("**/ballots", lose)
    page.get_by_role("button", name="Cast my vote").click()
    heading(page, "No answer from the ballot box yet")
    page.goto("about:blank")
    page.unroute("**/ballots")


def test_the_receipt_page_takes_up_what_was_never_acknowledged(hall: Hall) -> None:
    before = len(hall.ballots())
    with hall.tab("m7") as page:
        hall.go(page, "m7")
        left_behind(page, "a6", arrives=False)
        assert len(hall.ballots()) == before
        page.context.clear_cookies()
        page.goto(f"{hall.address}{AT}/receipt")
        heading(page, "A sealed vote waits on this device")
        expect(page.get_by_role("link", name="Sign in, and send my vote")).to_be_visible()
        hall.sign_in(page.context, "m7")
        page.route("**/ballots", lambda route: route.abort())
        page.reload()
        heading(page, "A sealed vote waits on this device")
        page.unroute("**/ballots")
        page.get_by_role("button", name="Send it again").click()
        heading(page, "Yes, your vote is in the ballot box")
        assert page.evaluate("[...Object.keys(sessionStorage), ...Object.keys(localStorage)].length") == 1
        page.reload()
        page.get_by_role("button", name="Check now").click()
        heading(page, "Yes, your vote is in the ballot box")

    assert len(hall.ballots()) == before + 1


def test_after_the_close_the_receipt_page_says_what_became_of_it(tmp_path: Path, browser: Browser) -> None:
    with open_hall(tmp_path, browser) as hall, hall.tab("m1") as there, hall.tab("m2") as lost:
        for page, member in ((there, "m1"), (lost, "m2")):
            hall.go(page, member)
            left_behind(page, "a6", arrives=page is there)
        hall.stage.close()
        for page, said in (
            (there, "Yes, your vote is in the ballot box"),
            (lost, "Your sealed vote was not taken"),
        ):
            page.goto(f"{hall.address}{AT}/vote")
            hall.sign_in(page.context, "m1" if page is there else "m2")
            page.reload()
            page.get_by_role("link", name="See whether it is in the box").click()
            heading(page, said)
        expect(lost.get_by_text("Voting has closed: this ballot was not taken.")).to_be_visible()
        lost.reload()
        expect(lost.get_by_text("This browser has kept no receipt")).to_be_visible()
        assert len(hall.ballots()) == 1


def test_a_saved_receipt_is_checked_elsewhere_and_a_bent_one_is_not_believed(hall: Hall, tmp_path: Path) -> None:
    with hall.tab("m9") as page:
        hall.go(page, "m9")
        review(page)
        cast(page)
        with page.expect_download() as download:
            page.get_by_role("link", name="Save the receipt").click()
        good = tmp_path / "receipt.json"
        download.value.save_as(good)
    bent = tmp_path / "bent.json"
    kept = json.loads(good.read_text())
    receipt = json.loads(kept["receipt"])
    receipt["index"] -= 1
    bent.write_bytes(json.dumps(kept | {"receipt": canonical.dump(receipt).decode()}).encode())
    (tmp_path / "none.json").write_text("{}")
    with hall.tab("") as page:
        for file, said in (
            (good, "Yes, your vote is in the ballot box"),
            (bent, "This does not hold"),
            (tmp_path / "none.json", "This is no receipt"),
        ):
            page.goto(f"{hall.address}{AT}/receipt")
            page.get_by_label("A saved receipt").set_input_files(file)
            heading(page, said)
