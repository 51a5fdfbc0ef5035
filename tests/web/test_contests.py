"""A contest's page: the rule from the list that is offered, and limits on who is elected, judged at once."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from governance.count.rules import RULES
from governance.domain.draft import Candidate, Constraint, Contest, Draft
from governance.services import elections, officers
from governance.web.filters import RULE_WORDS
from tests.services.stage import ELECTION, Stage, a_draft
from tests.web.browser import Someone, words

As = Callable[[str], Someone]
CONTESTS = f"/officer/elections/{ELECTION}/contests"
BOARD = f"{CONTESTS}/board"
LIMIT = {"version": "2", "attribute": "region", "value": "Africa", "min": "1", "max": "2", "seated": "0"}


def members_standing() -> Draft:
    """In the first contest members stand; m3 and m6 live in Africa, m4 and m8 have declared lived experience."""
    people = tuple(Candidate(f"c{i}", f"Candidate {i}", member=f"m{i}") for i in (1, 3, 4, 6, 8))
    first = replace(a_draft().contests[0], candidates=(*people, Candidate("ron", "Nobody", reopen=True)))
    second = Contest("after", "After", 1, (Candidate("x", "X"), Candidate("y", "Y")), min_ballots=2, after=("board",))
    return a_draft(contests=(first, second))


@pytest.fixture
def officer(stage: Stage, as_: As) -> Someone:
    stage.draft(members_standing())
    return as_("officer")


def limits(stage: Stage, contest: str = "board") -> tuple[Constraint, ...]:
    with stage.reading() as session:
        found = elections.show(session, ELECTION).draft.contest(contest)
    assert found is not None
    return found.constraints


def test_every_rule_that_is_offered_has_a_plain_sentence(officer: Someone) -> None:
    page = words(officer.get(BOARD))

    assert set(RULES) <= set(RULE_WORDS)
    for name in RULES:
        assert RULE_WORDS[name][1] in page


def test_a_limit_is_added_changed_and_taken_away(officer: Someone, stage: Stage) -> None:
    page = officer.get(f"{BOARD}/limits/1")
    assert "Candidate 1" in page.text
    assert "Nobody" not in page.text
    told = officer.post(f"{BOARD}/limits/1", LIMIT | {"candidates": ["c3", "c6"]}, follow_redirects=True)
    assert "Counts for: Candidate 3 , Candidate 6 ." in words(told)
    assert limits(stage) == (Constraint("region", "Africa", 1, 2, ("c3", "c6"), 0),)

    more = LIMIT | {"version": "3", "candidates": ["c3"], "seated": "1"}
    assert officer.post(f"{BOARD}/limits/1", more).status_code == 302
    assert limits(stage) == (Constraint("region", "Africa", 1, 2, ("c3",), 1),)
    assert officer.post(f"{BOARD}/limits/1/remove", {"version": "4"}).status_code == 302
    assert limits(stage) == ()


def test_who_counts_can_be_taken_from_the_members_list_and_the_log_says_so(officer: Someone, stage: Stage) -> None:
    officer.post(f"{BOARD}/limits/1", LIMIT | {"fill": "y"})
    with stage.reading() as session:
        assert "looked up" not in officers.log(session, "officer")[0].what
    lived = {"version": "3", "attribute": "Lived experience", "value": "Yes", "fill": "y"}
    officer.post(f"{BOARD}/limits/2", LIMIT | lived)

    assert [one.candidates for one in limits(stage)] == [("c3", "c6"), ("c4", "c8")]
    with stage.reading() as session:
        told = [line.what for line in officers.log(session, "officer")]
    assert "looked up who declared lived_experience = Yes" in told


def test_whoever_an_earlier_contest_elects_can_count_for_a_limit(officer: Someone, stage: Stage) -> None:
    assert "Candidate 3" in officer.get(f"{CONTESTS}/after/limits/1").text

    officer.post(f"{CONTESTS}/after/limits/1", LIMIT | {"candidates": ["c3", "x"], "max": "3"})

    assert limits(stage, "after")[0].candidates == ("c3", "x")


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (
            {"min": "2", "max": "2", "candidates": ["c3"]},
            "2 of region = Africa have to be elected, and 1 of them stands.",
        ),
        (
            {"min": "0", "max": "0", "candidates": ["c1", "c3", "c4", "c6"]},
            "at most 0 of region = Africa may be elected, and others who stand: 1, too few for 2 places.",
        ),
        ({"max": "1", "seated": "2", "candidates": ["c3"]}, "more than the maximum for region = Africa sit already."),
    ],
)
def test_a_limit_that_cannot_be_met_is_told_at_once_with_the_reason(
    officer: Someone, change: dict[str, str], why: str
) -> None:
    page = officer.post(f"{BOARD}/limits/1", LIMIT | change, follow_redirects=True)

    assert f"Still to be done {why}" in words(page)
    assert why in words(officer.get(f"/officer/elections/{ELECTION}/draft"))


@pytest.mark.parametrize(
    ("change", "status", "why"),
    [
        ({"min": "3"}, 422, "The least is more than the most."),
        ({"attribute": ""}, 422, "Please say what, like region."),
        ({"max": "many"}, 422, "Not a valid integer value"),
        ({"candidates": ["nobody"]}, 422, "not a valid choice for this field"),
        ({"version": "1"}, 409, "Somebody has changed this election meanwhile"),
    ],
)
def test_a_limit_that_is_none_is_refused_in_words(
    officer: Someone, stage: Stage, change: dict[str, str], status: int, why: str
) -> None:
    answer = officer.post(f"{BOARD}/limits/1", LIMIT | change)

    assert (answer.status_code, why in words(answer)) == (status, True), words(answer)
    assert limits(stage) == ()


def test_there_is_one_next_limit_and_no_other(officer: Someone) -> None:
    assert officer.get(f"{BOARD}/limits/2").status_code == 404
    assert officer.get(f"{BOARD}/limits/0").status_code == 404
    assert officer.post(f"{BOARD}/limits/1/remove", {"version": "2"}).status_code == 404


def test_whoever_no_longer_stands_leaves_the_limits_too(officer: Someone, stage: Stage) -> None:
    officer.post(f"{BOARD}/limits/1", LIMIT | {"candidates": ["c3", "c6"]})
    form = {"version": "3", "title": "At large", "seats": "2", "rule": "scottish-stv", "max_ranks": "0"}
    rows = {"candidates-0-id": "c1", "candidates-0-name": "One", "candidates-1-id": "c3", "candidates-1-name": "Three"}

    answer = officer.post(BOARD, form | rows | {"min_ballots": "2"})

    assert answer.status_code == 302, words(answer)
    assert limits(stage)[0].candidates == ("c3",)
