"""The officials' real tools and the services: every file that one writes is read by the other."""

import io
from dataclasses import replace
from hashlib import sha512
from pathlib import Path

import pytest
from click import Group
from click.testing import CliRunner

from governance.board import checkpoint, verify
from governance.board import entries as e
from governance.board.record import RecordFile
from governance.crypto import credentials
from governance.crypto.credentials import Credential
from governance.domain.phases import Phase
from governance.offline import pairing, registrar, safe, trustee
from governance.offline.asking import Access, tracker
from governance.services import boards, ceremony, contributions, elections, publication, roll, running, voting
from governance.services.played import booth
from tests.services.stage import ELECTION, OPEN, TWO, Stage, a_draft


class Officials:
    """Two trustees and a registrar with their tools, and a folder for their files."""

    def __init__(self, stage: Stage, folder: Path) -> None:
        self.stage, self.folder = stage, folder
        self.passphrase = folder / "passphrase"
        self.passphrase.write_text("five words nobody has ever said")

    def run(self, tool: Group, step: str, who: str, *words: object) -> None:
        secret = ("--secret", self.folder / f"{who}.secret", "--passphrase-file", self.passphrase)
        result = CliRunner().invoke(tool, [str(word) for word in (step, *secret, *words)])
        assert result.exit_code == 0, result.output

    def identity(self, tool: Group, who: str) -> None:
        out = self.folder / f"{who}.public.json"
        self.run(tool, "identity", who, "--name", f"Official {who}", "--out", out)
        with self.stage.writing() as session:
            ceremony.take_identity(session, who, ELECTION, out.read_bytes(), now=self.stage.now)

    def record(self) -> Path:
        path = self.folder / "record.zip"
        with self.stage.reading() as session, path.open("wb") as file:
            publication.write(session, ELECTION, file)
        return path

    def step(self, who: str, step: str, *words: object) -> None:
        out = self.folder / f"{who}.{step}"
        self.run(trustee.main, step, who, "--record", self.record(), "--out", out, *words)
        with self.stage.writing() as session:
            contributions.take(session, who, ELECTION, out.read_bytes(), now=self.stage.now)

    def codes(self, expect: str) -> None:
        people, out, rolls = (self.folder / name for name in ("roll.csv", "lists", "rolls"))
        with self.stage.writing() as session:
            people.write_bytes(roll.for_registrar(session, "registrar", ELECTION, now=self.stage.now))
        words = ("--contests", "board,africa", "--expect", expect, "--out", out, "--roll-out", rolls)
        self.run(registrar.main, "codes", "registrar", people, "--record", self.record(), *words)
        with self.stage.writing() as session:
            contributions.take(
                session, "registrar", ELECTION, out.read_bytes(), rolls=rolls.read_bytes(), now=self.stage.now
            )

    def voter(self, member: str, cer: bytes) -> Credential:
        with pairing.unlocked(Access(self.folder / "registrar.secret", self.passphrase)) as mine:
            return credentials.derive(mine.find(member).code, cer)


@pytest.fixture
def officials(stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Officials:
    monkeypatch.setattr(safe, "COST", safe.Cost(memory=8, passes=1, lanes=1))
    stage.set_up(6)
    stage.draft(replace(a_draft(), trustees=("t1", "t2")))
    stage.freeze()
    return Officials(stage, tmp_path)


def test_a_whole_election_with_the_officials_own_tools(officials: Officials) -> None:
    stage = officials.stage
    for who in ("t1", "t2"):
        officials.identity(trustee.main, who)
    officials.identity(registrar.main, "registrar")
    with stage.writing() as session:
        ceremony.start(session, "officer", ELECTION, now=stage.now)
        cer = boards.cer(session, ELECTION)
    for who in ("t1", "t2"):
        officials.step(who, "commit", "--expect", tracker(cer))
    for who in ("t1", "t2"):
        officials.step(who, "key")
    for who in ("t1", "t2"):
        shares = officials.folder / f"{who}.shares"
        with stage.reading() as session:
            shares.write_bytes(ceremony.shares_for(session, who, ELECTION))
        officials.step(who, "confirm", "--shares", shares)
    officials.codes(tracker(cer))
    with stage.writing() as session:
        manifest = ceremony.publish(session, TWO, ELECTION, now=stage.now)
    for who in ("t1", "t2"):
        officials.step(who, "ready", "--expect", tracker(sha512(manifest).digest()))
    stage.now = OPEN
    assert stage.advance() == ["open"]
    with stage.writing() as session:
        for i in (1, 2, 3, 6):
            contests = roll.contests_of(session, ELECTION, f"m{i}")
            choice = [(0, 1), (2,)][: len(contests)]
            sealed = booth(manifest, contests).seal(
                officials.voter(f"m{i}", cer), bytes(32), choice, stage.troupe.registrar.draw
            )
            voting.cast(session, f"m{i}", ELECTION, e.dump(sealed), now=OPEN)
    assert stage.close() == ["close"]
    root = tracker(root_at_close(stage))
    for step in ("mix", "decrypt"):
        for who in ("t1", "t2"):
            officials.step(who, step, "--expect", root)

    with stage.reading() as session:
        assert elections.show(session, ELECTION).phase is Phase.COUNTED
        assert running.due(session, stage.now) == []
        file = io.BytesIO()
        publication.write(session, ELECTION, file)
    report = verify.check(RecordFile(file))
    assert report.failure is None
    assert {name: one.ballots for name, one in report.contests.items()} == {"board": 4, "africa": 2}


def root_at_close(stage: Stage) -> bytes:
    """The root of the tree that ends with `close`: the last entry but voids, of which there are none here."""
    with stage.reading() as session:
        return checkpoint.parse(boards.head(session, ELECTION)).root
