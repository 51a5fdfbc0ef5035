"""Scrutiny: who sees what, who decides what, what has to be said, what is kept and what is published."""

import pytest
from sqlalchemy import text

from governance.domain.nominations.points import APART, DECLARATION, SECONDERS
from governance.domain.nominations.record import Status
from governance.domain.signing_in import Role
from governance.errors import GovernanceError, NotFoundError, NotPermittedError, RuleError
from governance.services import (
    elections,
    members,
    nomination_numbers,
    nomination_records,
    nominations,
    officers,
    post,
    roles,
    scrutiny,
)
from governance.services.officers import COMMAND
from governance.services.scrutiny import Case, Line, Ruling
from tests.services.scrutinised import (
    SCRUTINY,
    WHY,
    adopt,
    answer,
    begin,
    challenge,
    decide,
    filed,
    nominated,
    rejected,
)
from tests.services.stage import ELECTION, START, Stage, a_list

PHARMA = f"{DECLARATION}:pharma"


@pytest.fixture
def nominating(stage: Stage) -> Stage:
    begin(stage)
    return stage


@pytest.fixture
def scrutinised(nominating: Stage) -> Stage:
    """1: m1 by m2, whole; 2: m3, nothing declared, one seconder; 3: nobody knows yet."""
    nominated(nominating, "m1", by="m2")
    nominated(nominating, "m3", seconders=["m9"], declared=False)
    with nominating.writing() as session:
        nominations.nominate(session, "m5", ELECTION, "africa", email="m6@example.org", now=nominating.now)
    nominating.now = SCRUTINY
    return nominating


def case(stage: Stage, number: int, by: str = "officer") -> Case:
    with stage.writing() as session:
        return scrutiny.case(session, by, ELECTION, number, now=stage.now)


def lines(stage: Stage, by: str = "officer") -> list[Line]:
    with stage.reading() as session:
        return scrutiny.every(session, by, ELECTION, now=stage.now)


def why_not(stage: Stage, number: int, by: str = "officer") -> str:
    with stage.reading() as session:
        return scrutiny.may_decide(session, by, ELECTION, number, now=stage.now)


def grant(stage: Stage, member: str, role: Role = Role.OFFICER) -> None:
    with stage.writing() as session:
        roles.grant(session, COMMAND, member, role, now=stage.now)


def log(stage: Stage) -> list[str]:
    with stage.reading() as session:
        return [f"{one.who} {one.what} {one.why}" for one in officers.log(session, "officer", election=ELECTION)]


def mails(stage: Stage) -> list[post.Mail]:
    with stage.reading() as session:
        return [one for one in post.outbox(session) if "a decision about" in one.subject or "an answer" in one.subject]


# ---- who sees what ---------------------------------------------------------------------------------------------------


def test_before_it_is_accepted_officers_see_number_and_contest_alone(nominating: Stage) -> None:
    with nominating.writing() as session:
        number = nominations.nominate(session, "m1", ELECTION, "africa", email="m3@example.org", now=nominating.now)

    line = lines(nominating)[0]

    assert (line.number, line.contest, line.name, line.status, line.due) == (number, "Africa", "", Status.ASKED, False)
    with pytest.raises(RuleError, match="not accepted"):
        case(nominating, number)
    nominating.now = SCRUTINY
    assert (lines(nominating)[0].name, lines(nominating)[0].status) == ("", Status.LAPSED)


def test_a_case_has_all_that_a_decision_needs_and_looking_is_logged(scrutinised: Stage) -> None:
    one, other = case(scrutinised, 1), case(scrutinised, 2)

    assert (one.name, one.by, one.contest, [said.text for said in one.said]) == (
        "Member 1",
        "Member 2",
        "At large",
        ["I am m1."],
    )
    assert [(said.yes, said.text) for said in one.declared] == [(True, "Secret Pharma, a grant.")]
    assert [seconder.name for seconder in one.seconders] == ["Member 7", "Member 9"]
    assert one.failed == ()
    assert {point.name for point in other.failed} == {SECONDERS, PHARMA}
    assert log(scrutinised)[:2] == [
        "Official officer looked at nomination 2 ",
        "Official officer looked at nomination 1 ",
    ]


