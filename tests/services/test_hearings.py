"""Whoever a challenge is about is told of it, replies once, and is heard before it is decided; a challenge can be taken back."""

from datetime import timedelta

import pytest

from governance.domain.terms import FILL, Terms
from governance.errors import NotFoundError, NotPermittedError, RuleError
from governance.services import (
    answers,
    challenges,
    hearings,
    nomination_numbers,
    nomination_records,
    nominations,
    officers,
    outstanding,
    post,
    scrutiny_due,
)
from governance.services import elections as elections_
from governance.services.hearings import Hearing
from governance.services.post import Mail
from tests.services.scrutinised import (
    CHALLENGED,
    DAY,
    SCRUTINY,
    adopt,
    answer,
    begin,
    challenge,
    decide,
    filed,
    nominated,
    rejected,
    reply,
    retract,
    the_draft,
)
from tests.services.stage import ELECTION, START, Stage

HOUR = timedelta(hours=1)


@pytest.fixture
def decided(stage: Stage) -> Stage:
    """1: m1 by m2, admitted by the officer; 2: m3, rejected by them."""
    begin(stage)
    nominated(stage, "m1", by="m2")
    nominated(stage, "m3", seconders=["m9"], declared=False)
    stage.now = SCRUTINY
    decide(stage, 1)
    rejected(stage, 2)
    return stage


def hearing(stage: Stage, by: str, number: int, asked: int) -> Hearing:
    with stage.reading() as session:
        return hearings.show(session, by, ELECTION, number, asked, now=stage.now)


def decide_at_once(stage: Stage, by: str, number: int, asked: int, *, upheld: bool = False) -> None:
    """At the stage's own time."""
    seen = filed(stage, number).nomination.seen
    with stage.writing() as session:
        found = answers.find(session, by, ELECTION, number, asked, now=stage.now)
        answers.answer(session, by, found, "My private answer.", upheld=upheld, seen=seen)


def mail_to(stage: Stage, member: str) -> list[Mail]:
    with stage.reading() as session:
        return [one for one in post.outbox(session) if one.recipient == f"{member}@example.org"]


def log(stage: Stage) -> list[str]:
    with stage.reading() as session:
        return [line.what for line in officers.log(session, "officer", election=ELECTION)]


# ---- being told ------------------------------------------------------------------------------------------------------


def test_the_nominee_is_told_of_an_objection_and_not_from_whom_it_is(decided: Stage) -> None:
    asked = challenge(decided, "m4", 1, "They left in May.")

    told = mail_to(decided, "m1")[0]
    assert told.subject == "There is an objection to your nomination"
    assert "Nobody decides before 18 February 2026, 10:00 UTC unless you have answered." in told.text
    assert not any(word in told.text for word in ("Member 4", "m4", "May."))
    with decided.reading() as session:
        mine = nominations.mine(session, "m1", ELECTION, now=decided.now)
    assert mine[0].to_reply == ((asked, SCRUTINY + DAY),)
    seen = hearing(decided, "m1", 1, asked)
    assert (seen.text, seen.decision, seen.until, seen.early) == ("They left in May.", False, SCRUTINY + DAY, True)
    assert "Member 4" not in repr(seen)


def test_whoever_decided_is_told_of_an_appeal(decided: Stage) -> None:
    asked = challenge(decided, "m3", 2)

    assert mail_to(decided, "officer")[0].subject == "There is an appeal against your decision about a nomination"
    with decided.reading() as session:
        shown = elections_.show(session, ELECTION)
        todo = {
            one: scrutiny_due.due(session, officers.person(session, one), shown, now=decided.now)
            for one in ("officer", "m11")
        }
    assert todo["officer"].reply == ((2, asked, SCRUTINY + DAY),)
    assert (todo["m11"].reply, todo["m11"].appeals) == ((), 0)  # not before they were heard
    assert hearing(decided, "officer", 2, asked).decision


def test_after_a_decision_was_turned_around_it_is_about_whoever_did_that(decided: Stage) -> None:
    answer(decided, "m11", 1, challenge(decided, "m4", 1), upheld=True)
    asked = challenge(decided, "m1", 1)

    assert hearing(decided, "m11", 1, asked).decision
    with pytest.raises(NotFoundError):
        hearing(decided, "officer", 1, asked)


@pytest.mark.parametrize("by", ["m2", "m4", "officer", "m11", "m9"])
def test_others_read_it_elsewhere_or_not_at_all(decided: Stage, by: str) -> None:
    asked = challenge(decided, "m4", 1)

    with pytest.raises(NotFoundError):
        hearing(decided, by, 1, asked)
    with pytest.raises(NotFoundError):
        reply(decided, by, 1, asked)
    with pytest.raises(NotFoundError):
        hearing(decided, "m1", 1, asked + 1)


# ---- replying --------------------------------------------------------------------------------------------------------


