"""Results of the database: shown once the record verifies, with everything that a reader needs to repeat them."""

import io
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import text

from governance.board import canonical, verify
from governance.board.record import RecordFile
from governance.cli.main import main
from governance.count import blt_reader
from governance.services import publication, running, shelf
from tests.services.stage import ELECTION, START, TWO, Stage, a_draft, a_stage
from tests.web.browser import AT, Someone, application, staged, words

RECORD = f"/records/{ELECTION}.record.zip"
World = tuple[Stage, Flask]


def vote(stage: Stage, *voters: int) -> None:
    with stage.writing() as session:
        for i in voters:
            choice = [(i % 4, (i + 1) % 4)] + ([(i % 3,)] if i % 3 == 0 else [])
            stage.troupe.vote(session, f"m{i}", choice, stage.now)


def finish(stage: Stage) -> None:
    stage.close()
    with stage.writing() as session:
        stage.troupe.tally(session, stage.now)


@pytest.fixture(scope="module")
def counted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """Eight vote, one again, one leaves the ballot blank; all of it counted."""
    with a_stage(tmp_path_factory.mktemp("counted")) as stage:
        stage.until_open()
        vote(stage, *range(1, 9))
        with stage.writing() as session:
            stage.troupe.vote(session, "m1", [(3,)], stage.now)
            stage.troupe.vote(session, "m8", [()], stage.now)
        finish(stage)
        yield stage


@pytest.fixture
def world(tmp_path: Path, counted: Stage) -> Iterator[World]:
    with staged(tmp_path, counted) as made:
        yield made


def page(app: Flask, address: str = f"{AT}/result") -> str:
    answer = app.test_client().get(address)
    assert answer.status_code == 200, answer.text
    return words(answer)


def test_the_result_says_who_how_and_by_which_numbers(world: World) -> None:
    _, app = world

    seen = page(app)

    assert seen.index("Who was elected") < seen.index("How the places were filled") < seen.index("Round by round")
    assert "7 ballots were counted, to fill 2 places." in seen
    assert "To be elected, a candidate needed 3 votes" in seen
    assert "This rule is called Scottish STV" in seen
    assert "People who could vote 18 Ballots in the count 8 of these, ranking somebody 7 of these, blank 1" in seen
    assert "2 ballots were replaced by a later one" in seen
    assert "This server has checked the record too" in seen


def test_the_front_page_shows_the_newest_result(world: World) -> None:
    _, app = world

    assert "Who was elected" in page(app, "/")


def test_whoever_came_to_vote_finds_the_way_from_the_front_page(tmp_path: Path) -> None:
    with a_stage(tmp_path) as stage:
        stage.until_open()
        stage.draft(election="a-draft")
        app = application(stage)
        answer = app.test_client().get("/")

        assert f'<a href="{AT}">' in answer.text
        assert "Voting is open: " in words(answer)
        assert "a-draft" not in answer.text

        with stage.writing() as session:
            running.cancel(session, TWO, ELECTION, "The roll was wrong.", now=stage.now)

        assert f'<a href="{AT}">' not in app.test_client().get("/").text


def test_the_files_are_those_of_the_record(world: World) -> None:
    stage, app = world
    client = app.test_client()
    with stage.reading() as session:
        written = io.BytesIO()
        publication.write(session, ELECTION, written)

    data = client.get(RECORD, buffered=True).data
    papers = client.get(f"/records/{ELECTION}/board.blt")
    count = client.get(f"/records/{ELECTION}/board.json")

    assert data == written.getvalue()
    assert verify.check(RecordFile(io.BytesIO(data))).failure is None
    read = blt_reader.read(papers.data)
    assert (read.seats, sum(number for number, _ in read.papers)) == (2, 7)
    assert canonical.parse(count.data)["rule"] == "scottish-stv"
    assert count.headers["Content-Disposition"] == f"attachment; filename={ELECTION}-board.json"
    for other in (f"/records/{ELECTION}/none.blt", "/records/none/board.json", "/records/none.record.zip"):
        assert client.get(other).status_code == 404


def test_a_result_is_provisional_until_the_time_for_objections_is_over(world: World) -> None:
    stage, app = world

    before = page(app)
    stage.now = START + timedelta(days=31)
    after = page(app)

    assert "This result is provisional." in before
    assert "help@example.org" in before
    assert "This result is provisional." not in after
    assert "The time for objections ended on 31 March 2026" in after


def test_what_is_announced_after_the_close_stands_with_the_result(world: World) -> None:
    stage, app = world
    with stage.writing() as session:
        running.notice(session, "officer", ELECTION, "The <declaration>", "It is so.", now=stage.now)

    assert "What was announced since the close The &lt;declaration&gt;" not in page(app)
    assert "What was announced since the close The <declaration> It is so." in page(app)


def test_no_result_is_shown_before_there_is_one(tmp_path: Path) -> None:
    with a_stage(tmp_path) as stage:
        stage.until_open()
        someone = Someone(application(stage), stage)
        vote(stage, 1, 2, 3)

        early = someone.get(f"{AT}/result")
        stage.close()
        closed = someone.get(f"{AT}/result")

        assert (early.status_code, closed.status_code) == (404, 404)
        assert "no result yet" in words(early)
        assert someone.get(RECORD).status_code == 404
        assert someone.get("/elections/none/result").status_code == 404


