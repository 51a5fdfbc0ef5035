"""`governance-vote check`: whether a ballot stands; and that the program needs nothing else, and gives no code away."""

import json
import os
import select
import subprocess
import sys
from base64 import b64encode
from pathlib import Path

import pytest

from governance.board import canonical, checkpoint, merkle, record
from governance.board import entries as e
from governance.board.ledger import Ledger
from governance.crypto import ballot as sealing
from governance.crypto import credentials
from tests.offline import stage as stages
from tests.offline.conftest import At
from tests.offline.stage import Stage, ok, refused
from tests.offline.voting import BOARD, Voter, check, opened

pytestmark = pytest.mark.usefixtures("in_time")


# ---- check -----------------------------------------------------------------------------------------------------------


def kept(stage: Stage, raw: bytes) -> Path:
    """The receipt of a ballot, as the booth and the server save it, at the stage's newest checkpoint."""
    raws = list(stage.ledger().entries())
    leaves = [merkle.leaf(one) for one in raws]
    index = raws.index(raw)
    signed = checkpoint.sign(f"log.example/{stages.ELECTION}", len(raws), merkle.root(leaves), stages.LOG_SEED)
    proof = {
        "checkpoint": signed.decode(),
        "index": index,
        "proof": [one.hex() for one in merkle.inclusion(leaves, index)],
    }
    told = {
        "election": stages.ELECTION,
        "ballot": b64encode(raw).decode(),
        "receipt": canonical.dump(proof).decode(),
    }
    path = stage.folder / "receipt.json"
    path.write_text(json.dumps(told))
    return path


@pytest.fixture
def cast(at: At) -> Voter:
    """Somebody whose sealed ballot was handed in."""
    voter = Voter(at("open"), "m5")
    ok(voter.paper(BOARD))
    ledger = voter.stage.ledger()
    voter.cast(ledger)
    voter.stage.publish(ledger)
    return voter


def test_a_ballot_that_stands_and_counts(cast: Voter) -> None:
    stage = cast.stage
    size = len(list(stage.ledger().entries()))
    for file, compared in ((cast.out, False), (kept(stage, cast.out.read_bytes()), True)):
        told = ok(check(file, stage.record)).output
        value = json.loads(ok(check(file, stage.record, "--json")).output)

        assert "Yes, your ballot is in the ballot box." in told
        assert f"number    {size - 1} of the {size} entries" in told
        assert "it is the one that counts" in told
        assert ("The board has only grown since your receipt" in told) is compared
        assert value == {
            "ok": True,
            "election": "fifth",
            "manifest": stage.ledger().judge.ctx.hex(),
            "tracker": sealing.tracker(e.unproven_bytes(cast.ballot())),
            "index": size - 1,
            "size": size,
            "counts": True,
            "later": -1,
            "extends": compared,
            "confirmed": True,
        }


def test_a_later_ballot_is_told(cast: Voter) -> None:
    stage, first = cast.stage, cast.out.read_bytes()
    receipt = kept(stage, first)
    cast.out.unlink()
    ok(cast.paper("[board]\n(blank)\n"))
    ledger = stage.ledger()
    cast.cast(ledger)
    stage.publish(ledger)
    size = len(list(ledger.entries()))

    told = ok(check(receipt, stage.record)).output

    assert "a later one replaced it" in told
    assert f"The later one is number {size - 1}. Only that one counts." in told
    assert json.loads(ok(check(receipt, stage.record, "--json")).output)["counts"] is False


def test_a_ballot_that_is_not_there_is_told(cast: Voter) -> None:
    stage = cast.stage
    receipt = kept(stage, cast.out.read_bytes())
    old = stage.publish(stage.ledger(without=1), stage.folder / "old.zip")

    refused(check(cast.out, old), "not among the", "five minutes")
    refused(check(receipt, old), "older than the receipt")
    told = json.loads(check(cast.out, old, "--json").output)
    assert (told["ok"], "not among" in told["detail"]) == (False, True)


def test_a_receipt_of_a_later_board_is_not_compared_with_an_earlier_record(cast: Voter) -> None:
    stage = cast.stage
    old = stage.publish(stage.ledger(), stage.folder / "old.zip")
    ledger = stage.ledger()
    ledger.append(e.Notice("2026-03-03T00:00:00Z", "Later", ""))
    stage.publish(ledger)

    told = ok(check(kept(stage, cast.out.read_bytes()), old)).output

    assert "Yes, your ballot is in the ballot box." in told
    assert "Your receipt is newer than this record, so the two could not be compared" in told


def test_where_there_are_no_witnesses_that_is_said(at: At) -> None:
    stage = at("confirmed")
    log = Ledger(f"log.example/{stages.ELECTION}", stages.LOG_SEED)
    opened(stage, board=e.Board(log.origin, str(log.key()), (), 0))
    voter = Voter(stage, "m5")
    ok(voter.paper(BOARD))
    ledger = stage.ledger()
    voter.cast(ledger)
    stage.publish(ledger)

    assert "This election has no witnesses" in ok(check(voter.out, stage.record)).output


def test_a_record_that_its_log_did_not_sign_is_refused(cast: Voter) -> None:
    stage = cast.stage
    with stage.record.open("rb") as file:
        source = record.RecordFile(file)
        raws, blobs = list(source.entries()), [b"".join(source.chunks(one)) for one in source.blob_sizes()]
        head = source.checkpoint()
    root = checkpoint.parse(head).root
    for signed in (
        checkpoint.sign(f"log.example/{stages.ELECTION}", len(raws), root, bytes(32)),
        checkpoint.sign(f"log.example/{stages.ELECTION}", len(raws) - 1, root, stages.LOG_SEED),
        checkpoint.sign(f"log.example/{stages.ELECTION}", len(raws), bytes(32), stages.LOG_SEED),
    ):
        path = stage.folder / "forged.zip"
        with path.open("wb") as file:
            record.write(file, raws, signed, blobs, {})
        refused(check(cast.out, path), "section 13, board")


