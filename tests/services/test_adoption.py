"""The list of candidates: what keeps it back, what is on the ballot, what takes it off again, and the freeze."""

import pytest

from governance.domain.draft import Cap, Contest
from governance.domain.nominations.record import Kind
from governance.domain.signing_in import Role
from governance.domain.terms import Terms
from governance.errors import NotPermittedError, RuleError
from governance.services import adoption, consents, elections, nominations, officers, outstanding, roles, roll, running
from governance.services.adoption import Preview
from governance.services.consents import Act, Wish
from governance.services.officers import COMMAND, Two
from governance.store.nominations import NominationEvent
from tests.services.scrutinised import (
    CHALLENGED,
    ENDS,
    REOPEN,
    SCRUTINY,
    adopt,
    answer,
    begin,
    challenge,
    decide,
    filed,
    nominated,
    rejected,
    the_draft,
)
from tests.services.stage import ELECTION, START, TWO, Stage


@pytest.fixture
def decided(stage: Stage) -> Stage:
    """1 to 3: m1, m2, m4 at large, admitted; 4: m3 for Africa, admitted; 5: m6 for Africa, rejected."""
    begin(stage)
    for member in ("m1", "m2", "m4"):
        nominated(stage, member)
    nominated(stage, "m3", contest="africa")
    nominated(stage, "m6", contest="africa", seconders=[])
    stage.now = SCRUTINY
    for number in range(1, 5):
        decide(stage, number)
    rejected(stage, 5)
    return stage


def preview(stage: Stage, by: str = "officer") -> Preview:
    with stage.reading() as session:
        return adoption.preview(session, by, ELECTION, now=stage.now)


def shown(stage: Stage) -> elections.Shown:
    with stage.reading() as session:
        return elections.show(session, ELECTION)


def before_freeze(stage: Stage) -> str:
    with stage.reading() as session:
        return " ".join(outstanding.before_freeze(session, ELECTION, now=stage.now))


def withdraw(stage: Stage, member: str, number: int) -> None:
    with stage.writing() as session:
        nominations.withdraw(session, member, ELECTION, number, now=stage.now)


def deeds(stage: Stage) -> list[str]:
    with stage.reading() as session:
        return [one.what for one in officers.log(session, "officer", election=ELECTION)]


def test_the_list_is_shown_adopted_and_logged(decided: Stage) -> None:
    seen = preview(decided)
    assert seen.outcome is not None
    assert not shown(decided).draft.planned

    adopt(decided)

    after = shown(decided)
    assert after.draft == seen.outcome.draft
    assert [(one.id, [who.name for who in one.candidates]) for one in after.draft.contests] == [
        ("board", ["Member 1", "Member 2", "Member 4", "Re-open nominations"])
    ]
    assert [(one.contest, [who.member for who in one.candidates]) for one in after.draft.unopposed] == [
        ("africa", ["m3"])
    ]
    assert [bool(filed(decided, number).nomination.candidate) for number in range(1, 6)] == [True] * 4 + [False]
    assert preview(decided).adopted
    assert deeds(decided)[0] == "adopted the list of candidates; without a vote: africa"


def test_the_same_sent_twice_is_done_once_and_a_stale_form_is_refused(decided: Stage) -> None:
    version = preview(decided).version
    adopt(decided, version=version)
    adopt(decided, version=version)
    assert sum(one.startswith("adopted") for one in deeds(decided)) == 1

    decide(decided, 5, why={"seconders": "They live in one house."}, text="Looked again.")
    with pytest.raises(RuleError, match="meanwhile"):
        adopt(decided, version=version)
    adopt(decided)
    assert [len(one.candidates) for one in shown(decided).draft.contests] == [4, 2]


def test_nothing_is_adopted_while_something_waits(stage: Stage) -> None:
    begin(stage)
    for member in ("m1", "m2", "m4"):
        nominated(stage, member)
    stage.now = ENDS
    with pytest.raises(RuleError, match="accepted until 17 February"):
        adopt(stage)
    stage.now = SCRUTINY
    with pytest.raises(RuleError, match="Nominations 1, 2, 3 wait for scrutiny"):
        adopt(stage)
    for number in (1, 2, 3):
        decide(stage, number)
    number = challenge(stage, "m6", 1)
    with pytest.raises(RuleError, match="Nomination 1 waits for the answer"):
        adopt(stage)
    answer(stage, "m11", 1, number, upheld=False)
    adopt(stage)


