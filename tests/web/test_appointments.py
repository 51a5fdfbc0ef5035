"""The pages of appointments: calls that everybody reads, applications, proposals, the decision with its instrument."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from hashlib import sha256
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from governance.domain.seats import facts as f
from governance.domain.seats.book import Stage as How
from governance.services import appointments, officers, seat_holders, seats
from governance.services.appointments import Plan
from tests.services import seated
from tests.services.seated import AFTER, at
from tests.services.stage import ELECTION, Stage, a_stage
from tests.web.browser import Someone, words

DESK, LATER = "/officer/appointments", at(2026, 4, 12)
ONE, CALL = f"{DESK}/1", "/appointments/1"
As = Callable[[str], Someone]
PDF = b"%PDF-1.7 resolved"


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    """The term of the appointed seat is over."""
    with a_stage(tmp_path) as made:
        seated.begin_and_end(made)
        yield made


@pytest.fixture
def as_(site: Flask, stage: Stage) -> As:
    return lambda member: Someone(site, stage).let_in(member)


def begin(stage: Stage, **more: Any) -> int:
    told: dict[str, Any] = {"seat": "a1", "text": "Who knows Africa?", "closes": at(2026, 4, 10)}
    told |= {"start": at(2026, 5, 1).date()} | more
    with stage.writing() as session:
        return appointments.begin(session, "m12", Plan(**told), now=stage.now)


@pytest.fixture
def decidable(stage: Stage) -> Stage:
    """Member 9 applied; the call is closed."""
    begin(stage)
    with stage.writing() as session:
        appointments.apply(session, "m9", 1, "I live there.", now=AFTER)
    stage.now = LATER
    return stage


def a_call(**more: str) -> dict[str, str]:
    told = {"seat": "a1", "call": "yes", "text": "Who knows Africa?", "start": "2026-05-01"}
    return told | {"closes": "2026-04-10T12:00", "after_election": ""} | more


def a_decision(**more: Any) -> dict[str, Any]:
    told = {"application": "1", "reference": "Resolution 1", "day": "2026-04-11", "reasons": "The best of all."}
    vote = {"vote_day": "2026-04-12", "in_favour": "20", "against": "1", "abstained": "0"}
    return told | vote | {"recused": "Ann Lee: a relative\n", "why": "The Board met."} | more


def asked(page: str) -> str:
    found = re.search(r"/decisions/seats/\d+", page)
    assert found, page
    return found[0]


# ---- opening ---------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("stage")
def test_a_call_is_opened_once_and_everybody_reads_it(as_: As, anybody: Someone) -> None:
    authority = as_("m12")
    assert "Fill a vacancy (appointment) : Appointed seat" in words(authority.get("/home"))
    assert f"{DESK}/new?seat=a1" in authority.get("/officer/vacancies/a1").text
    form = authority.get(f"{DESK}/new?seat=a1").text
    assert '<option selected value="a1">' in form
    assert 'value="e1"' not in form

    empty = authority.post(f"{DESK}/new", a_call(text="", call=""))
    assert (empty.status_code, 'value="2026-05-01"' in empty.text) == (422, True)
    for wrong in ({"seat": "e1"}, {"after_election": "none"}, {"start": "soon"}):
        assert authority.post(f"{DESK}/new", a_call(**wrong)).status_code == 422
    answers = [authority.post(f"{DESK}/new", a_call()) for _ in range(2)]
    assert [one.status_code for one in answers] == [302, 409]
    assert "There is an appointment to “Appointed seat” already" in words(answers[1])
    assert "Who knows Africa?" in answers[1].text

    page = words(anybody.get(CALL))
    assert "Open for applications until 10 April 2026" in page
    assert "A vote of the members ratifies it." in page
    assert "region: Africa , at least 1" in page
    assert "Appointed seat" in words(anybody.get("/appointments"))
    assert "Apply for a seat Appointed seat" in words(as_("m4").get("/home"))


# ---- applying --------------------------------------------------------------------------------------------------------


def test_a_member_applies_once_and_takes_it_back(stage: Stage, as_: As, anybody: Someone) -> None:
    begin(stage)
    member, there = as_("m9"), f"{CALL}/apply"

    assert anybody.get(there).status_code == 302
    assert member.post(there, {"text": ""}).status_code == 422
    answers = [member.post(there, {"text": "I <i>live</i> there."}) for _ in range(2)]
    assert [one.status_code for one in answers] == [302, 409]
    assert "among the applicants already" in words(answers[1])
    assert "You are among those to choose from" in words(member.get(there))
    for page in (CALL, "/appointments"):
        assert "Member 9" not in anybody.get(page).text
    shown = as_("m12").get(ONE)
    assert "I <i>live</i> there." in unescape(shown.text)
    assert "<i>live" not in shown.text

    assert as_("m8").post(f"{CALL}/withdraw", {"application": "1"}).status_code == 404
    assert member.post("/appointments/2/withdraw", {"application": "1"}).status_code == 404
    answers = [member.post(f"{CALL}/withdraw", {"application": "1"}) for _ in range(2)]
    assert [one.status_code for one in answers] == [302, 409]
    assert "<i>live" not in unescape(as_("m12").get(ONE).text)


def test_who_comes_late_keeps_what_was_typed(stage: Stage, as_: As) -> None:
    begin(stage)
    stage.now = at(2026, 4, 10)

    late = as_("m9").post(f"{CALL}/apply", {"text": "I was travelling."})

    assert (late.status_code, "cannot apply for this seat now" in words(late)) == (409, True)


def test_whoever_is_at_the_limit_is_told_so_before_applying(stage: Stage, as_: As) -> None:
    begin(stage)
    before = seated.seated("h0", "e1", "p1", at(2022, 4, 1).date(), at(2024, 4, 1).date())
    created = f.SeatCreated("e0", "group", at(2022, 4, 1).date(), seated.ELECTED)
    seated.enter(stage, created, replace(before, seat="e0"), now=AFTER)

    page = words(as_("m1").get(f"{CALL}/apply"))

    assert "You may not serve in this seat then." in page
    assert "You may not serve" not in words(as_("m9").get(f"{CALL}/apply"))


# ---- who decides -----------------------------------------------------------------------------------------------------


def test_those_who_decide_see_what_the_group_brings_and_the_log_says_so(decidable: Stage, as_: As) -> None:
    authority = as_("m12")

    assert "Decide an appointment : Appointed seat" in words(authority.get("/home"))
    page = words(authority.get(ONE))
    assert "region: Africa 1 0 1" in page
    assert "Member 9 I live there." in page
    with decidable.reading() as session:
        told = [one.what for one in officers.log(session, "officer")][:2]
    assert told == ["looked what the members of group bring", "read the applications for appointment 1"]


@pytest.mark.usefixtures("decidable")
def test_a_member_or_an_outsider_is_proposed(as_: As) -> None:
    authority = as_("m12")

    unknown = authority.post(f"{ONE}/propose", {"member": "nobody@example.org", "text": "She knows it."})
    assert (unknown.status_code, "She knows it." in unknown.text) == (422, True)
    wrong = authority.post(f"{ONE}/propose", {"name": "Oda Outside", "attributes": "Africa", "text": "She knows it."})
    assert (wrong.status_code, "should be a line like" in words(wrong)) == (422, True)
    nobody = authority.post(f"{ONE}/propose", {"text": "Somebody."})
    assert (nobody.status_code, "Say whom you propose" in words(nobody)) == (409, True)
    assert authority.post(f"{ONE}/propose", {"member": "m8@example.org", "text": "She knows it."}).status_code == 302
    outsider = {"name": "Oda Outside", "email": "oda@example.com", "attributes": "Region: Africa", "text": "Wise."}
    answers = [authority.post(f"{ONE}/propose", outsider).status_code for _ in range(2)]
    assert answers == [302, 409]
    page = words(authority.get(ONE))
    assert "Member 8 She knows it. Proposed by Member 12" in page
    assert "Oda Outside (no member) Wise. region: Africa" in page
    assert "oda@example.com" not in page


def test_a_decision_needs_its_reasons_its_vote_and_a_second_person(decidable: Stage, as_: As, anybody: Someone) -> None:
    authority = as_("m12")
    for missing in ("application", "reference", "reasons", "why", "day"):
        bare = authority.post(f"{ONE}/decide", a_decision(**{missing: ""}))
        assert (bare.status_code, "Ann Lee: a relative" in bare.text) == (422, True), missing
    unratified = authority.post(f"{ONE}/decide", a_decision(vote_day=""))
    assert (unratified.status_code, "asks for a vote of the members" in words(unratified)) == (409, True)
    assert "The best of all." in unratified.text
    assert authority.post(f"{ONE}/decide", a_decision(application="7")).status_code == 422

    kept = authority.post(f"{ONE}/decide", a_decision(reasons="", file=PDF))
    digest = sha256(PDF).hexdigest()
    assert (kept.status_code, f'value="{digest}"' in kept.text) == (422, True)
    bad = authority.post(f"{ONE}/decide", a_decision(file=b"PK\0\0"))
    assert (bad.status_code, "Only PDF files and plain text" in words(bad)) == (422, True)
    answers = [authority.post(f"{ONE}/decide", a_decision(kept=digest)) for _ in range(2)]
    assert [one.status_code for one in answers] == [302, 409]
    assert "asked for already" in words(answers[1])
    assert anybody.get(f"/appointments/files/{digest}").status_code == 404
    there = asked(authority.get(ONE).text)
    assert authority.post(f"{there}/approve").status_code == 403
    assert "somebody else has to approve it" in words(authority.get(there))

    officer = as_("officer")
    page = words(officer.get(there))
    assert "Member 9 is offered “ Appointed seat ” (a1) , from 2026-05-01 until 2028-05-01" in page
    assert "20 for, 1 against, 0 abstained" in page
    assert officer.post(f"{there}/approve").status_code == 302
    public = words(anybody.get(CALL))
    assert "Member 9 is chosen: has not answered yet" in public
    assert "The best of all." in public
    assert "Ann Lee: a relative" in public
    assert "I live there." not in public
    file = anybody.get(f"/appointments/files/{digest}")
    assert (file.data, file.mimetype) == (PDF, "application/pdf")
    assert file.headers["Content-Disposition"].startswith("attachment;")
    with decidable.reading() as session:
        (mine,) = seat_holders.mine(session, "m9", now=LATER)
        assert mine.holding.instrument.file == digest


@pytest.mark.usefixtures("decidable")
def test_who_recused_themselves_has_no_part(as_: As) -> None:
    authority = as_("m12")
    authority.post(f"{ONE}/decide", a_decision(recused="Official officer: an interest"))
    there = asked(authority.get(ONE).text)

    refused = as_("officer").post(f"{there}/approve")

    assert (refused.status_code, "has no part in the decision" in words(refused)) == (403, True)
    assert as_("m11").post(f"{there}/approve").status_code == 302


def test_nobody_is_chosen_before_the_election_is_certified(stage: Stage, as_: As) -> None:
    stage.draft(seated.the_draft())
    begin(stage, after_election=ELECTION)
    with stage.writing() as session:
        appointments.apply(session, "m9", 1, "I live there.", now=AFTER)
    authority = as_("m12")

    assert "It waits for the election Advisory group 2026" in words(authority.get(ONE))
    assert "Decide an appointment" not in words(authority.get("/home"))
    early = authority.post(f"{ONE}/decide", a_decision())
    assert (early.status_code, "waits for an election" in words(early)) == (409, True)


def test_it_is_decided_anew_if_the_seat_is_declined(decidable: Stage, as_: As) -> None:
    authority = as_("m12")
    authority.post(f"{ONE}/decide", a_decision())
    as_("officer").post(f"{asked(authority.get(ONE).text)}/approve")
    with decidable.writing() as session:
        (mine,) = seat_holders.mine(session, "m9", now=LATER)
        seat_holders.decline(session, "m9", mine.holding.id, now=LATER)

    assert "Decide an appointment : Appointed seat" in words(authority.get("/home"))
    assert "Whoever was chosen declined. You can decide anew." in words(authority.get(ONE))
    authority.post(f"{ONE}/propose", {"member": "m8", "text": "The second choice."})
    assert authority.post(f"{ONE}/decide", a_decision(application="2", reference="Resolution 2")).status_code == 302


@pytest.mark.usefixtures("decidable")
def test_an_appointment_is_given_up_with_a_reason_and_what_was_written_goes(as_: As) -> None:
    authority = as_("m12")

    assert authority.post(f"{ONE}/give-up", {"why": ""}).status_code == 422
    answers = [authority.post(f"{ONE}/give-up", {"why": "Nobody fits."}).status_code for _ in range(2)]
    assert answers == [302, 409]
    assert "I live there." not in authority.get(ONE).text


@pytest.mark.parametrize("by", ["m1", "m9", "registrar", "t1"])
@pytest.mark.usefixtures("decidable")
def test_the_desk_is_for_those_who_decide(as_: As, by: str) -> None:
    other = as_(by)

    assert {other.get(one).status_code for one in (DESK, f"{DESK}/new", ONE)} == {403}
    sent = (
        (f"{DESK}/new", a_call()),
        (f"{ONE}/propose", {"member": "m8", "text": "x"}),
        (f"{ONE}/decide", a_decision()),
        (f"{ONE}/give-up", {"why": "x"}),
    )
    assert {other.post(address, data).status_code for address, data in sent} == {403}


def test_officers_look_and_do_not_decide(decidable: Stage, as_: As) -> None:
    officer = as_("officer")

    assert officer.get(ONE).status_code == 200
    assert officer.get(f"{DESK}/new").status_code == 403
    assert officer.post(f"{ONE}/decide", a_decision(file=PDF)).status_code == 403
    assert as_("secretary").post(f"{ONE}/decide", a_decision()).status_code == 403
    with decidable.reading() as session:
        assert [one for one in seats.book(session).holdings.values() if one.stage is How.OFFERED] == []


@pytest.mark.usefixtures("stage")
def test_what_is_not_there(as_: As, anybody: Someone) -> None:
    assert anybody.get("/appointments/1").status_code == 404
    assert anybody.get(f"/appointments/files/{'00' * 32}").status_code == 404
    assert as_("m9").get("/appointments/1/apply").status_code == 404
    authority = as_("m12")
    assert authority.get(ONE).status_code == 404
    for act in ("propose", "decide", "give-up"):
        assert authority.post(f"{ONE}/{act}", {"why": "x"}).status_code == 404
