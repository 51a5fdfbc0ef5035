"""The file of secrets: passphrases, bounds, and that it is whole at any moment."""

import json
import os
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from governance.board import canonical
from governance.errors import MalformedError, RuleError
from governance.offline import files, safe, trustee
from tests.offline.conftest import At
from tests.offline.stage import PASSPHRASE, ok, refused, run

ROOT = Path(__file__).parents[2]


def a_safe(path: Path, value: object = "a secret") -> Path:
    safe.make(path, "trustee", PASSPHRASE).store({"name": "Ada"}, value)
    return path


def changed(path: Path, **head: Any) -> None:
    """The file with other values in its second line, or in `kdf` of it."""
    first, line, sealed = path.read_bytes().split(b"\n", 2)
    value = json.loads(line)
    for name, item in head.items():
        (value if name in value else value["kdf"])[name] = item
    path.write_bytes(b"\n".join([first, canonical.dump(value), sealed]))


def test_what_is_stored_comes_back(tmp_path: Path) -> None:
    path = a_safe(tmp_path / "s", {"number": 5, "list": ["a"]})
    again, value = safe.unlock(path, "trustee", PASSPHRASE)
    again.store({"name": "Bo"}, {"number": 6})

    assert value == {"number": 5, "list": ["a"]}
    assert safe.peek(path, "trustee") == {"name": "Bo"}
    assert safe.unlock(path, "trustee", PASSPHRASE)[1] == {"number": 6}


def test_the_same_secret_is_never_sealed_alike(tmp_path: Path) -> None:
    made = safe.make(tmp_path / "s", "trustee", PASSPHRASE)
    sealed = set()
    for _ in range(5):
        made.store({}, "a secret")
        sealed.add((tmp_path / "s").read_bytes())

    assert len(sealed) == 5


def test_one_passphrase_from_two_keyboards(tmp_path: Path) -> None:
    safe.make(tmp_path / "s", "trustee", "caf\u00e9 caf\u00e9 caf\u00e9").store({}, 1)

    assert safe.unlock(tmp_path / "s", "trustee", "cafe\u0301 cafe\u0301 cafe\u0301")[1] == 1


def test_a_wrong_passphrase(tmp_path: Path) -> None:
    path = a_safe(tmp_path / "s")

    with pytest.raises(MalformedError, match="passphrase does not open"):
        safe.unlock(path, "trustee", PASSPHRASE + "!")


def test_a_short_passphrase(tmp_path: Path) -> None:
    with pytest.raises(MalformedError, match="12 characters"):
        safe.make(tmp_path / "s", "trustee", "x" * 11)


def test_another_tools_file(tmp_path: Path) -> None:
    path = a_safe(tmp_path / "s")

    with pytest.raises(MalformedError, match="not a registrar's file"):
        safe.peek(path, "registrar")


@pytest.mark.parametrize("where", range(0, 400, 7))
def test_a_changed_byte_is_noticed(tmp_path: Path, where: int) -> None:
    path = a_safe(tmp_path / "s")
    data = bytearray(path.read_bytes())
    data[where % len(data)] ^= 1
    path.write_bytes(data)

    with pytest.raises(MalformedError):
        safe.unlock(path, "trustee", PASSPHRASE)


@pytest.mark.parametrize(
    "head",
    [
        {"memory": 2**18 + 1},
        {"memory": 2**20},
        {"memory": 2**40},
        {"memory": 0},
        {"memory": True},
        {"memory": "8"},
        {"passes": 4},
        {"passes": 0},
        {"lanes": 5},
        {"lanes": 2},  # of 8 KiB
        {"name": "argon2d"},
        {"salt": ""},
        {"salt": "zz" * 16},
        {"nonce": "00"},
        {"nonce": 5},
        {"number": "1"},
        {"number": True},
        {"cipher": "none"},
        {"kdf": []},
        {"plain": "x"},
    ],
    ids=str,
)
def test_what_a_file_may_ask_for_is_bounded(tmp_path: Path, head: dict[str, Any]) -> None:
    path = a_safe(tmp_path / "s")
    changed(path, **head)
    start = time.monotonic()

    with pytest.raises(MalformedError):
        safe.unlock(path, "trustee", PASSPHRASE)
    assert time.monotonic() - start < 5


@pytest.mark.parametrize("data", [b"", b"\n\n", b"governance-secret/1\n", b"governance-secret/1\n{}\n", b"x" * 1000])
def test_what_is_no_safe(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "s").write_bytes(data)

    with pytest.raises(MalformedError):
        safe.peek(tmp_path / "s", "trustee")


def test_the_real_cost_is_that_of_rfc_9106() -> None:
    code = "from governance.offline.safe import COST, MOST; print(COST.memory, COST.passes, COST.lanes)"
    shown = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    memory, passes, lanes = map(int, shown.split())

    assert memory == 2**18
    assert (passes, lanes) == (3, 4)


# ---- files -----------------------------------------------------------------------------------------------------------

KILLED = """
import os, signal, sys
from pathlib import Path
from governance.offline import safe
made, _ = safe.unlock(Path(sys.argv[1]), "trustee", sys.argv[2])
def die(*_, **__): os.kill(os.getpid(), signal.SIGKILL)
{where} = die
made.store({{"name": "new"}}, "new")
"""


