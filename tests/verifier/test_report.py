"""What a verifier reports (sections 13 and 15): what the record says it is, what held, the first thing that does not."""

import base64
import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from governance.verifier import board, canonical
from governance.verifier.checks import Report
from tests.verifier.prover import Hook, Maker, Plan, keep, public_of, verifier_key, zipped
from tests.verifier.test_tampering import FEW, INVALID, PLAN, TWO, WITNESSED, flip, moved, on, put, report_of, twice

SETUP = ["1 form", "13 tree", "6 ceremony", "4 manifest", "7 manifest"]
WALK = ["13 order", "8 ballot", "9 close", "9 mix input", "9 shuffle", "10 decrypt", "11 result", "11 count"]


def held(report: Report) -> list[str]:
    return [f"{check.section} {check.name}" for check in report.checks if check.ok]


def of(maker: Maker, tmp_path: Path, earlier: tuple[bytes, ...] = ()) -> Report:
    return report_of(maker.zip(), tmp_path, earlier)


def test_a_good_record(tmp_path: Path) -> None:
    maker = Maker(replace(PLAN, seed="club")).make()
    report = of(maker, tmp_path)
    assert report.ok
    assert held(report) == [*SETUP, *WALK, "13 board"]
    assert (report.election, report.cer, report.ctx) == ("club", maker.cer.hex(), maker.ctx.hex())
    assert (report.origin, report.log_key) == (maker.origin, verifier_key(maker.origin, 1, public_of(maker.log_seed)))
    assert report.root == board.root(b"".join(map(board.leaf_hash, maker.entries))).hex()
    details = {check.name: check.detail for check in report.checks}
    assert (details["ballot"], details["shuffle"]) == ("4 ballots", "2 mixes")
    assert details["form"] == f"{len(maker.entries)} entries, {len(maker.blobs)} blobs"
    assert details["board"] == f"signed by {maker.origin}, size {len(maker.entries)}, quorum 0"
    outcome = report.contests["board"]
    assert (outcome.ballots, outcome.blank, outcome.invalid, outcome.elected) == (4, 1, 0, ("a",))


def test_what_the_contests_gave(tmp_path: Path) -> None:
    invalid = of(Maker(INVALID).make(), tmp_path).contests["board"]
    assert (invalid.ballots, invalid.blank, invalid.invalid) == (4, 1, 1)
    void = of(Maker(FEW).make(), tmp_path).contests["board"]
    assert (void.ballots, void.blank, void.invalid, void.elected) == (4, 0, 0, ())
    two = of(Maker(TWO).make(), tmp_path).contests
    assert {name: (each.ballots, each.blank, each.elected) for name, each in two.items()} == {
        "board": (4, 1, ("a",)),
        "audit": (3, 0, ("x",)),
    }


def test_a_cancelled_record(tmp_path: Path) -> None:
    report = of(Maker(replace(PLAN, cancel=True)).make(), tmp_path)
    assert report.ok
    assert report.cancelled
    assert report.contests == {}
    assert held(report) == [*SETUP, "13 order", "8 ballot", "13 board"]
    after = Maker(PLAN).make()
    after.entries.append(canonical.write({"kind": "cancel", "at": "2026-04-01T00:00:00Z", "reason": ""}))
    report = of(after, tmp_path)
    assert report.cancelled
    assert report.contests == {}


def spoiled(maker: Maker) -> bytes:
    """One blob is another's bytes."""
    files = maker.files()
    name = next(name for name in files if name.startswith("blobs/"))
    return zipped(files | {name: files[name][::-1]})


CASES: list[tuple[str, Hook]] = [
    ("6 ceremony", on("ceremony", put("threshold", to=1))),
    ("4 manifest", on("manifest", put("contests", 0, "max_ranks", to=0))),
    ("7 manifest", on("manifest", put("version", to=2))),
    ("13 order", twice("open")),
    ("8 ballot", on("ballot", put("election", to="other"))),
    ("9 close", on("close", put("ballots", to=3))),
    ("9 shuffle", on("shuffle signed", put("signature", to=flip))),
    ("10 decrypt", on("decrypt signed", put("signature", to=flip))),
    ("11 count", on("count", put("elected", to=["c"]))),
    ("13 board", on("lines", lambda _: [])),
]


