"""A whole election through the officers' and officials' pages, and what each page refuses, in words."""

import csv
import io
import re
from collections.abc import Callable
from datetime import timedelta
from hashlib import sha512
from html import unescape

import pytest
from werkzeug.test import TestResponse

from governance.board import verify
from governance.board.checkpoint import WITNESS, VerifierKey
from governance.board.record import RecordFile
from governance.crypto import signature
from governance.domain.phases import Phase
from governance.services import boards, elections
from governance.services.elections import Shown
from tests.services.stage import ELECTION, OPEN, START, Stage, a_draft
from tests.web.browser import Someone, words

As = Callable[[str], Someone]
DESK = f"/officer/elections/{ELECTION}"
FILES = f"/officials/{ELECTION}"
CALENDAR = {
    "cutoff": "2026-03-01T09:00",
    "opens": "2026-03-03T09:00",
    "closes": "2026-03-10T09:00",
    "appeals": "2026-03-31T09:00",
}
NEW = {"title": "Advisory group", "id": ELECTION, "body": "group", "template": "one-contest", **CALENDAR}


def fields(page: TestResponse, action: str = "") -> dict[str, str]:
    """What a browser would send back of a page's last form, untouched: text, areas, choices, ticked boxes."""
    del action
    form = page.text[page.text.rindex("novalidate>") :].partition("</form>")[0]
    found = {}
    for tag in re.findall(r"<input [^>]*>", form):
        given = dict(re.findall(r'([a-z-]+)="([^"]*)"', tag))
        if given.get("type") != "checkbox" or " checked" in tag:
            found[given["name"]] = unescape(given.get("value", ""))
    for name, text in re.findall(r'<textarea [^>]*name="([^"]*)"[^>]*>\r?\n?(.*?)</textarea>', form, re.DOTALL):
        found[name] = unescape(text)
    for name, options in re.findall(r'<select [^>]*name="([^"]*)"[^>]*>(.*?)</select>', form, re.DOTALL):
        chosen = re.search(r'<option selected value="([^"]*)"', options) or re.search(r'value="([^"]*)"', options)
        found[name] = unescape(chosen[1]) if chosen else ""
    return found


def contest_form(page: TestResponse) -> dict[str, str]:
    start = page.text.index("novalidate>")
    page.data = page.text[: page.text.index("</form>", start)].encode()
    return fields(page)


def shown(stage: Stage) -> Shown:
    with stage.reading() as session:
        return elections.show(session, ELECTION)


def set_up(officer: Someone) -> None:
    """One contest for everybody, one for a region, officials."""
    assert officer.post("/officer/new", NEW).status_code == 302
    form = fields(officer.get(f"{DESK}/draft"))
    data = form | {"trustees": ["t1", "t2", "t3"], "registrar": "registrar", "threshold": "2"}
    assert officer.post(f"{DESK}/draft", data).status_code == 302
    assert officer.post(f"{DESK}/contests", {"title": "Africa", "version": "2"}).status_code == 302
    for contest, names, more in (
        ("board", "ABCD", {"seats": "2"}),
        ("africa", "XYZ", {"electorate": "Region: Africa"}),
    ):
        form = contest_form(officer.get(f"{DESK}/contests/{contest}")) | more | {"min_ballots": "2"}
        for i, name in enumerate(names):
            form[f"candidates-{i}-name"] = f"Candidate {name}"
        form["candidates-0-member"] = "m1@example.org" if contest == "board" else "m3"
        answer = officer.post(f"{DESK}/contests/{contest}", form)
        assert answer.status_code == 302, words(answer)


