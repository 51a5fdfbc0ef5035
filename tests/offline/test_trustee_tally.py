"""Mixing and decrypting: each demand of protocol.md, section 10, is a refusal with its own sentence."""

import shutil
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import pytest

from governance.board import contribution, making, record
from governance.board import entries as e
from governance.offline import opening, trustee
from tests.offline import stage as stages
from tests.offline.conftest import At
from tests.offline.stage import Stage, ok, refused, run

TALLY = pytest.mark.parametrize(("step", "command"), [("closed", "mix"), ("mixed", "decrypt")])


def test_all_contests_go_in_one(at: At) -> None:
    stage = at("closed")
    ok(stage.trustee(1, "mix", "--expect", stage.close_root()))
    made = contribution.read(stage.out(1, "mix").read_bytes())
    entries = [e.parse(raw) for raw in made.entries]

    assert [one.contest for one in entries if isinstance(one, e.Shuffle)] == ["chair", "board"]
    assert len(made.blobs) == 4


def test_one_contest_may_be_chosen(at: At) -> None:
    stage = at("closed")
    ok(stage.trustee(1, "mix", "--expect", stage.close_root(), "--contest", "board"))
    (raw,) = contribution.read(stage.out(1, "mix").read_bytes()).entries

    assert b'"contest":"board"' in raw
    refused(stage.trustee(1, "mix", "--contest", "treasurer"), "no contest treasurer")


def test_what_waits_is_said(at: At) -> None:
    closed, mixed, opened = at("closed"), at("mixed"), at("opened")

    early = closed.trustee(1, "decrypt", "--expect", closed.close_root())
    assert "2 trustees have to mix it first" in early.stdout
    refused(early, "nothing for you to open")
    twice = mixed.trustee(2, "mix")
    assert "you have mixed it" in twice.stdout
    refused(twice, "nothing for you to mix")
    late = opened.trustee(1, "mix", "--expect", opened.close_root())
    assert "it is being opened" in late.stdout
    refused(late, "nothing for you to mix")
    done = opened.trustee(1, "decrypt")
    assert "you have given your part" in done.stdout
    refused(done, "nothing for you to open")
    ledger = opened.ledger()
    stages.count(ledger)
    opened.publish(ledger)
    over = opened.trustee(2, "decrypt")
    assert "it has been opened" in over.stdout
    refused(over, "nothing for you to open")


def test_a_contest_with_too_few_ballots_is_never_opened(at: At) -> None:
    stage = at("open")
    ledger = stage.ledger(without=4)
    ledger.append(e.Close(stages.CLOSES, ledger.judge.ballots))
    path = stage.publish(ledger, stage.folder / "few.zip")
    shutil.copy(path, stage.record)
    for command in ("mix", "decrypt"):
        result = stage.trustee(1, command, "--expect", stage.close_root())
        assert "chair: too few ballots" in result.stdout
        refused(result, f"nothing for you to {'mix' if command == 'mix' else 'open'}")


# ---- (a) the record holds, with the quorum ---------------------------------------------------------------------------


@TALLY
def test_a_no_quorum(at: At, step: str, command: str) -> None:
    stage = at(step)
    stage.publish(stage.ledger(), cosigned=False)

    refused(stage.trustee(1, command, "--expect", stage.close_root()), "section 13, board: 0 of 1 witnesses")


@TALLY
def test_a_a_ballot_that_does_not_hold(at: At, step: str, command: str) -> None:
    stage = at(step)
    ledger = stage.ledger()
    raws = list(ledger.entries())
    where = max(i for i, raw in enumerate(raws) if isinstance(e.parse(raw), e.Ballot))
    ballot = e.parse(raws[where])
    assert isinstance(ballot, e.Ballot)
    proof = e.BallotProof(ballot.proof.commitments, tuple(one ^ 1 for one in ballot.proof.responses))
    raws[where] = e.dump(e.Ballot(ballot.election, ballot.credential, ballot.previous, ballot.contests, proof))
    stage.write(raws, list(stages.used(ledger)), stage.folder / "forged.zip", cosigned=True)

    refused(stage.trustee(1, command, path=stage.folder / "forged.zip"), "section 8, ballot")


def test_a_a_mix_that_does_not_hold(at: At) -> None:
    stage = at("mixed")
    ledger = stage.ledger()
    blobs = list(stages.used(ledger))
    mixes = [entry for raw in ledger.entries() if isinstance(entry := e.parse(raw), e.Shuffle)]
    raws = [
        raw.replace(mixes[0].proof.sha256.hex().encode(), mixes[2].proof.sha256.hex().encode())
        for raw in ledger.entries()
    ]
    kept = [blob for blob in blobs if sha256(blob).digest() != mixes[0].proof.sha256]
    stage.write(raws, kept, cosigned=False)

    refused(stage.trustee(1, "decrypt"), "section 9, shuffle")


