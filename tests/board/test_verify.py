"""What a report says of a good record, and what is refused before or while a record is read."""

import io
from hashlib import sha512
from typing import Any

import pytest

from governance.board import checkpoint, verify
from governance.board.checks import Check
from governance.board.record import RecordFile
from governance.board.verify import Outcome, Report
from governance.crypto import signature
from tests.board.shown import Shown, found
from tests.forge.maker import base
from tests.forge.record import Record, zip_of

# ---- the report ----------------------------------------------------------------------------------------------------------


def test_nothing_that_was_checked_is_not_good() -> None:
    assert not Report().ok
    assert Report().failure is None


@pytest.mark.parametrize("name", ["tiny", "two", "void", "witnessed"])
def test_a_good_report_has_each_check_once_in_order(name: str) -> None:
    record = base(name)

    report = verify.check(Shown(record))

    assert report.ok, report.failure
    assert [line.check for line in report.lines] == list(Check)
    assert not report.cancelled
    manifest = record.entries[record.find("manifest")]
    ceremony = record.entries[record.find("ceremony")]
    assert (report.ceremony, report.manifest) == (sha512(ceremony).hexdigest(), sha512(manifest).hexdigest())
    assert (report.election, report.origin) == (record.plan.election, record.origin)
    assert report.root == record.root().hex()
    key = checkpoint.VerifierKey(record.origin, checkpoint.LOG, signature.public_key(record.log))
    assert report.log_key == str(key)


def test_a_report_gives_numbers() -> None:
    said = {line.check: line.detail for line in verify.check(Shown(base("two"))).lines}
    entries, blobs = len(base("two").entries), len(base("two").blobs)

    assert said[Check.FORM] == f"{entries} entries and {blobs} blobs are well formed"
    assert said[Check.TREE] == f"the {blobs} blobs are what their hashes say"
    assert said[Check.CEREMONY].startswith("3 trustees ")
    assert said[Check.MANIFEST].startswith("8 credentials")
    assert said[Check.BALLOT] == "8 ballots, 7 of them count"
    assert said[Check.ORDER] == "every entry stands where it may, and none is missing"
    assert said[Check.BOARD].startswith("signed by the log, cosigned by 2 of 1 ")


@pytest.mark.parametrize(
    ("name", "contests"),
    [
        ("tiny", {"board": Outcome(5, 1, 0, ("a",))}),
        ("invalid", {"board": Outcome(6, 1, 2, ("a",))}),
        ("void", {"chair": Outcome(2, 0, 0, ()), "board": Outcome(4, 0, 0, ("a",))}),
        ("cancelled", {}),
        ("cancelled-late", {}),
    ],
)
def test_outcomes_are_what_the_papers_say(name: str, contests: dict[str, Outcome]) -> None:
    report = verify.check(Shown(base(name)))

    assert report.ok, report.failure
    assert report.contests == contests
    assert report.cancelled == name.startswith("cancelled")


def test_what_was_not_checked_is_not_said_to_hold() -> None:
    before = [Check.FORM, Check.TREE, Check.CEREMONY, Check.CODEC, Check.MANIFEST]

    report = verify.check(Shown(base("cancelled-early")))

    assert [line.check for line in report.lines] == [*before, Check.CLOSE, Check.ORDER, Check.BOARD]


def test_an_election_that_is_cancelled_after_its_count_has_no_result() -> None:
    record = base("tiny")
    record.entries.append(b'{"at":"2026-03-09T09:00:00Z","kind":"cancel","reason":"the appeal was upheld"}')

    report = verify.check(Shown(record.sign()))

    assert report.ok, report.failure
    assert report.cancelled
    assert report.contests == {}


def test_a_beginning_is_good_as_far_as_it_goes() -> None:
    record = base("tiny")
    for end in range(record.find("manifest") + 1, len(record.entries)):
        beginning = record.copy()
        beginning.entries = record.entries[:end]
        shown = Shown(beginning.tidy().sign())

        report, judge = verify.judge(shown)

        assert report.ok, (end, report.failure)
        assert judge is not None
        assert judge.number == end
        assert report.contests == {}  # the count comes last
        said = next(line.detail for line in report.lines if line.check is Check.ORDER)
        assert said == "every entry stands where it may"
        assert found(verify.check(shown))[0] is Check.ORDER
        assert found(verify.judge(shown, whole=True)[0])[0] is Check.ORDER


