"""A member who seals the vote with a program of their own, beside the booth: one replaces the other, either way round."""

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from governance.board import entries as e
from governance.board.judge import Judge
from governance.crypto import ballot as sealing
from governance.crypto import credentials, group, ranking
from governance.offline import vote_paper
from governance.services import boards, publication
from tests.e2e.hall import Hall, choose, open_hall
from tests.e2e.looking import Looks
from tests.e2e.voter import cast, heading, review
from tests.services.stage import ELECTION
from tests.web.browser import AT

pytestmark = pytest.mark.browser
WITHOUT = {"java_script_enabled": False}


def program(folder: Path, *words: object, says: str = "") -> str:
    """Run `governance-vote` at home; gives what it printed."""
    call = [sys.executable, "-m", "governance.offline.vote", *map(str, words)]
    told = subprocess.run(call, cwd=folder, input=says, capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stderr
    return told.stdout


def fetched(hall: Hall, folder: Path) -> Path:
    """The public file as it is now; what the website hands out may be five minutes older."""
    path = folder / f"{ELECTION}.record.zip"
    with hall.stage.reading() as session, path.open("wb") as file:
        publication.write(session, ELECTION, file)
    return path


def at_home(hall: Hall, folder: Path, member: str, ranked: Sequence[str]) -> tuple[Path, str]:
    """Seal by numbers; the file, and the tracker that was shown."""
    record = fetched(hall, folder)
    (folder / "sealed-ballot.json").unlink(missing_ok=True)
    (folder / "code").write_text(hall.code(member))
    listed = [f"a{number + 1}" for number in order(hall, member)]
    again = any(bytes(one.credential) == public(hall, member) for one in hall.ballots())
    numbers = " ".join(str(listed.index(one) + 1) for one in ranked)
    says = ("y\n" if again else "") + f"{numbers}\ny\n"
    told = program(folder, "seal", record, "--code-file", "code", says=says)
    tracker = next(line.strip() for line in reversed(told.splitlines()) if line.startswith("    "))
    return folder / "sealed-ballot.json", tracker


def public(hall: Hall, member: str) -> bytes:
    with hall.stage.reading() as session:
        cer = boards.cer(session, ELECTION)
    return bytes(credentials.derive(hall.stage.troupe.registrar.codes[member], cer).public)


def order(hall: Hall, member: str) -> list[int]:
    judge = judged(hall)
    assert judge.manifest is not None
    return vote_paper.order(judge.ctx, hall.stage.troupe.registrar.codes[member], judge.manifest.contests[0])


def judged(hall: Hall) -> Judge:
    with hall.stage.reading() as session:
        return hall.stage.troupe.judge(session)


def upload(page: Page, hall: Hall, file: Path) -> None:
    page.goto(f"{hall.address}{AT}")
    page.get_by_role("link", name="I sealed my vote with my own program").click()
    page.get_by_label("The file with your sealed vote").set_input_files(file)
    page.get_by_role("button", name="Cast this sealed vote").click()


def last(hall: Hall, member: str) -> e.Ballot:
    return [one for one in hall.ballots() if bytes(one.credential) == public(hall, member)][-1]


def is_voted(hall: Hall, member: str, ranked: Sequence[str]) -> bool:
    """Whether the last ballot of a member holds this ranking of the one contest: opened with the whole key, as a test can."""
    judge, entry = judged(hall), last(hall, member)
    assert judge.manifest is not None
    contest = judge.manifest.contests[0]
    trustees = {one.index: one.secret for one in hall.stage.troupe.trustees[:2]}
    (i, x), (j, y) = trustees.items()
    key = (x * j * pow(j - i, -1, group.ORDER) + y * i * pow(i - j, -1, group.ORDER)) % group.ORDER
    plain = group.subtract(entry.contests[0].b, group.multiply(key, entry.contests[0].a))
    ids = [candidate.id for candidate in contest.candidates]
    numbers = ranking.read(plain, len(ids), contest.max_ranks)
    return numbers is not None and [ids[one] for one in numbers] == list(ranked)


def test_program_then_booth_then_program(tmp_path: Path, browser: Browser) -> None:
    looks, home = Looks(), tmp_path / "home"
    (tmp_path / "hall").mkdir()
    home.mkdir()
    with open_hall(tmp_path / "hall", browser) as hall, hall.tab("m1") as page, hall.tab("m1", **WITHOUT) as plain:
        file, shown = at_home(hall, home, "m1", ["a4", "a2"])
        without_javascript(plain, hall, file, shown)
        assert is_voted(hall, "m1", ["a4", "a2"])
        look(page, hall, file, looks)
        check_the_receipt(page, hall, home)
        second = in_the_booth(page, hall, shown, looks)
        assert is_voted(hall, "m1", ["a7"])
        assert "a later one replaced it" in program(home, "check", file, fetched(hall, home))

        newer, third = at_home(hall, home, "m1", ["a9", "a1", "a3"])  # and the other way round
        upload(page, hall, newer)
        heading(page, "Your vote is in the ballot box")

        assert len({shown, second, third}) == 3
        assert sealing.tracker(e.unproven_bytes(last(hall, "m1"))) == third
        assert is_voted(hall, "m1", ["a9", "a1", "a3"])
        hall.go(page, "m1")
        heading(page, "There is a ballot of yours already")
        expect(page.locator(".tracker")).to_have_text(third)
        assert [text for text in hall.errors if "422" not in text] == []
    assert looks.wrong() == {}


def wrong_file(near: Path) -> Path:
    path = near.with_name("wrong.json")
    path.write_text("{}")
    return path


def without_javascript(page: Page, hall: Hall, file: Path, shown: str) -> None:
    upload(page, hall, wrong_file(file))
    expect(page.get_by_role("alert")).to_contain_text("The ballot box cannot read this file")
    upload(page, hall, file)
    heading(page, "Your vote is in the ballot box")
    assert page.locator(".tracker").inner_text() == shown
    page.reload()  # the same bytes once more
    assert page.locator(".tracker").inner_text() == shown
    assert len(hall.ballots()) == 1


def look(page: Page, hall: Hall, file: Path, looks: Looks) -> None:
    page.goto(f"{hall.address}{AT}/sealed")
    looks.at(page, "sealed")
    upload(page, hall, wrong_file(file))
    looks.at(page, "sealed-refused")
    upload(page, hall, file)
    heading(page, "Your vote is in the ballot box")
    looks.at(page, "sealed-handed-in")


def check_the_receipt(page: Page, hall: Hall, home: Path) -> None:
    """At home and in the browser."""
    with page.expect_download() as download:
        page.get_by_role("link", name="Save the receipt").click()
    receipt = home / "receipt.json"
    download.value.save_as(receipt)
    assert "Yes, your ballot is in the ballot box." in program(home, "check", receipt, fetched(hall, home))
    page.goto(f"{hall.address}{AT}/receipt")
    page.get_by_label("A saved receipt").set_input_files(receipt)
    heading(page, "Yes, your vote is in the ballot box")


def in_the_booth(page: Page, hall: Hall, shown: str, looks: Looks) -> str:
    """The booth knows the program's ballot, lists the names in the program's order, and replaces the ballot."""
    hall.go(page, "m1")
    heading(page, "There is a ballot of yours already")
    expect(page.locator(".tracker")).to_have_text(shown)
    page.get_by_text("I sealed my vote with my own program").click()
    expect(page.get_by_role("link", name="hand in the sealed file")).to_be_visible()
    looks.at(page, "booth-with-own-program")
    page.get_by_role("button", name="Yes, and I want to vote again").click()
    heading(page, "Rank the names")
    listed = page.locator(".rows .row .pick").all_inner_texts()
    assert listed == [f"Candidate A{number + 1}" for number in order(hall, "m1")]
    choose(page, "a7")
    review(page)
    return cast(page)
