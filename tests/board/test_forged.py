"""Every change of protocol.md, section 15, is refused, at a check that the text names; what is changed is good before."""

import io
import os
import shlex
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest
from click.testing import CliRunner

from governance.board import checkpoint, verify
from governance.board.record import NotARecordError, RecordFile
from governance.cli.main import main
from governance.errors import MalformedError
from tests.forge import catalogue, forgery
from tests.forge.bases import BASES
from tests.forge.catalogue import FORGERIES
from tests.forge.forgery import FORM, Forgery, Verdict
from tests.forge.maker import base
from tests.forge.of_forms import NOTICE

MiB = 2**20
LONG = bool(os.environ.get("GOVERNANCE_LONG"))
CHOSEN = [one for i, one in enumerate(FORGERIES) if LONG or not one.bulk or one.row != 12 or i % 4 == 0]
"""Of the very many of row 12 that are alike a share."""
COMMAND = shlex.split(os.environ.get("GOVERNANCE_VERIFIER", ""))
"""Another verifier, such as `python -m governance.verifier`: the same catalogue is put before it."""

GROWING = ("GiB", "MiB", "zip bomb", "inflates", "500,000", "60,000", "100,000", "a big exponent", "150,000")
HOSTILE = [one for one in FORGERIES if one.row == 12 and any(word in one.name for word in GROWING)]


def judged(data: bytes, earlier: list[bytes]) -> Verdict:
    """What the library says, as the command line would."""
    if not all(map(checkpoint.looks_like_one, earlier)):
        return Verdict(2)
    try:
        report = verify.check(RecordFile(io.BytesIO(data)), earlier)
    except NotARecordError:
        return Verdict(2)
    except MalformedError:
        return Verdict(1, *FORM)
    failure = report.failure
    assert failure is None or not report.contests
    return Verdict(1, *failure.check.value) if failure else Verdict(0)


def test_every_row_has_forgeries_and_no_two_have_one_name() -> None:
    rows = catalogue.by_row()

    assert sorted(rows) == list(range(14))
    assert min(rows.values()) >= 6
    assert [name for name, count in Counter(one.id for one in FORGERIES).items() if count > 1] == []


@pytest.mark.parametrize("name", BASES)
def test_what_is_forged_is_good_before(name: str, tmp_path: Path) -> None:
    path = tmp_path / "good.record.zip"
    path.write_bytes(base(name).zip())

    result = CliRunner().invoke(main, ["verify", str(path)])

    assert result.exit_code == 0, result.output


@pytest.mark.parametrize("size", [0, 1, 5, 28])
def test_an_earlier_checkpoint_that_is_extended_is_no_offence(size: int) -> None:
    record = base("tiny")
    earlier = record.copy()
    earlier.entries = earlier.entries[:size]

    assert len(record.entries) == 28
    assert judged(record.zip(), [earlier.sign().checkpoint, record.checkpoint]) == Verdict(0)


@pytest.mark.parametrize("cosigned", [(0, 1), (2, 1), (0, 1, 2), (1, 1, 0)])
def test_any_quorum_of_witnesses_will_do(cosigned: tuple[int, ...]) -> None:
    record = base("witnessed").sign(cosigned=cosigned)

    assert judged(record.zip(), []) == Verdict(0)


def test_lines_of_strangers_below_a_checkpoint_are_no_offence() -> None:
    record = base("tiny")
    record.checkpoint += "— stranger.example AAAAAAAAAAAAAAAA\n".encode() * 3

    assert judged(record.zip(), []) == Verdict(0)


def test_an_entry_of_exactly_one_mebibyte_is_no_offence() -> None:
    record = base("two")
    record.entries[0] = NOTICE.replace(b"%s", b"x" * (MiB + 2 - len(NOTICE)))

    assert len(record.entries[0]) == MiB
    assert judged(record.sign().zip(), []) == Verdict(0)


@pytest.mark.parametrize("one", CHOSEN, ids=lambda one: one.id)
def test_a_forgery_is_refused(one: Forgery) -> None:
    data, earlier = one.files()
    start = time.perf_counter()

    verdict = judged(data, earlier)

    assert one.is_refused(verdict), (verdict, one.expected)
    assert time.perf_counter() - start < 10


@pytest.mark.parametrize("one", [one for one in FORGERIES if not one.bulk][::12], ids=lambda one: one.id)
def test_the_command_refuses_a_forgery(one: Forgery, tmp_path: Path) -> None:
    path = tmp_path / "forged.record.zip"
    options = [part for earlier in one.write(path) for part in ("--earlier", str(earlier))]

    result = CliRunner().invoke(main, ["verify", "--json", str(path), *options])

    assert one.is_refused(forgery.read(result.exit_code, result.stdout)), result.output
    assert result.exception is None or isinstance(result.exception, SystemExit)


@pytest.mark.parametrize("row", [0, 5, 11])
def test_a_verdict_is_read_from_a_command(row: int, tmp_path: Path) -> None:
    command = [sys.executable, "-c", "from governance.cli.main import main; main()", "verify"]
    one = next(one for one in FORGERIES if one.row == row)
    path = tmp_path / "forged.record.zip"

    assert one.is_refused(forgery.verdict(command, path, one.write(path)))


MEASURED = """
import sys, time
from governance.cli.main import main
start = time.process_time()
try:
    main(["verify", "--json", sys.argv[1]])
except SystemExit as done:
    code = done.code
seconds = time.process_time() - start
peak = next(line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM"))
print(f"{code} {seconds} {int(peak) // 1024}", file=sys.stderr)
"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="peak memory is read from /proc")
@pytest.mark.parametrize("one", HOSTILE, ids=lambda one: one.id)
def test_what_would_grow_is_refused_quickly_and_in_little_memory(one: Forgery, tmp_path: Path) -> None:
    path = tmp_path / "forged.record.zip"
    one.write(path)

    done = subprocess.run([sys.executable, "-c", MEASURED, str(path)], capture_output=True, text=True, check=True)

    code, seconds, mebibytes = done.stderr.split()
    assert one.is_refused(forgery.read(int(code), done.stdout)), done.stdout
    assert float(seconds) < 2
    assert int(mebibytes) < 100


@pytest.mark.skipif(not COMMAND, reason="GOVERNANCE_VERIFIER names no other verifier")
def test_another_verifier_accepts_what_is_good(tmp_path: Path) -> None:
    path = tmp_path / "good.record.zip"
    wrong = {}
    for name in BASES:
        path.write_bytes(base(name).zip())
        if (verdict := forgery.verdict(COMMAND, path)) != Verdict(0):
            wrong[name] = verdict

    assert wrong == {}


@pytest.mark.skipif(not COMMAND, reason="GOVERNANCE_VERIFIER names no other verifier")
def test_another_verifier_refuses_every_forgery(tmp_path: Path) -> None:
    """All but the many alike, of which it is one in twenty."""
    path = tmp_path / "forged.record.zip"
    wrong = {}
    for number, one in enumerate(FORGERIES):
        if one.bulk and number % 20 and not LONG:
            continue
        verdict = forgery.verdict(COMMAND, path, one.write(path))
        if not one.is_refused(verdict):
            wrong[one.id] = (verdict, one.expected)

    assert wrong == {}
