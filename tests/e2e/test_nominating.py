"""Nominations in a browser, from the first name to the verified result: five regional seats, lived experience, youth.

One nomination is rejected, one rejected and admitted on appeal, one withdrawn before and one after the close, one seat
needs no vote, and “at most one from a country” keeps two of the most wanted out. Keys, codes and sealed votes are
played as in tests/services/stage.py: in a browser they are tests/e2e/test_whole.py's.
"""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from governance.services import elections
from tests.e2e.nominating import deciding, nominating, people
from tests.e2e.nominating.people import ACCEPTED, BEGIN, DAY, REGIONS, SCRUTINISED, STAND, Meeting
from tests.e2e.tools import program
from tests.e2e.whole.story import fetch
from tests.services.stage import ELECTION, a_stage
from tests.web.browser import AT, application
from tests.web.serving import serving

pytestmark = [pytest.mark.browser, pytest.mark.slow]

BALLOTS = (
    ("rosa", "ravi", "rita", "rolf", "remi"),
    ("rosa", "rana", "rita", "ruth"),
    ("rosa", "rana", "remi", "rolf"),
    ("rosa", "rolf", "ravi"),
    ("rana", "ravi", "rita"),
    ("rana", "remi", "rolf"),
    ("rana", "rui", "ruth"),
    ("rob", "rui", "rita"),
    ("rui", "rosa", "remi"),
    ("ruth", "rana"),
)
"""In the contest of the regions: Kenya's and Egypt's candidates are wanted most, and rob has withdrawn."""
BARRED = {"rosa", "rana"}


@pytest.fixture
def meeting(tmp_path: Path, browser: Browser) -> Iterator[Meeting]:
    with a_stage(tmp_path) as stage:
        people.gather(stage)
        app = application(stage)
        with serving(app) as address:
            yield Meeting(stage, app, browser, address)


def test_from_the_first_nomination_to_the_verified_result(meeting: Meeting, tmp_path: Path) -> None:
    made = nominations(meeting)
    decisions(meeting, made)
    until_voting(meeting, made)
    votes(meeting)
    record = result(meeting, tmp_path)

    reports = [
        json.loads(program(*tool, record, "--json")) for tool in (("governance", "verify"), ("governance-verify",))
    ]
    assert [one["ok"] for one in reports] == [True, True]
    assert reports[0]["root"] == reports[1]["root"]
    assert meeting.looks.wrong() == {}
    assert meeting.errors == []


def nominations(meeting: Meeting) -> dict[str, int]:
    meeting.at(BEGIN + timedelta(hours=1))
    made = {one: nominating.by_oneself(meeting, one) for one in STAND if one not in ("luis", "rita")}
    made["luis"] = nominating.by_another(meeting, "s1", "luis")
    made["rita"] = nominating.by_another(meeting, "rosa", "rita")
    nominating.write(meeting, "lena", made["lena"])
    for one, number in made.items():
        # Lars has one seconder, Ravi two of one country, and whoever nominated is none.
        supporters = {"lars": ("s1",), "ravi": ("s1", "s3"), "luis": ("s2", "s3")}.get(one, ("s1", "s2"))
        nominating.second(meeting, number, *supporters)
    nominating.withdraw(meeting, "rhea", made["rhea"])
    return made


def decisions(meeting: Meeting, made: dict[str, int]) -> None:
    meeting.at(ACCEPTED + timedelta(hours=1))
    for one, number in made.items():
        if one in ("lars", "ravi"):
            deciding.scrutinise(meeting, number, admit=False, why="Too few members of different countries second it.")
        elif one != "rhea":
            deciding.scrutinise(meeting, number)
    meeting.at(SCRUTINISED + DAY)
    deciding.appeal(
        meeting, "ravi", made["ravi"], "One of my seconders moved to Ghana in May; your list has the old country."
    )
    expect(deciding.the_list(meeting).get_by_text("What keeps it back")).to_be_visible()
    deciding.hear(meeting, "officer", "By the list of that day both were of one country.")
    deciding.uphold(meeting, "secretary", "The list was wrong: she has lived in Ghana since May.")
    deciding.adopt(meeting)
    listed = deciding.the_list(meeting).get_by_role("main")
    expect(listed).to_contain_text("Without a vote")
    expect(listed).to_contain_text("Yara Nasser")
    expect(listed).not_to_contain_text("Lars Holm")
    expect(listed).not_to_contain_text("Rhea Silva")
    booklet = meeting.page("m1", f"{AT}/booklet")
    meeting.looks.at(booklet, "booklet")
    expect(booklet.get_by_role("main")).to_contain_text("Nothing about us without us.")
    expect(booklet.get_by_role("img", name="Lena smiling")).to_be_visible()


def until_voting(meeting: Meeting, made: dict[str, int]) -> None:
    """The roll is frozen; Rob changes his mind after that; the keys are made, the election is announced."""
    stage = meeting.stage
    stage.freeze()
    meeting.at(stage.now)
    nominating.withdraw(meeting, "rob", made["rob"])
    stage.announce()
    deciding.take_out(meeting, "Rob Hill")
    page = meeting.page("m1", AT)
    meeting.looks.at(page, "election-with-one-elected")
    expect(page.get_by_role("main")).to_contain_text("Yara Nasser")
    stage.open()


def votes(meeting: Meeting) -> None:
    stage = meeting.stage
    with stage.reading() as session:
        manifest = elections.show(session, ELECTION).progress.manifest
    assert manifest is not None
    places = {c.id: {one.name: i for i, one in enumerate(c.candidates)} for c in manifest.contests}
    lived = places["lived-experience"]
    assert "youth" not in places
    with stage.writing() as session:
        for voter, paper in enumerate(BALLOTS, 1):
            ranked = [places[REGIONS][STAND[one][0]] for one in paper]
            first = [lived["Lena Otieno"]] if voter % 3 else [lived["Luis Quispe"]]
            stage.troupe.vote(session, f"m{voter}", [first, ranked], stage.now)
    stage.close()
    with stage.writing() as session:
        stage.troupe.tally(session, stage.now)
    stage.advance()


def result(meeting: Meeting, folder: Path) -> Path:
    page = meeting.page("m1", "/")
    meeting.looks.at(page, "result-with-one-elected-without-a-vote")
    regions = page.get_by_role("region", name="Regions and at large", exact=True)
    elected = set(regions.locator(".winners li").all_inner_texts())
    barred = {STAND[one][0] for one in BARRED}
    assert len(elected) == 5
    assert elected.isdisjoint(barred | {"Rob Hill", "Lars Holm", "Rhea Silva"})
    assert "Ravi Menon" in elected
    lived = page.get_by_role("region", name="Lived experience", exact=True)
    assert lived.locator(".winners li").all_inner_texts() == ["Lena Otieno"]
    expect(page.get_by_role("main")).to_contain_text("Yara Nasser")
    return fetch(page, page.get_by_role("link", name="Download the record"), folder / "record.zip")