@pytest.mark.parametrize("where", ["os.fdopen", "os.fsync", "Path.replace"])
def test_killed_while_writing_the_old_secret_is_intact(tmp_path: Path, where: str) -> None:
    path = a_safe(tmp_path / "s", "old")
    killed = subprocess.run(
        [sys.executable, "-c", KILLED.format(where=where), path, PASSPHRASE], check=False, cwd=ROOT, capture_output=True
    )

    assert killed.returncode == -signal.SIGKILL
    opened, value = safe.unlock(path, "trustee", PASSPHRASE)
    assert value == "old"
    assert {stat.S_IMODE(one.stat().st_mode) for one in tmp_path.iterdir()} == {0o600}
    opened.store({}, "newer")
    assert safe.unlock(path, "trustee", PASSPHRASE)[1] == "newer"
    assert sorted(one.name for one in tmp_path.iterdir()) == ["s", "s.newest"]


LOOP = """
import sys
from pathlib import Path
from governance.offline import safe
made, _ = safe.unlock(Path(sys.argv[1]), "trustee", sys.argv[2])
print("go", flush=True)
number = 0
while True:
    number += 1
    made.store({"number": number}, "x" * 200_000 + str(number))
"""


@pytest.mark.parametrize("moment", [0.01, 0.03, 0.05, 0.08])
def test_killed_at_any_moment_there_is_one_whole_file(tmp_path: Path, moment: float) -> None:
    path = a_safe(tmp_path / "s", "old")
    with subprocess.Popen([sys.executable, "-c", LOOP, path, PASSPHRASE], cwd=ROOT, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(moment)
        process.kill()

    assert safe.unlock(path, "trustee", PASSPHRASE)[1][:3] in ("old", "xxx")


def test_a_failed_write_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = a_safe(tmp_path / "s", "old")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        a_safe(path, "new")

    assert sorted(one.name for one in tmp_path.iterdir()) == ["s", "s.newest"]
    assert safe.unlock(path, "trustee", PASSPHRASE)[1] == "old"


def test_a_link_is_not_written_through(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").write_text("mine", "utf-8")
    (tmp_path / ".s.new").symlink_to(tmp_path / "elsewhere")
    a_safe(tmp_path / "s")

    assert (tmp_path / "elsewhere").read_text("utf-8") == "mine"


def test_two_commands_do_not_work_with_one_file(tmp_path: Path) -> None:
    path = a_safe(tmp_path / "s")

    with files.locked(path), pytest.raises(RuleError, match="another command"), files.locked(path):
        pass


def test_a_large_file_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "large").write_bytes(bytes(11))

    with pytest.raises(MalformedError, match="larger"):
        files.read(tmp_path / "large", 10)


# ---- on the command line ---------------------------------------------------------------------------------------------


def test_a_passphrase_is_asked_for_twice(tmp_path: Path) -> None:
    words = ("identity", "--secret", tmp_path / "s", "--out", tmp_path / "p", "--name", "Ada")
    ok(run(trustee.main, *words, typed=f"{PASSPHRASE}\nanother one, mistyped\n{PASSPHRASE}\n{PASSPHRASE}\n"))

    assert safe.unlock(tmp_path / "s", "trustee", PASSPHRASE)[1]["name"] == "Ada"


def test_a_passphrase_that_is_not_repeated_makes_nothing(tmp_path: Path) -> None:
    words = ("identity", "--secret", tmp_path / "s", "--out", tmp_path / "p", "--name", "Ada")
    result = run(trustee.main, *words, typed=f"{PASSPHRASE}\nanother one, mistyped\n")

    assert result.exit_code == 1
    assert list(tmp_path.iterdir()) == []


def test_a_wrong_passphrase_is_one_sentence(at: At) -> None:
    stage = at("closed")
    stage.passphrase.write_text("not the passphrase at all", "utf-8")

    for command in ("commit", "key", "confirm", "ready", "mix", "decrypt"):
        sentence = refused(stage.trustee(1, command), "passphrase does not open", code=2)
        assert "not the passphrase at all" not in sentence


def test_a_passphrase_comes_from_a_file_descriptor(at: At) -> None:
    stage = at("manifest")
    read, write = os.pipe()
    os.write(write, PASSPHRASE.encode() + b"\n")
    os.close(write)
    words = ["--secret", stage.folder / "1.secret", "--passphrase-file", f"/dev/fd/{read}", "--record", stage.record]
    words += ["--out", stage.folder / "out", "--expect", stage.ctx()]
    command = [sys.executable, "-m", "governance.offline.trustee", "ready", *map(str, words)]
    done = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True, pass_fds=[read])
    os.close(read)

    assert done.returncode == 0, done.stderr
    assert (stage.folder / "out").exists()


def test_a_passphrase_is_no_option() -> None:
    result = run(trustee.main, "ready", "--passphrase", "x")

    assert result.exit_code == 2


@pytest.mark.parametrize("missing", ["secret", "record"])
def test_a_missing_file_is_one_sentence(at: At, missing: str) -> None:
    stage = at("manifest")
    (stage.folder / "1.secret" if missing == "secret" else stage.record).unlink()

    refused(stage.trustee(1, "ready"), "No such file", code=2)


def test_commands_stand_in_the_order_in_which_they_are_needed() -> None:
    shown = ok(run(trustee.main, "--help")).output
    order = ["identity", "commit", "key", "confirm", "ready", "mix", "decrypt", "status"]

    assert [shown.index(f"\n  {name} ") for name in order] == sorted(shown.index(f"\n  {name} ") for name in order)


@pytest.mark.parametrize("module", ["trustee", "registrar", "witness"])
def test_a_module_is_a_program(module: str) -> None:
    command = [sys.executable, "-m", f"governance.offline.{module}"]
    shown = subprocess.run([*command, "--help"], cwd=ROOT, check=True, capture_output=True, text=True)
    wrong = subprocess.run([*command, "nothing"], cwd=ROOT, check=False, capture_output=True, text=True)

    assert "Commands:" in shown.stdout
    assert wrong.returncode == 2
    assert "Traceback" not in wrong.stderr
