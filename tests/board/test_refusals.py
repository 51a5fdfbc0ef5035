"""Each rule of sections 8 to 13 broken alone: the check that fails, and why, exactly; the forgeries allow several."""

import io
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from governance.board import verify
from governance.board.checks import Check
from governance.board.record import RecordFile
from tests.forge.bases import BASES
from tests.forge.election import on
from tests.forge.maker import base, make
from tests.forge.plan import Withdraw
from tests.forge.record import Json, Record

IDENTITY = "00" * 32
NO_POINT = "01" + "00" * 31
EARLY, LATE = "2026-03-01T08:59:59Z", "2026-03-08T16:59:59Z"

Change = Json | Callable[[Json], Json]


def verdict(record: Record) -> tuple[Check | None, str]:
    failure = verify.check(RecordFile(io.BytesIO(record.zip()))).failure
    return (failure.check, failure.detail) if failure else (None, "")


def put(**fields: Any) -> Json:
    """Fields that are others; a dict gets an id of its own."""
    return fields


def _first_alone(value: Json) -> Json:
    return {**value, "contests": value["contests"][:1]}


def _turned(value: Json) -> Json:
    return {**value, "contests": value["contests"][::-1]}


def _unsealed(value: Json) -> Json:
    return {**value, "contests": [{**value["contests"][0], "a": IDENTITY}]}


def _input_of_first(value: Json) -> Json:
    return {**value, "input": value["output"]}


@pytest.mark.parametrize(
    ("name", "kind", "number", "change", "check", "says"),
    [
        ("tiny", "open", 0, put(at=EARLY), Check.CLOSE, "opens before the announced time"),
        ("two", "extend", 0, put(closes="2026-03-08T17:00:00Z"), Check.CLOSE, "to no later time"),
        ("tiny", "close", 0, put(at=LATE), Check.CLOSE, "closes before the announced time"),
        ("two", "close", 0, put(at="2026-03-08T17:00:00Z"), Check.CLOSE, "closes before the announced time"),
        ("tiny", "close", 0, put(ballots=5), Check.CLOSE, "5 ballots are not the 6"),
        ("tiny", "close", 0, put(ballots=7), Check.CLOSE, "7 ballots are not the 6"),
        ("tiny", "ballot", 0, put(election="another"), Check.BALLOT, "of another election"),
        ("tiny", "ballot", 0, put(credential=NO_POINT[:62] + "02"), Check.FORM, "credential"),
        ("tiny", "ballot", 0, put(credential=IDENTITY), Check.BALLOT, "not on the list"),
        ("two", "ballot", 0, _first_alone, Check.BALLOT, "not those of its voter"),
        ("two", "ballot", 0, _turned, Check.BALLOT, "not those of its voter"),
        ("tiny", "ballot", 0, put(previous="11" * 32), Check.BALLOT, "last ballot"),
        ("tiny", "ballot", 3, put(previous="00" * 32), Check.BALLOT, "last ballot"),
        ("tiny", "ballot", 1, _unsealed, Check.BALLOT, "is the identity"),
        ("void", "void", 0, put(ballots=3), Check.CLOSE, "3 ballots are not the 2"),
        ("void", "void", 0, put(contest="board"), Check.CLOSE, "although it has 4 of 2"),
        ("void", "void", 0, put(contest="mayor"), Check.CLOSE, "no contest mayor"),
        ("tiny", "shuffle", 0, put(contest="mayor"), Check.SHUFFLE, "no contest mayor"),
        ("void", "shuffle", 0, put(contest="chair"), Check.CLOSE, "chair is void"),
        ("tiny", "shuffle", 0, put(mixer=2), Check.SHUFFLE, "mixer 2 comes where mixer 1 should"),
        ("tiny", "shuffle", 1, put(mixer=1), Check.SHUFFLE, "mixer 1 comes where mixer 2 should"),
        ("tiny", "shuffle", 1, put(trustee=1), Check.SHUFFLE, "trustee 1 mixes twice"),
        ("tiny", "shuffle", 0, put(trustee=4), Check.SHUFFLE, "no trustee 4"),
        ("tiny", "shuffle", 0, put(trustee=0), Check.SHUFFLE, "no trustee 0"),
        ("tiny", "shuffle", 0, _input_of_first, Check.MIX_INPUT, "mixer 1 mixed another list"),
        ("tiny", "decrypt", 0, put(trustee=4), Check.DECRYPT, "no trustee 4"),
        ("tiny", "decrypt", 1, put(trustee=3), Check.DECRYPT, "trustee 3 decrypts twice"),
        ("tiny", "decrypt", 0, put(proofs=[]), Check.DECRYPT, "trustee 3"),
        ("tiny", "count", 0, put(rule="meek-prf"), Check.COUNT, "counted by scottish-stv"),
        ("tiny", "count", 0, put(elected=["b"]), Check.COUNT, "elect others"),
        ("tiny", "count", 0, put(elected=[]), Check.COUNT, "elect others"),
        ("tiny", "count", 0, put(contest="mayor"), Check.COUNT, "no contest mayor"),
        ("two", "withdraw", 0, put(contest="mayor"), Check.COUNT, "cannot withdraw"),
        ("two", "withdraw", 0, put(candidate="x"), Check.COUNT, "cannot withdraw"),
        ("two", "withdraw", 0, put(contest="chair", candidate="ron"), Check.COUNT, "cannot withdraw"),
    ],
)
def test_one_field_that_is_wrong(name: str, kind: str, number: int, change: Change, check: Check, says: str) -> None:
    record = base(name)
    at = record.find(kind, number)
    record.edit(at, lambda value: change(value) if callable(change) else {**value, **change})

    found, detail = verdict(record.tidy())

    assert (found, says in detail) == (check, True), detail
    assert detail.startswith(f"entry {at}: ")


