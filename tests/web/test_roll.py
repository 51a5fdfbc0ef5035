"""The roll's page: one's own line and nobody else's, objections, and those who decide them."""

import json
from collections.abc import Callable
from datetime import timedelta

import pytest

from governance.board import entries as e
from governance.board import own_line
from governance.services import boards, ceremony, members, officers, retention
from governance.store.elections import Election
from tests.services.stage import ELECTION, Stage, a_list, people
from tests.web.browser import AT, Someone, words

As = Callable[[str], Someone]
ROLL, DESK = f"{AT}/roll", f"/officer/elections/{ELECTION}/objections"
MINE = {"about": "own", "reason": "I moved to Africa."}
NO = {"upheld": "no", "answer": "The list says so."}
YES = {"upheld": "yes", "answer": "Quite so."}


@pytest.fixture
def frozen(stage: Stage) -> Stage:
    stage.draft()
    stage.freeze()
    return stage


def moved(stage: Stage) -> None:
    data = a_list([people(1)[0].replace("Peru,Americas", "Kenya,Africa")])
    with stage.writing() as session:
        seen = members.preview(session, officers.COMMAND, data)
        members.apply(session, officers.COMMAND, data, seen.digest, now=stage.now)


def test_a_member_sees_the_own_line_and_checks_it(frozen: Stage, as_: As) -> None:
    frozen.announce()
    member = as_("m3")

    page, file = member.get(ROLL), member.get(f"{ROLL}/line")

    line = own_line.read(file.data)
    with frozen.reading() as session:
        manifest = e.parse(boards.manifest(session, ELECTION))
    assert isinstance(manifest, e.Manifest)
    own_line.check(line, manifest)
    assert (line.member, line.name, line.contests) == ("m3", "Member 3", ("board", "africa"))
    assert "Member 3" in words(page)
    assert "Your line is in the roll that was announced" in words(page)
    assert json.loads(file.data)["election"] == ELECTION
    assert "Member 4" not in page.text + file.text
    assert "The names on this roll are erased after" in words(page)


def test_after_the_names_were_erased_the_page_says_so(frozen: Stage, as_: As) -> None:
    with frozen.writing() as session:
        session.get_one(Election, ELECTION).forgotten = frozen.now
        retention.erase(session, now=frozen.now + timedelta(days=180))
    member = as_("m3")

    assert "The names on this roll were erased" in words(member.get(ROLL))
    refused = member.get(f"{ROLL}/line")
    assert (refused.status_code, "were erased" in words(refused)) == (404, True)
    assert member.get(AT).status_code == 200


def test_nobody_sees_a_line_without_signing_in_and_a_draft_has_no_page(stage: Stage, anybody: Someone) -> None:
    stage.draft()
    assert anybody.get(ROLL).status_code == 404
    stage.freeze()

    page = anybody.get(ROLL)

    assert "Sign in to see your own line" in words(page)
    assert "Member 1" not in words(page)
    assert "What is wrong" not in words(page)
    assert anybody.get(f"{ROLL}/line").status_code == 302


def test_who_is_not_on_the_roll_reads_so(frozen: Stage, as_: As) -> None:
    with frozen.writing() as session:
        data = a_list(people(13))
        seen = members.preview(session, officers.COMMAND, data)
        members.apply(session, officers.COMMAND, data, seen.digest, now=frozen.now)
    late = as_("m13")

    assert "You are not on this roll" in words(late.get(ROLL))
    assert late.get(f"{ROLL}/line").status_code == 404


def test_an_objection_goes_its_whole_way(frozen: Stage, as_: As) -> None:
    member, officer, secretary = as_("m1"), as_("officer"), as_("secretary")

    assert "It has the number 1" in words(member.post(f"{ROLL}/objections", MINE, follow_redirects=True))
    assert "I moved to Africa." in words(officer.get(f"{DESK}/1"))
    assert "Returning officers decide" in words(secretary.get(f"{DESK}/1"))
    assert "Decided" in words(officer.post(f"{DESK}/1/decide", YES, follow_redirects=True))
    assert "the members' list has to be mended first" in words(officer.get(f"{DESK}/1"))
    moved(frozen)
    asked = officer.post(f"{DESK}/1/correct", {"reason": "Objection 1"}, follow_redirects=True)
    assert "waits for a second person" in words(asked)
    assert "Now Member 1 : At large Then Member 1 : At large , Africa" in words(secretary.get("/decisions/1"))
    assert officer.post("/decisions/1/approve").status_code == 403
    assert "Approved, and done" in words(secretary.post("/decisions/1/approve", follow_redirects=True))

    page = words(member.get(ROLL))
    assert "Number 1: upheld, and the roll was put right" in page
    assert "You may vote in At large , Africa" in page
    assert "Quite so." in page
    assert "Upheld 1 Not upheld 0" in page