@pytest.mark.parametrize("by", ["m1", "m2", "registrar", "t1", "secretary"])
def test_nobody_but_officers_sees_or_decides(scrutinised: Stage, by: str) -> None:
    for act in (lines, lambda stage, by: case(stage, 1, by), lambda stage, by: decide(stage, 1, by=by)):
        with pytest.raises(NotPermittedError):
            act(scrutinised, by)
    assert filed(scrutinised, 1).nomination.decision is None


def test_a_case_of_another_election_is_not_there(scrutinised: Stage) -> None:
    with scrutinised.writing() as session:
        elections.clone(
            session,
            "officer",
            ELECTION,
            election="other",
            title="O",
            calendar=elections.show(session, ELECTION).draft.calendar,
            now=scrutinised.now,
        )
        ruling = Ruling(admitted=True, why={}, text="", seen=1)
        with pytest.raises(NotFoundError):
            scrutiny.case(session, "officer", "other", 1, now=scrutinised.now)
        with pytest.raises(NotFoundError):
            scrutiny.decide(session, "officer", "other", 1, ruling, now=scrutinised.now)
        with pytest.raises(NotFoundError):
            scrutiny.may_decide(session, "officer", "other", 1, now=scrutinised.now)


# ---- who decides, and when -------------------------------------------------------------------------------------------


def test_nobody_decides_about_themselves_or_what_they_made_or_seconded(nominating: Stage) -> None:
    number = nominated(nominating, "m1", by="m2")
    for one in ("m1", "m2", "m7"):
        grant(nominating, one)
    nominating.now = SCRUTINY

    for one in ("m1", "m2", "m7"):
        assert "concerns you" in why_not(nominating, number, one)
        with pytest.raises(NotPermittedError, match="concerns you"):
            decide(nominating, number, by=one)
    assert filed(nominating, number).nomination.decision is None
    with pytest.raises(NotPermittedError, match="Say who"):
        decide(nominating, number, by=COMMAND)


def test_whoever_stands_in_a_contest_decides_nothing_in_it(nominating: Stage) -> None:
    rival, there = nominated(nominating, "m1"), nominated(nominating, "m3", contest="africa")
    nominated(nominating, "m2")
    grant(nominating, "m2")
    nominating.now = SCRUTINY

    with pytest.raises(NotPermittedError, match="stand in this contest"):
        decide(nominating, rival, by="m2")
    decide(nominating, there, by="m2")
    with nominating.writing() as session:
        nominations.withdraw(session, "m2", ELECTION, 3, now=nominating.now)
    decide(nominating, rival, by="m2")


def test_whoever_votes_for_an_organisation_decides_nothing_about_it(nominating: Stage) -> None:
    data = a_list(["club,club@example.org,A Club,Peru,Americas,2020-01-01,,organisation,Official officer"])
    data = data.replace(b"lived_experience", b"lived_experience,kind,delegate")
    with nominating.writing() as session:
        seen = members.preview(session, COMMAND, data)
        members.apply(session, COMMAND, data, seen.digest, now=nominating.now)
    number = nominated(nominating, "club")
    nominating.now = SCRUTINY

    with pytest.raises(NotPermittedError, match="concerns you"):
        decide(nominating, number)
    decide(nominating, number, by="m11")


def test_an_officer_who_stands_fails_the_point_that_says_so(nominating: Stage) -> None:
    number = nominated(nominating, "m1")
    grant(nominating, "m1")
    nominating.now = SCRUTINY

    assert APART in {point.name for point in case(nominating, number).failed}


def test_nothing_is_decided_before_scrutiny_or_after_the_freeze(nominating: Stage) -> None:
    number = nominated(nominating, "m1")

    with pytest.raises(RuleError, match="decided from 17 February"):
        decide(nominating, number)
    nominating.now = SCRUTINY
    decide(nominating, number)
    adopt(nominating)
    nominating.freeze()
    with pytest.raises(RuleError, match="roll is frozen"):
        decide(nominating, number, admitted=False, text="No.")