def test_nobody_decides_before_they_replied_or_their_time_is_over(decided: Stage) -> None:
    first, second = challenge(decided, "m4", 1), challenge(decided, "m6", 1)

    with pytest.raises(RuleError, match="The nominee can say something to this until 18 February 2026, 10:00 UTC"):
        decide_at_once(decided, "m11", 1, first, upheld=True)
    reply(decided, "m1", 1, first)
    decide_at_once(decided, "m11", 1, first)
    with pytest.raises(RuleError, match="once they have"):
        decide_at_once(decided, "m11", 1, second)
    decided.now += DAY - timedelta(seconds=1)
    with pytest.raises(RuleError, match="once they have"):
        decide_at_once(decided, "m11", 1, second)
    decided.now += timedelta(seconds=1)
    decide_at_once(decided, "m11", 1, second)
    assert filed(decided, 1).nomination.waiting == []


def test_an_appeal_waits_for_whoever_decided(decided: Stage) -> None:
    asked = challenge(decided, "m3", 2)

    with pytest.raises(RuleError, match="Whoever decided can say something"):
        decide_at_once(decided, "m11", 2, asked, upheld=True)
    reply(decided, "officer", 2, asked, "There was one seconder.")
    decide_at_once(decided, "m11", 2, asked, upheld=True)
    assert filed(decided, 2).nomination.admitted is True


def test_whoever_decides_reads_the_reply_or_that_there_is_none(decided: Stage) -> None:
    asked = challenge(decided, "m4", 1)
    with decided.writing() as session:
        before = answers.every(session, "m11", ELECTION, now=decided.now)[0]
    reply(decided, "m1", 1, asked, " I am back\r\nsince June. ")
    with decided.writing() as session:
        after = answers.every(session, "m11", ELECTION, now=decided.now)[0]

    assert (before.replied, before.about, before.until) == (None, "Member 1", SCRUTINY + DAY)
    assert (after.replied, after.reply) == (SCRUTINY, "I am back\nsince June.")
    with decided.reading() as session:
        for other in ("m4", "m2"):
            assert "since June" not in repr(challenges.page(session, other, ELECTION, 1, now=decided.now))


def test_a_reply_is_given_once_and_a_form_that_did_not_see_it_is_stale(decided: Stage) -> None:
    asked = challenge(decided, "m4", 1)
    seen = filed(decided, 1).nomination.seen
    for text in ("  ", "x" * (challenges.MAX_TEXT + 1)):
        with pytest.raises(RuleError, match=r"say what you think|too long"):
            reply(decided, "m1", 1, asked, text)
    for _ in range(2):
        reply(decided, "m1", 1, asked)

    assert filed(decided, 1).nomination.seen == seen + 1
    with pytest.raises(RuleError, match="answered this already"):
        reply(decided, "m1", 1, asked, "And another thing.")
    with pytest.raises(RuleError, match="meanwhile"):
        answer(decided, "m11", 1, asked, upheld=True, seen=seen)


def test_after_the_time_a_reply_counts_until_it_is_decided(decided: Stage) -> None:
    asked = challenge(decided, "m4", 1)
    decided.now += 2 * DAY
    assert hearing(decided, "m1", 1, asked).early is False
    reply(decided, "m1", 1, asked, "I was ill.")
    decide_at_once(decided, "m11", 1, asked)

    seen = hearing(decided, "m1", 1, asked)
    assert (seen.reply, seen.upheld, seen.answer) == ("I was ill.", False, "My private answer.")
    later = challenge(decided, "m6", 1)
    answer(decided, "m11", 1, later, upheld=False)
    with pytest.raises(RuleError, match="decided already"):
        reply(decided, "m1", 1, later)


def test_nobody_is_unheard_because_somebody_waited_for_the_last_hours(decided: Stage) -> None:
    decided.now = CHALLENGED - 3 * HOUR
    asked = challenge(decided, "m4", 1)

    until = CHALLENGED + 21 * HOUR
    assert hearing(decided, "m1", 1, asked).until == until
    for too_early in (CHALLENGED, until - HOUR):
        decided.now = too_early
        with pytest.raises(RuleError, match="February"):
            decide_at_once(decided, "m11", 1, asked)
    decided.now = until
    decide_at_once(decided, "m11", 1, asked, upheld=True)


def test_the_terms_say_how_long_they_have_and_how_long_a_decision_can_be_challenged(stage: Stage) -> None:
    terms = Terms(seconders=2, independent=(), fewer=FILL, hearing=5, window=4)
    begin(stage, the_draft(nominations=terms))
    nominated(stage, "m1")
    stage.now = CHALLENGED - HOUR
    decide(stage, 1)
    asked = challenge(stage, "m4", 1)

    assert hearing(stage, "m1", 1, asked).until == stage.now + 5 * HOUR
    with stage.reading() as session:
        assert challenges.page(session, "m4", ELECTION, 1, now=stage.now).until == stage.now + 4 * DAY