def test_a_line_is_left_as_it_is_by_two_and_everybody_reads_why(frozen: Stage, as_: As, anybody: Someone) -> None:
    member, officer, secretary = as_("m1"), as_("officer"), as_("secretary")
    member.post(f"{ROLL}/objections", MINE)
    officer.post(f"{DESK}/1/decide", YES)
    early = officer.post(f"{DESK}/1/leave", {"reason": "No list says so."})
    assert (early.status_code, "begins with the key ceremony" in words(early)) == (409, True)
    assert "No list says so." in early.text
    with frozen.writing() as session:
        frozen.troupe.identities(session, frozen.now)
        ceremony.start(session, "officer", ELECTION, now=frozen.now)

    unsaid = officer.post(f"{DESK}/1/leave", {"reason": ""})
    assert (unsaid.status_code, "everybody will read it" in words(unsaid)) == (422, True)
    assert "<details open>" in unsaid.text
    asked = officer.post(f"{DESK}/1/leave", {"reason": "No list says so."}, follow_redirects=True)
    assert "waits for a second person" in words(asked)
    assert "Leave the line of Member 1 (m1@example.org) on the roll as it is" in words(secretary.get("/decisions/1"))
    assert officer.post("/decisions/1/approve").status_code == 403
    assert "Approved, and done" in words(secretary.post("/decisions/1/approve", follow_redirects=True))

    assert "Number 1: upheld; the roll stays as it is" in words(member.get(ROLL))
    assert "Upheld, and the roll stays as it is 1" in words(anybody.get(ROLL))
    board = words(anybody.get(f"{AT}/board"))
    assert "No list says so." in board
    assert "Member 1" not in board


@pytest.mark.usefixtures("frozen")
def test_others_read_numbers_alone(as_: As, anybody: Someone) -> None:
    as_("m1").post(f"{ROLL}/objections", MINE)

    for other in (anybody, as_("m2")):
        page = words(other.get(ROLL))
        assert "Objections 1" in page
        assert "Waiting for a decision 1" in page
        assert "moved to Africa" not in page


@pytest.mark.usefixtures("frozen")
def test_what_is_refused_keeps_what_was_typed(as_: As) -> None:
    member = as_("m1")
    typed = {"about": "other", "whom": "", "reason": "A reason of several words."}

    refused = member.post(f"{ROLL}/objections", typed)
    empty = member.post(f"{ROLL}/objections", {"about": "own"})

    assert (refused.status_code, "say whose line" in words(refused)) == (409, True)
    assert "A reason of several words." in refused.text
    assert (empty.status_code, "Please say why." in words(empty)) == (422, True)
    assert member.post(f"{ROLL}/objections", MINE | {"about": "x"}).status_code == 422


@pytest.mark.usefixtures("frozen")
def test_an_objection_sent_twice_and_one_of_somebody_else(as_: As) -> None:
    member = as_("m1")
    member.post(f"{ROLL}/objections", MINE)

    assert "it is objection 1" in words(member.post(f"{ROLL}/objections", MINE))
    assert as_("m2").post(f"{ROLL}/objections/1/withdraw").status_code == 404
    assert member.post(f"{ROLL}/objections/1/withdraw").status_code == 302
    assert member.post(f"{ROLL}/objections/1/withdraw").status_code == 409


@pytest.mark.usefixtures("frozen")
def test_a_decision_is_refused_to_others_and_a_second_time(as_: As) -> None:
    officer = as_("officer")
    as_("m1").post(f"{ROLL}/objections", MINE)

    for one in ("m1", "m2", "t1", "registrar", "secretary"):
        assert as_(one).post(f"{DESK}/1/decide", NO).status_code == 403
    assert officer.post(f"{DESK}/1/decide", {"upheld": "yes"}).status_code == 422
    assert officer.post(f"{DESK}/1/correct", {"reason": "x"}).status_code == 409
    assert officer.post("/officer/elections/other/objections/1/decide", NO).status_code == 404
    assert officer.post(f"{DESK}/1/decide", NO).status_code == 302
    again = officer.post(f"{DESK}/1/decide", YES)
    assert (again.status_code, "decided already" in words(again)) == (409, True)