@pytest.mark.parametrize("by", ["m5", "secretary", "registrar", "t1", COMMAND])
def test_officers_alone_adopt(decided: Stage, by: str) -> None:
    with pytest.raises(NotPermittedError):
        adopt(decided, by=by)
    with decided.writing() as session, pytest.raises(NotPermittedError):
        adoption.undo(session, "m5" if by == COMMAND else by, ELECTION, 1, now=decided.now)
    if by != COMMAND:
        with pytest.raises(NotPermittedError):
            preview(decided, by)


def test_an_officer_who_stands_adopts_nothing(decided: Stage) -> None:
    with decided.writing() as session:
        roles.grant(session, COMMAND, "m1", Role.OFFICER, now=decided.now)

    with pytest.raises(NotPermittedError, match="You stand"):
        adopt(decided, by="m1")


def test_too_few_keep_it_back_where_nominations_go_on(stage: Stage) -> None:
    begin(stage, the_draft(nominations=Terms(seconders=2, independent=())))
    nominated(stage, "m1")
    stage.now = SCRUTINY
    decide(stage, 1)

    seen = preview(stage)
    assert seen.outcome is None
    assert "Too few stand" in seen.problem
    with pytest.raises(RuleError, match="Too few stand"):
        adopt(stage)


def test_a_cap_becomes_limits_from_the_members_list(stage: Stage) -> None:
    board = Contest("board", "At large", 2, (REOPEN,), min_ballots=2, caps=(Cap("country", 1),))
    begin(stage, the_draft(contests=(board,)))
    for member in ("m1", "m2", "m3"):
        nominated(stage, member)
    stage.now = SCRUTINY
    for number in (1, 2, 3):
        decide(stage, number)

    adopt(stage)

    limits = shown(stage).draft.contests[0].constraints
    assert [(one.attribute, one.value, one.max, len(one.candidates)) for one in limits] == [("country", "Peru", 1, 2)]
    assert deeds(stage)[:3] == [
        "adopted the list of candidates; without a vote: no contest",
        "read country of those admitted, for the limits of the ballot",
        "looked at the list of candidates, and whom its limits are about",
    ]


# ---- taken back ------------------------------------------------------------------------------------------------------


def test_it_is_taken_back_and_adopted_again(decided: Stage) -> None:
    planned = shown(decided).draft.contests
    adopt(decided)
    with decided.writing() as session:
        with pytest.raises(RuleError, match="meanwhile"):
            adoption.undo(session, "officer", ELECTION, 1, now=decided.now)
        adoption.undo(session, "officer", ELECTION, shown(decided).version, now=decided.now)

    assert shown(decided).draft.contests == planned
    assert not filed(decided, 1).nomination.candidate
    decide(decided, 1, admitted=False, text="Changed.")
    adopt(decided)
    assert [who.name for who in shown(decided).draft.contests[0].candidates][:2] == ["Member 2", "Member 4"]
    with decided.writing() as session:
        adoption.undo_if_adopted(session, "officer", ELECTION, now=decided.now)
    version = shown(decided).version
    with decided.writing() as session, pytest.raises(RuleError, match="No list"):
        adoption.undo(session, "officer", ELECTION, version, now=decided.now)


def test_a_withdrawal_takes_it_back_and_it_has_to_be_adopted_again(decided: Stage) -> None:
    adopt(decided)
    version = shown(decided).version

    withdraw(decided, "m1", 1)

    after = shown(decided)
    assert (after.draft.planned, after.version) == ((), version + 1)
    assert "adopted first, or again" in before_freeze(decided)
    adopt(decided)
    assert [who.name for who in shown(decided).draft.contests[0].candidates] == [
        "Member 2",
        "Member 4",
        "Re-open nominations",
    ]


def test_an_answer_that_turns_a_decision_takes_it_back(decided: Stage) -> None:
    adopt(decided)
    answer(decided, "m11", 1, challenge(decided, "m6", 1), upheld=False)
    assert preview(decided).adopted
    answer(decided, "m12", 2, challenge(decided, "m6", 2), upheld=True)

    assert not shown(decided).draft.planned
    answer(decided, "secretary", 5, challenge(decided, "m6", 5), upheld=True)
    adopt(decided)
    names = [[who.name for who in one.candidates] for one in shown(decided).draft.contests]
    assert names == [["Member 1", "Member 4", "Re-open nominations"], ["Member 3", "Member 6"]]


