"""A voter with a program of their own: what they type, and the files that they keep."""

from dataclasses import dataclass, replace
from pathlib import Path

from click.testing import CliRunner, Result

from governance.board import entries as e
from governance.board.ledger import Ledger
from governance.crypto import credentials
from governance.offline import vote
from tests.offline.stage import OPENS, SAID, Stage, be_ready, keys, manifest_entry, ok

BOTH = "[chair]\na\n[board]\nc\na\n"
BOARD = "[board]\nd\n"


@dataclass(slots=True)
class Voter:
    """One voter, and the code that the registrar made."""

    stage: Stage
    member: str

    @property
    def code(self) -> str:
        return self.stage.pairing().find(self.member).code

    @property
    def out(self) -> Path:
        return self.stage.folder / f"{self.member}.ballot"

    def seal(self, *words: object, typed: str = "", code: str | None = None, record: Path | None = None) -> Result:
        """Seal; the code is typed, then what else is asked for."""
        given = credentials.show_code(self.code) if code is None else code
        call = ("seal", record or self.stage.record, "--out", self.out, *words)
        result = CliRunner().invoke(vote.main, [str(word) for word in call], input=f"{given}\n{typed}")
        SAID.append(result.output)
        return result

    def paper(self, text: str | bytes) -> Result:
        """Seal what a file says, and say yes to everything."""
        path = self.stage.folder / "paper.txt"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return self.seal("--ranking", path, typed="y\ny\n")

    def ballot(self) -> e.Ballot:
        entry = e.parse(self.out.read_bytes())
        assert isinstance(entry, e.Ballot)
        return entry

    def cast(self, ledger: Ledger) -> None:
        """Hand the file in: the board judges it as it judges any."""
        ledger.append(self.out.read_bytes())


def check(*words: object) -> Result:
    return CliRunner().invoke(vote.main, ["check", *(str(word) for word in words)])


def show(*words: object) -> Result:
    return CliRunner().invoke(vote.main, ["show", *(str(word) for word in words)])


def credential(stage: Stage, member: str) -> bytes:
    return bytes(credentials.derive(Voter(stage, member).code, keys(stage.ledger()).cer).public)


def contest(stage: Stage, name: str) -> e.Contest:
    manifest = stage.ledger().judge.manifest
    assert manifest is not None
    return next(one for one in manifest.contests if one.id == name)


def refused_last(result: Result, *words: str, code: int = 2) -> None:
    """Refused after something was asked: the last line says why."""
    assert result.exit_code == code, result.output
    assert isinstance(result.exception, SystemExit)
    last = result.stderr.splitlines()[-1]
    assert last.startswith("Error: "), result.output
    for word in words:
        assert word in last


def opened(stage: Stage, **changes: object) -> None:
    """From the trustees' key on: an election with another manifest, in which voting is open."""
    ok(stage.codes("--expect", stage.cer()))
    ledger = stage.ledger()
    ledger.append(replace(manifest_entry(stage, ledger), **changes))  # type: ignore[arg-type]
    stage.publish(ledger)
    be_ready(stage)
    ledger = stage.ledger()
    ledger.append(e.Open(OPENS))
    stage.publish(ledger)
