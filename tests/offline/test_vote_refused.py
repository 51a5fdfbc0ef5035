"""`governance-vote`: what is wrong is refused in plain words, and nothing is written."""

import os
from pathlib import Path

import pytest

from governance.board import entries as e
from governance.crypto import credentials, group
from tests.offline import stage as stages
from tests.offline.conftest import At
from tests.offline.stage import Stage, ok, refused
from tests.offline.voting import BOARD, BOTH, Voter, check, refused_last, show

pytestmark = pytest.mark.usefixtures("in_time")


# ---- what is refused -------------------------------------------------------------------------------------------------


def test_a_code_with_a_slip_is_asked_for_again_and_never_repeated(at: At) -> None:
    stage = at("open")
    voter = Voter(stage, "m5")
    code = voter.code
    slip = code[:5] + ("A" if code[5] != "A" else "B") + code[6:]
    paper = stage.folder / "mine.txt"
    paper.write_text(BOARD)

    right = ok(voter.seal("--ranking", paper, code=slip, typed=f"{code[:-1]}\n{code.lower()}\ny\n"))
    assert "typing mistake somewhere. 2 more tries" in right.stderr
    assert "this one has 25. 1 more try" in right.stderr
    voter.out.unlink()
    wrong = voter.seal(code=slip, typed=f"{slip}\n{slip}\n")

    assert (wrong.exit_code, wrong.stderr.splitlines()[-1]) == (
        2,
        "Error: this voting code has a typing mistake somewhere",
    )
    assert slip not in wrong.output + right.output
    assert not voter.out.exists()


def test_a_code_of_another_election_is_refused(at: At) -> None:
    voter = Voter(at("open"), "m5")
    other = credentials.make_code(bytes(range(15)))

    told = voter.seal(code=other, typed=f"{other}\n{other}\n")

    assert told.exit_code == 1
    assert told.stderr.splitlines()[-1].startswith("Error: this code is not one of this election.")
    file = voter.stage.folder / "code"
    file.write_text(f"{other}\n")
    refused(voter.seal("--code-file", file), "not one of this election")


def test_a_code_comes_from_a_file_or_pipe_too(at: At) -> None:
    stage = at("open")
    voter = Voter(stage, "m5")
    read_end, write_end = os.pipe()
    os.write(write_end, f" {credentials.show_code(voter.code)}\r\n".encode())
    os.close(write_end)
    paper = stage.folder / "mine.txt"
    paper.write_text(BOARD)

    ok(voter.seal("--ranking", paper, "--code-file", f"/dev/fd/{read_end}", code="y"))
    os.close(read_end)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[chair]\na\na\n[board]\nc", "line 3: Candidate A (a) is ranked twice"),
        ("[chair]\na\n[board]\nc\nd\ne", "line 6: “The board” allows up to 2 preferences of 4: Candidate E (e)"),
        ("[chair]\na\n[board]\nb", "line 4: nobody with the short name b stands in “The board”"),
        ("[chair]\na\n[board]\na  Candidate C", "line 4: a is Candidate A, and the line has another name"),
        ("[chair]\na", "nothing is said of “The board”"),
        ("[chair]\na\n[board]", "rank somebody below [board], or write (blank)"),
        ("[chair]\na\n[chair]\nb", "line 3: the contest chair stands twice"),
        ("[board]\na\n(blank)", "line 3: a vote is either (blank) or ranks somebody"),
        ("[board]\n(blank)\na", "line 3: a vote is either (blank) or ranks somebody"),
        ("[mayor]\na", "line 1: there is no contest mayor (there is chair, board)"),
        ("a\n[chair]", "line 1: say first which contest it is"),
        ("", "nothing is said of “The chair”"),
        (BOTH.encode("utf-16"), "not plain text in UTF-8"),
        (BOTH.encode("utf-16-le"), "not plain text in UTF-8"),
        (b"[chair]\na  Candidate \xe9\n", "not plain text in UTF-8"),
    ],
)
def test_a_paper_that_is_no_vote_is_refused(at: At, text: str | bytes, said: str) -> None:
    voter = Voter(at("open"), "m2")

    refused_last(voter.paper(text), said)

    assert not voter.out.exists()


def test_a_contest_of_others_is_refused(at: At) -> None:
    voter = Voter(at("open"), "m5")

    refused_last(voter.paper("[chair]\na\n[board]\na\n"), "line 2: with this code you do not vote in “The chair”")