def test_nothing_is_decided_about_what_was_withdrawn_or_never_accepted(scrutinised: Stage) -> None:
    with scrutinised.writing() as session:
        nominations.withdraw(session, "m1", ELECTION, 1, now=scrutinised.now)

    with pytest.raises(RuleError, match="no longer in it"):
        decide(scrutinised, 1)
    with pytest.raises(RuleError, match="not accepted"):
        decide(scrutinised, 3)


# ---- what has to be said ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("admitted", [True, False])
@pytest.mark.parametrize("why", [{}, {SECONDERS: "One short."}, {SECONDERS: " ", PHARMA: "Not made."}])
def test_each_point_that_is_not_yes_needs_its_reason(
    scrutinised: Stage,
    why: dict[str, str],
    admitted: bool,  # noqa: FBT001
) -> None:
    with pytest.raises(RuleError, match="for each point"):
        decide(scrutinised, 2, admitted=admitted, why=why, text="All the same.")
    assert filed(scrutinised, 2).nomination.decision is None


def test_a_rejection_keeps_its_reasons_and_an_admission_is_an_exception(scrutinised: Stage) -> None:
    rejected(scrutinised, 2)
    before = case(scrutinised, 2).decision
    decide(scrutinised, 2, why=WHY, text="We have looked again.")
    after = case(scrutinised, 2).decision

    assert before is not None
    assert (before.admitted, dict(before.reasons), before.exceptions) == (
        False,
        {"Enough seconders": "Two members short.", "A declaration was made (pharma)": "It was never made."},
        (),
    )
    assert after is not None
    assert (after.admitted, dict(after.exceptions), after.reasons) == (True, dict(before.reasons), ())
    assert any("admitted nomination 2, exceptions: 2" in line for line in log(scrutinised))


def test_a_rejection_against_no_rule_needs_words(scrutinised: Stage) -> None:
    with pytest.raises(RuleError, match="Every point is yes"):
        decide(scrutinised, 1, admitted=False)
    decide(scrutinised, 1, admitted=False, text="The statement insults somebody.")


def test_a_reason_has_an_end(scrutinised: Stage) -> None:
    long = "x" * (scrutiny.MAX_TEXT + 1)
    for why, words in (({SECONDERS: long, PHARMA: "No."}, ""), (WHY, long)):
        with pytest.raises(RuleError, match="too long"):
            decide(scrutinised, 2, why=why, text=words)


def test_a_stale_form_is_refused(scrutinised: Stage) -> None:
    seen = filed(scrutinised, 1).nomination.seen
    decide(scrutinised, 1)

    with pytest.raises(RuleError, match="meanwhile"):
        decide(scrutinised, 1, by="m11", seen=seen)
    with pytest.raises(RuleError, match="meanwhile"):
        decide(scrutinised, 1, admitted=False, text="No.", seen=seen)
    assert filed(scrutinised, 1).nomination.admitted is True


def test_the_same_decision_sent_twice_is_done_once(scrutinised: Stage) -> None:
    seen = filed(scrutinised, 2).nomination.seen
    for words in ("Line one\r\nline two", "Line one\nline two "):
        decide(scrutinised, 2, admitted=False, why=WHY, text=words, seen=seen)

    assert filed(scrutinised, 2).nomination.seen == seen + 1
    assert len(mails(scrutinised)) == 1


def test_a_decision_changes_with_a_reason_until_it_is_challenged_or_adopted(scrutinised: Stage) -> None:
    decide(scrutinised, 1)
    with pytest.raises(RuleError, match="why the decision changes"):
        decide(scrutinised, 1)
    decide(scrutinised, 1, admitted=False, by="m11", text="A mistake.")
    challenge(scrutinised, "m1", 1)
    with pytest.raises(RuleError, match="was challenged"):
        decide(scrutinised, 1, text="Back.")
    rejected(scrutinised, 2)
    answer(scrutinised, "secretary", 1, filed(scrutinised, 1).nomination.seen, upheld=True)
    adopt(scrutinised)
    with pytest.raises(RuleError, match="was challenged"):
        decide(scrutinised, 1, text="Back.")
    decide(scrutinised, 2, why=WHY, text="It is not on the list, so it can change.")


