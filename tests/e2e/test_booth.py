"""The booth as voters meet it: mouse, touch, keyboard alone; a tested seal, a lost connection; then what was mixed."""

import io
import json
import re
import sys
import time
import zlib
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from subprocess import run
from threading import Thread
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect
from werkzeug.serving import make_server

from governance.board import canonical, record, verify
from governance.board import entries as e
from governance.crypto import ballot as sealing
from governance.crypto import credentials, ranking
from governance.domain.draft import Contest
from governance.services import boards, publication
from governance.store.elections import Statement
from tests.services.stage import ELECTION, Stage, a_draft, a_stage, standing
from tests.web.booths import AT, application, token

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

LEVELS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
CANDIDATES = 20
BUDGET = 60 * 1024
WORDS = "I have worked beside people with lived experience for twelve years. " * 12


@dataclass
class Hall:
    """An election that is open, served."""

    stage: Stage
    app: Flask
    browser: Browser
    address: str
    errors: list[str] = field(default_factory=list)
    hosts: set[str] = field(default_factory=set)

    def code(self, member: str) -> str:
        return credentials.show_code(self.stage.troupe.registrar.codes[member])

    def sign_in(self, context: BrowserContext, member: str) -> None:
        serializer = self.app.session_interface.get_signing_serializer(self.app)  # type: ignore[attr-defined]
        value = serializer.dumps({"_user_id": token(self.stage, member), "_fresh": True})
        context.add_cookies([{"name": "session", "value": value, "url": self.address}])

    @contextmanager
    def tab(self, member: str, **options: object) -> Iterator[Page]:
        context = self.browser.new_context(**options)  # type: ignore[arg-type]
        context.on("request", lambda request: self.hosts.add(urlsplit(request.url).netloc))
        if member:
            self.sign_in(context, member)
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.on("console", lambda message: self.errors.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        yield page
        context.close()

    def go(self, page: Page, member: str) -> None:
        """Open the link of the registrar's mail."""
        page.goto(f"{self.address}{AT}/vote#code={self.stage.troupe.registrar.codes[member]}")

    def ballots(self) -> list[e.Ballot]:
        with self.stage.reading() as session:
            parsed = (e.parse(raw) for _, raw in boards.entries(session, ELECTION))
            return [entry for entry in parsed if isinstance(entry, e.Ballot)]


@contextmanager
def open_hall(folder: Path, browser: Browser) -> Iterator[Hall]:
    with a_stage(folder) as stage:
        africa = Contest("africa", "Africa", 1, standing("b", 3), min_ballots=2, electorate={"region": ("Africa",)})
        at_large = Contest("board", "At large", 2, standing("a", CANDIDATES), min_ballots=2)
        stage.until_open(draft=a_draft(contests=(at_large, africa)))
        with stage.writing() as session:
            session.add_all(
                Statement(election_id=ELECTION, candidate=f"a{i}", language="en", text=WORDS, changed=stage.now)
                for i in range(1, CANDIDATES)
            )
        app = application(stage, folder)
        server = make_server("127.0.0.1", 0, app, threaded=True)
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield Hall(stage, app, browser, f"http://127.0.0.1:{server.server_port}")
        finally:
            server.shutdown()
            thread.join()
            server.server_close()


@pytest.fixture(scope="module")
def hall(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[Hall]:
    with open_hall(tmp_path_factory.mktemp("hall"), browser) as made:
        yield made


@pytest.fixture(autouse=True)
def quiet(hall: Hall) -> Iterator[None]:
    """No page logs an error, the policy's refusals among them, and none asks another host."""
    hall.errors.clear()
    yield
    lost = ("ERR_FAILED", "ERR_INTERNET_DISCONNECTED", "404 (NOT FOUND)")
    assert [text for text in hall.errors if not any(one in text for one in lost)] == []
    assert hall.hosts <= {urlsplit(hall.address).netloc, ""}


# ---- what a voter does -----------------------------------------------------------------------------------------------


def name(candidate: str) -> str:
    return f"Candidate {candidate.upper()}"


def pick(page: Page, *candidates: str, touch: bool = False) -> None:
    for one in candidates:
        button = page.get_by_role("button", name=name(one), exact=True)
        button.tap() if touch else button.click()


def heading(page: Page, text: str) -> None:
    expect(page.get_by_role("heading", name=text)).to_be_visible()


def review(page: Page) -> None:
    page.get_by_role("button", name="Look over my vote").click()
    heading(page, "Is this your vote?")


def cast(page: Page) -> str:
    """Cast; gives the tracker."""
    page.get_by_role("button", name="Cast my vote").click()
    heading(page, "Your vote is in the ballot box")
    return page.locator(".tracker").inner_text()


def press_until(page: Page, role: str, text: str, key: str = "Tab") -> None:
    """Go on with a key until the focus is on what has this role and name."""
    wanted = page.get_by_role(role, name=text, exact=True)  # type: ignore[arg-type]
    for _ in range(300):
        if wanted.evaluate("e => e === document.activeElement"):
            return
        page.keyboard.press(key)
    raise AssertionError(text)


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
        page.get_by_label("Type the code").fill(hall.code("m1").lower())
        page.get_by_role("button", name="Continue").click()
        pick(page, "a1", "a3")
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
        pick(page, "a2", "a5", "a6", "b2", "b1", touch=True)
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
        pick(page, "a1")
        review(page)
        tracker = cast(page)
        hall.go(page, "m5")
        page.reload()
        heading(page, "There is a ballot of yours already")
        expect(page.locator(".tracker")).to_have_text(tracker)
        page.get_by_role("button", name="No, that was not me").click()
        expect(page.get_by_text("somebody else has used your code")).to_be_visible()
        page.get_by_role("button", name="Yes, and I want to vote again").click()
        pick(page, "a4")
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
        pick(page, "a9", "b3")
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


# ---- each by itself --------------------------------------------------------------------------------------------------


def test_the_code_leaves_the_address_bar_and_is_never_sent(hall: Hall) -> None:
    sent: list[str] = []
    code = hall.stage.troupe.registrar.codes["m8"]
    with hall.tab("m8") as page:
        page.on("request", lambda request: sent.append(request.url + (request.post_data or "") + str(request.headers)))
        hall.go(page, "m8")
        heading(page, "Rank the names")

        assert page.url == f"{hall.address}{AT}/vote"
    assert len(sent) > 3
    assert [one for one in sent if code in one or "code=" in one] == []


def test_who_comes_without_a_sign_in_finds_the_code_again_afterwards(hall: Hall) -> None:
    with hall.tab("") as page:
        hall.go(page, "m8")
        heading(page, "First, please sign in")
        assert page.url == f"{hall.address}{AT}/vote"
        hall.sign_in(page.context, "m8")
        page.goto(f"{hall.address}{AT}/vote")
        heading(page, "Rank the names")


def test_a_reload_keeps_the_draft_and_another_code_does_not_see_it(hall: Hall) -> None:
    with hall.tab("m10") as page:
        hall.go(page, "m10")
        pick(page, "a2", "a7")
        rows = page.locator(".row .pick").all_inner_texts()
        page.get_by_role("button", name="Put the names in my order").click()
        ordered = page.locator(".row .pick").all_inner_texts()
        page.reload()
        heading(page, "Rank the names")

        assert ordered == ["Candidate A2", "Candidate A7", *[one for one in rows if one[-2:] not in ("A2", "A7")]]
        assert page.locator(".row .pick").all_inner_texts() == ordered
        expect(page.get_by_label("Preference for Candidate A7")).to_have_value("2")
        hall.go(page, "m11")
        page.reload()
        heading(page, "Rank the names")
        assert page.locator(".ranked").count() == 0


def test_rows_do_not_jump_and_the_limit_is_told(hall: Hall) -> None:
    with hall.tab("m10", viewport={"width": 375, "height": 800}) as page:
        hall.go(page, "m10")
        places = "[...document.querySelectorAll('.row')].map((row) => row.getBoundingClientRect().top + scrollY)"
        heading(page, "Rank the names")
        before = page.evaluate(places)
        pick(page, "a3", "a1")
        page.get_by_role("button", name="Move down: Candidate A3").click()

        assert page.evaluate(places) == before
        sizes = page.locator(".booth button:visible, .booth select").evaluate_all(
            "all => all.map((one) => Math.min(one.getBoundingClientRect().width, one.getBoundingClientRect().height))"
        )
        assert min(sizes) >= 44
        page.wait_for_timeout(500)  # else the first click would be the second half of the one above
        page.get_by_role("button", name="Candidate A3", exact=True).dblclick()
        assert page.locator(".ranked").count() == 1
    with hall.tab("") as page:
        page.goto(f"{hall.address}/practice")
        for fruit in ("Figs", "Plums", "Apples", "Mangoes"):
            page.get_by_role("button", name=fruit, exact=True).click()
        expect(page.get_by_role("status")).to_contain_text("You have ranked three, which is all you may.")


def test_a_statement_is_read_without_losing_the_ranking(hall: Hall) -> None:
    with hall.tab("m10") as page:
        hall.go(page, "m10")
        pick(page, "a3")
        page.get_by_text("Statement of Candidate A4", exact=True).click()
        expect(page.get_by_text("twelve years").first).to_be_visible()
        expect(page.get_by_label("Preference for Candidate A3")).to_have_value("1")


def test_the_order_is_each_voter_s_own_and_stays(hall: Hall) -> None:
    orders = []
    for member in ("m8", "m10", "m8"):
        with hall.tab(member) as page:
            hall.go(page, member)
            heading(page, "Rank the names")
            orders.append(page.locator(".row .pick").all_inner_texts())

    assert orders[0] == orders[2] != orders[1]


def test_a_tested_seal_holds_what_was_chosen_and_is_never_cast(hall: Hall, tmp_path: Path) -> None:
    before = len(hall.ballots())
    with hall.tab("m11") as page:
        hall.go(page, "m11")
        pick(page, "a5", "a2")
        review(page)
        page.get_by_text("Test the seal first").click()
        tracker = page.locator("#tracker .tracker").inner_text()
        page.get_by_role("button", name="Open this sealed vote").click()
        with page.expect_download() as download:
            page.get_by_role("link", name="Save the opened seal").click()
        download.value.save_as(tmp_path / "opened.json")
        page.get_by_role("button", name="Back to my vote").click()
        heading(page, "Is this your vote?")
        page.get_by_text("Test the seal first").click()
        expect(page.locator("#tracker .tracker")).not_to_have_text(tracker)

    opened = canonical.parse((tmp_path / "opened.json").read_bytes())
    with hall.stage.reading() as session:
        manifest = e.parse(boards.manifest(session, ELECTION))
    assert isinstance(manifest, e.Manifest)
    assert sealing.tracker(canonical.dump(opened["ballot"])) == tracker
    assert opened["rankings"] == [["a5", "a2"]]
    ids = [one.id for one in manifest.contests[0].candidates]
    message = ranking.seal_code([ids.index(one) for one in ("a5", "a2")], len(ids), manifest.contests[0].max_ranks)
    nonce = int.from_bytes(bytes.fromhex(opened["nonces"][0]), "little")
    again = sealing.encrypt(message, manifest.public_key, nonce)
    told = opened["ballot"]["contests"][0]
    assert (bytes(again.a).hex(), bytes(again.b).hex()) == (told["a"], told["b"])
    assert "proof" not in opened["ballot"]
    assert len(hall.ballots()) == before


def test_a_second_tab_is_told_and_nothing_is_cast_twice(hall: Hall) -> None:
    with hall.tab("m12") as page:
        hall.go(page, "m12")
        heading(page, "Rank the names")
        pick(page, "a2")
        review(page)
        with hall.stage.writing() as session:
            hall.stage.troupe.vote(session, "m12", [(0,), ()], hall.stage.now)
        count = len(hall.ballots())
        page.get_by_role("button", name="Cast my vote").click()
        heading(page, "The ballot box did not take this ballot")
        page.get_by_role("button", name="Go back and try once more").click()
        heading(page, "There is a ballot of yours already")
        assert len(hall.ballots()) == count
        hall.errors[:] = [text for text in hall.errors if "409 (CONFLICT)" not in text]


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


def test_a_practice_ballot_sends_nothing(hall: Hall) -> None:
    sent: list[str] = []
    with hall.tab("") as page:
        page.goto(f"{hall.address}/practice")
        heading(page, "Rank the names")
        page.on("request", lambda request: sent.append(request.url))
        page.get_by_role("button", name="Figs", exact=True).click()
        review(page)
        page.get_by_role("button", name="Change it").click()
        heading(page, "Rank the names")
        review(page)
        page.get_by_role("button", name="Cast my vote").click()
        heading(page, "That was it. Nothing was sent")
        assert page.evaluate("localStorage.length + sessionStorage.length") == 0
    assert sent == []


def test_without_javascript_the_page_says_why_and_what_else(hall: Hall, screenshots: Path) -> None:
    with hall.tab("m10", viewport={"width": 375, "height": 800}, java_script_enabled=False) as page:
        page.goto(f"{hall.address}{AT}/vote")
        page.screenshot(path=screenshots / "booth-unscripted.png")
        expect(page.get_by_text("Only a script can do that.")).to_be_visible()


# ---- how it looks, and what it weighs --------------------------------------------------------------------------------


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
        found = Axe().run(page, options={"runOnly": {"type": "tag", "values": LEVELS}})
        assert found.violations_count == 0, f"{step}: {found.generate_report()}"

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
        pick(page, "a1", "a14", "a7")
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