def test_what_too_few_voted_in_stays_sealed(tmp_path: Path) -> None:
    with a_stage(tmp_path) as stage:
        contests = tuple(a_draft().contests)
        stage.until_open(draft=a_draft(contests=contests))
        vote(stage, 1, 2, 3)
        finish(stage)
        app = application(stage)

        seen = page(app)

        assert "Only 1 ballot was cast. As announced beforehand, this contest counts only if at least 2 vote." in seen
        assert app.test_client().get(f"/records/{ELECTION}/africa.blt").status_code == 404


def test_a_cancelled_election_says_so(tmp_path: Path) -> None:
    with a_stage(tmp_path) as stage:
        stage.until_open()
        with stage.writing() as session:
            running.cancel(session, TWO, ELECTION, "The roll was wrong.", now=stage.now)

        assert "This election was cancelled. It has no result." in page(application(stage))


def tamper(stage: Stage) -> None:
    """Change a proof in the database, as somebody with the server's disk could."""
    with stage.writing() as session:
        session.execute(
            text("UPDATE blob SET data = zeroblob(length(data)) WHERE size = (SELECT max(size) FROM blob)"),
        )


def test_a_record_that_does_not_verify_is_not_shown(world: World, caplog: pytest.LogCaptureFixture) -> None:
    stage, app = world
    tamper(stage)

    for address in (f"{AT}/result", "/"):
        answer = app.test_client().get(address)
        assert answer.status_code == 503
        assert "The result is not shown, because its record does not hold." in words(answer)
        assert "Candidate A" not in answer.text
    assert "does not verify: section" in caplog.text
    assert app.test_client().get(RECORD).status_code == 404
    assert app.test_client().get(f"/records/{ELECTION}/board.json").status_code == 404


def test_many_proofs_are_checked_by_the_timer_and_not_while_a_reader_waits(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, app = world
    monkeypatch.setattr(shelf, "AT_ONCE", 5)

    waiting = page(app)
    first = CliRunner().invoke(main, ["advance"], obj=app)
    second = CliRunner().invoke(main, ["advance"], obj=app)

    assert "The result is being checked." in waiting
    assert (first.exit_code, first.output) == (0, f"{ELECTION}: its record verifies, so its result is shown\n")
    assert (second.exit_code, second.output) == (0, "")
    assert "Who was elected" in page(app)


def test_the_timer_says_that_a_record_does_not_hold(world: World) -> None:
    stage, app = world
    tamper(stage)

    told = CliRunner().invoke(main, ["advance"], obj=app)

    assert told.exit_code == 1
    assert told.output.startswith(f"{ELECTION}: section ")


def test_a_verified_result_stays_while_a_longer_record_is_checked(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage, app = world
    page(app)
    monkeypatch.setattr(shelf, "AT_ONCE", 5)
    with stage.writing() as session:
        running.notice(session, "officer", ELECTION, "An erratum", "", now=stage.now)

    assert "An erratum" not in page(app)
    assert CliRunner().invoke(main, ["advance"], obj=app).exit_code == 0
    assert "An erratum" in page(app)


def test_a_result_has_a_report_and_its_count_in_other_forms(world: World) -> None:
    _, app = world
    client = app.test_client()

    files = {kind: client.get(f"/records/{ELECTION}/board.{kind}") for kind in ("csv", "rctab", "html", "pdf")}

    assert {answer.status_code for answer in files.values()} == {200}
    assert files["csv"].text.startswith("\ufeff,Outcome,Stage 1")
    assert files["rctab"].get_json()["summary"]["totalNumBallots"] == "8"
    assert "How the places were filled" in files["html"].text
    assert files["pdf"].data.startswith(b"%PDF-")
    for kind, answer in files.items():
        assert answer.headers["Content-Disposition"] == f"attachment; filename={ELECTION}-board.{kind}" + (
            ".json" if kind == "rctab" else ""
        )
        assert client.get(f"/records/{ELECTION}/none.{kind}").status_code == 404
        assert client.get(f"/records/none/board.{kind}").status_code == 404
    assert client.get(f"/records/{ELECTION}/board.exe").status_code == 404


def test_below_twenty_ballots_a_page_and_a_report_tell_nothing_of_single_papers(world: World) -> None:
    _, app = world

    assert "Ballots that rank" not in page(app)
    assert "Ballots that rank" not in page(app, f"/records/{ELECTION}/board.html")


def test_the_page_draws_the_count_and_loads_how_it_looks(world: World) -> None:
    _, app = world
    client = app.test_client()

    seen = client.get(f"{AT}/result").text
    style = client.get("/drawing.css")

    assert seen.count('role="img"') >= 2
    assert "How votes moved, in words" in seen
    assert '<link rel="stylesheet" href="/drawing.css">' in seen
    assert style.mimetype == "text/css"
    assert ".flow-moved" in style.text
