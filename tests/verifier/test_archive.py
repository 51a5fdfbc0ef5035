"""Row 12: zip tricks, forms, and the command's exit codes; quick and in bounded memory."""

import io
import json
import os
import shutil
import struct
import subprocess
import sys
import time
import zipfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from governance.verifier import __main__ as command
from governance.verifier import parallel
from governance.verifier.failure import NotARecordError
from tests.verifier.prover import Maker, Plan, zipped
from tests.verifier.test_tampering import verdict

PACKAGE = Path(command.__file__).parent


@pytest.fixture(scope="module")
def files() -> dict[str, bytes]:
    return Maker(Plan()).make().files()


def built(files: dict[str, bytes], **options: Any) -> bytes:
    """Write a zip with odd members: extra (name, data, attributes) tuples, a comment, a compression."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data, attributes in [*((n, d, 0) for n, d in files.items()), *options.get("extra", ())]:
            info = zipfile.ZipInfo(name)
            info.external_attr = attributes
            archive.writestr(info, data, options.get("method", zipfile.ZIP_DEFLATED))
        archive.comment = options.get("comment", b"")
    return out.getvalue()


def test_stored_and_streamed_are_good(files: dict[str, bytes], tmp_path: Path) -> None:
    assert verdict(built(files, method=zipfile.ZIP_STORED), tmp_path) == "ok"

    class Pipe(io.BytesIO):
        def seekable(self) -> bool:
            return False

        def tell(self) -> int:
            raise OSError

    out = Pipe()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    assert verdict(out.getvalue(), tmp_path) == "ok"
    extras = [("README.txt", b"hello", 0), ("board.blt", b"", 0), ("board.json", b"{}", 0)]
    assert verdict(built(files, extra=extras), tmp_path) == "ok"


@pytest.mark.parametrize(
    ("name", "attributes"),
    [
        ("../x", 0),
        ("/etc/passwd", 0),
        ("blobs/", 0),
        ("x.blt", 0),
        ("note.txt", 0),
        ("blobs/" + "0" * 64, 0),
        ("blobs/" + "A" * 64, 0),
        ("README.txt", 0o120777 << 16),
        ("b\u00e9.json", 0),
        ("BOARD.BLT", 0),
    ],
)
def test_members_that_may_not_be(files: dict[str, bytes], tmp_path: Path, name: str, attributes: int) -> None:
    assert verdict(built(files, extra=[(name, b"x", attributes)]), tmp_path) == "1 form"


def test_prefixed_trailing_commented_missing(files: dict[str, bytes], tmp_path: Path) -> None:
    good = built(files)
    assert verdict(good, tmp_path) == "ok"
    assert verdict(b"x" + good, tmp_path) == "1 form"
    assert verdict(good + b"x", tmp_path) == "1 form"
    assert verdict(built(files, comment=b"hello"), tmp_path) == "1 form"
    for name in files:
        left = {other: data for other, data in files.items() if other != name}
        assert verdict(built(left), tmp_path) == "1 form"
    with pytest.warns(UserWarning, match="Duplicate"):
        double = built(files, extra=[("checkpoint", files["checkpoint"], 0)])
    assert verdict(double, tmp_path) == "1 form"
    with pytest.raises(NotARecordError):
        verdict(built({"hello.txt": b""}), tmp_path)


def patched(data: bytes, field: int, layout: str, value: int, which: int = 0) -> bytes:
    """Write a field of the which-th central record."""
    at = -1
    for _ in range(which + 1):
        at = data.index(b"PK\x01\x02", at + 1)
    out = bytearray(data)
    struct.pack_into(layout, out, at + field, value)
    return bytes(out)


@pytest.mark.parametrize(
    ("field", "layout", "value"),
    [(8, "<H", 1), (10, "<H", 12), (16, "<L", 7), (20, "<L", 9), (24, "<L", 9), (24, "<L", 2**31), (42, "<L", 5)],
)
@pytest.mark.parametrize("which", [0, 1, 2])
def test_directory_that_lies(
    files: dict[str, bytes], tmp_path: Path, field: int, layout: str, value: int, which: int
) -> None:
    assert verdict(patched(built(files), field, layout, value, which), tmp_path) == "1 form"


def test_bombs_are_refused_quickly(files: dict[str, bytes], tmp_path: Path) -> None:
    start = time.monotonic()
    for name in ("entries.jsonl", "checkpoint"):
        data = built(files | {name: bytes(2**26)})
        assert len(data) < 2**18
        assert verdict(data, tmp_path) == "1 form"
    # A blob that inflates to more than it says.
    blob = next(name for name in files if name.startswith("blobs/"))
    lied = built(files | {blob: bytes(2**26)})
    with zipfile.ZipFile(io.BytesIO(lied)) as archive:
        at = archive.namelist().index(blob)
    assert verdict(patched(lied, 24, "<L", len(files[blob]), at), tmp_path) == "1 form"
    assert time.monotonic() - start < 10


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"{}",
        b"[]",
        b"null",
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b"1" * 100_000,
        b'"' + b"x" * 2**21,
        b'{"kind":["notice"]}',
        b'{"kind":"notice"}',
        b"\xff",
        b"\xef\xbb\xbf{}",
    ],
    ids=range(12),
)
def test_lines_that_are_no_entries(files: dict[str, bytes], tmp_path: Path, line: bytes) -> None:
    changed = files | {"entries.jsonl": files["entries.jsonl"] + line + b"\n"}
    assert verdict(zipped(changed), tmp_path) == "1 form"


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_any_bytes_end_well(files: dict[str, bytes], tmp_path: Path, data: st.DataObject) -> None:
    """Whatever bytes of the zip are changed, the end is a verdict, never an exception."""
    whole = bytearray(built(files))
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(whole) - 1))
        whole[at] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, 20))
    try:
        found = verdict(bytes(whole[: len(whole) - cut]), tmp_path)
    except NotARecordError:
        return
    assert found


def run(*arguments: str, cwd: Path | None = None) -> tuple[int, str, str]:
    done = subprocess.run(
        [sys.executable, *arguments], capture_output=True, text=True, check=False, cwd=cwd or PACKAGE.parent
    )
    return done.returncode, done.stdout, done.stderr


def test_the_verdict_outlives_its_streams(files: dict[str, bytes], tmp_path: Path) -> None:
    """Closed before, closed meanwhile: the code says how it ended. Only a report that could not be written is none."""
    for name, ending, wanted in (("good", b"", 0), ("bad", b"x", 1)):
        record = tmp_path / f"{name}.zip"
        record.write_bytes(built(files) + ending)
        for streams, code in ((">&-", wanted), ("2>&-", wanted), (">&- 2>&-", wanted), (">/dev/full", 2)):
            done = subprocess.run(
                ["/bin/sh", "-c", f'exec "$0" -S -m verifier "$1" {streams}', sys.executable, str(record)],
                check=False, capture_output=True, text=True, cwd=PACKAGE.parent,
            )  # fmt: skip
            assert done.returncode == code, (name, streams, done.stderr)
            assert "Traceback" not in done.stderr
            assert done.stderr.startswith("governance-verify: the report cannot be written") == (code == 2)


def test_command(files: dict[str, bytes], tmp_path: Path) -> None:
    good, bad, none = tmp_path / "good.zip", tmp_path / "bad.zip", tmp_path / "none.zip"
    good.write_bytes(built(files))
    bad.write_bytes(built(files) + b"x")
    none.write_bytes(b"hello")
    checkpoint = tmp_path / "checkpoint"
    checkpoint.write_bytes(files["checkpoint"])
    code, out, err = run("-S", "-m", "verifier", str(good), "--earlier", str(checkpoint), "--json")
    assert (code, err) == (0, "")
    report = json.loads(out)
    assert set(report) == {
        "ok",
        "election",
        "ceremony",
        "manifest",
        "origin",
        "log_key",
        "root",
        "checks",
        "cancelled",
        "contests",
    }
    assert report["ok"] is True
    assert report["contests"]["board"]["ballots"] == 4
    assert [(c["section"], c["name"]) for c in report["checks"]] == [
        ("1", "form"),
        ("13", "tree"),
        ("6", "ceremony"),
        ("4", "manifest"),
        ("7", "manifest"),
        ("13", "order"),
        ("8", "ballot"),
        ("9", "close"),
        ("9", "mix input"),
        ("9", "shuffle"),
        ("10", "decrypt"),
        ("11", "result"),
        ("11", "count"),
        ("13", "board"),
    ]
    code, out, _ = run("-m", "verifier", str(bad))
    assert code == 1
    assert out.startswith("FAIL  1 form")
    for arguments in (
        (str(none),),
        (str(tmp_path / "absent.zip"),),
        (),
        (str(good), "--what"),
        (str(tmp_path),),
        (str(good), "--earlier", str(none)),
        (str(good), "--earlier", str(tmp_path / "absent")),
    ):
        code, out, err = run("-m", "verifier", *arguments)
        assert code == 2, arguments
        assert "Traceback" not in err + out


def test_alone_and_as_one_file(files: dict[str, bytes], tmp_path: Path) -> None:
    """The package copied alone to an empty place, and as a zip application under -I."""
    good = tmp_path / "good.zip"
    good.write_bytes(built(files))
    shutil.copytree(PACKAGE, tmp_path / "alone/verifier", ignore=shutil.ignore_patterns("__pycache__"))
    code, out, err = run("-S", "-m", "verifier", str(good), cwd=tmp_path / "alone")
    assert (code, err) == (0, "")
    assert out.endswith("ALL HOLDS\n")
    script = PACKAGE.parents[1] / "tools/pyz"
    if not script.exists():
        pytest.skip("tools/pyz stands only in a checkout")
    subprocess.run(
        ["/bin/sh", str(script), str(tmp_path / "v.pyz")], check=True, env=os.environ | {"PYTHON": sys.executable}
    )
    code, out, err = run("-I", str(tmp_path / "v.pyz"), str(good), cwd=tmp_path)
    assert (code, err) == (0, "")


@pytest.mark.parametrize("workers", [1, 2, 3])
def test_same_with_any_number_of_processes(
    files: dict[str, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, workers: int
) -> None:
    monkeypatch.setattr(parallel, "processors", lambda: workers)
    monkeypatch.setattr(parallel, "WORTH_FORKING", 2)
    assert verdict(built(files), tmp_path) == "ok"
    assert parallel.over_range(lambda low, high: (low, high), 7, 2)[-1][1] == 7


def test_a_child_that_dies_is_made_up_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parallel, "processors", lambda: 2)
    monkeypatch.setattr(parallel, "WORTH_FORKING", 2)
    parent = os.getpid()

    def part(low: int, high: int) -> int:
        if os.getpid() != parent:
            os._exit(9)
        return high - low

    assert sum(parallel.over_range(part, 10)) == 10


def test_vectors(shared: Path, tmp_path: Path) -> None:
    """protocol-v1: good records are accepted, refused ones refused at one of the expected checks."""
    folder = shared / "vectors/protocol-v1"
    good = sorted((folder / "good").glob("*.zip"))
    assert len(good) == 4
    for path in good:
        assert verdict(path.read_bytes(), tmp_path) == "ok"
    refused = json.loads((folder / "refused/manifest.json").read_text())
    assert len(refused) == 28
    for case in refused:
        data = (folder / "refused" / case["file"]).read_bytes()
        if case.get("exit", 1) == 2:
            with pytest.raises(NotARecordError):
                verdict(data, tmp_path)
        else:
            assert verdict(data, tmp_path) in {f"{e['section']} {e['name']}" for e in case["expected"]}, case
