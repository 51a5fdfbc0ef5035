"""What a hostile server, or somebody with a hand in the folder, can put in the way of the three tools."""

import os
import shutil
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from governance.board import checkpoint, contribution, merkle, record
from governance.offline import opening, registrar, trustee, witness
from tests.offline import stage as stages
from tests.offline.conftest import At
from tests.offline.stage import LOG_SEED, Stage, ok, refused, run
from tests.offline.test_registrar_letters import LETTER

ROOT = Path(__file__).parents[2]
HUGE = 2**36


@pytest.fixture(autouse=True)
def _quick() -> Iterator[None]:
    """Whatever it is, it is refused without waiting."""
    start = time.monotonic()
    yield
    assert time.monotonic() - start < 60


# ---- what is no plain file, or far too large -------------------------------------------------------------------------


def pipe(path: Path) -> None:
    os.mkfifo(path)


def device(path: Path) -> None:
    path.symlink_to("/dev/zero")


def plug(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as made:
        where = Path.cwd()
        os.chdir(path.parent)  # a socket's name is short
        try:
            made.bind(path.name)
        finally:
            os.chdir(where)


def loop(path: Path) -> None:
    path.symlink_to(path)


def huge(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(HUGE)  # nothing of it is on the disk


def folder(path: Path) -> None:
    path.mkdir()


ODD = pytest.mark.parametrize("odd", [pipe, device, plug, loop, huge, folder], ids=lambda odd: odd.__name__)


def instead(path: Path, odd: object) -> Path:
    path.unlink(missing_ok=True)
    assert callable(odd)
    odd(path)
    return path


@ODD
@pytest.mark.parametrize("command", ["commit", "ready", "decrypt"])
def test_a_record_that_is_no_file_of_one(at: At, odd: object, command: str) -> None:
    stage = at("manifest")
    instead(stage.record, odd)

    assert stage.trustee(1, command).exit_code == 2


@ODD
def test_a_file_of_secrets_that_is_none(at: At, odd: object) -> None:
    stage = at("manifest")
    instead(stage.folder / "1.secret", odd)

    for result in (
        stage.trustee(1, "ready"),
        run(trustee.main, "status", "--secret", stage.folder / "1.secret"),
        run(registrar.main, "status", "--secret", stage.folder / "1.secret"),
        run(witness.main, "status", "--secret", stage.folder / "1.secret"),
    ):
        assert result.exit_code == 2
        assert isinstance(result.exception, SystemExit)


@ODD
def test_a_number_beside_it_that_is_none(at: At, odd: object) -> None:
    stage = at("manifest")
    instead(stage.folder / "1.secret.newest", odd)

    refused(stage.trustee(1, "ready", "--expect", stage.ctx()), "may be an older copy")
    put_back = stage.trustee(1, "ready", "--expect", stage.ctx(), "--restored")
    assert put_back.exit_code == (2 if odd is folder else 0)


@ODD
def test_shares_rolls_and_templates_that_are_none(at: At, odd: object) -> None:
    keys, confirmed = at("keys"), at("confirmed")
    instead(keys.folder / "odd", odd)
    roll = instead(confirmed.folder / "odd.csv", odd)
    where = ("--out", confirmed.folder / "c", "--roll-out", confirmed.folder / "r")

    assert keys.trustee(1, "confirm", "--shares", keys.folder / "odd").exit_code == 2
    given = (roll, "--record", confirmed.record, "--contests", "chair,board", *where, "--expect", confirmed.cer())
    assert confirmed.registrar("codes", *given).exit_code == 2
    words = (*LETTER, "--template", keys.folder / "odd", "--out", confirmed.folder / "sheets.html")
    assert confirmed.registrar("print", *words).exit_code == 2


@ODD
@pytest.mark.parametrize("name", ["checkpoint", "entries.jsonl"])
def test_a_board_in_a_folder_that_is_none(at: At, odd: object, name: str) -> None:
    stage = at("manifest")
    board = stage.folder / "board"
    board.mkdir()
    ledger = stage.ledger()
    (board / "checkpoint").write_bytes(ledger.checkpoint())
    (board / "entries.jsonl").write_bytes(b"".join(raw + b"\n" for raw in ledger.entries()))
    instead(board / name, odd)
    words = (*stage.secret("witness-2"), "--log-key", ledger.key(), "--record", board)

    assert run(witness.main, "cosign", *words).exit_code == 2


def test_what_is_too_large_does_not_fill_the_memory(at: At) -> None:
    stage = at("keys")
    start = f"import resource; resource.setrlimit(resource.RLIMIT_AS, ({2**30}, {2**30}))"
    program = f"{start}; from governance.offline.trustee import main; main()"
    words = ["confirm", *stage.secret(1), "--shares", stage.out(2, "key"), "--record", stage.record, "--out", "o"]
    for path in (stage.record, stage.folder / "1.secret", stage.out(2, "key")):
        shutil.copy(path, f"{path}.good")
        huge(path)
        command = [sys.executable, "-c", program, *map(str, words)]
        done = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True)
        assert done.returncode == 2, done.stderr
        assert done.stderr.startswith("Error: ")
        shutil.move(f"{path}.good", path)


def test_nothing_is_written_through_a_link(at: At) -> None:
    stage = at("ceremony")
    elsewhere = stage.folder / "elsewhere"
    for name in ("1.commit.contribution", ".1.secret.lock", ".1.secret.new", ".1.secret.newest.new"):
        (stage.folder / name).symlink_to(elsewhere)
    words = (*stage.secret(1), "--record", stage.record, "--expect", stage.cer())

    refused(run(trustee.main, "commit", *words, "--out", stage.out(1, "commit")), "already there", code=2)
    stage.out(1, "commit").unlink()
    assert run(trustee.main, "commit", *words, "--out", stage.out(1, "commit")).exit_code == 2  # the lock's name
    (stage.folder / ".1.secret.lock").unlink()
    ok(run(trustee.main, "commit", *words, "--out", stage.out(1, "commit")))
    assert not elsewhere.exists()


def test_a_file_of_secrets_that_others_could_read_is_closed_again(at: At) -> None:
    stage = at("commits")
    (stage.folder / "1.secret").chmod(0o666)
    told = ok(stage.trustee(1, "key")).stderr

    assert "others on this computer could read" in told
    assert stat.S_IMODE((stage.folder / "1.secret").stat().st_mode) == 0o600


# ---- cut short, or altered -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["record", "secret", "shares", "roll"])
def test_a_file_that_is_cut_short(at: At, kind: str) -> None:
    stage = at("keys") if kind == "shares" else at("confirmed") if kind == "roll" else at("closed")
    path = {
        "record": stage.record,
        "secret": stage.folder / "1.secret",
        "shares": stage.out(2, "key"),
        "roll": stage.folder / "roll.csv",
    }[kind]
    if kind == "roll":
        path.write_text(stages.ROLL, "utf-8")
    whole = path.read_bytes()
    for size in [0, 1, *range(7, len(whole), len(whole) // 12), len(whole) - 1]:
        path.write_bytes(whole[:size])
        if kind == "roll":
            result = stage.codes("--expect", stage.cer())
            if result.exit_code == 0:  # cut at the end of a line, or of an address that may be left out
                assert size >= stages.ROLL.index("m1")
                continue
        else:
            words = ["--shares", path, "--shares", stage.out(3, "key")] if kind == "shares" else []
            result = stage.trustee(1, "confirm" if kind == "shares" else "mix", *words)
        assert result.exit_code in (1, 2)
        assert isinstance(result.exception, SystemExit)
        assert "Error: " in result.stderr


def test_a_record_with_any_byte_changed_is_refused(at: At) -> None:
    stage = at("mixed")
    whole = stage.record.read_bytes()
    mine = stage.keyring(1)
    for number, where in enumerate(range(11, len(whole), len(whole) // 25)):
        changed = bytearray(whole)
        changed[where] ^= 1 << number % 8
        stage.record.write_bytes(changed)
        result = stage.trustee(1, "decrypt", "--expect", stages.CLOSES)
        assert result.exit_code in (1, 2)
        assert isinstance(result.exception, SystemExit)
    assert stage.keyring(1).opened == mine.opened == {}


# ---- another step, another election, another board -------------------------------------------------------------------


def test_the_files_of_others_do_not_serve(at: At) -> None:
    stage = at("manifest")

    refused(run(trustee.main, "status", "--secret", stage.folder / "registrar.secret"), "not a trustee's", code=2)
    refused(stage.trustee("witness-1", "ready"), "not a trustee's", code=2)  # type: ignore[arg-type]
    words = ("--secret", stage.folder / "1.secret", "--passphrase-file", stage.passphrase)
    refused(run(registrar.main, "notice-count", *words), "not a registrar's", code=2)


def test_every_earlier_step_is_refused_once_a_later_one_stands(at: At) -> None:
    stage = at("closed")
    first = {step: contribution.read(stage.out(1, step).read_bytes()).entries for step in ("key", "confirm")}
    for step in ("commit", "ready"):
        assert stage.trustee(1, step, "--expect", stage.ctx()).exit_code == 1
        assert not stage.out(1, step).exists()
    for step, entries in first.items():  # the same bytes as ever: they stand on the board, and say nothing new
        ok(stage.trustee(1, step))
        assert contribution.read(stage.out(1, step).read_bytes()).entries == entries


def test_a_manifest_that_is_swapped_after_it_was_compared(at: At) -> None:
    """Anybody can make a board of their own with the ceremony's entries: shown first, it must not keep out the real one."""
    stage = at("confirmed")
    other = Stage(shutil.copytree(stage.folder, stage.folder / "other"))
    stages.add_manifest(stage)
    stages.add_manifest(other, title="The fifth election, other candidates")
    agreed = stage.ctx()

    refused(stage.trustee(1, "ready", "--expect", agreed, path=other.record), "another one", "tell the others")
    ok(stage.trustee(1, "ready", "--expect", agreed))
    swapped = stage.trustee(1, "ready", "--expect", other.ctx(), path=other.record)
    assert swapped.exit_code == 1
    assert "Error: " in swapped.stderr
    assert not stage.out(1, "ready").exists()


def test_a_checkpoint_of_another_origin_or_a_shorter_tree(at: At) -> None:
    stage = at("closed")
    ledger = stage.ledger()
    raws, blobs = list(ledger.entries()), list(stages.used(ledger))
    shorter = stage.ledger(without=1).checkpoint()
    root = merkle.root([merkle.leaf(raw) for raw in raws])
    for head in (
        checkpoint.sign("log.example/other", len(raws), root, LOG_SEED),
        checkpoint.sign(ledger.origin, len(raws), root, bytes(32)),
        shorter,
        checkpoint.sign(ledger.origin, len(raws) - 1, root, LOG_SEED),
        checkpoint.sign(ledger.origin, len(raws), bytes(32), LOG_SEED),
    ):
        with stage.record.open("wb") as file:
            record.write(file, raws, head, blobs, {})
        refused(stage.trustee(1, "mix", "--expect", stage.close_root()), "section 13, board")


def test_nothing_is_destroyed_before_this_computers_clock_says_that_voting_closed(
    at: At, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server alone, without witnesses, can write any time into `close`."""
    stage = at("confirmed")
    stages.add_manifest(stage, closes=stages.FAR)
    stages.be_ready(stage)
    stages.open_it(stage)
    stages.close_it(stage, stages.FAR)
    words = ("--record", stage.record, "--expect", stages.ELECTION)

    refused(stage.registrar("destroy", *words), "closes 2999-01-01", "nothing is destroyed before the close")
    assert stage.pairing().people
    monkeypatch.setattr(opening, "now", lambda: datetime(2999, 1, 1, tzinfo=UTC))
    ok(stage.registrar("destroy", *words))
    assert not stage.pairing().people