def test_what_is_on_the_list_is_decided_no_other_way(scrutinised: Stage) -> None:
    decide(scrutinised, 1)
    rejected(scrutinised, 2)
    adopt(scrutinised)

    with pytest.raises(RuleError, match="take that back"):
        decide(scrutinised, 1, admitted=False, text="No.")


# ---- what is told and kept -------------------------------------------------------------------------------------------


def test_both_are_told_that_there_is_a_decision_and_not_which(scrutinised: Stage) -> None:
    decide(scrutinised, 1, text="Welcome indeed.")

    told = mails(scrutinised)
    assert sorted(one.recipient for one in told) == ["m1@example.org", "m2@example.org"]
    assert not any(word in one.text for one in told for word in ("admitted", "rejected", "Welcome"))


def test_what_they_will_read_is_shown_before_and_nothing_is_done(scrutinised: Stage) -> None:
    seen = filed(scrutinised, 2).nomination.seen
    with scrutinised.writing() as session:
        told = scrutiny.as_read(
            session, "officer", ELECTION, 2, Ruling(admitted=False, why=WHY, text="So.", seen=seen), now=scrutinised.now
        )
        with pytest.raises(RuleError, match="each point"):
            scrutiny.as_read(
                session, "officer", ELECTION, 2, Ruling(admitted=False, why={}, text="", seen=seen), now=scrutinised.now
            )

    decide(scrutinised, 2, admitted=False, why=WHY, text="So.", seen=seen)
    read = case(scrutinised, 2).decision
    assert read == told
    assert read is not None
    assert read.text == "So."


def test_texts_are_neither_in_the_log_nor_readable_in_the_database(scrutinised: Stage) -> None:
    rejected(scrutinised, 2)
    number = challenge(scrutinised, "m3", 2)
    answer(scrutinised, "m11", 2, number, upheld=False, aside={"secretary": "My private tie."})

    written = " ".join(log(scrutinised))
    with scrutinised.reading() as session:
        stored = b" ".join(session.scalars(text("SELECT details FROM nomination_event WHERE details IS NOT NULL")))
    for word in ("rivate", "short", "never made"):
        assert word not in written
        assert word.encode() not in stored


def test_erasing_leaves_no_text_and_all_numbers(scrutinised: Stage) -> None:
    decide(scrutinised, 1)
    rejected(scrutinised, 2)
    number = challenge(scrutinised, "m3", 2)
    answer(scrutinised, "m11", 2, number, upheld=True, aside={"secretary": "My private tie."})
    with scrutinised.reading() as session:
        before = nomination_numbers.published(session, ELECTION, now=scrutinised.now)

    with scrutinised.writing() as session:
        nomination_records.erase(session, ELECTION)

    with scrutinised.reading() as session:
        after = nomination_numbers.published(session, ELECTION, now=scrutinised.now)
        kept = nomination_records.every(session, ELECTION)
        addresses = list(session.scalars(text("SELECT named FROM nomination")))
    assert after == before
    assert addresses == [None] * 3
    told = repr([one.nomination for one in kept])
    for word in ("rivate", "short", "never made", "'secretary'"):
        assert word not in told
    decision = case(scrutinised, 2).decision
    assert decision is not None
    assert (decision.erased, [sentence for _, sentence in decision.reasons]) == (True, ["", ""])


