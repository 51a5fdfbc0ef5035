"""From the list of those admitted to the board: what is fixed, the freeze, the quorum, who is elected without a vote."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from governance.board import entries as e
from governance.domain.draft import Cap, Constraint, Contest, Draft
from governance.domain.eligibility.language import Purpose, both, named
from governance.domain.eligibility.templates import DEFAULT
from governance.domain.nominations import announcement
from governance.domain.nominations.record import Event, Kind
from governance.domain.quorum import least
from governance.domain.terms import CONFIRM, FILL, Terms
from governance.errors import NotPermittedError, RuleError
from governance.services import boards, elections, eligibility, feasibility, roll, running
from governance.services.officers import Two
from tests.services.adopting import LISTED, adopt, draft, happens, listed, stand
from tests.services.nominating import NOTICED, a_nominating_draft, nominating
from tests.services.stage import ELECTION, START, TWO, Stage, a_calendar, a_draft

DAY = timedelta(days=1)
TERMS = Terms(seconders=0, independent=())


@pytest.fixture
def open_(stage: Stage) -> Stage:
    """Nominations are going on in two contests; nobody is guarded by “re-open nominations”."""
    stage.set_up()
    nominating(stage, of())
    return stage


def of(*contests: Contest, **terms: object) -> Draft:
    asked = contests or (Contest("board", "At large", 2, min_ballots=2), Contest("africa", "Africa", 1, min_ballots=2))
    return a_nominating_draft(replace(TERMS, **terms), contests=asked)  # type: ignore[arg-type]


def edit(stage: Stage, after: Draft) -> None:
    with stage.writing() as session:
        version = elections.get(session, ELECTION).version
        elections.edit(session, "officer", ELECTION, after, version, now=stage.now)


def without_vote(stage: Stage) -> list[tuple[int, str]]:
    """Place and text of the notices of who is elected without a vote."""
    with stage.reading() as session:
        entries = enumerate(boards.but_ballots(session, ELECTION))
        return [
            (i, one.body) for i, one in entries if isinstance(one, e.Notice) and one.subject == announcement.SUBJECT
        ]


# ---- what is fixed ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "change",
    [
        {"nominations": replace(TERMS, words=200)},
        {"contests": of().contests[:1]},
        {"contests": of().contests[::-1]},
        {"contests": (replace(of().contests[0], seats=3), of().contests[1])},
        {"contests": (replace(of().contests[0], caps=(Cap("country", 1),)), of().contests[1])},
        {"contests": (of().contests[0], replace(of().contests[1], after=("board",)))},
    ],
    ids=["terms", "fewer contests", "order", "places", "caps", "after"],
)
def test_terms_and_contests_are_fixed_from_the_moment_nominations_begin(stage: Stage, change: dict[str, Any]) -> None:
    stage.set_up()
    nominating(stage, of())
    after = replace(draft(stage), **change)
    with pytest.raises(RuleError, match="Nominations began on 17 February 2026, 09:00 UTC"):
        edit(stage, after)
    stage.now = NOTICED
    edit(stage, after)
    assert draft(stage) == after


def test_what_nobody_was_nominated_for_still_changes(open_: Stage) -> None:
    first = replace(draft(open_).contests[0], title="The board", max_ranks=1)
    edit(open_, replace(draft(open_), title="Other", contests=(first, draft(open_).contests[1])))
    assert (draft(open_).title, draft(open_).contests[0].title) == ("Other", "The board")


def test_a_contest_is_not_changed_under_a_list_that_is_adopted(open_: Stage) -> None:
    listed(open_)
    adopted = draft(open_)
    changed = replace(adopted, contests=(replace(adopted.contests[0], title="Other"), *adopted.contests[1:]))
    with pytest.raises(RuleError, match="Take its adoption back first"):
        edit(open_, changed)
    edit(open_, replace(adopted, title="Other"))
    assert draft(open_) == replace(adopted, title="Other")


def test_without_nominations_a_draft_changes_as_before(stage: Stage) -> None:
    stage.set_up()
    stage.draft()
    after = replace(a_draft(), contests=a_draft().contests[1:], nominations=replace(TERMS, quorum=10))
    edit(stage, after)
    assert draft(stage) == after


def test_terms_that_cannot_hold_keep_the_roll_from_being_frozen(stage: Stage) -> None:
    stage.set_up()
    kept = Contest("board", "At large", 2, constraints=(Constraint("region", "Africa", 1, 2, ()),))
    stage.now = NOTICED - DAY
    wrong = replace(of(kept, unopposed=CONFIRM, words=900), contests=(replace(kept, caps=(Cap("country", 0),)),))
    stage.draft(wrong)
    with stage.reading() as session:
        told = "\n".join(elections.problems(session, ELECTION))
    assert "1 to 500 words" in told
    assert "At large: a limit here guarantees places, which a confirming vote could not keep." in told
    assert "At large: a cap lets one be elected at least." in told


# ---- who runs it -----------------------------------------------------------------------------------------------------


def test_who_is_nominated_approves_nothing(open_: Stage) -> None:
    with open_.reading() as session:
        elections.require_two(session, TWO, ELECTION)
    number = stand(open_, "board", "secretary", admitted=None)
    with open_.reading() as session, pytest.raises(NotPermittedError, match="Whoever stands"):
        elections.require_two(session, TWO, ELECTION)
    happens(open_, number, Event(0, Kind.WITHDRAWN, open_.now, "secretary"))
    with open_.reading() as session:
        elections.require_two(session, TWO, ELECTION)


def test_who_is_elected_without_a_vote_approves_nothing_either(stage: Stage) -> None:
    stage.set_up()
    nominating(stage, of())
    listed(stage, {"board": ("m1", "m2", "m4"), "africa": ("secretary",)})
    assert [one.contest for one in draft(stage).unopposed] == ["africa"]
    with stage.reading() as session, pytest.raises(NotPermittedError, match="Whoever stands"):
        elections.require_two(session, Two("officer", "secretary"), ELECTION)


def test_an_official_among_the_unopposed_is_told(open_: Stage) -> None:
    listed(open_, {"board": ("m1", "m2", "m4"), "africa": ("t1",)})
    with open_.reading() as session:
        told = elections.problems(session, ELECTION)
    assert "Official t1 cannot stand and be an official of the same election." in told


# ---- what the rules answer -------------------------------------------------------------------------------------------


def test_rules_answer_for_one_purpose_and_contest_and_a_nominee_stands(stage: Stage) -> None:
    stage.set_up()
    apart = both(DEFAULT.purposes[Purpose.SECOND], named("not_standing"))
    africa = named("place_in", place="region", values=["Africa"])
    rules = replace(
        DEFAULT,
        purposes={**DEFAULT.purposes, Purpose.SECOND: apart},
        contests={"africa": {Purpose.STAND: africa, Purpose.VOTE: africa}},
    )
    nominating(stage, of(unopposed=CONFIRM), rules)

    def may(member: str, purpose: Purpose, contest: str) -> bool:
        with stage.reading() as session:
            return eligibility.asking(session, ELECTION, now=stage.now)(member, purpose, contest).allowed

    assert may("m1", Purpose.STAND, "board")
    assert not may("m1", Purpose.STAND, "africa")
    assert may("m3", Purpose.STAND, "africa")
    assert not may("officer", Purpose.STAND, "board")
    assert may("m1", Purpose.SECOND, "board")
    number = stand(stage, "board", "m1", admitted=None)
    assert not may("m1", Purpose.SECOND, "board")
    happens(stage, number, Event(0, Kind.WITHDRAWN, stage.now, "m1"))
    assert may("m1", Purpose.SECOND, "board")
    # Who votes in a contest votes in each part of it.
    listed(stage, {"board": ("m2", "m4", "m5"), "africa": ("m3",)})
    assert [one.id for one in draft(stage).contests] == ["board", "africa-c-m3"]
    assert may("m3", Purpose.VOTE, "africa-c-m3")
    assert not may("m1", Purpose.VOTE, "africa-c-m3")
    with stage.reading() as session:
        eligibility.check(session, ELECTION, rules, now=stage.now)
        told = eligibility.may_i(session, "m3", ELECTION, now=stage.now)
    titles = {purpose: [one.contest for one in told if one.purpose is purpose] for purpose in Purpose}
    assert titles[Purpose.STAND] == ["At large", "Africa"]
    assert titles[Purpose.VOTE] == ["At large", "Africa: Member 3"]
    assert dict(stage.freeze().styles)["board", "africa-c-m3"] == 4


# ---- the freeze ------------------------------------------------------------------------------------------------------


def freezing(stage: Stage) -> str:
    """Why the roll cannot be frozen an hour after the cut-off; empty if it can."""
    with stage.reading() as session:
        try:
            roll.check_freeze(session, ELECTION, now=START + timedelta(hours=1))
        except RuleError as error:
            return str(error)
    return ""


def test_a_roll_is_not_frozen_while_a_nomination_waits(open_: Stage) -> None:
    listed(open_)
    assert freezing(open_) == ""
    number = stand(open_, "africa", "m12", admitted=None)
    assert freezing(open_).startswith(f"Nomination {number} waits for scrutiny.")
    happens(open_, number, Event(0, Kind.DECIDED, START - 2 * DAY, "officer", yes=False))
    assert freezing(open_) == ""
    happens(open_, number, Event(0, Kind.CHALLENGED, open_.now, "m12", yes=True))
    assert "waits for the answer to an appeal" in freezing(open_)
    happens(open_, number, Event(0, Kind.ANSWERED, open_.now, "secretary", yes=True, about=3))
    assert freezing(open_) == "The list of candidates has to be adopted first, or again, since it has changed."
    adopt(open_)
    assert freezing(open_) == ""


def test_a_roll_is_not_frozen_with_candidates_whom_nobody_nominated(stage: Stage) -> None:
    stage.set_up()
    nominating(stage, of(*a_draft().contests))
    assert freezing(stage) == "The list of candidates has to be adopted first, or again, since it has changed."
    listed(stage)
    told = adopt(stage).draft
    assert {one.member for one in told.standing} == {who for members in LISTED.values() for who in members}
    assert freezing(stage) == ""


def test_what_begins_again_keeps_its_list_or_where_it_nominates_its_plan(open_: Stage) -> None:
    listed(open_, {"board": ("m1", "m2", "m4"), "africa": ("m3",)})
    open_.freeze()
    with open_.writing() as session:
        running.abandon(session, TWO, ELECTION, "A trustee left.", now=open_.now)
        elections.begin_again(session, "officer", ELECTION, election="b", calendar=a_calendar(), now=open_.now)
        later = draft(open_).calendar.moved(60 * DAY)
        elections.begin_again(session, "officer", ELECTION, election="c", calendar=later, now=open_.now)
        again, anew = (elections.show(session, one).draft for one in "bc")
        assert again.standing == draft(open_).standing
        assert [one.contest for one in again.unopposed] == ["africa"]
        assert ([one.id for one in anew.contests], anew.unopposed, anew.planned) == (["board", "africa"], (), ())
        assert anew.standing == ()


# ---- quorum, and who is elected without a vote -----------------------------------------------------------------------


def test_a_quorum_is_rounded_up_and_never_opens_fewer_than_before() -> None:
    assert [least(2, percent, 18) for percent in (0, 10, 50, 51, 90)] == [2, 2, 9, 10, 17]
    assert least(20, 50, 18) == 20


def test_the_announcement_has_the_quorum_of_each_roll_and_who_is_elected_without_a_vote(stage: Stage) -> None:
    stage.set_up()
    africa = Contest("africa", "Africa", 1, min_ballots=2, electorate={"region": ("Africa",)})
    youth = Contest("youth", "Youth", 3, min_ballots=2)
    nominating(stage, of(of().contests[0], africa, youth, quorum=50, fewer=FILL))
    listed(stage, {"board": ("m1", "m2", "m4"), "africa": ("m3", "m6"), "youth": ("m7", "m8")})
    with stage.reading() as session:
        assert [one.min_ballots for one in roll.with_quorum(session, ELECTION, draft(stage))] == [2, 2]
    stage.freeze()
    stage.announce()
    with stage.reading() as session:
        entries = list(boards.but_ballots(session, ELECTION))
        (manifest,) = [one for one in entries if isinstance(one, e.Manifest)]
        assert [(one.id, one.min_ballots) for one in manifest.contests] == [("board", 9), ("africa", 2)]
        assert [one.min_ballots for one in roll.with_quorum(session, ELECTION, draft(stage))] == [9, 2]
    assert without_vote(stage) == [
        (entries.index(manifest) + 1, "Youth: Member 7, Member 8 are elected. 1 place stays vacant.")
    ]
    stage.open()
    assert stage.close()[0] == "close"
    with stage.reading() as session:
        assert elections.show(session, ELECTION).progress.void == {"board", "africa"}


def test_nothing_is_announced_where_every_contest_is_voted_on(stage: Stage) -> None:
    stage.set_up()
    stage.draft()
    stage.freeze()
    stage.announce()
    assert without_vote(stage) == []


# ---- before nominations close ----------------------------------------------------------------------------------------


def test_what_those_who_stand_so_far_cannot_fulfil_is_told_before_the_close(stage: Stage) -> None:
    stage.set_up()
    board = Contest("board", "At large", 3, caps=(Cap("country", 2),))
    kept = Contest("kept", "Kept", 2, constraints=(Constraint("lived_experience", "yes", 1, 2, ()),))
    nominating(stage, of(board, kept))

    def told() -> tuple[str, ...]:
        with stage.reading() as session:
            return feasibility.feasibility(session, ELECTION)

    assert told() == ("At large: 0 stand so far, for 3 places.", "Kept: 0 stand so far, for 2 places.")
    for contest, member in (("board", "m1"), ("board", "m2"), ("board", "m4"), ("kept", "m5"), ("kept", "m7")):
        stand(stage, contest, member, admitted=None)
    rejected = stand(stage, "kept", "m8", admitted=False)
    assert told() == (
        "At large: at most 2 of country = Peru may be elected, and others who stand: 0, too few for 3 places.",
        "Kept: 1 of lived_experience = yes have to be elected, and 0 of them stand.",
    )
    happens(stage, rejected, Event(0, Kind.CHALLENGED, stage.now, "m8", yes=True))
    happens(stage, rejected, Event(0, Kind.ANSWERED, stage.now, "secretary", yes=True, about=3))
    stand(stage, "board", "m3", admitted=None)
    assert told() == ()
