"""Appeals and objections: who may make them and when, who answers, what an answer turns around."""

import pytest
from sqlalchemy.orm import Session

from governance.errors import NotFoundError, NotPermittedError, RuleError
from governance.services import (
    answers,
    challenges,
    elections,
    nomination_records,
    nominations,
    officers,
    post,
    scrutiny,
)
from governance.services.answers import Asked
from governance.services.challenges import MOST, Page
from governance.services.officers import COMMAND
from tests.services.scrutinised import (
    CHALLENGED,
    SCRUTINY,
    adopt,
    answer,
    begin,
    challenge,
    decide,
    filed,
    nominated,
    rejected,
)
from tests.services.stage import ELECTION, Stage


@pytest.fixture
def decided(stage: Stage) -> Stage:
    """1: m1 by m2, admitted; 2: m3, rejected; both by the officer; 3: m5, not decided."""
    begin(stage)
    nominated(stage, "m1", by="m2")
    nominated(stage, "m3", seconders=["m9"], declared=False)
    nominated(stage, "m5", contest="africa")
    stage.now = SCRUTINY
    decide(stage, 1)
    rejected(stage, 2)
    return stage


def page(stage: Stage, by: str, number: int) -> Page:
    with stage.reading() as session:
        return challenges.page(session, by, ELECTION, number, now=stage.now)


def may_answer(stage: Stage, by: str, number: int, asked: int) -> str:
    with stage.writing() as session:
        return answers.may_answer(by, find(session, stage, number, asked))


def find(session: Session, stage: Stage, number: int, asked: int) -> Asked:
    return answers.find(session, COMMAND, ELECTION, number, asked, now=stage.now)


def admitted(stage: Stage, number: int) -> bool | None:
    return filed(stage, number).nomination.admitted


# ---- making ----------------------------------------------------------------------------------------------------------


def test_nominee_and_nominator_read_the_decision_and_others_that_it_was_admitted(decided: Stage) -> None:
    own, by, other = page(decided, "m1", 1), page(decided, "m2", 1), page(decided, "m4", 1)

    assert own.decision is not None
    assert by.decision == own.decision
    assert (other.decision, other.admitted, other.name, other.why_not) == (None, True, "Member 1", "")
    assert page(decided, "m3", 2).why_not == ""
    assert "nothing to appeal" in own.why_not


@pytest.mark.parametrize("number", [2, 3, 99])
def test_what_is_rejected_or_not_decided_is_not_there_for_others(decided: Stage, number: int) -> None:
    with pytest.raises(NotFoundError):
        page(decided, "m4", number)
    with pytest.raises(NotFoundError):
        challenge(decided, "m4", number)


def test_nothing_is_challenged_in_another_election(decided: Stage) -> None:
    with decided.writing() as session:
        calendar = elections.show(session, ELECTION).draft.calendar
        elections.clone(session, "officer", ELECTION, election="other", title="O", calendar=calendar, now=decided.now)
        with pytest.raises(NotFoundError):
            challenges.challenge(session, "m4", "other", 1, "Why.", now=decided.now)
        with pytest.raises(NotFoundError):
            challenges.page(session, "m1", "other", 1, now=decided.now)
        with pytest.raises(NotFoundError):
            answers.find(session, "officer", "other", 1, 1, now=decided.now)


@pytest.mark.parametrize("by", ["m1", "m2"])
def test_nobody_objects_to_their_own(decided: Stage, by: str) -> None:
    with pytest.raises(NotPermittedError, match="nothing to appeal"):
        challenge(decided, by, 1)


def test_before_a_decision_there_is_nothing_to_challenge(decided: Stage) -> None:
    with pytest.raises(RuleError, match="no decision"):
        challenge(decided, "m5", 3)


def test_nothing_is_challenged_after_the_window_or_the_withdrawal(decided: Stage) -> None:
    with decided.writing() as session:
        nominations.withdraw(session, "m3", ELECTION, 2, now=decided.now)
    with pytest.raises(RuleError, match="no longer in it"):
        challenge(decided, "m3", 2)
    decided.now = CHALLENGED
    with pytest.raises(RuleError, match="possible until 25 February"):
        challenge(decided, "m4", 1)


@pytest.mark.parametrize("words", ["", " \n", "x" * (challenges.MAX_TEXT + 1)])
def test_a_challenge_says_why(decided: Stage, words: str) -> None:
    with pytest.raises(RuleError, match=r"say why|too long"):
        challenge(decided, "m3", 2, words)


