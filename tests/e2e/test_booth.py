"""The booth as voters meet it: mouse, touch, keyboard alone; a lost connection; then what was mixed."""

import io
import sys
from collections import Counter
from pathlib import Path
from subprocess import run
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Route, expect

from governance.board import canonical, record, verify
from governance.board import entries as e
from governance.crypto import ballot as sealing
from governance.services import publication
from tests.e2e.hall import Hall, choose, name, open_hall
from tests.e2e.voter import cast, heading, press_until, review
from tests.services.stage import ELECTION
from tests.web.browser import AT

pytestmark = pytest.mark.browser


def test_a_whole_election_by_mouse_touch_and_keyboard(tmp_path: Path, browser: Browser) -> None:
    with open_hall(tmp_path, browser) as hall:
        by_mouse(hall)
        by_touch(hall)
        by_keyboard(hall)
        blank(hall)
        again(hall)
        with_a_cut_connection(hall)
        assert hall.hosts == {urlsplit(hall.address).netloc}
        stage = hall.stage
        stage.close()
        with stage.writing() as session:
            stage.troupe.tally(session, stage.now)
        with stage.reading() as session:
            file = io.BytesIO()
            publication.write(session, ELECTION, file)
        path = tmp_path / "whole.record.zip"
        path.write_bytes(file.getvalue())

        assert verify.check(record.RecordFile(file)).failure is None
        assert (
            run([sys.executable, "-m", "governance.verifier", str(path)], check=False, capture_output=True).returncode
            == 0
        )
        assert papers(record.RecordFile(file)) == {
            "board": Counter({("a3", "a1"): 1, ("a20", "a2", "a5"): 1, ("a7", "a8"): 1, (): 1, ("a4",): 1, ("a9",): 1}),
            "africa": Counter({("b2", "b1"): 1, ("b3",): 1}),
        }


def papers(source: record.RecordFile) -> dict[str, Counter[tuple[str, ...]]]:
    found = {}
    for raw in source.entries():
        entry = e.parse(raw)
        if isinstance(entry, e.Result):
            blob = canonical.parse(b"".join(source.chunks(entry.ballots.sha256)))
            found[entry.contest] = Counter({tuple(ids): number for number, ids in blob["papers"]})
            found[entry.contest] += Counter({(): blob["blank"]})
    return found


def by_mouse(hall: Hall) -> None:
    with hall.tab("m1") as page:
        page.goto(f"{hall.address}{AT}/vote")
        page.get_by_label("Type the code").fill("nonsense")
        page.get_by_role("button", name="Continue").click()
        expect(page.get_by_role("alert")).to_contain_text("26 letters and digits")
        expect(page.get_by_label("Type the code")).to_have_value("nonsense")
        page.get_by_label("Type the code").fill(hall.code("m1").lower())
        page.get_by_role("button", name="Continue").click()
        choose(page, "a1", "a3")
        page.get_by_role("button", name="Move up: Candidate A3").click()
        expect(page.get_by_role("status")).to_have_text("Candidate A3 is now your first preference.")
        review(page)
        tracker = cast(page)
        assert sealing.tracker(e.unproven_bytes(hall.ballots()[-1])) == tracker
        assert page.evaluate("[...Object.keys(sessionStorage)]") == []
        kept = page.evaluate("JSON.stringify({...localStorage})")
        assert hall.stage.troupe.registrar.codes["m1"] not in kept
        page.get_by_role("link", name="Is my vote in the box?").click()
        page.get_by_role("button", name="Check now").click()
        heading(page, "Yes, your vote is in the ballot box")


def by_touch(hall: Hall) -> None:
    with hall.tab("m3", viewport={"width": 375, "height": 800}, has_touch=True, is_mobile=True) as page:
        hall.go(page, "m3")
        choose(page, "a2", "a5", "a6", "b2", "b1", touch=True)
        page.get_by_role("button", name="Take out: Candidate A6").tap()
        page.get_by_label("Preference for Candidate A20").select_option("1")
        page.get_by_role("button", name="Look over my vote").tap()
        listed = page.locator(".vote").first.get_by_role("listitem")
        expect(listed).to_have_text(["Candidate A20", "Candidate A2", "Candidate A5"])
        page.get_by_role("button", name="Cast my vote").tap()
        heading(page, "Your vote is in the ballot box")


def by_keyboard(hall: Hall) -> None:
    with hall.tab("m2") as page:
        page.goto(f"{hall.address}{AT}/vote")
        press_until(page, "textbox", "Type the code that the registrar sent you")
        page.keyboard.type(hall.code("m2"))
        page.keyboard.press("Enter")
        heading(page, "Rank the names")
        for candidate, key in (("a8", "Enter"), ("a7", "Space")):
            page.evaluate("document.querySelector('.booth h2').focus()")
            press_until(page, "button", name(candidate))
            page.keyboard.press(key)
        press_until(page, "button", "Move up: Candidate A7")
        page.keyboard.press("Enter")
        press_until(page, "button", "Look over my vote")
        page.keyboard.press("Enter")
        heading(page, "Is this your vote?")
        press_until(page, "button", "Cast my vote")
        page.keyboard.press("Enter")
        heading(page, "Your vote is in the ballot box")
        assert page.evaluate("document.activeElement.textContent") == "Your vote is in the ballot box"


def blank(hall: Hall) -> None:
    with hall.tab("m4") as page:
        hall.go(page, "m4")
        review(page)
        expect(page.locator(".vote")).to_contain_text("A blank vote")
        cast(page)


def again(hall: Hall) -> None:
    with hall.tab("m5") as page:
        hall.go(page, "m5")
        choose(page, "a1")
        review(page)
        tracker = cast(page)
        hall.go(page, "m5")
        page.reload()
        heading(page, "There is a ballot of yours already")
        expect(page.locator(".tracker")).to_have_text(tracker)
        page.get_by_role("button", name="No, that was not me").click()
        expect(page.get_by_text("somebody else has used your code")).to_be_visible()
        page.get_by_role("button", name="Yes, and I want to vote again").click()
        choose(page, "a4")
        review(page)
        assert cast(page) != tracker
        page.goto(f"{hall.address}{AT}/receipt")
        page.get_by_role("button", name="Check now").click()
        heading(page, "Yes, your vote is in the ballot box")


def with_a_cut_connection(hall: Hall) -> None:
    """The ballot box takes the ballot, but its answer never arrives; then nothing arrives at all; then the page is closed."""
    before = len(hall.ballots())
    posted: list[bytes] = []

    def answer_lost(route: Route) -> None:
        posted.append(route.request.post_data_buffer or b"")
        if len(posted) == 1:
            route.fetch()
        route.abort()

    with hall.tab("m6") as page:
        hall.go(page, "m6")
        choose(page, "a9", "b3")
        review(page)
        page.route("**/ballots", answer_lost)
        page.get_by_role("button", name="Cast my vote").click()
        heading(page, "No answer from the ballot box yet")
        page.get_by_role("button", name="Send it again").click()
        heading(page, "No answer from the ballot box yet")
        page.unroute("**/ballots")
        page.reload()
        heading(page, "Your vote is in the ballot box")
        assert page.evaluate("Object.keys(localStorage).filter((name) => name.includes('pending'))") == []

    assert len(posted) >= 2
    assert len(set(posted)) == 1
    assert e.dump(hall.ballots()[-1]) == posted[0]
    assert len(hall.ballots()) == before + 1
