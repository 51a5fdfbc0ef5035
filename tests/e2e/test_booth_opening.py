"""The booth on a slow line: names at once, the first tap after two round trips, and nothing sealed but what was announced.

“Usable” is: the names can be read, and a tap on the first one counts. What takes time on a slow line is round trips and
bytes, so those are what is bounded here, whatever the machine; `bench/opening.py` measures the seconds.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Page, Route, expect

from governance.board import entries as e
from tests.e2e.hall import CANDIDATES, Hall, choose
from tests.e2e.voter import heading, pick, review
from tests.services.stage import ELECTION
from tests.web.browser import AT

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("quiet")]
FIRST = 32 * 1024
"""Bytes as sent before the booth is usable: 0.65 s at 400 kbit/s, beside twice 400 ms. 20 candidates with statements."""
NEEDED = {"vote", "style.css", "booth.css", "booth.js"}
LATER = ("**/manifest", "**/credentials/*", "**/sealing.js")


@contextmanager
def held(page: Page, *patterns: str) -> Iterator[Callable[[], None]]:
    """Nothing of these is answered until what is given is called."""
    waiting: list[Route] = []
    free = False

    def hold(route: Route) -> None:
        if free:
            route.continue_()
        else:
            waiting.append(route)

    def release() -> None:
        nonlocal free
        free = True
        while waiting:
            waiting.pop().continue_()

    for one in patterns:
        page.route(one, hold)
    yield release
    release()


def go(hall: Hall, page: Page, member: str, code: str = "") -> None:
    """As `Hall.go`, without waiting for what is held."""
    code = code or hall.stage.troupe.registrar.codes[member]
    page.goto(f"{hall.address}{AT}/vote#code={code}", wait_until="commit")


def names(page: Page) -> list[str]:
    return page.locator(".row .pick").all_inner_texts()


def test_the_first_tap_counts_after_two_round_trips_and_few_bytes(hall: Hall) -> None:
    with hall.tab("m10") as page, held(page, *LATER):
        asked: list[str] = []
        page.on("request", lambda request: asked.append(re.sub(r"[#?].*", "", request.url).rpartition("/")[2]))
        go(hall, page, "m10")
        choose(page, "a3")
        expect(page.get_by_role("button", name="Candidate A3", exact=True)).to_have_attribute("aria-pressed", "true")
        sent = page.evaluate(
            "[...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')]"
            ".filter((one) => one.responseEnd).map((one) => [one.name, one.transferSize])"
        )
        named = page.content()

    print(sum(size for _, size in sent), sent)  # noqa: T201  a figure
    before = asked[: asked.index("manifest")]
    assert set(before) == NEEDED  # the page; then what the page itself names: two round trips
    assert all(f"/{one}" in named for one in NEEDED - {"vote"})
    assert len(sent) >= len(NEEDED)
    assert sum(size for _, size in sent) < FIRST


def test_the_names_can_be_read_before_any_script_is_there_and_without(hall: Hall) -> None:
    with hall.tab("m10") as page, held(page, "**/booth.js"):
        page.goto(f"{hall.address}{AT}/vote", wait_until="commit")
        expect(page.get_by_text("Candidate A20", exact=True)).to_be_visible()
        expect(page.get_by_text("Opening the booth")).to_be_visible()
        assert page.locator("#booth li").count() == CANDIDATES
    with hall.tab("m10", java_script_enabled=False) as page:
        page.goto(f"{hall.address}{AT}/vote")
        expect(page.get_by_text("Candidate A20", exact=True)).to_be_visible()
    with hall.tab("m3", java_script_enabled=False) as page:  # of Africa: two contests
        page.goto(f"{hall.address}{AT}/vote")
        assert page.locator("#booth li").count() == CANDIDATES + 3
    with hall.tab("", java_script_enabled=False) as page:
        page.goto(f"{hall.address}{AT}/vote")
        assert page.locator("#booth li").count() == 0  # nobody knows in what they vote


def test_whoever_casts_before_what_seals_is_there_casts_one_ballot_once(hall: Hall) -> None:
    before = len(hall.ballots())
    with hall.tab("m14") as page, held(page, *LATER) as release:
        go(hall, page, "m14")
        choose(page, "a3", "a8")
        review(page)
        page.get_by_role("button", name="Cast my vote").click()
        expect(page.get_by_role("status")).to_contain_text("Sealing your vote")
        page.wait_for_timeout(200)
        assert len(hall.ballots()) == before
        release()
        heading(page, "Your vote is in the ballot box")
    assert len(hall.ballots()) == before + 1


@pytest.mark.parametrize("how", ["missing", "another"])
def test_without_the_second_script_nothing_is_cast_or_lost(hall: Hall, how: str) -> None:
    def other(route: Route) -> None:
        if how == "missing":
            route.fulfill(status=404)
        else:
            route.fulfill(body="document.title = 'another script'", content_type="text/javascript")

    with hall.tab("m15") as page:
        page.route("**/sealing.js", other)
        go(hall, page, "m15")
        choose(page, "a5", "a2")
        page.get_by_role("button", name="Look over my vote").click()
        heading(page, "This did not work")
        expect(page.get_by_text("A part of this page did not arrive.")).to_be_visible()
        assert page.title() != "another script"
        page.unroute("**/sealing.js")
        page.get_by_role("button", name="Try again").click()
        heading(page, "Rank the names")
        expect(page.get_by_label("Preference for Candidate A2", exact=True)).to_have_value("2")
        review(page)
        expect(page.locator("#tracker .tracker")).to_have_count(1)
    hall.errors[:] = [text for text in hall.errors if "sealing.js" not in text and "404 (Not Found)" not in text]


def test_a_page_that_lists_other_names_is_set_right_by_the_manifest(hall: Hall) -> None:
    def changed(route: Route) -> None:
        answer = route.fetch()
        body = answer.text().replace(">Candidate A7<", ">Somebody Else<")
        assert body != answer.text()
        route.fulfill(response=answer, body=body)

    with hall.tab("m10") as page, held(page, "**/manifest") as release:
        page.route("**/vote", changed)
        go(hall, page, "m10")
        pick(page, "Somebody Else", "Candidate A2")
        review(page)
        release()
        heading(page, "Rank the names")
        expect(page.get_by_role("status")).to_contain_text("not listed here as they were announced")
        assert "Candidate A7" in names(page)
        assert "Somebody Else" not in names(page)
        review(page)
        expect(page.locator(".vote li").first).to_have_text("Candidate A7")
        expect(page.locator("#tracker .tracker")).to_have_count(1)


def test_the_order_is_the_same_before_and_after_it_is_known_who_votes(hall: Hall) -> None:
    with hall.tab("m10") as page, held(page, *LATER) as release:
        go(hall, page, "m10")
        heading(page, "Rank the names")
        early = names(page)
        release()
        review(page)
        expect(page.locator("#tracker .tracker")).to_have_count(1)
        page.get_by_role("button", name="Change it").click()
        heading(page, "Rank the names")
        assert names(page) == early
    assert len(early) == CANDIDATES


def test_a_code_of_another_election_is_told_though_ranking_had_begun(hall: Hall) -> None:
    with hall.tab("m10") as page, held(page, "**/manifest") as release:
        go(hall, page, "m10", "ETN2VZ1EN8YT3JRQNHCV0KF76K")
        choose(page, "a1")
        release()
        heading(page, "Your voting code")
        expect(page.get_by_role("alert")).to_contain_text("not one of this election")
        page.get_by_role("textbox").fill(hall.code("m10"))
        page.get_by_role("button", name="Continue").click()
        heading(page, "Rank the names")


def test_a_ballot_that_came_meanwhile_is_told_before_another_is_sealed(hall: Hall) -> None:
    papers = [(0,), ()][: contests(hall, "m16")]
    with hall.tab("m16") as page, held(page, *LATER) as release:
        go(hall, page, "m16")
        choose(page, "a4")
        review(page)
        with hall.stage.writing() as session:
            hall.stage.troupe.vote(session, "m16", papers, hall.stage.now)
        release()
        heading(page, "There is a ballot of yours already")
        page.get_by_role("button", name="Yes, and I want to vote again").click()
        expect(page.get_by_label("Preference for Candidate A4")).to_have_value("1")


def contests(hall: Hall, member: str) -> int:
    """In how many contests a member votes."""
    with hall.tab(member, java_script_enabled=False) as page:
        page.goto(f"{hall.address}{AT}/vote")
        return page.locator("[data-contest]").count()


def test_a_session_that_closes_while_casting_loses_nothing_and_casts_once(hall: Hall) -> None:
    """Cookies are gone when the sealed vote is sent; after the sign-in the same bytes go once more."""
    before = len(hall.ballots())
    posted: list[bytes] = []
    with hall.tab("m17") as page:
        page.on("request", lambda one: posted.append(one.post_data_buffer or b"") if one.method == "POST" else None)
        go(hall, page, "m17")
        choose(page, "a6", "a2")
        review(page)
        expect(page.locator("#tracker .tracker")).to_have_count(1)
        page.context.clear_cookies()
        page.get_by_role("button", name="Cast my vote").click()
        heading(page, "Please sign in again")
        expect(page.get_by_text("You were signed out meanwhile.")).to_be_visible()
        assert len(hall.ballots()) == before
        link = page.get_by_role("link", name="Sign in, and send my vote")
        assert f"{AT}/vote" in (link.get_attribute("href") or "")
        hall.sign_in(page.context, "m17")
        page.goto(f"{hall.address}{AT}/vote")  # where the sign-in leads back to
        heading(page, "Your vote is in the ballot box")
        assert page.evaluate("Object.keys(localStorage).filter((name) => name.includes('pending'))") == []

    assert len(posted) == 2
    assert len(set(posted)) == 1
    assert [e.dump(one) for one in hall.ballots()[before:]] == [posted[0]]
    hall.errors[:] = [text for text in hall.errors if "401 (UNAUTHORIZED)" not in text]
    assert ELECTION in posted[0].decode()