def test_the_same_twice_is_one_and_another_one_waits(decided: Stage) -> None:
    first = challenge(decided, "m4", 1, "One\r\ntwo")

    assert challenge(decided, "m4", 1, "One\ntwo ") == first
    with pytest.raises(RuleError, match="waits for its answer"):
        challenge(decided, "m4", 1, "Another one.")
    assert len(filed(decided, 1).nomination.challenges) == 1


def test_once_answered_it_is_not_asked_again_until_something_is_decided_anew(decided: Stage) -> None:
    answer(decided, "m11", 2, challenge(decided, "m3", 2), upheld=False)
    with pytest.raises(RuleError, match="were answered"):
        challenge(decided, "m3", 2, "Again.")

    answer(decided, "m11", 1, challenge(decided, "m4", 1), upheld=True)
    answer(decided, "m12", 1, challenge(decided, "m1", 1), upheld=True)
    again = challenge(decided, "m4", 1, "Now there is more.")

    assert filed(decided, 1).nomination.challenges[again].appeal is False


def test_one_member_cannot_drown_the_officers(decided: Stage) -> None:
    begun = [challenge(decided, "m4", 1)]
    with decided.writing() as session:
        for number in range(MOST - 1):  # as if there were more nominations
            one = nomination_records.get(session, ELECTION, 1)
            row = type(one.row)(
                election_id=ELECTION, contest="board", nominee_id="m6", candidate=f"c{number}", named=None
            )
            made = nomination_records.begin(session, row, "m6", now=decided.now)
            begun.append(made.row.id)
    for number in begun[1:]:
        decide(decided, number, why=_every_reason(decided, number))
        challenge(decided, "m4", number)
    decide(decided, 3)

    with pytest.raises(RuleError, match=f"{MOST} appeals or objections"):
        challenge(decided, "m4", 3)


def _every_reason(stage: Stage, number: int) -> dict[str, str]:
    with stage.writing() as session:
        return {one.name: "So." for one in scrutiny.case(session, "officer", ELECTION, number, now=stage.now).failed}


# ---- answering -------------------------------------------------------------------------------------------------------


def test_an_appeal_that_is_upheld_turns_the_decision_around(decided: Stage) -> None:
    number = challenge(decided, "m3", 2)
    answer(decided, "m11", 2, number, upheld=True)

    told = page(decided, "m3", 2)
    assert admitted(decided, 2) is True
    assert [(one.upheld, one.text, one.answer) for one in told.mine] == [
        (True, "My private reason.", "My private answer.")
    ]


def test_an_objection_that_is_upheld_takes_them_off_and_the_nominee_reads_why(decided: Stage) -> None:
    number = challenge(decided, "m4", 1)
    answer(decided, "secretary", 1, number, upheld=True)

    told = page(decided, "m1", 1)
    assert admitted(decided, 1) is False
    assert [(one.what, one.upheld, one.answer) for one in told.others] == [("objection", True, "My private answer.")]
    assert "Member 4" not in repr(told)
    assert told.why_not == ""
    assert page(decided, "m4", 1).mine[0].upheld is True


def test_all_who_are_in_it_are_told_that_there_is_an_answer_and_not_which(decided: Stage) -> None:
    answer(decided, "m11", 1, challenge(decided, "m4", 1), upheld=False)

    with decided.reading() as session:
        mails = [one for one in post.outbox(session) if "an answer" in one.subject]
    assert sorted(one.recipient for one in mails) == ["m1@example.org", "m2@example.org", "m4@example.org"]
    assert not any(
        word in one.text for one in mails for word in ("upheld", "rivate", "Member 4,\n\nThere is an answer to")
    )


def test_nobody_answers_a_challenge_to_their_own_decision(decided: Stage) -> None:
    number = challenge(decided, "m3", 2)

    assert "took part in the decision" in may_answer(decided, "officer", 2, number)
    with pytest.raises(NotPermittedError, match="took part"):
        answer(decided, "officer", 2, number, upheld=False)
    answer(decided, "m11", 2, number, upheld=True)
    objected = challenge(decided, "m4", 2)
    for one in ("officer", "m11"):  # who rejected it, and who turned that around
        with pytest.raises(NotPermittedError, match="took part"):
            answer(decided, one, 2, objected, upheld=True)
    answer(decided, "secretary", 2, objected, upheld=True)
    assert admitted(decided, 2) is False


def test_whoever_changed_a_decision_and_whoever_made_it_first_both_took_part(decided: Stage) -> None:
    decide(decided, 1, admitted=False, by="m11", text="A mistake.")
    number = challenge(decided, "m1", 1)

    for one in ("officer", "m11"):
        with pytest.raises(NotPermittedError, match="took part"):
            answer(decided, one, 1, number, upheld=True)


