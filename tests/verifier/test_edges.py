"""What the other files leave out: the command inside this process, odd zips, odd records, limits of size."""

import hashlib
import io
import json
import os
import struct
import sys
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from governance.verifier import __main__ as command
from governance.verifier import archive, board, canonical, checks, ed25519, group, parallel, record, stages
from governance.verifier.constraints import TooHardError
from governance.verifier.failure import CHECKS, CheckFailedError, NotARecordError
from governance.verifier.transcript import ORDER
from tests.verifier.prover import Hook, Maker, Plan, contest, public_of, sign, verifier_key
from tests.verifier.test_archive import built, patched
from tests.verifier.test_tampering import FEW, PLAN, TWO, WITNESSED, flip, moved, on, put, twice, verdict

NOTICE = canonical.write({"kind": "notice", "at": "2026-01-01T00:00:00Z", "subject": "", "body": ""})
Entries = Callable[[list[bytes]], list[bytes]]


@pytest.fixture(scope="module")
def made() -> Maker:
    return Maker(PLAN).make()


@pytest.fixture(scope="module")
def files(made: Maker) -> dict[str, bytes]:
    return made.files()


def of(maker: Maker, change: Callable[[list[dict[str, Any]]], list[dict[str, Any]]]) -> bytes:
    """Make a record of changed entries: the tree signed by the log, the signatures of others as they are."""
    entries = change([json.loads(raw) for raw in maker.entries])
    hook = on("entries", lambda _: [canonical.write(entry) for entry in entries])
    maker.hook, kept = hook, maker.hook
    data = maker.zip()
    maker.hook = kept
    return data


# --- the command


def test_command_inside(made: Maker, tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    good, other = tmp_path / "good.zip", tmp_path / "checkpoint"
    good.write_bytes(made.zip())
    other.write_bytes(made.checkpoint(made.entries[:3]))
    assert command.main([str(good)]) == 0
    assert b"board: 4 ballots, 1 blank, 0 invalid; elected: a\n" in capfdbinary.readouterr().out
    assert command.main([str(good), "--json", "--earlier", str(other)]) == 0
    assert json.loads(capfdbinary.readouterr().out)["ok"] is True
    good.write_bytes(made.zip() + b"x")
    assert command.main([str(good)]) == 1
    assert capfdbinary.readouterr().out.endswith(b"REFUSED\n")
    good.write_bytes(Maker(replace(PLAN, cancel=True)).make().zip())
    assert command.main([str(good)]) == 0
    assert b"cancelled" in capfdbinary.readouterr().out


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff",
        b"a\n1",
        b"\n1\n" + b"A" * 43 + b"=",
        b"a\n01\n" + b"A" * 43 + b"=",
        b"a\n1\nAAAA",
        b"a\n1\n" + b"A" * 43 + b"=" + bytes(2**16),
        None,
    ],
)
def test_earlier_that_is_no_checkpoint(
    made: Maker, tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes], content: bytes | None
) -> None:
    good, path = tmp_path / "good.zip", tmp_path / "earlier"
    good.write_bytes(made.zip())
    if content is not None:
        path.write_bytes(content)
    assert command.main([str(good), "--earlier", str(path)]) == 2
    out, err = capfdbinary.readouterr()
    assert (out, err.count(b"\n")) == (b"", 1)