def test_an_election_from_the_first_page_to_the_result(stage: Stage, as_: As) -> None:
    officer = as_("officer")
    set_up(officer)
    draft = shown(stage).draft
    assert [(one.id, one.seats, len(one.candidates)) for one in draft.contests] == [("board", 2, 4), ("africa", 1, 3)]
    assert draft.contests[1].electorate == {"region": ("Africa",)}
    assert draft.contests[0].candidates[0].member == "m1"
    assert draft.trustees == ("t1", "t2", "t3")
    assert "Still to be done" not in words(officer.get(f"{DESK}/draft"))
    says = f"/elections/{ELECTION}/candidates/candidate-a/write"
    assert officer.post(says, {"language": "en", "text": "I will listen."}).status_code == 302
    assert "I will listen." in officer.get(says).text

    stage.now = START + timedelta(hours=1)
    officer = as_("officer")
    assert "All together 18" in words(officer.get(f"{DESK}/freeze"))
    by_two(officer, as_("secretary"), "freeze")
    people = {one: as_(one) for one in ("t1", "t2", "t3", "registrar")}
    keys = {one.member: one.identity() for one in stage.troupe.trustees} | {
        "registrar": stage.troupe.registrar.identity()
    }
    for member, public in keys.items():
        assert "Your turn: hand in your public keys" in words(people[member].get(FILES))
        assert people[member].post(f"{FILES}/identity", {"file": public}).status_code == 302
    assert "Begin the key ceremony" in words(officer.get(DESK))
    assert officer.post(f"{DESK}/start").status_code == 302
    hold_ceremony(stage, people)
    listed = people["registrar"].post(f"{FILES}/roll")
    rows = list(csv.reader(io.StringIO(listed.text)))[1:]
    with stage.reading() as session:
        cer = boards.cer(session, ELECTION)
    lists, rolls = stage.troupe.registrar.lists(
        ELECTION, cer, [(member, name, tuple(contests.split())) for member, name, _, contests in rows]
    )
    assert people["registrar"].post(f"{FILES}/contribution", {"file": lists}).status_code == 422
    assert people["registrar"].post(f"{FILES}/contribution", {"file": lists, "rolls": rolls}).status_code == 302
    assert "cannot be taken back" in words(officer.get(f"{DESK}/publish"))
    by_two(officer, as_("secretary"), "publish")
    with stage.reading() as session:
        ctx = sha512(boards.manifest(session, ELECTION)).digest()
    for trustee in stage.troupe.trustees:
        answer = people[trustee.member].post(f"{FILES}/contribution", {"file": trustee.ready(ctx)})
        assert answer.status_code == 302

    stage.now = OPEN
    vote_and_count(stage, as_)
    assert "Counted" in words(as_("officer").get(DESK))
    assert "Candidate" in words(as_("m1").get("/"))


def by_two(officer: Someone, other: Someone, act: str, **words_: str) -> None:
    """One asks, the other finds it on their page and approves it."""
    answer = officer.post(f"{DESK}/{act}", {"reason": "It is time.", **words_})
    assert answer.status_code == 302, words(answer)
    need = re.search(r'href="(/decisions/\d+)"', other.get("/home").text)
    assert need
    assert officer.post(f"{need[1]}/approve").status_code == 403
    assert "Approve, and do it" in words(other.get(need[1]))
    answer = other.post(f"{need[1]}/approve")
    assert answer.status_code == 302, words(answer)


def hold_ceremony(stage: Stage, people: dict[str, Someone]) -> None:
    with stage.reading() as session:
        raw = boards.entries(session, ELECTION, limit=1)[0][1]
    trustees = stage.troupe.trustees
    early = people["t1"].get(f"{FILES}/shares")
    assert (early.status_code, "wait for the others" in words(early)) == (404, True)
    for one in trustees:
        data = one.commit(raw)
        assert people[one.member].post(f"{FILES}/contribution", {"file": data}).status_code == 302
        assert people[one.member].post(f"{FILES}/contribution", {"file": data}).status_code == 302  # no harm
    for one in trustees:
        assert people[one.member].post(f"{FILES}/contribution", {"file": one.show_key(raw)}).status_code == 302
    keys = {one.index: one.key for one in trustees if one.key is not None}
    for one in trustees:
        shares = people[one.member].get(f"{FILES}/shares").data
        data = one.confirm(sha512(raw).digest(), keys, shares)
        wrong = people["t1" if one.member != "t1" else "t2"].post(f"{FILES}/contribution", {"file": data})
        assert (wrong.status_code, "made by another trustee" in words(wrong)) == (409, True)
        assert people[one.member].post(f"{FILES}/contribution", {"file": data}).status_code == 302


def vote_and_count(stage: Stage, as_: As) -> None:
    officer = as_("officer")
    assert "Voting is open" in words(officer.get(DESK))
    assert "Vote : Advisory group" in words(as_("m1").get("/home"))
    with stage.writing() as session:
        for i in range(1, 7):
            choice = [(0, i % 4)] if i % 4 else [(0, 1)]
            stage.troupe.vote(session, f"m{i}", choice + ([(i % 3,)] if i % 3 == 0 else []), stage.now)
    assert "Members who have voted 6" in words(officer.get(DESK))
    longer = {"closes": "2026-03-11T09:00", "reason": "The server was down."}
    by_two(officer, as_("secretary"), "extend", **longer)
    by_two(officer, as_("secretary"), "withdraw", candidate="board/candidate-d", reason="ill")
    assert officer.post(f"{DESK}/notice", {"subject": "A word", "body": "All is well."}).status_code == 302
    log = words(officer.get(f"{DESK}/log"))
    assert "The server was down." in log
    assert "Official officer" in log

    stage.now = START + timedelta(days=10, seconds=5)
    people = {one: as_(one) for one in ("t1", "t2", "t3")}
    assert shown(stage).phase is Phase.TALLY  # the clock closed it, when somebody came
    for i, do in ((0, "mix"), (1, "mix"), (1, "decrypt"), (2, "decrypt")):
        one = stage.troupe.trustees[i]
        record = people[one.member].get(f"{FILES}/record").data
        assert verify.check(RecordFile(io.BytesIO(record))).failure is None or do
        with stage.reading() as session:
            judge = stage.troupe.judge(session)
        data = one.mix(judge, "board", "africa") if do == "mix" else one.decrypt(judge, "board", "africa")
        answer = people[one.member].post(f"{FILES}/contribution", {"file": data})
        assert answer.status_code == 302, words(answer)
    assert shown(stage).phase is Phase.COUNTED


