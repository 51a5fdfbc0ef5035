"""Setting up an election: templates, clones, edits, and every refusal with its reason."""

from dataclasses import replace
from datetime import timedelta

import pytest

from governance.board import making, merkle
from governance.domain.draft import Candidate
from governance.domain.phases import Phase
from governance.domain.signing_in import Role
from governance.errors import MalformedError, NotFoundError, NotPermittedError, RuleError
from governance.services import elections, officers, roles, roll, statements
from governance.services.officers import Two
from tests.services.stage import ELECTION, START, TWO, Stage, a_calendar, a_draft, standing


@pytest.fixture
def ready(stage: Stage) -> Stage:
    stage.set_up()
    return stage


def make(stage: Stage, election: str = "new", by: str = "officer", **changes: str) -> None:
    words = {"body": "group", "template": "advisory-group", "title": "New", **changes}
    with stage.writing() as session:
        elections.create(session, by, election, calendar=a_calendar(), now=START, **words)


def test_every_template_gives_a_draft_that_lacks_only_people(ready: Stage) -> None:
    for template in elections.TEMPLATES:
        make(ready, template, template=template)

    with ready.reading() as session:
        for shown in elections.every(session):
            assert shown.phase is Phase.DRAFT
            problems = elections.problems(session, shown.id)
            assert all("stands yet" in one or "trustees" in one or "registrar" in one for one in problems), problems


def test_the_last_election_is_cloned_without_its_candidates(ready: Stage) -> None:
    ready.draft()
    with ready.writing() as session:
        elections.clone(session, "officer", ELECTION, election="next", title="Next", calendar=a_calendar(), now=START)

        draft = elections.show(session, "next").draft
    assert [contest.seats for contest in draft.contests] == [2, 1]
    assert all(contest.candidates == () for contest in draft.contests)
    assert draft.trustees == ("t1", "t2", "t3")


@pytest.mark.parametrize(
    ("election", "by", "changes", "error"),
    [
        ("new", "m1", {}, NotPermittedError),
        ("new", "secretary", {}, NotPermittedError),
        ("a b", "officer", {}, MalformedError),
        ("new", "officer", {"body": "none"}, NotFoundError),
        ("new", "officer", {"template": "none"}, NotFoundError),
        (ELECTION, "officer", {}, RuleError),
    ],
)
def test_what_cannot_be_created_is_refused(
    ready: Stage, election: str, by: str, changes: dict[str, str], error: type[Exception]
) -> None:
    ready.draft()

    with pytest.raises(error):
        make(ready, election, by, **changes)


def test_a_stale_edit_is_refused(ready: Stage) -> None:
    ready.draft()

    with ready.writing() as session:
        version = elections.show(session, ELECTION).version
        assert elections.edit(session, "officer", ELECTION, a_draft(), version, now=START) == version + 1
        with pytest.raises(RuleError, match="Somebody has changed"):
            elections.edit(session, "officer", ELECTION, a_draft(), version, now=START)
        with pytest.raises(NotPermittedError):
            elections.edit(session, "m1", ELECTION, a_draft(), version + 1, now=START)


def test_the_log_says_what_was_edited(ready: Stage) -> None:
    ready.draft()
    draft = a_draft(title="Other")
    first = replace(draft.contests[0], seats=1, max_ranks=2)
    with ready.writing() as session:
        elections.edit(session, "officer", ELECTION, replace(draft, contests=(first,)), 2, now=START)

        line = officers.log(session, "officer")[0]
    assert line.what == f"edited {ELECTION}: title, seats, max_ranks of the contest board, took away the contest africa"


def test_problems_that_only_the_members_list_knows_are_found(ready: Stage) -> None:
    people = (Candidate("a", "The officer", member="officer"), Candidate("b", "Nobody", member="nobody"))
    contest = replace(a_draft().contests[0], candidates=(*people, *standing("a", 2)))
    ready.draft(a_draft(contests=(contest,), trustees=("t1", "t2", "m1")))

    with ready.reading() as session:
        problems = elections.problems(session, ELECTION)
    assert problems == (
        "Member 1 does not have the role of trustee.",
        "The officer is a returning officer and cannot stand.",
        "Nobody is not among the members.",
    )


def test_an_election_that_is_not_there_is_not_found(ready: Stage) -> None:
    with ready.reading() as session, pytest.raises(NotFoundError):
        elections.show(session, "none")


# ---- statements ------------------------------------------------------------------------------------------------------


def test_a_statement_is_shown_in_the_readers_language_where_there_is_one(ready: Stage) -> None:
    contest = replace(a_draft().contests[0], candidates=(*standing("a", 3), Candidate("m", "Member 1", member="m1")))
    ready.draft(a_draft(contests=(contest,)))
    with ready.writing() as session:
        statements.say(session, "m1", ELECTION, "m", "I will listen.", now=START)
        statements.say(session, "m1", ELECTION, "m", "J'écouterai.", now=START, language="fr")
        statements.say(session, "officer", ELECTION, "a1", "Hello", now=START)

        assert statements.texts(session, ELECTION, language="fr") == {"m": "J'écouterai.", "a1": "Hello"}
        statements.say(session, "officer", ELECTION, "a1", " ", now=START)
        assert statements.texts(session, ELECTION) == {"m": "I will listen."}