@pytest.mark.usefixtures("frozen")
def test_an_officer_whom_it_concerns_is_told_so(as_: As) -> None:
    as_("m1").post(f"{ROLL}/objections", {"about": "other", "whom": "Official officer", "reason": "Not a member."})
    officer = as_("officer")

    assert "concerns you" in words(officer.get(f"{DESK}/1"))
    assert officer.post(f"{DESK}/1/decide", NO).status_code == 403
    assert as_("secretary").post(f"{DESK}/1/decide", NO).status_code == 302


def test_after_the_announcement_an_objection_is_late(frozen: Stage, as_: As) -> None:
    frozen.announce()
    member = as_("m1")

    assert "its roll can no longer change" in words(member.get(ROLL))
    member.post(f"{ROLL}/objections", MINE)

    assert "it came after the election was announced" in words(member.get(ROLL))
    assert "Too late to change the roll 1" in words(member.get(ROLL))
    assert as_("officer").post(f"{DESK}/1/decide", YES).status_code == 302
    assert "upheld, too late for this roll" in words(member.get(ROLL))


@pytest.mark.usefixtures("frozen")
def test_the_officers_page_leads_there(as_: As) -> None:
    assert DESK in as_("officer").get(f"/officer/elections/{ELECTION}").text


def test_the_growth_report_is_shown_and_taken_home(stage: Stage, as_: As) -> None:
    secretary = as_("secretary")
    many = [f"n{i},n{i}@new.example,New {i},Nowhere,Americas,2026-02-20," for i in range(30)]
    with stage.writing() as session:
        data = a_list(many)
        seen = members.preview(session, officers.COMMAND, data)
        members.apply(session, officers.COMMAND, data, seen.digest, now=stage.now)

    page = words(secretary.get("/members/growth?until=2026-02-21"))
    file = secretary.post("/members/growth/file", {"until": "2026-02-21"})

    assert "2026-02-20 30 unusual" in page
    assert "new.example 30 0" in page
    assert file.headers["Content-Disposition"] == "attachment; filename=growth-2026-02-21.csv"
    assert "Day,2026-02-20,30,,unusual" in file.text
    assert "New 1" not in file.text
    with stage.reading() as session:
        assert officers.log(session, "officer")[0].what == "took the growth report up to 2026-02-21"


@pytest.mark.parametrize("until", ["2099-01-01", "yesterday", "1600-01-01"])
def test_a_day_that_cannot_be_is_refused_in_words(as_: As, until: str) -> None:
    secretary = as_("secretary")

    assert secretary.get(f"/members/growth?until={until}").status_code == 409
    assert secretary.post("/members/growth/file", {"until": until}).status_code == 409


def test_an_import_shows_what_changes_and_a_second_one_nothing(stage: Stage, as_: As) -> None:
    secretary = as_("secretary")
    head = "email,name,country,region,joined,kind,delegate"
    clubs = "\n".join(
        [
            head,
            *(f"{one}@example.org,{one},Peru,Americas,2020-01-01,organisation,Ann Other" for one in ("club", "league")),
        ]
    ).encode()
    first = secretary.post("/members/import", {"file": clubs})
    assert "Line 3: Ann Other is the delegate of club too" in words(first)
    with stage.writing() as session:
        seen = members.preview(session, "secretary", clubs)
        members.apply(session, "secretary", clubs, seen.digest, now=stage.now)

    again = secretary.post("/members/import", {"file": clubs.replace(b"Ann Other", b"Ben Other", 1)})
    same = secretary.post("/members/import", {"file": people_file(stage)})

    assert "delegate from “ Ann Other ” to “ Ben Other ”" in words(again)
    assert "there is nothing to do" in words(same)
    assert "delegate: Ann Other" in words(secretary.get("/members/"))


def people_file(stage: Stage) -> bytes:
    """The list as it is."""
    with stage.writing() as session:
        return members.export(session, "secretary", now=stage.now)