def test_progress_is_told_up_to_the_end() -> None:
    record = base("tiny")
    end = len(record.entries)
    record.entries += [NOTICE] * 1000
    told: list[tuple[str, int, int]] = []

    verify.check(Shown(record.sign()), progress=lambda *one: told.append(one))

    blobs = len(record.blobs)
    assert [one for one in told if one[0] == "form"] == [("form", 1000, 0)]
    assert [one for one in told if one[0] == "blobs"] == [("blobs", n, blobs) for n in range(1, blobs + 1)]
    entries = [one for one in told if one[0] == "entries"]
    assert entries == sorted(entries)
    assert {*entries} >= {("entries", n, end + 1000) for n in (500, end + 1000)}


NOTICE = b'{"at":"2026-03-01T09:00:00Z","body":"","kind":"notice","subject":"late"}'


# ---- what is read twice ----------------------------------------------------------------------------------------------------


def test_entries_that_are_others_at_the_second_reading_are_refused() -> None:
    record = base("tiny")
    record.entries.append(NOTICE)
    then = record.sign().copy()
    then.entries[-1] = NOTICE.replace(b"late", b"last")

    assert verify.check(Shown(record, record)).ok
    assert found(verify.check(Shown(record, then))) == (Check.TREE, "the record changed while it was read")
    then.entries.pop()
    assert found(verify.check(Shown(record, then))) == (Check.TREE, "the record changed while it was read")


@pytest.mark.parametrize(
    ("kind", "name"), [("shuffle", "output"), ("shuffle", "proof"), ("decrypt", "factors"), ("count", "stages")]
)
def test_a_blob_that_is_another_at_the_second_reading_is_refused(kind: str, name: str) -> None:
    record = base("tiny")
    then = record.copy()
    digest = record.value(record.find(kind))[name]["sha256"]
    then.blobs[digest] = then.blobs[digest][:-1] + bytes([then.blobs[digest][-1] ^ 1])

    check, detail = found(verify.check(Shown(record, then)))

    assert check is Check.TREE
    assert detail.endswith(f"a blob differs from its hash {digest[:16]}…")


def test_a_blob_that_is_another_at_the_first_reading_is_refused() -> None:
    record = base("tiny")
    for digest in list(record.blobs):
        wrong = record.copy()
        wrong.blobs[digest] = bytes(len(record.blobs[digest]))

        assert found(verify.check(Shown(wrong, record))) == (Check.TREE, f"blob {digest[:16]}… differs from its hash")


# ---- the order of the first pass -------------------------------------------------------------------------------------------


def test_a_record_without_entries_is_refused() -> None:
    record = base("tiny")
    record.entries, record.blobs = [], {}

    report = verify.check(Shown(record.sign()))

    assert found(report) == (Check.FORM, "the record has no entries")
    assert len(report.lines) == 1
    assert (report.election, report.ceremony, report.manifest, report.origin, report.log_key) == ("",) * 5
    assert report.root == ""
    assert not report.cancelled


def test_a_record_that_ends_before_its_manifest_is_refused() -> None:
    record = base("tiny")
    end = record.find("manifest")
    for size in range(1, end + 1):
        beginning = record.copy()
        beginning.entries = record.entries[:size]

        check, _ = found(verify.check(Shown(beginning.tidy().sign()), whole=False))

        assert check is (Check.ORDER if size == end else Check.CEREMONY)


@pytest.mark.parametrize(("kind", "number"), [("ballot", -1), ("shuffle", 1), ("decrypt", 1), ("trustee-ready", 2)])
def test_what_fails_in_the_end_is_not_said_to_hold(kind: str, number: int) -> None:
    record = base("tiny")
    names = {"ballot": "election", "shuffle": "trustee", "decrypt": "trustee", "trustee-ready": "index"}
    other: dict[str, str | int] = {"ballot": "another", "shuffle": 9, "decrypt": 9, "trustee-ready": 9}
    record.edit(record.find(kind, number), lambda v: {**v, names[kind]: other[kind]})

    report = verify.check(Shown(record))

    assert report.failure is not None
    assert [line for line in report.lines if line.check is report.failure.check] == [report.failure]
    assert report.lines[-1] == report.failure