def longer(blob: bytes) -> bytes:
    return blob + blob[:64]


def shorter(blob: bytes) -> bytes:
    return blob[:-64]


def doubled(blob: bytes) -> bytes:
    return blob[:-32] + blob[:32]


def no_point(blob: bytes) -> bytes:
    return bytes.fromhex(NO_POINT) + blob[32:]


@pytest.mark.parametrize(
    ("kind", "field", "change", "check", "says"),
    [
        ("shuffle", "output", longer, Check.SHUFFLE, "changed the number of ballots"),
        ("shuffle", "output", shorter, Check.SHUFFLE, "changed the number of ballots"),
        ("shuffle", "output", no_point, Check.SHUFFLE, "no element"),
        ("shuffle", "output", doubled, Check.SHUFFLE, "mixer 1: "),
        ("shuffle", "proof", longer, Check.SHUFFLE, "proof has a wrong size"),
        ("shuffle", "proof", shorter, Check.SHUFFLE, "proof has a wrong size"),
        ("shuffle", "proof", no_point, Check.SHUFFLE, "mixer 1: "),
        ("shuffle", "proof", doubled, Check.SHUFFLE, "mixer 1: "),
        ("decrypt", "input", doubled, Check.DECRYPT, "decrypted another list"),
        ("decrypt", "factors", longer, Check.DECRYPT, "factors have a wrong size"),
        ("decrypt", "factors", shorter, Check.DECRYPT, "factors have a wrong size"),
        ("decrypt", "factors", no_point, Check.DECRYPT, "trustee 3: "),
        ("decrypt", "factors", doubled, Check.DECRYPT, "trustee 3"),
        ("result", "ballots", longer, Check.RESULT, "not what the trustees opened"),
        ("result", "ballots", lambda blob: blob.replace(b":1", b":0"), Check.RESULT, "not what the trustees opened"),
        ("count", "stages", longer, Check.COUNT, "stages are not"),
        ("count", "stages", lambda blob: blob[:-1] + b"]", Check.COUNT, "stages are not"),
    ],
)
def test_one_blob_that_is_wrong(
    kind: str, field: str, change: Callable[[bytes], bytes], check: Check, says: str
) -> None:
    record = base("tiny")
    at = record.find(kind)

    found, detail = verdict(record.swap(at, field, change))

    assert (found, says in detail) == (check, True), detail
    assert detail.startswith(f"entry {at}: ")


@pytest.mark.parametrize(
    ("name", "moved", "number", "before", "check", "says"),
    [
        ("tiny", "ballot", 0, "open", Check.BALLOT, "may not stand here"),
        ("tiny", "close", 0, "open", Check.ORDER, "may not stand here"),
        ("two", "extend", 0, "open", Check.ORDER, "may not stand here"),
        ("tiny", "decrypt", 0, "shuffle", Check.SHUFFLE, "after 0 of 2 mixers"),
        ("tiny", "result", 0, "decrypt", Check.DECRYPT, "only 0 of 2 trustees"),
        ("tiny", "count", 0, "result", Check.ORDER, "before its result"),
        ("two", "count", 1, "count", Check.ORDER, "board is counted before chair"),
        ("tiny", "open", 0, "trustee-ready", Check.CEREMONY, "only 0 of 3"),
        ("tiny", "manifest", 0, "trustee-confirm", Check.CEREMONY, "only 0 of 3"),
        ("tiny", "trustee-confirm", 0, "trustee-key", Check.CEREMONY, "only 0 of 3"),
        ("tiny", "trustee-key", 0, "trustee-commit", Check.CEREMONY, "only 0 of 3"),
    ],
)
def test_one_entry_that_comes_too_early(
    name: str, moved: str, number: int, before: str, check: Check, says: str
) -> None:
    record = base(name)
    at, to = record.find(moved, number), record.find(before)
    record.entries.insert(to, record.entries.pop(at))

    found, detail = verdict(record.sign())

    assert (found, says in detail) == (check, True), detail


