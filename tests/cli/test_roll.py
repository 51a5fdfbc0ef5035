"""`governance roll check`: a voter's own line against the announced election, believed by nobody's word."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from governance.board import own_line
from governance.board.own_line import OwnLine
from governance.cli.main import main
from governance.services import ceremony, publication, roll
from tests.services.stage import ELECTION, Stage, a_stage
from tests.web.browser import application
from tests.web.serving import serving


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with a_stage(tmp_path_factory.mktemp("lines")) as made:
        made.set_up(6)
        made.draft()
        made.freeze()
        made.announce()
        yield made


@pytest.fixture(scope="module")
def record(stage: Stage, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("record") / "r.record.zip"
    with stage.reading() as session, path.open("wb") as file:
        publication.write(session, ELECTION, file)
    return path


def mine(stage: Stage, member: str = "m3") -> OwnLine:
    with stage.reading() as session:
        return roll.my_line(session, ELECTION, member)


def run(record: Path, line: OwnLine | bytes, *words: str) -> Result:
    data = line if isinstance(line, bytes) else own_line.dump(line)
    return CliRunner().invoke(main, ["roll", "check", "-", "--record", str(record), *words], input=data)


def test_the_line_of_a_voter_holds(stage: Stage, record: Path) -> None:
    told, as_json = run(record, mine(stage)), json.loads(run(record, mine(stage), "--json").output)

    assert told.exit_code == 0
    assert "Member 3 (member m3)" in told.output
    assert (as_json["ok"], as_json["contests"], as_json["voters"]) == (True, ["board", "africa"], 2)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"contests": ("board",)}, "another roll"),
        ({"index": 1}, "does not have this line"),
        ({"election": "x"}, "another"),
    ],
)
def test_another_line_is_refused(stage: Stage, record: Path, change: dict[str, object], why: str) -> None:
    line = replace(mine(stage), **change)  # type: ignore[arg-type]

    told, as_json = run(record, line), json.loads(run(record, line, "--json").output)

    assert (told.exit_code, "REFUSED" in told.output, why in told.output) == (1, True, True)
    assert as_json["ok"] is False


def test_what_is_no_line_and_a_wrong_call_are_told_apart(stage: Stage, record: Path, tmp_path: Path) -> None:
    nothing = tmp_path / "x.zip"
    nothing.write_bytes(b"x")

    assert run(record, b"{}").exit_code == 2
    assert run(nothing, mine(stage)).exit_code == 2
    assert CliRunner().invoke(main, ["roll", "check", "-"], input=b"").exit_code == 2


def test_before_the_announcement_nothing_can_be_checked(tmp_path: Path) -> None:
    with a_stage(tmp_path) as stage:
        stage.set_up(6)
        stage.draft()
        stage.freeze()
        line = mine(stage)
        with stage.writing() as session:
            stage.troupe.identities(session, stage.now)
        with stage.writing() as session:
            ceremony.start(session, "officer", ELECTION, now=stage.now)
        path = tmp_path / "r.zip"
        with stage.reading() as session, path.open("wb") as file:
            publication.write(session, ELECTION, file)

        told = run(path, line)

    assert (told.exit_code, "no manifest yet" in told.stderr) == (2, True)


def test_the_record_is_fetched_from_the_page(stage: Stage) -> None:
    with serving(application(stage)) as address:
        words = ["roll", "check", "-", "--url", f"{address}/elections/{ELECTION}"]
        told = CliRunner().invoke(main, words, input=own_line.dump(mine(stage)))

    assert told.exit_code == 0, told.output
