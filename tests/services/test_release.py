"""The hashes of the voting page's scripts stand in the record from the announcement on."""

import json
from pathlib import Path

import pytest

from governance.board import entries as e
from governance.errors import RuleError
from governance.services import boards, ceremony, consents, release, running
from governance.services.consents import Act, Wish
from governance.web import files
from tests.services.stage import ELECTION, Stage

DIST = Path(files.__file__).parent / "static" / "dist"


def test_what_is_told_is_what_the_build_wrote_and_what_pages_give_to_browsers() -> None:
    built = json.loads((DIST / "manifest.json").read_text())
    served = files.read(DIST.parent)

    assert release.scripts() == {name: built[name] for name in ("booth.js", "sealing.js")}
    assert release.scripts() == {name: served[f"dist/{name}"].integrity for name in release.SCRIPTS}
    assert all(f"{name}: {value}\n" in release.body() for name, value in release.scripts().items())
    assert release.name() in release.body()


@pytest.fixture
def listed(stage: Stage) -> Stage:
    """All is there but the announcement."""
    stage.set_up()
    stage.draft()
    stage.freeze()
    with stage.writing() as session:
        stage.troupe.identities(session, stage.now)
        ceremony.start(session, "officer", ELECTION, now=stage.now)
    with stage.writing() as session:
        stage.troupe.keys(session, stage.now)
    with stage.writing() as session:
        stage.troupe.lists(session, stage.now)
    return stage


def entries(stage: Stage) -> list[e.Entry]:
    with stage.reading() as session:
        return list(boards.but_ballots(session, ELECTION))


def told(stage: Stage) -> dict[str, str]:
    with stage.reading() as session:
        return release.announced(session, ELECTION)


def announce(stage: Stage) -> None:
    with stage.writing() as session:
        number = consents.ask(session, "officer", Wish(Act.PUBLISH, ELECTION), "It is due.", now=stage.now)
        consents.approve(session, "secretary", number, now=stage.now)


def test_the_announcement_names_the_scripts_in_the_record(listed: Stage) -> None:
    assert told(listed) == {}

    announce(listed)

    manifest, notice = entries(listed)[-2:]
    assert isinstance(manifest, e.Manifest)
    assert isinstance(notice, e.Notice)
    assert (notice.subject, notice.body) == (release.SUBJECT, release.body())
    assert told(listed) == release.scripts() != {}
    listed.open()  # a notice at that place keeps no election from going on


@pytest.mark.parametrize(
    "subject", [release.SUBJECT, f" {release.SUBJECT.upper()}", "The voting  page of this election"]
)
def test_nobody_else_names_them(listed: Stage, subject: str) -> None:
    def publish() -> None:
        with listed.writing() as session:
            running.notice(session, "officer", ELECTION, subject, "booth.js: sha384-" + "A" * 64, now=listed.now)

    with pytest.raises(RuleError, match="publishes a notice of this subject by itself"):
        publish()
    announce(listed)
    with pytest.raises(RuleError, match="publishes a notice of this subject by itself"):
        publish()

    assert told(listed) == release.scripts()


def test_what_stood_there_before_the_announcement_is_not_taken_for_it(listed: Stage) -> None:
    with listed.writing() as session:
        board = boards.opened(session, ELECTION)
        board.append(e.Notice("2026-03-01T09:00:00Z", release.SUBJECT, "booth.js: sha384-" + "A" * 64))
    announce(listed)

    assert told(listed) == release.scripts()
