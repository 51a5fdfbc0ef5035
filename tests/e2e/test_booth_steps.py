"""The booth step by step: codes, drafts, rows, statements, a tested seal, a second tab, practice, no script."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from governance.board import canonical
from governance.board import entries as e
from governance.crypto import ballot as sealing
from governance.crypto import ranking
from governance.services import boards
from tests.e2e.hall import ARABIC, Hall, choose
from tests.e2e.voter import heading, review
from tests.services.stage import ELECTION
from tests.web.browser import AT

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("quiet")]


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
        choose(page, "a2", "a7")
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
        choose(page, "a3", "a1")
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
    with hall.tab("m10", locale="ar-EG") as page:
        hall.go(page, "m10")
        choose(page, "a3")
        page.get_by_text("Statement of Candidate A4", exact=True).click()
        expect(page.get_by_text(ARABIC)).to_have_css("direction", "rtl")
        expect(page.get_by_text("twelve years").first).to_be_hidden()
        page.get_by_text("English", exact=True).click()
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
        choose(page, "a5", "a2")
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
        choose(page, "a2")
        review(page)
        expect(page.locator("#tracker .tracker")).to_have_count(1)
        with hall.stage.writing() as session:
            hall.stage.troupe.vote(session, "m12", [(0,), ()], hall.stage.now)
        count = len(hall.ballots())
        page.get_by_role("button", name="Cast my vote").click()
        heading(page, "The ballot box did not take this ballot")
        page.get_by_role("button", name="Go back and try once more").click()
        heading(page, "There is a ballot of yours already")
        assert len(hall.ballots()) == count
        hall.errors[:] = [text for text in hall.errors if "409 (CONFLICT)" not in text]


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
