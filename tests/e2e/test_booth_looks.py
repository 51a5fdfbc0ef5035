"""How the booth looks at every step, what it weighs, how long a voter waits for the seal."""

import re
import time
import zlib
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.hall import CANDIDATES, Hall, choose, open_hall
from tests.e2e.looking import Looks, found
from tests.e2e.voter import heading, review
from tests.services.stage import ELECTION
from tests.web.browser import AT

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("quiet")]
BUDGET = 60 * 1024


def photograph(page: Page, width: int, path: Path) -> None:
    """One picture at each width; no page scrolls sideways. The last width stays."""
    wider = "document.scrollingElement.scrollWidth - document.scrollingElement.clientWidth"
    for wide in (320, 768, width):
        page.set_viewport_size({"width": wide, "height": 800})
        page.screenshot(path=path.with_stem(f"{path.stem}-{wide}"), full_page=True)
        assert page.evaluate(wider) <= 0, path


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [375, 1280])
def test_axe_finds_nothing_at_any_step(hall: Hall, width: int, scheme: str, screenshots: Path) -> None:
    def look(page: Page, step: str) -> None:
        photograph(page, width, screenshots / f"booth-{step}-{scheme}.png")
        assert (step, found(page)) == (step, "")

    member = {375: "m3", 1280: "m4"}[width]
    with hall.stage.writing() as session:
        hall.stage.troupe.vote(session, member, [(0,), ()] if member == "m3" else [(0,)], hall.stage.now)
    with hall.tab(member, viewport={"width": width, "height": 800}, color_scheme=scheme) as page:
        page.goto(f"{hall.address}{AT}")
        look(page, "election")
        page.goto(f"{hall.address}{AT}/vote")
        heading(page, "Your voting code")
        look(page, "code")
        page.get_by_role("button", name="Continue").click()
        look(page, "wrong")
        hall.go(page, member)
        page.reload()
        heading(page, "There is a ballot of yours already")
        look(page, "earlier")
        page.get_by_role("button", name="Yes, and I want to vote again").click()
        choose(page, "a1", "a14", "a7")
        page.get_by_text("Statement of Candidate A4", exact=True).click()
        expect(page.get_by_text("twelve years").first).to_be_visible()
        look(page, "ranking")
        page.screenshot(path=screenshots / f"booth-window-{width}-{scheme}.png")
        review(page)
        page.get_by_text("Test the seal first").click()
        expect(page.locator("#tracker .tracker")).to_be_visible()
        look(page, "review")
        page.get_by_role("button", name="Open this sealed vote").click()
        look(page, "opened")
        page.get_by_role("button", name="Back to my vote").click()
        page.context.set_offline(True)
        page.get_by_role("button", name="Cast my vote").click()
        heading(page, "No answer from the ballot box yet")
        look(page, "waiting")
        page.context.set_offline(False)
        heading(page, "Your vote is in the ballot box")
        look(page, "done")
        page.goto(f"{hall.address}{AT}/receipt")
        page.get_by_role("button", name="Check now").click()
        heading(page, "Yes, your vote is in the ballot box")
        look(page, "receipt")
        page.goto(f"{hall.address}{AT}/board")
        look(page, "board")
        page.goto(f"{hall.address}/practice")
        heading(page, "Rank the names")
        look(page, "practice")


def test_axe_finds_nothing_at_the_rarer_steps(hall: Hall) -> None:
    looks = Looks()
    with hall.tab("m5") as page:
        page.route("**/manifest", lambda route: route.abort())
        hall.go(page, "m5")
        choose(page, "a6")
        review(page)
        heading(page, "This did not work")
        looks.at(page, "booth-sealing-failed")
        page.unroute("**/manifest")
        page.get_by_role("button", name="Try again").click()
        heading(page, "Is this your vote?")
        expect(page.locator("#tracker .tracker")).to_have_count(1)
        with hall.stage.writing() as session:
            hall.stage.troupe.vote(session, "m5", [(0,)], hall.stage.now)
        page.get_by_role("button", name="Cast my vote").click()
        heading(page, "The ballot box did not take this ballot")
        looks.at(page, "booth-refused")
        page.goto(f"{hall.address}{AT}/receipt")
        expect(page.get_by_text("This browser has kept no receipt")).to_be_visible()
        looks.at(page, "receipt-none")
        page.evaluate(f"localStorage.setItem('governance pending {ELECTION} m5', JSON.stringify('AAAA'))")
        page.route("**/ballots", lambda route: route.abort())
        page.reload()
        heading(page, "A sealed vote waits on this device")
        looks.at(page, "receipt-waits")
        page.unroute("**/ballots")
        page.get_by_role("button", name="Send it again").click()
        heading(page, "Your sealed vote was not taken")
        looks.at(page, "receipt-not-taken")
        page.goto(f"{hall.address}/practice")
        review(page)
        page.get_by_role("button", name="Cast my vote").click()
        heading(page, "That was it. Nothing was sent")
        looks.at(page, "practice-done")
        hall.errors[:] = [text for text in hall.errors if "409 (CONFLICT)" not in text and "422 (" not in text]
    assert looks.wrong() == {}