@pytest.mark.parametrize("case", CASES, ids=[case[0] for case in CASES])
def test_what_held_before_the_first_failure(case: tuple[str, Hook], tmp_path: Path) -> None:
    wanted, hook = case
    maker = Maker(PLAN, hook).make()
    report = of(maker, tmp_path)
    assert not report.ok
    assert [f"{check.section} {check.name}" for check in report.checks if not check.ok] == [wanted]
    assert not report.checks[-1].ok
    after = {"6 ceremony": SETUP[:2], "4 manifest": SETUP[:3], "7 manifest": SETUP[:3], "13 board": SETUP + WALK}
    assert held(report) == after.get(wanted, SETUP)
    assert report.contests == {}
    assert (report.cer, report.ctx, report.election) == (maker.cer.hex(), maker.ctx.hex(), "test")


def test_a_blob_of_another_hash(tmp_path: Path) -> None:
    maker = Maker(PLAN).make()
    report = report_of(spoiled(maker), tmp_path)
    assert held(report) == ["1 form"]
    assert [check.name for check in report.checks] == ["form", "tree"]
    assert report.root == board.root(b"".join(map(board.leaf_hash, maker.entries))).hex()


def test_a_blob_that_cannot_be_read(tmp_path: Path) -> None:
    """Its bytes are none of the archive's: the form does not hold, and is not said to."""
    data = bytearray(Maker(PLAN).make().zip())
    at = data.index(b"blobs/")
    name = int.from_bytes(data[at - 4 : at - 2], "little")
    data[at + name] ^= 0xFF
    report = report_of(bytes(data), tmp_path)
    assert [(check.name, check.ok) for check in report.checks] == [("form", False)]


def test_a_record_that_is_not_read(tmp_path: Path) -> None:
    report = of(Maker(PLAN, on("open", put("at", to=""))).make(), tmp_path)
    assert (held(report), len(report.checks)) == ([], 1)
    assert (report.election, report.cer, report.ctx, report.origin, report.log_key, report.root) == ("",) * 6
    assert not report.cancelled


def test_it_is_what_its_first_ceremony_and_its_first_manifest_say(tmp_path: Path) -> None:
    maker = Maker(PLAN).make()
    kinds = [json.loads(raw)["kind"] for raw in maker.entries]
    ceremony, manifest = (json.loads(maker.entries[kinds.index(kind)]) for kind in ("ceremony", "manifest"))
    for extra in (
        ceremony | {"election": "x"},
        manifest | {"election": "x", "board": manifest["board"] | {"key": "x"}},
    ):
        changed = Maker(PLAN).make()
        changed.entries.append(canonical.write(extra))
        report = of(changed, tmp_path)
        assert not report.ok
        assert (report.election, report.cer) == ("test", maker.cer.hex())
        assert (report.ctx, report.origin, report.log_key) == (maker.ctx.hex(), maker.origin, manifest["board"]["key"])
    raw = canonical.write(ceremony | {"election": "x"})
    twofold = Maker(PLAN).make()
    twofold.entries.insert(0, raw)
    assert of(twofold, tmp_path).cer == hashlib.sha512(raw).hexdigest()
    late = Maker(PLAN).make()
    late.entries.insert(0, late.entries.pop(1))
    report = of(late, tmp_path)
    assert (report.ok, report.election, report.cer) == (False, "test", maker.cer.hex())
    headless = Maker(PLAN).make()
    headless.entries = headless.entries[:10]
    report = of(headless, tmp_path)
    assert (held(report), report.ctx, report.origin) == (SETUP[:3], "", "")


