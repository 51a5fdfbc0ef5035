"""`governance election`: the officer's steps by command, each in somebody's name, two of them where it takes two."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from flask import Flask

from governance.cli.main import main
from governance.domain.phases import Phase
from governance.domain.plain import to_plain
from governance.services import elections, officers
from tests.services.stage import ELECTION, START, Stage, a_calendar, a_draft, a_stage
from tests.web.browser import application

TIMES = ("--cutoff", "2026-03-01T09:00Z", "--opens", "2026-03-03T09:00Z", "--closes", "2026-03-10T09:00Z")
CALENDAR = (*TIMES, "--appeals", "2026-03-31T09:00Z")
BY = ("--by", "officer@example.org")
ASKED = ("--asked-by", "officer@example.org", "--why", "It is time.")
BOTH = (*ASKED, "--approved-by", "secretary@example.org")
Run = Callable[..., Result]


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    with a_stage(tmp_path) as made:
        made.set_up(6)
        made.now = START
        yield made


@pytest.fixture
def app(stage: Stage) -> Flask:
    return application(stage)


@pytest.fixture
def run(app: Flask) -> Run:
    return lambda *words: CliRunner().invoke(main, ["election", *map(str, words)], obj=app)


def done(result: Result) -> str:
    assert result.exit_code == 0, result.output
    return result.output


def refused(result: Result) -> str:
    assert result.exit_code == 2, result.output
    return result.output


def phase(stage: Stage) -> Phase:
    with stage.reading() as session:
        return elections.show(session, ELECTION).phase


def test_an_election_is_set_up_and_run_by_command(run: Run, stage: Stage, tmp_path: Path) -> None:
    done(run("create", ELECTION, *BY, "--body", "chairs", "--body-name", "Chairs", "--title", "Chairs 2026", *CALENDAR))
    told = json.loads(done(run("draft", ELECTION)))
    file = tmp_path / "draft.json"
    file.write_text(json.dumps(told | {"draft": to_plain(a_draft(calendar=a_calendar()))}))
    assert done(run("draft", ELECTION, "--set", file, *BY)) == "Saved.\n"
    assert "Somebody has changed" in refused(run("draft", ELECTION, "--set", file, *BY))
    assert "as number 1" in done(run("freeze", ELECTION, *ASKED))
    assert "waits as number 1: Freeze the roll, asked by Official officer" in done(run("show", ELECTION))
    assert "takes a second person" in refused(run("approve", 1, *BY))
    assert done(run("approve", 1, "--by", "secretary@example.org")) == "Done: Freeze the roll.\n"
    public = {one.member: one.identity() for one in stage.troupe.trustees}
    for who, data in {**public, "registrar": stage.troupe.registrar.identity()}.items():
        path = tmp_path / who
        path.write_bytes(data)
        done(run("identity", ELECTION, path, "--by", f"{who}@example.org"))
    assert "due: start, officer" in done(run("show", ELECTION))
    done(run("start", ELECTION, *BY))
    with stage.writing() as session:
        stage.troupe.keys(session, stage.now)
    rolls = tmp_path / "roll.csv"
    done(run("roll", ELECTION, "--by", "registrar@example.org", "--out", rolls))
    assert (oct(rolls.stat().st_mode & 0o777), "m3@example.org" in rolls.read_text()) == ("0o600", True)
    with stage.writing() as session:
        stage.troupe.lists(session, stage.now)
    done(run("publish", ELECTION, *BOTH))
    assert phase(stage) is Phase.READINESS
    done(run("notice", ELECTION, *BY, "--subject", "A word"))
    done(run("withdraw", ELECTION, *BOTH, "--contest", "board", "--candidate", "a1"))
    stage.open()
    done(run("extend", ELECTION, *BOTH, "--closes", "2026-03-12T09:00Z"))
    done(run("cancel", ELECTION, *BOTH))
    assert phase(stage) is Phase.CANCELLED
    assert f"{ELECTION}  cancelled" in done(run("list"))
    done(run("again", ELECTION, "chairs-2", *BY, *CALENDAR))
    with stage.reading() as session:
        log = officers.log(session, "officer", election=ELECTION)
    assert [(line.who, line.second, line.what) for line in log[:3]] == [
        ("command", "", "by command, for officer and secretary: cancel"),
        ("Official officer", "Official secretary", "cancelled the election"),
        ("Official officer", "", "asked to cancel the election"),
    ]


def test_an_election_is_given_up_by_command(run: Run, stage: Stage) -> None:
    stage.draft()
    done(run("freeze", ELECTION, *BOTH))

    assert done(run("abandon", ELECTION, *BOTH)) == "Done.\n"

    assert phase(stage) is Phase.ABANDONED


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("freeze", ELECTION, *ASKED, "--approved-by", "officer@example.org"), "takes a second person"),
        (("freeze", ELECTION, *ASKED, "--approved-by", "m1@example.org"), "Only returning officers or the secretariat"),
        (("freeze", ELECTION, *ASKED, "--approved-by", "who@example.org"), "Nobody among the members"),
        (("cancel", ELECTION, *BOTH), "only after it was announced"),
        (("start", ELECTION, *BY), "frozen before"),
        (("approve", "7", *BY), "There is no such request"),
        (("show", "none"), "There is no such election"),
    ],
)
def test_what_cannot_be_done_is_one_sentence_and_changes_nothing(
    run: Run, stage: Stage, words: tuple[str, ...], why: str
) -> None:
    stage.draft()

    assert why in refused(run(*words))

    assert phase(stage) is Phase.DRAFT
    assert "waits" not in done(run("show", ELECTION))


def test_a_request_is_declined_by_command(run: Run, stage: Stage) -> None:
    stage.draft()
    done(run("freeze", ELECTION, *ASKED))

    assert "Nothing was done" in done(run("decline", 1, "--by", "secretary@example.org", "--why", "Not yet."))
    assert "already" in refused(run("approve", 1, "--by", "secretary@example.org"))


def test_a_file_that_is_no_draft_is_refused(run: Run, stage: Stage, tmp_path: Path) -> None:
    stage.draft()
    file = tmp_path / "draft.json"
    for text, why in (("{", "is not JSON"), ("[]", "should have a version"), ('{"version": 2, "draft": {}}', "lacks")):
        file.write_text(text)
        assert why in refused(run("draft", ELECTION, "--set", file, *BY))
    assert "Say who" in refused(run("draft", ELECTION, "--set", file))
    assert "not a time in UTC" in refused(run("extend", ELECTION, *BOTH, "--closes", "tomorrow"))