# ---- (b) it extends what was seen ------------------------------------------------------------------------------------


@TALLY
def test_b_an_older_record(at: At, step: str, command: str) -> None:
    stage, older = at(step), at("manifest")
    stage.trustee(1, command, "--contest", "nothing")  # the newest is seen, whatever becomes of the command

    refused(stage.trustee(1, command, path=older.record), "take the newest", "taken back")


@TALLY
def test_b_two_boards(at: At, step: str, command: str) -> None:
    stage = at(step)
    stage.trustee(1, command, "--contest", "nothing")
    other = at("ready")
    ledger = other.ledger()
    ledger.append(e.Open(stages.OPENS))
    for day in range(1, 10):
        ledger.append(e.Notice(f"2026-03-0{day}T00:00:00Z", "another", "board"))
    ledger.append(e.Close(stages.CLOSES, 0))
    while len(list(ledger.entries())) < 60:
        ledger.append(e.Notice("2026-03-09T00:00:00Z", "another", "board"))
    other.publish(ledger, other.folder / "other.zip")

    refused(stage.trustee(1, command, path=other.folder / "other.zip"), "does not extend", "two boards")


def test_b_what_the_log_did_not_sign_is_not_remembered(at: At) -> None:
    stage = at("closed")
    seen = stage.keyring(1).seen_size
    stage.publish(stage.ledger(), cosigned=False)
    stage.trustee(1, "mix")

    assert stage.keyring(1).seen_size == seen


# ---- (c) not before the announced close ------------------------------------------------------------------------------


def far(at: At) -> Stage:
    """An election that is announced to close in a thousand years, and whose server closes it now."""
    stage = at("confirmed")
    stages.add_manifest(stage, closes=stages.FAR)
    stages.be_ready(stage)
    stages.open_it(stage)
    stages.close_it(stage, stages.FAR)
    return stage


def test_c_before_the_close(at: At, monkeypatch: pytest.MonkeyPatch) -> None:
    stage = far(at)
    for command in ("mix", "decrypt"):
        result = stage.trustee(1, command, "--expect", stage.close_root())
        refused(result, "closes 2999-01-01 00:00:00 UTC", "nothing is mixed or opened before the close")
    assert not stage.keyring(1).close_root
    monkeypatch.setattr(opening, "now", lambda: datetime(2999, 1, 1, tzinfo=UTC))

    ok(stage.trustee(1, "mix", "--expect", stage.close_root()))


def test_c_the_last_announcement_counts(at: At) -> None:
    stage = at("open")
    ledger = stage.ledger()
    ledger.append(e.Extend("2026-03-02T00:00:00Z", stages.FAR, "a storm"))
    ledger.append(e.Close(stages.FAR, ledger.judge.ballots))
    stage.publish(ledger)

    refused(stage.trustee(1, "mix", "--expect", stage.close_root()), "before the close")


def test_c_there_must_be_a_close(at: At) -> None:
    refused(at("open").trustee(1, "mix"), "has no close yet")


# ---- (d) one root of the tree that ends with `close` -----------------------------------------------------------------


@TALLY
def test_d_another_root(at: At, step: str, command: str) -> None:
    stage = at(step)

    refused(stage.trustee(1, command, "--expect", stage.ctx()), "another one", "tell the others")
    assert not stage.keyring(1).close_root
    assert not stage.out(1, command).exists()


def test_d_a_value_that_is_given_is_always_compared(at: At) -> None:
    stage = at("mixed")

    refused(stage.trustee(3, "decrypt", "--expect", stage.ctx()), "another one", "tell the others")
    ok(stage.trustee(3, "decrypt", "--expect", stage.close_root()))


def test_d_it_asks(at: At) -> None:
    stage = at("closed")
    words = (*stage.secret(1), "--record", stage.record, "--out", stage.out(1, "mix"))
    no = run(trustee.main, "mix", *words, typed="n\n")
    yes = run(trustee.main, "mix", *words, typed="y\n")

    assert stage.close_root() in no.stdout
    assert no.exit_code == 1
    assert yes.exit_code == 0


def test_d_the_root_is_that_of_the_close_alone(at: At) -> None:
    mixed = at("mixed")
    shown = ok(mixed.trustee(3, "decrypt")).stdout

    assert mixed.close_root() == at("closed").close_root()
    assert "root of the record" not in shown  # trustee 3 has compared it before mixing


