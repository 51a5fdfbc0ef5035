"""What a tool writes never takes the place of its secrets, or of anything; and it is tried before anything is made."""

import os
from pathlib import Path

import click
import pytest

from governance.offline import registrar, trustee, witness
from governance.offline.keyring import Keyring
from tests.offline.conftest import At
from tests.offline.stage import PASSPHRASE, Stage, ok, refused, run
from tests.offline.test_registrar_letters import LETTER

TAKES = "take the place of your secrets"
KEPT = ("{}", ".{}.lock", ".{}.new", "{}.newest", ".{}.newest.new")
"""The names of a file of secrets, and of what is beside it at one time or another."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "pp").write_text(PASSPHRASE + "\n", "utf-8")
    return tmp_path


def identity(tool: click.Group, folder: Path, out: object, kept: str = "k") -> tuple[click.Group, *tuple[object, ...]]:
    where = ("--secret", folder / kept, "--passphrase-file", folder / "pp")
    return tool, "identity", "--name", "Ada", *where, "--out", out


def seen(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.mark.parametrize("tool", [trustee.main, registrar.main], ids=["trustee", "registrar"])
@pytest.mark.parametrize("name", [*KEPT, "../{0}/k"])
def test_an_identity_is_not_written_over_its_secret(tool: click.Group, folder: Path, name: str) -> None:
    out = folder / (name.format(folder.name) if "/" in name else name.format("k"))

    refused(run(*identity(tool, folder, out)), TAKES, code=2)
    assert list(seen(folder)) == ["pp"]


def test_nor_where_the_folder_has_two_names(folder: Path) -> None:
    (folder / "same").symlink_to(folder, target_is_directory=True)

    refused(run(*identity(trustee.main, folder, folder / "same" / "k")), TAKES, code=2)
    assert not (folder / "k").exists()


def test_a_secret_with_the_name_of_an_unfinished_output(folder: Path) -> None:
    """What is written stands beside its place first, and takes its name from there."""
    refused(run(*identity(trustee.main, folder, folder / "out", kept=".out.new")), TAKES, code=2)


def test_what_stands_where_a_secret_keeps_its_number_stays(folder: Path) -> None:
    (folder / "k.newest").write_text("my own notes")

    refused(run(*identity(trustee.main, folder, folder / "out")), "is needed beside k", code=2)
    assert (folder / "k.newest").read_text() == "my own notes"
    (folder / "k.newest").unlink()
    ok(run(*identity(trustee.main, folder, folder / "out")))
    (folder / "k").unlink()
    (folder / "out").unlink()
    ok(run(*identity(trustee.main, folder, folder / "out")))


@pytest.mark.parametrize("tool", [trustee.main, registrar.main], ids=["trustee", "registrar"])
@pytest.mark.parametrize("name", ["nowhere/i", "pp/i", "n" * 252])
def test_an_output_that_cannot_be_leaves_no_secret_behind(tool: click.Group, folder: Path, name: str) -> None:
    told = refused(run(*identity(tool, folder, folder / name)), code=2)

    assert ".new" not in told
    assert list(seen(folder)) == ["pp"]
    ok(run(*identity(tool, folder, folder / "i")))


def _calls(stage: Stage, out: Path) -> list[tuple[click.Group, str, str, Path, *tuple[object, ...]]]:
    own = (*stage.secret(1), "--record", stage.record, "--out", out)
    letters = (*stage.secret("registrar"), *LETTER, "--out", out)
    roll = stage.folder / "roll.csv"
    roll.touch()
    lists = (*stage.secret("registrar"), roll, "--contests", "chair,board", "--record", stage.record)
    return [
        *((trustee.main, step, *own) for step in ("commit", "key", "confirm", "ready", "mix", "decrypt")),
        (registrar.main, "print", *letters),
        (registrar.main, "codes", *lists, "--out", out, "--roll-out", stage.folder / "r"),
        (registrar.main, "codes", *lists, "--out", stage.folder / "r", "--roll-out", out),
    ]


@pytest.mark.parametrize("name", KEPT)
def test_no_step_writes_over_the_secrets(at: At, name: str) -> None:
    stage = at("closed")
    for who in ("1", "registrar"):
        (stage.folder / f"{who}.secret.newest").unlink()
        out = stage.folder / name.format(f"{who}.secret")
        before = seen(stage.folder) | {"roll.csv": b""}
        own = [call for call in _calls(stage, out) if call[3] == stage.folder / f"{who}.secret"]
        assert len(own) == (6 if who == "1" else 3)
        for call in own:
            refused(run(*call), TAKES, code=2)
            assert {**seen(stage.folder), "roll.csv": b""} == before


def test_a_link_to_the_secrets_is_none_to_write_to(at: At) -> None:
    stage = at("ceremony")
    secret, out = stage.folder / "1.secret", stage.folder / "out"
    words = (trustee.main, "commit", *stage.secret(1), "--record", stage.record, "--out", out)
    for link in (out.hardlink_to, out.symlink_to):
        link(secret)
        refused(run(*words), TAKES, code=2)
        out.unlink()
    out.symlink_to(stage.folder / ".1.secret.new")  # there is no such file now
    refused(run(*words), "already there", code=2)


def test_two_outputs_are_two_files(at: At) -> None:
    stage = at("confirmed")
    roll = stage.folder / "roll.csv"
    roll.write_text("member,name,email,contests\n", "utf-8")
    lists = (roll, "--contests", "chair,board", "--record", stage.record)

    told = stage.registrar("codes", *lists, "--out", stage.folder / "x", "--roll-out", stage.folder / "." / "x")
    refused(told, "would be written twice", code=2)


def test_an_output_that_came_meanwhile_stays(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody else writes a file of that name while the passphrase is stretched."""
    out = folder / "i"
    made = Keyring.store
    monkeypatch.setattr(Keyring, "store", lambda self: (made(self), out.write_text("theirs"))[0])

    refused(run(*identity(trustee.main, folder, out)), "already there", code=2)
    assert out.read_text() == "theirs"
    assert not (folder / ".i.new").exists()


def test_a_witness_writes_over_nothing_that_it_keeps(folder: Path) -> None:
    where = ("--secret", folder / "w", "--passphrase-file", folder / "pp")
    ok(run(witness.main, "key", *where, "--name", "witness.example/one"))
    (folder / "w.evidence-1-2").write_bytes(b"log.example\n1\n" + b"A" * 43 + b"=\n")
    os.link(folder / "w", folder / "hard")
    cosign = (witness.main, "cosign", *where, "--record", folder, "--out")

    for name in ("w", "hard", ".w.lock", ".w.new", "w.newest"):
        refused(run(*cosign, folder / name), TAKES, code=2)
    refused(run(*cosign, folder / "w.evidence-1-2"), "evidence", code=2)


@pytest.mark.parametrize("name", ["\x1b", "a\u202eb", "a b", "a+b", ""])
def test_a_witness_has_a_name_that_can_be_seen(folder: Path, name: str) -> None:
    where = ("--secret", folder / "w", "--passphrase-file", folder / "pp")

    refused(run(witness.main, "key", *where, "--name", name), "letters that can be seen", code=2)
    assert not (folder / "w").exists()