@pytest.mark.parametrize("member", ["entries.jsonl", "checkpoint", "blobs"])
def test_a_member_of_the_file_that_is_damaged_is_refused_by_its_form(member: str) -> None:
    members = base("tiny").members()
    (one, *_) = [one for one in members if one.name.startswith(member)]
    one.local["crc"] = one.central["crc"] = 5

    check, detail = found(verify.check(RecordFile(io.BytesIO(zip_of(members)))))

    assert check is Check.FORM
    assert "damaged" in detail


@pytest.mark.parametrize("number", [0, 3, 27])
def test_the_entry_that_is_none_is_named_by_its_place(number: int) -> None:
    record = base("tiny")
    record.entries[number] = b'{"kind":"vote"}'

    check, detail = found(verify.check(Shown(record.sign())))

    assert check is Check.FORM
    assert detail.startswith(f"entry {number}: ")


def test_the_first_ceremony_and_the_first_manifest_are_named() -> None:
    record = base("tiny")
    known: dict[str, Any] = {kind: record.entries[record.find(kind)] for kind in ("ceremony", "manifest")}
    for kind in known:
        at = record.find(kind)
        record.entries.append(record.entries[at].replace(b'"election":"forged"', b'"election":"second"'))

    report = verify.check(Shown(record.sign()))

    assert found(report)[0] is Check.ORDER
    assert report.election == "forged"
    assert report.ceremony == sha512(known["ceremony"]).hexdigest()
    assert report.manifest == sha512(known["manifest"]).hexdigest()


# ---- the board -------------------------------------------------------------------------------------------------------------


def head(record: Record, size: int) -> bytes:
    """What the log signed when it had so many entries."""
    return checkpoint.sign(record.origin, size, record.root(size), record.log)


def test_a_record_extends_every_checkpoint_of_a_beginning() -> None:
    record = base("tiny")
    every = [head(record, size) for size in range(len(record.entries) + 1)]

    assert verify.check(Shown(record), every).ok
    for one in every:
        assert verify.check(Shown(record), [one]).ok


@pytest.mark.parametrize("size", [0, 1, 7, 28, 29])
def test_a_record_that_does_not_extend_an_earlier_checkpoint_is_refused(size: int) -> None:
    record = base("tiny")
    good, other = head(record, 5), checkpoint.sign(record.origin, size, bytes(32), record.log)
    stranger = checkpoint.sign(record.origin, 5, record.root(5), bytes(32))
    assert len(record.entries) == 28

    for earlier in ([other], [good, other], [other, good]):
        check, detail = found(verify.check(Shown(record), earlier))
        assert check is Check.BOARD
        assert f" of {size} entries" in detail
        assert ("taken back" in detail) is (size > 28)
    assert found(verify.check(Shown(record), [good, stranger]))[0] is Check.BOARD


def _cut(record: Record) -> None:
    record.checkpoint = record.checkpoint[:-1]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        pytest.param(lambda record: record.sign(size=27), "27 entries, not 28", id="another size"),
        pytest.param(lambda record: record.sign(root=bytes(32)), "root differs", id="another root"),
        pytest.param(lambda record: record.sign(seed=bytes(32)), "not signed by the log", id="another key"),
        pytest.param(lambda record: record.sign(origin="log.example/x"), "of another log", id="another origin"),
        pytest.param(lambda record: record.sign(cosigned=(0,)), "1 of 2 witnesses", id="a witness too few"),
        pytest.param(lambda record: record.sign(cosigned=(1, 1)), "1 of 2 witnesses", id="a witness twice"),
        pytest.param(_cut, "signatures", id="no checkpoint"),
    ],
)
def test_a_checkpoint_that_is_not_of_this_record_is_refused(change: Any, says: str) -> None:
    record = base("witnessed")
    assert verify.check(Shown(record)).ok

    change(record)

    report = verify.check(Shown(record))
    assert found(report)[0] is Check.BOARD
    assert says in found(report)[1]
    assert {line.check for line in report.lines if line.ok} == set(Check) - {Check.BOARD}
    assert report.contests == {}