def test_wrong_call_is_one_line(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    with pytest.raises(SystemExit) as end:
        command.main(["--what"])
    assert end.value.code == 2
    out, err = capfdbinary.readouterr()
    assert (out, err.count(b"\n")) == (b"", 1)


def test_names_cannot_steer_a_terminal() -> None:
    report = checks.Report(election="\x1b[2J\u202e")
    assert "\\x1b[2J\\u202e" in command.as_text(report)


def test_interrupted_or_broken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    def interrupt(*_: object) -> checks.Report:
        raise KeyboardInterrupt

    def crash(*_: object) -> checks.Report:
        raise MemoryError

    monkeypatch.setattr(command, "verify", interrupt)
    assert command.main([str(tmp_path)]) == 2
    assert capfdbinary.readouterr() == (b"", b"governance-verify: interrupted\n")
    monkeypatch.setattr(command, "verify", crash)
    assert command.main([str(tmp_path)]) == 1
    assert b"could not finish: MemoryError" in capfdbinary.readouterr().out


def test_progress_on_a_terminal(
    made: Maker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    good = tmp_path / "good.zip"
    good.write_bytes(made.zip())
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    assert command.main([str(good)]) == 0
    assert b"4 ballots checked" in capfdbinary.readouterr().err


def test_reader_that_has_gone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "wb", buffering=0) as gone:
        monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(io.BufferedWriter(gone)))
        monkeypatch.setattr(command, "verify", lambda *_: checks.Report())
        assert command.main([str(tmp_path)]) == 1
        sys.stdout.close()


def test_checks_are_the_listed_ones() -> None:
    listed = json.loads((Path(__file__).parents[2] / "docs/checks.json").read_text())
    assert {(check["section"], check["name"]) for check in listed} == set(CHECKS)


# --- zips


def local(data: bytes, field: int, layout: str, value: int) -> bytes:
    """Write a field of the first local header."""
    out = bytearray(data)
    struct.pack_into(layout, out, field, value)
    return bytes(out)


def end(data: bytes, field: int, layout: str, value: int) -> bytes:
    out = bytearray(data)
    struct.pack_into(layout, out, data.rindex(b"PK\x05\x06") + field, value)
    return bytes(out)


def shifted(data: bytes, at: int, more: bytes) -> bytes:
    """Put bytes in before the directory; the end record follows."""
    start = data.index(b"PK\x01\x02")
    place = start if at < 0 else at
    return end(data[:place] + more + data[place:], 16, "<L", start + len(more))


@pytest.mark.parametrize(
    "change",
    [
        lambda z: local(z, 0, "<L", 7),
        lambda z: local(z, 6, "<H", 2),
        lambda z: local(z, 6, "<H", 8),
        lambda z: local(z, 8, "<H", 0),
        lambda z: local(z, 14, "<L", 7),
        lambda z: local(z, 18, "<L", 7),
        lambda z: local(z, 22, "<L", 7),
        lambda z: local(z, 30, "<B", 7),
        lambda z: patched(local(z, 6, "<H", 8), 8, "<H", 8),
        lambda z: patched(local(z, 6, "<H", 1), 8, "<H", 1),
        lambda z: patched(local(z, 8, "<H", 12), 10, "<H", 12),
        lambda z: patched(z, 34, "<H", 1),
        lambda z: patched(z, 38, "<L", 0o010644 << 16),
        lambda z: patched(z, 38, "<L", 0o060644 << 16),
        lambda z: patched(z, 38, "<L", 0x10),
        lambda z: patched(z, 28, "<H", 2**15),
        lambda z: end(z, 4, "<H", 1),
        lambda z: end(z, 6, "<H", 1),
        lambda z: end(z, 8, "<H", 1),
        lambda z: end(z, 10, "<H", 1),
        lambda z: end(end(z, 8, "<H", 1), 10, "<H", 1),
        lambda z: end(z, 12, "<L", 2**25),
        lambda z: end(z, 16, "<L", 1),
        lambda z: end(z, 20, "<H", 1),
        lambda z: shifted(z, -1, b"x"),
        lambda z: z + b"PK\x05\x06",
        lambda z: z.replace(b"PK\x01\x02", b"PK\x01\x03", 1),
    ],
    ids=range(27),
)
def test_zips_that_lie(files: dict[str, bytes], tmp_path: Path, change: Callable[[bytes], bytes]) -> None:
    assert verdict(change(built(files)), tmp_path) == "1 form"