@pytest.mark.parametrize(
    ("step", "said"),
    [
        ("ceremony", "has not been announced yet"),
        ("confirmed", "has not been announced yet"),
        ("manifest", "voting has not opened yet"),
        ("ready", "voting has not opened yet"),
        ("closed", "Voting has closed: no ballot can be cast any more"),
        ("opened", "Voting has closed: no ballot can be cast any more"),
    ],
)
def test_there_is_nothing_to_seal_before_the_opening_and_after_the_close(at: At, step: str, said: str) -> None:
    refused(Voter(at(step), "m5").seal(code=""), said)


def test_a_cancelled_election_takes_no_vote(at: At) -> None:
    stage = at("open")
    ledger = stage.ledger()
    ledger.append(e.Cancel("2026-03-03T00:00:00Z", "A flood"))
    stage.publish(ledger)

    refused(Voter(stage, "m5").seal(), "cancelled")


def test_a_manifest_that_was_changed_by_a_byte_is_refused_though_the_log_signs_again(at: At) -> None:
    stage = at("open")
    ledger = stage.ledger()
    entries = [raw.replace(b"Candidate C", b"Candidate X") for raw in ledger.entries()]
    assert entries != list(ledger.entries())
    path = stage.write(entries, list(stages.used(ledger)), stage.folder / "bent.zip", cosigned=False)

    told = refused(Voter(stage, "m5").seal(record=path), "ceremony")

    assert "ready for another manifest" in told


def test_another_key_for_the_votes_is_refused(at: At) -> None:
    """A server that swaps the trustees' key for its own could read the vote."""
    stage = at("open")
    ledger = stage.ledger()
    manifest = ledger.judge.manifest
    assert manifest is not None
    own = group.multiply_base(7).hex().encode()
    entries = [raw.replace(manifest.public_key.hex().encode(), own) for raw in ledger.entries()]
    path = stage.write(entries, list(stages.used(ledger)), stage.folder / "bent.zip", cosigned=False)

    refused(Voter(stage, "m5").seal(record=path), "its public key is not the ceremony's")


def test_a_made_up_election_with_the_true_names_knows_no_code(at: At, tmp_path: Path) -> None:
    """Whoever makes a ceremony of their own, and copies all else, does not know the codes that its lists would need."""
    true = Voter(at("open"), "m5")
    made_up = Stage(tmp_path / "made-up")
    made_up.folder.mkdir()
    made_up.passphrase.write_text(stages.PASSPHRASE, "utf-8")
    for step, act in stages._ACTS.items():  # noqa: SLF001  the same steps as in every election of these tests
        act(made_up)
        if step == "open":
            break

    ok(Voter(made_up, "m5").seal(typed="1\ny\n"))
    told = true.seal(code=true.code, typed=f"{true.code}\n{true.code}\n", record=made_up.record)
    refused_last(told, "this is not the election's true file: do not go on", code=1)
    assert not true.out.exists()


@pytest.mark.parametrize("what", ["pipe", "nothing", "text", "empty"])
def test_what_is_no_record_is_said_in_a_line(at: At, what: str) -> None:
    voter = Voter(at("open"), "m5")
    path = voter.stage.folder / "odd"
    if what == "pipe":
        os.mkfifo(path)
    elif what != "nothing":
        path.write_bytes(b"a text" if what == "text" else b"")

    refused(voter.seal(record=path), code=2)
    refused(show(path), code=2)
    refused(check(path, voter.stage.record), code=2)


def test_a_record_with_bytes_of_its_own_is_refused(at: At) -> None:
    voter = Voter(at("open"), "m5")
    with voter.stage.record.open("ab") as file:
        file.write(b"more")

    refused(voter.seal(), "section 1, form")


def test_nothing_is_overwritten_and_nothing_written_through_a_link(at: At) -> None:
    voter = Voter(at("open"), "m5")
    voter.out.symlink_to(voter.stage.folder / "elsewhere")

    refused(voter.seal(), "already there", code=2)

    assert not (voter.stage.folder / "elsewhere").exists()


def test_titles_and_names_cannot_move_the_cursor(at: At) -> None:
    stage = at("confirmed")
    stages.add_manifest(stage, title="Nice\x1b[2J\u202egnitov\u2028[board]")

    told = ok(show(stage.record, "--paper", stage.folder / "paper.txt")).output

    for text in (told, (stage.folder / "paper.txt").read_text("utf-8")):
        assert "\x1b" not in text
        assert "\u202e" not in text
        assert "\u2028" not in text