def test_a_board_that_took_a_ballot_back_is_found_out(cast: Voter) -> None:
    stage = cast.stage
    receipt = kept(stage, cast.out.read_bytes())
    ledger = stage.ledger(without=1)
    for text in ("One", "Two"):
        ledger.append(e.Notice("2026-03-03T00:00:00Z", text, ""))
    forked = stage.publish(ledger, stage.folder / "forked.zip")

    refused(check(receipt, forked), "two boards", "evidence")


def test_a_receipt_that_does_not_hold_is_found_out(cast: Voter) -> None:
    stage = cast.stage
    path = kept(stage, cast.out.read_bytes())
    good = json.loads(path.read_text())
    promise = json.loads(good["receipt"])
    for bent in (
        promise | {"index": promise["index"] - 1},
        promise | {"proof": promise["proof"][1:]},
        promise | {"checkpoint": promise["checkpoint"].replace("log.example", "log.example2")},
    ):
        path.write_text(json.dumps(good | {"receipt": canonical.dump(bent).decode()}))
        refused(check(path, stage.record), "the receipt does not hold")
    for none in (
        promise | {"more": 1},
        promise | {"index": "1"},
        promise | {"index": True},
        promise | {"checkpoint": ""},
    ):
        path.write_text(json.dumps(good | {"receipt": canonical.dump(none).decode()}))
        refused(check(path, stage.record), "neither a sealed ballot nor a receipt", code=2)


def test_another_elections_ballot_is_said_to_be_one(cast: Voter) -> None:
    entry = json.loads(cast.out.read_bytes()) | {"election": "sixth"}
    other = cast.stage.folder / "other"
    other.write_bytes(canonical.dump(entry))

    refused(check(other, cast.stage.record), "of the election sixth")


@pytest.mark.parametrize(
    "data",
    [
        b"{}",
        b"[" * 100_000,
        b"\xff",
        b'{"ballot": 3, "election": "fifth", "receipt": ""}',
        b'{"ballot": "", "election": "fifth", "receipt": "{}"}',
        b'{"ballot": "", "election": "fifth", "receipt": 7}',
        b'{"kind": "notice"}',
        b'{"at":"2026-01-01T00:00:00Z","body":"","kind":"notice","subject":""}',
    ],
    ids=range(8),
)
def test_what_is_neither_ballot_nor_receipt_is_said_to_be_none(cast: Voter, data: bytes) -> None:
    odd = cast.stage.folder / "odd"
    odd.write_bytes(data)

    refused(check(odd, cast.stage.record), "neither a sealed ballot nor a receipt", code=2)


# ---- alone -----------------------------------------------------------------------------------------------------------

ALONE = """
import sys
asked = []
sys.addaudithook(lambda event, args: asked.append(event) if event.split(".")[0] in ("socket", "urllib", "http") else None)
from governance.offline import vote
code = vote.main(sys.argv[1:], standalone_mode=False)
known = {"flask", "sqlalchemy", "wtforms", "werkzeug", "alembic", "governance.services", "governance.store", "governance.web"}
print(sorted(known & set(sys.modules)), sorted(set(asked)))
"""


def test_it_needs_no_network_no_database_and_no_framework(cast: Voter) -> None:
    call = [sys.executable, "-c", ALONE, "check", str(cast.out), str(cast.stage.record)]
    told = subprocess.run(call, check=True, capture_output=True, text=True)

    assert told.stdout.splitlines()[-1] == "[] []"


def test_on_a_terminal_the_code_does_not_show_and_without_one_it_is_not_asked_for(at: At) -> None:
    stage = at("open")
    voter = Voter(stage, "m5")
    paper = stage.folder / "paper.txt"
    paper.write_text(BOARD)
    call = [sys.executable, "-m", "governance.offline.vote", "seal", "--ranking", "paper.txt", str(stage.record)]
    here, there = os.openpty()
    with subprocess.Popen(
        call, cwd=stage.folder, stdin=there, stdout=there, stderr=there, start_new_session=True
    ) as process:
        os.close(there)
        said = until(here, b"", b"voting code: ")
        os.write(here, voter.code.encode() + b"\n")
        said = until(here, said, b"Is this your vote? [y/N]")
        os.write(here, b"y\n")
        said = until(here, said, b"once you have voted.")
        process.wait(30)
    os.close(here)

    assert (process.returncode, voter.code.encode() in said) == (0, False)
    assert (stage.folder / "sealed-ballot.json").is_file()
    nowhere = subprocess.run(
        [*call, "--out", "other"], cwd=stage.folder, stdin=subprocess.DEVNULL, capture_output=True, text=True,
        start_new_session=True, check=False,
    )  # fmt: skip
    assert (nowhere.returncode, nowhere.stderr.splitlines()[-1][:24]) == (2, "Error: there is no termi")


def until(terminal: int, said: bytes, wanted: bytes) -> bytes:
    """What a terminal shows, until something stands there."""
    while wanted not in said:
        assert select.select([terminal], [], [], 60)[0], said
        said += os.read(terminal, 4096)
    return said


def test_no_code_is_in_any_file_or_on_the_terminal(cast: Voter) -> None:
    wanted = [cast.code.encode(), credentials.show_code(cast.code).encode()]
    private = {"registrar.secret", "paper.txt"}
    files = {path.name: path.read_bytes() for path in cast.stage.folder.iterdir() if path.is_file()}
    files |= {f"output {i}": text.encode() for i, text in enumerate(stages.SAID)}

    assert [name for name, data in files.items() if name not in private and any(one in data for one in wanted)] == []