def test_nothing_is_said_once_the_nominee_went_or_the_roll_is_frozen(decided: Stage) -> None:
    asked, appeal = challenge(decided, "m4", 1), challenge(decided, "m3", 2)
    with decided.writing() as session:
        nominations.withdraw(session, "m1", ELECTION, 1, now=decided.now)
    with pytest.raises(RuleError, match="You have withdrawn"):
        reply(decided, "m1", 1, asked)
    with decided.writing() as session:
        elections_.get(session, ELECTION).frozen = decided.now
    with pytest.raises(RuleError, match="roll is frozen"):
        reply(decided, "officer", 2, appeal)


def test_what_was_replied_is_in_no_log_and_no_mail_and_is_erased(decided: Stage) -> None:
    asked = challenge(decided, "m4", 1)
    reply(decided, "m1", 1, asked, "Private health words.")

    assert log(decided)[0] == "replied to the objection about nomination 1"
    assert all("health" not in one.text for member in ("m1", "m4", "m11") for one in mail_to(decided, member))
    with decided.writing() as session:
        nomination_records.erase(session, ELECTION)
    seen = hearing(decided, "m1", 1, asked)
    assert (seen.text, seen.reply, seen.replied) == ("", "", SCRUTINY)


# ---- taking it back --------------------------------------------------------------------------------------------------


def test_what_was_taken_back_is_not_decided_and_keeps_nothing_back(decided: Stage) -> None:
    adopt(decided)
    asked = challenge(decided, "m4", 1)
    with decided.reading() as session:
        assert any("Nomination 1 waits" in one for one in outstanding.before_freeze(session, ELECTION, now=decided.now))
    for _ in range(2):
        retract(decided, "m4", 1, asked)

    with decided.reading() as session:
        assert not any("waits" in one for one in outstanding.before_freeze(session, ELECTION, now=decided.now))
        numbers = nomination_numbers.published(session, ELECTION, now=decided.now).objections
    assert (numbers.made, numbers.retracted, numbers.waiting, numbers.moot) == (1, 1, 0, 0)
    assert log(decided)[0] == "took back the objection about nomination 1"
    assert mail_to(decided, "m1")[0].subject == "An objection to your nomination was taken back"
    with pytest.raises(RuleError, match="taken back"):
        answer(decided, "m11", 1, asked, upheld=True)
    with pytest.raises(NotFoundError):
        reply(decided, "m1", 1, asked)
    decided.now = START
    decided.freeze()


def test_the_booklet_says_how_many_were_taken_back(decided: Stage) -> None:
    retract(decided, "m3", 2, challenge(decided, "m3", 2))

    with decided.reading() as session:
        assert "Appeals: 1; upheld: 0, not upheld: 0, taken back: 1." in nomination_numbers.sentences(session, ELECTION)


@pytest.mark.parametrize("by", ["m1", "m2", "m6", "officer", "m11"])
def test_only_whoever_made_it_takes_it_back(decided: Stage, by: str) -> None:
    asked = challenge(decided, "m4", 1)

    with pytest.raises(NotFoundError):
        retract(decided, by, 1, asked)
    with pytest.raises(NotFoundError):
        retract(decided, "m4", 1, 1)


def test_what_was_decided_or_left_is_not_taken_back(decided: Stage) -> None:
    asked = challenge(decided, "m4", 1)
    answer(decided, "m11", 1, asked, upheld=False)
    with pytest.raises(RuleError, match="answered already"):
        retract(decided, "m4", 1, asked)
    appeal = challenge(decided, "m3", 2)
    with decided.writing() as session:
        nominations.withdraw(session, "m3", ELECTION, 2, now=decided.now)
    with pytest.raises(RuleError, match="withdrawn"):
        retract(decided, "m3", 2, appeal)


def test_it_counts_as_said_until_something_is_decided_anew(decided: Stage) -> None:
    retract(decided, "m4", 1, challenge(decided, "m4", 1))
    with pytest.raises(RuleError, match="took it back"):
        challenge(decided, "m4", 1, "Once more.")
    with pytest.raises(NotPermittedError):
        challenge(decided, "m1", 1)

    decide(decided, 1, text="Looked at again.")  # as if it had not been challenged
    assert challenge(decided, "m4", 1, "Once more.")
    with pytest.raises(RuleError, match="answer alone"):
        decide(decided, 1, text="And again.")


def test_another_one_that_waits_is_still_to_be_decided(decided: Stage) -> None:
    first, second = challenge(decided, "m4", 1), challenge(decided, "m6", 1)
    retract(decided, "m4", 1, first)

    assert [one.number for one in filed(decided, 1).nomination.waiting] == [second]
    with pytest.raises(RuleError, match="answer alone"):
        decide(decided, 1, text="Changed.")