# ---- forms -----------------------------------------------------------------------------------------------------------


def test_what_is_missing_is_said_beside_its_field(as_: As) -> None:
    officer = as_("officer")

    answer = officer.post("/officer/new", NEW | {"title": "", "id": "no good", "opens": "tomorrow"})

    assert answer.status_code == 422
    assert "Please give a title." in words(answer)
    assert "letters, digits, hyphens" in words(answer)
    assert 'aria-describedby="title-errors"' in answer.text
    assert "no good" in answer.text


def test_problems_of_a_draft_are_said_in_words(as_: As) -> None:
    officer = as_("officer")
    officer.post("/officer/new", NEW)

    page = words(officer.get(f"{DESK}/draft"))

    assert "Advisory group: nobody stands yet." in page
    assert "There is no registrar yet." in page
    assert officer.post(f"{DESK}/freeze", {"reason": "It is time."}).status_code == 409


def test_an_old_page_cannot_undo_a_newer_one(as_: As, stage: Stage) -> None:
    officer = as_("officer")
    officer.post("/officer/new", NEW)
    form = fields(officer.get(f"{DESK}/draft"))
    officer.post(f"{DESK}/draft", form | {"title": "Newer"})

    answer = officer.post(f"{DESK}/draft", form | {"title": "Older"})

    assert answer.status_code == 409
    assert "Somebody has changed this election meanwhile" in words(answer)
    assert shown(stage).title == "Newer"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"electorate": "Africa"}, "should be a line like"),
        ({"candidates-0-name": "A", "candidates-0-member": "nobody@example.org"}, "Nobody among the members"),
        ({"seats": "none"}, "Not a valid integer value"),
    ],
)
def test_a_contest_is_refused_in_words(as_: As, stage: Stage, change: dict[str, str], said: str) -> None:
    officer = as_("officer")
    officer.post("/officer/new", NEW)
    before = shown(stage).draft
    form = contest_form(officer.get(f"{DESK}/contests/board"))

    answer = officer.post(f"{DESK}/contests/board", form | change)

    assert (answer.status_code, said in words(answer)) == (422, True)
    assert shown(stage).draft == before


def test_an_election_begins_with_the_rules_of_another(stage: Stage, as_: As) -> None:
    stage.draft(a_draft())
    officer = as_("officer")

    officer.post("/officer/new", NEW | {"id": "next", "template": f"copy:{ELECTION}", "title": "Next"})

    with stage.reading() as session:
        made = elections.show(session, "next").draft
    assert [one.id for one in made.contests] == ["board", "africa"]
    assert not made.contests[0].candidates


def test_a_contest_is_taken_away_and_a_body_added(stage: Stage, as_: As) -> None:
    stage.draft(a_draft())
    officer = as_("officer")

    assert officer.post(f"{DESK}/contests/africa/remove", {"version": "2"}).status_code == 302
    assert officer.post("/officer/bodies", {"id": "chairs", "name": "Chairs"}).status_code == 302

    assert [one.id for one in shown(stage).draft.contests] == ["board"]
    assert "Chairs" in officer.get("/officer/new").text


def test_an_announced_election_is_cancelled_with_a_reason(stage: Stage, as_: As) -> None:
    stage.draft(a_draft())
    stage.freeze()
    stage.announce()
    officer = as_("officer")

    assert "Please say why" in words(officer.post(f"{DESK}/cancel", {"reason": ""}))
    by_two(officer, as_("secretary"), "cancel", reason="The list was wrong.")

    assert "The list was wrong." in words(officer.get(DESK))
    assert officer.post(f"{DESK}/cancel", {"reason": "Again."}).status_code == 409


def test_witnesses_are_named_with_their_keys_before_the_roll_is_frozen(as_: As, stage: Stage) -> None:
    stage.draft()
    officer = as_("officer")
    key = str(VerifierKey("witness.example/one", WITNESS, signature.public_key(bytes(32))))
    form = fields(officer.get(f"{DESK}/draft")) | {"trustees": ["t1", "t2", "t3"]}

    answer = officer.post(f"{DESK}/draft", form | {"witnesses": f"{key}\r\nno-key\r\n", "quorum": "1"})
    page = officer.get(answer.headers["Location"])

    draft = shown(stage).draft
    assert (draft.witnesses, draft.quorum) == ((key, "no-key"), 1)
    assert "Witness 2: this is not a key as `governance-witness key` prints it." in words(page)
    assert fields(page)["witnesses"].split() == [key, "no-key"]
