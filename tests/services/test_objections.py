"""Objections to the roll: who lodges, who decides, what is put right, and what is too late."""

import pytest
from sqlalchemy import text

from governance.board import entries as e
from governance.errors import NotFoundError, NotPermittedError, RuleError
from governance.services import boards, ceremony, consents, corrections, members, objections, officers, post, roll
from governance.services.consents import Act, Wish
from governance.services.objections import Standing
from governance.services.officers import COMMAND, Two
from tests.services.stage import ELECTION, TWO, Stage, a_list, people


@pytest.fixture
def frozen(stage: Stage) -> Stage:
    stage.set_up()
    stage.draft()
    stage.freeze()
    return stage


@pytest.fixture
def opened(stage: Stage) -> Stage:
    stage.until_open()
    return stage


def lodge(stage: Stage, by: str = "m1", reason: str = "I live in Africa now.", whom: str = "") -> int:
    with stage.writing() as session:
        return objections.lodge(session, by, ELECTION, reason, own=not whom, whom=whom, now=stage.now)


def decide(stage: Stage, number: int, *, upheld: bool = True, by: str = "officer", line: str = "") -> None:
    with stage.writing() as session:
        why = "The list says so."
        objections.decide(session, by, ELECTION, number, why, upheld=upheld, line=line, now=stage.now)


def standing(stage: Stage, number: int) -> Standing:
    with stage.reading() as session:
        return objections.show(session, "officer", ELECTION, number).standing


def imported(stage: Stage, *lines: str) -> None:
    data = a_list(lines)
    with stage.writing() as session:
        seen = members.preview(session, COMMAND, data)
        members.apply(session, COMMAND, data, seen.digest, now=stage.now)


def moved(stage: Stage) -> None:
    """m1 lives in Africa, by the list."""
    imported(stage, people(1)[0].replace("Peru,Americas", "Kenya,Africa"))


def test_an_objection_is_lodged_decided_and_told(frozen: Stage) -> None:
    number = lodge(frozen)
    assert standing(frozen, number) is Standing.WAITS

    decide(frozen, number, upheld=False)

    with frozen.reading() as session:
        told = objections.mine(session, "m1", ELECTION)[0]
        mails = post.outbox(session)
        log = [line.what for line in officers.log(session, "officer", election=ELECTION)]
    assert (told.standing, told.reason, told.answer) == (
        Standing.DISMISSED,
        "I live in Africa now.",
        "The list says so.",
    )
    assert [(mail.recipient, "The list" in mail.text, "Africa" in mail.text) for mail in mails] == [
        ("m1@example.org", False, False)
    ]
    assert log[:2] == [f"decided objection {number} to the roll: not upheld", f"lodged objection {number} to the roll"]


def test_the_roll_is_put_right_by_the_rules_and_two_people(frozen: Stage) -> None:
    number = lodge(frozen)
    decide(frozen, number)
    wish = Wish(Act.CORRECT, ELECTION, member="m1")
    with frozen.writing() as session, pytest.raises(RuleError, match="the very same line"):
        consents.ask(session, "officer", wish, "Objection upheld.", now=frozen.now)
    moved(frozen)
    with frozen.writing() as session:
        before = {style.contests: (style.voters, style.root) for style in roll.styles_of(session, ELECTION)}
        kept = roll.my_line(session, ELECTION, "m2").leaf
        asked = consents.ask(session, "officer", wish, "Objection upheld.", now=frozen.now)
        consents.approve(session, "secretary", asked, now=frozen.now)

    with frozen.reading() as session:
        after = {style.contests: (style.voters, style.root) for style in roll.styles_of(session, ELECTION)}
        assert roll.contests_of(session, ELECTION, "m1") == ("board", "africa")
        assert roll.my_line(session, ELECTION, "m2").leaf == kept
        log = officers.log(session, "officer", election=ELECTION)[0]
    assert standing(frozen, number) is Standing.CORRECTED
    assert {contests: voters for contests, (voters, _) in after.items()} == {"board": 13, "board,africa": 5}
    assert all(after[contests][1] != before[contests][1] for contests in before)
    assert (log.what, log.who, log.second) == (
        f"put the roll right after objection {number}",
        "Official officer",
        "Official secretary",
    )