def streamed(files: dict[str, bytes], *, mark: bool = True, wrong: int = 0) -> bytes:
    """A zip with data descriptors after stored members, with or without their mark."""
    out, directory = bytearray(), bytearray()
    for name, data in files.items():
        at, crc = len(out), zlib.crc32(data)
        out += struct.pack("<4s5H3L2H", b"PK\x03\x04", 20, 8, 0, 0, 0, 0, 0, 0, len(name), 0) + name.encode() + data
        out += b"PK\x07\x08" * mark + struct.pack("<3L", crc, len(data) + wrong, len(data))
        directory += struct.pack(
            "<4s6H3L5H2L", b"PK\x01\x02", 20, 20, 8, 0, 0, 0, crc, len(data), len(data), len(name), 0, 0, 0, 0, 0, at
        )
        directory += name.encode()
    last = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, len(files), len(files), len(directory), len(out), 0)
    return bytes(out + directory + last)


def test_data_descriptors(files: dict[str, bytes], tmp_path: Path) -> None:
    assert verdict(streamed(files), tmp_path) == "ok"
    assert verdict(streamed(files, mark=False), tmp_path) == "ok"
    assert verdict(streamed(files, wrong=1), tmp_path) == "1 form"


def test_what_is_no_record(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    for path in (pipe, tmp_path, tmp_path / "absent"):
        with pytest.raises(NotARecordError):
            archive.Archive(path)
    with pytest.raises(NotARecordError):
        verdict(b"PK\x05\x06" + bytes(18), tmp_path)
    with pytest.raises(NotARecordError):
        verdict(b"PK\x05\x06" + bytes(17), tmp_path)
    # One byte beyond where an end record may stand.
    with pytest.raises(NotARecordError):
        verdict(b"PK\x05\x06" + bytes(18 + 2**16), tmp_path)


def test_deflate_streams(files: dict[str, bytes], tmp_path: Path) -> None:
    good = built(files, method=zipfile.ZIP_STORED)
    # A stored member that is called deflated.
    called = patched(local(good, 8, "<H", 8), 10, "<H", 8)
    assert verdict(called, tmp_path) == "1 form"
    assert verdict(patched(local(good, 22, "<L", 5), 24, "<L", 5), tmp_path) == "1 form"
    # Bytes after the end of a stream, within the member.
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = packer.compress(files["entries.jsonl"]) + packer.flush() + b"x"
    swapped = built(files | {"entries.jsonl": packed}, method=zipfile.ZIP_STORED)
    size, crc = len(files["entries.jsonl"]), zlib.crc32(files["entries.jsonl"])
    for field, layout, value in ((8, "<H", 8), (14, "<L", crc), (22, "<L", size)):
        swapped = local(swapped, field, layout, value)
    for field, layout, value in ((10, "<H", 8), (16, "<L", crc), (24, "<L", size)):
        swapped = patched(swapped, field, layout, value)
    assert verdict(swapped, tmp_path) == "1 form"


def test_a_blob_that_is_not_what_both_headers_say(files: dict[str, bytes], tmp_path: Path) -> None:
    """It inflates to a gibibyte (here 64 MiB) where a few bytes were declared, or has another CRC."""
    name = next(name for name in files if name.startswith("blobs/"))
    for data, size in ((bytes(2**26), len(files[name])), (files[name][::-1], 0)):
        whole = built(files | {name: data})
        with zipfile.ZipFile(io.BytesIO(whole)) as opened:
            at, place = opened.getinfo(name).header_offset, opened.namelist().index(name)
        if size:
            whole = patched(whole, 24, "<L", size, place)
            lied = bytearray(whole)
            struct.pack_into("<L", lied, at + 22, size)
        else:
            whole = patched(whole, 16, "<L", 7, place)
            lied = bytearray(whole)
            struct.pack_into("<L", lied, at + 14, 7)
        assert verdict(bytes(lied), tmp_path) == "1 form"


def test_a_file_cut_while_it_is_read(files: dict[str, bytes], tmp_path: Path) -> None:
    path = tmp_path / "r.zip"
    path.write_bytes(built(files))
    opened = archive.Archive(path)
    os.truncate(path, 100)
    with pytest.raises(CheckFailedError):
        opened.read("checkpoint")
    opened.close()


# --- sizes


def test_entries_of_no_size_or_too_long(files: dict[str, bytes], tmp_path: Path) -> None:
    for entries in (b"", b"\n", files["entries.jsonl"][:-1], b'"' + b"x" * (2**20 + 2) + b'"\n'):
        assert verdict(built(files | {"entries.jsonl": entries}), tmp_path) == "1 form"
    assert verdict(built(files | {"checkpoint": bytes(2**16 + 1)}), tmp_path) == "1 form"


def test_blobs_of_4_gib(made: Maker, tmp_path: Path) -> None:
    def claim(size: int) -> Callable[[list[dict[str, Any]]], list[dict[str, Any]]]:
        return lambda entries: [
            entry | ({"stages": {"sha256": "0" * 64, "size": size}} if entry["kind"] == "count" else {})
            for entry in entries
        ]

    assert verdict(of(made, claim(2**32)), tmp_path) == "1 form"
    assert verdict(of(made, claim(5)), tmp_path) == "1 form"
    assert verdict(of(made, claim(-5)), tmp_path) == "1 form"


@pytest.mark.parametrize(("kind", "name"), [("shuffle", "input"), ("shuffle", "output"), ("decrypt", "input")])
def test_lists_longer_than_the_ballots(tmp_path: Path, kind: str, name: str) -> None:
    data = bytes(64 * 5)
    maker = Maker(PLAN, on(kind, put(name, to={"sha256": hashlib.sha256(data).hexdigest(), "size": len(data)})))
    maker.ref(data)
    assert verdict(maker.make().zip(), tmp_path) == "1 form"


def test_one_blob_with_two_sizes(made: Maker, tmp_path: Path) -> None:
    def change(entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
        first = next(entry for entry in entries if entry["kind"] == "shuffle")
        first["proof"] = first["input"] | {"size": 1}
        return entries

    assert verdict(of(made, change), tmp_path) == "1 form"


def test_blobs_hashed_in_their_place(made: Maker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the bound for hashing early at nothing, all is hashed where it is used."""
    monkeypatch.setattr(record, "MAX_EAGER_BLOB", 0)
    assert verdict(made.zip(), tmp_path) == "ok"
    sizes = {64 * 4, 32 * (5 * 4 + 9), 32 * 4}
    for digest, data in made.blobs.items():
        changed = bytes((data[0] ^ 1,)) + data[1:]
        found = verdict(built(made.files() | {f"blobs/{digest}": changed}), tmp_path)
        # A count's blob is never read, only compared by its reference: as small as here it is hashed early.
        assert found in ({"13 tree"} if len(data) in sizes else {"13 tree", "ok"})


def test_wrong_hash(made: Maker, tmp_path: Path) -> None:
    name, data = next((name, data) for name, data in made.files().items() if name.startswith("blobs/"))
    assert verdict(built(made.files() | {name: data[::-1]}), tmp_path) == "13 tree"


def test_batches_of_entries(made: Maker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(record, "_BATCH_ENTRIES", 3)
    assert verdict(made.zip(), tmp_path) == "ok"


# --- entries


CASES: list[tuple[str, Plan, Hook, str]] = [
    ("a confirm repeated", PLAN, twice("trustee-confirm", 2), "6 ceremony"),
    ("a commit after the manifest", PLAN, moved("trustee-commit", "trustee-ready"), "6 ceremony"),
    ("a confirm after the manifest", PLAN, moved("trustee-confirm", "trustee-ready"), "6 ceremony"),
    ("a ballot in the ceremony", PLAN, moved("ballot", "trustee-key"), "13 order"),
    ("a ballot before the manifest", PLAN, moved("ballot", "manifest"), "13 order"),
    ("a ready before the manifest", PLAN, moved("trustee-ready", "manifest"), "6 ceremony"),
    ("a withdrawal in the ceremony", replace(PLAN, withdraw=[("board", "a")]), moved("withdraw", "trustee-key"), ""),
    ("a commit after open", PLAN, moved("trustee-commit", "close"), "6 ceremony"),
    ("nothing but notices", PLAN, on("entries", lambda _: [NOTICE]), "13 order"),
    ("the ceremony alone", PLAN, on("entries", lambda entries: entries[:10]), "13 order"),
    ("a ceremony cut short", PLAN, on("entries", lambda entries: entries[:5]), "6 ceremony"),
    ("a poll that is not closed", PLAN, on("entries", lambda entries: entries[:16]), "13 order"),
    ("one trustee", PLAN, on("ceremony", put("trustees", to=lambda t: t[:1])), "6 ceremony"),
    ("a ready's signature", PLAN, on("trustee-ready signed", put("signature", to=flip)), "6 ceremony"),
    ("not an integer", PLAN, on("close", lambda v: v | {"ballots": "4"}), "1 form"),
    ("not a boolean", PLAN, on("manifest", put("revotes", to=1)), "1 form"),
    ("not a text", PLAN, on("manifest", put("title", to=1)), "1 form"),
    ("not an array", PLAN, on("manifest", put("contests", to={})), "1 form"),
    ("not an object", PLAN, on("manifest", put("contests", 0, to=[])), "1 form"),
    ("not a rule", PLAN, on("manifest", put("contests", 0, "rule", to="x")), "1 form"),
    ("not a time", PLAN, on("open", lambda v: v | {"at": "2026-03-01 09:00:00"}), "1 form"),
    ("an extension", PLAN, on("close", lambda v: v), "ok"),
    ("void with enough ballots", PLAN, on("count", lambda v: {"kind": "void", "contest": v["contest"], "ballots": 4}),
     "9 close"),
    ("a mix after a decryption", PLAN, moved("decrypt", "shuffle"), "9 shuffle"),
    ("a shuffle of a void contest", FEW, on("void", lambda v: {
        "kind": "shuffle", "contest": v["contest"], "mixer": 1, "trustee": 1, "signature": "00" * 64,
        "input": {"sha256": "00" * 32, "size": 0}, "output": {"sha256": "00" * 32, "size": 0},
        "proof": {"sha256": "00" * 32, "size": 0}}), "1 form"),
    ("a count of a void contest", FEW, on("void", lambda v: v), "ok"),
    ("a void of an unknown contest", FEW, on("void", put("contest", to="x")), "9 close"),
    ("a void before close", FEW, moved("void", "close"), "13 order"),
    ("too many rankings", replace(PLAN, contests=[contest("board", *(f"c{i}" for i in range(55)))]),
     lambda _, value: value, "4 manifest"),
    ("a bad log key", PLAN, on("manifest", put("board", "key", to="x")), "7 manifest"),
    ("a witness key of the log's type", WITNESSED, on("manifest", put("board", "witnesses", 0, to=verifier_key(
        "w0", 1, ed25519.encode_point(ed25519.B)))), "7 manifest"),
    ("two credential lists of one style", PLAN, on("manifest", put("credentials", to=lambda c: c * 2)), "7 manifest"),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=[f"{case[3]}: {case[0]}".replace(" ", "_") for case in CASES])
def test_entries_out_of_order(case: tuple[str, Plan, Hook, str], tmp_path: Path) -> None:
    _, plan, hook, wanted = case
    assert verdict(Maker(plan, hook).make().zip(), tmp_path) == (wanted or "13 order")


def changed(change: Entries, plan: Plan, tmp_path: Path) -> str:
    return verdict(Maker(plan, on("entries", change)).make().zip(), tmp_path)


def test_extensions(tmp_path: Path) -> None:
    def with_extension(closes: str, before: bytes) -> Entries:
        extra = canonical.write({"kind": "extend", "at": "2026-01-01T00:00:00Z", "closes": closes, "reason": ""})
        return lambda entries: [each for raw in entries for each in ((extra, raw) if before in raw else (raw,))]

    late, early = "2026-03-08T18:00:01Z", "2026-03-08T18:00:00Z"
    assert changed(with_extension(late, b'"kind":"close"'), PLAN, tmp_path) == "9 close"
    assert changed(with_extension(early, b'"kind":"close"'), PLAN, tmp_path) == "9 close"
    assert changed(with_extension(late, b'"kind":"open"'), PLAN, tmp_path) == "13 order"
    assert changed(with_extension(late, b'"kind":"result"'), PLAN, tmp_path) == "13 order"
    put_off = Maker(PLAN, on("close", lambda value: value | {"at": late}))
    put_off.make()
    put_off.hook = on("entries", with_extension(late, b'"kind":"close"'))
    assert verdict(put_off.zip(), tmp_path) == "ok"


@pytest.mark.parametrize("kind", ["result", "count", "decrypt"])
def test_entries_of_a_void_contest(tmp_path: Path, kind: str) -> None:
    """The small contest's entry stands after the other's, whose blobs it refers to."""
    plan = replace(TWO, contests=[TWO.contests[0], TWO.contests[1] | {"min_ballots": 9}])

    def change(entries: list[bytes]) -> list[bytes]:
        one = next(json.loads(raw) for raw in entries if json.loads(raw)["kind"] == kind)
        return [*entries, canonical.write(one | {"contest": "audit"})]

    assert changed(change, plan, tmp_path) == "9 close"
    assert changed(lambda entries: [*entries, entries[-1].replace(b'"audit"', b'"other"')], plan, tmp_path) == "9 close"


def test_cancelled_after_the_count(tmp_path: Path) -> None:
    cancel = canonical.write({"kind": "cancel", "at": "2026-04-01T00:00:00Z", "reason": ""})
    assert changed(lambda entries: [*entries, NOTICE, cancel, NOTICE], PLAN, tmp_path) == "ok"
    assert changed(lambda entries: [*entries, cancel, entries[-1]], PLAN, tmp_path) == "13 order"


def test_ballots_proved_in_batches(made: Maker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("governance.verifier.election._PROOFS_AT_ONCE", 2)
    assert verdict(made.zip(), tmp_path) == "ok"


def test_counts_that_are_refused(made: Maker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def hard(*_: object) -> None:
        raise TooHardError

    data = made.zip()
    monkeypatch.setattr(stages, "MAX_RESULT", -1)
    assert verdict(data, tmp_path) == "11 count"
    monkeypatch.undo()
    monkeypatch.setattr("governance.verifier.tally.count", hard)
    assert verdict(data, tmp_path) == "11 count"


def test_doomed_are_excluded_first(tmp_path: Path) -> None:
    """Three seats, at most one of a, b, c: when one is elected the two others go, each in a stage of its own."""
    bound = {"attribute": "g", "value": "x", "min": 0, "max": 1, "candidates": ["a", "b", "c"], "seated": 0}
    names = ("a", "b", "c", "d", "e", "f")
    votes: list[tuple[int, dict[str, Any]]] = [
        (voter, {"board": ranking}) for voter, ranking in enumerate([(0, 1)] * 4 + [(1, 2)] * 2 + [(3,), (4,), (5,)])
    ]
    plan = replace(
        PLAN,
        contests=[contest("board", *names, seats=3, constraints=[bound])],
        styles=[("board",)] * len(votes),
        votes=votes,
    )
    maker = Maker(plan).make()
    assert verdict(maker.zip(), tmp_path) == "ok"
    counted = next(json.loads(data) for data in maker.blobs.values() if data.startswith(b'{"elected"'))
    assert counted["elected"][0] == "a"
    assert [stage["excluded"] for stage in counted["stages"][1:3]] == [["c"], ["b"]]
    assert counted["stages"][0]["doomed"] == ["b", "c"]


def test_mixed_or_decrypted_too_late(tmp_path: Path) -> None:
    def copied(kind: str, before: str) -> Entries:
        def change(entries: list[bytes]) -> list[bytes]:
            copy = next(raw for raw in entries if json.loads(raw)["kind"] == kind)
            at = next(place for place, raw in enumerate(entries) if json.loads(raw)["kind"] == before)
            return [*entries[:at], copy, *entries[at:]]

        return change

    assert changed(copied("shuffle", "result"), PLAN, tmp_path) == "9 shuffle"
    assert changed(copied("trustee-commit", "close"), PLAN, tmp_path) == "13 order"
    assert changed(copied("decrypt", "count"), PLAN, tmp_path) == "10 decrypt"
    assert verdict(Maker(PLAN, on("ballot", put("previous", to="zz" * 32))).make().zip(), tmp_path) == "1 form"


def test_a_credential_in_two_lists(tmp_path: Path) -> None:
    seen: list[bytes] = []

    def hook(name: str, value: Any) -> Any:
        if name != "credentials blob":
            return value
        seen.append(value)
        return seen[0][:32] if len(seen) > 1 else value

    assert verdict(Maker(TWO, hook).make().zip(), tmp_path) == "7 manifest"


def test_a_share_that_is_the_identity(tmp_path: Path) -> None:
    maker = Maker(PLAN)
    maker.coefficients[1][1] -= maker.x[1]
    maker.x = {
        trustee: sum(a * trustee**e for row in maker.coefficients.values() for e, a in enumerate(row)) % ORDER
        for trustee in maker.x
    }
    assert maker.x[1] == 0
    assert verdict(maker.make().zip(), tmp_path) == "6 ceremony"


# --- keys and checkpoints


def test_box_keys(tmp_path: Path) -> None:
    listed = json.loads((Path(__file__).parents[1] / "vectors/box-keys.json").read_text())
    assert (len(listed["small_order"]), len(listed["good"])) == (14, 6)
    short = replace(PLAN, cancel=True)
    for name, wanted in (("small_order", "6 ceremony"), ("good", "ok")):
        for key in listed[name]:
            maker = Maker(short, on("ceremony", put("trustees", 1, "box", to=key)))
            assert verdict(maker.make().zip(), tmp_path) == wanted, key


ROOT = "A" * 43 + "="
LINE = "\u2014 a AAAAAAA="


@pytest.mark.parametrize(
    "text",
    [
        f"a\n1\n{ROOT}\n\n{LINE}",
        f"a\n1\n{ROOT}\n\n",
        f"a\n1\n{ROOT}\n{LINE}\n",
        f"a\n1\n{ROOT}\nmore\n\n{LINE}\n",
        f"\n1\n{ROOT}\n\n{LINE}\n",
        f"a\n01\n{ROOT}\n\n{LINE}\n",
        f"a\n1\nAAAA\n\n{LINE}\n",
        f"a\n1\n{ROOT}\n\n{LINE}\n\n",
        f"a\n1\n{ROOT}\n\n- a AAAAAAA=\n",
        f"a\n1\n{ROOT}\n\n\u2014 a\n",
        f"a\n1\n{ROOT}\n\n\u2014  AAAAAAA=\n",
        f"a\n1\n{ROOT}\n\n\u2014 a  AAAAAAA=\n",
        f"a\n1\n{ROOT}\n\n\u2014 a AAAAAAA= \n",
        f"a\n1\n{ROOT}\n\n\u2014 a+b AAAAAAA=\n",
        f"a\n1\n{ROOT}\n\n\u2014 a\u00a0b AAAAAAA=\n",
        f"a\n1\n{ROOT}\n\n\u2014 a\tb AAAAAAA=\n",
        f"a\n1\n{ROOT}\n\n\u2014 a\u2003b AAAAAAA=\n",
        f"a\n1\n{ROOT}\n\n\u2014 a AAAAAA==\n",
        f"a\n1\n{ROOT}\n\n\u2014 a AAAAAAB=\n",
        f"a\n1\n{ROOT}\n\n\u2014 a AAAAAAA\n",
        f"a\n1\n{ROOT}\n\n\u2014 a \u00e9AAA\n",
    ],
    ids=range(21),
)
def test_lines_of_a_checkpoint(text: str) -> None:
    assert board.parse_checkpoint(text.encode()) is None


def test_a_checkpoint_at_all() -> None:
    assert board.parse_checkpoint(b"\xff") is None
    good = board.parse_checkpoint(f"a\n{'9' * 5000}\n{ROOT}\n\n{LINE}\n\u2014 b AAAAAAA=\n".encode())
    assert good is not None
    assert good.size == 10**18
    assert [name for name, _ in good.signatures] == ["a", "b"]
    assert board.looks_like_checkpoint(f"a\n0\n{ROOT}".encode())


KEY_OF_A = verifier_key("a", 1, bytes(32))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a",
        "a+00000000",
        "a+00000000+AAAA",
        "a+00000000+\u00e9",
        "a+00000000+A",
        "\ud800+00000000+" + "A" * 44,
        *(verifier_key(name, 1, bytes(32)) for name in ("", "a b", " a", "a\n", "a\tb", "a\u00a0b", "a\u3000")),
        verifier_key("a", 1, bytes(31)),
        verifier_key("a", 1, bytes(33)),
        KEY_OF_A[:2] + KEY_OF_A[2:10].upper() + KEY_OF_A[10:],
        KEY_OF_A + "\n",
        KEY_OF_A + "=",
    ],
)
def test_verifier_keys_that_are_none(text: str) -> None:
    assert board.parse_verifier_key(text) is None


def test_verifier_key_with_another_id() -> None:
    text = verifier_key("a", 1, bytes(32))
    assert board.parse_verifier_key(text) is not None
    assert board.parse_verifier_key(text.replace("a+", "b+")) is None


def test_inclusion_out_of_range() -> None:
    leaf = board.leaf_hash(b"")
    assert board.root_from_inclusion(leaf, 1, 1, []) is None
    assert board.root_from_inclusion(leaf, 0, 1, [leaf]) is None
    assert board.root_from_inclusion(leaf, 0, 2, []) is None


def test_ed25519_lengths() -> None:
    seed = bytes(32)
    assert ed25519.decode_point(bytes(31)) is None
    assert not ed25519.verify(ed25519.encode_point(ed25519.B), b"", sign(seed, b"")[:63])


def test_cosignature_of_a_wrong_length(tmp_path: Path) -> None:
    key = verifier_key("w0", 4, public_of(Maker(WITNESSED).witness_seeds[0]))
    hook = on("lines", lambda lines: [lines[0], Maker.line(key, bytes(71)), lines[2]])
    assert verdict(Maker(WITNESSED, hook).make().zip(), tmp_path) == "13 board"


def test_half_of_all_y_are_of_no_point() -> None:
    found = [ed25519.decode_point(y.to_bytes(32, "little")) for y in range(2, 40)]
    assert 8 < found.count(None) < 30


def test_group_edges() -> None:
    assert group.decode(bytes(31)) is None
    assert group.is_identity(group.multiply(0, group.BASE))


# --- processes


def test_processors_where_the_system_does_not_say(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(os, "sched_getaffinity")
    monkeypatch.setattr(os, "cpu_count", lambda: None)
    assert parallel.processors() == 1


def test_no_fork(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise BlockingIOError

    monkeypatch.setattr(parallel, "processors", lambda: 2)
    monkeypatch.setattr(parallel, "WORTH_FORKING", 2)
    monkeypatch.setattr(os, "fork", refuse)
    assert parallel.over_range(lambda low, high: high - low, 5) == [2, 3]


def test_an_error_shows_in_the_parent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parallel, "processors", lambda: 2)
    monkeypatch.setattr(parallel, "WORTH_FORKING", 2)

    def part(low: int, high: int) -> int:
        if low == 0:
            raise ValueError
        return high

    with pytest.raises(ValueError, match=r"^$"):
        parallel.over_range(part, 5)