def test_where_nobody_votes_twice_the_page_says_so(tmp_path: Path, browser: Browser) -> None:
    looks = Looks()
    with open_hall(tmp_path, browser, revotes=False) as hall, hall.tab("m1") as page:
        with hall.stage.writing() as session:
            hall.stage.troupe.vote(session, "m1", [(0,)], hall.stage.now)
        hall.go(page, "m1")
        heading(page, "You have voted already")
        expect(page.get_by_role("button")).to_have_count(0)
        looks.at(page, "booth-no-second-vote")
        page.goto(f"{hall.address}{AT}")
        looks.at(page, "election-no-second-vote")
        expect(page.get_by_text("A ballot of yours is in the box.")).to_be_visible()
        expect(page.locator("main .button")).to_have_count(0)
        page.goto(f"{hall.address}/home")
        expect(page.get_by_text("Nothing at the moment.")).to_be_visible()
    assert looks.wrong() == {}


def test_the_booth_is_light(hall: Hall) -> None:
    weights: dict[str, int] = {}
    with hall.tab("m10") as page:
        page.on("response", lambda answer: weights.update({answer.url: len(zlib.compress(answer.body(), 9))}))
        hall.go(page, "m10")
        heading(page, "Rank the names")
        page.wait_for_load_state("networkidle")

    print(sum(weights.values()), {re.sub(r".*/", "", url): size for url, size in weights.items()})  # noqa: T201  a figure
    assert len(weights) >= 5
    assert sum(weights.values()) < BUDGET


@pytest.mark.parametrize(("slower", "limit"), [(1, 150), (6, 1000)])
def test_sealing_is_quick(hall: Hall, slower: int, limit: int) -> None:
    with hall.tab("m10") as page:
        hall.go(page, "m10")
        heading(page, "Rank the names")
        page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": slower})
        for picked in page.locator(".pick").all():
            picked.click()
        began = time.monotonic()
        review(page)
        expect(page.locator("#tracker .tracker")).to_have_count(1)
        seen = time.monotonic() - began
        took = page.evaluate("performance.getEntriesByName('seal')[0].duration")

    print(f"sealing {CANDIDATES} candidates, {slower}x slower: {took:.0f} ms; seen after {seen * 1000:.0f} ms")  # noqa: T201
    assert took < limit


def test_ranked_names_and_messages_are_seen_in_forced_colours(hall: Hall, screenshots: Path) -> None:
    """Backgrounds are taken away there: borders and words have to say it."""
    width = "one => parseFloat(getComputedStyle(one).borderBlockStartWidth)"
    with hall.tab("m10", forced_colors="active", viewport={"width": 320, "height": 800}) as page:
        hall.go(page, "m10")
        choose(page, "a1", "a14")
        ranked = page.locator(".row.ranked")
        expect(ranked).to_have_count(2)
        assert ranked.evaluate_all(f"all => all.map({width})") == [2, 2]
        assert page.locator(".row:not(.ranked)").first.evaluate(width) == 1
        expect(page.get_by_label("Preference for Candidate A14")).to_have_value("2")
        expect(page.get_by_role("status")).to_contain_text("Candidate A14 is now your second preference.")
        assert page.locator("#says").evaluate(width) == 2
        page.screenshot(path=screenshots / "booth-forced-colours.png")
        assert found(page) == ""
    # Without a code, in a tab that has kept none.
    with hall.tab("m10", forced_colors="active", viewport={"width": 320, "height": 800}) as page:
        page.goto(f"{hall.address}{AT}/vote")
        page.get_by_role("button", name="Continue").click()
        alert = page.get_by_role("alert")
        expect(alert).to_be_visible()
        assert alert.evaluate("one => parseFloat(getComputedStyle(one).borderInlineStartWidth)") > 4
        assert page.locator("#code").evaluate(width) > 0


@pytest.mark.parametrize("path", [AT, f"{AT}/vote", f"{AT}/board", "/practice", "/"])
def test_whoever_wants_no_motion_gets_none(hall: Hall, path: str) -> None:
    moves = """() => [...document.querySelectorAll("*")].filter((one) => {
      const style = getComputedStyle(one);
      return style.scrollBehavior === "smooth" || parseFloat(style.transitionDuration) || parseFloat(style.animationDuration);
    }).map((one) => one.tagName)"""
    with hall.tab("m10", reduced_motion="reduce", java_script_enabled=True) as page:
        page.goto(f"{hall.address}{path}")
        page.wait_for_load_state("networkidle")
        assert page.evaluate(moves) == []
    with hall.tab("m10", reduced_motion="no-preference") as page:
        page.goto(f"{hall.address}{path}")
        assert page.evaluate(moves) == ["HTML"]