@pytest.mark.parametrize(
    ("name", "kind", "number", "check", "says"),
    [
        ("tiny", "ceremony", 0, Check.ORDER, "may not stand here"),
        ("tiny", "manifest", 0, Check.ORDER, "may not stand here"),
        ("tiny", "open", 0, Check.ORDER, "may not stand here"),
        ("tiny", "close", 0, Check.ORDER, "may not stand here"),
        ("tiny", "ballot", 5, Check.BALLOT, "may not stand here"),
        ("two", "withdraw", 0, Check.ORDER, "may not stand here"),
        ("two", "extend", 0, Check.ORDER, "may not stand here"),
        ("tiny", "shuffle", 1, Check.SHUFFLE, "after it was decrypted"),
        ("tiny", "decrypt", 1, Check.DECRYPT, "after its result"),
        ("tiny", "result", 0, Check.ORDER, "two results"),
        ("tiny", "count", 0, Check.ORDER, "counted twice"),
        ("void", "void", 0, Check.CLOSE, "is void"),
        ("cancelled-late", "cancel", 0, Check.ORDER, "cancelled"),
        ("cancelled-late", "close", 0, Check.ORDER, "cancelled"),
    ],
)
def test_one_entry_that_stands_again_at_the_end(name: str, kind: str, number: int, check: Check, says: str) -> None:
    record = base(name)
    record.entries.append(record.entries[record.find(kind, number)])

    found, detail = verdict(record.sign())

    assert (found, says in detail) == (check, True), detail


def test_a_second_vote_is_refused_where_there_is_none() -> None:
    record = base("tiny")
    for revotes, expected in ((True, None), (False, Check.BALLOT)):
        made = make(replace(record.plan, revotes=revotes))

        assert verdict(made)[0] is expected


def test_nobody_withdraws_twice() -> None:
    plan = BASES["withdrawn"]

    check, detail = verdict(make(replace(plan, course=(*plan.course, Withdraw("board", "a")))))

    assert check is Check.COUNT
    assert "a cannot withdraw from contest board" in detail


def test_a_contest_that_cannot_be_counted_again_has_no_count(monkeypatch: pytest.MonkeyPatch) -> None:
    record = base("constrained")
    assert verdict(record) == (None, "")
    monkeypatch.setattr("governance.count.ways.MAX_PIVOTS", 0)

    check, detail = verdict(record)

    assert check is Check.COUNT
    assert "contest board: the constraints are so entangled" in detail


def test_a_contest_with_too_few_ballots_is_not_mixed() -> None:
    check, detail = verdict(make(BASES["void"], on("void", lambda *_: False, contest="chair")))

    assert check is Check.CLOSE
    assert "has only 2 ballots" in detail


@pytest.mark.parametrize("kind", ["decrypt", "result"])
def test_nobody_mixes_once_one_trustee_has_decrypted(kind: str) -> None:
    record, other = base("tiny"), make(BASES["tiny"], on("mixers", lambda *_: (1, 2, 3)))
    third = other.find("shuffle", 2)
    assert other.value(third)["input"] == record.value(record.find("decrypt"))["input"]
    record.blobs |= {other.value(third)[name]["sha256"]: b"" for name in ("output", "proof")}
    record.blobs |= {digest: other.blobs[digest] for digest in record.blobs if digest in other.blobs}

    at = record.find("decrypt") + 1
    record.entries.insert(at if kind == "decrypt" else at + 2, other.entries[third])

    check, detail = verdict(record.sign())

    assert check is Check.SHUFFLE
    assert "mixed after it was decrypted" in detail


@pytest.mark.parametrize("after", ["shuffle", "decrypt", "result", "count"])
def test_a_contest_that_was_begun_is_not_void(after: str) -> None:
    record = base("tiny")
    record.entries.insert(record.find(after) + 1, b'{"ballots":5,"contest":"board","kind":"void"}')

    check, detail = verdict(record.sign())

    assert check is Check.CLOSE
    assert "void after it was begun" in detail


def test_the_stages_have_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    record = base("tiny")
    size = record.value(record.find("count"))["stages"]["size"]
    monkeypatch.setattr("governance.board.tally.MAX_COUNT", size)
    assert verdict(record) == (None, "")
    monkeypatch.setattr("governance.board.tally.MAX_COUNT", size - 1)

    check, detail = verdict(record)

    assert check is Check.COUNT
    assert "larger than 64 MiB" in detail


@pytest.mark.parametrize("openers", [(3,), (2,)])
def test_fewer_than_the_threshold_open_nothing(openers: tuple[int, ...]) -> None:
    check, detail = verdict(make(BASES["tiny"], on("openers", lambda *_: openers)))

    assert check is Check.DECRYPT
    assert "only 1 of 2 trustees decrypted" in detail


def test_more_than_the_threshold_may_open() -> None:
    assert verdict(make(BASES["tiny"], on("openers", lambda *_: (2, 3, 1)))) == (None, "")
    assert verdict(make(BASES["tiny"], on("mixers", lambda *_: (2, 3, 1)))) == (None, "")


@pytest.mark.parametrize("end", ["open", "close", "shuffle", "result", "count"])
def test_a_record_that_ends_too_early_lacks_something(end: str) -> None:
    record = base("tiny")
    record.entries = record.entries[: record.find(end)]
    missing = "voting closed" if end in {"open", "close"} else "neither counted nor void"

    check, detail = verdict(record.tidy().sign())

    assert check is Check.ORDER
    assert missing in detail