def test_nobody_speaks_for_somebody_else_or_too_long(ready: Stage) -> None:
    ready.draft()

    with ready.writing() as session:
        with pytest.raises(NotPermittedError):
            statements.say(session, "m1", ELECTION, "a1", "x", now=START)
        with pytest.raises(NotFoundError):
            statements.say(session, "officer", ELECTION, "nobody", "x", now=START)
        with pytest.raises(RuleError, match="500 words"):
            statements.say(session, "officer", ELECTION, "a1", "x " * 501, now=START)


# ---- the roll --------------------------------------------------------------------------------------------------------


def test_the_roll_is_frozen_with_a_style_for_each_set_of_contests(ready: Stage) -> None:
    ready.draft()
    with ready.reading() as session:
        assert roll.preview(session, "officer", ELECTION).voters == 18
    frozen = ready.freeze()

    assert frozen.styles == ((("board",), 14), (("board", "africa"), 4))
    assert frozen.voters == 18


def test_a_member_sees_their_own_line_and_its_proof(ready: Stage) -> None:
    ready.draft()
    ready.freeze()

    with ready.reading() as session:
        line = roll.my_line(session, ELECTION, "m3")
        with pytest.raises(NotFoundError, match="not on the roll"):
            roll.my_line(session, ELECTION, "nobody")
    merkle.check_inclusion(merkle.leaf(line.leaf), line.index, line.size, line.path, line.root)
    assert line.contests == ("board", "africa")
    assert b"Member 3" in line.leaf


def test_a_draft_with_a_problem_is_not_frozen_and_the_problem_is_said(ready: Stage) -> None:
    ready.draft(a_draft(registrar=""))

    with pytest.raises(RuleError, match="no registrar"):
        ready.freeze()


def test_the_roll_is_frozen_after_the_cutoff_and_before_voting(ready: Stage) -> None:
    ready.draft()

    for when, why in ((START - timedelta(minutes=1), "cut off"), (START + timedelta(days=2), "calendar first")):
        with ready.writing() as session, pytest.raises(RuleError, match=why):
            roll.freeze(session, TWO, ELECTION, now=when)
    with ready.writing() as session, pytest.raises(NotPermittedError):
        roll.freeze(session, Two("m1", "secretary"), ELECTION, now=START)


def test_a_contest_without_voters_is_not_frozen(ready: Stage) -> None:
    contest = replace(a_draft().contests[0], electorate={"region": ("Atlantis",)})
    ready.draft(a_draft(contests=(contest,)))

    with pytest.raises(RuleError, match="Nobody may vote in At large"):
        ready.freeze()


def test_a_frozen_election_is_no_longer_a_draft(ready: Stage) -> None:
    ready.draft()
    ready.freeze()

    with ready.writing() as session:
        with pytest.raises(RuleError, match="no longer a draft"):
            elections.edit(session, "officer", ELECTION, a_draft(), 2, now=START)
        with pytest.raises(RuleError, match="no longer a draft"):
            roll.freeze(session, TWO, ELECTION, now=ready.now)


def test_may_i_vote_is_answered_before_and_after_freezing(ready: Stage) -> None:
    ready.draft()
    with ready.reading() as session:
        assert [bool(one.why_not) for one in roll.may_vote(session, ELECTION, "m1")] == [False, True]
    ready.freeze()

    with ready.reading() as session:
        answers = roll.may_vote(session, ELECTION, "m3")
        assert [one.why_not for one in answers] == ["", ""]
        assert "region is Africa" in roll.may_vote(session, ELECTION, "m1")[1].why_not


def test_only_this_elections_registrar_is_given_the_roll(ready: Stage) -> None:
    ready.draft()
    with ready.writing() as session, pytest.raises(RuleError, match="from its freezing"):
        roll.for_registrar(session, "registrar", ELECTION, now=START)
    ready.freeze()

    with ready.writing() as session:
        roles.grant(session, "officer", "m1", Role.REGISTRAR, now=START)
        for by in ("officer", "m1", "m2"):
            with pytest.raises(NotPermittedError):
                roll.for_registrar(session, by, ELECTION, now=ready.now)
        lines = roll.for_registrar(session, "registrar", ELECTION, now=ready.now).decode().splitlines()
    assert lines[0] == "member,name,email,contests"
    assert "m3,Member 3,m3@example.org,board africa" in lines
    assert len(lines) == 19


def test_the_leaf_of_a_roll_is_the_protocols() -> None:
    assert making.Voter("m", "N", bytes(16)).leaf() == b'{"member":"m","name":"N","salt":"' + b"0" * 32 + b'"}'
