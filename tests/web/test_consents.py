"""Decisions of two by page: asked, found on the other's page, approved or declined; an election given up and begun again."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from governance.domain.phases import Phase
from governance.domain.signing_in import Role
from governance.services import ceremony, consents, elections, officers, running
from tests.services.stage import ELECTION, START, TWO, Stage
from tests.web.browser import Someone, words

As = Callable[[str], Someone]
DESK = f"/officer/elections/{ELECTION}"
WHY = {"reason": "Membership was cut off."}


@pytest.fixture
def drafted(stage: Stage) -> Stage:
    stage.draft()
    stage.now = START + timedelta(hours=1)
    return stage


def phase(stage: Stage, election: str = ELECTION) -> Phase:
    with stage.reading() as session:
        return elections.show(session, election).phase


def test_the_other_sees_what_would_be_fixed_and_whoever_asked_waits(drafted: Stage, as_: As) -> None:
    officer, secretary = as_("officer"), as_("secretary")
    assert "Please say why" not in words(officer.get(f"{DESK}/freeze"))
    assert officer.post(f"{DESK}/freeze").status_code == 422
    asked = officer.post(f"{DESK}/freeze", WHY, follow_redirects=True)
    assert "waits for a second person to approve it" in words(asked)
    assert "Approve or decline" not in words(officer.get("/home"))
    assert "somebody else has to approve it" in words(officer.get("/decisions/1"))

    page = words(secretary.get("/decisions/1"))

    assert "Membership was cut off." in page
    assert "Voters on the roll, if it were frozen now 18" in page
    assert "Candidate A1" in page
    assert "counted by Scottish STV" in page
    assert secretary.post("/decisions/1/approve").status_code == 302
    assert phase(drafted) is Phase.ROLL
    assert "Official officer with Official secretary : froze the roll of 18 voters" in words(
        secretary.get("/officer/log")
    )
    assert secretary.post("/decisions/1/approve").status_code == 409
    assert secretary.get("/decisions/1").status_code == 409


def test_a_request_about_an_older_draft_is_shown_as_stale(drafted: Stage, as_: As) -> None:
    officer, secretary = as_("officer"), as_("secretary")
    officer.post(f"{DESK}/freeze", WHY)
    with drafted.writing() as session:
        draft = elections.show(session, ELECTION).draft
        elections.edit(session, "officer", ELECTION, draft, 2, now=drafted.now)

    assert "It can no longer be approved" in words(secretary.get("/decisions/1"))
    assert "can no longer be approved" in words(secretary.get("/decisions/"))
    assert "Approve or decline" not in words(secretary.get("/home"))
    assert secretary.post("/decisions/1/approve").status_code == 409
    assert phase(drafted) is Phase.DRAFT


def test_a_request_is_declined(drafted: Stage, as_: As) -> None:
    officer, secretary = as_("officer"), as_("secretary")
    officer.post(f"{DESK}/freeze", WHY)

    answer = secretary.post("/decisions/1/decline", {"why": "The list is old."}, follow_redirects=True)

    assert "Declined. Nothing was done." in words(answer)
    assert "The list is old." in words(officer.get(f"{DESK}/log"))
    assert phase(drafted) is Phase.DRAFT
    assert secretary.post("/decisions/1/decline", {"why": "x" * 2001}).status_code == 409


def test_a_ceremony_is_given_up_trustees_read_why_and_it_begins_again(
    drafted: Stage, as_: As, anybody: Someone
) -> None:
    drafted.freeze()
    with drafted.writing() as session:
        drafted.troupe.identities(session, drafted.now)
        ceremony.start(session, "officer", ELECTION, now=drafted.now)
    officer, secretary, trustee = as_("officer"), as_("secretary"), as_("t1")
    assert "Give the election up, and begin again" in words(officer.get(DESK))
    assert officer.post(f"{DESK}/abandon", {"reason": "A share was bad."}).status_code == 302
    assert secretary.post("/decisions/1/approve").status_code == 302

    page = words(trustee.get(f"/officials/{ELECTION}"))

    assert "This election was given up before it was announced. The reason: A share was bad." in page
    assert "Nothing is due from you now." in page
    assert "Commit to your key" not in words(trustee.get("/home"))
    assert "A share was bad." in words(anybody.get(f"/elections/{ELECTION}"))
    assert "Begin it again" in words(officer.get(DESK))
    form = {
        "id": "board-2026-2",
        "cutoff": "2026-03-01T09:00",
        "opens": "2026-03-05T09:00",
        "closes": "2026-03-12T09:00",
        "appeals": "2026-03-31T09:00",
    }
    assert "2026-03-03T09:00" in officer.get(f"{DESK}/again").text  # the times that it had
    assert officer.post(f"{DESK}/again", form | {"id": "no good"}).status_code == 422
    assert officer.post(f"{DESK}/again", form | {"id": ELECTION}).status_code == 409
    assert officer.post(f"{DESK}/again", form).status_code == 302
    assert phase(drafted, "board-2026-2") is Phase.DRAFT


def test_a_notice_that_is_sent_twice_stands_once(stage: Stage, as_: As) -> None:
    stage.draft()
    stage.freeze()
    stage.announce()
    officer, before = as_("officer"), stage.size()
    form = {"subject": "A word", "body": "All is well."}

    answers = [officer.post(f"{DESK}/notice", form).status_code for _ in range(2)]

    assert (answers, stage.size()) == ([302, 409], before + 1)


@pytest.mark.parametrize("act", ["freeze", "publish", "extend", "cancel", "withdraw", "abandon", "start"])
def test_in_the_wrong_phase_nothing_is_asked_and_what_was_typed_is_kept(stage: Stage, as_: As, act: str) -> None:
    stage.draft()
    stage.freeze()
    with stage.writing() as session:
        running.abandon(session, TWO, ELECTION, "A share was bad.", now=stage.now)
    officer = as_("officer")
    more = {"closes": "2026-04-01T09:00", "candidate": "board/a1"}

    answer = officer.post(f"{DESK}/{act}", WHY | more)

    assert (answer.status_code, "Nothing was changed." in words(answer)) == (409, True)
    assert act in ("freeze", "start") or WHY["reason"] in answer.text
    with stage.reading() as session:
        assert consents.waiting(session, now=stage.now) == []
    assert phase(stage) is Phase.ABANDONED


def test_a_role_that_decides_is_asked_for_and_approved_by_page(stage: Stage, as_: As) -> None:
    officer, secretary = as_("officer"), as_("secretary")
    form = {"member": "m1@example.org", "role": "officer", "why": "We are too few."}
    assert "Asked." in words(secretary.post("/members/roles/", form, follow_redirects=True))
    need = "Approve or decline: Give Member 1 the role of officer"
    assert (need in words(officer.get("/home")), need in words(secretary.get("/home"))) == (True, False)

    assert officer.post("/decisions/1/approve").status_code == 302

    with stage.reading() as session:
        assert Role.OFFICER in officers.person(session, "m1").roles
    assert officer.post("/members/roles/take", {"member": "secretary", "role": "secretariat"}).status_code == 409