def test_neither_whoever_asked_nor_whom_it_concerns_answers(stage: Stage) -> None:
    begin(stage)
    nominated(stage, "m1", by="m12", seconders=["m11", "m7"])
    stage.now = SCRUTINY
    decide(stage, 1)
    number = challenge(stage, "secretary", 1)

    for one, why in (("secretary", "asked for it"), ("m11", "is concerned"), ("m12", "is concerned")):
        assert why in may_answer(stage, one, 1, number)
        with pytest.raises(NotPermittedError, match=why):
            answer(stage, one, 1, number, upheld=False)


@pytest.mark.parametrize("by", ["m4", "m3", "registrar", "t1"])
def test_others_neither_read_nor_answer(decided: Stage, by: str) -> None:
    number = challenge(decided, "m3", 2)

    with decided.reading() as session, pytest.raises(NotPermittedError):
        answers.every(session, by, ELECTION, now=decided.now)
    with pytest.raises(NotPermittedError):
        answer(decided, by, 2, number, upheld=True)
    with decided.writing() as session, pytest.raises(NotPermittedError, match="Say who"):
        answers.answer(session, COMMAND, find(session, decided, 2, number), "So.", upheld=True, seen=number)


def test_an_answer_is_given_once_with_a_reason_to_what_was_seen(decided: Stage) -> None:
    number = challenge(decided, "m4", 1)
    with pytest.raises(RuleError, match="give the reason"):
        answer(decided, "m11", 1, number, upheld=True, text="  ")
    challenge(decided, "m6", 1)
    with pytest.raises(RuleError, match="meanwhile"):
        answer(decided, "m11", 1, number, upheld=True, seen=number)
    with pytest.raises(NotFoundError):
        answer(decided, "m11", 1, 1, upheld=True)

    seen = filed(decided, 1).nomination.seen
    for _ in range(2):
        answer(decided, "m11", 1, number, upheld=True, seen=seen)
    assert filed(decided, 1).nomination.seen == seen + 1
    for by, upheld in (("secretary", True), ("m12", False)):
        with pytest.raises(RuleError, match="answered already"):
            answer(decided, by, 1, number, upheld=upheld)


def test_nothing_is_answered_once_the_nominee_went(decided: Stage) -> None:
    number = challenge(decided, "m4", 1)
    with decided.writing() as session:
        nominations.withdraw(session, "m1", ELECTION, 1, now=decided.now)

    with pytest.raises(RuleError, match="no longer in it"):
        answer(decided, "m11", 1, number, upheld=True)
    assert page(decided, "m4", 1).mine[0].moot


def test_who_steps_aside_is_recorded_with_why_and_so_is_whom_the_rules_bar(decided: Stage) -> None:
    number = challenge(decided, "m3", 2)
    with decided.writing() as session:
        others = [(one.member, one.office) for one in answers.asides(session, "m11", find(session, decided, 2, number))]
    answer(decided, "m11", 2, number, upheld=False, aside={"secretary": " My sister. ", "m12": "", "m4": "Nobody."})

    event = filed(decided, 2).nomination.challenges[number].answer
    assert others == [("m12", "secretariat"), ("secretary", "secretariat")]
    assert event is not None
    assert [(one.member, one.office, one.why) for one in event.recused] == [
        ("officer", "officer", "took part in the decision"),
        ("secretary", "secretariat", "My sister."),
    ]
    with decided.writing() as session:
        told = answers.show(session, find(session, decided, 2, number))
    assert told.recused == (("Official officer", "took part in the decision"), ("Official secretary", "My sister."))


def test_an_answer_comes_before_the_freeze(decided: Stage) -> None:
    decide(decided, 3)
    adopt(decided)
    number = challenge(decided, "m4", 1)
    with pytest.raises(RuleError, match="Nomination 1 waits for the answer"):
        decided.freeze()
    decided.now = SCRUTINY
    with decided.writing() as session:
        elections.get(session, ELECTION).frozen = decided.now
    with pytest.raises(RuleError, match="roll is frozen"):
        answer(decided, "m11", 1, number, upheld=True)
    with pytest.raises(RuleError, match="were possible"):
        challenge(decided, "m6", 1)


def test_the_log_names_deeds_alone(decided: Stage) -> None:
    answer(decided, "m11", 2, challenge(decided, "m3", 2), upheld=False)

    with decided.reading() as session:
        log = [line.what for line in officers.log(session, "officer", election=ELECTION)]
    assert log[:2] == [
        "answered the appeal about nomination 2: not upheld",
        "appealed against the rejection of nomination 2",
    ]
