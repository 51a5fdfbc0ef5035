"""The terms of nominations by page: set by an officer, fixed once they hold, read by everybody; and what follows from them."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from governance.board import entries as e
from governance.domain import terms_in_words
from governance.domain.draft import Cap, Contest
from governance.domain.nominations import announcement
from governance.domain.plain import text
from governance.domain.terms import CONFIRM, FILL, PHARMA, Independence, Question, Terms
from governance.services import boards, windows
from governance.services.officers import COMMAND
from tests.services.adopting import draft, listed, stand
from tests.services.nominating import DAY, NOTICED, a_nominating_draft, nominating
from tests.services.stage import ELECTION, START, Stage, a_stage
from tests.web.browser import AT, Someone, application, words

As = Callable[[str], Someone]
TERMS = f"/officer/elections/{ELECTION}/terms"
TYPED: dict[str, object] = {
    "version": "2",
    "by_self": "y",
    "seconders": "3",
    "independent": "Country: 2\nlived experience: 1",
    "petition": "20",
    "contests": "2",
    "words": "250",
    "questions-0-id": "pharma",
    "questions-0-text": " Money from  a company? ",
    "questions-1-text": "Other seats?",
    "questions-1-published": "y",
    "unopposed": CONFIRM,
    "fewer": FILL,
    "quorum": "10",
    "window": "3",
    "hearing": "36",
    "caps-0-contest": "board",
    "caps-0-lines": "country: 1\nRegion: 2",
    "caps-1-contest": "africa",
    "caps-1-lines": "",
}
SAID = Terms(
    by_self=True,
    by_others=False,
    seconders=3,
    independent=(Independence("country", 2), Independence("lived_experience", 1)),
    petition=20,
    contests=2,
    words=250,
    photo=False,
    questions=(Question("pharma", "Money from a company?", published=False), Question("other-seats", "Other seats?")),
    unopposed=CONFIRM,
    fewer=FILL,
    quorum=10,
    window=3,
    hearing=36,
)


@pytest.fixture
def officer(stage: Stage, as_: As) -> Someone:
    stage.now = NOTICED - DAY
    stage.draft(a_nominating_draft())
    return as_("officer")


def test_terms_and_caps_are_set_by_a_form_and_shown_in_it_again(officer: Someone, stage: Stage) -> None:
    page = officer.get(f"/officer/elections/{ELECTION}/draft")
    assert f'href="{TERMS}"' in page.text

    told = officer.post(TERMS, TYPED, follow_redirects=True)

    assert told.status_code == 200
    assert draft(stage).nominations == SAID
    assert [one.caps for one in draft(stage).contests] == [(Cap("country", 1), Cap("region", 2)), ()]
    assert "country: 1\nregion: 2</textarea>" in told.text
    assert 'value="other-seats"' in told.text
    assert PHARMA.text not in told.text
    again = TYPED | {"version": "3", "questions-0-text": "", "questions-1-id": "other-seats", "independent": ""}
    assert officer.post(TERMS, again).status_code == 302
    assert draft(stage).nominations == replace(SAID, questions=SAID.questions[1:], independent=())


@pytest.mark.parametrize(
    ("change", "status", "why"),
    [
        ({"independent": "country two"}, 422, "“country two” should be a line like “country: 2”"),
        ({"independent": "country: 1\ncountry: 2"}, 422, "each attribute once"),
        ({"independent": "country: 4"}, 422, "3 seconders cannot have 4 different values of country"),
        ({"caps-0-lines": "country"}, 422, "“country” should be a line like"),
        ({"caps-0-lines": "country: 0"}, 422, "At large: a cap lets one be elected at least."),
        ({"by_self": ""}, 422, "members have to be able to nominate themselves, or each other"),
        ({"seconders": "many"}, 422, "Not a valid integer value"),
        ({"petition": "3"}, 422, "a petition needs more supporters than there are seconders"),
        ({"words": "501"}, 422, "1 to 500 words"),
        ({"quorum": "91"}, 422, "0 to 90 percent"),
        ({"window": "1"}, 422, "2 to 60 days"),
        ({"window": ""}, 422, "2 to 60 days"),
        ({"hearing": "0"}, 422, "1 to 168 hours"),
        ({"unopposed": "lots"}, 422, "Not a valid choice"),
        ({"version": "1"}, 409, "Somebody has changed this election meanwhile"),
    ],
)
def test_terms_that_are_none_are_refused_in_words_and_what_was_typed_stays(
    officer: Someone, stage: Stage, change: dict[str, object], status: int, why: str
) -> None:
    told = officer.post(TERMS, TYPED | change)

    assert (told.status_code, why in words(told)) == (status, True), words(told)
    assert "Other seats?" in told.text
    assert draft(stage).nominations == Terms()


def test_terms_keep_to_the_rule_of_the_organisation(officer: Someone, stage: Stage) -> None:
    with stage.writing() as session:
        windows.set_rule(session, COMMAND, 4, now=stage.now)

    told = officer.post(TERMS, TYPED)
    assert (told.status_code, "for 4 days at least; these terms say 3" in words(told)) == (422, True)
    assert officer.post(TERMS, TYPED | {"window": "4"}).status_code == 302
    assert "can be challenged for 4 days at least" in " ".join(terms_in_words.told(draft(stage).nominations))


def test_nothing_is_set_without_the_token_or_the_role(officer: Someone, stage: Stage, as_: As) -> None:
    assert officer.client.post(TERMS, data=TYPED).status_code == 403
    assert as_("secretary").post(TERMS, TYPED).status_code == 403
    assert as_("m1").get(TERMS).status_code == 403
    assert draft(stage).nominations == Terms()


def test_terms_are_fixed_once_nominations_begin(officer: Someone, stage: Stage) -> None:
    stage.now = NOTICED
    stage.advance()
    stage.now = NOTICED + 2 * DAY
    page = officer.let_in("officer").get(TERMS)
    assert "Nominations began on" in words(page)
    assert "A nomination is seconded by 2 members or more" in words(page)
    assert "<textarea" not in page.text

    late = officer.post(TERMS, TYPED | {"version": "2"})

    assert late.status_code == 409
    assert "their terms are fixed" in words(late)
    assert draft(stage).nominations == Terms()


def test_everybody_reads_the_terms_with_the_calendar_once_it_is_announced(
    officer: Someone, stage: Stage, anybody: Someone
) -> None:
    officer.post(TERMS, TYPED)
    assert anybody.get(f"{AT}/calendar").status_code == 404
    stage.now = NOTICED
    stage.advance()

    page = words(anybody.get(f"{AT}/calendar"))

    for said in (
        "At large: 2 places; at most 1 with the same country; at most 2 with the same region.",
        "Africa: 1 place.",
        "You may nominate yourself.",
        "Among them are at least 2 different values of “country”. Whoever has declared nothing there is not counted for this.",
        "Or 20 members support it, wherever they are from.",
        "One person may stand in 2 contests of this election.",
        "a statement, of up to 250 words in each language. ",
        "Whoever stands answers: “Money from a company?” The answer is not published.",
        "members confirm each of them by a vote, with yes or “re-open nominations”.",
        "Where fewer stand, it is the same, and the other places stay vacant.",
        "A contest is counted only if at least 10 percent of those who may vote in it do.",
    ):
        assert said in page


def test_a_calendar_without_nominations_has_no_terms(stage: Stage, as_: As, anybody: Someone) -> None:
    stage.draft()
    stage.freeze()
    assert "terms of nominations" not in words(anybody.get(f"{AT}/calendar")).lower()
    page = words(as_("officer").get(TERMS))
    assert "The roll is frozen, so the terms are fixed." in page


def test_an_officer_sees_before_the_close_what_cannot_be_fulfilled(officer: Someone, stage: Stage) -> None:
    stage.now = NOTICED
    stage.advance()
    stage.now = NOTICED + 3 * DAY
    stand(stage, "board", "m1", admitted=None)

    page = words(officer.let_in("officer").get(f"/officer/elections/{ELECTION}/nominations"))

    assert "At large: 1 stands so far, for 2 places. Africa: 0 stand so far, for 1 place." in page


def test_a_page_says_why_the_roll_cannot_be_frozen_yet(officer: Someone, stage: Stage) -> None:
    stage.now = START
    page = words(officer.let_in("officer").get(f"/officer/elections/{ELECTION}/freeze"))
    assert "The list of candidates has to be adopted first, or again, since it has changed." in page
    assert "Ask to freeze the roll" not in page


def test_a_contest_is_not_changed_by_page_once_people_were_nominated_for_it(officer: Someone, stage: Stage) -> None:
    contest = f"/officer/elections/{ELECTION}/contests/africa"
    typed = {
        "version": "2",
        "title": "Africa",
        "seats": "2",
        "rule": "scottish-stv",
        "max_ranks": "0",
        "min_ballots": "2",
    }
    stage.now = NOTICED
    stage.advance()
    stage.now = NOTICED + 3 * DAY
    officer.let_in("officer")
    assert "Candidates of this election are nominated" in words(officer.get(contest))

    more = officer.post(contest, typed)
    listed(stage, {"board": ("m1", "m2", "m4"), "africa": ("m3", "m6")})
    again = officer.let_in("officer").post(contest, typed | {"version": "3", "seats": "1", "title": "Other"})

    assert (more.status_code, again.status_code) == (409, 409)
    assert "so are the contests, their places, their order, limits and caps" in words(more)
    assert "Take its adoption back first" in words(again)
    assert [(one.title, one.seats) for one in draft(stage).contests] == [("At large", 2), ("Africa", 1)]
    assert draft(stage).planned


# ---- quorum, and who is elected without a vote -----------------------------------------------------------------------


@pytest.fixture(scope="module")
def voided(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """Nobody votes; one contest was decided without a vote, one has a quorum of 10."""
    with a_stage(Path(tmp_path_factory.mktemp("voided"))) as stage:
        stage.set_up()
        contests = (Contest("board", "At large", 2, min_ballots=2), Contest("africa", "Africa", 2, min_ballots=2))
        terms = Terms(fewer=FILL, quorum=55)
        nominating(stage, a_nominating_draft(terms, contests=contests))
        listed(stage, {"board": ("m1", "m2", "m4"), "africa": ("m3",)})
        stage.freeze()
        yield stage


def test_quorum_and_outcome_without_a_vote_are_told_before_during_and_after(voided: Stage) -> None:
    app = application(voided)
    anybody, officer = Someone(app, voided), Someone(app, voided).let_in("officer")
    frozen = words(anybody.get(AT))
    assert "It is counted only if at least 10 vote." in frozen
    assert "Elected without a vote" in frozen
    assert "Africa Member 3 One place stays vacant." in frozen
    desk = words(officer.get(f"/officer/elections/{ELECTION}"))
    assert "2 places. It is counted only if at least 10 vote." in desk
    assert "Africa Member 3 One place stays vacant." in desk

    voided.announce()
    voided.open()
    assert "It is counted only if at least 10 vote." in words(anybody.get(AT))
    assert "Notice: Elected without a vote" in words(anybody.get(f"{AT}/board"))
    voided.close()

    result = words(anybody.get(f"{AT}/result"))
    assert "Only 0 ballots were cast. As announced beforehand, this contest counts only if at least 10 vote." in result
    assert "Africa: Member 3 is elected. 1 place stays vacant." in result


def test_a_result_in_which_all_were_voted_on_says_nothing_of_that(tmp_path: Path) -> None:
    with a_stage(tmp_path) as stage:
        stage.until_open()
        with stage.writing() as session:  # whoever writes like that makes nobody elected
            board = boards.opened(session, ELECTION)
            board.append(e.Notice(text(stage.now), announcement.SUBJECT, "Me."))
        stage.close()
        assert "without a vote" not in words(Someone(application(stage), stage).get(f"{AT}/result"))
