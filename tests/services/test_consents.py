"""What cannot be undone takes two people: who may ask, who may approve, and when it is too late for either."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from governance.domain.draft import Candidate, Contest
from governance.domain.phases import Phase
from governance.domain.signing_in import Role
from governance.errors import NotFoundError, NotPermittedError, RuleError
from governance.services import consents, elections, members, officers, post, roles, roll
from governance.services.consents import Act, Wish
from governance.services.officers import COMMAND, Two
from tests.services.stage import ELECTION, OPEN, START, Stage, a_draft, a_list

FREEZE = Wish(Act.FREEZE, ELECTION)
WHY = "Membership was cut off."
LATER = START + timedelta(hours=1)


@pytest.fixture
def drafted(stage: Stage) -> Stage:
    stage.set_up()
    stage.draft()
    stage.now = LATER
    return stage


@pytest.fixture
def opened(stage: Stage) -> Stage:
    stage.until_open(6)
    return stage


def asked(stage: Stage, wish: Wish = FREEZE, by: str = "officer", why: str = WHY) -> int:
    with stage.writing() as session:
        return consents.ask(session, by, wish, why, now=stage.now)


def approve(stage: Stage, number: int, by: str = "secretary", now: datetime | None = None) -> None:
    with stage.writing() as session:
        consents.approve(session, by, number, now=now or stage.now)


def phase(stage: Stage) -> Phase:
    with stage.reading() as session:
        return elections.show(session, ELECTION).phase


def waiting(stage: Stage, now: datetime | None = None) -> list[tuple[int, bool]]:
    with stage.reading() as session:
        return [(one.number, one.stale) for one in consents.waiting(session, now=now or stage.now)]


def test_one_asks_another_approves_and_the_log_names_both(drafted: Stage) -> None:
    number = asked(drafted)
    assert phase(drafted) is Phase.DRAFT

    approve(drafted, number)

    assert phase(drafted) is Phase.ROLL
    with drafted.reading() as session:
        line, before = officers.log(session, "officer")[:2]
    assert (line.who, line.second, line.why) == ("Official officer", "Official secretary", WHY)
    assert line.what == "froze the roll of 18 voters"
    assert (before.who, before.second, before.what) == ("Official officer", "", "asked to freeze the roll")
    assert waiting(drafted) == []


def test_whoever_may_approve_is_written_to_and_nobody_else(drafted: Stage) -> None:
    asked(drafted, why="Ada Example asked for it.")

    with drafted.reading() as session:
        letter = next(one for one in post.outbox(session) if one.subject == "Your approval is asked for")
        others = [one for one in post.outbox(session) if one.subject == letter.subject and one != letter]
    assert letter.recipient == "secretary@example.org"
    assert others == []
    assert "Official officer asks for your approval to freeze the roll (“Advisory group 2026”)" in letter.text
    assert "Ada" not in letter.text


@pytest.mark.parametrize(
    ("by", "error", "why"),
    [
        ("officer", NotPermittedError, "takes a second person"),
        ("m1", NotPermittedError, "Only returning officers or the secretariat"),
        ("t1", NotPermittedError, "Only returning officers or the secretariat"),
        ("registrar", NotPermittedError, "Only returning officers or the secretariat"),
    ],
)
def test_nobody_approves_who_may_not(drafted: Stage, by: str, error: type[Exception], why: str) -> None:
    number = asked(drafted)

    with pytest.raises(error, match=why):
        approve(drafted, number, by)

    assert phase(drafted) is Phase.DRAFT
    assert waiting(drafted) == [(number, False)]


@pytest.mark.parametrize("by", ["m1", "secretary", "registrar", COMMAND])
def test_only_an_officer_asks_under_their_own_name(drafted: Stage, by: str) -> None:
    with pytest.raises(NotPermittedError):
        asked(drafted, by=by)


def test_whoever_stands_has_no_part_in_it(drafted: Stage) -> None:
    contest = Contest("board", "At large", 1, (Candidate("s", "S", member="secretary"), Candidate("x", "X")), 0, 2)
    with drafted.writing() as session:
        elections.edit(session, "officer", ELECTION, a_draft(contests=(contest,)), 2, now=drafted.now)
    number = asked(drafted)

    with pytest.raises(NotPermittedError, match="no part in running it"):
        approve(drafted, number)


def test_a_second_approval_is_refused_and_so_is_a_second_request(drafted: Stage) -> None:
    number = asked(drafted)
    with pytest.raises(RuleError, match="asked for already"):
        asked(drafted)
    approve(drafted, number)

    with pytest.raises(RuleError, match="approved already"):
        approve(drafted, number)
    with pytest.raises(RuleError, match="no longer a draft"):
        asked(drafted)
    with pytest.raises(NotFoundError):
        approve(drafted, number + 1)


def test_what_was_asked_about_another_draft_is_stale_and_is_asked_anew(drafted: Stage) -> None:
    number = asked(drafted)
    with drafted.writing() as session:
        elections.edit(session, "officer", ELECTION, a_draft(title="Other"), 2, now=drafted.now)

    with pytest.raises(RuleError, match="something has changed"):
        approve(drafted, number)
    assert waiting(drafted) == [(number, True)]
    again = asked(drafted)

    assert waiting(drafted) == [(again, False)]
    approve(drafted, again)
    assert phase(drafted) is Phase.ROLL


def test_a_request_lapses(opened: Stage) -> None:
    number = asked(opened, Wish(Act.EXTEND, ELECTION, closes=START + timedelta(days=20)))

    with pytest.raises(RuleError, match="too much time has passed"):
        approve(opened, number, now=OPEN + consents.LIFE)


def test_a_request_is_declined_or_taken_back_with_a_reason(drafted: Stage) -> None:
    for by, what in (("secretary", "declined the request to freeze the roll"), ("officer", "took back the request")):
        number = asked(drafted)
        with drafted.writing() as session:
            consents.decline(session, by, number, "Not yet.", now=drafted.now)

        with drafted.reading() as session:
            line = officers.log(session, "officer")[0]
        assert line.what.startswith(what)
        assert line.why == "Not yet."
        with pytest.raises(RuleError, match="declined or taken back already"):
            approve(drafted, number)
    with drafted.writing() as session, pytest.raises(NotPermittedError):
        consents.decline(session, "m1", asked_in(session), "No.", now=drafted.now)


def asked_in(session: Session) -> int:
    return consents.ask(session, "officer", FREEZE, WHY, now=LATER)


@pytest.mark.parametrize(
    ("wish", "why", "said"),
    [
        (FREEZE, " ", "Say why"),
        (Wish(Act.PUBLISH, ELECTION), WHY, "after the registrar"),
        (Wish(Act.CANCEL, ELECTION), WHY, "only after it was announced"),
        (Wish(Act.ABANDON, ELECTION), WHY, "still a draft"),
        (Wish(Act.WITHDRAW, ELECTION, contest="board", candidate="a1"), WHY, "between the announcement"),
        (Wish(Act.EXTEND, ELECTION), WHY, "until when"),
    ],
)
def test_what_is_not_due_is_refused_when_it_is_asked_for(drafted: Stage, wish: Wish, why: str, said: str) -> None:
    with pytest.raises(RuleError, match=said):
        asked(drafted, wish, why=why)


def test_each_act_is_done_once_it_is_approved(opened: Stage) -> None:
    later = START + timedelta(days=10)
    approve(opened, asked(opened, Wish(Act.WITHDRAW, ELECTION, contest="board", candidate="a1")))
    approve(opened, asked(opened, Wish(Act.EXTEND, ELECTION, closes=later)))
    with opened.reading() as session:
        stands = elections.show(session, ELECTION).progress
    assert (stands.withdrawn, stands.closes) == ([("board", "a1")], "2026-03-11T09:00:00Z")

    approve(opened, asked(opened, Wish(Act.CANCEL, ELECTION)))

    assert phase(opened) is Phase.CANCELLED


def test_cancelling_an_election_that_opened_meanwhile_has_to_be_asked_for_anew(stage: Stage) -> None:
    stage.set_up(6)
    stage.draft()
    stage.freeze()
    stage.announce()
    number = asked(stage, Wish(Act.CANCEL, ELECTION))
    stage.open()

    with pytest.raises(RuleError, match="something has changed"):
        approve(stage, number)


def test_the_services_themselves_take_two(drafted: Stage) -> None:
    for both in (Two("officer", "officer"), Two("officer", COMMAND), Two(COMMAND, "secretary"), Two("secretary", "t1")):
        with drafted.writing() as session, pytest.raises(NotPermittedError):
            roll.freeze(session, both, ELECTION, now=LATER)


def test_with_one_person_alone_set_up_says_so_early_and_nothing_can_be_asked(stage: Stage) -> None:
    with stage.writing() as session:
        members.set_up(session, "An organisation", "vote.example.org", "help@example.org")
        data = a_list([f"{one},{one}@example.org,O,France,Europe,2020-01-01," for one in ("officer", "m1")])
        seen = members.preview(session, COMMAND, data)
        members.apply(session, COMMAND, data, seen.digest, now=START)
        roles.grant(session, COMMAND, "officer", Role.OFFICER, now=START)
        members.add_body(session, "officer", "group", "Group", now=START)
    stage.draft(replace(a_draft(), trustees=(), registrar=""))

    with stage.reading() as session:
        assert any("takes two people" in one for one in elections.problems(session, ELECTION))
    with stage.writing() as session, pytest.raises(RuleError, match="there is nobody yet"):
        consents.ask(session, "officer", Wish(Act.GRANT, member="m1", role="officer"), WHY, now=START)