def test_somebody_who_was_left_out_comes_onto_the_roll_and_somebody_who_left_goes(frozen: Stage) -> None:
    imported(frozen, people(13)[12])
    mine, other = lodge(frozen, "m13", "I have been a member for years."), lodge(frozen, "m1", "She left.", "Member 2")
    decide(frozen, mine)
    decide(frozen, other, line="m2@example.org")
    with frozen.writing() as session:
        session.execute(text("UPDATE member SET status = 'left' WHERE id = 'm2'"))
    with frozen.writing() as session:
        corrections.correct(session, TWO, ELECTION, "m13", now=frozen.now)
        corrections.correct(session, TWO, ELECTION, "m2", now=frozen.now)

    with frozen.reading() as session:
        assert roll.contests_of(session, ELECTION, "m13") == ("board",)
        assert roll.contests_of(session, ELECTION, "m2") == ()
        assert objections.unsettled(session, ELECTION) == []


def test_lists_that_were_handed_in_are_void_and_made_anew(frozen: Stage) -> None:
    with frozen.writing() as session:
        frozen.troupe.identities(session, frozen.now)
        ceremony.start(session, "officer", ELECTION, now=frozen.now)
        frozen.troupe.keys(session, frozen.now)
        frozen.troupe.lists(session, frozen.now)
    number = lodge(frozen)
    with frozen.writing() as session, pytest.raises(RuleError, match=f"settled before .* number {number}"):
        ceremony.publish(session, TWO, ELECTION, now=frozen.now)
    decide(frozen, number)
    with frozen.writing() as session, pytest.raises(RuleError, match="settled before"):
        ceremony.publish(session, TWO, ELECTION, now=frozen.now)
    moved(frozen)
    with frozen.writing() as session:
        corrections.correct(session, TWO, ELECTION, "m1", now=frozen.now)
    with frozen.writing() as session, pytest.raises(RuleError, match="after the registrar"):
        ceremony.publish(session, TWO, ELECTION, now=frozen.now)
    with frozen.writing() as session:
        frozen.troupe.lists(session, frozen.now)
    with frozen.writing() as session:
        ceremony.publish(session, TWO, ELECTION, now=frozen.now)


def leave(stage: Stage, by: str = "officer", why: str = "The answer promised too much.") -> int:
    with stage.writing() as session:
        return consents.ask(session, by, Wish(Act.LEAVE, ELECTION, member="m1"), why, now=stage.now)


def begun(stage: Stage) -> None:
    with stage.writing() as session:
        stage.troupe.identities(session, stage.now)
        ceremony.start(session, "officer", ELECTION, now=stage.now)
        stage.troupe.keys(session, stage.now)
        stage.troupe.lists(session, stage.now)


def test_what_no_list_can_give_is_left_by_two_people_for_a_reason_that_is_published(frozen: Stage) -> None:
    number = lodge(frozen)
    decide(frozen, number)
    with pytest.raises(RuleError, match="begins with the key ceremony"):
        leave(frozen)
    begun(frozen)
    with frozen.writing() as session, pytest.raises(RuleError, match=f"settled before .* number {number}"):
        ceremony.publish(session, TWO, ELECTION, now=frozen.now)

    with frozen.reading() as session:
        before = [style.root for style in roll.styles_of(session, ELECTION)]
    asked = leave(frozen)
    assert standing(frozen, number) is Standing.UPHELD
    with frozen.writing() as session, pytest.raises(NotPermittedError, match="a second person"):
        consents.approve(session, "officer", asked, now=frozen.now)
    with frozen.writing() as session:
        consents.approve(session, "secretary", asked, now=frozen.now)

    assert standing(frozen, number) is Standing.LEFT
    with frozen.writing() as session:
        notice = [one for one in boards.but_ballots(session, ELECTION) if isinstance(one, e.Notice)][-1]
        mails = [one for one in post.outbox(session) if one.subject == "The roll stays as it is"]
        line = officers.log(session, "officer", election=ELECTION)[0]
        numbers = objections.numbers(session, ELECTION)
        assert [style.root for style in roll.styles_of(session, ELECTION)] == before
        ceremony.publish(session, TWO, ELECTION, now=frozen.now)
    assert (notice.subject, "The answer promised too much." in notice.body) == (corrections.SUBJECT, True)
    assert "m1" not in notice.body
    assert "Member" not in notice.body
    assert [one.recipient for one in mails] == ["m1@example.org"]
    assert (line.who, line.second) == ("Official officer", "Official secretary")
    assert (numbers.upheld, numbers.left, numbers.waiting) == (1, 1, 0)