def test_of_what_nobody_accepted_nobody_is_left_and_all_numbers_are(nominating: Stage) -> None:
    nominated(nominating, "m1", by="m2")
    with nominating.writing() as session:
        asked = [
            nominations.nominate(session, by, ELECTION, "africa", email=f"{whom}@example.org", now=nominating.now)
            for by, whom in (("m4", "m6"), ("m5", "m8"), ("m5", "nobody"))
        ]
        nominations.decline(session, "m8", ELECTION, asked[1], now=nominating.now)
    nominating.now = SCRUTINY
    with nominating.reading() as session:
        before = nomination_numbers.published(session, ELECTION, now=nominating.now)

    with nominating.writing() as session:
        nomination_records.erase(session, ELECTION)
    with nominating.writing() as session:
        nomination_records.erase(session, ELECTION)  # done twice, it is done once

    with nominating.reading() as session:
        after = nomination_numbers.published(session, ELECTION, now=nominating.now)
        rows = list(session.execute(text("SELECT nominee_id, named FROM nomination ORDER BY id")))
        by = list(session.execute(text("SELECT nomination_id, by_id FROM nomination_event WHERE by_id IS NOT NULL")))
        listed = [(one.status, one.name) for one in scrutiny.every(session, "officer", ELECTION, now=nominating.now)]
        for one in ("m4", "m5", "m6", "m8"):
            assert nominations.mine(session, one, ELECTION, now=nominating.now) == []
    assert (after, after.lapsed, after.declined) == (before, 2, 1)
    assert rows == [("m1", None), *[(None, None)] * 3]
    assert {one.nomination_id for one in by} == {1}
    assert listed == [(Status.STANDS, "Member 1"), (Status.LAPSED, ""), (Status.DECLINED, ""), (Status.LAPSED, "")]


def test_the_reasons_of_exceptions_are_erased_too(scrutinised: Stage) -> None:
    decide(scrutinised, 2, why=WHY)
    with scrutinised.writing() as session:
        nomination_records.erase(session, ELECTION)

        told = nomination_numbers.published(session, ELECTION, now=scrutinised.now)

    assert told.exceptions == (("Enough seconders", ""), ("A declaration was made (pharma)", ""))


# ---- what is published -----------------------------------------------------------------------------------------------


def test_what_is_published_has_numbers_rules_and_offices(scrutinised: Stage) -> None:
    decide(scrutinised, 1)
    rejected(scrutinised, 2)
    objected = challenge(scrutinised, "m4", 1)
    answer(scrutinised, "m11", 1, objected, upheld=False, aside={"m12": "Married to the nominee."})

    with scrutinised.reading() as session:
        told = nomination_numbers.published(session, ELECTION, now=scrutinised.now)
        words = nomination_numbers.sentences(session, ELECTION)

    assert (told.received, told.lapsed, told.admitted, told.rejected) == (3, 1, 1, 1)
    assert told.by_rule == (("A declaration was made (pharma)", 1), ("Enough seconders", 1))
    assert (told.objections.made, told.objections.dismissed, told.appeals.made) == (1, 1, 0)
    assert told.recused == (("officer", 1), ("secretariat", 1))
    assert words[0] == "Nominations received: 3; of these 1 admitted, 1 rejected, 1 not accepted in time."
    assert "Objections: 1; upheld: 0, not upheld: 1." in words
    for name in ("Member", "m1", "Married", "rivate", "Official"):
        assert name not in repr(told) + repr(words)


def test_exceptions_are_published_with_their_reasons(scrutinised: Stage) -> None:
    decide(scrutinised, 2, why=WHY)

    with scrutinised.reading() as session:
        words = nomination_numbers.sentences(session, ELECTION)

    assert "Admitted by way of exception, “Enough seconders”: Two members short." in words


def test_an_exception_that_was_turned_around_is_none(scrutinised: Stage) -> None:
    decide(scrutinised, 2, why=WHY)
    answer(scrutinised, "m11", 2, challenge(scrutinised, "m4", 2), upheld=True)

    with scrutinised.reading() as session:
        told = nomination_numbers.published(session, ELECTION, now=scrutinised.now)

    assert (told.exceptions, told.by_rule, told.objections.upheld) == ((), (("Another reason", 1),), 1)


def test_nothing_is_published_of_nothing(nominating: Stage) -> None:
    with nominating.reading() as session:
        assert nomination_numbers.sentences(session, ELECTION) == ()
        with pytest.raises(GovernanceError):
            nomination_numbers.published(session, "other", now=START)
