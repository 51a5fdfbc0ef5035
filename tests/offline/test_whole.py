"""The whole election, and that nobody's secrets are where they should not be."""

import io
import stat
import zipfile
from pathlib import Path

from governance.board import verify
from governance.board.record import RecordFile
from governance.crypto import group
from tests.offline import stage as stages
from tests.offline.conftest import At


def test_the_tools_make_a_whole_election(at: At) -> None:
    stage = at("opened")
    ledger = stage.ledger()
    stages.count(ledger)
    stage.publish(ledger)
    report = verify.check(RecordFile(io.BytesIO(stage.record.read_bytes())))

    assert report.ok, report.failure
    assert {name: one.ballots for name, one in report.contests.items()} == {"chair": 3, "board": 4}
    assert len(report.contests["board"].elected) == 2


def test_secrets_are_for_their_owner_alone(at: At) -> None:
    stage = at("opened")

    for path in [*stage.folder.glob("*.secret"), stage.folder / "rolls.private.json"]:
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_no_secret_is_in_any_file_or_on_the_terminal(at: At, played: dict[str, Path]) -> None:
    stage = at("opened")
    secrets: list[bytes] = [stages.PASSPHRASE.encode()]
    for index in range(1, 4):
        for step in ("commits", "opened"):
            mine = stages.Stage(played[step]).keyring(index)
            numbers = [*mine.coefficients, *([mine.secret] if mine.secret else [])]
            secrets += [mine.identity, mine.box, *map(group.encode_scalar, numbers)]
    codes = [person.code for person in stage.pairing().people]
    wanted = [*secrets, *(one.hex().encode() for one in secrets), *(code.encode() for code in codes)]
    files = {path: everything(path) for folder in played.values() for path in folder.iterdir() if path.is_file()}
    files |= {Path(f"output {i}"): text.encode() for i, text in enumerate(stages.SAID)}

    assert len(files) > 100
    assert len(wanted) > 40
    guilty = {path.name for path, data in files.items() for one in wanted if one in data}
    assert guilty == {"passphrase"}


def everything(path: Path) -> bytes:
    """The bytes of a file; of a record, also what is packed in it."""
    data = path.read_bytes()
    if path.suffix == ".zip":
        with zipfile.ZipFile(path) as archive:
            data += b"".join(map(archive.read, archive.namelist()))
    return data