def test_what_can_be_put_right_is_not_left(frozen: Stage) -> None:
    begun(frozen)
    number = lodge(frozen)
    with pytest.raises(RuleError, match="No objection"):
        leave(frozen)
    decide(frozen, number)
    asked = leave(frozen)
    moved(frozen)

    with frozen.writing() as session, pytest.raises(RuleError, match="something has changed"):
        consents.approve(session, "secretary", asked, now=frozen.now)
    with frozen.writing() as session, pytest.raises(RuleError, match="put the roll right"):
        corrections.leave(session, TWO, ELECTION, "m1", now=frozen.now, why="No.")
    with pytest.raises(RuleError, match="put the roll right"):
        leave(frozen)
    assert standing(frozen, number) is Standing.UPHELD


def test_neither_of_the_two_who_leave_a_line_is_concerned_and_they_say_why(frozen: Stage) -> None:
    begun(frozen)
    decide(frozen, lodge(frozen, "secretary", whom="m1@example.org"), line="m1@example.org")

    with frozen.writing() as session:
        with pytest.raises(NotPermittedError, match="concerns you"):
            corrections.leave(session, TWO, ELECTION, "m1", now=frozen.now, why="So.")
        with pytest.raises(NotPermittedError, match="a second person"):
            corrections.leave(session, Two("officer", "officer"), ELECTION, "m1", now=frozen.now, why="So.")
    with pytest.raises(RuleError, match="Say why"):
        leave(frozen, why=" ")
    with pytest.raises(NotPermittedError):
        leave(frozen, by="m3")


def test_after_the_announcement_nothing_is_left_open_or_left(opened: Stage) -> None:
    decide(opened, lodge(opened))

    with pytest.raises(RuleError, match="before the election is announced"):
        leave(opened)


def test_a_late_objection_is_recorded_and_admits_nobody(opened: Stage) -> None:
    with opened.reading() as session:
        before = [style.root for style in roll.styles_of(session, ELECTION)]
    number = lodge(opened)
    decide(opened, number)

    assert standing(opened, number) is Standing.NOTED
    with opened.writing() as session:
        with pytest.raises(RuleError, match="before the election is announced"):
            corrections.correct(session, TWO, ELECTION, "m1", now=opened.now)
        assert [style.root for style in roll.styles_of(session, ELECTION)] == before
        assert objections.numbers(session, ELECTION).late == 1


def test_there_is_no_objection_before_the_roll_is_frozen(stage: Stage) -> None:
    stage.set_up()
    stage.draft()

    with pytest.raises(RuleError, match="from its freezing"):
        lodge(stage)


@pytest.mark.parametrize(
    ("reason", "whom", "why"),
    [(" ", "", "say why"), ("x" * 5001, "", "too long"), ("x", " ", "whose line"), ("x", "y" * 201, "too long")],
)
def test_an_objection_says_what_and_whom(frozen: Stage, reason: str, whom: str, why: str) -> None:
    with pytest.raises(RuleError, match=why):
        lodge(frozen, reason=reason, whom=whom)


def test_an_objection_that_is_sent_twice_stands_once(frozen: Stage) -> None:
    number = lodge(frozen)

    with pytest.raises(RuleError, match=f"it is objection {number}"):
        lodge(frozen, reason="I live in Africa now.  ")


def test_a_member_waits_for_decisions_before_objecting_without_end(frozen: Stage) -> None:
    for i in range(objections.MOST):
        lodge(frozen, reason=f"reason {i}")

    with pytest.raises(RuleError, match="wait for their decisions"):
        lodge(frozen)
    lodge(frozen, "m2")


def test_an_objection_is_taken_back_by_whoever_lodged_it(frozen: Stage) -> None:
    number = lodge(frozen)
    with frozen.writing() as session:
        with pytest.raises(NotFoundError):
            objections.withdraw(session, "m2", ELECTION, number, now=frozen.now)
        objections.withdraw(session, "m1", ELECTION, number, now=frozen.now)
        with pytest.raises(RuleError, match="taken back already"):
            objections.withdraw(session, "m1", ELECTION, number, now=frozen.now)
        objections.require_settled(session, ELECTION)
    with pytest.raises(RuleError, match="taken back already"):
        decide(frozen, number)


def test_an_objection_is_decided_once(frozen: Stage) -> None:
    number = lodge(frozen)
    decide(frozen, number)

    with pytest.raises(RuleError, match="decided already"):
        decide(frozen, number, upheld=False)
    assert standing(frozen, number) is Standing.UPHELD