@pytest.mark.parametrize("to", ["ceremony", "trustee-key", "manifest"])
def test_a_ballot_before_the_manifest(to: str, tmp_path: Path) -> None:
    maker = Maker(PLAN, moved("ballot", to)).make()
    report = of(maker, tmp_path)
    assert [check.name for check in report.checks if not check.ok] == ["order"]
    assert (report.ctx, report.origin) == (maker.ctx.hex(), maker.origin)


def test_a_report_that_says_nothing_is_not_good() -> None:
    assert not Report().ok


# --- The board


def test_witnesses(tmp_path: Path) -> None:
    """Exactly the quorum is enough; whoever signs more often, or is not listed, counts for nothing."""

    def said(keep: Any, quorum: int = 2) -> bool:
        maker = Maker(replace(WITNESSED, cancel=True, quorum=quorum), on("lines", keep))
        report = of(maker.make(), tmp_path)
        assert report.ok or held(report) == [*SETUP, "13 order", "8 ballot"]
        return report.ok

    stranger = Maker(Plan(seed="other", witnesses=1))
    foreign = Maker.line(verifier_key("w7", 4, public_of(stranger.witness_seeds[0])), bytes(72))
    assert said(list)
    assert said(lambda lines: lines[::-1])
    assert said(lambda lines: [*lines, foreign])
    assert not said(lambda lines: lines[:2])
    assert said(lambda lines: lines[:2], 1)
    assert said(lambda lines: [lines[0], lines[2]], 1)
    assert not said(lambda lines: lines[:1], 1)
    assert not said(lambda lines: [lines[0], lines[1], lines[1]])
    assert not said(lambda lines: [lines[0], lines[1], foreign])


def test_earlier_checkpoints_one_by_one(tmp_path: Path) -> None:
    maker = Maker(replace(PLAN, cancel=True)).make()
    entries = maker.entries
    forged = [*entries[:-1], b"{}"]
    for good in ([], entries[:1], entries[:-1], entries):
        assert of(maker, tmp_path, (maker.checkpoint(good),)).ok, len(good)
    for bad in (forged[-1:], forged, [*entries, entries[-1]], [*entries[1:2], *entries[2:]]):
        for earlier in ((maker.checkpoint(bad),), (maker.checkpoint(entries), maker.checkpoint(bad))):
            report = of(maker, tmp_path, earlier)
            assert [check.name for check in report.checks if not check.ok] == ["board"]


def saying(size: int, claimed: int) -> Callable[[str], str]:
    return lambda text: text.replace(f"\n{size}\n", f"\n{claimed}\n")


def test_an_earlier_checkpoint_of_more_entries_with_the_same_root(tmp_path: Path) -> None:
    """The log signed both: a root alone does not say how many entries there were."""
    maker = Maker(replace(PLAN, cancel=True)).make()
    size = len(maker.entries)
    for claimed, wanted in ((size, True), (size + 1, False), (size - 1, False), (10**30, False)):
        maker.hook = on("checkpoint text", saying(size, claimed))
        earlier = maker.checkpoint(maker.entries)
        maker.hook = keep
        assert of(maker, tmp_path, (earlier,)).ok == wanted, claimed


def test_the_checkpoint_is_of_the_entries_that_there_are(tmp_path: Path) -> None:
    """The log signed it: its size, and its root, must each be the record's."""
    plan = replace(PLAN, cancel=True)
    size = len(Maker(plan).make().entries)
    root = board.root(b"".join(map(board.leaf_hash, Maker(plan).make().entries)))
    other = base64.b64encode(bytes(32)).decode()
    changes: list[tuple[Callable[[str], str], bool]] = [
        (saying(size, size), True),
        (saying(size, size + 1), False),
        (saying(size, size - 1), False),
        (lambda text: text.replace(base64.b64encode(root).decode(), other), False),
    ]
    for change, wanted in changes:
        report = of(Maker(plan, on("checkpoint text", change)).make(), tmp_path)
        assert report.ok == wanted
        assert [check.name for check in report.checks if not check.ok] == ([] if wanted else ["board"])
