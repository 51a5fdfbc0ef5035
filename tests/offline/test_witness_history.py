"""What a witness keeps: its history lies with its key, and no log can fill or turn it."""

import shutil
from pathlib import Path

import pytest

from governance.board import checkpoint
from governance.board.ledger import Ledger
from governance.offline import witness
from tests.offline.stage import LOG_SEED, ok, refused
from tests.offline.test_witness import ENTRIES, LOG_KEY, ORIGIN, OTHER, Witness, head, notice


@pytest.fixture
def one(tmp_path: Path) -> Witness:
    return Witness(tmp_path)


# ---- the history that the key is kept with ---------------------------------------------------------------------------


def put_back(one: Witness, *suffixes: str) -> None:
    """After 20 entries a copy is made, after 40 it is put back."""
    one.show(ENTRIES[:20])
    ok(one.cosign("--log-key", LOG_KEY))
    for suffix in ("", ".newest"):
        shutil.copy(f"{one.file}{suffix}", f"{one.file}{suffix}.copy")
    one.show(ENTRIES)
    ok(one.cosign())
    for suffix in suffixes:
        shutil.copy(f"{one.file}{suffix}.copy", f"{one.file}{suffix}")


def test_an_older_copy_does_not_cosign_a_second_history(one: Witness) -> None:
    put_back(one, "")
    (one.folder / "cosigned").unlink()
    one.show([*ENTRIES[:20], *OTHER[20:]])

    refused(one.cosign(), "an older copy", "stored here again since", "--begin-anew", "another history")
    assert not (one.folder / "cosigned").exists()


def test_a_copy_somewhere_else_may_be_older(one: Witness, tmp_path: Path) -> None:
    put_back(one)
    moved = tmp_path / "elsewhere"
    moved.mkdir()
    shutil.copy(one.file, moved / "w")
    one.file = moved / "w"
    one.secret = ("--secret", one.file, *one.secret[2:])

    refused(one.cosign(), "may be an older copy", "w.newest", "--begin-anew")
    begun = ok(one.cosign("--begin-anew"))
    assert "Warning" in begun.stderr
    assert "vouches for both" in begun.stderr
    assert ok(one.cosign()).stderr == ""


def test_who_begins_anew_says_so_and_goes_on_from_what_is_left(one: Witness) -> None:
    put_back(one, "")
    one.show(OTHER)
    fork = one.cosign("--begin-anew")
    one.show(ENTRIES)

    assert "does not extend the one of 20 entries" in fork.stderr
    assert one.size() == 20
    assert ok(one.cosign()).stderr == ""
    assert one.size() == 40


@pytest.mark.parametrize("text", ["", "0\n", f"{'0' * 32} 1\n", "\x00" * 5000, "999 999\n"])
def test_a_number_that_was_altered_is_no_number(one: Witness, text: str) -> None:
    put_back(one)
    Path(f"{one.file}.newest").write_text(text, "utf-8")

    refused(one.cosign(), "may be an older copy")


def test_both_put_back_together_is_not_noticed_and_not_promised(one: Witness) -> None:
    """docs/threat-model.md, section 4, says so."""
    put_back(one, "", ".newest")

    ok(one.cosign())


def test_a_history_that_was_altered_does_not_open(one: Witness) -> None:
    put_back(one)
    data = bytearray(one.file.read_bytes())
    for where in (len(data) - 1, len(data) // 2, data.index(b'"number":') + 9):
        changed = data.copy()
        changed[where] ^= 1
        one.file.write_bytes(changed)
        refused(one.cosign(), code=2)


def test_a_log_cannot_fill_what_the_witness_keeps(one: Witness) -> None:
    lines = "".join(f"\N{EM DASH} other{i} AAAAAAAA\n" for i in range(2200)).encode()
    assert len(lines) > 45_000
    one.show(ENTRIES, head(ENTRIES) + lines)
    ok(one.cosign("--log-key", LOG_KEY))

    assert one.logs()[ORIGIN].text == head(ENTRIES)
    assert one.file.stat().st_size < 4000


def test_there_are_so_many_logs_and_no_more(one: Witness, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(witness, "MAX_LOGS", 2)
    for name in ("a", "b", "c"):
        one.show(ENTRIES, head(ENTRIES, origin=name))
        words = ("--log-key", Ledger(name, LOG_SEED).key())
        if name == "c":
            refused(one.cosign(*words), "at most 2 logs")
        else:
            ok(one.cosign(*words))
    one.show(ENTRIES, head(ENTRIES, origin="b"))

    ok(one.cosign())


def test_the_name_of_a_log_is_bounded(one: Witness) -> None:
    long = "x" * 201
    one.show(ENTRIES, head(ENTRIES, origin=long))

    refused(one.cosign("--log-key", Ledger(long, LOG_SEED).key()), "at most 200 letters")


def test_evidence_does_not_fill_the_disk(one: Witness) -> None:
    one.show(ENTRIES[:20])
    ok(one.cosign("--log-key", LOG_KEY))
    for number in range(20):
        one.show([*ENTRIES[:10], *(notice(i, f"board {number}") for i in range(10, 21))])
        assert one.cosign().exit_code == 1

    kept = list(one.folder.glob("w.evidence-*"))
    assert 2 <= len(kept) <= witness.MAX_EVIDENCE + 2
    assert head(ENTRIES[:20]) in {path.read_bytes() for path in kept}


def test_two_commands_for_one_log_do_not_both_go_on(one: Witness, monkeypatch: pytest.MonkeyPatch) -> None:
    one.show(ENTRIES[:20])
    ok(one.cosign("--log-key", LOG_KEY))

    def meanwhile(*_: object) -> None:
        monkeypatch.undo()
        one.show(ENTRIES[:30])
        ok(one.cosign())
        one.show(ENTRIES)

    monkeypatch.setattr(checkpoint, "check_log", meanwhile)
    one.show(ENTRIES)

    refused(one.cosign(), "another command has cosigned this log meanwhile")
    assert one.size() == 30