@pytest.mark.parametrize("by", ["m1", "registrar", "t1"])
def test_only_officers_read_and_decide(frozen: Stage, by: str) -> None:
    number = lodge(frozen, "m2")
    with frozen.reading() as session:
        with pytest.raises(NotPermittedError):
            objections.every(session, by, ELECTION)
        with pytest.raises(NotPermittedError):
            objections.show(session, by, ELECTION, number)
    with pytest.raises(NotPermittedError):
        decide(frozen, number, by=by)
    with pytest.raises(NotPermittedError, match="Say who"):
        decide(frozen, number, by=COMMAND)


@pytest.mark.parametrize("whom", ["officer", "OFFICER@example.org", "official  OFFICER", ""])
def test_whom_it_concerns_does_not_decide_and_the_secretariat_does_for_the_last_officer(
    frozen: Stage, whom: str
) -> None:
    number = lodge(frozen, "m1" if whom else "officer", whom=" ".join(whom.split()))

    with pytest.raises(NotPermittedError, match="concerns you"):
        decide(frozen, number)
    decide(frozen, number, by="secretary", upheld=False)


def test_the_secretariat_does_not_decide_while_an_officer_can(frozen: Stage) -> None:
    number = lodge(frozen)

    with pytest.raises(NotPermittedError, match="Returning officers decide"):
        decide(frozen, number, by="secretary")


def test_a_delegate_is_concerned_by_an_objection_to_the_organisation(frozen: Stage) -> None:
    data = a_list(["club,club@example.org,A Club,Peru,Americas,2020-01-01,,organisation,Official officer"])
    data = data.replace(b"lived_experience", b"lived_experience,kind,delegate")
    with frozen.writing() as session:
        seen = members.preview(session, COMMAND, data)
        members.apply(session, COMMAND, data, seen.digest, now=frozen.now)
    number = lodge(frozen, "m1", whom="A Club")

    with pytest.raises(NotPermittedError, match="concerns you"):
        decide(frozen, number)


def test_whoever_turns_out_to_be_concerned_does_not_decide(frozen: Stage) -> None:
    number = lodge(frozen, "m1", whom="the boss")

    with pytest.raises(RuleError, match="nobody on the list"):
        decide(frozen, number, line="nobody@example.org")
    with pytest.raises(NotPermittedError, match="concerns you"):
        decide(frozen, number, line="officer@example.org")
    assert standing(frozen, number) is Standing.WAITS


def test_neither_of_the_two_is_concerned_by_a_correction(frozen: Stage) -> None:
    number = lodge(frozen, "secretary", whom="m1@example.org")
    decide(frozen, number, line="m1@example.org")
    moved(frozen)
    with frozen.writing() as session:
        with pytest.raises(NotPermittedError, match="concerns you"):
            corrections.correct(session, TWO, ELECTION, "m1", now=frozen.now)
        with pytest.raises(NotPermittedError, match="a second person"):
            corrections.correct(session, Two("officer", "officer"), ELECTION, "m1", now=frozen.now)


def test_no_line_is_changed_that_nobody_objected_to(frozen: Stage) -> None:
    moved(frozen)
    lodge(frozen)

    with frozen.writing() as session, pytest.raises(RuleError, match="No objection"):
        corrections.correct(session, TWO, ELECTION, "m1", now=frozen.now)


def test_what_was_written_is_not_readable_in_the_database_and_is_erased_after_the_appeals(opened: Stage) -> None:
    number = lodge(opened, reason="My illness")
    decide(opened, number, upheld=False)
    with opened.reading() as session:
        row = session.execute(text("SELECT said, answer FROM roll_objection")).one()
        assert b"illness" not in row.said
        assert b"list" not in row.answer

    with opened.writing() as session:
        objections.erase(session, ELECTION)

    with opened.reading() as session:
        told = objections.show(session, "officer", ELECTION, number)
        assert (told.erased, told.reason, told.answer, told.standing) == (True, "", "", Standing.DISMISSED)


def test_what_is_published_are_numbers(frozen: Stage) -> None:
    first, second, third = lodge(frozen), lodge(frozen, "m2"), lodge(frozen, "m3")
    decide(frozen, first)
    decide(frozen, second, upheld=False)
    with frozen.writing() as session:
        objections.withdraw(session, "m3", ELECTION, third, now=frozen.now)
        told = objections.numbers(session, ELECTION)

    assert (told.lodged, told.waiting, told.upheld, told.dismissed, told.withdrawn, told.late) == (3, 0, 1, 1, 1, 0)