# ---- the freeze ------------------------------------------------------------------------------------------------------


def test_the_roll_is_not_frozen_before_it_is_settled_who_stands(decided: Stage) -> None:
    assert "The list of candidates has to be adopted first" in before_freeze(decided)
    with pytest.raises(RuleError, match=r"has to be adopted first|are possible until"):
        decided.freeze()
    decided.now = SCRUTINY
    adopt(decided)
    assert (
        before_freeze(decided)
        == "Appeals and objections about nominations are possible until 25 February 2026, 09:00 UTC."
    )
    decided.now = CHALLENGED
    assert before_freeze(decided) == ""
    decided.freeze()

    with pytest.raises(RuleError, match="roll is frozen"):
        adopt(decided)
    with decided.writing() as session, pytest.raises(RuleError, match="roll is frozen"):
        adoption.undo(session, "officer", ELECTION, shown(decided).version, now=decided.now)
    assert preview(decided).adopted


def test_without_nominations_nothing_waits_and_nothing_is_adopted(stage: Stage) -> None:
    stage.set_up()
    stage.draft()
    with stage.reading() as session:
        assert outstanding.before_freeze(session, ELECTION, now=stage.now) == ()
        assert "Nobody is nominated" in outstanding.before_list(session, ELECTION, now=stage.now)[0]
    with pytest.raises(RuleError, match="Nobody is nominated"):
        adopt(stage)
    stage.freeze()


def test_whoever_withdraws_after_the_freeze_is_taken_out_by_two(decided: Stage) -> None:
    adopt(decided)
    decided.freeze()
    withdraw(decided, "m1", 1)
    withdraw(decided, "m3", 4)

    def gone() -> list[tuple[str, str, bool]]:
        with decided.reading() as session:
            return [(one.name, one.contest, one.due) for one in adoption.gone(session, ELECTION, now=decided.now)]

    assert gone() == [("Member 1", "board", False), ("Member 3", "", False)]
    decided.announce()
    assert gone() == [("Member 1", "board", True), ("Member 3", "", False)]
    wish = Wish(Act.WITHDRAW, ELECTION, contest="board", candidate=filed(decided, 1).row.candidate)
    with decided.writing() as session:
        number = consents.ask(session, "officer", wish, "They wish it.", now=decided.now)
    with decided.writing() as session:
        consents.approve(session, "secretary", number, now=decided.now)
    assert gone() == [("Member 3", "", False)]


def test_the_whole_way_from_a_name_to_the_frozen_roll_and_what_is_left_after_the_appeals(decided: Stage) -> None:
    number = challenge(decided, "m6", 5)
    answer(decided, "m11", 5, number, upheld=True)
    adopt(decided)
    withdraw(decided, "m4", 3)
    adopt(decided)
    decided.freeze()
    decided.announce()

    manifest = shown(decided).progress.manifest
    assert manifest is not None
    assert [(one.id, [who.name for who in one.candidates]) for one in manifest.contests] == [
        ("board", ["Member 1", "Member 2", "Re-open nominations"]),
        ("africa", ["Member 3", "Member 6"]),
    ]
    with decided.writing() as session:
        running._forget(session, ELECTION, START)  # noqa: SLF001  the clock comes to it after the count
        events = session.query(NominationEvent).filter_by(kind=Kind.ANSWERED).all()
        assert len(events) == 1
    event = filed(decided, 5).nomination.challenges[number].answer
    assert event is not None
    assert (event.text, [(one.member, one.why) for one in event.recused]) == ("", [("", "")])


def test_two_people_who_stand_freeze_nothing(decided: Stage) -> None:
    with decided.writing() as session:
        roles.grant(session, COMMAND, "m3", Role.OFFICER, now=decided.now)
    adopt(decided)
    decided.now = START

    with decided.writing() as session, pytest.raises((NotPermittedError, RuleError), match="stand"):
        roll.freeze(session, Two("m3", TWO.approved), ELECTION, now=decided.now)