def test_d_no_other_root_ever(at: At) -> None:
    stage = at("open")
    path = stage.folder / "one.zip"
    stages.close_it(stage, path=path)
    ok(stage.trustee(1, "mix", "--expect", stage.close_root(path), path=path))
    ledger = stage.ledger()
    ledger.append(e.Notice("2026-03-07T00:00:00Z", "one more", "entry"))
    ledger.append(e.Close(stages.CLOSES, ledger.judge.ballots))
    other = stage.publish(ledger, stage.folder / "two.zip")
    mine = stage.keyring(1)
    mine.seen_size, mine.seen_root = 0, b""  # else it is refused by (b)
    mine.store()

    refused(stage.trustee(1, "mix", "--expect", stage.close_root(other), path=other), "up to its close is another")


# ---- one list of a contest, ever -------------------------------------------------------------------------------------


def mixed_again(stage: Stage, index: int) -> Path:
    """The record with one more mix than before."""
    ledger = stage.ledger()
    ok(stage.trustee(index, "mix"))
    stage.take(ledger, stage.out(index, "mix"))
    return stage.publish(ledger, stage.folder / "again.zip")


def test_another_list_is_refused_for_ever(at: At) -> None:
    stage = at("mixed")
    ok(stage.trustee(1, "decrypt", "--expect", stage.close_root()))
    first = stage.out(1, "decrypt").read_bytes()
    path = mixed_again(stage, 1)

    refused(stage.trustee(1, "decrypt", path=path), "one list is opened, ever")
    assert not stage.out(1, "decrypt").exists()
    assert stage.keyring(1).opened.keys() == {"chair", "board"}
    assert contribution.read(first).entries


def test_the_same_list_may_be_opened_again(at: At) -> None:
    stage = at("mixed")
    ok(stage.trustee(1, "decrypt", "--expect", stage.close_root()))
    ok(stage.trustee(1, "decrypt"))
    stage.take(stage.ledger(), stage.out(1, "decrypt"))


def test_the_list_is_kept_before_the_key_is_used(at: At, monkeypatch: pytest.MonkeyPatch) -> None:
    stage = at("mixed")
    copy = stage.folder / "copy"
    copy.mkdir()

    def stop(*_: object) -> None:
        for name in ("1.secret", "1.secret.newest", "passphrase"):
            shutil.copy(stage.folder / name, copy / name)
        raise KeyboardInterrupt

    monkeypatch.setattr(making, "decrypt", stop)
    result = stage.trustee(1, "decrypt", "--expect", stage.close_root())

    assert result.exit_code == 1
    assert Stage(copy).keyring(1).opened.keys() == {"chair", "board"}
    assert not stage.out(1, "decrypt").exists()


# ---- the trustee's own part ------------------------------------------------------------------------------------------


def test_a_cancelled_election(at: At) -> None:
    stage = at("mixed")
    ledger = stage.ledger()
    ledger.append(e.Cancel("2026-03-09T00:00:00Z", "the candidates were wrong"))
    stage.publish(ledger)

    for command in ("mix", "decrypt"):
        refused(stage.trustee(1, command), "was cancelled")


def test_a_manifest_that_this_trustee_never_signed(at: At) -> None:
    stage = at("mixed")
    mine = stage.keyring(1)
    mine.context = bytes(64)
    mine.store()

    refused(stage.trustee(1, "decrypt"), "never ready for this manifest")


@TALLY
def test_another_share_of_the_key(at: At, step: str, command: str) -> None:
    stage = at(step)
    mine = stage.keyring(1)
    mine.secret += 1
    mine.store()

    refused(stage.trustee(1, command, "--expect", stage.close_root()), "not the one that the record knows")


# ---- other files -----------------------------------------------------------------------------------------------------


def test_a_file_that_took_part_in_nothing(at: At) -> None:
    stage = at("mixed")
    stage.put_back(at("people"), 1)

    refused(stage.trustee(1, "mix"), "begin with commit")


@pytest.mark.parametrize("command", ["commit", "key", "confirm", "ready", "mix", "decrypt"])
@pytest.mark.parametrize("data", [b"", b"no zip at all", b"PK\5\6" + bytes(18)])
def test_a_record_that_is_none(at: At, command: str, data: bytes) -> None:
    stage = at("ready")
    stage.record.write_bytes(data)

    refused(stage.trustee(1, command), code=2)


def test_a_record_with_bytes_too_many(at: At) -> None:
    stage = at("closed")
    stage.record.write_bytes(b"x" + stage.record.read_bytes())

    refused(stage.trustee(1, "mix"), "section 1, form")


def test_a_checkpoint_of_other_entries(at: At) -> None:
    stage = at("commits")
    ledger = stage.ledger()
    with stage.record.open("wb") as file:
        record.write(file, list(ledger.entries())[:-1], ledger.checkpoint(), [], {})

    refused(stage.trustee(1, "commit"), "section 13, board")
